"""What the database works out beforehand for readers of one level, so that no question has to wait for it."""

from __future__ import annotations

from typing import Any

from django.db import models

from hrdocs.access import clearance


class WorkedOutQuerySet(models.QuerySet):
    """Rows that were worked out for readers of a level."""

    def visible_to(self, user: Any) -> WorkedOutQuerySet:
        """What was worked out for the level that `user` is cleared for, and for no other."""
        return self.filter(audience=clearance(user).rank)


class WorkedOut(models.Model):
    """A row that triggers keep in step with what it follows from. It is no record: it can be thrown away and made again."""

    audience = models.PositiveSmallIntegerField(
        help_text="The level, as a number, for whose readers it was worked out: 0 for anybody, 1 for researchers.")  # fmt: skip

    objects = WorkedOutQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def past(cls, schema: str, rank: int) -> str:
        """What would have been worked out at a past moment for a level, as SQL over the relations of `schema`."""
        raise NotImplementedError
