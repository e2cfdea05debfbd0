"""What is to be erased from a record, and was: who asked, who agreed, on what ground. Never the words themselves."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from hrdocs.audit import recorded
from hrdocs.models import fields
from hrdocs.models.decisions import OnAnyRecord


class ErasureGround(models.TextChoices):
    """Why something may be taken out of a record that is kept for courts."""

    CONSENT = "consent", "Consent was withdrawn"
    REQUEST = "request", "The person asks for it"
    COURT = "court", "A court or authority orders it"
    MISTAKE = "mistake", "It should never have been entered"


class HoldsTheFourEyes(pgtrigger.Trigger):
    """A manager asks; another manager, or a custodian, agrees; it is done in the transaction of the agreement."""

    def __init__(self) -> None:
        super().__init__(
            name="holds_the_four_eyes", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.Before,
            func="""
                IF TG_OP = 'UPDATE' AND (OLD.at IS NOT NULL
                    OR (OLD.uid, OLD.places, OLD.ground, OLD.reason, OLD.asked_by_id, OLD.object_id, OLD.content_type_id)
                    IS DISTINCT FROM
                    (NEW.uid, NEW.places, NEW.ground, NEW.reason, NEW.asked_by_id, NEW.object_id, NEW.content_type_id)) THEN
                    RAISE EXCEPTION 'What was asked for, and what was done, stays as it is. Ask anew.'
                        USING ERRCODE = 'check_violation';
                END IF;
                IF NOT EXISTS (SELECT FROM hrdocs_user WHERE id = NEW.asked_by_id AND role = 'manager')
                   OR NEW.confirmed_by_id IS NOT NULL AND NOT EXISTS (
                       SELECT FROM hrdocs_user WHERE id = NEW.confirmed_by_id AND is_active AND role IN ('manager', 'custodian'))
                THEN
                    RAISE EXCEPTION 'A manager asks to erase; another manager, or a custodian, agrees.'
                        USING ERRCODE = 'check_violation';
                END IF;
                NEW.at := CASE WHEN NEW.confirmed_by_id IS NOT NULL THEN transaction_timestamp() END;
                RETURN NEW;
            """)  # fmt: skip


@recorded
class Erasure(OnAnyRecord):
    """Fields of one record that are emptied everywhere, also in its history: asked for by one, agreed to by another."""

    follows_merge = False  # it names rows of the record that it was asked for

    uid = models.CharField(max_length=16, help_text="The record, so that it is found again in an older backup.")
    places = models.JSONField(help_text="What is emptied: each as kind of row, its key, and the field.")
    ground = fields.choice(ErasureGround, "On what ground.", blank=False)
    reason = models.TextField(help_text="Why; without the words that are erased.")
    asked_by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="The manager who asked.")
    asked_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    confirmed_by = fields.link("hrdocs.User", "Who agreed: another manager, or a custodian.")
    at = models.DateTimeField(null=True, editable=False, help_text="When it was done (UTC), as the database says.")

    class Meta(OnAnyRecord.Meta):
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="hrdocs_erasure_four_eyes",
                                   condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")),
                                   violation_error_message="Somebody else agrees than the one who asks."),
            models.CheckConstraint(name="hrdocs_erasure_why", condition=~Q(reason="") & ~Q(ground=""),
                                   violation_error_message="Say on what ground, and why."),
        ]  # fmt: skip
        triggers = [HoldsTheFourEyes(), pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.uid}, {self.get_ground_display().lower()}"
