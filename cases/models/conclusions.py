"""Conclusions: what we conclude from statements, signed, with what they rest on and what was set aside."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.choices import ConclusionKind, GroundRole, Measure, PerTime, Proof, Standing
from cases.querysets import AdoptedFigureQuerySet
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Part, Record, fields

ABOUT = ("incident", "facility", "place", "victim", "harm")


def _about_one_thing() -> Q:
    rule = Q()
    for chosen in ABOUT:
        rule |= Q(**{f"{name}__isnull": name != chosen for name in ABOUT})
    return rule


@recorded
class Conclusion(Record):
    """What we conclude about one thing: an adopted figure, a standard of proof reached, or a standing.

    It never changes the statements that it rests on. A new one follows the older, which is kept and shown.
    """

    uid_prefix = "CON"
    hangs_on = ABOUT

    kind = fields.choice(ConclusionKind, "What is concluded.", default=ConclusionKind.FIGURE)
    incident = fields.link("cases.Incident", "The incident that it is about.", related_name="conclusions")
    facility = fields.link("cases.Facility", "Or the facility.", related_name="conclusions")
    place = fields.link("cases.Place", "Or the place.", related_name="conclusions")
    victim = fields.link("cases.Victim", "Or the victim.", related_name="conclusions")
    harm = fields.link("cases.Harm", "Or the harm.", related_name="conclusions")
    lower = fields.number("Lower bound of the adopted figure.")
    best = fields.number("Best value of the adopted figure.")
    upper = fields.number("Upper bound of the adopted figure.")
    counted = fields.term("counted", "What is counted.")
    measure = fields.choice(Measure, "What kind of number it is.")
    per_time = fields.choice(PerTime, "For a rate: per which time.")
    categories = fields.terms("act", "What happened to those counted.")
    period = EdtfField(help_text="The time that the figure covers.")
    period_earliest, period_latest, period_precision = derived_from("period")
    standard_of_proof = fields.choice(Proof, "The standard of proof that we hold to be reached.")
    standing = fields.choice(Standing, "The standing that we conclude.")
    rationale_en = fields.prose("Why: what it rests on, what was set aside, and what remains uncertain.",
                                verbose_name="rationale")  # fmt: skip
    rationale_ar = fields.prose("The same in Arabic.", verbose_name="rationale in Arabic")
    follows = fields.link("self", "The earlier conclusion that it replaces.", related_name="followed_by")

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            *dates_in_order("period"),
            models.CheckConstraint(
                name="cases_conclusion_about_one_thing", condition=_about_one_thing(),
                violation_error_message="A conclusion is about exactly one thing: choose one."),
            models.CheckConstraint(
                name="cases_conclusion_order",
                condition=(Q(lower=None) | Q(best=None) | Q(lower__lte=F("best")))
                & (Q(best=None) | Q(upper=None) | Q(best__lte=F("upper")))
                & (Q(lower=None) | Q(upper=None) | Q(lower__lte=F("upper"))),
                violation_error_message="An adopted figure is in order: lower ≤ best ≤ upper."),
            models.CheckConstraint(
                name="cases_conclusion_says_something",
                condition=Q(kind=ConclusionKind.FIGURE, counted__isnull=False) & ~Q(measure="")
                & (Q(lower__isnull=False) | Q(best__isnull=False) | Q(upper__isnull=False))
                | Q(kind=ConclusionKind.PROOF) & ~Q(standard_of_proof="")
                | Q(kind=ConclusionKind.STANDING) & ~Q(standing=""),
                violation_error_message="An adopted figure needs a number, what is counted and its measure; the other "
                "kinds need the standard of proof or the standing."),
            models.CheckConstraint(
                name="cases_conclusion_not_negative",
                condition=(Q(lower=None) | Q(lower__gte=0)) & (Q(best=None) | Q(best__gte=0)) & (Q(upper=None) | Q(upper__gte=0)),
                violation_error_message="A number of people or things can't be negative."),
            models.CheckConstraint(
                name="cases_conclusion_rate_has_unit", condition=~Q(measure=Measure.RATE) | ~Q(per_time=""),
                violation_error_message="A rate needs its unit: per which time."),
            models.CheckConstraint(name="cases_conclusion_not_after_itself", condition=~Q(follows=F("id")),
                                   violation_error_message="A conclusion can't replace itself."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.uid}"

    def blockers(self, verb: str, level: object = None) -> list[str]:
        found = super().blockers(verb, level)
        if verb in ("submit", "approve", "publish"):
            if not self.rationale_en and not self.rationale_ar:
                found.append("Give the rationale.")
            if not self.grounds.filter(role=GroundRole.RESTS_ON).exists():
                found.append("Choose the statements that it rests on.")
        return found


class AdoptedFigure(Conclusion):
    """The figure that we stand behind for one thing, chosen from a comparable group, with its reasons."""

    objects = AdoptedFigureQuerySet.as_manager()

    class Meta:
        proxy = True


@recorded
class ConclusionGround(Part):
    """A statement that a conclusion rests on, or that it sets aside, with the reason."""

    hangs_on = ("conclusion", "statement")

    conclusion = fields.owner("cases.Conclusion", "The conclusion.", "grounds")
    statement = fields.owner("cases.Statement", "The statement.", "conclusions")
    role = fields.choice(GroundRole, "Whether it rests on the statement or sets it aside.", default=GroundRole.RESTS_ON)
    reason = fields.prose("Why.")

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(name="cases_conclusionground_once", fields=["conclusion", "statement"],
                                    violation_error_message="This statement is named already."),
            models.CheckConstraint(
                name="cases_conclusionground_reason", condition=Q(role=GroundRole.RESTS_ON) | ~Q(reason=""),
                violation_error_message="Say why the statement was set aside."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_role_display()
