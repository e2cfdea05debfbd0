"""When figures may be added: where nobody is counted twice, and then only the bounds that all of them give.

A refusal is a value with its reasons, not an error: "cannot be added, because" is what a reader needs to see.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, islice
from operator import itemgetter

from cases.claims import Bound, Figure, printed
from cases.independence import Earlier, behind, earlier_ones
from cases.matter import Matter, listed

# Amounts over a time; a rate, a capacity, a share or those held on a day do not grow by adding.
ADDABLE = frozenset({"total", "cumulative", "new"})

# Whoever is arrested in one year may be arrested again in the next, and elsewhere; nobody dies twice.
MET_AGAIN = frozenset({"persons", "names", "families", "households"})
ONCE_IN_A_LIFE = frozenset({"death", "died"})

# Relations that say, or leave open, that two figures hold some of the same people.
SHARING = {
    "includes": "one includes the other",
    "overlaps": "they overlap",
    "updates": "one updates the other",
    "corrects": "one corrects the other",
    "withdraws": "one withdraws the other",
    "contradicts": "they contradict each other",
    "alternative": "they are alternatives, resting on other assumptions",
    "may_combine": "one may be made of the other",
}

MOST_REASONS = 12  # pairs that a refusal names; daily figures would have millions


@dataclass(frozen=True)
class Sum:
    """A number computed by us and published by nobody; a bound is empty unless every member has it."""

    members: tuple[str, ...]
    lower: Decimal | None
    best: Decimal | None
    upper: Decimal | None
    words: str


@dataclass(frozen=True)
class Refusal:
    """Why figures cannot be added, in sentences."""

    members: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def words(self) -> str:
        return " ".join(("These figures cannot be added.", *self.reasons))


def add_up(matter: Matter) -> Sum | Refusal:
    """Add all figures of a matter, or say why they cannot be added."""
    members = tuple(figure.uid for figure in matter.figures)
    reasons = (*_units(matter), *_pairs(matter), *_bounds(matter))
    return Refusal(members, reasons) if reasons else _total(matter)


def _units(matter: Matter) -> Iterator[str]:
    """Reasons that lie in what kind of numbers these are."""
    word = matter.vocabulary.word
    if len(matter.figures) < 2:
        yield "There are not two figures to add."
    counted = {f"{word(each.counted)} {each.currency}".strip() for each in matter.figures}
    measures = {word(each.measure) for each in matter.figures}
    for name, units in (("count different things", counted), ("are different kinds of number", measures)):
        if len(units) > 1:
            yield f"They {name}: {listed(sorted(units))}."
    for measure in sorted({each.measure for each in matter.figures} - ADDABLE):
        yield f"A number of the kind {word(measure)} is no amount that can be added to another."


def _pairs(matter: Matter) -> Iterator[str]:
    """Reasons that lie in two figures that may hold the same people; a dozen say enough."""
    earlier = earlier_ones(matter.links)
    shared = ((one, other, _shared(one, other, matter, earlier)) for one, other in combinations(matter.figures, 2))
    sharing = islice(filter(itemgetter(2), shared), MOST_REASONS + 1)
    told = [f"{matter.told(one)} and {matter.told(other)}: {why}." for one, other, why in sharing]
    yield from told[:MOST_REASONS]
    if len(told) > MOST_REASONS:
        yield "There are more pairs of this kind."


def _shared(one: Figure, other: Figure, matter: Matter, earlier: Earlier) -> str:
    """Why somebody may be in both figures; empty where nobody can be, and by default nobody knows."""
    stated = matter.relations_between(one, other)
    if sharing := [SHARING[kind] for kind in SHARING if kind in stated]:
        return listed(sharing)
    if "disjoint" in stated:
        return ""
    if behind(one.uid, earlier) & behind(other.uid, earlier):
        return "both tell on the same statement"
    apart = _apart(one, other)
    if apart and _can_be_met_again(one, other, matter):
        counted = matter.vocabulary.word(one.counted)
        return f"their {apart} do not touch, but the same {counted} may be counted in both"
    return "" if apart else "nothing says that nobody is in both"


def _apart(one: Figure, other: Figure) -> str:
    """What keeps two figures apart: their times, or two places (or facilities), neither inside the other.

    A facility and a place are no such two: that the facility lies in the place may only not be recorded.
    """
    if not one.may_share_a_day_with(other):
        return "periods"
    touching = one.covers_place_of(other) or other.covers_place_of(one)
    two_of_a_kind = {one.about_kind, other.about_kind} in ({"place"}, {"facility"})
    return "places" if two_of_a_kind and not touching else ""


def _can_be_met_again(one: Figure, other: Figure, matter: Matter) -> bool:
    families = matter.vocabulary.family(one.categories) | matter.vocabulary.family(other.categories)
    return one.counted in MET_AGAIN and not (families and families <= ONCE_IN_A_LIFE)


def _bounds(matter: Matter) -> Iterator[str]:
    if not _common_bounds(matter):
        given = (f"{each.uid} gives {listed([part.bound for part in each.parts] or ['none'])}" for each in matter.figures)
        yield f"They have no bound in common, and none is put in another's place: {'; '.join(given)}."


def _common_bounds(matter: Matter) -> list[Bound]:
    return [bound for bound in Bound if all(bound in {p.bound for p in each.parts} for each in matter.figures)]


def _total(matter: Matter) -> Sum:
    sums: dict[Bound, Decimal] = {}
    shown = []
    for bound in _common_bounds(matter):
        numbers = [part.number for each in matter.figures for part in each.parts if part.bound is bound]
        sums[bound] = sum(numbers, Decimal(0))
        shown.append(f"{bound}: {' + '.join(printed(number) for number in numbers)} = {printed(sums[bound])}")
    left_out = [bound for bound in Bound if bound not in sums]
    missing = f" No {listed(left_out)}, since not every figure has one." if left_out else ""
    return Sum(
        members=tuple(figure.uid for figure in matter.figures),
        lower=sums.get(Bound.LOWER),
        best=sums.get(Bound.BEST),
        upper=sums.get(Bound.UPPER),
        words=f"Computed by us, published by nobody. {'; '.join(shown).capitalize()}.{missing}",
    )
