"""All that leads to one row made to lead to another of its kind, and back again: found from the models, kept in a log.

What would stand twice afterwards is folded: one row of the two goes, the other takes over what only the first one
said, and whatever rested on the first rests on the second. Whole rows are read and written as the database has them.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import pgtrigger
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from hrdocs import rows
from hrdocs.access import Sensitivity
from hrdocs.models import Part, Record
from hrdocs.models.record import Guarded
from hrdocs.restoring import restorable
from hrdocs.rows import Row

UNIQUE_VIOLATION = "23505"
KEPT_BY_THE_DATABASE = ("audience", "locks")


class CannotMove(Exception):
    """Something stands in the way; the message says what, and what to do first."""


@dataclass
class Log:
    """What was done, in order, so that it can be taken back. Tables by their label, rows as JSON."""

    moved: list[tuple[str, str, int, int, list[int]]] = field(default_factory=list)  # table, column, from, to, keys
    folded: list[tuple[str, Row]] = field(default_factory=list)  # rows that went
    changed: list[tuple[str, int, Row, Row]] = field(default_factory=list)  # before and after, of what changed
    added: list[tuple[str, Row]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return json.loads(json.dumps(asdict(self), cls=DjangoJSONEncoder))


# ── what leads to a row ──


def links_to(kind: type[models.Model]) -> list[models.ForeignKey]:
    """Every foreign key to this kind, also those of many-to-many links; history keeps what it wrote."""
    found = [
        relation.field for relation in kind._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and not relation.many_to_many
        and not relation.related_model._meta.proxy and not hasattr(relation.related_model, "pgh_tracked_model")
    ]  # fmt: skip
    return sorted(found, key=lambda link: (link.model._meta.label, link.name))


def work_on(kind: type[models.Model]) -> list[tuple[type[models.Model], str, str]]:
    """What names records of any kind and goes along with them: the table, and its columns for kind and key."""
    return [
        (model, link.ct_field, link.fk_field)
        for model in apps.get_models()
        for link in model._meta.private_fields
        if isinstance(link, GenericForeignKey) and not model._meta.proxy
        and not hasattr(model, "pgh_tracked_model") and getattr(model, "follows_merge", True)
    ]  # fmt: skip


def leading_to(kind: type[models.Model], pk: int) -> Iterator[tuple[type[models.Model], str, models.QuerySet]]:
    """The tables with rows that lead to this one, the column of each, and the rows."""
    for link in links_to(kind):
        yield link.model, link.attname, link.model._base_manager.filter(**{link.attname: pk})
    named = {"content_type": ContentType.objects.get_for_model(kind).pk}
    for model, kind_column, column in work_on(kind):
        yield model, column, model._base_manager.filter(**{f"{kind_column}_id": named["content_type"], column: pk})


def hidden(kind: type[models.Model], pk: int, user: Any) -> bool:
    """Whether anything leads to this row that the person may not see."""
    guarded = (found for model, _column, found in leading_to(kind, pk) if issubclass(model, Guarded))
    return any(each.exclude(pk__in=each.model._default_manager.visible_to(user).values("pk")).exists() for each in guarded)


def restricted_parts(kind: type[models.Model], pk: int) -> int:
    """How many parts of a record are open by grant for this record alone: by a merge they come to belong to another."""
    parts = (found for model, column, found in leading_to(kind, pk)
             if issubclass(model, Part) and model._meta.get_field(model.hangs_on[0]).attname == column)  # fmt: skip
    return sum(found.filter(sensitivity=Sensitivity.RESTRICTED).count() for found in parts)


# ── there ──


def move(kind: type[models.Model], gone: int, kept: int, log: Log) -> None:
    """Make all that leads to `gone` lead to `kept`. A row that names both stays: it speaks of the two."""
    for model, column, found in leading_to(kind, gone):
        keys = sorted(_moving(found, kind, column, (gone, kept)).values_list("pk", flat=True))
        try:
            with transaction.atomic():
                _lead(model, column, keys, kept)
        except IntegrityError:
            _move_one_by_one(model, column, keys, (gone, kept), log)
        else:
            if keys:
                log.moved.append((model._meta.label, column, gone, kept, keys))


def _moving(found: models.QuerySet, kind: type[models.Model], column: str, ends: tuple[int, int]) -> models.QuerySet:
    if found.model is kind:
        found = found.exclude(pk__in=ends)  # their own fields are chosen one by one
    for other in {key for table, _kind, key in work_on(kind) if table is found.model} - {column}:
        found = found.exclude(**{other: ends[1]})
    return found


def _move_one_by_one(model: type[models.Model], column: str, keys: list[int], ends: tuple[int, int], log: Log) -> None:
    """Something among them can't be moved: find out what, and fold it."""
    gone, kept = ends
    for key in keys:
        try:
            with transaction.atomic():
                _lead(model, column, [key], kept)
        except IntegrityError as error:
            _fold(model._base_manager.get(pk=key), column, kept, error, log)
        else:
            log.moved.append((model._meta.label, column, gone, kept, [key]))


def _lead(model: type[models.Model], column: str, keys: list[int], to: int, **still: int) -> int:
    """What is only ever added says what it said; what it is said of has another number now."""
    added_only = [f"{model._meta.label}:{t.name}" for t in getattr(model._meta, "triggers", ()) if t.name == "stays_as_it_is"]
    with pgtrigger.ignore(*added_only) if added_only else contextlib.nullcontext():
        return model._base_manager.filter(pk__in=keys, **still).update(**{column: to})


