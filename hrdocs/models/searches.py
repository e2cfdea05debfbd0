"""Searches that people keep, to see later what is new in them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from hrdocs.models import fields

LONGEST = 2_000  # letters of a question
MOST = 50  # searches of one person
EVERYWHERE = "explore"  # in place of a list, where all lists were asked at once


class SavedSearchQuerySet(models.QuerySet):
    """Searches that were kept. There is no way to another's but to name her."""

    def of(self, user: Any) -> SavedSearchQuerySet:
        return self.filter(user=user)


class SavedSearch(models.Model):
    """What one person asked of a list and wants to ask again: read by her alone, and gone when she forgets it."""

    user = models.ForeignKey("hrdocs.User", models.CASCADE, related_name="searches", help_text="Who keeps it.")
    name = fields.line("What it is called, in the words of who keeps it.", max_length=100, blank=False)
    kind = models.CharField("list", max_length=60, help_text="The list that was asked; “explore” where all were.")
    look = models.CharField(
        max_length=20, blank=True, default="", help_text="How it was shown: as a map, a timeline; empty for a table."
    )
    question = models.CharField(
        max_length=LONGEST, blank=True, default="", help_text="What was asked, as in an address: country=SY&date=2013."
    )
    kept_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When it was kept (UTC).")
    seen_at = models.DateTimeField(
        default=timezone.now, help_text="When its owner last said that she has seen what it finds (UTC)."
    )
    seen_version = models.PositiveIntegerField(default=0, help_text="The version of the data at that moment.")
    by_mail = models.BooleanField(
        "tell by mail", default=False, help_text="Whether its owner wants a mail when there is something new."
    )
    told_at = models.DateTimeField(null=True, blank=True, help_text="When she was last told by mail (UTC).")

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = "saved search"
        verbose_name_plural = "saved searches"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(name="hrdocs_savedsearch_named_once", fields=["user", "name"],
                                    violation_error_message="You have a search of this name already. Give it another one."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where it is asked again."""
        look = f"{self.look}/" if self.look else ""
        return f"/{self.kind}/{look}{'?' if self.question else ''}{self.question}"
