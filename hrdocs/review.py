"""The verbs of review: submit, return_, approve, publish, retract, reopen. Every move of a record goes through here.

Each verb is atomic, needs `by=` and leaves a ReviewDecision. What may follow what, by whom, stands in
transitions.py; the database holds the same table as a constraint and refuses a move without its decision. Who names the
version that she read (`seen_version`) decides on that one or on none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hrdocs import notices, risks
from hrdocs.access import Sensitivity, State
from hrdocs.audit import acting_as, history_of
from hrdocs.models import Record, ReviewDecision, on, reviewed_model
from hrdocs.readers import as_ourselves
from hrdocs.transitions import TRANSITIONS, Eyes


class Refused(Exception):
    """The move can't be made now. `blockers` says why, one sentence each."""

    def __init__(self, record: Record, blockers: list[str]) -> None:
        super().__init__(f"{record.uid}: {' '.join(blockers)}")
        self.blockers = blockers


def submit(record: Record, *, by: Any, reason: str = "", seen_version: int | None = None) -> ReviewDecision:
    """Hand a draft or a returned record to review."""
    return _move(record, "submit", by=by, seen_version=seen_version, reason=reason)


def return_(record: Record, *, by: Any, reason: str, seen_version: int | None = None) -> ReviewDecision:
    """Give a record back to its author, with what is to be mended."""
    return _move(record, "return", by=by, seen_version=seen_version, reason=reason)


def approve(record: Record, *, by: Any, reason: str = "", seen_version: int | None = None) -> ReviewDecision:
    """State that somebody other than its author checked the record against its sources."""
    return _move(record, "approve", by=by, seen_version=seen_version, reason=reason)


def publish(record: Record, *, by: Any, level: Sensitivity, reason: str = "", seen_version: int | None = None) -> ReviewDecision:
    """Open an approved record to readers at `level`."""
    return _move(record, "publish", by=by, seen_version=seen_version, reason=reason, level=level)


def retract(record: Record, *, by: Any, reason: str, public_note: str, seen_version: int | None = None) -> ReviewDecision:
    """Take a published record away at once, leaving a note for the public in its place."""
    return _move(record, "retract", by=by, seen_version=seen_version, reason=reason, public_note=public_note)


def reopen(record: Record, *, by: Any, reason: str = "", seen_version: int | None = None) -> ReviewDecision:
    """Take a record back to draft, to go on working at it."""
    return _move(record, "reopen", by=by, seen_version=seen_version, reason=reason)


# The verbs by the names of the table: for whoever is given the name of a move.
VERBS = {"submit": submit, "return": return_, "approve": approve, "publish": publish, "retract": retract, "reopen": reopen}


def possible(record: Record, user: Any, verbs: Iterable[str] = TRANSITIONS) -> list[str]:
    """Which of these verbs `user` could use on the record now; of all, in the order of the table."""
    return [verb for verb in verbs if not _against(record, verb, user)]


def decisions_on(record: Record, verb: str = "") -> list[ReviewDecision]:
    """The decisions on a record, newest first; those of one verb, where it is named.

    Readers from outside are shown no row of them. What is told of one (a day, a public note) is for the caller to choose.
    """
    with as_ourselves():
        found = ReviewDecision.objects.filter(**on(record), **({"verb": verb} if verb else {}))
        return list(found.select_related("by"))


def told_of(record: Record, verb: str) -> ReviewDecision | None:
    """The newest decision of a verb, with what anybody may be told of it: its day and its public note."""
    with as_ourselves():
        return ReviewDecision.objects.filter(**on(record), verb=verb).only("decided_at", "public_note").first()


def last_decision(record: Record, verb: str = "") -> ReviewDecision | None:
    """The newest of them."""
    return next(iter(decisions_on(record, verb)), None)


def _move(record: Record, verb: str, *, by: Any, seen_version: int | None, **given: Any) -> ReviewDecision:
    model = reviewed_model(record)
    with transaction.atomic(), acting_as(by, given["reason"]):
        stored = model._base_manager.select_for_update().get(pk=record.pk)
        for name in ("state", "sensitivity", "version", "created_by_id", "edited_by_id"):
            setattr(record, name, getattr(stored, name))  # what is decided on is what is stored, not what was read before
        blockers = _unseen(stored, seen_version) or _against(record, verb, by) or _missing(verb, given)
        blockers = blockers or [*record.blockers(verb, given.get("level")), *_at_risk(record, verb)]
        if blockers:
            raise Refused(record, blockers)
        to_state, level = TRANSITIONS[verb].to_state, given.get("level")
        decision = ReviewDecision.objects.create(
            **on(record), verb=verb, from_state=record.state, to_state=to_state, by=by, **given)  # fmt: skip
        changed = {"state": to_state, **({"sensitivity": level} if level else {})}
        model._base_manager.filter(pk=record.pk).update(**changed)
        for name, value in changed.items():
            setattr(record, name, value)
        if verb in ("return", "retract"):
            notices.tell(record, notices.Kind(verb), by=by, to=[stored.created_by, stored.edited_by])
    return decision


def _unseen(stored: Record, seen_version: int | None) -> list[str]:
    """Whether somebody changed it after the deciding person read it: she decides on what she read."""
    if seen_version in (None, stored.version):
        return []
    return [
        _("%(who)s changed it at %(time)s UTC, after you opened this page. Nothing was decided: open the record, look at what "
          "changed, and decide on that.") % {"who": stored.edited_by, "time": f"{stored.edited_at:%H:%M}"}
    ]  # fmt: skip


def _against(record: Record, verb: str, user: Any) -> list[str]:
    """Why this person can't do this to the record, by the table alone."""
    move = TRANSITIONS[verb]
    if record.state not in move.from_states:
        needed = " or ".join(state.label.lower() for state in move.from_states)
        return [f"It is {State(record.state).label.lower()}; “{move.label}” needs {needed}."]
    if user.role not in move.roles or not user.is_active:
        return [f"“{move.label}” is for {' or '.join(role.label.lower() for role in move.roles)}."]
    own = user.pk in (record.created_by_id, record.edited_by_id)
    if move.eyes == Eyes.OTHERS and own:
        return ["You entered or last edited it; somebody else has to decide."]
    if move.opens and history_of(reviewed_model(record), record.pk).filter(edited_by=user).exists():
        return ["You wrote a part of it; somebody who did not has to decide."]
    if move.eyes == Eyes.OWN and not own and user.role != "manager":
        return ["Only who entered or last edited it, or a manager, can reopen it."]
    return []


def _at_risk(record: Record, verb: str) -> list[str]:
    return risks.holding([record]).get(record.uid, []) if verb == "publish" else []


def _missing(verb: str, given: dict[str, Any]) -> list[str]:
    needed = [name for name in TRANSITIONS[verb].needs if not given.get(name, "").strip()]
    return [f"Give the {name.replace('_', ' ')}." for name in needed]
