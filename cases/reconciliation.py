"""Figures on one subject side by side: what may be compared, what cannot be true together, what to ask.

Nothing here averages, merges or picks a number. Figures are put into groups that count the same thing; where
two cannot both be right, the arithmetic is shown and both are kept.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

from cases.claims import Figure, Who, printed
from cases.contradictions import contradictions
from cases.independence import Independence, Spread, independence, publications, spread
from cases.matter import Finding, FindingKind, Link, Matter, Relation
from cases.questions import same_number_without_a_parent, two_categories_in_one_range
from cases.rates import RateCheck, Verdict, rate_checks, span_of
from cases.sentences import Listed, Sentence
from cases.steps import steps_of_running_counts
from cases.sums import Refusal, Sum, add_up

__all__ = [
    "Figure", "Finding", "FindingKind", "Group", "Independence", "Link", "Matter", "RateCheck", "Refusal",
    "Relation", "Spread", "Sum", "Verdict", "add_up", "comparable_groups", "findings", "independence",
    "publications", "rate_checks", "spread",
]  # fmt: skip

Version = frozenset[tuple[str, Decimal, str]]


@dataclass(frozen=True)
class Group:
    """Figures that count the same thing of the same people in the same place, in the same unit.

    `parts` are figures of the same kind for something inside that place. They stand beside the group to be
    read as parts of it, and are in a group of their own as well.
    """

    family: frozenset[str]
    counted: str
    measure: str
    per: str
    about: str
    who: Who
    figures: tuple[Figure, ...]
    parts: tuple[Figure, ...] = ()


def comparable_groups(matter: Matter) -> tuple[Group, ...]:
    """Gather figures that may be set side by side; a week and a day, persons and cases never meet."""
    gathered: dict[tuple[object, ...], list[Figure]] = {}
    for figure in matter.figures:
        gathered.setdefault((*matter.kind_of(figure), figure.about, figure.who), []).append(figure)
    return tuple(_group(figures, matter) for figures in gathered.values())


def _group(figures: list[Figure], matter: Matter) -> Group:
    first = figures[0]
    inside = (each for each in matter.figures if first.about in each.within and each.who == first.who)
    return Group(
        family=matter.vocabulary.family(first.categories),
        counted=f"{first.counted} {first.currency}".strip(),
        measure=first.measure,
        per=first.per_text,
        about=first.about,
        who=first.who,
        figures=tuple(figures),
        parts=tuple(each for each in inside if matter.kind_of(each) == matter.kind_of(first)),
    )


def findings(matter: Matter) -> tuple[Finding, ...]:
    """All that a careful reader would notice in these figures, contradictions before questions."""
    return tuple(finding for check in CHECKS for finding in check(matter))


def out_of_order(matter: Matter) -> Iterator[Finding]:
    """Figures printed with a lower number above a higher one: kept as they are, and pointed out."""
    for figure in matter.figures:
        given = [part.number for part in figure.parts]
        if given != sorted(given):
            order = " ≤ ".join(printed(part.number) for part in figure.parts)
            words = Sentence("The bounds of %(figure)s are out of order as printed.", figure=matter.told(figure))
            yield Finding(FindingKind.OUT_OF_ORDER, (figure.uid,), words, Sentence("not %(order)s", order=order))


RATES = {
    Verdict.AGREES: FindingKind.RATE_AGREES,
    Verdict.FAR_APART: FindingKind.RATE_FAR_APART,
    Verdict.CONTRADICTS: FindingKind.RATE_CONTRADICTS,
}


def rates_beside_totals(matter: Matter) -> Iterator[Finding]:
    """What each rate comes to, beside the totals of its place; also where they agree."""
    for check in rate_checks(matter):
        yield Finding(RATES[check.verdict], (check.rate, check.total), check.words, check.arithmetic)


def wider_scopes(matter: Matter) -> Iterator[Finding]:
    """Figures for a whole beside figures for a part of it: a country's number beside a prison's."""
    by_place: dict[str, list[Figure]] = {}
    for figure in matter.figures:
        by_place.setdefault(figure.about, []).append(figure)
    for wider, narrower in permutations(by_place.values(), 2):
        whole, part = wider[0], narrower[0]
        if whole.about and any(whole.about in figure.within for figure in narrower):
            words = Sentence(
                "For %(whole)s as a whole, not for %(part)s, a part of it: %(numbers)s.",
                whole=whole.place_text, part=part.place_text,
                numbers=Listed({figure.text: figure for figure in wider}.values()),
            )  # fmt: skip
            unsaid = dict.fromkeys(matter.vocabulary.word(figure.publisher) for figure in wider if figure.about_known != "stated")
            if unsaid:
                silent = Listed(unsaid)
                words = Sentence("%(said)s Not every source says so itself: %(silent)s.", said=words, silent=silent)
            yield Finding(FindingKind.SCOPE, tuple(figure.uid for figure in wider), words)


NUMBER_WORDS = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
)  # fmt: skip
LENGTH = re.compile(rf"\b(\d+|{'|'.join(NUMBER_WORDS)})[\s-]+(day|week|month|year)", re.IGNORECASE)


def period_lengths(matter: Matter) -> Iterator[Finding]:
    """Periods that a source calls longer or shorter than they are, both ends counted."""
    for figure in matter.figures:
        stated = LENGTH.search(figure.period_length_text)
        if not stated or figure.period_days is None:
            continue
        word, unit = stated[1].lower(), stated[2].lower()
        said = NUMBER_WORDS.index(word) + 1 if word in NUMBER_WORDS else int(word)
        length = _length(figure, unit)
        # 4 years and 4 months may be called four years, and 4 years and 10 months four or five.
        if said not in (int(length), round(length)):
            words = Sentence(
                '"%(said)s" is said of %(period)s, which is %(length)s.',
                said=figure.period_length_text, period=figure.period_text, length=span_of(printed(length), unit),
            )  # fmt: skip
            days = Sentence(
                "%(first)s to %(last)s, both included: %(days)s days",
                first=figure.period_earliest, last=figure.period_latest, days=f"{figure.period_days:,}",
            )  # fmt: skip
            yield Finding(FindingKind.PERIOD_LENGTH, (figure.uid,), words, days)


def _length(figure: Figure, unit: str) -> Decimal:
    """How long a period is by the calendar, so that 2011–2015 is five years and not 4.9994."""
    start, days = figure.period_earliest, figure.period_days
    if start is None or days is None or unit in ("day", "week"):
        length = Decimal(days or 0) / (7 if unit == "week" else 1)
    else:
        end = start + timedelta(days=days)
        months = (end.year - start.year) * 12 + end.month - start.month + Decimal(end.day - start.day) / 31
        length = months / (12 if unit == "year" else 1)
    return round(length, 1)


def copies_of_one_unread_text(matter: Matter) -> Iterator[Finding]:
    """Copies that disagree about a text that nobody here has read: some of them at least are wrong."""
    by_uid = {figure.uid: figure for figure in matter.figures}
    copies: dict[str, list[Figure]] = {}
    for link in matter.links:
        if link.later in by_uid:
            copies.setdefault(link.earlier, []).append(by_uid[link.later])
    for original in matter.figures:
        versions: dict[Version, list[Figure]] = {}
        for copy in copies.get(original.uid, ()) if not original.was_read else ():
            versions.setdefault(_version(copy), []).append(copy)
        if len(versions) > 1:
            told = [_copy(same, matter) for same in versions.values()]
            uids = tuple(copy.uid for same in versions.values() for copy in same)
            publisher = matter.vocabulary.word(original.publisher)
            words = Sentence(
                "What %(publisher)s said was not read here, and is told as %(told)s.",
                publisher=publisher, told=Listed(told, "; ", "; "),
            )  # fmt: skip
            yield Finding(FindingKind.COPIES_DISAGREE, (original.uid, *uids), words)


def _copy(same: list[Figure], matter: Matter) -> Sentence:
    by = Listed(matter.vocabulary.word(each.publisher) for each in same)
    return Sentence('"%(figure)s" (%(by)s)', figure=same[0], by=by)


def _version(figure: Figure) -> Version:
    """The numbers of a figure and the sense of each, in which idiom makes no difference."""
    return frozenset((part.bound, part.number, part.sense) for part in figure.parts)


CHECKS: tuple[Callable[[Matter], Iterator[Finding]], ...] = (
    contradictions,
    steps_of_running_counts,
    rates_beside_totals,
    out_of_order,
    wider_scopes,
    period_lengths,
    copies_of_one_unread_text,
    two_categories_in_one_range,
    same_number_without_a_parent,
)
