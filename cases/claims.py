"""What one source claims, as plain values: the figures and accusations that drift and reconciliation compare.

A claim holds a source's own words, read into fields; nothing in it is our judgement. An empty field means
that the source does not say, with two exceptions that the source itself would expect: no one named under
`who` means all people, and no one named under `attributed_to` means that the publisher speaks for itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from cases.sentences import Listed, Named, Sentence

Who = frozenset[tuple[str, str]]


class Bound(StrEnum):
    """Which part of a figure a number is: its floor, the number itself, or its ceiling."""

    LOWER = "lower"
    BEST = "best"
    UPPER = "upper"

    @property
    def word(self) -> Sentence:
        return {Bound.LOWER: Sentence("lower"), Bound.BEST: Sentence("best"), Bound.UPPER: Sentence("upper")}[self]

    @property
    def noun(self) -> Sentence:
        return {
            Bound.LOWER: Sentence("lower bound"), Bound.BEST: Sentence("number"), Bound.UPPER: Sentence("upper bound"),
        }[self]  # fmt: skip

    @property
    def role(self) -> Sentence:
        return {
            Bound.LOWER: Sentence("a floor"), Bound.BEST: Sentence("a plain number"), Bound.UPPER: Sentence("a ceiling"),
        }[self]  # fmt: skip


# What a rate is counted over.
_PER = {
    "hour": Sentence("an hour"), "day": Sentence("a day"), "week": Sentence("a week"), "fortnight": Sentence("a fortnight"),
    "month": Sentence("a month"), "year": Sentence("a year"), "session": Sentence("per session"),
}  # fmt: skip

# Idioms that say the same: readers take "as many as 50", "up to 50" and an unworded ceiling alike.
_SENSES = {
    Bound.LOWER: {"": "at_least", "between": "at_least"},
    Bound.BEST: {},
    Bound.UPPER: {"": "up_to", "between": "up_to", "as_many_as": "up_to"},
}


@dataclass(frozen=True)
class Part:
    """One number of a figure with the bound it is and the words that make it so."""

    bound: Bound
    number: Decimal
    wording: str = ""

    @property
    def sense(self) -> str:
        return _SENSES[self.bound].get(self.wording, self.wording)

    @property
    def text(self) -> str:
        wording = self.sense if self.wording in ("", "between") else self.wording
        return f"{wording.replace('_', ' ')} {printed(self.number)}".strip()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What one statement says of one thing, and in whose name."""

    uid: str
    source: str = ""
    published: date | None = None
    publisher: str = ""
    speaker: str = ""
    attributed_to: tuple[str, ...] = ()
    evidence: frozenset[str] = frozenset()
    draws_on: frozenset[str] = frozenset()  # sources and parties that its source draws on as a whole (relays)
    only_unnamed: bool = False  # rests on nothing but sources that nobody names
    was_read: bool = True  # False: known only as others quote it
    certainty: str = ""
    about: str = ""
    about_kind: str = ""  # incident, facility, place or victim
    about_label: str = ""
    about_known: str = "stated"  # stated, context or ours: how we know what it speaks of
    within: tuple[str, ...] = ()
    period: str = ""  # for a cumulative number or a stock: up to, or on, the day it is as of
    period_earliest: date | None = None
    period_latest: date | None = None
    period_length_text: str = ""

    @property
    def has_period(self) -> bool:
        return bool(self.period or self.period_earliest or self.period_latest)

    @property
    def period_days(self) -> int | None:
        """How many days the period has, both ends counted; None where an end is open or unknown."""
        if self.period_earliest is None or self.period_latest is None:
            return None
        return (self.period_latest - self.period_earliest).days + 1

    @property
    def first_day(self) -> date:
        """The first day that it may speak of; an open or unknown start has no limit."""
        return self.period_earliest or date.min

    @property
    def last_day(self) -> date:
        """The last day that it may speak of; an open or unknown end has no limit."""
        return self.period_latest or date.max

    @property
    def period_text(self) -> str:
        return self.period.replace("/", " – ")

    @property
    def place_text(self) -> str:
        return self.about_label or self.about

    def covers_period_of(self, other: "Claim") -> bool:
        """Whether every day that the other speaks of is one that this speaks of; an open end has no limit."""
        return self.first_day <= other.first_day and other.last_day <= self.last_day

    def may_share_a_day_with(self, other: "Claim") -> bool:
        """Whether the periods touch, as far as is known: an open or unknown end touches everything."""
        starts, ends = max(self.first_day, other.first_day), min(self.last_day, other.last_day)
        return starts <= ends

    def covers_place_of(self, other: "Claim") -> bool:
        return self.about == other.about or self.about in other.within


