"""The seals over history: what each of them lists, and what was erased since."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils import timezone

from hrdocs.audit import recorded
from hrdocs.models import fields


class Seal(models.Model):
    """A list of all history that was new at one moment, bound to the seal before it."""

    number = models.PositiveIntegerField(primary_key=True, help_text="Seals are counted from one, without gaps.")
    sealed_at = models.DateTimeField(help_text="When it was made (UTC).")
    horizon = models.DateTimeField(help_text="All history written before this moment is in this seal or an earlier one.")
    columns = models.JSONField(help_text="The columns that were sealed, by table of history.")
    rows = models.PositiveIntegerField(help_text="How many rows of history it lists.")
    root = models.CharField(max_length=64, help_text="SHA-256 over the hashes of the rows that it lists, in their order.")
    previous = models.CharField(max_length=64, help_text="The hash of the seal before it; zeros for the first.")
    hash = models.CharField(max_length=64, help_text="SHA-256 over all the above: the head of the chain until the next seal.")

    class Meta:
        ordering = ["number"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"


class SealedRow(models.Model):
    """One row of history as a seal lists it. Without its salt the hash gives away nothing of what was erased."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="listed", help_text="The seal that lists it.")
    position = models.PositiveIntegerField(help_text="Its place in the list.")
    events = models.CharField(max_length=63, help_text="The table of history that it stands in.")
    row = models.BigIntegerField(help_text="Its key in that table.")
    salt = models.BinaryField(
        null=True, help_text="Random; the salts of its fields are made from it. Gone once a part is erased."
    )
    hash = models.BinaryField(help_text="SHA-256 over the salted commitments of its fields.")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="hrdocs_sealedrow_once", fields=["events", "row"],
                                    violation_error_message="This row of history is sealed already."),
            models.UniqueConstraint(name="hrdocs_sealedrow_place", fields=["seal", "position"],
                                    violation_error_message="This place in the seal is taken."),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(name="stays_as_it_is", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=["salt"])),
            pgtrigger.Protect(
                name="only_loses_its_salt", operation=pgtrigger.Update, condition=pgtrigger.Q(new__salt__isnull=False)),
        ]  # fmt: skip


@recorded
class Tombstone(models.Model):
    """Something of one row of history was erased: by whom and why, and by what the rest can still be checked.

    Where more of it is erased later, salts go and commitments come. The salts are in no history: with one of them, what
    is erased could be guessed.
    """

    not_in_history = ("salts",)

    events = models.CharField(max_length=63, help_text="The table of history.")
    row = models.BigIntegerField(help_text="The key of the row in that table.")
    commitments = models.JSONField(help_text="Of each field that was erased, its commitment; it gives away nothing.")
    salts = models.JSONField(help_text="Of each field that is left, its salt.")
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who erased it.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    reason = fields.prose("On what ground.", blank=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="hrdocs_tombstone_once", fields=["events", "row"],
                                    violation_error_message="Something of this row was erased already."),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="stays_as_it_is", operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["commitments", "salts"])),
        ]  # fmt: skip
