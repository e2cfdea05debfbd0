"""How many files leave at once, and how long the database may work for one answer: so that a few large lists, asked for
at the same time, leave room for everybody else."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg.errors import QueryCanceled
from rest_framework import exceptions

_SLOTS = 0x6872  # the first half of the keys of our advisory locks; the second is the number of the slot
TRY_AGAIN = 30  # seconds


class AllTaken(exceptions.APIException):
    """So many files leave just now that none more can."""

    status_code = 503
    default_detail = (
        "Too many files are leaving at this moment. Wait as many seconds as the header Retry-After says, then ask again."
    )
    wait = TRY_AGAIN


class TookTooLong(exceptions.APIException):
    """The database was stopped, since its answer took longer than it may."""

    status_code = 503
    default_detail = "The answer took too long and was given up. Ask for less: filter further, or take smaller pages."
    wait = TRY_AGAIN


def held(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a file, which leave in a slot of their own. Raises AllTaken where no slot is free."""
    if not _taken():
        raise AllTaken
    return _in_a_slot(pieces)


def _in_a_slot(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The slot is taken anew, since the pieces are read when the view's transaction, which held it, is over.

    Whoever came in between lets this one wait. The lock ends with the transaction, so also where nobody reads on.
    """
    with contextlib.nullcontext() if connection.in_atomic_block else transaction.atomic():
        if not _taken():
            at_most(settings.EXPORT_SECONDS)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SLOTS, random.randrange(settings.EXPORTS_AT_ONCE)])
        yield from pieces


# The first slot that is free, until the end of the transaction, and with it the time that a file may take.
_TAKE = """
SELECT set_config('statement_timeout', %s, true) FROM generate_series(0, %s - 1) AS slot
WHERE pg_try_advisory_xact_lock(%s, slot) LIMIT 1
"""


def _taken() -> bool:
    """Whether a slot was free and is taken now; all processes on one database share them."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [f"{settings.EXPORT_SECONDS}s", settings.EXPORTS_AT_ONCE, _SLOTS])
        return cursor.fetchone() is not None


class GivenUp:
    """Middleware: a page whose question the database gave up says so in place of an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return given_up(request, error)


def given_up(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """The page that says that the database gave a question up, and when to ask again; None where it is another error."""
    if not isinstance(error.__cause__, QueryCanceled):
        return None
    answer = render(request, "hrdocs/too_long.html", status=503)
    answer["Retry-After"] = str(TRY_AGAIN)
    return answer


def at_most(seconds: int) -> None:
    """No statement of this transaction may take longer; 0 for as long as it wants."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])


def as_a_page() -> None:
    """The time that a page may take, and one processor: to start others for it takes longer than it should take itself."""
    with connection.cursor() as cursor:
        cursor.execute(_AS_A_PAGE, [f"{settings.PAGE_SECONDS}s"])


_AS_A_PAGE = """
SELECT set_config('statement_timeout', %s, true), set_config('max_parallel_workers_per_gather', '0', true)
"""