def _fold(row: models.Model, column: str, kept: int, error: IntegrityError, log: Log) -> None:
    """Let one of two rows go that would say the same, or a part that would join the record to itself."""
    model, said = type(row), error.__cause__.diag
    twin = _twin(row, column, kept, said.constraint_name) if said.sqlstate == UNIQUE_VIOLATION else None
    joins_itself = twin is None and any(getattr(row, link.attname) == kept for link in _beside(model, column))
    if isinstance(row, Record) or not (twin or joins_itself):
        raise CannotMove(f"{_name(row)}: {_words(model, error)}") from error
    if twin is None and any(resting.exists() for _model, _column, resting in leading_to(model, row.pk)):
        raise CannotMove(_("%s joins the two, and something rests on it. Change that first.") % _name(row)) from error
    if twin is not None:
        _take_over(twin, row, log)
        move(model, row.pk, twin.pk, log)
    log.folded.append((model._meta.label, rows.picture(model, row.pk)))
    rows.take_out(model, row.pk)


def _beside(model: type[models.Model], column: str) -> list[models.Field]:
    """The other links of a table to the kind that this one leads to."""
    own = model._meta.get_field(column)
    return [f for f in model._meta.concrete_fields if f is not own and f.related_model and f.related_model is own.related_model]


def _twin(row: models.Model, column: str, kept: int, constraint: str) -> models.Model:
    """The row that says the same of the record that stays."""
    model = type(row)
    rules = {rule.name: rule.fields for rule in model._meta.constraints if isinstance(rule, models.UniqueConstraint)}
    names = rules.get(constraint) or next(iter(model._meta.unique_together))
    same = {model._meta.get_field(name).attname: getattr(row, model._meta.get_field(name).attname) for name in names}
    return model._base_manager.get(**{**same, column: kept})


def _take_over(twin: models.Model, row: models.Model, log: Log) -> None:
    """The row that stays gets the stricter level, the notes of both, and whatever only the other one said."""
    model, before = type(twin), rows.picture(type(twin), twin.pk)
    for own in restorable(model):
        mine, theirs = getattr(twin, own.attname), getattr(row, own.attname)
        if own.name == "sensitivity":
            value = max(mine, theirs, key=lambda level: Sensitivity(level).rank)
        elif isinstance(own, models.TextField):
            value = joined(mine, theirs)
        else:
            value = theirs if mine in (None, "", []) else mine
        setattr(twin, own.attname, value)
    twin.save()
    note_change(model, twin.pk, before, log)


def joined(mine: str, theirs: str) -> str:
    """Two notes as one, none of them lost and nothing said twice."""
    return mine if theirs in mine else theirs if mine in theirs else f"{mine}\n\n{theirs}"


# ── and back ──


def put_back(log: Log) -> list[str]:
    """Undo what a log tells, newest first. What was changed since stays as it is, and is named in the answer."""
    stayed = []
    for label, row in reversed(log.added):
        model = apps.get_model(label)
        if _same(rows.picture(model, row["id"]), row):
            rows.take_out(model, row["id"])
        elif rows.picture(model, row["id"]):
            stayed.append(_name(model._base_manager.get(pk=row["id"])))
    for label, pk, before, after in reversed(log.changed):
        stayed += change_back(apps.get_model(label), pk, before, after)
    for label, row in reversed(log.folded):
        rows.put_in(apps.get_model(label), row)
    for label, column, gone, kept, keys in reversed(log.moved):
        model = apps.get_model(label)
        if _lead(model, column, keys, gone, **{column: kept}) < len(keys):
            there = model._base_manager.filter(pk__in=keys).exclude(**{column: gone})
            stayed += [_name(row) for row in there]
    return stayed


def change_back(model: type[models.Model], pk: int, before: Row, after: Row) -> list[str]:
    """Give a row its old values, but for those that were changed since; their names are the answer."""
    now = rows.picture(model, pk)
    if not now:
        return []
    mine = {name: value for name, value in before.items() if now[name] == after[name]}
    rows.write(model, pk, mine)
    row = model._base_manager.get(pk=pk)
    labels = {f.column: str(f.verbose_name) for f in model._meta.local_concrete_fields}
    return [f"{_name(row)}, “{labels[name]}”" for name in before if name not in mine and before[name] != now[name]]


def note_change(model: type[models.Model], pk: int, before: Row, log: Log) -> None:
    """Keep what changed of a row since `before`, if anything did."""
    after = rows.picture(model, pk)
    changed = [name for name in rows.columns_of(model) if before[name] != after[name] and name not in KEPT_BY_THE_DATABASE]
    if changed:
        log.changed.append((model._meta.label, pk, *({name: side[name] for name in changed} for side in (before, after))))


def _same(now: Row, then: Row) -> bool:
    return {**now, **dict.fromkeys(KEPT_BY_THE_DATABASE)} == {**then, **dict.fromkeys(KEPT_BY_THE_DATABASE)}


def _name(row: models.Model) -> str:
    return getattr(row, "uid", "") or f"{row._meta.verbose_name} “{row}”"


def _words(model: type[models.Model], error: IntegrityError) -> str:
    """What a constraint or a trigger said."""
    said = error.__cause__.diag
    rule = next((rule for rule in model._meta.constraints if rule.name == said.constraint_name), None)
    return str(rule.get_violation_error_message()) if rule else str(said.message_primary)
