"""How often somebody has asked, so that nobody takes everything at once."""

from __future__ import annotations

import datetime as dt

from django.db import connection, models

COUNT = """
INSERT INTO hrdocs_tally (key, number, until) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET number = hrdocs_tally.number + 1 RETURNING number
"""
# Two who forget at the same moment do not wait for one another.
FORGET = """
DELETE FROM hrdocs_tally WHERE key IN (SELECT key FROM hrdocs_tally WHERE until < now() FOR UPDATE SKIP LOCKED)
"""


class TallyQuerySet(models.QuerySet):
    """Counts of requests."""

    def count_one(self, key: str, until: dt.datetime) -> int:
        """Count a request under this key, and answer how many there were. One statement: two at once are two."""
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [key, until])
            (number,) = cursor.fetchone()
            if number == 1:  # somebody's first of a new span: the moment to forget the spans that are over
                cursor.execute(FORGET)
        return number


class Tally(models.Model):
    """How often somebody asked within one span of time. It can't be told from it who, and it is gone when the span is over."""

    key = models.CharField(
        max_length=64, primary_key=True, help_text="Who asked for what and when, hashed with the server's key."
    )
    number = models.PositiveIntegerField(help_text="How often.")
    until = models.DateTimeField(db_index=True, help_text="When the span of time ends (UTC).")

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "tallies"

    def __str__(self) -> str:
        return f"{self.number} until {self.until:%Y-%m-%d %H:%M}"
