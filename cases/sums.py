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
from cases.matter import Matter
from cases.sentences import Listed, Sentence

# Amounts over a time; a rate, a capacity, a share or those held on a day do not grow by adding.
ADDABLE = frozenset({"total", "cumulative", "new"})

# Whoever is arrested in one year may be arrested again in the next, and elsewhere; nobody dies twice.
MET_AGAIN = frozenset({"persons", "names", "families", "households"})
ONCE_IN_A_LIFE = frozenset({"death", "died"})

# Relations that say, or leave open, that two figures hold some of the same people.
SHARING = {
    "includes": Sentence("one includes the other"),
    "overlaps": Sentence("they overlap"),
    "updates": Sentence("one updates the other"),
    "corrects": Sentence("one corrects the other"),
    "withdraws": Sentence("one withdraws the other"),
    "contradicts": Sentence("they contradict each other"),
    "alternative": Sentence("they are alternatives, resting on other assumptions"),
    "may_combine": Sentence("one may be made of the other"),
}

MOST_REASONS = 12  # pairs that a refusal names; daily figures would have millions


@dataclass(frozen=True)
class Sum:
    """A number computed by us and published by nobody; a bound is empty unless every member has it."""

    members: tuple[str, ...]
    lower: Decimal | None
    best: Decimal | None
    upper: Decimal | None
    words: Sentence


@dataclass(frozen=True)
class Refusal:
    """Why figures cannot be added, in sentences."""

    members: tuple[str, ...]
    reasons: tuple[Sentence, ...]

    @property
    def words(self) -> Listed:
        return Listed((Sentence("These figures cannot be added."), *self.reasons), " ", " ")


def add_up(matter: Matter) -> Sum | Refusal:
    """Add all figures of a matter, or say why they cannot be added."""
    members = tuple(figure.uid for figure in matter.figures)
    reasons = (*_units(matter), *_pairs(matter), *_bounds(matter))
    return Refusal(members, reasons) if reasons else _total(matter)


def _units(matter: Matter) -> Iterator[Sentence]:
    """Reasons that lie in what kind of numbers these are."""
    word = matter.vocabulary.word
    if len(matter.figures) < 2:
        yield Sentence("There are not two figures to add.")
    counted = {matter.vocabulary.counted(each) for each in matter.figures}
    measures = {word(each.measure) for each in matter.figures}
    if len(counted) > 1:
        yield Sentence("They count different things: %(units)s.", units=Listed(sorted(counted)))
    if len(measures) > 1:
        yield Sentence("They are different kinds of number: %(units)s.", units=Listed(sorted(measures)))
    for measure in sorted({each.measure for each in matter.figures} - ADDABLE):
        yield Sentence("A number of the kind %(kind)s is no amount that can be added to another.", kind=word(measure))


def _pairs(matter: Matter) -> Iterator[Sentence]:
    """Reasons that lie in two figures that may hold the same people; a dozen say enough."""
    earlier = earlier_ones(matter.links)
    shared = ((one, other, _shared(one, other, matter, earlier)) for one, other in combinations(matter.figures, 2))
    sharing = islice(filter(itemgetter(2), shared), MOST_REASONS + 1)
    told = [
        Sentence("%(one)s and %(other)s: %(why)s.", one=matter.told(one), other=matter.told(other), why=why)
        for one, other, why in sharing
    ]
    yield from told[:MOST_REASONS]
    if len(told) > MOST_REASONS:
        yield Sentence("There are more pairs of this kind.")


def _shared(one: Figure, other: Figure, matter: Matter, earlier: Earlier) -> str:
    """Why somebody may be in both figures; empty where nobody can be, and by default nobody knows."""
    stated = matter.relations_between(one, other)
    if sharing := [SHARING[kind] for kind in SHARING if kind in stated]:
        return Listed(sharing)
    if "disjoint" in stated:
        return ""
    if behind(one.uid, earlier) & behind(other.uid, earlier):
        return Sentence("both tell on the same statement")
    apart = _apart(one, other)
    if apart and _can_be_met_again(one, other, matter):
        counted = matter.vocabulary.word(one.counted)
        if apart == "periods":
            return Sentence("their periods do not touch, but the same %(counted)s may be counted in both", counted=counted)
        return Sentence("their places do not touch, but the same %(counted)s may be counted in both", counted=counted)
    return "" if apart else Sentence("nothing says that nobody is in both")


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


def _bounds(matter: Matter) -> Iterator[Sentence]:
    if not _common_bounds(matter):
        given = Listed([_given(each) for each in matter.figures], "; ", "; ")
        yield Sentence("They have no bound in common, and none is put in another's place: %(given)s.", given=given)


def _given(figure: Figure) -> Sentence:
    bounds = Listed([part.bound.word for part in figure.parts]) or Sentence("none")
    return Sentence("%(figure)s gives %(bounds)s", figure=figure.uid, bounds=bounds)


def _common_bounds(matter: Matter) -> list[Bound]:
    return [bound for bound in Bound if all(bound in {p.bound for p in each.parts} for each in matter.figures)]


def _total(matter: Matter) -> Sum:
    sums: dict[Bound, Decimal] = {}
    shown = []
    for bound in _common_bounds(matter):
        numbers = [part.number for each in matter.figures for part in each.parts if part.bound is bound]
        sums[bound] = sum(numbers, Decimal(0))
        arithmetic = f"{' + '.join(printed(number) for number in numbers)} = {printed(sums[bound])}"
        shown.append(Sentence("%(bound)s %(arithmetic)s", bound=bound.word, arithmetic=arithmetic))
    words = Sentence("Computed by us, published by nobody: %(sums)s.", sums=Listed(shown, "; ", "; "))
    left_out = [bound.word for bound in Bound if bound not in sums]
    if left_out:
        missing = Listed(left_out)
        words = Sentence("%(said)s No %(missing)s, since not every figure has one.", said=words, missing=missing)
    return Sum(
        members=tuple(figure.uid for figure in matter.figures),
        lower=sums.get(Bound.LOWER),
        best=sums.get(Bound.BEST),
        upper=sums.get(Bound.UPPER),
        words=words,
    )
