"""The cells of a grid as maps and their tables tell them, each with what is drawn of it and where its rows are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q

from cases.choices import PlacePrecision
from cases.looks.areas import area_of, box_of
from cases.looks.grid import Cell
from cases.models import Place
from hrdocs.shapes import Reader
from hrdocs.templatetags.words import own
from hrdocs.wording import translated

NAMED = 100  # cells of one point that are told by the name of the place


def told(cells: Iterable[Cell], reader: Reader, listed: str, narrowed: Callable[[str], str]) -> list[dict[str, Any]]:
    """The cells; `listed` is the address of what is drawn, and `narrowed` the same question within a box."""
    cells, precisions = list(cells), dict(translated(PlacePrecision))
    names = _names(cells, reader)
    return [_told(cell, names.get((cell.east, cell.north), ""), precisions, listed, narrowed) for cell in cells]


def _told(cell: Cell, name: str, precisions: dict[str, Any], listed: str, narrowed: Callable[[str], str]) -> dict[str, Any]:
    box = ",".join(f"{degrees:.6f}" for degrees in box_of(cell))
    one = cell.points == 1
    return {
        "east": round(cell.east, 6), "north": round(cell.north, 6), "number": cell.number, "points": cell.points,
        "box": cell.box, "name": name, "precision": str(precisions[cell.precision]) if one else "",
        "area": area_of(cell) if one else {}, "list": f"{listed}{narrowed(box)}", "closer": "" if one else narrowed(box),
    }  # fmt: skip


def _names(cells: list[Cell], reader: Reader) -> dict[tuple[float, float], str]:
    """The names of the places whose points these are. A square of the grid has none."""
    clause = Q(pk__in=())
    for cell in [cell for cell in cells if cell.points == 1 and not cell.side][:NAMED]:
        west, south, east, north = box_of(cell)
        clause |= Q(longitude__range=(west, east), latitude__range=(south, north))
    seen = Place.objects.visible_to(reader.user).filter(clause).order_by("-level", "pk")
    rows = seen.values("longitude", "latitude", "name_en", "name_ar")
    return {(float(row["longitude"]), float(row["latitude"])): own(row, "name") for row in rows}
