"""One difference between two claims: its kind, how grave it is, which way it goes, and that in words."""

from dataclasses import dataclass
from enum import StrEnum

from cases.sentences import Sentence


class Kind(StrEnum):
    """What about a claim changed."""

    VALUE = "value"
    BOUND = "bound"
    CATEGORY = "category"
    UNIT = "unit"
    PERIOD = "period"
    PLACE = "place"
    SUBJECT = "subject"
    PERPETRATOR = "perpetrator"
    ACT = "act"
    MODE = "mode"
    ATTRIBUTION = "attribution"
    CERTAINTY = "certainty"
    RELATION = "relation"


KIND_WORDS = {
    Kind.VALUE: Sentence("value"), Kind.BOUND: Sentence("bound"), Kind.CATEGORY: Sentence("category"),
    Kind.UNIT: Sentence("unit"), Kind.PERIOD: Sentence("period"), Kind.PLACE: Sentence("place"),
    Kind.SUBJECT: Sentence("subject"), Kind.PERPETRATOR: Sentence("perpetrator"), Kind.ACT: Sentence("act"),
    Kind.MODE: Sentence("mode"), Kind.ATTRIBUTION: Sentence("attribution"), Kind.CERTAINTY: Sentence("certainty"),
    Kind.RELATION: Sentence("relation"),
}  # fmt: skip


class Severity(StrEnum):
    """What a reader who only sees the later claim is led to believe; it matters more than the kind."""

    NONE = "none"
    WORDING = "wording"
    MATERIAL = "material"
    REVERSES = "reverses_meaning"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Direction(StrEnum):
    """Which way the claim went: to part of what it covered, beyond it, up, down, or to something else."""

    NONE = ""
    NARROWER = "narrower"
    WIDER = "wider"
    HIGHER = "higher"
    LOWER = "lower"
    MOVED = "moved"

    @classmethod
    def of(cls, *, later_covers: bool, earlier_covers: bool) -> "Direction":
        """The way between two scopes, by which of them holds the whole of the other."""
        if later_covers:
            return cls.NONE if earlier_covers else cls.WIDER
        return cls.NARROWER if earlier_covers else cls.MOVED


@dataclass(frozen=True)
class Difference:
    """One way in which a later claim departs from the earlier one that it hands on.

    `not_carried_over` marks what the later source merely leaves out; that is drift only where its silence
    says something: a bound dropped, or the people counted no longer named and so meaning all.
    """

    kind: Kind
    severity: Severity
    direction: Direction
    earlier_text: str
    later_text: str
    words: Sentence
    sub_kind: str = ""
    not_carried_over: bool = False

    @property
    def is_drift(self) -> bool:
        return self.severity is not Severity.NONE


def worst(differences: tuple[Difference, ...]) -> Severity:
    """How grave the gravest of several differences is."""
    return max((difference.severity for difference in differences), key=lambda s: s.rank, default=Severity.NONE)


@dataclass(frozen=True)
class Facet:
    """One side of a claim as both sources give it, in words; empty where a source does not speak of it."""

    kind: Kind
    name: Sentence
    earlier: str
    later: str
    sub_kind: str = ""

    def omitted(self) -> Difference:
        words = Sentence("%(what)s, %(earlier)s, was not carried over.", what=self.name, earlier=self.earlier)
        return self._difference(Severity.NONE, Direction.NONE, words, not_carried_over=True)

    def added(self, severity: Severity = Severity.MATERIAL) -> Difference:
        words = Sentence(
            "%(what)s, %(later)s, was added; the earlier statement does not give it.", what=self.name, later=self.later
        )
        return self._difference(severity, Direction.NARROWER, words)

    def changed(self, direction: Direction, severity: Severity = Severity.MATERIAL) -> Difference:
        ends = {"what": self.name, "earlier": self.earlier, "later": self.later}
        if direction is Direction.WIDER:
            words = Sentence("%(what)s was widened from %(earlier)s to %(later)s.", **ends)
        elif direction is Direction.NARROWER:
            words = Sentence("%(what)s was narrowed from %(earlier)s to %(later)s.", **ends)
        else:
            words = Sentence("%(what)s changed from %(earlier)s to %(later)s.", **ends)
        return self._difference(severity, direction, words)

    def difference(self, direction: Direction, severity: Severity = Severity.MATERIAL) -> Difference | None:
        """The difference between what both give: left out, added, changed, or none."""
        if not self.later:
            return self.omitted() if self.earlier else None
        if not self.earlier:
            return self.added(severity)
        return None if direction is Direction.NONE else self.changed(direction, severity)

    def _difference(
        self, severity: Severity, direction: Direction, words: Sentence, *, not_carried_over: bool = False
    ) -> Difference:
        return Difference(self.kind, severity, direction, self.earlier, self.later, words, self.sub_kind, not_carried_over)
