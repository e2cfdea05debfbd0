"""What is typed and not saved yet: kept on the server so that a lost connection or a closed window loses nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils import timezone

KEPT_FOR = dt.timedelta(days=30)


class UnsavedQuerySet(models.QuerySet):
    """What a person typed. There is no way to another's but to name her."""

    def of(self, user: Any) -> UnsavedQuerySet:
        return self.filter(user=user)

    def keep(self, user: Any, address: str, page: str, entries: list[list[str]]) -> None:
        """Keep the entries of a page in place of those before; what is older than a month goes."""
        self.filter(at__lt=timezone.now() - KEPT_FOR).delete()
        given = {"address": address, "entries": entries, "at": timezone.now()}
        self.update_or_create(user=user, page=page, defaults=given)


class Unsaved(models.Model):
    """What one person typed on one page and has not saved: read by her alone, gone when she saves or after a month."""

    user = models.ForeignKey("hrdocs.User", models.CASCADE, related_name="+", help_text="Who typed it.")
    page = models.CharField(max_length=36, help_text="The opened page: a random text, so that two windows stay apart.")
    address = models.CharField(max_length=200, help_text="The address of the form.")
    entries = models.JSONField(help_text="The entries of the form, each as name and text.")
    at = models.DateTimeField(help_text="When it was last typed (UTC).")

    objects = UnsavedQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "unsaved"
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(name="hrdocs_unsaved_once", fields=["user", "page"],
                                    violation_error_message="This page is kept already."),
        ]  # fmt: skip
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.address} {self.at:%Y-%m-%d %H:%M}"

    def as_sent(self) -> QueryDict:
        """The entries as if the form had been sent."""
        sent = QueryDict(mutable=True)
        for name, text in self.entries:
            sent.appendlist(name, text)
        return sent
