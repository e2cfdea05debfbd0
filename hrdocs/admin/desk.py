"""The desk: what of any kind is hers to go on with, what was returned to her and why, what waits for her."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from hrdocs.access import REVIEWERS
from hrdocs.admin.queues import PARAMETER, Queue, kind_of_work, waits_in
from hrdocs.models import Assignment, ProposedChange, ProposedChangeStatus, Record, ReviewDecision, User

LISTED = 10  # records of a list on the first page
COUNTED = 1_000  # records of one kind in one queue; more are told as “1000+”
NEWEST = 1_000  # of each kind, among which those are looked for that colleagues changed
Head = tuple[str, int]  # a record before it is read: the label of its kind, and its key


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


@dataclass(frozen=True)
class Waiting:
    """One queue of hers: how many records of each kind stand in it, where they are listed, and the first of them."""

    queue: Queue
    counted: list[tuple[str, int, str]]
    lines: list[Line] = field(default_factory=list)

    @property
    def number(self) -> str:
        numbers = [number for _name, number, _address in self.counted]
        return _told(sum(min(number, COUNTED) for number in numbers), more=max(numbers) > COUNTED)

    @property
    def kinds(self) -> list[tuple[str, str, str]]:
        return [(name, _told(min(number, COUNTED), more=number > COUNTED), address) for name, number, address in self.counted]


class Desk:
    """What one person's first page lists. The number of queries depends on the kinds of record, not on the records:
    each list is one query over all kinds, and what all lists name is read once per kind."""

    def __init__(self, user: User) -> None:
        self.user, self.kinds = user, kinds()
        self.heads = {queue: self._first(queue) for queue in (Queue.RETURNED, Queue.WAITING, Queue.MINE)}
        self.recent_heads = self._newest(self.kinds, self._changed_by_others)
        self.tasks = list(Assignment.objects.filter(to=user, done_at=None).order_by("until", "pk")[: 3 * LISTED])
        self.proposed = self._proposed()

    def queues(self) -> list[Waiting]:
        """Her queues that hold something, the most urgent first."""
        found = []
        for queue in Queue:
            counted = [
                (str(kind._meta.verbose_name_plural), self.numbers[kind._meta.label][queue], list_of(kind, queue))
                for kind in self.kinds
                if self.numbers[kind._meta.label][queue]
            ]
            if counted:
                found.append(Waiting(queue, counted, self._lines(self.heads.get(queue, []))))
        return found

    def assigned(self) -> list[Line]:
        """What she is asked to do, the most urgent first."""
        found = ((task, self._record(task)) for task in self.tasks)
        return [Line(record, address_of(record), task.task, task.until) for task, record in found if record][:LISTED]

    def changes(self) -> list[Line]:
        """Changes to published records that she may decide on, those that wait longest first."""
        found = ((change, self._record(change)) for change in self.proposed)
        return [Line(record, decided_at(record, change), change.reason) for change, record in found if record][:LISTED]

    def recent(self) -> list[Line]:
        """The records that colleagues changed last."""
        return self._lines(self.recent_heads)

    # ── found ──

    @cached_property
    def numbers(self) -> dict[str, dict[Queue, int]]:
        """How many records of each kind stand in each queue, or one more than are counted, in one query. Each queue of each kind
        is asked by itself: to look at every record once for all of them took 10 s of a million."""
        first, *rest = (self._standing_in(queue, kind) for kind in self.kinds for queue in Queue)
        found = Counter(first.union(*rest, all=True))
        return {kind._meta.label: {queue: found[kind._meta.label, queue] for queue in Queue} for kind in self.kinds}

    def _standing_in(self, queue: Queue, kind: type[Record]) -> QuerySet:
        rows = kind._default_manager.visible_to(self.user).filter(waits_in(queue, kind, self.user)).order_by()
        return rows.values_list(Value(kind._meta.label), Value(queue.value))[: COUNTED + 1]

    def _changed_by_others(self, kind: type[Record]) -> Q:
        """Of those that were changed last. Who has brought in all that there is would look through all of it for others."""
        newest = kind._default_manager.visible_to(self.user).order_by("-edited_at").values("pk")[:NEWEST]
        return Q(pk__in=newest) & ~Q(edited_by=self.user)

    def _first(self, queue: Queue) -> list[Head]:
        holding = [kind for kind in self.kinds if self.numbers[kind._meta.label][queue]]
        return self._newest(holding, lambda kind: waits_in(queue, kind, self.user))

    def _newest(self, among: list[type[Record]], which: Any) -> list[Head]:
        """The records of all these kinds that were edited last."""
        if not among:
            return []
        first, *rest = (
            kind._default_manager.visible_to(self.user).filter(which(kind)).annotate(of_kind=Value(kind._meta.label))
            .order_by("-edited_at").values_list("of_kind", "pk", "edited_at")[:LISTED]
            for kind in among
        )  # fmt: skip
        together = first.union(*rest, all=True).order_by("-edited_at") if rest else first
        return [(label, pk) for label, pk, _at in together[:LISTED]]

    def _proposed(self) -> list[ProposedChange]:
        if self.user.role not in REVIEWERS:
            return []
        waiting = ProposedChange.objects.filter(status=ProposedChangeStatus.WAITING).exclude(proposed_by=self.user)
        return list(waiting.order_by("pk")[: 3 * LISTED])

    # ── read ──

    @cached_property
    def _read(self) -> dict[Head, Record]:
        """All that any list names, read once per kind, as far as she may see it."""
        wanted: dict[str, set[int]] = {}
        for label, pk in [*self.recent_heads, *(head for heads in self.heads.values() for head in heads)]:
            wanted.setdefault(label, set()).add(pk)
        for kind in self.kinds:
            worked_on = {work.object_id for work in self._work if work.content_type_id == kind_of_work(kind).pk}
            wanted.setdefault(kind._meta.label, set()).update(worked_on)
        return {
            (label, row.pk): row for label, keys in wanted.items() if keys
            for row in apps.get_model(label)._default_manager.visible_to(self.user).filter(pk__in=keys)
            .select_related("edited_by")
        }  # fmt: skip

    @property
    def _work(self) -> list[Any]:
        return [*self.tasks, *self.proposed]

    def _record(self, work: Any) -> Record | None:
        of_kind = (kind._meta.label for kind in self.kinds if kind_of_work(kind).pk == work.content_type_id)
        return next((self._read[label, work.object_id] for label in of_kind if (label, work.object_id) in self._read), None)

    def _lines(self, heads: Iterable[Head]) -> list[Line]:
        records = [self._read[head] for head in heads if head in self._read]
        return [Line(record, address_of(record), self._reasons.get((record._meta.label, record.pk), "")) for record in records]

    @cached_property
    def _reasons(self) -> dict[Head, str]:
        """Why each record that was returned to her was returned, the last time."""
        asked = Q()
        returned = [(apps.get_model(label), pk) for label, pk in self.heads[Queue.RETURNED]]
        for kind, pk in returned:
            asked |= Q(content_type=kind_of_work(kind), object_id=pk)
        if not asked:
            return {}
        last = ReviewDecision.objects.filter(asked, verb="return").order_by("pk")
        said = {(row.content_type_id, row.object_id): row.reason for row in last}
        return {(kind._meta.label, pk): said.get((kind_of_work(kind).pk, pk), "") for kind, pk in returned}


def _told(number: int, *, more: bool) -> str:
    return f"{number}+" if more else str(number)


def kinds() -> list[type[Record]]:
    """Every kind of record that has a form of its own: of statements, what each says."""
    found = [kind for kind in apps.get_models() if issubclass(kind, Record) and not kind._meta.proxy]
    parents = {parent for kind in found for parent in kind._meta.get_parent_list()}
    return [kind for kind in found if kind not in parents]


def list_of(kind: type[Record], queue: Queue | None = None) -> str:
    """The list of a kind in the admin, or the part of it that stands in a queue."""
    address = reverse(f"admin:{kind._meta.app_label}_{kind._meta.model_name}_changelist")
    return f"{address}?{PARAMETER}={queue}" if queue else address


def address_of(record: Record) -> str:
    """The form of a record in the admin."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def decided_at(record: Record, change: ProposedChange) -> str:
    """The page in the admin on which a proposed change is decided."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_proposed", args=[record.pk, change.pk])
