"""Where the words of a record stand by which somebody can be found: in its rows, their history, and work on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models

from hrdocs.dates import EdtfField
from hrdocs.models import Erasure, Merge, Name, Part, Record, on
from hrdocs.words_gone import Needles, is_gone

DERIVED = ("_earliest", "_latest", "_precision")


@dataclass(frozen=True)
class Place:
    """One field of one row of a record: where something stands, or stood, by which a person can be found."""

    label: str  # cases.victimname
    pk: int
    field: str
    value: str = ""  # as it stands now, for a person to look at; kept nowhere

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.label)

    @property
    def linked(self) -> tuple[type[models.Model] | None, Any]:
        """The kind and key of what the field leads to, where it is a link."""
        field = self.model._meta.get_field(self.field)
        return field.related_model, self.model._base_manager.filter(pk=self.pk).values_list(field.attname, flat=True).first()

    @property
    def key(self) -> str:
        return f"{self.label}:{self.pk}:{self.field}"


def places_of(record: Record) -> list[Place]:
    """All that can be erased of a record and of what belongs to it, also of rows that are gone, where there is something."""
    found = []
    for table, pk in all_rows(record, list(work_on(record))):
        row = table._base_manager.filter(pk=pk).first()
        for name in _identifying(table):
            if not all(map(is_gone, ever(table, pk, name))):
                found.append(Place(table._meta.label_lower, pk, name, _shown(table._meta.get_field(name), row)))
    return found


def rows_of(record: Record) -> Iterator[tuple[type[models.Model], int]]:
    """The record's own rows, those of records that were merged into it, and all rows that belong or ever belonged to it."""
    keys = [record.pk]
    for key in keys:  # which grows while it is walked: a record that was merged may have taken in others
        keys += Merge.objects.filter(**{**on(record), "object_id": key}, undone_at=None).values_list("gone_id", flat=True)
    tables = [(table, keys) for table in (type(record), *record._meta.get_parent_list())]
    while tables:
        owner, keys = tables.pop(0)
        yield from ((owner, key) for key in keys)
        for table, link in _belonging_to(owner):
            events = apps.get_model(f"{table._meta.label}Event")
            ever = {*table._base_manager.filter(**{f"{link}__in": keys}).values_list("pk", flat=True),
                    *events.objects.filter(**{f"{link}__in": keys}).values_list("pgh_obj_id", flat=True)}  # fmt: skip
            tables.append((table, sorted(ever)))


def _identifying(table: type[models.Model]) -> list[str]:
    """The fields of this very table that can be erased."""
    own = {field.name for field in table._meta.local_concrete_fields}
    return [name for name in getattr(table, "identifying", ()) if name in own]


def _belonging_to(owner: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    for table in apps.get_models():
        part = issubclass(table, Part) and not table._meta.proxy and bool(table.hangs_on)
        link = table.hangs_on[0] if part else getattr(table, "belongs_to", "")
        if link and table._meta.get_field(link).related_model is owner:
            yield table, link


def work_on(record: Record) -> Iterator[models.Model]:
    """Comments, proposals, decisions, imported rows and the like: whatever names a row of the record by kind and key."""
    keys = defaultdict(set)
    for table, pk in rows_of(record):
        keys[ContentType.objects.get_for_model(table).pk].add(pk)
    for table in apps.get_models():
        names = {field.name for field in table._meta.concrete_fields}
        if {"content_type", "object_id"} <= names and table is not Erasure and not hasattr(table, "pgh_tracked_model"):
            for kind, pks in keys.items():
                yield from table._base_manager.filter(content_type=kind, object_id__in=pks)


def all_rows(record: Record, work: list[models.Model]) -> Iterator[tuple[type[models.Model], int]]:
    yield from rows_of(record)
    yield from ((type(row), row.pk) for row in work)


def needles_of(places: list[Place], work: list[models.Model]) -> Needles:
    """Every text that stands or ever stood at these places, also as somebody proposed it."""
    texts, names = [], []
    for place in places:
        field = place.model._meta.get_field(place.field)
        if is_free_text(field):
            found = [*map(str, ever(place.model, place.pk, place.field)), *_proposed(place, work)]
            (names if issubclass(place.model, Name) else texts).extend(found)
    return Needles(texts, names)


def _proposed(place: Place, work: list[models.Model]) -> Iterator[str]:
    for row in work:
        for side in ("before", "after"):
            for key, held in (getattr(row, side, None) or {}).items():
                if key in (f"{place.label}:{place.pk}", *(f"{place.label}:+{n}" for n in range(1, 100))):
                    yield str(held.get(place.field) or "")


def events_of(table: type[models.Model], pk: int) -> models.QuerySet:
    """The history of one row; none where none is kept."""
    try:
        return apps.get_model(f"{table._meta.label}Event").objects.filter(pgh_obj_id=pk)
    except LookupError:
        return apps.get_model("hrdocs.ErasureEvent").objects.none()


def ever(table: type[models.Model], pk: int, name: str) -> list[Any]:
    """What the field of a row holds, and what it held in each row of its history."""
    name = table._meta.get_field(name).attname
    events = events_of(table, pk)
    told = name in {field.attname for field in events.model._meta.concrete_fields}
    return [
        *table._base_manager.filter(pk=pk).values_list(name, flat=True),
        *(events.values_list(name, flat=True) if told else ()),
    ]


def is_free_text(field: models.Field) -> bool:
    text = isinstance(field, models.CharField | models.TextField) and not isinstance(field, EdtfField)
    return text and not field.choices and not field.name.endswith(DERIVED)


def _shown(field: models.Field, row: models.Model | None) -> str:
    """What stands there now, to look at before it goes."""
    if row is None or isinstance(field, models.BinaryField):
        return "–"
    return str(getattr(row, field.name) or "–")
