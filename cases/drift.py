"""How a claim changed on its way from one source to the next: two claims in, the differences in words out.

The set of numbers is compared first and then which bound each is, so that "as many as 50" told on as
"at least 50" is one number whose meaning turned round, and not a ceiling lost and a floor gained.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import Generic, TypeVar

from cases.claims import Accusation, Accused, Claim, Figure, Remark, Vocabulary, who_covers
from cases.difference import Difference, Direction, Facet, Kind, Severity, worst
from cases.numbers import number_differences
from cases.sentences import Sentence

__all__ = [
    "Accusation", "Accused", "Difference", "Direction", "Figure", "Hop", "Kind", "Severity",
    "chain_drift", "differences", "worst",
]  # fmt: skip

AnyClaim = TypeVar("AnyClaim", Figure, Accusation, Remark)
Codes = Mapping[str, str]
NOTHING: Codes = MappingProxyType({})

# Words for being dead that name no act: to swap them is idiom, not another claim.
NO_ACT_NAMED = frozenset({"death", "died", "killed"})

# How firmly a source stands by what it says; one step is a hedge, two make another claim.
FIRMNESS = {
    "doubt": 0, "conditional": 1, "possibility": 1, "belief": 2, "estimate": 2, "report_of_others": 2,
    "fact": 3, "stated_as_fact": 3,
}  # fmt: skip
ESTIMATED = FIRMNESS["estimate"]
HEDGES = (Severity.WORDING, Severity.WORDING, Severity.MATERIAL, Severity.REVERSES)

# Support and acquiescence: to have backed an act is not to have committed it.
SUPPORT = frozenset({"financed", "armed", "backed", "sheltered", "covered_up", "acquiesced"})
NOT_COMMITTING = SUPPORT | {"unspecified"}

# What turns a judgement, an answer or a mention round when it is told on as one of the others.
DENYING = frozenset({"is_not", "contradicts", "denial", "dispute", "retraction", "correction"})


@dataclass(frozen=True)
class Hop(Generic[AnyClaim]):
    """One step of a chain: what changed since the statement before, and since the first of all."""

    earlier: AnyClaim
    later: AnyClaim
    differences: tuple[Difference, ...]
    from_origin: tuple[Difference, ...]


def differences(earlier: AnyClaim, later: AnyClaim, tree: Codes = NOTHING, labels: Codes = NOTHING) -> tuple[Difference, ...]:
    """All that changed between a claim and the later one that hands it on, numbers first.

    `tree` puts each act under the wider one (executed under killed under died); `labels` gives codes, parties
    and places the names that readers know.
    """
    vocabulary = Vocabulary(tree, labels)
    if isinstance(earlier, Figure) and isinstance(later, Figure):
        found = (found for check in FIGURE_CHECKS for found in check(earlier, later, vocabulary))
    elif isinstance(earlier, Accusation) and isinstance(later, Accusation):
        found = (found for check in ACCUSATION_CHECKS for found in check(earlier, later, vocabulary))
    elif isinstance(earlier, Remark) and isinstance(later, Remark):
        found = (found for check in REMARK_CHECKS for found in check(earlier, later, vocabulary))
    else:
        raise TypeError("Only claims of one kind are compared: two figures, two accusations, or two remarks.")
    return tuple(difference for difference in found if difference)


def chain_drift(chain: Sequence[AnyClaim], tree: Codes = NOTHING, labels: Codes = NOTHING) -> tuple[Hop[AnyClaim], ...]:
    """The drift along a chain, from its origin onwards: each hop, and how far the claim has come by then."""
    return tuple(
        Hop(
            earlier,
            later,
            differences(earlier, later, tree, labels),
            differences(chain[0], later, tree, labels),
        )
        for earlier, later in pairwise(chain)
    )


# What figures and accusations are both compared in


def _period(earlier: Claim, later: Claim, _: Vocabulary) -> Iterator[Difference | None]:
    facet = Facet(Kind.PERIOD, Sentence("The period"), _period_text(earlier), _period_text(later))
    way = Direction.of(later_covers=later.covers_period_of(earlier), earlier_covers=earlier.covers_period_of(later))
    if way is Direction.WIDER and _is_coarser(earlier.period, later.period):
        # The same ends with less precision: 2011-09 is still in 2011, but the month is gone.
        yield replace(facet, sub_kind="coarser").difference(way, Severity.WORDING)
    else:
        yield facet.difference(way)


def _period_text(claim: Claim) -> str:
    return claim.period_text or " – ".join(
        str(day or "?") for day in (claim.period_earliest, claim.period_latest) if claim.has_period
    )


def _is_coarser(earlier: str, later: str) -> bool:
    before, after = earlier.split("/"), later.split("/")
    return len(before) == len(after) and all(
        coarse and fine.startswith(coarse) for fine, coarse in zip(before, after, strict=True)
    )


def _place(earlier: Claim, later: Claim, _: Vocabulary) -> Iterator[Difference | None]:
    facet = Facet(Kind.PLACE, Sentence("What it speaks of"), earlier.place_text, later.place_text)
    if earlier.about == later.about and earlier.about_known == "stated" and later.about_known != "stated":
        yield facet.omitted()
    else:
        yield facet.difference(
            Direction.of(later_covers=later.covers_place_of(earlier), earlier_covers=earlier.covers_place_of(later))
        )


def _attribution(earlier: Claim, later: Claim, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    origin, named = set(earlier.attributed_to), set(later.attributed_to)
    messengers = {earlier.publisher, earlier.speaker} - {""}
    before = vocabulary.words(origin or {earlier.speaker or earlier.publisher}, " and ")
    after = vocabulary.words(named or {later.speaker or later.publisher}, " and ")
    ends = {"before": before, "after": after}

    def moved(sub_kind: str, words: Sentence) -> Difference:
        return Difference(Kind.ATTRIBUTION, Severity.MATERIAL, Direction.MOVED, before, after, words, sub_kind, not named)

    if not named:
        if origin or later.publisher != earlier.publisher:
            yield moved("own_now", Sentence("What %(before)s said is now told as %(after)s's own.", **ends))
    elif named & (origin or messengers):
        if origin - named:
            silent = vocabulary.words(origin - named, " and ")
            yield Facet(Kind.ATTRIBUTION, Sentence("A source it names"), silent, "").difference(Direction.NONE)
    elif named & messengers:
        words = Sentence("%(before)s dropped out: %(after)s, who passed it on, is named instead.", **ends)
        yield moved("origin_dropped", words)
    else:
        yield moved("moved", Sentence("What was attributed to %(before)s is now attributed to %(after)s.", **ends))


def _certainty(earlier: Claim, later: Claim, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    before, after = earlier.certainty, later.certainty
    facet = Facet(Kind.CERTAINTY, Sentence("How sure the source is"), vocabulary.word(before), vocabulary.word(after))
    if not before or not after:
        yield facet.difference(Direction.NONE, Severity.WORDING)
    elif before != after:
        steps = FIRMNESS.get(after, ESTIMATED) - FIRMNESS.get(before, ESTIMATED)
        way = Direction.HIGHER if steps > 0 else Direction.LOWER if steps < 0 else Direction.MOVED
        yield facet.difference(way, HEDGES[abs(steps)])


# What only figures are compared in


def _category(earlier: Figure, later: Figure, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    before, after = earlier.categories, later.categories
    facet = Facet(Kind.CATEGORY, Sentence("The category"), vocabulary.words(before), vocabulary.words(after))
    idiom = len(before) == len(after) == 1 and before | after <= NO_ACT_NAMED
    yield facet.difference(_way(before, after, vocabulary), Severity.WORDING if idiom else Severity.MATERIAL)


def _way(before: frozenset[str], after: frozenset[str], vocabulary: Vocabulary) -> Direction:
    return Direction.of(later_covers=vocabulary.covers(after, before), earlier_covers=vocabulary.covers(before, after))


def _unit(earlier: Figure, later: Figure, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    counted, told_counted = vocabulary.counted(earlier), vocabulary.counted(later)
    measure, told_measure = vocabulary.word(earlier.measure), vocabulary.word(later.measure)
    facets = [
        Facet(Kind.UNIT, Sentence("What is counted"), counted, told_counted, "counted"),
        Facet(Kind.UNIT, Sentence("The measure"), measure, told_measure, "measure"),
    ]
    if earlier.measure == later.measure:  # a rate told on as a total loses its "a day" by that alone
        facets.append(Facet(Kind.UNIT, Sentence("The unit"), earlier.per_text, later.per_text, "per"))
    for facet in facets:
        yield facet.difference(Direction.MOVED if facet.earlier != facet.later else Direction.NONE)


def _subject(earlier: Figure, later: Figure, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    way = Direction.of(later_covers=who_covers(later.who, earlier.who), earlier_covers=who_covers(earlier.who, later.who))
    before, after = (vocabulary.people(who) or Sentence("everyone") for who in (earlier.who, later.who))
    found = Facet(Kind.SUBJECT, Sentence("Who is counted"), before, after).difference(way)
    # Here silence says something: no one named means everyone.
    yield replace(found, not_carried_over=True) if found and not later.who else found


def _done_by(earlier: Figure, later: Figure, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    before, after = earlier.done_by, later.done_by
    facet = Facet(Kind.PERPETRATOR, Sentence("Who did it"), vocabulary.words(before), vocabulary.words(after))
    yield facet.difference(_among(before, after))


def _among(before: frozenset[str], after: frozenset[str]) -> Direction:
    return Direction.of(later_covers=before <= after, earlier_covers=after <= before)


def _relation(earlier: Figure, later: Figure, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    lost = earlier.relations - later.relations
    if lost:
        omitted = Facet(Kind.RELATION, Sentence("How it stands to other numbers"), vocabulary.words(lost), "").omitted()
        # "Another 2 million" without "another" reads as the whole.
        yield replace(omitted, severity=Severity.MATERIAL, direction=Direction.MOVED)


# What only accusations are compared in


def _accused(earlier: Accusation, later: Accusation, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    before, after = earlier.parties, later.parties
    facet = Facet(Kind.PERPETRATOR, Sentence("Who is accused"), _parties(earlier, vocabulary), _parties(later, vocabulary))
    if before == after and earlier.alternatives != later.alternatives and len(before) > 1:
        yield facet.difference(Direction.NARROWER if earlier.alternatives else Direction.WIDER)
    elif after < before and not (after and earlier.alternatives):
        yield Facet(Kind.PERPETRATOR, Sentence("Also accused"), vocabulary.words(before - after, " and "), "").omitted()
    else:  # of two alternatives, to name but one is to accuse that one for certain
        yield facet.difference(_among(before, after))


def _parties(accusation: Accusation, vocabulary: Vocabulary) -> str:
    return vocabulary.words(accusation.parties, " or " if accusation.alternatives else " and ")


def _acts(earlier: Accusation, later: Accusation, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    before, after = earlier.acts, later.acts
    facet = Facet(Kind.ACT, Sentence("The act"), vocabulary.words(before, ", "), vocabulary.words(after, ", "))
    yield facet.difference(_way(before, after, vocabulary))


def _modes(earlier: Accusation, later: Accusation, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    told_on = {accused.party: accused for accused in later.accused}
    for before in earlier.accused:
        after = told_on.get(before.party, before)
        name = Sentence("The part of %(party)s", party=vocabulary.word(before.party))
        facet = Facet(Kind.MODE, name, _part_in_it(before, vocabulary), _part_in_it(after, vocabulary))
        if before.modes and before.modes <= SUPPORT and after.modes - NOT_COMMITTING:
            yield facet.changed(Direction.HIGHER, Severity.REVERSES)
        elif after.modes and after.modes <= SUPPORT and before.modes and not before.modes & NOT_COMMITTING:
            yield facet.changed(Direction.LOWER, Severity.REVERSES)
        elif before.modes == after.modes and before.alternatives and not after.alternatives:
            yield facet.difference(Direction.NARROWER)
        else:
            yield facet.difference(_among(before.modes, after.modes))


def _part_in_it(accused: Accused, vocabulary: Vocabulary) -> str:
    return vocabulary.words(accused.modes, " or " if accused.alternatives else " and ")


# What only judgements, answers and mentions are compared in


def _sense(earlier: Remark, later: Remark, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    before, after = earlier.sense, later.sense
    facet = Facet(Kind.CERTAINTY, Sentence("What it says"), vocabulary.word(before), vocabulary.word(after), "sense")
    if before != after:
        turned = (before in DENYING) != (after in DENYING)
        yield facet.changed(Direction.MOVED, Severity.REVERSES if turned else Severity.MATERIAL)


def _topic(earlier: Remark, later: Remark, vocabulary: Vocabulary) -> Iterator[Difference | None]:
    for kind, name, before, after in (
        (Kind.CATEGORY, Sentence("What it judges or speaks of"), earlier.topic, later.topic),
        (Kind.VALUE, Sentence("The value it gives"), earlier.value, later.value),
    ):
        way = Direction.NONE if before == after else Direction.MOVED
        yield Facet(kind, name, vocabulary.word(before), vocabulary.word(after)).difference(way)


Check = Callable[[AnyClaim, AnyClaim, Vocabulary], Iterator[Difference | None]]
SHARED_CHECKS: tuple[Callable[[Claim, Claim, Vocabulary], Iterator[Difference | None]], ...] = (
    _period, _place, _attribution, _certainty,
)  # fmt: skip
FIGURE_CHECKS: tuple[Check[Figure], ...] = (
    number_differences, _category, _unit, _subject, _done_by, *SHARED_CHECKS, _relation,
)  # fmt: skip
ACCUSATION_CHECKS: tuple[Check[Accusation], ...] = (_accused, _modes, _acts, *SHARED_CHECKS)
REMARK_CHECKS: tuple[Check[Remark], ...] = (_sense, _topic, *SHARED_CHECKS)
