"""Mappings: how the columns of a file become sheets, kept so that the same file comes in the same way next time."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

from hrdocs.models import fields

PLAIN = RegexValidator(r"^[a-z0-9][a-z0-9-]*$", "Write small letters, digits and hyphens: field-office-2031.")


class Mapping(models.Model):
    """One version of how the columns of a kind of file become sheets. A change is a new version; old ones stay."""

    name = models.CharField(max_length=60, validators=[PLAIN],
                            help_text="Name by which an import asks for it: field-office-2031.")  # fmt: skip
    version = models.PositiveIntegerField(help_text="Number of the version, from 1.")
    spec = models.JSONField("mapping", help_text="What each column becomes (docs/importing.md says how it is written).")
    note = fields.line("What changed in this version, and why.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", help_text="Who saved it.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When it was saved (UTC).")

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(name="cases_mapping_version", fields=["name", "version"],
                                    violation_error_message="Somebody saved this version meanwhile. Save yours as the next one."),
        ]  # fmt: skip
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"
