"""The moves of review, once: the verbs, the buttons and the database's own constraint are made from this table."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from hrdocs.access import REVIEWERS, STAFF, Role, State

OPEN = (State.DRAFT, State.RETURNED)  # the states in which content may be changed


class Eyes(enum.Enum):
    """Whose work the deciding person may judge."""

    ANY = "any"
    OWN = "own"  # only what she entered or last edited (a manager: any)
    OTHERS = "others"  # never what she entered or last edited


@dataclass(frozen=True)
class Transition:
    """One move: from which states to which, by whom, on whose work, and which texts must be given."""

    label: str
    from_states: tuple[State, ...]
    to_state: State
    roles: tuple[Role, ...]
    eyes: Eyes
    needs: tuple[str, ...] = ()
    opens: bool = False  # then by nobody who ever wrote any of it


TRANSITIONS = {
    "submit": Transition("Submit for review", (State.DRAFT, State.RETURNED), State.IN_REVIEW, STAFF, Eyes.ANY),
    "return": Transition(
        "Return with comments", (State.IN_REVIEW,), State.RETURNED, REVIEWERS, Eyes.OTHERS, needs=("reason",)
    ),
    "approve": Transition("Approve", (State.IN_REVIEW,), State.APPROVED, REVIEWERS, Eyes.OTHERS, opens=True),
    "publish": Transition("Publish", (State.APPROVED,), State.PUBLISHED, REVIEWERS, Eyes.OTHERS, opens=True),
    "retract": Transition(
        "Retract", (State.PUBLISHED,), State.RETRACTED, REVIEWERS, Eyes.OTHERS, needs=("reason", "public_note")
    ),
    "reopen": Transition(
        "Reopen", (State.IN_REVIEW, State.APPROVED, State.RETRACTED), State.DRAFT, STAFF, Eyes.OWN
    ),
}  # fmt: skip
