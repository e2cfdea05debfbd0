"""What changed for readers from outside: kept by the database's triggers (`hrdocs/news.py`), told by `changes/`."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models

from hrdocs.models import fields


class News(models.Model):
    """One row that readers from outside see, or saw a moment before: it opened, closed, or changed while it was open.

    It holds names of columns and never what stands in them, so nothing in it can have to be erased. What no reader from
    outside was ever shown leaves no row here.
    """

    uid = models.CharField(max_length=16, help_text="The record that the row is of or belongs to; empty for a term.")
    part = fields.line("The table of the part or link that changed; empty for a row of the record itself.", max_length=63)
    was = models.PositiveSmallIntegerField(null=True, help_text="The row's audience before; empty where it was not there.")
    now = models.PositiveSmallIntegerField(null=True, help_text="Its audience after; empty where it is gone.")
    level = models.PositiveSmallIntegerField(help_text="The wider of the two: the first who are told.")
    state = fields.line("Where the record stands in review after it; empty for a part.", max_length=20)
    changed = ArrayField(models.CharField(max_length=127), default=list, help_text="The columns that changed, as table.column.")
    act = models.BigIntegerField(help_text="The number of the transaction, as the database counts them.")
    at = models.DateTimeField(help_text="When that transaction began (UTC).")
    version = models.PositiveIntegerField(
        null=True, help_text="The first sealed batch of history made after it was committed; empty until then."
    )

    class Meta:
        verbose_name_plural = "news"
        indexes = [
            models.Index(name="hrdocs_news_told", fields=["at", "uid"]),
            models.Index(name="hrdocs_news_of_record", fields=["uid", "id"], condition=models.Q(part="")),
            models.Index(name="hrdocs_news_version", fields=["version"]),
            models.Index(name="hrdocs_news_latest", fields=["level", "act", "id"]),
        ]
        triggers = [
            pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="stays_as_it_is", operation=pgtrigger.Update,
                              condition=pgtrigger.AnyChange(exclude=["version"])),
            pgtrigger.Protect(name="is_sealed_once", operation=pgtrigger.Update,
                              condition=pgtrigger.Q(old__version__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.uid} {self.was}→{self.now}"


class ChangeQuerySet(models.QuerySet):
    """What is told of changes. Each of the readers' roles has a relation of its own behind it, and nobody else has one."""

    def visible_to(self, user: Any) -> ChangeQuerySet:
        """All of it: the relation of the role that reads holds what she may know."""
        return self.all()


class Change(models.Model):
    """What one act did to one record, as a reader of this level could see it before and after (`hrdocs/changelog.py`)."""

    uid = models.CharField(max_length=16, help_text="The record.")
    kind = models.CharField(max_length=60, help_text="The list in which the record stands.")
    change = models.CharField(
        max_length=20, help_text="What it is for the reader who asks: added, corrected, withdrawn or retracted.")  # fmt: skip
    fields = ArrayField(models.CharField(max_length=60), help_text="The columns that were corrected, as far as she sees them.")
    at = models.DateTimeField(help_text="When the act began (UTC).")
    version = models.PositiveIntegerField(null=True, help_text="The version that first holds it; empty until one is sealed.")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        managed = False

    def __str__(self) -> str:
        return f"{self.uid} {self.change}"
