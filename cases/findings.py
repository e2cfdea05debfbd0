"""What a case, or one record of it, still lacks: the analyst's list of things to do, the reviewer's list of things to ask.

Nothing is found that the asker may not see. A finding stands on the record where it can be mended; a person may set it
aside with a reason, and it comes back by itself when what it speaks of changes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from cases.chains import settle_drift
from cases.choices import GroundRole, ResponseKind
from cases.consent import closed_by_consent
from cases.difference import KIND_WORDS, Kind, Severity
from cases.dossier import Dossier
from cases.models import (
    Accused,
    Allegation,
    ConclusionGround,
    HandOn,
    IncidentFacility,
    Response,
    Statement,
)
from cases.naming import code_labels, named
from cases.reconciliation import comparable_groups, findings, independence
from cases.sentences import Listed, Sentence
from hrdocs.access import is_staff_reader
from hrdocs.models import Record, SetAside, on
from hrdocs.review import told_of
from hrdocs.ties import one_of
from sources.choices import ReadAs
from sources.models import Source

_READ = (ReadAs.FULL, ReadAs.EXCERPT, ReadAs.ABSTRACT)
_GRAVE = (Severity.MATERIAL, Severity.REVERSES)
# By which links an answer meets an allegation, and by which of its keys.
_ANSWERED = {"about_statement": "pk", "about_source": "source_id", "about_incident": "about_incident_id"}
_AGAINST = (ResponseKind.DENIAL, ResponseKind.DISPUTE, ResponseKind.CORRECTION, ResponseKind.RETRACTION)

# What each kind of finding is called, for people; in this order they are told.
LABELS = {
    "reopened": _("A conclusion to look at again"),
    "closed_by_consent": _("Published, and closed by consent"),
    "contradiction": _("Contradictions"),
    "rate_contradicts": _("A rate that contradicts a total"),
    "step": _("A daily number that is not the step of the count"),
    "out_of_order": _("Bounds out of order"),
    "copies_disagree": _("Copies of one unread text disagree"),
    "drift": _("Drift that nothing explains"),
    "nobody_says_so": _("Nobody says so"),
    "never_asked": _("Accused without an answer"),
    "no_mode": _("Accused of a part that is not named"),
    "single_origin": _("One origin behind several sources"),
    "outside_life": _("Dated outside the facility's life"),
    "no_source_of_point": _("Coordinates without a source"),
    "two_categories": _("Two categories in one range?"),
    "same_number": _("The same number without a link?"),
    "rate_far_apart": _("A rate far above the totals"),
    "rate_agrees": _("A rate that agrees with a total"),
    "scope": _("A wider scope beside a narrower one"),
    "period_length": _("A period that is not as long as said"),
    "no_quotation": _("Nothing quoted"),
    "no_locator": _("No locator"),
    "not_read": _("Original not read"),
}


@dataclass(frozen=True)
class Found:
    """One thing to look at: on which record, what, by which arithmetic, and with which other statements it has to do."""

    kind: str
    record: Record
    words: Sentence
    arithmetic: str = ""
    is_question: bool = False
    others: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What findings of its kind are called."""
        return str(LABELS[self.kind])

    @property
    def said(self) -> str:
        """Names what is said of the record, as long as that stays the same; of others the same may be said."""
        said = "|".join((self.words, self.arithmetic, *self.others))
        return f"{self.kind}:{hashlib.sha256(said.encode()).hexdigest()[:24]}"

    @property
    def key(self) -> str:
        """Names the finding: of which record it is said, and what."""
        return f"{self.record.uid}:{self.said}"


def findings_on(subject: Record, user: Any) -> list[Found]:
    """All that is to be looked at on a case, facility, incident, place, victim or statement, the gravest first."""
    return findings_in(Dossier(subject, user))


def findings_in(dossier: Dossier) -> list[Found]:
    """The same, of a dossier that is at hand."""
    settle_drift()
    order = list(LABELS)
    found = [found for check in CHECKS for found in check(dossier)]
    return sorted(found, key=lambda each: order.index(each.kind))


def set_aside_among(found: Iterable[Found], user: Any) -> dict[str, SetAside]:
    """Those findings that somebody set aside, by key; outside of the house nobody is told of it."""
    if not is_staff_reader(user):
        return {}
    keys = {(*on(each.record).values(), each.said): each.key for each in found}
    rows = SetAside.objects.filter(finding__in={said for *_, said in keys}).select_related("by", "content_type")
    noted = ((keys.get((row.content_type, row.object_id, row.finding)), row) for row in rows)
    return {key: row for key, row in noted if key}