@dataclass(frozen=True, kw_only=True)
class Figure(Claim):
    """One number as one source gives it; each bound is empty unless the source gives that very bound."""

    lower: Decimal | None = None
    lower_wording: str = ""
    best: Decimal | None = None
    best_wording: str = ""
    upper: Decimal | None = None
    upper_wording: str = ""
    value_text: str = ""
    counted: str = "persons"
    currency: str = ""
    measure: str = "total"
    per_time: str = ""
    per_persons: Decimal | None = None
    categories: frozenset[str] = frozenset()
    who: Who = frozenset()
    done_by: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()  # to other numbers, by the source's own word: "another" is disjoint

    @property
    def parts(self) -> tuple[Part, ...]:
        given = (
            (Bound.LOWER, self.lower, self.lower_wording),
            (Bound.BEST, self.best, self.best_wording),
            (Bound.UPPER, self.upper, self.upper_wording),
        )
        return tuple(Part(bound, number, wording) for bound, number, wording in given if number is not None)

    @property
    def numbers(self) -> frozenset[Decimal]:
        return frozenset(part.number for part in self.parts)

    @property
    def is_range(self) -> bool:
        return self.lower is not None and self.upper is not None

    @property
    def span(self) -> tuple[Decimal | None, Decimal | None]:
        """The least and the most that the claim allows; None where it sets no limit."""
        if self.lower is None and self.upper is None:
            return self.best, self.best
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            return self.upper, self.lower  # printed out of order, which is a finding of its own
        return self.lower, self.upper

    @property
    def per_text(self) -> str:
        time = _PER.get(self.per_time, "")
        if self.per_persons is None:
            return time
        persons = Sentence("per %(number)s persons", number=printed(self.per_persons))
        return Sentence("%(time)s %(persons)s", time=time, persons=persons) if time else persons

    @property
    def text(self) -> str:
        """The figure in the words that make it what it is, never a bare number: "as many as 50 a day"."""
        parts = {part.bound: part for part in self.parts}
        best = parts.pop(Bound.BEST, None)
        strict = {part.sense for part in parts.values()} & {"more_than", "fewer_than"}
        joined = "–".join(printed(part.number) for part in parts.values())
        bounds = joined if len(parts) == 2 and not strict else " and ".join(part.text for part in parts.values())
        value = f"{best.text} ({bounds})" if best and bounds else best.text if best else bounds
        return f"{value or self.value_text} {self.per_text}".strip()

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Accused:
    """One party that an accusation names, and what it is said to have been in the act."""

    party: str
    modes: frozenset[str] = frozenset()
    alternatives: bool = False  # "aided in or looked away": one of these parts, not all


@dataclass(frozen=True, kw_only=True)
class Accusation(Claim):
    """Who is said to have done what, by one source; it makes nobody a perpetrator."""

    acts: frozenset[str] = frozenset()
    accused: tuple[Accused, ...] = ()
    alternatives: bool = False  # "the regime or the SDF": one of them, not both

    wording: str = ""  # what is alleged, in the words of the source

    @property
    def parties(self) -> frozenset[str]:
        return frozenset(accused.party for accused in self.accused)

    @property
    def text(self) -> str:
        return self.wording


@dataclass(frozen=True, kw_only=True)
class Remark(Claim):
    """A judgement by a norm, an answer, or a support, contradiction or mention, as one source words it."""

    sense: str = ""  # is, may_be, is_not; denial, clarification …; supports, contradicts, mentions
    topic: str = ""  # the norm that it judges by, or the field that it speaks of
    value: str = ""  # the other value that it gives
    wording: str = ""

    @property
    def text(self) -> str:
        return self.wording or self.value or " ".join(filter(None, (self.sense.replace("_", " "), self.topic)))


@dataclass(frozen=True)
class Vocabulary:
    """What the codes mean to one another (each act under the wider one) and what readers call them."""

    tree: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    def word(self, code: str) -> str:
        return self.labels.get(code) or (code if isinstance(code, Named) else code.replace("_", " "))

    def words(self, codes: Iterable[str], joint: str = " or ") -> str:
        return Listed(sorted(self.word(code) for code in codes), joint, joint)

    def people(self, who: Who) -> str:
        """Whom a figure counts, in words; nothing where it names nobody and so means all."""
        return Listed(sorted(self.labels.get(f"{name}:{value}", value.replace("_", " ")) for name, value in who), ", ", ", ")

    def counted(self, figure: Figure) -> str:
        """What a figure counts, in words: persons, bodies, an amount in euros."""
        word = self.word(figure.counted)
        return Sentence("%(counted)s %(currency)s", counted=word, currency=figure.currency) if figure.currency else word

    def lineage(self, code: str) -> tuple[str, ...]:
        """The act itself and every wider one above it, nearest first."""
        line = [code]
        while (parent := self.tree.get(line[-1])) and parent not in line:
            line.append(parent)
        return tuple(line)

    def covers(self, wider: frozenset[str], narrower: frozenset[str]) -> bool:
        return all(not wider.isdisjoint(self.lineage(code)) for code in narrower)

    def family(self, categories: frozenset[str]) -> frozenset[str]:
        """The widest act above a category; one number for several is kin only to the same several."""
        if len(categories) != 1:
            return categories
        (only,) = categories
        return frozenset({self.lineage(only)[-1]})


def who_covers(wider: Who, narrower: Who) -> bool:
    """Whether all people meant by one are among those meant by the other.

    Values of one dimension are alternatives (women or girls), dimensions narrow each other (women, detained).
    """
    named = {dimension for dimension, _ in narrower}
    asked = {dimension for dimension, _ in wider}
    return asked <= named and all(pair in wider for pair in narrower if pair[0] in asked)


def printed(number: Decimal) -> str:
    """A number as readers write it: 13,000 and 4.5, never 1.3E+4 or 4.50."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
