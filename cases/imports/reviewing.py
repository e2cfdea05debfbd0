"""Reviewing: the records of one import handed in, decided on or published as one batch."""

from __future__ import annotations

from typing import Any

from cases.imports.kinds import SHEETS, model_of
from cases.imports.storing import one_of
from cases.models import Import
from hrdocs import review, together
from hrdocs.access import Sensitivity, State
from hrdocs.models import Record

VERBS = ("submit", "approve", "return", "publish")


def waiting(run: Import, verb: str, user: Any) -> list[Record]:
    """The records that an import made or changed, as far as this person may see and move them; what others hang on first."""
    states = review.TRANSITIONS[verb].from_states
    return [record for record in _records(run, user, states) if review.possible(record, user, [verb])]


def move(
    run: Import, verb: str, *, by: Any, reason: str = "", level: Sensitivity | None = None
) -> tuple[int, dict[str, list[str]]]:
    """Make a move with all that wait for it: all or none, at most `together.MOST` at a time.

    Returns how many were moved, and what stood in the way, by uid.
    """
    records = waiting(run, verb, by)[: together.MOST]
    refused = together.move([(record, verb, reason) for record in records], by=by, level=level)
    return (0 if refused else len(records)), refused


def _records(run: Import, user: Any, states: tuple[State, ...]) -> list[Record]:
    found: list[Record] = []
    for sheet in SHEETS:
        model = model_of(sheet)
        if issubclass(model, Record):
            keys = [*run.created.filter(sheet=sheet).values_list("object_id", flat=True),
                    *run.changes.filter(sheet=sheet).values_list("object_id", flat=True)]  # fmt: skip
            rows = model._default_manager.visible_to(user).filter(one_of("pk", keys), state__in=states)
            found += rows.order_by("pk")[: together.MOST + 1]
    return found
