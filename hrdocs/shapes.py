"""Shapes: what leaves the house of each kind of record, declared once.

A shape is a list of columns, each with the expression that the database computes for it, what it means, and the
clearance that it needs. The API's lists and details, every export format, the OpenAPI document and the data
dictionary all read this one declaration. What a reader may not see is not asked of the database.

A value is computed once, by a compiled query. How it stands in JSON and in the cells of flat formats is said in SQL
over that query (`as_value`, `as_cells`), so that files of any size are put together by the database itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

import orjson
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Concat

from hrdocs.access import Sensitivity
from hrdocs.expressions import (
    Expression,
    Model,
    Reader,
    Values,
    field_at,
    json_object,
    picked,
    resolved,
    type_of,
)


def help_of(model: type[models.Model], column: Column) -> str:
    """What a column means: its own words, or the help of the model's field."""
    if column.help:
        return column.help
    try:
        return str(model._meta.get_field(column.name).help_text)
    except FieldDoesNotExist:
        return ""


@dataclass(frozen=True)
class Column:
    """One value of a record, under the name by which it leaves."""

    name: str
    expression: Expression = ""
    help: str = ""
    guard: Sensitivity = Sensitivity.PUBLIC
    type: str = ""  # text, number, integer, boolean, date, datetime, codes; read off the model's field where empty
    few: bool = False  # whether its values are few, so that rows can be counted by them, where its field does not tell
    of: tuple[Model, str] | None = None  # the field whose codes it shows, where it is computed
    kept: bool = True  # whether it can be told of the past; not where the program works it out and keeps no history of it

    def compute(self, model: Model, reader: Reader) -> Any:
        return resolved(self.expression or self.name, reader)

    def within(self, model: Model, reader: Reader) -> Any:
        """The expression of its value inside a JSON object."""
        return self.compute(model, reader)

    def leads_to(self, reader: Reader) -> Model | None:
        """The kind of record that it shows a few values of, where it is a link."""
        return None

    def only(self, parts: Sequence[str]) -> Column:
        """The same column with some of its parts alone. Raises KeyError with the name of one that it has not."""
        raise KeyError(parts[0])

    def printed(self, value: Any) -> Any:
        """The value as JSON prints it."""
        return value

    def as_value(self, at: str) -> str:
        """The SQL of its JSON value, where `at` holds what was computed."""
        return f"public.hrdocs_value({at})"

    def cells(self) -> list[str]:
        """The names of its cells in flat formats."""
        return [self.name]

    def kinds(self, model: Model) -> list[str]:
        """The type of each of its cells."""
        field = None if self.type else field_at(model, self.expression or self.name)
        return ["codes" if isinstance(field, ArrayField) else self.type or type_of(field)]

    def as_cells(self, at: str) -> list[str]:
        """The SQL of its cells in flat formats, each of the type that it has, where `at` holds what was computed."""
        return [at]


@dataclass(frozen=True)
class Codes(Column):
    """The codes of the terms that a many-to-many field names, in alphabetical order."""

    def compute(self, model: Model, reader: Reader) -> Any:
        named = model._meta.get_field(self.name)
        links = named.remote_field.through._base_manager.filter(**{named.m2m_field_name(): OuterRef("pk")})
        return ArraySubquery(links.order_by("term__code").values_list("term__code"))

    def kinds(self, model: Model) -> list[str]:
        return ["codes"]


@dataclass(frozen=True)
class Nested(Column):
    """A JSON object that an expression of `values` builds: what the record is about, its point …

    `to` is the model whose fields the values are, where it is another one's.
    """

    values: Values = ()
    to: Model | None = None

    def compute(self, model: Model, reader: Reader) -> Any:
        return Cast(resolved(self.expression or json_object(self.values, reader), reader), TextField())

    def within(self, model: Model, reader: Reader) -> Any:
        return Func(self.compute(model, reader), template="(%(expressions)s)::json", output_field=models.JSONField())

    def only(self, parts: Sequence[str]) -> Column:
        known = dict(self.values)
        values = tuple((part, known[part]) for part in parts)
        if type(self) is not Nested or not self.expression:
            return replace(self, values=values)
        return replace(self, values=values, expression=lambda reader: picked(resolved(self.expression, reader), parts, reader))

    def printed(self, value: Any) -> Any:
        return None if value is None else orjson.Fragment(value)

    def as_value(self, at: str) -> str:
        return f"{at}::json"

    def cells(self) -> list[str]:
        return [f"{self.name}.{name}" for name, _ in self.values]

    def kinds(self, model: Model) -> list[str]:
        """Numbers and truths stay what they are inside a JSON object; days are text there."""
        types = [
            type_of(field_at(self.to or model, path)) if isinstance(path, str) and path else "text" for _, path in self.values
        ]
        return [kind if kind in ("number", "integer", "boolean") else "text" for kind in types]

    def as_cells(self, at: str) -> list[str]:
        return [f"public.hrdocs_scalar({at}::json -> '{name}')" for name, _ in self.values]


