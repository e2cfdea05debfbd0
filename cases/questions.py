"""What numbers alone make one ask: was this range made of two categories, was this number taken from there?

Equal numbers prove nothing. Both checks end in a question and in what could be recorded if the answer is yes.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, product

from cases.claims import Figure, printed
from cases.independence import Earlier, behind, earlier_ones, origins
from cases.matter import Finding, FindingKind, Link, Matter, Relation
from cases.numbers import rounds_to
from cases.sentences import Listed, Sentence


def two_categories_in_one_range(matter: Matter) -> Iterator[Finding]:
    """Ranges whose ends equal, after rounding to their digits, single figures of two categories.

    This check alone looks across what is counted: persons disappeared and cases of arrest may well have been
    put together by someone who took them for the least and the most of one thing.
    """
    earlier = earlier_ones(matter.links)
    single = [figure for figure in matter.figures if len(figure.parts) == 1 and figure.categories]
    # A range is asked about where it enters, not again wherever it is told on.
    told_on = {link.later for link in matter.links if link.stated}
    for figure in matter.figures:
        low_end, high_end = figure.span
        if low_end is None or high_end is None or low_end == high_end or figure.uid in told_on:
            continue
        others = [each for each in single if _overlap(figure, each) and figure.uid not in behind(each.uid, earlier)]
        lows = [each for each in others if rounds_to(_only(each), low_end)]
        highs = [each for each in others if rounds_to(_only(each), high_end)]
        for low, high in product(lows, highs):
            answered = "may_combine" in matter.relations_between(figure, low)
            if low.categories != high.categories and not answered:
                yield _two_categories(figure, low, high, matter)


def _two_categories(figure: Figure, low: Figure, high: Figure, matter: Matter) -> Finding:
    matches = [_match(end, other, matter) for end, other in zip(figure.span, (low, high), strict=True) if end is not None]
    return Finding(
        FindingKind.TWO_CATEGORIES,
        (figure.uid, low.uid, high.uid),
        Sentence(
            "Are the ends of %(figure)s figures of two categories? %(matches)s.",
            figure=matter.told(figure),
            matches=Listed(matches, "; ", "; "),
        ),
        suggested=(
            Relation(figure.uid, "may_combine", low.uid),
            Relation(figure.uid, "may_combine", high.uid),
            Link(figure.uid, low.uid, stated=False),
            Link(figure.uid, high.uid, stated=False),
        ),
    )


def _match(end: Decimal, other: Figure, matter: Matter) -> Sentence:
    said = {"end": printed(end), "other": matter.told(other)}
    if _only(other) == end:
        return Sentence("%(end)s may be %(other)s", **said)
    return Sentence("%(end)s may be %(other)s, rounded", **said)


def same_number_without_a_parent(matter: Matter) -> Iterator[Finding]:
    """Equal numbers in two sources that share no origin by stated links, once for each number and two sources.

    Of one source it is not asked: a running count gives the same number again whenever nothing was added. Nor is it
    asked of two sources where one is known to have that number from the other, if only on another day.
    """
    stated, every = earlier_ones(matter.links, stated_only=True), earlier_ones(matter.links)
    alike: dict[object, list[Figure]] = {}
    for figure in matter.figures:
        if figure.parts:
            alike.setdefault(_number_and_kind(figure, matter), []).append(figure)
    for figures in alike.values():
        source_of = {figure.uid: figure.source or figure.uid for figure in figures}
        from_where = {figure.uid: behind(figure.uid, every) for figure in figures}
        pairs = [
            (one, other) for one, other in combinations(figures, 2)
            if source_of[one.uid] != source_of[other.uid] and _overlap(one, other)
        ]  # fmt: skip
        asked = {
            frozenset({source_of[one.uid], source_of[other.uid]})
            for one, other in pairs if from_where[one.uid] & from_where[other.uid]
        }  # fmt: skip
        for one, other in pairs:
            later, earlier = (one, other) if _came_later(one, other, stated) else (other, one)
            if stated.get(later.uid):
                continue  # it names where it has the number from
            between = {frozenset({source_of[later.uid], source_of.get(each, each)}) for each in origins(earlier.uid, stated)}
            if any(len(two) == 2 for two in between - asked):
                asked |= between
                yield Finding(
                    FindingKind.SAME_NUMBER,
                    (earlier.uid, later.uid),
                    Sentence(
                        "Does %(later)s come from %(earlier)s? The number is the same.",
                        later=matter.told(later),
                        earlier=matter.told(earlier),
                    ),
                    suggested=(Link(later.uid, earlier.uid, stated=False),),
                )


def _came_later(one: Figure, other: Figure, stated: Earlier) -> bool:
    """By date of publication; where that is unknown, the one that names no parent is asked about."""
    if one.published and other.published and one.published != other.published:
        return one.published > other.published
    return bool(stated.get(other.uid)) and not stated.get(one.uid)


def _number_and_kind(figure: Figure, matter: Matter) -> tuple[object, ...]:
    family = matter.vocabulary.family(figure.categories)
    return figure.numbers, family, figure.counted, figure.currency, figure.measure, figure.per_text


def _overlap(one: Figure, other: Figure) -> bool:
    """Whether two figures may speak of the same place at the same time."""
    return (one.covers_place_of(other) or other.covers_place_of(one)) and one.may_share_a_day_with(other)


def _only(figure: Figure) -> Decimal:
    return figure.parts[0].number
