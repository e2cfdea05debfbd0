"""How many rows lie where, on a grid: put together by the database, of the points that the reader is shown and of no others.

A point is worked out for each place, not for each row: a million incidents lie at some thousand places. However many there
are, an answer has so many cells at most as stand side by side in a window.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, FloatField, QuerySet, Value
from django.db.models.functions import Cast

from cases.models import Place
from cases.shown import CELLS
from hrdocs.shapes import Reader

ACROSS, MOST_ACROSS = 12, 32  # cells from one side of a window to the other, unless told otherwise, and at most
MOST = 600  # cells of one answer, those that hold most
FINEST = 0.002  # degrees that a window shows at least
ORDER = ("exact", "vicinity", "settlement", "district", "region", "country")

Box = tuple[float, float, float, float]  # west, south, east, north
Sql = tuple[str, tuple[Any, ...]]
# Rows; and the path of a place with that of the field which says how much of it is shown, "" where all of it is.
Placed = tuple[QuerySet, Mapping[str, str]]


@dataclass(frozen=True)
class Cell:
    """What lies in one cell: how many rows, at how many points, the middle and the box of these, and how far off they may be.

    `side` is that of a square of degrees, where all that is told of a place is in which square it lies.
    """

    number: int
    points: int
    east: float
    north: float
    box: Box
    precision: str
    radius: int | None
    side: float | None


@dataclass(frozen=True)
class Grid:
    """The cells of a window, and how many rows lie beyond it or in cells that are left out."""

    cells: tuple[Cell, ...]
    elsewhere: int

    @property
    def here(self) -> int:
        return sum(cell.number for cell in self.cells)


def grid(found: Iterable[Placed], reader: Reader, window: Box | None = None, across: int = ACROSS) -> Grid:
    """The cells of rows of one kind or of several, within a window or in the box of all of them; so many `across` it at most."""
    held, params = _held(found)
    if not held:
        return Grid((), 0)
    points, more = _inside(reader) if reader.inside else (_OUTSIDE, (reader.clearance.rank,))
    with connection.cursor() as cursor:
        cursor.execute(_cells(held, points), [*params, *more, *(window or (None,) * 4), across])
        found = cursor.fetchall()
    kept = tuple(_cell(*row[1:]) for row in found[:MOST] if row[0])
    return Grid(kept, sum(row[1] for row in found) - sum(cell.number for cell in kept))


def _cell(number: int, points: int, east: float, north: float, *told: Any) -> Cell:
    west, south, far_east, far_north, order, radius, side = told
    return Cell(number, points, east, north, (west, south, far_east, far_north), ORDER[order - 1], radius, side)


def _held(found: Iterable[Placed]) -> Sql:
    """How many rows are at which place, and how much of it each of them lets be shown."""
    parts = [part for rows, at in found for part in _each_held(rows, at)]
    return " UNION ALL ".join(f"({sql})" for sql, _ in parts), tuple(param for _, params in parts for param in params)


def _each_held(rows: QuerySet, at: Mapping[str, str]) -> Iterator[Sql]:
    for path, shown_by in (at or {"pk": ""}).items():
        placed = rows.filter(**{f"{path}__isnull": False}).order_by()
        shown = F(shown_by) if shown_by else Value("exact")
        counted = placed.annotate(its_place=F(path), is_shown=shown).values("its_place", "is_shown").annotate(many=Count("pk"))
        with suppress(EmptyResultSet):
            yield counted.values_list("its_place", "is_shown", "many").query.sql_with_params()


# What readers outside are told of each place, by the function that tells it everywhere.
_OUTSIDE = """
    SELECT (told.point ->> 'longitude')::float8 AS east, (told.point ->> 'latitude')::float8 AS north,
        told.point ->> 'precision' AS precision, (told.point ->> 'radius_m')::integer AS radius, told.shown, told.number
    FROM (SELECT public.cases_point_shown(place, nullif(shown, ''), %s)::jsonb AS point, shown, number FROM held OFFSET 0) told
    WHERE told.point IS NOT NULL
"""


def _inside(reader: Reader) -> Sql:
    """For those who work on the records: the places that they see, as they are."""
    places = Place.objects.visible_to(reader.user).filter(latitude__isnull=False).order_by()
    degrees = (Cast(name, FloatField()) for name in ("longitude", "latitude"))
    sql, params = places.values_list("pk", *degrees, "precision", "radius_m").query.sql_with_params()
    return (
        f"""
        SELECT east, north, precision, radius, 'exact' AS shown, number
        FROM held JOIN ({sql}) AS seen (place, east, north, precision, radius) USING (place)
    """,
        params,
    )


def _cells(held: str, points: str) -> str:
    """Rows of cells, the fullest first; what lies beyond the window is one row, which begins with false."""
    sides = " ".join(f"WHEN '{level}' THEN {side}" for level, side in CELLS.items())
    order = ", ".join(f"'{name}'" for name in ORDER)
    return f"""
    WITH found (place, shown, number) AS ({held}),
    held AS (SELECT place, shown, sum(number) AS number FROM found GROUP BY place, shown),
    points AS MATERIALIZED ({points}),
    squares AS (SELECT points.*, CASE shown {sides} END AS side FROM points),
    given (west, south, east, north) AS (VALUES (%s::float8, %s::float8, %s::float8, %s::float8)),
    seen AS (
        SELECT coalesce(given.west, lies.west) AS west, coalesce(given.south, lies.south) AS south,
            coalesce(given.east, lies.east) AS east, coalesce(given.north, lies.north) AS north
        FROM given, (SELECT min(east) AS west, min(north) AS south, max(east) AS east, max(north) AS north FROM points) lies),
    wide AS (SELECT seen.*, CASE WHEN east >= west THEN east - west ELSE east - west + 360 END AS width FROM seen),
    steps AS (
        SELECT wide.*, power(2, ceil(2 * log(2, greatest(width, north - south, {FINEST})::numeric / %s)) / 2)::float8 AS step
        FROM wide),
    placed AS (
        SELECT squares.*, floor(squares.east / step) AS x, floor(squares.north / step) AS y,
            squares.north BETWEEN steps.south AND steps.north AND CASE WHEN steps.west <= steps.east
                THEN squares.east BETWEEN steps.west AND steps.east
                ELSE squares.east >= steps.west OR squares.east <= steps.east END AS inside
        FROM squares, steps)
    SELECT inside, sum(number)::bigint, count(DISTINCT (east, north)), sum(east * number) / sum(number),
        sum(north * number) / sum(number), min(east), min(north), max(east), max(north),
        max(array_position(ARRAY[{order}], precision)), max(radius),
        max(CASE WHEN abs(east - (floor(east / side) + 0.5) * side) < 1e-6
            AND abs(north - (floor(north / side) + 0.5) * side) < 1e-6 THEN side END)::float8
    FROM placed
    GROUP BY inside, CASE WHEN inside THEN x END, CASE WHEN inside THEN y END
    ORDER BY inside DESC, 2 DESC, 4, 5
    """
