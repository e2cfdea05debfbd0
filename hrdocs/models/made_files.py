"""Files that people have made in the background: each for one person, and for some days."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrdocs.models import fields

LONGEST = 4_000  # letters of what was asked


class Making(models.TextChoices):
    """How far a file is."""

    WAITING = "waiting", "Waits for a worker"
    WORKING = "working", "Is being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"
    CANCELLED = "cancelled", "Cancelled"
    GONE = "gone", "No longer given out"


UNDER_WAY = (Making.WAITING, Making.WORKING)


class MadeFileQuerySet(models.QuerySet):
    """Files that were ordered. There is no way to another's but to name her."""

    def of(self, user: Any) -> MadeFileQuerySet:
        return self.filter(by=user)


class MadeFile(models.Model):
    """One list or report that one person wants as a file, made while she does something else: given to her alone, for some
    days, and only while she may still see all that was in it."""

    by = models.ForeignKey("hrdocs.User", models.CASCADE, related_name="made_files", help_text="Who wants it.")
    address = models.CharField(max_length=LONGEST, help_text="What was asked, as an address of the API.")
    step = fields.choice(Making, "How far it is.", default=Making.WAITING)
    trouble = fields.prose("Why it was not made, or is no longer given out.")
    tries = models.PositiveSmallIntegerField(default=0, help_text="How often the work on it was begun.")
    asked_at = models.DateTimeField(default=timezone.now, help_text="When it was ordered (UTC).")
    ready_at = models.DateTimeField(null=True, help_text="When it was ready (UTC).")
    until = models.DateTimeField(null=True, help_text="When it is deleted (UTC).")
    as_whom = models.CharField(max_length=64, help_text="A fingerprint of what she might see when it was ordered.")
    act = models.BigIntegerField(
        null=True, help_text="The oldest transaction that was still open when it was begun, as the database counts them."
    )
    keys = ArrayField(models.BigIntegerField(), default=list, help_text="The rows that it tells of, by their keys.")
    file_name = fields.line("What the file is called.", max_length=200)
    media_type = fields.line("What kind of file it is.", max_length=100)
    bytes = models.PositiveBigIntegerField(default=0, help_text="How many bytes are written.")
    sha256 = fields.line("SHA-256 over its bytes.", max_length=64)
    manifest = fields.line("The uid of its manifest.", max_length=16)

    objects = MadeFileQuerySet.as_manager()

    class Meta:
        verbose_name = "file made in the background"
        verbose_name_plural = "files made in the background"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="hrdocs_madefile_ready_is_whole",
                condition=~Q(step=Making.READY) | Q(until__isnull=False, act__isnull=False) & ~Q(sha256="") & ~Q(manifest=""),
                violation_error_message="A file that is ready has its checksum, its manifest and its end."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def under_way(self) -> bool:
        """Whether it waits or is worked on."""
        return self.step in UNDER_WAY

    @property
    def manifest_path(self) -> str:
        """Where its manifest stands."""
        return f"/api/v1/exports/{self.manifest}/"
