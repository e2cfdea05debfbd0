"""What could happen to somebody if a record were known, and what was done so that it does not."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hrdocs.access import State
from hrdocs.audit import recorded
from hrdocs.models import fields
from hrdocs.models.decisions import OnAnyRecord, ReviewDecision

_HOLDS = "(NOT n.settled OR n.embargo_until > CURRENT_DATE)"

# Both locks are there for one another: a note waits for whoever is just publishing the record, and she for the note.
FUNCTION_SQL = f"""
CREATE OR REPLACE FUNCTION public.hrdocs_refuse_at_risk(kind text, record bigint, uid text) RETURNS void
LANGUAGE plpgsql AS $risk$
DECLARE held public.hrdocs_risknote;
BEGIN
    EXECUTE format('SELECT FROM public.%I WHERE id = $1 FOR SHARE', kind) USING record;
    SELECT n.* INTO held FROM public.hrdocs_risknote n JOIN public.django_content_type t ON t.id = n.content_type_id
        WHERE t.app_label || '_' || t.model = kind AND n.object_id = record AND {_HOLDS}
        ORDER BY n.settled, n.embargo_until DESC LIMIT 1;
    IF NOT held.settled THEN
        RAISE EXCEPTION '% can not be published: a note of a risk is open, on it or on who told it. Settle the note first.', uid
            USING ERRCODE = 'check_violation';
    ELSIF held.settled THEN
        RAISE EXCEPTION '% can not be published before %: until then it is held back, or who told it is. Wait, or '
            'change the day in the note of the risk.', uid, held.embargo_until USING ERRCODE = 'check_violation';
    END IF;
