"""What is known of each file that left: by it a figure in a report can be led back to the rows that it was counted from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrdocs.access import Sensitivity, clearance
from hrdocs.models import fields
from hrdocs.uids import UidField

GIVEN_UP = dt.timedelta(hours=12)  # no file takes so long: whoever wrote it was stopped before it could say so


class ManifestState(models.TextChoices):
    """How a file ended."""

    RUNNING = "running", "Still being sent"
    COMPLETE = "complete", "Sent to its end"
    BROKEN = "broken", "Broke off"


class ManifestQuerySet(models.QuerySet):
    """Manifests, by the audience whose data the files hold."""

    def visible_to(self, user: Any) -> ManifestQuerySet:
        """Those of files that `user` might have taken herself."""
        return self.filter(audience__lte=clearance(user).rank)


class Manifest(models.Model):
    """One file that left: what was asked, what of the data it saw, and its checksum. Never who asked."""

    uid_prefix = "EXP"

    uid = UidField(unique=True, help_text="Under which it is cited; random.")
    state = fields.choice(ManifestState, "How the file ended.", default=ManifestState.RUNNING)
    kind = models.CharField(max_length=60, help_text="The list that it was taken from.")
    address = models.TextField(help_text="What was asked, as it was asked.")
    audience = models.PositiveSmallIntegerField(
        choices=[(level.rank, level.label) for level in (Sensitivity.PUBLIC, Sensitivity.REGISTERED, Sensitivity.INTERNAL)],
        help_text="Whose view of the data it holds.")  # fmt: skip
    version = models.PositiveIntegerField(
        null=True, help_text="The last sealed batch of history when it was begun; empty where nothing was sealed."
    )
    as_of = models.DateTimeField(
        "as it was on", null=True,
        help_text="The past moment (UTC) whose data it holds, as far as they might still be seen; empty otherwise.")  # fmt: skip
    taken_at = models.DateTimeField(default=timezone.now, help_text="When it was begun (UTC).")
    form = models.CharField("format", max_length=20, help_text="The format of the file.")
    columns = ArrayField(models.CharField(max_length=60), help_text="The columns that it holds.")
    rows = models.PositiveBigIntegerField(null=True, help_text="How many records it holds; empty unless it is complete.")
    bytes = models.PositiveBigIntegerField(null=True, help_text="How many bytes were sent.")
    sha256 = fields.line("SHA-256 over the bytes that were sent.", max_length=64)
    licences = ArrayField(models.TextField(), default=list, help_text="The licences of what it holds.")
    ended_at = models.DateTimeField(null=True, help_text="When it ended (UTC).")

    objects = ManifestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["audience", "taken_at"])]
        constraints = [
            models.CheckConstraint(
                name="hrdocs_manifest_complete",
                condition=~Q(state=ManifestState.COMPLETE)
                | Q(rows__isnull=False, bytes__isnull=False, ended_at__isnull=False) & ~Q(sha256=""),
                violation_error_message="A complete file has its rows, its bytes and its checksum."),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="ends_once", operation=pgtrigger.Update,
                              condition=pgtrigger.Q(old__state__in=[ManifestState.COMPLETE, ManifestState.BROKEN])),
            pgtrigger.Protect(
                name="stays_as_it_was_asked", operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["state", "rows", "bytes", "sha256", "licences", "ended_at"])),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.uid

    @property
    def path(self) -> str:
        """Where it stands for good."""
        return f"/api/v1/exports/{self.uid}/"

    @property
    def told_state(self) -> str:
        """How the file ended; of one that nobody ended in half a day, that it broke off."""
        given_up = self.state == ManifestState.RUNNING and self.taken_at < timezone.now() - GIVEN_UP
        return ManifestState.BROKEN if given_up else self.state
