"""When figures may be added: only where nobody can be counted twice, and then only the bounds that all of them give.

A refusal is a value with its reasons, not an error: "cannot be added, because" is what a reader needs to see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from cases.claims import Bound, Figure, printed
from cases.independence import behind, earlier_ones
from cases.matter import Matter

# Numbers of people that stand for themselves; a rate, a stock or a share is no amount that grows by adding.
ADDABLE = frozenset({"total", "cumulative", "new"})

# What happens to a person once in a life: only then do two times or two places hold different people.
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
