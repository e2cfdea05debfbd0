"""One difference between two claims: its kind, how grave it is, which way it goes, and that in words."""

from dataclasses import dataclass
from enum import StrEnum


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
    words: str
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
    name: str
    earlier: str
    later: str
    sub_kind: str = ""

    def omitted(self) -> Difference:
        words = f"{self.name}, {self.earlier}, was not carried over."
        return self._difference(Severity.NONE, Direction.NONE, words, not_carried_over=True)

    def added(self, severity: Severity = Severity.MATERIAL) -> Difference:
        words = f"{self.name}, {self.later}, was added; the earlier statement does not give it."
        return self._difference(severity, Direction.NARROWER, words)

    def changed(self, direction: Direction, severity: Severity = Severity.MATERIAL) -> Difference:
        verb = {Direction.WIDER: "was widened", Direction.NARROWER: "was narrowed"}.get(direction, "changed")
        return self._difference(severity, direction, f"{self.name} {verb} from {self.earlier} to {self.later}.")

    def difference(self, direction: Direction, severity: Severity = Severity.MATERIAL) -> Difference | None:
        """The difference between what both give: left out, added, changed, or none."""
        if not self.later:
            return self.omitted() if self.earlier else None
        if not self.earlier:
            return self.added(severity)
        return None if direction is Direction.NONE else self.changed(direction, severity)

    def _difference(self, severity: Severity, direction: Direction, words: str, *, not_carried_over: bool = False) -> Difference:
        return Difference(self.kind, severity, direction, self.earlier, self.later, words, self.sub_kind, not_carried_over)
