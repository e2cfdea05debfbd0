"""Estimates: numbers as sources give them, mostly of casualties."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.choices import (
    AgeBand,
    BestWording,
    Bound,
    CaseState,
    CivilStatus,
    IntervalKind,
    LowerWording,
    MeanKind,
    Measure,
    PerTime,
    RelationKind,
    Sex,
    StatementKind,
    UpperWording,
)
from cases.models.statements import Statement
from cases.models.walked import Walked, along
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Part, fields


@recorded
class Estimate(Walked, Statement):
    """A number as one source gives it: how many, of what, over which time, in which words.

    Lower, best and upper are each empty unless the source gives them and never copied into one another; a source
    that breaks their order is kept as it is and flagged.
    """

    uid_prefix = "EST"
    statement_kind = StatementKind.ESTIMATE
    identifying = ("who_wording", "who_role", "who_community", "who_health", "who_circumstance", "done_by_wording")

    value_text = models.CharField("number as printed", max_length=300,
                                  help_text="The number in the words of the source: “as many as 50”, “dozens”.")  # fmt: skip
    lower = fields.number("The lower bound, only where the source gives one.")
    lower_wording = fields.choice(LowerWording, "The words of the lower bound.")
    best = fields.number("A single or best value, only where the source gives one.")
    best_wording = fields.choice(BestWording, "The words of the single value.")
    upper = fields.number("The upper bound, only where the source gives one.")
    upper_wording = fields.choice(UpperWording, "The words of the upper bound.")
    margin = fields.line("A margin as printed: “± 300”.", max_length=60)
    margin_of = fields.choice(Bound, "The value that the margin belongs to.")
    interval_kind = fields.choice(IntervalKind, "What the range between the bounds means.")
    interval_level = fields.number("Level of a statistical interval, between 0 and 1.")
    counted = fields.term("counted", "What is counted: persons, cases, bodies …", null=False, blank=False)
    measure = fields.choice(Measure, "What kind of number it is.", default=Measure.TOTAL)
    per_time = fields.choice(PerTime, "For a rate: per which time.")
    per_persons = fields.number("For a rate: per how many persons (100,000).")
    mean_kind = fields.choice(MeanKind, "For a rate: a mean or a moving average, where stated.", verbose_name="mean")
    group_size = fields.line("Size of a group, as worded, where a rate is made of group and frequency.", max_length=120)
    frequency = fields.line("Its frequency, as worded: “once or twice a week”.", max_length=120)
    base = fields.line("For a share: of what.", max_length=300)
    as_of = EdtfField(help_text="For cumulative numbers and stocks: as of which day.")
    as_of_earliest, as_of_latest, as_of_precision = derived_from("as_of")
    currency = fields.line("For money: its currency (ISO 4217).", max_length=3)
    categories = fields.terms("act", "What happened to those counted; several mean “or”, as the source lumps them.")
    grounds = fields.terms("ground", "Why these people, as far as stated.")
    means = fields.terms("means", "Means and methods, as far as stated.")
    custody = fields.term("custody", "Kind of custody, as far as stated.")
    case_state = fields.choice(CaseState, "Where cases are counted: their state.")

    who_sex = fields.choice(Sex, "Who is counted: sex; empty means all.")
    who_age = fields.choice(AgeBand, "Who is counted: age band; empty means all.")
    who_age_wording = fields.line("The age band as the source defines it: “under 18”.", max_length=120)
    who_status = fields.choice(CivilStatus, "Who is counted: status; empty means all.")
    who_role = fields.line("Who is counted: their role, as worded.", max_length=200)
    who_nationality = fields.term("country", "Who is counted: nationality.")
    who_community = fields.line("Who is counted: ethnic, religious or political group, as worded.", max_length=200)
    who_health = fields.line("Who is counted: health or disability, as worded.", max_length=200)
    who_circumstance = fields.line("Who is counted: circumstance, as worded (“restrained”).", max_length=200)
    who_home = fields.link("cases.Place", "Who is counted: home place.")
    who_party = fields.link("sources.Party", "Who is counted: the party that they belong to.")
    who_wording = fields.line("Who is counted, in the words of the source: “detainees”, “terrorists”.")

    done_by = fields.links("sources.Party", "By whom it was done, as the source says; changes what the number means.")
    done_by_wording = fields.line("By whom, in the words of the source: “by the regime”.")
    period = EdtfField(help_text="The time that the number covers.")
    period_earliest, period_latest, period_precision = derived_from("period")
    period_wording = fields.line("The period in the words of the source.")
    period_length = fields.line("Its length where the source states one: “the same four-year period”.", max_length=120)
    counting_method = fields.term("counting_method", "How it was counted.")
    counter = fields.link("sources.Party", "Who counted, where that is not the publisher.", related_name="counts")
    named_count = models.PositiveIntegerField(null=True, blank=True, help_text="How many of them are known by name.")
    includes = fields.prose("What it includes, as stated.")
    leaves_out = fields.prose("What it leaves out, as stated.")

    class Meta(Walked.Meta):
        constraints = [
            *dates_in_order("period", "as_of"),
            models.CheckConstraint(
                name="cases_estimate_not_negative",
                condition=(Q(lower=None) | Q(lower__gte=0)) & (Q(best=None) | Q(best__gte=0)) & (Q(upper=None) | Q(upper__gte=0)),
                violation_error_message="A number of people or things can't be negative; changes stay in the quotation."),
            models.CheckConstraint(
                name="cases_estimate_wording_has_value",
                condition=(Q(lower_wording="") | Q(lower__isnull=False)) & (Q(best_wording="") | Q(best__isnull=False))
                & (Q(upper_wording="") | Q(upper__isnull=False)),
                violation_error_message="A wording belongs to a value: give the number, or leave the wording empty."),
            models.CheckConstraint(
                name="cases_estimate_rate_has_unit",
                condition=~Q(measure=Measure.RATE) | ~Q(per_time="") | Q(per_persons__isnull=False),
                violation_error_message="A rate needs its unit: per which time, or per how many persons."),
            models.CheckConstraint(
                name="cases_estimate_interval_level",
                condition=Q(interval_level=None) | Q(interval_level__gt=0, interval_level__lt=1),
                violation_error_message="The level of an interval lies between 0 and 1: write 0.95 for 95 per cent."),
            models.CheckConstraint(
                name="cases_estimate_currency", condition=Q(currency="") | Q(currency__regex="^[A-Z]{3}$"),
                violation_error_message="A currency is three capital letters (ISO 4217): USD, SYP."),
        ]  # fmt: skip
        indexes = [along("cases_estimate", "period")]

    @property
    def out_of_order(self) -> bool:
        """Whether the source breaks lower ≤ best ≤ upper: kept as it says, and flagged."""
        given = [value for value in (self.lower, self.best, self.upper) if value is not None]
        return given != sorted(given)


@recorded
class EstimateRelation(Part):
    """How two figures stand to one another, by a source's word or for a reason of ours."""

    hangs_on = ("estimate", "other", "source")

    estimate = fields.owner("cases.Estimate", "The figure.", "relations")
    kind = fields.choice(RelationKind, "How it stands to the other.", default=RelationKind.DISJOINT)
    other = fields.owner("cases.Estimate", "The other figure.", "related_by")
    complete = models.BooleanField(null=True, blank=True, help_text="For a breakdown: whether its parts are all there.")
    source = fields.link("sources.Source", "The source that says so.")
    locator = fields.line("Where it says so.", max_length=200)
    quotation = fields.prose("In which words.")
    reason = fields.prose("Or our reason, where no source says so.")

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(name="cases_estimaterelation_two", condition=~Q(estimate=F("other")),
                                   violation_error_message="A figure can't be related to itself."),
            models.CheckConstraint(name="cases_estimaterelation_grounded", condition=Q(source__isnull=False) | ~Q(reason=""),
                                   violation_error_message="Name the source that says so, or give your reason."),
            models.UniqueConstraint(name="cases_estimaterelation_once", fields=["estimate", "kind", "other"],
                                    violation_error_message="This relation is entered already."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_kind_display()
