"""Work on any record: decisions, proposed changes, comments, assignments, notices."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import IsNull
from django.utils import timezone

from hrdocs.access import Role, Sensitivity, State
from hrdocs.audit import recorded
from hrdocs.models import fields
from hrdocs.models.triggers import CopiesTheRecord, DecidedOnce, NeverKept
from hrdocs.transitions import TRANSITIONS, Eyes


class OnAnyRecord(models.Model):
    """Something that hangs on one record of whatever kind."""

    follows_merge: ClassVar[bool] = True  # whether it goes along when its record is merged into another

    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", help_text="Kind of record.")
    object_id = models.BigIntegerField(help_text="The record.")
    target = GenericForeignKey()

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["content_type", "object_id"])]


def reviewed_model(record: models.Model) -> type[Any]:
    """The table that holds the record's state: of an estimate, that of statements."""
    return record._meta.get_field("state").model


def on(record: models.Model) -> dict[str, Any]:
    """How work on any record names the record: the columns to filter by and to create with."""
    return {"content_type": ContentType.objects.get_for_model(reviewed_model(record)), "object_id": record.pk}


def _lawful(verb: str) -> Q:
    """What must hold of a decision row for this verb: states, role, and whose work it is."""
    move = TRANSITIONS[verb]
    rule = Q(verb=verb, from_state__in=move.from_states, to_state=move.to_state, by_role__in=move.roles)
    own = Q(by=F("author")) | Q(by=F("last_editor"))
    if move.eyes == Eyes.OTHERS:
        rule &= ~own
    if move.opens:
        rule &= Q(IsNull(Func(F("contributors"), F("by"), function="array_position", output_field=models.IntegerField()), True))
    if move.eyes == Eyes.OWN:
        rule &= own | Q(by_role=Role.MANAGER)
    for needed in move.needs:
        rule &= ~Q(**{needed: ""})
    return rule


def _any_lawful() -> Q:
    rule = Q()
    for verb in TRANSITIONS:
        rule |= _lawful(verb)
    return rule


class ReviewDecision(OnAnyRecord):
    """One signed step of review: who moved which version of a record, from where to where, and why."""

    follows_merge = False  # it was decided on that record, as it stood

    verb = models.CharField(max_length=20, choices=[(v, m.label) for v, m in TRANSITIONS.items()],
                            help_text="What was decided.")  # fmt: skip
    to_state = fields.choice(State, "State after the decision.", blank=False)
    level = fields.choice(Sensitivity, "Level at which it is published; empty for other decisions.")
    reason = fields.prose("Why; required when a record is returned or retracted.")
    public_note = fields.prose("What readers are told in place of a retracted record.")
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="decisions", help_text="Who decided.")
    # Copied in by the database from the rows themselves, so that nobody can state them otherwise.
    from_state = fields.choice(State, "State before the decision.", editable=False)
    version = models.PositiveIntegerField(default=0, editable=False, help_text="The version that was decided on.")
    author = models.ForeignKey("hrdocs.User", models.PROTECT, null=True, related_name="+", editable=False,
                               help_text="Who entered the record.")  # fmt: skip
    last_editor = models.ForeignKey("hrdocs.User", models.PROTECT, null=True, related_name="+", editable=False,
                                    help_text="Who last changed its content.")  # fmt: skip
    contributors = ArrayField(models.BigIntegerField(), default=list, editable=False,
                              help_text="Accounts that ever changed its content.")  # fmt: skip
    by_role = fields.choice(Role, "Role of the deciding person at that moment.", editable=False)
    decided_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")

    class Meta(OnAnyRecord.Meta):
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="hrdocs_reviewdecision_lawful", condition=_any_lawful(),
                violation_error_message="Review does not allow this: see who may decide what in docs/methodology.md. "
                "Nobody decides on a record that she entered or last edited."),
            models.CheckConstraint(
                name="hrdocs_reviewdecision_level", condition=Q(verb="publish") ^ Q(level=""),
                violation_error_message="Publishing names a level; no other decision does."),
        ]  # fmt: skip
        triggers = [
            CopiesTheRecord(),
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} by {self.by}"


class ProposedChangeStatus(models.TextChoices):
    WAITING = "waiting", "Waiting for review"
    APPLIED = "applied", "Applied"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn by its author"