@dataclass(frozen=True)
class Link(Nested):
    """One linked record with a few values of its own, shown where the reader may see that record too."""

    where: Callable[[Reader], Q] | None = None

    def leads_to(self, reader: Reader) -> Model | None:
        return self.to

    def compute(self, model: Model, reader: Reader) -> Any:
        shown = self.to._default_manager.visible_to(reader.user).filter(pk=OuterRef(self.expression or self.name))
        linked = Subquery(shown.values_list(Cast(json_object(self.values, reader), TextField()))[:1])
        if self.where is None:
            return linked
        return Case(When(self.where(reader), then=linked), default=None, output_field=TextField())

    def as_cells(self, at: str) -> list[str]:
        """What is text in the database is taken as text: to ask each value what it is takes four times as long."""
        cells = zip(self.values, super().as_cells(at), strict=True)
        return [f"{at}::json ->> '{name}'" if self._is_text(path) else cell for (name, path), cell in cells]

    def _is_text(self, path: Expression) -> bool:
        return bool(path) and isinstance(field_at(self.to, path), models.CharField | models.TextField)


@dataclass(frozen=True)
class Many(Nested):
    """Any number of linked rows, those that the reader may see; in flat formats one text of each, joined by "; "."""

    rows: Callable[[Reader], QuerySet] | None = None
    text: str = "{uid}"

    def leads_to(self, reader: Reader) -> Model | None:
        return self.rows(reader).model

    def compute(self, model: Model, reader: Reader) -> Any:
        return ArraySubquery(self.rows(reader).values_list(Cast(json_object(self.values, reader), TextField())))

    def only(self, parts: Sequence[str]) -> Column:
        return replace(super().only(parts), text=" ".join(f"{{{part}}}" for part in parts))

    def within(self, model: Model, reader: Reader) -> Any:
        return Func(self.compute(model, reader), template="to_json((%(expressions)s)::json[])", output_field=models.JSONField())

    def printed(self, value: Any) -> Any:
        return [orjson.Fragment(row) for row in value]

    def as_value(self, at: str) -> str:
        return f"to_json({at}::json[])"

    def cells(self) -> list[str]:
        return [self.name]

    def kinds(self, model: Model) -> list[str]:
        return ["text"]

    def as_cells(self, at: str) -> list[str]:
        said = []
        for literal, name, _, _ in Formatter().parse(self.text):
            said += [f"'{literal}'"] if literal else []
            said += [f"public.hrdocs_words(part::json -> '{name}')"] if name else []
        listed = f"unnest({at}) WITH ORDINALITY AS parts (part, place)"
        return [f"(SELECT string_agg(concat({', '.join(said)}), '; ' ORDER BY place) FROM {listed})"]


@dataclass(frozen=True, eq=False)
class Shape:
    """The columns of one kind of record, its point on the map, and the address under which it stands."""

    model: Model
    path: str
    columns: tuple[Column, ...]
    point: Callable[[Reader], tuple[Any, Any]] | None = None
    identity: Expression = "uid"
    facets: tuple[Column, ...] = ()  # what its rows are counted by besides its columns
    lead: tuple[str, ...] = ()  # the columns by which a page lists its records, what they go by first
    licence: str = ""  # where the licence of the words that it repeats stands, for what is not ours alone

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    def kept(self) -> Shape:
        """The shape with those columns alone that can be told of the past."""
        return replace(self, columns=tuple(column for column in self.columns if column.kept))

    def seen_by(self, reader: Reader) -> tuple[Column, ...]:
        """The columns that the reader is cleared for."""
        return tuple(column for column in self.columns if reader.clearance.rank >= column.guard.rank)

    def chosen(self, fields: Sequence[str], reader: Reader) -> Shape:
        """The shape with these columns alone, in this order; `source.uid` is a part of one. Raises KeyError with the name
        of one that the reader is not shown, or that is not there."""
        known = {column.name: column for column in self.seen_by(reader)}
        parts: dict[str, list[str]] = {}
        for field in fields:
            name, _, part = field.partition(".")
            if name not in known:
                raise KeyError(field)
            parts.setdefault(name, []).append(part)
        return replace(self, columns=tuple(_part_of(known[name], asked) for name, asked in parts.items()))

    def expanded(self, name: str, by: Shape, reader: Reader) -> Shape:
        """The shape with all columns of the records that one of its columns links to, where it showed a few values."""

        def whole(column: Column) -> Column:
            values = tuple((c.name, lambda reader, c=c: c.within(by.model, reader)) for c in by.seen_by(reader))
            return replace(column, values=values) if column.name == name else column

        return replace(self, columns=tuple(map(whole, self.columns)))

    def select(self, queryset: QuerySet, reader: Reader, *extra: Any) -> QuerySet:
        """The queryset as tuples: a value for each column that the reader sees, then the extra ones."""
        return queryset.values_list(*(column.compute(self.model, reader) for column in self.seen_by(reader)), *extra)

    def printed(self, found: Iterable[Sequence[Any]], reader: Reader) -> list[dict[str, Any]]:
        """The tuples of `select` as JSON prints them."""
        columns = self.seen_by(reader)
        return [{c.name: c.printed(value) for c, value in zip(columns, values, strict=False)} for values in found]

    def header(self, reader: Reader) -> list[str]:
        """The column names of flat formats."""
        return [cell for column in self.seen_by(reader) for cell in column.cells()]

    def located(self, reader: Reader) -> tuple[Any, Any]:
        """Expressions of longitude and latitude, as far as the reader may know them."""
        nowhere = Value(None, models.DecimalField())
        longitude, latitude = self.point(reader) if self.point else (nowhere, nowhere)
        return resolved(longitude, reader), resolved(latitude, reader)


def _part_of(column: Column, asked: Sequence[str]) -> Column:
    """The column with what was asked of it; "" asks for the whole."""
    parts = [part for part in asked if part]
    try:
        narrowed = column.only(parts) if parts else column
    except KeyError as error:
        raise KeyError(f"{column.name}.{error.args[0]}") from None
    return column if "" in asked else narrowed


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
