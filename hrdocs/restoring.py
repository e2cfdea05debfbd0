"""Bringing an earlier version of a record back: a new change like any other, and history stays as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from hrdocs.access import Sensitivity
from hrdocs.audit import acting_as
from hrdocs.history import Change, History, Line, Values, shown_keys
from hrdocs.models import Part, Record, StaleVersion, reviewed_model
from hrdocs.models.record import Guarded
from hrdocs.transitions import OPEN


@dataclass
class Plan:
    """What will be as it was, and what can't be, in words."""

    record: Record
    rows: list[tuple[Line, Values | None, Values | None]] = field(default_factory=list)  # now, then
    kept: list[str] = field(default_factory=list)


def plan(history: History, number: int) -> Plan:
    """Compare today with the record after an act, leaving out what only review or the database may change."""
    made = Plan(history.record)
    for change in history.between(len(history.acts), number):
        now, then, table = change.before, change.after, change.line.table
        if now and then and isinstance(history.record, table):
            then = _in_its_team(then, now)
        if now == then or (now and then and all(now[f.attname] == then[f.attname] for f in restorable(table))):
            continue
        if _only_added(table):
            made.kept.append(_("Rows of “%s” are only ever added.") % table._meta.verbose_name)
        elif issubclass(table, Part) and not _belongs_to(history.record, table):
            made.kept.append(_("“%s” belongs to a part, and stays.") % table._meta.verbose_name)
        else:
            then = _as_seen(Change(change.line, now, then), history.user)
            if then != now:
                made.rows.append((change.line, now, then))
    made.kept = list(dict.fromkeys(made.kept))
    return made


def restore(record: Record, number: int, *, by: Any, reason: str, seen_version: int, seen_acts: int) -> None:
    """Make the record what it was after act `number`, as one new change by this person.

    Raises StaleVersion where anything was changed since she looked, ValidationError where the old values break a
    rule of today; then nothing is written.
    """
    with transaction.atomic(), acting_as(by, reason):
        stored = reviewed_model(record)._base_manager.select_for_update().get(pk=record.pk)
        record = type(record)._base_manager.get(pk=record.pk)
        history = History(record, by)
        if stored.version != seen_version or len(history.acts) != seen_acts:
            raise StaleVersion(_("%s was changed after you opened this page. Nothing was restored.") % record.uid)
        if record.state not in OPEN:
            raise ValidationError(_("%s is closed. Return or reopen it first.") % record.uid)
        rows = plan(history, number).rows
        if not rows:
            raise ValidationError(_("Nothing of %s would change.") % record.uid)
        write(record, rows, by, seen_version)


def write(record: Record, rows: list[tuple[Line, Values | None, Values | None]], by: Any, seen_version: int) -> None:
    """Write rows (which, as now, as they are to be) of a record and its parts, as content of `by`, by the models' rules."""
    parts = [row for row in rows if issubclass(row[0].table, Part)]
    for line, _now, then in parts:  # first what goes, so that it is in the way of nothing
        if then is None:
            _delete(line)
    for line, _now, then in rows:
        if isinstance(record, line.table) and then:
            _take_over(record, line.table, then)
    record.full_clean()
    record.save_by(by, seen_version=seen_version)
    for line, _now, then in rows:
        if not isinstance(record, line.table) and line not in [part[0] for part in parts]:
            _link(line, then)
    for line, now, then in parts:
        if then is not None:
            row = line.table._base_manager.get(pk=line.pk) if now else line.table()
            _take_over(row, line.table, then)
            row.full_clean()
            row.save()


def _delete(line: Line) -> None:
    try:
        line.table._base_manager.get(pk=line.pk).delete()
    except ProtectedError:
        what = line.table._meta.verbose_name
        raise ValidationError(_("A later “%s” can't be removed, since something else rests on it.") % what) from None


def _link(line: Line, then: Values | None) -> None:
    """Set or take away one many-to-many link."""
    through = line.table._meta.concrete_model
    ends = {f.attname: line.events[-1][f.attname] for f in through._meta.concrete_fields if f.related_model}
    rows = through._base_manager.filter(**ends)
    if then is None:
        rows.delete()
    elif not rows.exists():
        through._base_manager.create(**ends)


def _take_over(row: models.Model, table: type[models.Model], then: Values) -> None:
    for f in restorable(table):
        value = then[f.attname]
        if f.name == "sensitivity" and row.pk:
            value = max(row.sensitivity, value, key=lambda level: Sensitivity(level).rank)
        setattr(row, f.attname, value)


def restorable(table: type[models.Model]) -> list[models.Field]:
    """The fields that a form may change. A record's level is left to review."""
    mine = [f for f in table._meta.local_concrete_fields if not f.generated and not f.primary_key]
    if not issubclass(table, Guarded):
        return mine
    return [f for f in mine if f.editable and not (f.name == "sensitivity" and issubclass(table, Record))]


def _in_its_team(then: Values, now: Values) -> Values:
    """An older version in the team of today: a team opens what is restricted, so it is set on purpose alone."""
    return {name: now[name] if name == "team_id" else value for name, value in then.items()}


def _as_seen(change: Change, user: Any) -> Values | None:
    """The old row as this person sees it: a link to what is hidden from her, or gone, counts as none, then and now. Where
    she sees no difference, the link of today stays."""
    now, then, table = change.before, change.after, change.line.table
    if now is None or then is None:
        return then
    then = dict(then)
    for link in (f for f in restorable(table) if isinstance(f, models.ForeignKey)):
        held = {now[link.attname], then[link.attname]} - {None}
        shown = shown_keys(link.related_model, held, user)
        before, after = (row[link.attname] if row[link.attname] in shown else None for row in (now, then))
        then[link.attname] = now[link.attname] if before == after or not (after or link.null) else after
    return now if all(now[f.attname] == then[f.attname] for f in restorable(table)) else then


def _only_added(table: type[models.Model]) -> bool:
    return any(trigger.name == "is_never_deleted" for trigger in getattr(table._meta, "triggers", ()))


def _belongs_to(record: Record, table: type[Part]) -> bool:
    return isinstance(record, table._meta.get_field(table.hangs_on[0]).related_model)
