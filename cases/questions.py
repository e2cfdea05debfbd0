"""What the numbers alone make one ask: was this range made of two categories, and was this number taken from there?

Equal numbers prove nothing. Both checks end in a question and in what could be recorded if the answer is yes.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, product

from cases.claims import Figure, printed
from cases.independence import Earlier, behind, earlier_ones, origins
from cases.matter import Finding, FindingKind, Link, Matter, Relation
from cases.numbers import rounds_to


def two_categories_in_one_range(matter: Matter) -> Iterator[Finding]:
    """Ranges whose ends equal, after rounding to their digits, single figures of two categories.

    This check alone looks across what is counted: persons disappeared and cases of arrest may well have been
    put together by someone who took them for the least and the most of one thing.
    """
    earlier = earlier_ones(matter.links)
    for figure in matter.figures:
        if (
            figure.lower is None
            or figure.upper is None
            or figure.lower >= figure.upper
            or _tells_on(figure, matter)
        ):
            continue
        unrelated = [
            other
            for other in matter.figures
            if len(other.parts) == 1
            and figure.uid not in behind(other.uid, earlier)
            and _overlap(figure, other)
        ]
        lows = [other for other in unrelated if rounds_to(_only(other), figure.lower)]
        highs = [other for other in unrelated if rounds_to(_only(other), figure.upper)]
        for low, high in product(lows, highs):
            answered = "may_combine" in matter.relations_between(figure, low)
            if low.categories and high.categories and low.categories != high.categories and not answered:
                yield _two_categories(figure, low, high, matter)


def _two_categories(figure: Figure, low: Figure, high: Figure, matter: Matter) -> Finding:
    ends = ((figure.lower, low), (figure.upper, high))
    matches = "; ".join(
        f"{printed(end)} may be {matter.told(other)}{', rounded' if _only(other) != end else ''}"
        for end, other in ends
        if end is not None
    )
    return Finding(
        FindingKind.TWO_CATEGORIES,
        (figure.uid, low.uid, high.uid),
        f"Are the ends of {matter.told(figure)} figures of two categories? {matches}.",
        suggested=(
            Relation(figure.uid, "may_combine", low.uid),
            Relation(figure.uid, "may_combine", high.uid),
            Link(figure.uid, low.uid, stated=False),
            Link(figure.uid, high.uid, stated=False),
        ),
    )


def same_number_without_a_parent(matter: Matter) -> Iterator[Finding]:
    """Equal numbers for the same thing that reach no common origin by stated links, once per pair of origins."""
    stated, every = earlier_ones(matter.links, stated_only=True), earlier_ones(matter.links)
    asked: set[frozenset[str]] = set()
    for one, other in combinations(matter.figures, 2):
        if not _same_number(one, other, matter) or behind(one.uid, every) & behind(other.uid, every):
            continue
        later, earlier = (one, other) if _came_later(one, other, stated) else (other, one)
        if stated.get(later.uid):
            continue  # it names where it has the number from
        pairs = {frozenset({later.uid, origin}) for origin in origins(earlier.uid, stated)}
        if pairs - asked:
            asked |= pairs
            yield Finding(
                FindingKind.SAME_NUMBER,
                (earlier.uid, later.uid),
                f"Does {matter.told(later)} come from {matter.told(earlier)}? The number is the same.",
                suggested=(Link(later.uid, earlier.uid, stated=False),),
            )


def _came_later(one: Figure, other: Figure, stated: Earlier) -> bool:
    """By date of publication; where that is unknown, the one that names no parent is asked about."""
    if one.published and other.published and one.published != other.published:
        return one.published > other.published
    return bool(stated.get(other.uid)) and not stated.get(one.uid)


def _same_number(one: Figure, other: Figure, matter: Matter) -> bool:
    family = matter.vocabulary.family
    unit = (one.counted, one.measure, one.per_text) == (other.counted, other.measure, other.per_text)
    kin = family(one.categories) == family(other.categories)
    return bool(one.numbers) and one.numbers == other.numbers and unit and kin and _overlap(one, other)


def _overlap(one: Figure, other: Figure) -> bool:
    return one.covers_place_of(other) or other.covers_place_of(one)


def _tells_on(figure: Figure, matter: Matter) -> bool:
    """A range is asked about where it enters, not again wherever it is told on."""
    return any(link.later == figure.uid and link.stated for link in matter.links)


def _only(figure: Figure) -> Decimal:
    return figure.parts[0].number
