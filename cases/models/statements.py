"""Statements: what one source said, in its own words, at one place in its text. The heart of the house."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Q

from cases.choices import AboutKnown, Basis, Certainty, Connection, Credibility, Proof, StatementKind, TextPart
from cases.models.origins import counts_origins
from cases.models.triggers import (
    CONSENT_NARROWS,
    AsksConsentAnew,
    ForgetsDrift,
    ForgetsDriftOfBoth,
    NoLoops,
    SameKindElsewhere,
    StaysElsewhere,
)
from cases.querysets import StatementQuerySet
from hrdocs.access import Sensitivity
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Merge, Part, Record, fields
from hrdocs.models.record import stems_index, words_column
from hrdocs.models.risks import held_by_who_told
from sources.choices import DrawsHow, LocatorKind, ReadAs
from sources.models import ConsentEvent, Source

# What each kind of statement can be about: one thing, the narrowest that the sentence names, never a case.
_HAPPENINGS = ("incident", "facility", "place", "victim")
ABOUT_BY_KIND = {
    StatementKind.ESTIMATE: _HAPPENINGS,
    StatementKind.ALLEGATION: (*_HAPPENINGS, "harm"),
    StatementKind.CHARACTERISATION: (*_HAPPENINGS, "harm", "statement"),
    StatementKind.RESPONSE: ("statement", "incident", "facility", "victim", "harm", "operation", "official_act", "source"),
    StatementKind.CITATION: (
        "statement", *_HAPPENINGS, "harm", "operation", "official_act", "source", "party", "affiliation", "incident_link",
    ),
}  # fmt: skip
ABOUT = tuple(dict.fromkeys(f"about_{name}" for names in ABOUT_BY_KIND.values() for name in names))


def _about_one_thing() -> Q:
    """For each kind: exactly one of the links that it may have, and none of the others."""
    rule = Q()
    for kind, names in ABOUT_BY_KIND.items():
        for chosen in names:
            nulls = {f"{about}__isnull": about != f"about_{chosen}" for about in ABOUT}
            rule |= Q(kind=kind, **nulls)
    return rule


@recorded
class Statement(Record):
    """What one source said, in its own words, at one place in its text, about one thing."""

    uid_prefix = "STM"
    hangs_on = ("source", *ABOUT)
    told_by = ("speaker_informant", "attributed_informant", "speaker_victim")
    narrowed = CONSENT_NARROWS
    identifying = ("quotation", "translation", "speaker_wording", "attributed_wording", "about_wording", "evidence", "locator")
    statement_kind: ClassVar[str] = ""

    kind = fields.choice(StatementKind, "What kind of statement it is.", blank=False, editable=False)
    source = fields.owner("sources.Source", "The source that says it.", "statements")
    capture = fields.link("sources.Capture", "The kept copy that we read.")
    text_part = fields.choice(TextPart, "Where in the text it stands: a headline often says more than the body.")
    locator_kind = fields.choice(LocatorKind, "What the locator counts: pages, paragraphs, seconds.")
    locator = fields.line("Where exactly: 17, 3(1)(c), 00:01:20–00:01:24.", max_length=200)
    quotation = fields.prose("The words of the source, exactly as printed, in its language.")
    quotation_language = fields.language("Language of the quotation.")
    translation = fields.prose("The quotation in English, where it is in another language.")
    read_as = fields.choice(ReadAs, "How far we read this source for it.", default=ReadAs.NOT_READ)
    speaker = fields.link("sources.Party", "Who speaks, where it is a named person or a body.", related_name="spoke")
    speaker_informant = fields.link("sources.Informant", "Or the informant who speaks.", related_name="spoke")
    speaker_victim = fields.link("cases.Victim", "Or the victim who speaks.", related_name="spoke")
    speaker_wording = fields.line("Or the speaker as described: “a former guard”.")
    spoken_for = fields.link("sources.Party", "The body for which the speaker speaks, or which answers.",
                             related_name="spoken_for")  # fmt: skip
    speaker_connection = fields.choice(Connection, "How the speaker knows.")
    spoken = EdtfField(help_text="When it was said, where that differs from publication.")
    spoken_earliest, spoken_latest, spoken_precision = derived_from("spoken")
    attributed_wording = fields.line("Whom the source names for it, as worded: “according to numerous NGOs”.",
                                     verbose_name="attributed to, as worded")  # fmt: skip
    attributed_to = fields.link("sources.Party", "The same as a party, where it is one.", related_name="attributed")
    attributed_victim = fields.link("cases.Victim", "Or as a victim.", related_name="attributed")
    attributed_informant = fields.link("sources.Informant", "Or as an informant.", related_name="attributed")
    pronounced_in = fields.link("cases.OfficialAct", "The official act by which it was said.", related_name="pronounces")
    bases = fields.several(Basis, "On what it rests, as far as the source says.")
    evidence = fields.line("The investigation, list, model or archive it rests on, by name: two statements that name "
                           "the same evidence share an origin.", verbose_name="evidence named")  # fmt: skip
    evidence_source = fields.link("sources.Source", "The same as a source, where it is entered.")
    standard_of_proof = fields.choice(Proof, "The source's own standard of proof, where it states one.")
    certainty = fields.choice(Certainty, "How sure the source is, by its own words.")
    certainty_wording = fields.line("Those words: “we believe”, “appears to”.", max_length=200)
    credibility = fields.choice(Credibility, "Our grading of this piece of information (optional, Admiralty system).")
    credibility_reason = fields.prose("Why we grade it so.")
    rated_by = fields.link("hrdocs.User", "Who graded it.")

    about_incident = fields.link("cases.Incident", "The incident that it is about.", related_name="statements")
    about_facility = fields.link("cases.Facility", "The facility that it is about.", related_name="statements")
    about_place = fields.link("cases.Place", "The place that it is about.", related_name="statements")
    about_victim = fields.link("cases.Victim", "The person or group that it is about.", related_name="statements")
    about_harm = fields.link("cases.Harm", "The harm that it is about.", related_name="statements")
    about_statement = fields.link("self", "The statement that it is about, or answers.", related_name="answers")
    about_operation = fields.link("cases.Operation", "The operation that it is about.", related_name="statements")
    about_official_act = fields.link("cases.OfficialAct", "The official act that it is about.", related_name="statements")
    about_source = fields.link("sources.Source", "The source that it is about.", related_name="statements_about")
    about_party = fields.link("sources.Party", "The party that it is about.", related_name="statements_about")
    about_affiliation = fields.link("cases.Affiliation", "The affiliation that it is about.", related_name="statements")
    about_incident_link = fields.link("cases.IncidentLink", "The link between incidents that it is about.",
                                      related_name="statements")  # fmt: skip
    about_known = fields.choice(AboutKnown, "How we know what it is about.", default=AboutKnown.STATED)
    about_wording = fields.line("What it is about, in the words of the source.")
    words = words_column(texts=("quotation", "translation"))

    objects = StatementQuerySet.as_manager()

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            *dates_in_order("spoken"),
            models.CheckConstraint(
                name="cases_statement_about_one_thing", condition=_about_one_thing(),
                violation_error_message="A statement is about exactly one thing that its kind allows: choose one."),
            models.CheckConstraint(
                name="cases_statement_not_about_itself", condition=~Q(about_statement=F("id")),
                violation_error_message="A statement can't be about itself."),
            models.CheckConstraint(
                name="cases_statement_one_speaker",
                condition=Q(speaker=None, speaker_informant=None) | Q(speaker=None, speaker_victim=None)
                | Q(speaker_informant=None, speaker_victim=None),
                violation_error_message="Name one speaker: a party, an informant or a victim."),
            models.CheckConstraint(
                name="cases_statement_rating_signed", condition=Q(credibility="") | Q(rated_by__isnull=False),
                violation_error_message="Say who graded the statement."),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["source", "kind"]),
            # Lists are walked along it; with who sees each it tells all that the walk asks of a row.
            models.Index(name="cases_statement_of_a_kind", fields=["kind", "uid"], include=["id", "audience"]),
            *(
                models.Index(
                    name=f"cases_statement_kind_{about}",
                    fields=["kind", f"about_{about}"],
                    condition=Q(**{f"about_{about}__isnull": False}),
                )
                for about in _HAPPENINGS
            ),
            stems_index("cases_statement"),
        ]
        triggers = [
            *Record.Meta.triggers,
            StaysElsewhere(),
            ForgetsDrift("NEW.id"),
            pgtrigger.Trigger(  # kinds repeat it (walked.py)
                name="uid_stays", operation=pgtrigger.Update, when=pgtrigger.Before,
                condition=pgtrigger.Q(old__uid__df=pgtrigger.F("new__uid")),
                func="""
                    RAISE EXCEPTION 'A statement is cited by its uid (%), which never changes. Enter another statement.', OLD.uid
                        USING ERRCODE = 'check_violation';
                """),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.uid}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.kind = self.statement_kind or self.kind
        super().save(*args, **kwargs)

    def clean_fields(self, exclude: object = None) -> None:
        self.kind = self.statement_kind or self.kind  # before the constraints are asked, which depend on it
        super().clean_fields(exclude=exclude)

    @property
    def about(self) -> models.Model | None:
        """The one thing that the statement is about."""
        return next((getattr(self, name) for name in ABOUT if getattr(self, f"{name}_id")), None)

    @property
    def detail(self) -> Statement:
        """The same statement as its own kind: an Estimate, an Allegation …"""
        return self if self.statement_kind else getattr(self, self.kind)

    def blockers(self, verb: str, level: Sensitivity | None = None) -> list[str]:
        found = super().blockers(verb, level)
        if verb in ("submit", "approve", "publish") and not self.quotation and self.read_as == ReadAs.FULL:
            found.append("Quote the words of the source, or say that its full text was not read.")
        if verb == "publish" and level is not None and level.rank < self._consent_reaches():
            found.append("Whoever speaks has not agreed to this: note her consent, or publish it at internal.")
        return found

    def _consent_reaches(self) -> int:
        """The rank of the widest level that the consent of whoever speaks allows now, as the database says."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT public.cases_consent_reaches(%s, %s, %s, %s)",
                           [self.pk, self.source_id, self.speaker_informant_id, self.attributed_informant_id])  # fmt: skip
            return cursor.fetchone()[0]


