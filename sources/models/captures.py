"""Captures: the copies that we keep, and what happened to them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrdocs.audit import recorded
from hrdocs.models import Part, fields
from hrdocs.models.triggers import append_only
from sources.choices import Assessed, CustodyKind


@recorded
class Capture(Part):
    """A copy of a source that we keep as it came in, addressed by the SHA-256 of its bytes."""

    hangs_on = ("source",)
    is_content = False  # what we keep of it comes and goes beside what was approved

    source = fields.owner("sources.Source", "What was captured.", "captures")
    sha256 = models.CharField("SHA-256", max_length=64, help_text="SHA-256 of the bytes, 64 hexadecimal digits.")
    media_type = models.CharField(max_length=120, help_text="Media type: application/pdf, text/html.")
    size = models.BigIntegerField(help_text="Size in bytes.")
    taken_at = models.DateTimeField(default=timezone.now, help_text="When it was captured (UTC).")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who captured it.")
    tool = fields.line("Tool and version.", max_length=120)
    taken_from = fields.prose("Address or place from which it was taken.")
    timestamp_token = models.BinaryField(null=True, blank=True, help_text="RFC 3161 token of a time-stamping authority.")
    graphic_content = fields.choice(Assessed, "Whether it shows violence or the dead.", default=Assessed.NOT_ASSESSED)
    personal_data = fields.choice(Assessed, "Whether people can be recognised in it.", default=Assessed.NOT_ASSESSED)
    text = fields.prose("Its text for search, extracted or transcribed.")
    text_language = fields.language("Language of that text.")
    text_tool = fields.line("What extracted or transcribed it.", max_length=120)

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(name="sources_capture_sha256", condition=Q(sha256__regex="^[0-9a-f]{64}$"),
                                   violation_error_message="A SHA-256 is 64 hexadecimal digits in lower case."),
            models.CheckConstraint(name="sources_capture_size", condition=Q(size__gt=0),
                                   violation_error_message="An empty file is no copy of a source."),
            models.UniqueConstraint(name="sources_capture_once", fields=["source", "sha256"],
                                    violation_error_message="These bytes are kept for this source already."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.media_type} {self.taken_at:%Y-%m-%d}"


@recorded
class CustodyEvent(Part):
    """One thing that happened to a kept copy: collected, verified, handed over, redacted. Only ever added."""

    hangs_on = ("capture",)
    is_content = False

    capture = fields.owner("sources.Capture", "The copy.", "custody")
    kind = fields.choice(CustodyKind, "What happened.", default=CustodyKind.COLLECTED)
    at = models.DateTimeField(default=timezone.now, help_text="When (UTC).")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who did it.")
    reason = fields.prose("Why.")
    sha256 = fields.line("SHA-256 found at that moment.", max_length=64, verbose_name="SHA-256")

    class Meta(Part.Meta):
        ordering = ["at", "id"]
        triggers = [*Part.Meta.triggers, *append_only()]

    def __str__(self) -> str:
        return self.get_kind_display()
