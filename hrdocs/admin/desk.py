"""The desk: what of any kind is hers to go on with, what was returned to her and why, what waits for her; and for a
manager how the work flows."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.urls import reverse
from django.utils import timezone

from hrdocs.access import REVIEWERS, State
from hrdocs.models import Assignment, ProposedChange, ProposedChangeStatus, Record, ReviewDecision, User
from hrdocs.review import decisions_on

LISTED = 10  # records of a list on the first page
WEEKS = 12  # of throughput
AGES = ((7, "up to a week"), (30, "up to a month"), (90, "up to three months"), (10**6, "longer"))


@dataclass(frozen=True)
class Line:
    """One record of a list, with the address of its form and, where it was returned, with what it lacks."""

    record: Record
    address: str
    reason: str = ""
    until: dt.date | None = None

    @property
    def overdue(self) -> bool:
        return self.until is not None and self.until < timezone.now().date()


def own_work(user: User) -> tuple[list[Line], list[Line]]:
    """What she entered and has to mend, and her other drafts, those that she touched last first."""
    returned = _lines(user, Q(created_by=user, state=State.RETURNED))
    return returned, _lines(user, Q(created_by=user, state=State.DRAFT))


def waiting_for(user: User) -> list[Line]:
    """What is in review and may be decided on by her: nothing that she wrote or last edited."""
    if user.role not in REVIEWERS:
        return []
    return _lines(user, Q(state=State.IN_REVIEW) & ~Q(created_by=user) & ~Q(edited_by=user))


def assigned_to(user: User) -> list[Line]:
    """What she is asked to do, the most urgent first."""
    tasks = Assignment.objects.filter(to=user, done_at=None).order_by("until", "pk")[: 3 * LISTED]
    return [Line(record, address_of(record), task.task, task.until) for task, record in _on_records(tasks, user)][:LISTED]


def changes_for(user: User) -> list[Line]:
    """Changes to published records that she may decide on, those that wait longest first."""
    if user.role not in REVIEWERS:
        return []
    waiting = ProposedChange.objects.filter(status=ProposedChangeStatus.WAITING).exclude(proposed_by=user).order_by("pk")
    found = _on_records(waiting[: 3 * LISTED], user)
    return [Line(record, address_of(record), change.reason) for change, record in found][:LISTED]


def changed_last(user: User) -> list[Line]:
    """The records that colleagues changed last."""
    return _lines(user, ~Q(edited_by=user))


def throughput() -> list[dict[str, Any]]:
    """How many records were submitted, returned, approved and published in each of the last weeks, the newest last.

    Numbers of decisions alone: they say nothing of any record.
    """
    since = timezone.now() - dt.timedelta(weeks=WEEKS)
    found = (ReviewDecision.objects.filter(decided_at__gte=since).annotate(week=TruncWeek("decided_at"))
             .order_by("week").values("week", "verb").annotate(number=Count("pk")))  # fmt: skip
    weeks: dict[dt.datetime, dict[str, int]] = {}
    for row in found:
        weeks.setdefault(row["week"], {})[row["verb"]] = row["number"]
    most = max((max(counted.values()) for counted in weeks.values()), default=1)
    return [
        {"week": week.date(), "bars": [(verb, counted.get(verb, 0), round(100 * counted.get(verb, 0) / most))
                                       for verb in ("submit", "return", "approve", "publish")]}
        for week, counted in weeks.items()
    ]  # fmt: skip


def ageing(user: User) -> list[dict[str, Any]]:
    """How long the records that are in review, returned or approved have lain since they were last changed."""
    today, ages = timezone.now(), {state: Counter[str]() for state in (State.IN_REVIEW, State.RETURNED, State.APPROVED)}
    for kind in _kinds():
        rows = kind._default_manager.visible_to(user).filter(state__in=ages)
        for state, edited in rows.values_list("state", "edited_at"):
            ages[State(state)][next(label for days, label in AGES if (today - edited).days <= days)] += 1
    return [
        {"state": state.label, "total": counted.total(),
         "bars": [(label, counted[label], round(100 * counted[label] / counted.total())) for _days, label in AGES]}
        for state, counted in ages.items() if counted
    ]  # fmt: skip


def record_of(work: Any, user: User) -> Record | None:
    """The record that a piece of work is on, as its own kind; None where the person may not see it."""
    shown = work.content_type.model_class()._default_manager.visible_to(user).filter(pk=work.object_id).first()
    return getattr(shown, "detail", shown)


def _on_records(work: Iterable[Any], user: User) -> list[tuple[Any, Record]]:
    """Work on records with the record of each, as far as the person may see it."""
    return [(each, record) for each in work if (record := record_of(each, user))]


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