# Registered from up here: the floors below know nothing of statements.
pgtrigger.register(ForgetsDriftOfBoth(ABOUT))(Merge)
pgtrigger.register(ForgetsDrift("(SELECT s.id FROM cases_statement s WHERE s.source_id = NEW.id)"))(Source)
_basis = pgtrigger.AnyChange("obtained", "kind", "url", "archived_url")
pgtrigger.register(AsksConsentAnew("source_id = NEW.id", operation=pgtrigger.Update, condition=_basis))(Source)
pgtrigger.register(
    AsksConsentAnew("NEW.informant_id IN (speaker_informant_id, attributed_informant_id)", operation=pgtrigger.Insert)
)(ConsentEvent)
pgtrigger.register(
    held_by_who_told(
        speaker_informant_id="sources_informant", attributed_informant_id="sources_informant", speaker_victim_id="cases_victim"
    )
)(Statement)


@recorded
class QuotedIn(Part):
    """A source in which we read a statement that we could not read in the original."""

    hangs_on = ("statement", "source")
    identifying = ("quotation", "locator")

    statement = fields.owner("cases.Statement", "The statement.", "quoted_in")
    source = fields.owner("sources.Source", "Where we read it.", "+")
    locator_kind = fields.choice(LocatorKind, "What the locator counts.")
    locator = fields.line("Where exactly.", max_length=200)
    quotation = fields.prose("The words in which it is quoted there.")
    quotation_language = fields.language("Language of that quotation.")

    class Meta(Part.Meta):
        verbose_name = "quoted in"
        verbose_name_plural = "quoted in"
        constraints = [
            models.UniqueConstraint(name="cases_quotedin_once", fields=["statement", "source", "locator"],
                                    violation_error_message="This place is entered already."),
        ]  # fmt: skip