def set_aside(found: Found, *, by: Any, reason: str) -> SetAside:
    """Note that a person looked at a finding and needs no action, and why."""
    return SetAside.objects.create(**on(found.record), finding=found.said, reason=reason, by=by)


# ── what contradicts, and what rests on too little ──


def figures_side_by_side(dossier: Dossier) -> Iterator[Found]:
    """Contradictions, rates beside totals, scopes, lengths, copies that disagree: what comparison finds."""
    for each in findings(dossier.matter):
        record = dossier.by_uid[each.figures[0]]
        yield Found(str(each.kind), record, each.words, each.arithmetic, each.is_question, each.figures[1:])


def single_origins(dossier: Dossier) -> Iterator[Found]:
    for group in comparable_groups(dossier.matter):
        sources = {figure.source for figure in group.figures}
        if len(sources) > 1 and independence(group.figures, dossier.matter.links).at_most == 1:
            first, *rest = (figure.uid for figure in group.figures)
            words = Sentence(
                "%(number)s sources give figures of this kind, and one origin stands behind them all.", number=len(sources)
            )
            yield Found("single_origin", dossier.by_uid[first], words, others=tuple(rest))


def unexplained_drift(dossier: Dossier) -> Iterator[Found]:
    hops = HandOn.objects.visible_to(dossier.user).filter(later__in=dossier.keys, severity__in=_GRAVE, note="")
    for hop in hops.select_related("later__source", "earlier").order_by("later__uid"):
        words = Sentence(
            "It changes what it hands on (%(kinds)s), and nothing says why. Add a note to the hand-on.",
            kinds=Listed((KIND_WORDS[Kind(code)] for code in hop.drift or ()), ", ", ", "),
        )
        yield Found("drift", hop.later, words, others=(hop.earlier.uid,))


def reopened_conclusions(dossier: Dossier) -> Iterator[Found]:
    """What we concluded, where a statement that it rests on is no longer what it was. Flagged, never changed."""
    grounds = ConclusionGround.objects.visible_to(dossier.user).filter(
        conclusion__in=dossier.conclusions, role=GroundRole.RESTS_ON
    )  # fmt: skip
    for ground in grounds.select_related("conclusion", "statement").order_by("conclusion__uid", "statement__uid"):
        for words in _why_reopened(ground, dossier.user):
            yield Found("reopened", ground.conclusion, words, others=(ground.statement.uid,))


def _why_reopened(ground: ConclusionGround, user: Any) -> Iterator[Sentence]:
    conclusion, statement = ground.conclusion, ground.statement
    decided = told_of(conclusion, "approve")
    since = decided.decided_at if decided else conclusion.edited_at
    if statement.state == "retracted":
        yield Sentence("It rests on %(uid)s, which was retracted.", uid=statement.uid)
    elif statement.edited_at > since:
        yield Sentence("It rests on %(uid)s, which was changed afterwards.", uid=statement.uid)
    against = Response.objects.visible_to(user).filter(about_statement=statement, answer__in=_AGAINST, created_at__gt=since)
    for answer in against.order_by("uid"):
        how = code_labels()[answer.answer]
        yield Sentence("It rests on %(uid)s, which %(by)s disputes since (%(how)s).", uid=statement.uid, by=answer.uid, how=how)
    if not ground.reason and HandOn.objects.visible_to(user).filter(later=statement, severity__in=_GRAVE).exists():
        yield Sentence(
            "It rests on %(uid)s, which changed what it hands on. Say in its reason why it is relied on.", uid=statement.uid
        )


# ── what is missing ──


def nobody_says_so(dossier: Dossier) -> Iterator[Found]:
    said = Statement.objects.visible_to(dossier.user).filter(about_incident=OuterRef("pk"))
    for incident in dossier.incidents.exclude(Exists(said)):
        words = Sentence("No statement is about it: nobody is recorded as saying that it happened.")
        yield Found("nobody_says_so", incident, words)


def consent_does_not_reach(dossier: Dossier) -> Iterator[Found]:
    for statement in closed_by_consent(dossier.statements):
        told = Sentence(
            "It is published, and readers do not see it: the consent of whoever speaks was withdrawn, or does not reach so far."
        )
        yield Found("closed_by_consent", statement, told)


