"""Numbers told on as other numbers: which became which, rounded or changed, and what bound each is now."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from cases.claims import Bound, Figure, Part, Vocabulary, printed
from cases.difference import Difference, Direction, Facet, Kind, Severity
from cases.sentences import Sentence

# To round is to drop digits, not to change the size: 13,000 may stand for 12,958, but 10,000 may not.
LARGEST_ROUNDING = Decimal("0.1")


class Change(StrEnum):
    """What became of a number on its way from one statement to the next."""

    ROUNDING = "rounding"
    WRONG_WAY = "rounded_wrong_way"
    SLIP = "slip_of_digits"
    OTHER = "other"


@dataclass(frozen=True)
class Pairing:
    """Which number of one figure became which of the next; what is left on either side was lost or gained."""

    pairs: tuple[tuple[Part, Part], ...]
    lost: tuple[Part, ...]
    gained: tuple[Part, ...]


def paired(earlier: Sequence[Part], later: Sequence[Part]) -> Pairing:
    """Match the numbers of two figures: the same number first, whatever bound it is, then the same bound."""
    likenesses: tuple[Callable[[Part, Part], bool], ...] = (
        lambda a, b: a == b,
        lambda a, b: a.number == b.number and a.bound is b.bound,
        lambda a, b: a.number == b.number,
        lambda a, b: a.bound is b.bound and _is_rounded(a, b),
        _is_rounded,
        lambda a, b: a.bound is b.bound,
        lambda a, b: len(earlier) == len(later) == 1,
    )
    pairs: list[tuple[Part, Part]] = []
    lost, gained = list(earlier), list(later)
    for alike in likenesses:
        for before in tuple(lost):
            after = next((part for part in gained if alike(before, part)), None)
            if after:
                pairs.append((before, after))
                lost.remove(before)
                gained.remove(after)
    return Pairing(tuple(pairs), tuple(lost), tuple(gained))


def _is_rounded(before: Part, after: Part) -> bool:
    return change_of(before.number, after.number, Bound.BEST) in (Change.ROUNDING, Change.WRONG_WAY)


def change_of(earlier: Decimal, later: Decimal, bound: Bound) -> Change:
    """How the later number comes from the earlier one, which it differs from."""
    place = _place(later)
    if _has_fewer_digits(later, earlier) and abs(later - earlier) < place and _is_close(earlier, later):
        return Change.ROUNDING if _still_holds(earlier, later, bound) else Change.WRONG_WAY
    return Change.SLIP if _is_slip(printed(earlier), printed(later)) else Change.OTHER


def rounds_to(exact: Decimal, rounded: Decimal) -> bool:
    """Whether a number, told with no more digits than the other has, is that other number."""
    if exact == rounded:
        return True
    return _has_fewer_digits(rounded, exact) and 2 * abs(exact - rounded) <= _place(rounded) and _is_close(exact, rounded)


def _still_holds(earlier: Decimal, later: Decimal, bound: Bound) -> bool:
    """A number is rounded to the nearest, a floor down, a ceiling up: or it claims more than it did."""
    match bound:
        case Bound.LOWER:
            return later < earlier
        case Bound.UPPER:
            return later > earlier
        case Bound.BEST:
            return 2 * abs(later - earlier) <= _place(later)


def _place(number: Decimal) -> Decimal:
    """The place of the last digit that is not a filling zero: thousands in 13,000, tenths in 4.5."""
    return Decimal(1).scaleb(_exponent(number))


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "a figure is a number, never infinite"
    return exponent


def _has_fewer_digits(rounded: Decimal, exact: Decimal) -> bool:
    return _exponent(rounded) > _exponent(exact)


def _is_close(exact: Decimal, rounded: Decimal) -> bool:
    return abs(exact - rounded) <= LARGEST_ROUNDING * abs(exact)


def _is_slip(earlier: str, later: str) -> bool:
    """Two neighbouring digits exchanged, or one digit (a zero, a decimal point) lost or doubled."""
    earlier, later = earlier.replace(",", ""), later.replace(",", "")
    if len(earlier) == len(later):
        apart = [at for at, (a, b) in enumerate(zip(earlier, later, strict=True)) if a != b]
        return (
            len(apart) == 2
            and apart[1] == apart[0] + 1
            and earlier[apart[0]] == later[apart[1]]
            and earlier[apart[1]] == later[apart[0]]
        )
    shorter, longer = sorted((earlier, later), key=len)
    # Of two digits any one is "lost" from many numbers, so that only longer numbers tell.
    return len(longer) > max(2, len(shorter)) == len(longer) - 1 and any(
        longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
    )


# The same in words


def number_differences(earlier: Figure, later: Figure, _: Vocabulary) -> Iterator[Difference | None]:
    """What became of the numbers of a figure in the one that hands it on."""
    if not earlier.parts or not later.parts:
        yield _words_for_a_number(earlier, later)
        return
    pairing = paired(earlier.parts, later.parts)
    way, became = _way(earlier, later), _became(earlier, later)
    if not pairing.pairs:
        words = Sentence("%(became)s: none of its numbers is left.", became=became)
        yield Difference(Kind.VALUE, Severity.MATERIAL, way, earlier.text, later.text, words, Change.OTHER)
        return
    for before, after in pairing.pairs:
        yield from _value(before, after)
        yield from _bound(before, after, way)
    for part in pairing.lost:
        words = Sentence("The %(bound)s, %(number)s, was lost: %(became)s.", **_named(part), became=became)
        # A best value left out of a range that stays neither narrows nor widens it.
        severity = Severity.MATERIAL if way else Severity.NONE
        yield Difference(Kind.BOUND, severity, way, earlier.text, later.text, words, "lost", not_carried_over=True)
    for part in pairing.gained:
        words = Sentence("The %(bound)s, %(number)s, was added: %(became)s.", **_named(part), became=became)
        yield Difference(Kind.BOUND, Severity.MATERIAL, way, earlier.text, later.text, words, "added")


def _named(part: Part) -> dict[str, object]:
    return {"bound": part.bound.noun, "number": printed(part.number)}


def _value(before: Part, after: Part) -> Iterator[Difference]:
    if before.number == after.number:
        return
    rises = after.number > before.number
    change = change_of(before.number, after.number, before.bound if before.bound is after.bound else Bound.BEST)
    ends = {"what": before.bound.noun, "old": printed(before.number), "new": printed(after.number)}
    if change is Change.ROUNDING:
        words = Sentence("The %(what)s was rounded from %(old)s to %(new)s.", **ends)
    elif change is Change.WRONG_WAY and rises:
        words = Sentence("The %(what)s was rounded the wrong way, up from %(old)s to %(new)s.", **ends)
    elif change is Change.WRONG_WAY:
        words = Sentence("The %(what)s was rounded the wrong way, down from %(old)s to %(new)s.", **ends)
    elif rises:
        words = Sentence("The %(what)s rose from %(old)s to %(new)s.", **ends)
    else:
        words = Sentence("The %(what)s fell from %(old)s to %(new)s.", **ends)
    if change is Change.SLIP:
        words = Sentence("%(said)s This looks like a slip of digits.", said=words)
    severity = Severity.WORDING if change is Change.ROUNDING else Severity.MATERIAL
    way = Direction.HIGHER if rises else Direction.LOWER
    yield Difference(Kind.VALUE, severity, way, printed(before.number), printed(after.number), words, change)


def _bound(before: Part, after: Part, way: Direction) -> Iterator[Difference]:
    if before.bound is not after.bound:
        opposite = {before.bound, after.bound} == {Bound.LOWER, Bound.UPPER}
        severity = Severity.REVERSES if opposite else Severity.MATERIAL
        words = Sentence(
            '"%(before)s" (%(role)s) became "%(after)s" (%(new_role)s).',
            before=before, role=before.bound.role, after=after, new_role=after.bound.role,
        )  # fmt: skip
        yield Difference(Kind.BOUND, severity, way, before.text, after.text, words)
    elif before.number == after.number and before.sense != after.sense:
        words = Sentence('"%(before)s" became "%(after)s".', before=before, after=after)
        yield Difference(Kind.BOUND, Severity.WORDING, Direction.NONE, before.text, after.text, words, "wording")


def _words_for_a_number(earlier: Figure, later: Figure) -> Difference | None:
    """Words cannot be told from their translation, so that only a number gained or lost is a difference."""
    if earlier.parts == later.parts:
        return None
    before, after = (each.text if each.parts or each.value_text else "" for each in (earlier, later))
    facet = Facet(Kind.VALUE, Sentence("The number"), before, after, Change.OTHER)
    if later.parts:
        return facet.difference(Direction.NARROWER)
    return facet.difference(Direction.WIDER, Severity.WORDING)


def _became(earlier: Figure, later: Figure) -> Sentence:
    return Sentence('"%(earlier)s" became "%(later)s"', earlier=earlier, later=later)


def _way(earlier: Figure, later: Figure) -> Direction:
    """Whether what the figure allows became less, more, or moved up or down; an open end has no limit."""
    least, most = _limits(earlier)
    new_least, new_most = _limits(later)
    inside = least <= new_least and new_most <= most
    outside = new_least <= least and most <= new_most
    way = Direction.of(later_covers=outside, earlier_covers=inside)
    if way is Direction.MOVED:
        return Direction.HIGHER if new_least > least else Direction.LOWER
    return way


def _limits(figure: Figure) -> tuple[Decimal, Decimal]:
    least, most = figure.span
    return (
        Decimal("-Infinity") if least is None else least,
        Decimal("Infinity") if most is None else most,
    )
