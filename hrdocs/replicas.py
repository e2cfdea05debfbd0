"""Where readers from outside are read for: at a replica that shows them just what the primary does, or at the primary.

A replica is behind, by a moment or by a day. So both are asked what the data are that a reader of this level is told
(`_SIGN`), by one small query each, before anything is read. Where it is the same, so is every answer: what was published,
corrected, closed or erased a moment ago, by whomever, shows at once. Otherwise the primary answers, and so it does where a
replica is away (decision 0044).
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections
from django.http import HttpRequest
from psycopg.errors import QueryCanceled, ReadOnlySqlTransaction

from hrdocs import stamps
from hrdocs.access import clearance, is_staff_reader
from hrdocs.left_alone import LeftAlone

log = logging.getLogger(__name__)

_FAILURES = (DatabaseError, InterfaceError)
_left_alone = LeftAlone()

Said = TypeVar("Said")

# What is told to readers and is no news of a record: versions are seals, and releases are made and withdrawn.
_SIGN = """
SELECT (SELECT max(number) FROM public.hrdocs_seal), count(number), count(withdrawn_at) FROM public.hrdocs_release
"""


def asked_at_the_primary(view: Callable[..., Any]) -> Callable[..., Any]:
    """A view that tells of what is written at this moment, and changes no record."""
    view.asked_at_the_primary = True  # type: ignore[attr-defined]
    return view


def answered(request: HttpRequest, user: Any, work: Callable[[], Said]) -> Said:
    """What `work` makes of what it reads; begun anew at the primary where the replica broke off, or would have had to write."""
    replica = _of(user) if request.method in ("GET", "HEAD") else None
    if replica:
        try:
            with _at(replica):
                return work()
        except _FAILURES as error:
            if isinstance(error.__cause__, QueryCanceled):  # it took longer than it may, and would there too
                raise
            if not isinstance(error.__cause__, ReadOnlySqlTransaction):
                _leave_alone(replica, error)
    return work()


@contextmanager
def nearest(user: Any) -> Iterator[None]:
    """The same for what leaves in pieces as it is read, and so can't begin anew."""
    replica = _of(user)
    if replica is None:
        yield
        return
    with _at(replica):
        yield


def at_the_primary() -> AbstractContextManager[None]:
    """Step back to the primary, for what may have been written a moment ago and is no news."""
    server: Any = connections[DEFAULT_DB_ALIAS]
    return _asking(server.stands_in_for or server)


def _of(user: Any) -> str | None:
    """A replica that shows this reader what the primary shows her at this moment; None where there is none, or she works on
    the records. What was begun at one server also ends there."""
    rested = [alias for alias in connections if alias != DEFAULT_DB_ALIAS and alias not in _left_alone]
    if not rested or is_staff_reader(user) or connection.in_atomic_block:
        return None
    rank = clearance(user).rank
    wanted = sign(rank)
    return next((alias for alias in random.sample(rested, len(rested)) if _sign_at(alias, rank) == wanted), None)


def sign(rank: int) -> tuple[Any, ...]:
    """What the data are that readers of a level are told of at this moment: records, and what is no record."""
    with connection.cursor() as cursor:
        cursor.execute(_SIGN)
        return (stamps.now(rank), *cursor.fetchone())


def _sign_at(alias: str, rank: int) -> tuple[Any, ...] | None:
    try:
        with _at(alias):
            return sign(rank)
    except _FAILURES as error:
        _leave_alone(alias, error)
        return None


def _leave_alone(alias: str, error: Exception) -> None:
    """Others of this process do not wait for it too; and each time it is said once."""
    _left_alone.add(alias)
    log.warning("A replica failed; readers are served by the primary", extra={"told": {"replica": alias, "by": _kind(error)}})


def _kind(error: Exception) -> str:
    return type(error.__cause__ or error).__name__


def _at(alias: str) -> AbstractContextManager[None]:
    replica: Any = connections[alias]
    replica.stands_in_for = connections[DEFAULT_DB_ALIAS]
    return _asking(replica)


@contextmanager
def _asking(server: Any) -> Iterator[None]:
    """All that this thread asks goes to this server until the block ends."""
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = server
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before