def missing_words(dossier: Dossier) -> Iterator[Found]:
    for statement in dossier.statements:
        if statement.read_as in _READ and not statement.locator:
            words = Sentence("It has no locator. Say on which page or in which paragraph it stands.")
            yield Found("no_locator", statement, words)
        if statement.read_as == ReadAs.FULL and not statement.quotation:
            yield Found("no_quotation", statement, Sentence("The full text was read, and nothing of it is quoted."))


def originals_not_read(dossier: Dossier) -> Iterator[Found]:
    """Sources known only as others quote them: one thing to find, however many statements stand in it."""
    unread: dict[Source, int] = {}
    for statement in dossier.statements:
        if statement.read_as not in _READ:
            unread[statement.source] = unread.get(statement.source, 0) + 1
    for source, number in unread.items():
        words = Sentence("The original was not read: 1 statement in it is known only as quoted. Find it and read it.")
        if number > 1:
            words = Sentence(
                "The original was not read: %(number)s statements in it are known only as quoted. Find it and read it.",
                number=number,
            )
        yield Found("not_read", source, words)


def accused_without_answer(dossier: Dossier) -> Iterator[Found]:
    allegations = Allegation.objects.visible_to(dossier.user).filter(pk__in=dossier.keys)
    named_ones = Accused.objects.visible_to(dossier.user).filter(allegation__in=allegations).exclude(party=None)
    rows = list(named_ones.select_related("allegation__source", "party").order_by("allegation__uid", "id"))
    answers = _answers_to([row.allegation for row in rows], dossier.user)
    for row in rows:
        allegation = row.allegation
        given = {each for about, of in _ANSWERED.items() for each in answers.get((about, getattr(allegation, of)), ())}
        if not given & {("speaker", row.party_id), *(("spoken_for", body) for body in dossier.bodies_of(row.party_id))}:
            words = Sentence(
                "%(party)s stands accused, and no answer of theirs is recorded. Record one, or that they did not reply.",
                party=named(row.party),
            )
            yield Found("never_asked", allegation, words)
        if not row.modes:
            words = Sentence(
                "Of which part in it %(party)s is accused is not recorded. Choose a mode, or “not specified”.",
                party=named(row.party),
            )
            yield Found("no_mode", allegation, words)


def _answers_to(allegations: Iterable[Allegation], user: Any) -> dict[tuple[str, int], set[tuple[str, int]]]:
    """Who answered these allegations, their sources as a whole, or the incidents that they are about: who spoke, and for whom."""
    found: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for about, of in _ANSWERED.items():
        keys = {key for each in allegations if (key := getattr(each, of)) is not None}
        given = Response.objects.visible_to(user).filter(one_of(keys, here=about)).order_by()
        for key, spoken_for, speaker in given.values_list(about, "spoken_for", "speaker").distinct():
            found.setdefault((about, key), set()).update({("spoken_for", spoken_for), ("speaker", speaker)})
    return found


def outside_the_facilitys_life(dossier: Dossier) -> Iterator[Found]:
    links = IncidentFacility.objects.visible_to(dossier.user).filter(incident__in=dossier.incidents)
    for link in links.select_related("incident", "facility").order_by("incident__uid"):
        incident, facility = link.incident, link.facility
        before = facility.opened_earliest and incident.date_latest and incident.date_latest < facility.opened_earliest
        after = facility.closed_latest and incident.date_earliest and incident.date_earliest > facility.closed_latest
        if before or after:
            dated = {"date": incident.date, "facility": named(facility)}
            if before:
                words = Sentence("It is dated %(date)s, before %(facility)s opened (%(day)s).", **dated, day=facility.opened)
            else:
                words = Sentence("It is dated %(date)s, after %(facility)s closed (%(day)s).", **dated, day=facility.closed)
            yield Found("outside_life", incident, words, others=(facility.uid,))


def points_without_source(dossier: Dossier) -> Iterator[Found]:
    for place in dossier.places.filter(latitude__isnull=False, coordinates_from=None, identifiers=None):
        words = Sentence("It has coordinates, and nothing says where they come from.")
        yield Found("no_source_of_point", place, words)


CHECKS: tuple[Callable[[Dossier], Iterator[Found]], ...] = (
    consent_does_not_reach,
    reopened_conclusions,
    figures_side_by_side,
    unexplained_drift,
    nobody_says_so,
    accused_without_answer,
    single_origins,
    outside_the_facilitys_life,
    points_without_source,
    missing_words,
    originals_not_read,
)
