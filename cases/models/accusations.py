"""Accusations and answers: allegations, words of judgement, responses, and other citations."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from cases.choices import Joined, LegalStage, Mode, Polarity, ResponseKind, Stance, StatementKind
from cases.models.statements import Statement
from cases.models.triggers import NotAPlaceholder, StaysAccusable
from cases.models.walked import Walked, along
from cases.querysets import AllegedPerpetratorQuerySet
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Part, fields
from sources.models import Party


@recorded
class Allegation(Walked, Statement):
    """A source accuses somebody, named or not, of having had a part in something."""

    uid_prefix = "ALL"
    statement_kind = StatementKind.ALLEGATION
    identifying = ("acts_wording",)

    acts = fields.terms("act", "What is alleged to have been done.")
    acts_wording = fields.line("The acts in the words of the source.")
    grounds = fields.terms("ground", "Why it was done, as alleged.")
    victims = fields.links("cases.Victim", "The victims that it names.", related_name="named_in")
    period = EdtfField(help_text="When it is alleged to have been done.")
    period_earliest, period_latest, period_precision = derived_from("period")
    joined = fields.choice(Joined, "All of the accused, or one or another of them (“the regime or the SDF”).",
                           default=Joined.TOGETHER)  # fmt: skip

    class Meta(Walked.Meta):
        constraints = dates_in_order("period")
        indexes = [along("cases_allegation", "period")]


@recorded
class Accused(Part):
    """One whom an allegation accuses, and of which part in it, in the source's own words."""

    hangs_on = ("allegation", "party")
    identifying = ("wording",)

    allegation = fields.owner("cases.Allegation", "The allegation.", "accused")
    party = fields.link("sources.Party", "The accused; empty where the source names nobody.", related_name="accusations")
    wording = fields.line("The accused and their part, in the words of the source: “indirectly backing”.")
    modes = fields.several(Mode, "The part that they are said to have had.")
    modes_joined = fields.choice(Joined, "All of these parts, or one or another (“aided in or looked away”).",
                                 default=Joined.TOGETHER)  # fmt: skip

    class Meta(Part.Meta):
        verbose_name_plural = "accused"
        constraints = [
            models.CheckConstraint(name="cases_accused_somebody", condition=Q(party__isnull=False) | ~Q(wording=""),
                                   violation_error_message="Name the accused, or quote how the source describes them."),
            models.UniqueConstraint(name="cases_accused_once", fields=["allegation", "party", "wording"], nulls_distinct=False,
                                    violation_error_message="This accused is entered already."),
        ]  # fmt: skip
        indexes = [GinIndex(name="cases_accused_modes", fields=["modes"])]
        triggers = [*Part.Meta.triggers, NotAPlaceholder()]

    def __str__(self) -> str:
        return self.wording

    def clean(self) -> None:
        if self.party and self.party.placeholder:
            raise ValidationError({"party": "A placeholder can't be accused. Enter the party that the source names, or "
                                            "leave it empty and write its words."})  # fmt: skip


# Registered from up here: the floor of the parties knows nothing of accusations.
pgtrigger.register(StaysAccusable())(Party)


class AllegedPerpetrator(Party):
    """A party in its role of being accused by at least one statement: a role, never a verdict."""

    objects = AllegedPerpetratorQuerySet.as_manager()

    class Meta:
        proxy = True


@recorded
class Characterisation(Statement):
    """A word of judgement by law, rule or professional standard: "extermination", "a war crime", "unlawful".

    An opinion never becomes a violation ticked as fact.
    """

    uid_prefix = "CHR"
    statement_kind = StatementKind.CHARACTERISATION
    identifying = ("wording", "forum")

    norm = fields.term("norm", "The norm it is judged by.")
    wording = fields.line("The judgement in the words of the source.")
    polarity = fields.choice(Polarity, "Whether it says is, may be, or is not.", default=Polarity.IS)
    forum = fields.line("Before which forum, where there is one.", max_length=200)
    stage = fields.choice(LegalStage, "At which stage of proceedings.", default=LegalStage.ALLEGED)

    class Meta:
        constraints = [
            models.CheckConstraint(name="cases_characterisation_says", condition=Q(norm__isnull=False) | ~Q(wording=""),
                                   violation_error_message="Choose the norm, or quote the words of judgement."),
        ]  # fmt: skip


@recorded
class Response(Walked, Statement):
    """An answer by an accused party, a victim or a body concerned: a denial, a correction, no comment.

    The answering party is "spoken for"; the person who speaks is the speaker.
    """

    uid_prefix = "RSP"
    statement_kind = StatementKind.RESPONSE
    identifying = ("wording",)

    answer = fields.choice(ResponseKind, "What kind of answer it is.", default=ResponseKind.DENIAL)
    wording = fields.line("The answer in the words of the source: “totally untrue”.")
    date = EdtfField(help_text="When the answer was given.")
    date_earliest, date_latest, date_precision = derived_from("date")
    asked = EdtfField(help_text="When they were asked, where they did not answer.")
    asked_earliest, asked_latest, asked_precision = derived_from("asked")
    own_number = fields.link("cases.Estimate", "A number of their own, given with the answer.", related_name="given_with")

    class Meta(Walked.Meta):
        constraints = dates_in_order("date", "asked")
        indexes = [along("cases_response", "date")]


@recorded
class Citation(Statement):
    """A source supports, contradicts or mentions a record, or one field of it, with the value that it gives."""

    uid_prefix = "CIT"
    statement_kind = StatementKind.CITATION
    identifying = ("value", "parsed_value")

    stance = fields.choice(Stance, "Whether it supports, contradicts or only mentions it.", default=Stance.SUPPORTS)
    field = fields.line("The field it speaks of: existence, names, date, place …; empty for the record as a whole.",
                        max_length=60)  # fmt: skip
    value = fields.line("The value as stated.")
    parsed_value = fields.line("The same in our notation: a date in EDTF, a number in digits.", max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cases_citation_other_value",
                condition=~Q(stance=Stance.CONTRADICTS) | ~Q(value=""),
                violation_error_message="A contradicting citation says what the other value is."),
        ]  # fmt: skip
