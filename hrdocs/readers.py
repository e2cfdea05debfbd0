"""The second line: readers from outside are served by database roles that are shown nothing but rows of their audience.

A query that forgot `visible_to`, or a guard, is told nothing by it: each of the two roles sees relations over the rows
of its audience alone (`relations.py`), and has no grant on anything else.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from hrdocs import past
from hrdocs.access import clearance, is_staff_reader
from hrdocs.relations import line_of

Line = tuple[str | None, str]  # a role, or none where the program keeps its own, and the schema that it reads first


@contextlib.contextmanager
def reading_as(user: Any, as_of: dt.datetime | None = None) -> Iterator[None]:
    """Read as the role of an outside reader until the block ends; who works on the records keeps the program's own. With a
    moment, read what she may see today as it was then (`past.py`)."""
    role = None if is_staff_reader(user) else line_of(clearance(user))
    if role is None and as_of is None:
        yield
        return
    with transaction.atomic():
        if as_of is not None:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT set_config('hrdocs.as_of', %s, true); {past.PLANNED}", [as_of.isoformat()])
        with _as((role, past.schema_for(user) if as_of else str(role))):
            yield


@contextlib.contextmanager
def as_ourselves() -> Iterator[None]:
    """Step back to the program's own role inside `reading_as`, for work of ours that shows the reader no row."""
    if connection.reads_as is None:
        yield
        return
    with _as(None):
        yield


@contextlib.contextmanager
def _as(line: Line | None) -> Iterator[None]:
    """Serve as another role, and from another schema. After an error nothing more is asked until the transaction is rolled
    back, and the role with it."""
    before = connection.reads_as
    _become(line)
    try:
        yield
    except BaseException:
        connection.reads_as = before
        connection.set_rollback(True)
        raise
    if connection.needs_rollback:
        connection.reads_as = before
    else:
        _become(before)


def _become(line: Line | None) -> None:
    role, path = (line[0] or "NONE", f"{line[1]}, public") if line else ("NONE", "DEFAULT")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}; SET LOCAL search_path TO {path}")
    connection.reads_as = line
