"""Structure: who runs what, and who belongs to, commands or supports whom, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.choices import AffiliationClass, AffiliationKind, DateMeaning, EndKnown, OperationRole
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Record, fields


class Dated(Record):
    """A tie that holds for a time: each end with its date, its wording, and whether it is known or only cited."""

    start = EdtfField(help_text="When it began.")
    start_earliest, start_latest, start_precision = derived_from("start")
    start_known = fields.choice(EndKnown, "Whether the start is known, or only the first time it is cited.")
    start_wording = fields.line("The start in the words of the source.")
    end = EdtfField(help_text="When it ended; “..” or empty while it goes on or is not known.")
    end_earliest, end_latest, end_precision = derived_from("end")
    end_known = fields.choice(EndKnown, "Whether the end is known, or only the last time it is cited.")
    end_wording = fields.line("The end in the words of the source.")
    meaning = fields.choice(DateMeaning, "True on every day between, or on some day.", default=DateMeaning.EVERY_DAY)

    class Meta(Record.Meta):
        abstract = True
        constraints = [*Record.Meta.constraints, *dates_in_order("start", "end")]


@recorded
class Operation(Dated):
    """A party runs, guards, is based at or operates in a facility or place, for a time."""

    uid_prefix = "OPR"
    hangs_on = ("party", "facility", "place")

    party = fields.owner("sources.Party", "Who runs or guards it.", "operations")
    facility = fields.link("cases.Facility", "The facility.", related_name="operators")
    place = fields.link("cases.Place", "Or the place.", related_name="operators")
    role = fields.choice(OperationRole, "What the party does there.", default=OperationRole.RUNS)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(
                name="cases_operation_one_thing",
                condition=Q(facility__isnull=False, place=None) | Q(facility=None, place__isnull=False),
                violation_error_message="Name either a facility or a place."),
        ]  # fmt: skip


@recorded
class Affiliation(Dated):
    """One party is a member of, commands, is subordinate to or supports another, for a time."""

    uid_prefix = "AFF"
    hangs_on = ("party", "to_party")

    party = fields.owner("sources.Party", "The member, subordinate or commander.", "affiliations")
    kind = fields.choice(AffiliationKind, "What ties it to the other.", default=AffiliationKind.SUBORDINATE)
    to_party = fields.owner("sources.Party", "The other party.", "affiliated", verbose_name="to")
    tie = fields.choice(AffiliationClass, "Command, administration or membership.", verbose_name="class")
    post = fields.line("Post held, as worded.", max_length=200)
    rank = fields.line("Rank, as worded.", max_length=120)

    class Meta(Dated.Meta):
        constraints = [
            *Dated.Meta.constraints,
            models.CheckConstraint(name="cases_affiliation_two", condition=~Q(party=F("to_party")),
                                   violation_error_message="A party can't be tied to itself."),
        ]  # fmt: skip