END $risk$;
"""


class AtRisk(models.TextChoices):
    TOLD = "told", "Who told us"
    VICTIM = "victim", "A victim"
    FAMILY = "family", "Family or friends of one of them"
    WITNESS = "witness", "A witness who is spoken of"
    COLLEAGUE = "colleague", "Who documents, here or with a partner"
    ACCUSED = "accused", "Who is accused"
    COMMUNITY = "community", "A community"
    OTHER = "other", "Somebody else"


class Likelihood(models.TextChoices):
    UNLIKELY = "unlikely", "Unlikely"
    POSSIBLE = "possible", "Possible"
    LIKELY = "likely", "Likely"


class Severity(models.TextChoices):
    PRESSURE = "pressure", "Pressure, shame, loss of work"
    VIOLENCE = "violence", "Arrest or violence"
    DEATH = "death", "Death"


class Measure(models.TextChoices):
    DAY = "day", "The day is shown coarser"
    PLACE = "place", "The place is shown coarser"
    NAME = "name", "A name is left out"
    DETAIL = "detail", "A detail is left out"
    LEVEL = "level", "A stricter level"
    WAITS = "waits", "It waits"
    ASKED = "asked", "Who is at risk was asked, and agrees"


class Holding(models.QuerySet):
    """Notes, asked for by what they do."""

    def holding(self) -> Holding:
        """Those for whose sake a record is not published today."""
        return self.filter(Q(settled=False) | Q(embargo_until__gt=timezone.now().date()))


class NotOnTheOpen(pgtrigger.Trigger):
    """A note locks its record, and does not claim to hold back what is published already.

    An open note may be written on what is published, since a risk may be known late. It does not arrive there by a merge.
    """

    def __init__(self) -> None:
        super().__init__(
            name="not_on_the_open", operation=pgtrigger.Insert | pgtrigger.Update, when=pgtrigger.Before,
            declare=[("kind", "text"), ("uid", "text"), ("state", "text")],
            func=f"""
                SELECT app_label || '_' || model INTO kind FROM django_content_type WHERE id = NEW.content_type_id;
                EXECUTE format('SELECT uid, state FROM %I WHERE id = $1 FOR NO KEY UPDATE', kind) INTO uid, state
                    USING NEW.object_id;
                IF state <> '{State.PUBLISHED}' THEN
                    RETURN NEW;
                ELSIF TG_OP = 'UPDATE' AND NEW.object_id <> OLD.object_id AND NOT NEW.settled THEN
                    RAISE EXCEPTION '% is published, and a note of a risk is open on what would become a part of it. '
                        'Settle the note first.', uid USING ERRCODE = 'check_violation';
                ELSIF NEW.embargo_until > CURRENT_DATE AND (TG_OP = 'INSERT' OR NEW.object_id <> OLD.object_id
                    OR NEW.embargo_until IS DISTINCT FROM OLD.embargo_until) THEN
                    RAISE EXCEPTION '% is published already, so no day can hold it back. Retract it, if it must wait.', uid
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            """)  # fmt: skip


@recorded
class RiskNote(OnAnyRecord):
    """A risk to somebody if the record became known: to whom, how, what was done against it, and whether that is enough."""

    identifying: ClassVar[tuple[str, ...]] = ("how", "done")

    who = fields.several(AtRisk, "Who could be harmed.", blank=False)
    how = models.TextField(help_text="What could happen to them, and by what they could be found. Without names.")
    likelihood = fields.choice(Likelihood, "How likely it is, as things stand.", default=Likelihood.POSSIBLE)
    severity = fields.choice(Severity, "The worst that could happen.", default=Severity.VIOLENCE)
    measures = fields.several(Measure, "What was done against it.")
    done = fields.prose("What else was done, or why nothing has to be.")
    checked_by = fields.link(
        "hrdocs.User", "Who tried to find the person by what will be shown, together with what is known elsewhere, and could not."
    )
    checked_on = models.DateField(null=True, blank=True, help_text="On which day that was tried.")
    embargo_until = models.DateField(null=True, blank=True, help_text="The first day on which it may be published.")
    next_review = models.DateField(null=True, blank=True, help_text="By when somebody looks at it again.")
    settled = models.BooleanField(default=False, help_text="Enough was done: the record may be published.")
    by = models.ForeignKey("hrdocs.User", models.PROTECT, related_name="+", help_text="Who noted it.")
    at = models.DateTimeField(default=timezone.now, editable=False, help_text="When (UTC).")

    objects = Holding.as_manager()

    class Meta(OnAnyRecord.Meta):
        ordering = ["settled", "-id"]
        constraints = [
            models.CheckConstraint(
                name="hrdocs_risknote_somebody", condition=~Q(who=[]),
                violation_error_message="Say who could be harmed."),
            models.CheckConstraint(
                name="hrdocs_risknote_checked",
                condition=Q(checked_by=None, checked_on=None) | Q(checked_by__isnull=False, checked_on__isnull=False),
                violation_error_message="A check names who made it, and when."),
            models.CheckConstraint(
                name="hrdocs_risknote_settled",
                condition=Q(settled=False) | Q(checked_by__isnull=False) & (~Q(measures=[]) | ~Q(done="")),
                violation_error_message="Before a risk is settled say what was done about it, and check whether somebody can "
                "still be found."),
        ]  # fmt: skip
        triggers = [NotOnTheOpen(), pgtrigger.Protect(name="is_never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.get_severity_display())

    @property
    def at_risk(self) -> list[str]:
        """Who could be harmed, in words."""
        return _labels(self, "who")

    @property
    def taken(self) -> list[str]:
        """What was done against it, in words."""
        return _labels(self, "measures")


def _labels(note: RiskNote, name: str) -> list[str]:
    labels = dict(note._meta.get_field(name).base_field.flatchoices)
    return [str(labels[value]) for value in getattr(note, name)]


class HeldByRisk(pgtrigger.Trigger):
    """Nothing is published while somebody is at risk by it, whoever decides and however."""

    def __init__(self) -> None:
        super().__init__(
            name="held_by_risk", operation=pgtrigger.Insert, when=pgtrigger.Before,
            condition=pgtrigger.Q(new__verb="publish"), declare=[("kind", "text"), ("uid", "text")],
            func="""
                SELECT app_label || '_' || model INTO kind FROM django_content_type WHERE id = NEW.content_type_id;
                EXECUTE format('SELECT uid FROM %I WHERE id = $1', kind) INTO uid USING NEW.object_id;
                PERFORM public.hrdocs_refuse_at_risk(kind, NEW.object_id, uid);
                RETURN NEW;
            """)  # fmt: skip


pgtrigger.register(HeldByRisk())(ReviewDecision)


def held_by_who_told(**links: str) -> pgtrigger.Trigger:
    """The same for what somebody told: a note on the row that one of these columns names, in that table, holds it too."""
    asked = "".join(
        f"IF NEW.{column} IS NOT NULL THEN PERFORM public.hrdocs_refuse_at_risk('{kind}', NEW.{column}, NEW.uid); END IF;\n"
        for column, kind in links.items()
    )
    return pgtrigger.Trigger(
        name="held_by_who_told", operation=pgtrigger.Update, when=pgtrigger.Before,
        condition=pgtrigger.Q(new__state=State.PUBLISHED) & ~pgtrigger.Q(old__state=State.PUBLISHED),
        func=f"{asked}RETURN NEW;")  # fmt: skip