@recorded
class ProposedChange(OnAnyRecord):
    """A change that somebody asks for to an approved or published record, which stays as it is until then."""

    follows_merge = False  # it speaks of the rows of that record

    before = models.JSONField(default=dict, help_text="The fields as they stand, by name.")
    after = models.JSONField(default=dict, help_text="The fields as they should be, by name.")
    reason = models.TextField(help_text="Why the record should change.")
    version = models.PositiveIntegerField(help_text="The version that the change was written against.")
    status = fields.choice(ProposedChangeStatus, "What became of it.", default=ProposedChangeStatus.WAITING)
    proposed_by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who asks for it.")
    proposed_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    decided_by = fields.link("hrdocs.User", "Who decided; never the one who asks.")
    decided_at = models.DateTimeField(null=True, blank=True, help_text="When it was decided (UTC).")
    decision_reason = fields.prose("Why it was applied or declined.")

    class Meta(OnAnyRecord.Meta):
        constraints = [
            models.CheckConstraint(
                name="hrdocs_proposedchange_four_eyes",
                condition=Q(decided_by=None) | Q(status=ProposedChangeStatus.WITHDRAWN) | ~Q(decided_by=F("proposed_by")),
                violation_error_message="Somebody else decides on a change that you propose."),
            models.CheckConstraint(
                name="hrdocs_proposedchange_decided",
                condition=Q(status=ProposedChangeStatus.WAITING, decided_by=None, decided_at=None)
                | ~Q(status=ProposedChangeStatus.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False),
                violation_error_message="A decided change names who decided and when; a waiting one names nobody."),
            models.CheckConstraint(
                name="hrdocs_proposedchange_declined_why",
                condition=~Q(status=ProposedChangeStatus.DECLINED) | ~Q(decision_reason=""),
                violation_error_message="Say why the change is declined."),
        ]  # fmt: skip
        triggers = [DecidedOnce()]


class Trial(OnAnyRecord):
    """A change to a closed record that is being tried, to be taken back: there only while its transaction is open."""

    follows_merge = False

    class Meta(OnAnyRecord.Meta):
        triggers = [NeverKept()]


@recorded
class Comment(OnAnyRecord):
    """A remark of a colleague on a record, or on one field of it."""

    field = fields.line("The field that it speaks of; empty for the record as a whole.", max_length=60)
    text = models.TextField(help_text="The remark.")
    answers = fields.link("self", "The comment that this one answers.")
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who wrote it.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    settled = models.BooleanField(default=False, help_text="Nothing remains to be done about it.")


@recorded
class Assignment(OnAnyRecord):
    """Somebody is asked to work on a record until a day."""

    to = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="assignments", help_text="Who is asked.")
    task = fields.line("What is to be done.")
    until = models.DateField(null=True, blank=True, help_text="By when.")
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who asks.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    done_at = models.DateTimeField(null=True, blank=True, help_text="When it was done.")


@recorded
class SetAside(OnAnyRecord):
    """A finding of the program that a person looked at and set aside, with the reason."""

    finding = models.CharField(max_length=100, help_text="Which finding.")
    reason = models.TextField(help_text="Why it needs no action.")
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who set it aside.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")


class NoticeKind(models.TextChoices):
    RETURNED = "return", "Returned to you"
    RETRACTED = "retract", "Retracted"
    COMMENTED = "comment", "Somebody commented"
    ASSIGNED = "assign", "You are asked to work on it"
    PROPOSED = "propose", "A change is proposed to what you approved"
    APPLIED = "applied", "Your change was accepted"
    DECLINED = "declined", "Your change was declined"
    WITHDRAWN = "withdrawn", "A proposed change was withdrawn"
    IDENTITY_ASKED = "identity_asked", "A custodian asks to open an identity"
    IDENTITY_AGREED = "identity_agreed", "A second custodian agreed to open an identity"
    IDENTITY_OPENED = "identity_opened", "An identity was opened"
    CONSENT_CLOSED = "consent_closed", "Closed to readers: an informant's consent does not reach so far any more"
    ERASURE_ASKED = "erasure_asked", "Somebody asks to erase from it"
    ERASED = "erased", "Something of it was erased"


class Notice(OnAnyRecord):
    """Something that a person should know of a record: it was returned, answered, assigned."""

    follows_merge = False

    to = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="notices", help_text="Who is told.")
    kind = fields.choice(NoticeKind, "What happened.", blank=False)
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who did it.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When she looked at it.")

    class Meta(OnAnyRecord.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.get_kind_display()
