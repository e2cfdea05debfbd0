"""What a comparison is given and gives back: figures with all that joins them, and findings in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from cases.claims import Figure, Vocabulary
from cases.sentences import Sentence


@dataclass(frozen=True)
class Link:
    """A later statement hands on an earlier one; the source says so itself (stated), or we infer it."""

    later: str
    earlier: str
    how: str = ""
    stated: bool = True


@dataclass(frozen=True)
class Relation:
    """How one figure stands to another, by a source's word or for a reason of ours: includes, disjoint …"""

    one: str
    kind: str
    other: str


class FindingKind(StrEnum):
    """What reading the figures of one matter side by side brings to light."""

    OUT_OF_ORDER = "out_of_order"
    CONTRADICTION = "contradiction"
    RATE_CONTRADICTS = "rate_contradicts"
    RATE_FAR_APART = "rate_far_apart"
    RATE_AGREES = "rate_agrees"
    SCOPE = "scope"
    PERIOD_LENGTH = "period_length"
    STEP = "step"
    TWO_CATEGORIES = "two_categories"
    SAME_NUMBER = "same_number"
    COPIES_DISAGREE = "copies_disagree"


# Asked of the analyst, never told as fact: the numbers alone cannot say how they came about.
QUESTIONS = frozenset({FindingKind.TWO_CATEGORIES, FindingKind.SAME_NUMBER})


@dataclass(frozen=True)
class Finding:
    """Something that an analyst should look at: the figures it speaks of, and what could be recorded."""

    kind: FindingKind
    figures: tuple[str, ...]
    words: Sentence
    arithmetic: str = ""
    suggested: tuple[Link | Relation, ...] = ()

    @property
    def is_question(self) -> bool:
        return self.kind in QUESTIONS


@dataclass(frozen=True)
class Matter:
    """Figures that bear on one subject, how they hand each other on, and what is said of pairs of them."""

    figures: tuple[Figure, ...]
    links: tuple[Link, ...] = ()
    relations: tuple[Relation, ...] = ()
    tree: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        return Vocabulary(self.tree, self.labels)

    def of(self, figures: tuple[Figure, ...]) -> "Matter":
        """The same matter with these figures alone."""
        return replace(self, figures=figures)

    def kind_of(self, figure: Figure) -> tuple[object, ...]:
        """What must be the same for two numbers to be of one kind."""
        family = self.vocabulary.family(figure.categories)
        return family, figure.counted, figure.currency, figure.measure, figure.per_text

    def relations_between(self, one: Figure, other: Figure) -> frozenset[str]:
        """The kinds of relation recorded for a pair, whichever of the two it was recorded on."""
        pair = {one.uid, other.uid}
        return frozenset(each.kind for each in self.relations if {each.one, each.other} == pair)

    def told(self, figure: Figure) -> Sentence:
        """A figure with its category and publisher, as a sentence about it begins or ends."""
        category = self.vocabulary.words(figure.categories)
        publisher = self.vocabulary.word(figure.publisher)
        told = Sentence("%(figure)s (%(category)s)" if category else "%(figure)s", figure=figure, category=category)
        return Sentence("%(figure)s by %(publisher)s", figure=told, publisher=publisher) if publisher else told
