"""How many of the filtered rows hold each value of a column, counted over what the reader may see and nothing else."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Func, Model, QuerySet, TextField

from hrdocs.shapes import Column, Nested, Reader, Shape, field_at

MOST = 10  # facets of one request
LONGEST = 100  # values of one facet, the most frequent first
FEWEST = 5  # people behind a number that is told outside, where the value itself may give one away

# Of these a small number may be a person, so readers outside are told no number under five, nor the one by which it
# could be worked out.
PROTECTED = frozenset({"sex", "age", "age_band", "community", "health", "who_sex", "who_age", "who_community", "who_health"})


def countable(shape: Shape, reader: Reader) -> dict[str, Column]:
    """The columns of a shape with few values: closed lists, terms, lists of either, yes or no."""
    return {column.name: column for column in shape.seen_by(reader) if _has_few_values(column, shape.model)}


def counted(column: Column, rows: QuerySet, shape: Shape, reader: Reader) -> list[dict[str, Any]]:
    """The values of a column with the number of rows that hold each; in a list each value counts. Empty is “not stated”."""
    value = column.compute(shape.model, reader)
    if column.kinds(shape.model) == ["codes"]:
        value = Func(value, function="unnest", output_field=TextField(), set_returning=True)
    once = shape.model._default_manager.filter(pk__in=rows.order_by().values("pk"))
    found = once.annotate(facet=value).values("facet").annotate(rows=Count("pk")).order_by("-rows", "facet")
    cells = [{"value": row["facet"], "count": row["rows"]} for row in found if row["facet"] not in ("", None)][:LONGEST]
    return cells if reader.inside or column.name not in PROTECTED else _without_small(cells)


def _has_few_values(column: Column, model: type[Model]) -> bool:
    if isinstance(column, Nested):
        return False
    if column.kinds(model) in (["codes"], ["boolean"]):
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
