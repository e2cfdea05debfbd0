"""How large a point is: nothing is drawn more precisely than it is known."""

from __future__ import annotations

from typing import Any

from cases.looks.grid import Box, Cell

# Metres around a point of which only its precision is known: to be seen, not stored.
ROUGH = {"vicinity": 1_000, "settlement": 5_000, "district": 25_000, "region": 100_000, "country": 400_000}
_EDGE = 1e-6  # degrees; a point is told with six decimals


def area_of(cell: Cell) -> dict[str, Any]:
    """What is drawn of one point: the square of the grid in which it lies, a circle, or, where it is exact, the point alone.
    A circle is rough where its size follows from the precision alone."""
    if cell.side:
        half = cell.side / 2
        return {"square": [cell.east - half, cell.north - half, cell.east + half, cell.north + half]}
    if cell.radius:
        return {"radius": cell.radius, "rough": False}
    return {"radius": ROUGH[cell.precision], "rough": True} if cell.precision in ROUGH else {}


def box_of(cell: Cell) -> Box:
    """A box that holds the points of a cell and as good as nothing else, by which a list can be asked for them."""
    west, south, east, north = cell.box
    return (max(west - _EDGE, -180), max(south - _EDGE, -90), min(east + _EDGE, 180), min(north + _EDGE, 90))
