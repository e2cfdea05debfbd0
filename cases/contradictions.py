"""Figures that cannot both be right: all that one counts is counted in the other, and yet it is more."""

from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate, chain
from operator import itemgetter

from cases.claims import Figure, Vocabulary, printed, who_covers
from cases.independence import behind, earlier_ones
from cases.matter import Finding, FindingKind, Matter
from cases.numbers import rounds_to
from cases.sentences import Sentence
from cases.sums import ADDABLE

# Relations by which two figures may both stand although they differ.
EXPLAINED = frozenset({"updates", "corrects", "withdraws", "alternative", "disjoint"})

Pairs = Iterator[tuple[Figure, Figure, Decimal, Decimal]]  # part, whole, the least of the one, the most of the other


def contradictions(matter: Matter) -> Iterator[Finding]:
    """Pairs that cannot both be right: all of one is in the other, and yet it is more.

    Two figures of equal scope are each in the other. What one source tells on from the other is drift, and
    what a source explains (an update, a correction, other assumptions) is no contradiction.
    """
    earlier = earlier_ones(matter.links)
    for part, whole, least, most in chain(_stated_parts(matter), _parts_by_scope(matter)):
        if rounds_to(least, most) or rounds_to(most, least) or behind(part.uid, earlier) & behind(whole.uid, earlier):
            continue
        equal = _is_in_scope(whole, part, matter.vocabulary) and _is_in_time(whole, part)
        two = {"part": matter.told(part), "whole": matter.told(whole)}
        if equal:
            words = Sentence("%(part)s and %(whole)s differ on the same.", **two)
        else:
            words = Sentence("%(part)s and %(whole)s exclude each other: the first is part of the second.", **two)
        yield Finding(FindingKind.CONTRADICTION, (part.uid, whole.uid), words, f"{printed(least)} > {printed(most)}")


def _stated_parts(matter: Matter) -> Pairs:
    """Pairs of which a source says that the second includes the first."""
    by_uid = {figure.uid: figure for figure in matter.figures}
    for each in matter.relations:
        part, whole = by_uid.get(each.other), by_uid.get(each.one)
        if each.kind == "includes" and part and whole and matter.kind_of(part) == matter.kind_of(whole):
            least, most = part.span[0], whole.span[1]
            if least is not None and most is not None and least > most:
                yield part, whole, least, most


def _parts_by_scope(matter: Matter) -> Pairs:
    """Pairs of one kind of which the first is inside the second by what they count, and no source explains the rest.

    Daily figures of some years make millions of pairs. So those that count the same are gathered first, and whether
    one scope is inside another is asked once for each two of them.
    """
    scopes: dict[tuple[object, ...], list[Figure]] = {}
    for figure in matter.figures:
        scope = (figure.about, figure.within, figure.who, figure.done_by, figure.categories)
        scopes.setdefault((matter.kind_of(figure), *scope), []).append(figure)
    alike: dict[object, list[list[Figure]]] = {}
    for (kind, *_), figures in scopes.items():
        alike.setdefault(kind, []).append(figures)
    for (kind, *_), parts in scopes.items():
        for wholes in alike[kind]:
            if not _is_in_scope(parts[0], wholes[0], matter.vocabulary):
                continue
            for pair in _too_large_a_part(parts, wholes):
                if not matter.relations_between(pair[0], pair[1]) & (EXPLAINED | {"includes"}):
                    yield pair


def _too_large_a_part(parts: list[Figure], wholes: list[Figure]) -> Pairs:
    """Pairs of which the first is more than the second allows, and all of its time is in the other's.

    The wholes stand by their last day. Of those that end no sooner than a part, nothing is looked at any more as soon
    as none that is left allows less than the part gives; for a count that only grows that is at once.
    """
    limited = [(each.last_day, each.first_day, each.span[1], each) for each in wholes if each.span[1] is not None]
    limited.sort(key=itemgetter(0))
    ends = [last for last, *_ in limited]
    lowest_left = list(accumulate((most for _, _, most, _ in reversed(limited)), min))[::-1]
    for part in parts:
        least, starts = part.span[0], part.first_day
        if least is None:
            continue
        for place in range(bisect_left(ends, part.last_day), len(limited)):
            if lowest_left[place] >= least:
                break
            _, begins, most, whole = limited[place]
            if begins <= starts and most < least and whole is not part and _is_in_time(part, whole):
                yield part, whole, least, most


def _is_in_scope(part: Figure, whole: Figure, vocabulary: Vocabulary) -> bool:
    """Whether all that one of two figures of a kind counts, at any time, is among what the other counts."""
    by_the_same = not whole.done_by or bool(part.done_by and part.done_by <= whole.done_by)
    return (
        by_the_same
        and whole.covers_place_of(part)
        and who_covers(whole.who, part.who)
        and vocabulary.covers(whole.categories, part.categories)
    )


def _is_in_time(part: Figure, whole: Figure) -> bool:
    """Whether the time of one is in the other's; a rate or a stock of one month is no part of the year's."""
    inside = part.has_period == whole.has_period and whole.covers_period_of(part)
    return inside and (part.measure in ADDABLE or part.covers_period_of(whole))
