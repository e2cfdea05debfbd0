"""The history of one record as a person reads it: each change with its fields before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from hrdocs.audit import history_of
from hrdocs.models import Record, User

_NOISE = {"version", "created_at", "edited_at", "edited_by"}


@dataclass(frozen=True)
class Change:
    """One change: what kind, when, by whom, why, and (field, before, after) of each field that changed."""

    label: str
    at: Any
    by: str
    reason: str
    fields: list[tuple[str, str, str]]


def changes(record: Record, user: Any) -> list[Change]:
    """All changes of a record, newest first; a statement's two tables are told as one."""
    tables = [record._meta.model, *record._meta.get_parent_list()]
    rows = [change for table in tables for change in _of_table(table, record.pk, user)]
    return sorted((change for change in rows if change.fields), key=lambda change: change.at, reverse=True)


def _of_table(table: type[models.Model], pk: int, user: Any) -> list[Change]:
    people = {user.pk: str(user) for user in User.objects.all()}
    told, before = [], None
    for event in history_of(table, pk):
        context = event.pgh_context.metadata if event.pgh_context else {}
        told.append(
            Change(event.pgh_label, event.pgh_created_at, people.get(context.get("user"), ""), context.get("reason", ""),
                   _compared(table, before, event, user))
        )  # fmt: skip
        before = event
    return told


def _compared(table: type[models.Model], before: Any, after: Any, user: Any) -> list[tuple[str, str, str]]:
    found = []
    unrecorded = (*_NOISE, *getattr(table, "not_in_history", ()))
    for field in table._meta.local_concrete_fields:
        if (
            field.name in unrecorded
            or field.generated
            or field.primary_key
            or field.name.endswith(("_earliest", "_latest", "_precision"))
        ):
            continue
        old, new = (_shown(event, field, user) for event in (before, after))
        if old != new:
            found.append((str(field.verbose_name), old, new))
    return found


def _shown(event: Any, field: models.Field, user: Any) -> str:
    if event is None:
        return ""
    value = getattr(event, field.attname)
    if value in (None, "", []):
        return ""
    if isinstance(field, models.ForeignKey):
        manager = field.related_model._default_manager
        linked = (manager.visible_to(user) if hasattr(manager, "visible_to") else manager).filter(pk=value).first()
        if linked is None:
            return "–"  # there is one; which, is not for this reader
        return getattr(linked, "uid", "") or str(linked)
    listed = field.base_field if isinstance(field, ArrayField) else field
    labels = dict(listed.flatchoices)
    return ", ".join(str(labels.get(item, item)) for item in (value if isinstance(value, list) else [value]))
