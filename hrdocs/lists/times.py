"""When the records of a list were: the dates that its line of time is drawn by, as they are shown, and the oldest of them."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from hrdocs.facets import asks_for
from hrdocs.shapes import Reader, Shape

_UNTIL = {"start": "end", "opened": "closed"}  # what begins with one date and ends with another


def dates_of(shape: Shape) -> tuple[str, ...]:
    """The column of the date that a record has, or those of its start and its end; empty where it has none. It is the date by
    which the list is counted by year, or else its first one."""
    names = {column.name for column in shape.columns}
    counted = next((asks_for(facet)[0] for facet in shape.facets if facet.name == "year"), None)
    first = counted or next((column.name for column in shape.columns if f"{column.name}_earliest" in names), None)
    return tuple(name for name in (first, _UNTIL.get(first or "")) if name)


def oldest_first(rows: QuerySet, shape: Shape, reader: Reader) -> QuerySet:
    """Dated rows in the order of the days that the reader is shown: their order must tell no day that a column hides."""
    dates = dates_of(shape)
    begins = Coalesce(_shown(f"{dates[0]}_earliest", shape, reader), _shown(f"{dates[-1]}_latest", shape, reader))
    return rows.alias(begins=begins).filter(begins__isnull=False).order_by("begins", "pk")


def _shown(name: str, shape: Shape, reader: Reader) -> Any:
    column = shape.column(name)
    assert column is not None
    value = column.compute(shape.model, reader)
    return F(value) if isinstance(value, str) else value
