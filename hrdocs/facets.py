"""How many of the filtered rows hold each value of a column, counted over what the reader may see and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import DateField, Func, Model, QuerySet, TextField
from django.db.models.functions import Cast

from hrdocs.shapes import Column, Nested, Reader, Shape, field_at

MOST = 10  # facets of one request
LONGEST = 100  # values of one facet, the most frequent first
FEWEST = 5  # people behind a number that is told outside, where the value itself may give one away

# Of these a small number may be a person, so readers outside are told no number under five, nor the one by which it
# could be worked out.
PROTECTED = frozenset({"sex", "age", "age_band", "community", "health", "who_sex", "who_age", "who_community", "who_health"})


@dataclass(frozen=True)
class Facet(Column):
    """What rows are counted by though it is no column of theirs: the years that a date touches, the publishers of a source.

    `asked` are the filters that ask for it; `to` is the model whose uids the values are.
    """

    type: str = "codes"
    asked: tuple[str, ...] = ()
    to: type[Model] | None = None


class Years(Func):
    """The years from a first to a last day. Of a date with an open end the year of the end that is known."""

    function = "public.hrdocs_years"
    output_field = ArrayField(TextField())

    def __init__(self, earliest: Any, latest: Any, **options: Any) -> None:
        super().__init__(Cast(earliest, DateField()), Cast(latest, DateField()), **options)


YEARS_SQL = """
CREATE FUNCTION public.hrdocs_years(earliest date, latest date) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $years$
    SELECT ARRAY(SELECT generate_series(
        extract(year FROM coalesce(earliest, latest))::integer, extract(year FROM coalesce(latest, earliest))::integer)::text)
$years$;
"""


def values_of(rows: Callable[[Reader], QuerySet], value: Any) -> Callable[[Reader], ArraySubquery]:
    """Each value once that linked rows hold, those rows that the reader may see."""
    return lambda reader: ArraySubquery(rows(reader).order_by().values_list(value).distinct())


def countable(shape: Shape, reader: Reader) -> dict[str, Column]:
    """What the rows of a shape are counted by: columns with few values (closed lists, terms, lists of either, yes or no), and
    the facets that it names."""
    columns = (column for column in shape.seen_by(reader) if _has_few_values(column, shape.model))
    return {column.name: column for column in (*columns, *shape.facets)}


def asks_for(column: Column) -> tuple[str, ...]:
    """The filters that ask for the values of a column. What is counted does not heed them: beside the values that somebody
    chose stand those that she could choose instead."""
    return getattr(column, "asked", ()) or (column.name,)


def counted(column: Column, rows: QuerySet, shape: Shape, reader: Reader) -> list[dict[str, Any]]:
    """The values of a column with the number of rows that hold each; in a list each value counts. Empty is “not stated”."""
    value = column.compute(shape.model, reader)
    if column.kinds(shape.model) == ["codes"]:
        value = Func(value, function="unnest", output_field=TextField(), set_returning=True)
    found = _by_number(rows.order_by().annotate(facet=value).values("facet"))  # no filter finds a row twice
    cells = [{"value": value, "count": number} for value, number in found if value not in ("", None)][:LONGEST]
    if isinstance(column, Facet) and column.to is not None:
        cells = _named(cells, column.to, reader)
    return cells if reader.inside or column.name not in PROTECTED else _without_small(cells)


def _by_number(values: QuerySet) -> list[tuple[Any, int]]:
    """Each value with its number, the largest first. Counted around the query, and not in it: where a value is computed with
    parameters, the database would not know it again in what it groups by."""
    try:
        sql, params = values.query.sql_with_params()
    except EmptyResultSet:  # the filters exclude one another, and the database need not be asked
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT facet, count(*) FROM ({sql}) AS counted (facet) GROUP BY facet ORDER BY 2 DESC, 1", params)
        return cursor.fetchall()


def _named(cells: list[dict[str, Any]], model: type[Model], reader: Reader) -> list[dict[str, Any]]:
    shown = model._default_manager.visible_to(reader.user).filter(uid__in=[cell["value"] for cell in cells])
    names = dict(shown.values_list("uid", "name_en"))
    return [{**cell, "label": names[cell["value"]]} for cell in cells]


def _has_few_values(column: Column, model: type[Model]) -> bool:
    if isinstance(column, Nested):
        return False
    if column.few or column.kinds(model) in (["codes"], ["boolean"]):
        return True
    path = column.expression or column.name
    field = field_at(model, path) if isinstance(path, str) else None
    return bool(field is not None and field.choices) or str(path).endswith("__code")


def _without_small(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    small = [cell for cell in cells if cell["count"] < FEWEST]
    large = [cell for cell in cells if cell["count"] >= FEWEST]
    if len(small) == 1 and large:  # alone, it could be worked out from the total
        small.append(large.pop())
    hidden = [cell["value"] for cell in small]
    return [{**cell, "count": None} if cell["value"] in hidden else cell for cell in cells]