@recorded
class HandOn(Part):
    """A later statement hands on an earlier one of the same kind: it quotes, paraphrases, translates, summarises it."""

    hangs_on = ("later", "earlier")
    not_in_history = (*Part.not_in_history, "drift", "severity")

    later = fields.owner("cases.Statement", "The statement that hands on.", "passes_on")
    earlier = fields.owner("cases.Statement", "The statement that it hands on.", "passed_on_by")
    how = fields.choice(DrawsHow, "How it hands it on.", default=DrawsHow.PARAPHRASES)
    stated = models.BooleanField(default=True, help_text="The source says so itself; unticked: we infer it.")
    note = fields.prose("How we know, and what is uncertain about it.")
    drift = ArrayField(models.CharField(max_length=20), null=True, blank=True, editable=False,
                       help_text="What changed on the way: value, bound, category, unit, period, place, subject, perpetrator, "
                       "act, mode, attribution, certainty, relation. Worked out by the program.")  # fmt: skip
    severity = fields.line("How much the gravest of these changes: wording, material, reverses_meaning. Worked out by the "
                           "program.", max_length=20, editable=False)  # fmt: skip

    class Meta(Part.Meta):
        verbose_name = "hand-on"
        constraints = [
            models.CheckConstraint(name="cases_handon_two", condition=~Q(later=F("earlier")),
                                   violation_error_message="A statement can't hand on itself."),
            models.UniqueConstraint(name="cases_handon_once", fields=["later", "earlier"],
                                    violation_error_message="This hand-on is entered already."),
        ]  # fmt: skip
        indexes = [
            models.Index(name="cases_handon_unsettled", fields=["audience"], condition=Q(drift=None)),
            models.Index(name="cases_handon_grave", fields=["severity"], condition=~Q(severity="")),
            GinIndex(name="cases_handon_kinds", fields=["drift"]),
        ]
        triggers = [
            *Part.Meta.triggers,
            NoLoops(),
            SameKindElsewhere(),
            pgtrigger.Protect(
                name="ends_stay", operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__later__df=pgtrigger.F("new__later"))
                | pgtrigger.Q(old__earlier__df=pgtrigger.F("new__earlier"))),
            *counts_origins(),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_how_display()

    def clean(self) -> None:
        """Say in the form what the database would refuse: a chain that comes back to itself."""
        seen: set[int] = set()
        ring = {self.earlier_id} - {None}
        while ring:
            if self.later_id in ring:
                raise ValidationError({"earlier": "The statement would stand behind itself: a chain can't be a loop."})
            seen |= ring
            ring = set(HandOn.objects.filter(later__in=ring).values_list("earlier", flat=True)) - seen
