"""Shapes: what leaves the house of each kind of record, declared once.

A shape is a list of columns, each with the expression that the database computes for it, what it means, and the
clearance that it needs. The API's lists and details, every export format, the OpenAPI document and the data
dictionary all read this one declaration. What a reader may not see is not asked of the database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Concat

from hrdocs.access import Sensitivity, clearance

Expression = Any  # a path of the model, a Django expression, or a function of the reader that gives one
Values = tuple[tuple[str, Expression], ...]
Model = type[models.Model]


@dataclass(frozen=True)
class Reader:
    """Who asks, and the address under which the answer's links should stand."""

    user: Any
    base_url: str = ""

    @property
    def clearance(self) -> Sensitivity:
        return clearance(self.user)

    @property
    def inside(self) -> bool:
        """Whether the reader works on the records, and so sees dates and places as they are."""
        return self.clearance == Sensitivity.INTERNAL


def resolved(given: Expression, reader: Reader) -> Any:
    """The Django expression behind a path, an expression, or a function of the reader."""
    if callable(given) and not hasattr(given, "resolve_expression"):
        given = given(reader)
    return F(given) if isinstance(given, str) else given


@dataclass(frozen=True)
class Column:
    """One value of a record, under the name by which it leaves."""

    name: str
    expression: Expression = ""
    help: str = ""
    guard: Sensitivity = Sensitivity.PUBLIC
    type: str = ""  # text, number, integer, boolean, date, datetime, codes; read off the model's field where empty

    def compute(self, model: Model, reader: Reader) -> Any:
        return resolved(self.expression or self.name, reader)

    def printed(self, value: Any) -> Any:
        """The value as JSON prints it."""
        return value

    def cells(self) -> list[str]:
        """The names of its cells in flat formats."""
        return [self.name]

    def flat(self, value: Any) -> list[Any]:
        """Its cells in flat formats."""
        return ["; ".join(map(str, value)) if isinstance(value, list) else value]


@dataclass(frozen=True)
class Codes(Column):
    """The codes of the terms that a many-to-many field names, in alphabetical order."""

    def compute(self, model: Model, reader: Reader) -> Any:
        named = model._meta.get_field(self.name)
        links = named.remote_field.through._base_manager.filter(**{named.m2m_field_name(): OuterRef("pk")})
        return ArraySubquery(links.order_by("term__code").values_list("term__code"))


@dataclass(frozen=True)
class Nested(Column):
    """A JSON object that an expression of `values` builds: what the record is about, its point …

    `to` is the model whose fields the values are, where it is another one's.
    """

    values: Values = ()
    to: Model | None = None

    def compute(self, model: Model, reader: Reader) -> Any:
        return Cast(resolved(self.expression or json_object(self.values, reader), reader), TextField())

    def printed(self, value: Any) -> Any:
        return None if value is None else orjson.Fragment(value)

    def cells(self) -> list[str]:
        return [f"{self.name}.{name}" for name, _ in self.values]

    def flat(self, value: Any) -> list[Any]:
        found = orjson.loads(value) if value else {}
        return [found.get(name) for name, _ in self.values]


@dataclass(frozen=True)
class Link(Nested):
    """One linked record with a few values of its own, shown where the reader may see that record too."""

    where: Callable[[Reader], Q] | None = None

    def compute(self, model: Model, reader: Reader) -> Any:
        shown = self.to._default_manager.visible_to(reader.user).filter(pk=OuterRef(self.expression or self.name))
        linked = Subquery(shown.values_list(Cast(json_object(self.values, reader), TextField()))[:1])
        if self.where is None:
            return linked
        return Case(When(self.where(reader), then=linked), default=None, output_field=TextField())


@dataclass(frozen=True)
class Many(Nested):
    """Any number of linked rows, those that the reader may see; in flat formats one text of each, joined by "; "."""

    rows: Callable[[Reader], QuerySet] | None = None
    text: str = "{uid}"

    def compute(self, model: Model, reader: Reader) -> Any:
        return ArraySubquery(self.rows(reader).values_list(Cast(json_object(self.values, reader), TextField())))

    def printed(self, value: Any) -> Any:
        return [orjson.Fragment(row) for row in value]

    def cells(self) -> list[str]:
        return [self.name]

    def flat(self, value: Any) -> list[Any]:
        rows = ({name: "" if part is None else part for name, part in orjson.loads(row).items()} for row in value)
        return ["; ".join(self.text.format(**row) for row in rows)]


