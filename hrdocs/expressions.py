"""Expressions that columns are made of: what a path or a function of the reader means, and JSON built by the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, F, Func, QuerySet, When
from django.db.models.fields.json import KeyTransform
from django.db.models.lookups import IsNull

from hrdocs.access import Sensitivity, clearance

Expression = Any  # a path of the model, a Django expression, or a function of the reader that gives one
Values = tuple[tuple[str, Expression], ...]
Model = type[models.Model]


@dataclass(frozen=True)
class Reader:
    """Who asks, the address under which the answer's links should stand, and the language of its labels."""

    user: Any
    base_url: str = ""
    language: str = ""  # in which codes are told in words; none where they stay codes
    as_of: dt.datetime | None = None  # the past moment that she asks for
    known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)  # what was found for this answer already

    def once(self, what: Any, find: Callable[[], Any]) -> Any:
        """What is found for her; filters that are asked by several ties find it the first time alone."""
        if what not in self.known:
            self.known[what] = find()
        return self.known[what]

    @property
    def clearance(self) -> Sensitivity:
        return clearance(self.user)

    @property
    def inside(self) -> bool:
        """Whether the reader works on the records, and so sees dates and places as they are."""
        return self.clearance == Sensitivity.INTERNAL


_TYPES = (
    (models.BooleanField, "boolean"),
    (models.IntegerField, "integer"),
    (models.DecimalField, "number"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
)


def type_of(field: models.Field | None) -> str:
    """The type by which a field of a model leaves."""
    return next((name for kind, name in _TYPES if isinstance(field, kind)), "text")


def field_at(model: type[models.Model], path: Any) -> models.Field | None:
    """The field that a path of a model ends in, or None where it is no path."""
    if not isinstance(path, str):
        return None
    found: models.Field | None = None
    for step in path.split("__"):
        found = model._meta.get_field(step)
        model = found.related_model or model
    return found


def resolved(given: Expression, reader: Reader) -> Any:
    """The Django expression behind a path, an expression, or a function of the reader."""
    if callable(given) and not hasattr(given, "resolve_expression"):
        given = given(reader)
    return F(given) if isinstance(given, str) else given


class JsonObject(Func):
    """A row of named expressions as a JSON object, its keys in the order given.

    Not `json_build_object`, which takes 50 keys at most, and in a trial with four of them took 1.6 times as long.
    """

    output_field = models.JSONField()

    def __init__(self, **parts: Any) -> None:
        super().__init__(*parts.values())
        self.names = tuple(parts)

    def as_sql(self, compiler: Any, connection: Any, **given: Any) -> tuple[str, tuple[Any, ...]]:
        compiled = [compiler.compile(expression) for expression in self.source_expressions]
        values = ", ".join(f'public.hrdocs_value({sql}) AS "{name}"' for (sql, _), name in zip(compiled, self.names, strict=True))
        params = tuple(value for _, used in compiled for value in used)
        return f"(SELECT row_to_json(part) FROM (SELECT {values}) AS part)", params


def json_object(values: Values, reader: Reader) -> JsonObject:
    """A JSON object of (name, expression) pairs."""
    return JsonObject(**{name: resolved(given, reader) for name, given in values})


def picked(whole: Any, parts: Sequence[str], reader: Reader) -> Case:
    """Some parts of a JSON object; of nothing, nothing."""
    parts_of_it = json_object(tuple((part, KeyTransform(part, whole)) for part in parts), reader)
    return Case(When(IsNull(whole, False), then=parts_of_it), default=None, output_field=models.JSONField())


@dataclass(frozen=True)
class Listed:
    """A JSON array inside a JSON object: one object for each of the rows of a model that hang on the outer row."""

    model: Model
    rows: Callable[[Reader], QuerySet]
    values: Values

    def __call__(self, reader: Reader) -> Func:
        listed = ArraySubquery(self.rows(reader).values_list(json_object(self.values, reader)))
        return Func(listed, function="array_to_json", output_field=models.JSONField())
