"""Of a report on a list: how many records it holds and of which kinds, and each of them in a line."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import get_language, gettext, ngettext

from cases.lettering import cut
from cases.reports.gathering import Gathered, statements_in
from cases.reports.listing import Listing
from cases.reports.notes import Notes
from cases.reports.parts import Block, Heading, Paragraph, Runs, between, run, runs, table
from hrdocs.labels import called
from hrdocs.lists.cells import said
from hrdocs.pages import Row
from hrdocs.shapes import Shape
from hrdocs.templatetags.words import own, when

COLUMNS, LETTERS = 5, 220  # of a line, and of what stands in one of its cells


def counted(listing: Listing, gathered: Gathered) -> Iterator[Block]:
    """How many records there are, by state, kind, year and whatever else the page of the list counts."""
    number = len(gathered.row["keys"])
    if not number:
        yield Paragraph(runs(gettext("Nothing is found so.")))
        return
    told = ngettext("%(number)s record is found.", "%(number)s records are found.", number) % {"number": number}
    yield Paragraph(runs(run(told, "strong")))
    lines = [
        [run(capfirst(name), "soft"), between(" · ", [_number(cell.label, cell.count) for cell in cells])]
        for name, cells in listing.counted(gathered.row["keys"], get_language() or "en")
    ]
    if lines:
        yield table([gettext("How many of each"), ""], lines, (2, 7))


def _number(label: str, count: int | None) -> Runs:
    return runs(label, ": ", run(gettext("not told: too few people") if count is None else f"{count:,}", "strong"))


def lines(listing: Listing, gathered: Gathered, notes: Notes) -> Iterator[Block]:
    """Each record in a line, as the page of the list shows it; a statement with its footnote."""
    shape = listing.shape
    statements = {row["uid"]: row for row in statements_in(gathered.said)}
    names = [name for name in shape.lead if shape.column(name)][:COLUMNS]
    found = listing.printed(gathered.row["keys"], get_language() or "en")
    if not found:
        return
    yield Heading(runs(gettext("The records of the list")))
    head = [*(capfirst(called(shape.model, name.removesuffix("_en"))) for name in names), gettext("Record")]
    yield table(head, (_line(row, names, shape, statements, notes) for row in found), (4, *(3,) * (len(names) - 1), 3))


def _line(row: Row, names: list[str], shape: Shape, statements: dict[str, Row], notes: Notes) -> list[Runs]:
    cells = [runs(cut(_told(row, name, shape), LETTERS)) for name in names]
    return [runs(cells[0], notes.on(statements.get(row["uid"]))), *cells[1:], runs(run(row["uid"], "address"))]


def _told(row: Row, name: str, shape: Shape) -> str:
    if name.endswith("_en"):
        return own(row, name.removesuffix("_en"))
    return when(row.get(name)) if shape.column(f"{name}_earliest") else said(row.get(name))