@dataclass(frozen=True, eq=False)
class Shape:
    """The columns of one kind of record, its point on the map, and the address under which it stands."""

    model: Model
    path: str
    columns: tuple[Column, ...]
    point: Callable[[Reader], tuple[Any, Any]] | None = None

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def seen_by(self, reader: Reader) -> tuple[Column, ...]:
        """The columns that the reader is cleared for."""
        return tuple(column for column in self.columns if reader.clearance.rank >= column.guard.rank)

    def select(self, queryset: QuerySet, reader: Reader, *extra: Any) -> QuerySet:
        """The queryset as tuples: a value for each column that the reader sees, then the extra ones."""
        return queryset.values_list(*(column.compute(self.model, reader) for column in self.seen_by(reader)), *extra)

    def row(self, values: Sequence[Any], reader: Reader) -> dict[str, Any]:
        """One tuple of `select` as JSON prints it."""
        return {c.name: c.printed(value) for c, value in zip(self.seen_by(reader), values, strict=False)}

    def header(self, reader: Reader) -> list[str]:
        """The column names of flat formats."""
        return [cell for column in self.seen_by(reader) for cell in column.cells()]

    def flat(self, values: Sequence[Any], reader: Reader) -> list[Any]:
        """One tuple of `select` as the cells of flat formats."""
        return [cell for c, value in zip(self.seen_by(reader), values, strict=False) for cell in c.flat(value)]

    def located(self, reader: Reader) -> tuple[Any, Any]:
        """Expressions of longitude and latitude, as far as the reader may know them."""
        nowhere = Value(None, models.DecimalField())
        longitude, latitude = self.point(reader) if self.point else (nowhere, nowhere)
        return resolved(longitude, reader), resolved(latitude, reader)


class JsonObject(Func):
    """`json_build_object`, which keeps the order of its keys, where Django's JSONObject has it sorted by length."""

    function = "json_build_object"
    output_field = models.JSONField()


def json_object(values: Values, reader: Reader) -> JsonObject:
    """A JSON object of (name, expression) pairs."""
    return JsonObject(*(part for name, given in values for part in (Value(name), resolved(given, reader))))


def json_array(rows: QuerySet, values: Values, reader: Reader) -> Func:
    """A JSON array inside a JSON object: one object for each of these rows."""
    listed = ArraySubquery(rows.values_list(json_object(values, reader)))
    return Func(listed, function="array_to_json", output_field=models.JSONField())


def address(path: str, uid: str = "uid") -> Callable[[Reader], Any]:
    """The URL of a record of the endpoint `path`, absolute where the reader's base is known."""

    def url(reader: Reader) -> Any:
        return Concat(Value(f"{reader.base_url}/api/v1/{path}/"), F(uid), Value("/"), output_field=TextField())

    return url


def value_of(to: Model, link: str, value: Expression) -> Callable[[Reader], Subquery]:
    """One value of the record that a link leads to, where the reader may see that record too."""

    def found(reader: Reader) -> Subquery:
        shown = to._default_manager.visible_to(reader.user).filter(pk=OuterRef(link))
        return Subquery(shown.values_list(resolved(value, reader))[:1])

    return found


def plain(*names: str, guard: Sensitivity = Sensitivity.PUBLIC) -> tuple[Column, ...]:
    """Columns that are fields of the model, under their own names."""
    return tuple(Column(name, guard=guard) for name in names)


def dated(*names: str) -> tuple[Column, ...]:
    """EDTF fields, each with its derived bounds and precision."""
    return tuple(Column(name + part) for name in names for part in ("", "_earliest", "_latest", "_precision"))


def coded(*names: str) -> tuple[Column, ...]:
    """Links to one term each, as the term's code."""
    return tuple(Column(name, f"{name}__code", type="text") for name in names)


def record(path: str) -> tuple[Column, ...]:
    """The columns that every record begins with; who works on it is for those who work here."""
    inside = Sensitivity.INTERNAL
    return (
        Column("uid"),
        Column("url", address(path), "Where this record stands in the API.", type="text"),
        Column("state"),
        Column("sensitivity"),
        Column("edited_at"),
        Column("version", guard=inside),
        Column("team", "team__name", guard=inside, type="text"),
        Column("created_by", "created_by__username", guard=inside, type="text"),
        Column("created_at", guard=inside),
        Column("edited_by", "edited_by__username", guard=inside, type="text"),
    )
