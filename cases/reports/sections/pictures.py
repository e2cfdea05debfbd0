"""Where it is said to have happened, and when, as pictures: drawn as the pages draw them, each with a table or list in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext

from cases import maps
from cases.choices import PlacePrecision
from cases.looks.areas import area_of, box_of
from cases.looks.grid import MOST_ACROSS, Cell, grid
from cases.models import Facility, Incident
from cases.pages.in_time import MOST, lines_of
from cases.reports.gathering import Gathered
from cases.reports.parts import Block, Chart, Heading, Paragraph, between, run, runs, table
from cases.timelines import timeline
from hrdocs.endpoints import views
from hrdocs.pages import Row
from hrdocs.shapes import Reader
from hrdocs.templatetags.words import own
from hrdocs.wording import translated

FEW = 9  # lines of time that fit on half a line of a page
PLACES = 30  # that have a number on the map; those that hold most


def in_time(gathered: Gathered) -> Iterator[Block]:
    """The line of time; the table of the timeline that follows says it in words."""
    incidents = gathered.incidents if gathered.kind != "party" else []
    lines = [replace(line, address="") for line in lines_of(incidents, gathered.sources_in_order, gathered.facilities)[:MOST]]
    title = gettext("What is said to have happened when, and when it was said")
    wide, narrow = (timeline(lines, title=title, name=f"line{width}", width=width) for width in (860, 360))
    if wide:
        key = gettext(
            "A full bar is when it lasted for certain, a hatched one when it may have been; a broken edge is a date that "
            "its source doubts, an arrow an end that nobody gives."
        )
        yield Chart(wide, f"{title}. {key}", narrow if len(lines) <= FEW else "")
        yield Paragraph(runs(key), "soft")


def on_a_map(gathered: Gathered, user: Any) -> Iterator[Block]:
    """The places of facilities and incidents, each as far as it is shown to this reader."""
    rows = [*gathered.facilities, *(gathered.incidents if gathered.kind != "party" else [])]
    placed = [row for row in rows if row.get("point")]
    cells = [*_cells(Facility, placed, user), *_cells(Incident, placed, user)]
    found = sorted(_at_one(cells, placed), key=lambda each: -len(each[1]))
    if not found:
        return
    precisions = dict(translated(PlacePrecision))
    spots = [_spot(number, cell, here) for number, (cell, here) in enumerate(found[:PLACES], 1)]
    title = gettext("Where it is said to have happened")
    wide, narrow = (maps.drawn(spots, title=title, name=f"map{width}", width=width) for width in (860, 360))
    yield Heading(runs(gettext("Map")))
    key = gettext(
        "A dot is an exact place. A circle is as large as it may be off, with a broken edge where that is rough; of what lies in "
        "a square, no more is told."
    )
    yield Chart(wide, f"{title}. {key}", narrow)
    yield Paragraph(runs(key), "soft")
    head = [gettext("Number"), gettext("What lies there"), gettext("How precisely it is told")]
    lines = (
        [str(spot.number), between(" · ", [run(_called(row)) for row in here]), str(precisions.get(cell.precision, ""))]
        for spot, (cell, here) in zip(spots, found, strict=False)
    )
    yield table(head, lines, (2, 9, 4))
    if len(found) > PLACES:
        more = gettext("%(number)s more places are not drawn.") % {"number": len(found) - PLACES}
        yield Paragraph(runs(more), "soft")


def _cells(model: Any, rows: list[Row], user: Any) -> tuple[Cell, ...]:
    """Where these rows of a kind lie, counted on the same grid as the maps of the pages."""
    uids = [row["uid"] for row in rows if row["uid"].startswith(model.uid_prefix)]
    view = next(view for view in views().values() if view.shape.model is model)
    shown = model.objects.visible_to(user).filter(uid__in=uids)
    placed = (shown, view.filterset_class.base_filters["bbox"].at)
    return grid([placed], Reader(user), None, MOST_ACROSS * 8).cells if uids else ()


def _at_one(cells: list[Cell], rows: list[Row]) -> Iterator[tuple[Cell, list[Row]]]:
    """Each cell with the rows whose shown point lies in it; facilities and incidents at one point are one."""
    found: dict[tuple[float, float], tuple[Cell, list[Row]]] = {}
    for cell in cells:
        west, south, east, north = box_of(cell)
        here = [
            row for row in rows
            if west <= float(row["point"]["longitude"]) <= east and south <= float(row["point"]["latitude"]) <= north
        ]  # fmt: skip
        found.setdefault((round(cell.east, 5), round(cell.north, 5)), (cell, here))
    return (each for each in found.values() if each[1])


def _spot(number: int, cell: Cell, here: list[Row]) -> maps.Spot:
    area = area_of(cell)
    return maps.Spot(
        number, cell.east, cell.north, radius=float(area.get("radius", 0)), rough=bool(area.get("rough")),
        side=cell.side or 0.0, described=", ".join(map(_called, here)),
    )  # fmt: skip


def _called(row: Row) -> str:
    return own(row, "title") or own(row, "name")
