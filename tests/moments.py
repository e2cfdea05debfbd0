"""Moments in a test: it is one transaction, and all that happens in it has one time."""

from __future__ import annotations

import datetime as dt

import pgtrigger
from django.db import connection

from hrdocs.sealing import recorded_tables


class Clock:
    """Lets minutes pass, by making all that was written until now a minute older."""

    def __init__(self) -> None:
        self.minutes = 0

    def passes(self) -> int:
        """A minute passes. Returns its number, by which what stood before it is asked for later."""
        append_only = [f"{model._meta.label}:append_only" for model in recorded_tables()]
        moved = [(model._meta.db_table, "pgh_created_at") for model in recorded_tables()] + [("hrdocs_news", "at")]
        with (
            connection.cursor() as cursor,
            pgtrigger.ignore("hrdocs.News:stays_as_it_is", "hrdocs.News:is_sealed_once", *append_only),
        ):
            for table, column in moved:
                cursor.execute(f"UPDATE {table} SET {column} = {column} - interval '1 minute'")
        self.minutes += 1
        return self.minutes

    def before(self, number: int) -> str:
        """A moment after all that was written before this minute passed, and before all that came later."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")  # when the test's transaction began, however long ago that is
            (began,) = cursor.fetchone()
        return (began - dt.timedelta(seconds=60 * (self.minutes - number) + 30)).isoformat()
