"""The history of one record as acts: who changed what of it and of its parts, when and why, and how it stood after each.

Levels are those of today: what the reader may not see now is not told of then either.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from hrdocs.access import Opens, Sensitivity, clearance, is_staff_reader, shown_rows
from hrdocs.models import Part, Record

Values = dict[str, Any]
Key = tuple[dt.datetime, Any, str]


@dataclass(frozen=True, eq=False)
class Line:
    """One row through time: the record's own, a part of it, or one of its many-to-many links."""

    table: type[models.Model]
    pk: int
    events: list[Values]  # oldest first, each with the whole row after it and what happened

    def before(self, event: Values) -> Values | None:
        place = self.events.index(event)
        return self.events[place - 1] if place else None


@dataclass(frozen=True)
class Change:
    """What one act, or the time between two versions, did to one row; None where the row was not there."""

    line: Line
    before: Values | None
    after: Values | None


@dataclass
class Act:
    """What one person did at one moment for one reason."""

    at: dt.datetime
    user: int | None
    reason: str
    number: int = 0
    changes: list[Change] = field(default_factory=list)


class History:
    """All acts on a record that `user` may know of, oldest first, numbered from one."""

    def __init__(self, record: Record, user: Any) -> None:
        self.record, self.user = record, user

    @cached_property
    def lines(self) -> list[Line]:
        own = [self.record._meta.model, *self.record._meta.get_parent_list()]
        found = [Line(table, self.record.pk, _events(table, pgh_obj_id=self.record.pk)) for table in own]
        for table in own:
            for link in table._meta.local_many_to_many:
                found += self._linked(link)
        return found + self._parts(own, [self.record.pk])

    def _linked(self, link: models.ManyToManyField) -> list[Line]:
        """Links that ever led from the record to what the reader may see: of the others there is nothing to tell."""
        table, far = recorded_links(link), f"{link.m2m_reverse_field_name()}_id"
        lines = _rows(table, _events(table, **{link.m2m_field_name(): self.record.pk}))
        shown = shown_keys(link.related_model, [line.events[-1][far] for line in lines], self.user)
        return [line for line in lines if line.events[-1][far] in shown]

    def _parts(self, owners: list[type[models.Model]], keys: list[int]) -> list[Line]:
        """Rows that ever belonged to one of these, and what belongs to them in turn."""
        found = []
        for table in parts_of(owners):
            events = apps.get_model(f"{table._meta.label}Event")
            ever = events.objects.filter(**{f"{table.hangs_on[0]}__in": keys}).values("pgh_obj_id")
            lines = _rows(table, _events(table, pgh_obj_id__in=ever))
            there = set(
                table.objects.visible_to(self.user).filter(pk__in=[line.pk for line in lines]).values_list("pk", flat=True)
            )
            shown = [line for line in lines if line.pk in there or self._may_know_what_is_gone(line)]
            found += shown + (self._parts([table], [line.pk for line in shown]) if shown else [])
        return found

    def _may_know_what_is_gone(self, line: Line) -> bool:
        """A part that was deleted has no audience any more; its last level and what it joined decide."""
        last = line.events[-1]
        if last["pgh_label"] != "delete":
            return False  # it is there, and hidden
        level = Sensitivity(last["sensitivity"])
        if level.rank > clearance(self.user).rank and not (level == Sensitivity.RESTRICTED and self._opens_the_record()):
            return False
        links = [line.table._meta.get_field(path) for path in line.table.hangs_on]
        held = [(link.related_model, last[link.attname]) for link in links if last[link.attname] is not None]
        return all(model.objects.visible_to(self.user).filter(pk=key).exists() for model, key in held)

    def _opens_the_record(self) -> bool:
        lock = "@".join(str(part) for part in (self.record.uid, self.record.created_by_id, self.record.team_id) if part)
        locks = models.Value([lock], ArrayField(models.TextField()))
        rows = type(self.record)._base_manager.filter(Opens(locks, models.Value(self.user.pk)), pk=self.record.pk)
        return is_staff_reader(self.user) and rows.exists()

    @cached_property
    def acts(self) -> list[Act]:
        """One moment, one person and one reason are one act, however many rows it wrote."""
        found: dict[Key, Act] = {}
        order: dict[Key, tuple[Any, ...]] = {}
        for line in self.lines:
            for key, run in groupby(line.events, self._key):
                events = list(run)
                act = found.setdefault(key, Act(*key))
                own = not issubclass(line.table, Part) and isinstance(self.record, line.table)
                place = (key[0], 0 if own else 1, events[0]["pgh_id"])
                order[key] = min(order.get(key, place), place)
                before, after = _there(line.before(events[0])), _there(events[-1])
                if before or after:
                    act.changes.append(Change(line, before, after))
        kept = [found[key] for key in sorted(order, key=order.__getitem__) if found[key].changes]
        for number, act in enumerate(kept, start=1):
            act.number = number
        return kept

    @cached_property
    def _began(self) -> dict[Any, dt.datetime]:
        """When each context began, so that one that lasted for several transactions stays one act."""
        began: dict[Any, dt.datetime] = {}
        for line in self.lines:
            for event in line.events:
                context = event["pgh_context_id"]
                began[context] = min(began.get(context, event["pgh_created_at"]), event["pgh_created_at"])
        return began

    def _key(self, event: Values) -> Key:
        said = event["pgh_context__metadata"] or {}
        at = self._began[event["pgh_context_id"]] if event["pgh_context_id"] else event["pgh_created_at"]
        return at, said.get("user"), said.get("reason") or ""

    def state(self, number: int) -> dict[Line, Values | None]:
        """Each row as it stood after an act."""
        past = {(act.at, act.user, act.reason) for act in self.acts[:number]}
        state = {}
        for line in self.lines:
            events = [event for event in line.events if self._key(event) in past]
            state[line] = _there(events[-1]) if events else None
        return state

    def between(self, earlier: int, later: int) -> list[Change]:
        """What differs between the record after one act and after another."""
        before, after = self.state(earlier), self.state(later)
        return [Change(line, before[line], after[line]) for line in self.lines if (before[line] or after[line])]


def parts_of(owners: list[type[models.Model]]) -> Iterator[type[Part]]:
    """The kinds of part that belong to these kinds first of all."""
    for table in apps.get_models():
        owned = issubclass(table, Part) and not table._meta.proxy and table.hangs_on
        if owned and table._meta.get_field(table.hangs_on[0]).related_model in owners:
            yield table


def shown_keys(model: type[models.Model], keys: Iterable[Any], user: Any) -> set[Any]:
    """Those of these keys that lead to a row that `user` may see."""
    return set(shown_rows(model, user).filter(pk__in=keys).values_list("pk", flat=True))


def recorded_links(link: models.ManyToManyField) -> type[models.Model]:
    return apps.get_model(link.model._meta.app_label, link.model.__name__ + link.name.title().replace("_", ""))


def _events(table: type[models.Model], **asked: Any) -> list[Values]:
    events = apps.get_model(f"{table._meta.label}Event")
    columns = [column.attname for column in events._meta.concrete_fields]
    return list(events.objects.filter(**asked).order_by("pgh_obj_id", "pgh_id").values(*columns, "pgh_context__metadata"))


def _rows(table: type[models.Model], events: list[Values]) -> list[Line]:
    return [Line(table, pk, list(own)) for pk, own in groupby(events, lambda event: event["pgh_obj_id"])]


def _there(event: Values | None) -> Values | None:
    return None if event is None or event["pgh_label"] == "delete" else event
