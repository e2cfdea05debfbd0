"""Data sets that were frozen, so that they can be cited and found again as they were."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrdocs.access import Sensitivity, clearance
from hrdocs.audit import recorded
from hrdocs.models import fields

_NEVER_CHANGES = ("number", "title", "description", "licence", "caveats", "audience", "asked", "version", "made_at", "made_by",
                  "sha256", "bytes", "files")  # fmt: skip


class ReleaseQuerySet(models.QuerySet):
    """Releases, by the audience that they were made for."""

    def visible_to(self, user: Any) -> ReleaseQuerySet:
        """Those that `user` may read."""
        return self.filter(audience__lte=clearance(user).rank)


@recorded
class Release(models.Model):
    """A numbered data set as it was at one moment: one file that is never changed, only withdrawn."""

    number = models.PositiveIntegerField(unique=True, help_text="Under which it is cited; counted from one.")
    title = models.CharField(max_length=200, help_text="What the data set is.")
    description = models.TextField(help_text="What it holds, and what for.")
    licence = models.CharField(max_length=200, help_text="The licence of the whole: CC-BY-4.0.")
    caveats = models.TextField(help_text="What a reader must know before she counts or concludes.")
    audience = models.PositiveSmallIntegerField(
        choices=[(level.rank, level.label) for level in (Sensitivity.PUBLIC, Sensitivity.REGISTERED)],
        help_text="Who may read it, and whose view of the data it holds.")  # fmt: skip
    asked = models.JSONField(help_text="Which lists it holds, each with its filters.")
    version = models.PositiveIntegerField(null=True, help_text="The last sealed batch of history when it was made.")
    made_at = models.DateTimeField(default=timezone.now, help_text="When the data were read (UTC).")
    made_by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="The manager who made it.")
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the file, under which it is stored.")
    bytes = models.PositiveBigIntegerField(help_text="Size of the file.")
    files = models.JSONField(help_text="What is in it: name, rows, bytes and SHA-256 of each.")
    withdrawn_at = models.DateTimeField(null=True, blank=True, help_text="When it was withdrawn (UTC).")
    withdrawn_by = fields.link("hrdocs.User", "Who withdrew it.")
    withdrawn_why = fields.prose("What readers are told in its place.")

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="hrdocs_release_outside", condition=Q(audience__lte=Sensitivity.REGISTERED.rank),
                violation_error_message="A release is for the public or for registered researchers."),
            models.CheckConstraint(
                name="hrdocs_release_withdrawn",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_why="")
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_why=""),
                violation_error_message="A release that is withdrawn says when, by whom and why."),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_as_it_was_made", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(*_NEVER_CHANGES)),
            pgtrigger.Protect(name="is_withdrawn_once", operation=pgtrigger.Update,
                              condition=pgtrigger.Q(old__withdrawn_at__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"

    @property
    def path(self) -> str:
        """Where it stands for good, withdrawn or not."""
        return f"/api/v1/releases/{self.number}/"

    @property
    def level(self) -> Sensitivity:
        """The audience as a level."""
        return list(Sensitivity)[self.audience]
