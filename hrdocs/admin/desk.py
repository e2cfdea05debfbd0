"""The desk: what of any kind is hers to go on with, what was returned to her and why, and what waits for her review."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.urls import reverse

from hrdocs.access import Role, State
from hrdocs.models import Record, User
from hrdocs.review import decisions_on

LISTED = 10  # records of a list on the first page


@dataclass(frozen=True)
class Line:
    """One record of a list, with the address of its form and, where it was returned, with what it lacks."""

    record: Record
    address: str
    reason: str = ""


def own_work(user: User) -> tuple[list[Line], list[Line]]:
    """What she entered and has to mend, and her other drafts, those that she touched last first."""
    returned = _lines(user, Q(created_by=user, state=State.RETURNED))
    return returned, _lines(user, Q(created_by=user, state=State.DRAFT))


def waiting_for(user: User) -> list[Line]:
    """What is in review and may be decided on by her: nothing that she wrote or last edited."""
    if user.role not in (Role.REVIEWER, Role.MANAGER):
        return []
    return _lines(user, Q(state=State.IN_REVIEW) & ~Q(created_by=user) & ~Q(edited_by=user))


def address_of(record: Record) -> str:
    """The form of a record in the admin."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def _lines(user: User, which: Q) -> list[Line]:
    found: list[Any] = []
    for kind in _kinds():
        found += kind._default_manager.visible_to(user).filter(which).order_by("-edited_at")[:LISTED]
    found.sort(key=lambda record: record.edited_at, reverse=True)
    records = [getattr(record, "detail", record) for record in found[:LISTED]]
    return [Line(record, address_of(record), _reason(record)) for record in records]


def _kinds() -> list[type[Record]]:
    """Every kind that is reviewed; a statement is one, whatever it says."""
    kinds = (kind for kind in apps.get_models() if issubclass(kind, Record) and not kind._meta.proxy)
    return [kind for kind in kinds if not any(issubclass(parent, Record) for parent in kind._meta.get_parent_list())]


def _reason(record: Record) -> str:
    if record.state != State.RETURNED:
        return ""
    last = decisions_on(record).filter(verb="return").first()
    return last.reason if last else ""
