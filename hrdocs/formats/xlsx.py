"""XLSX: the data, how it came about, and what each column means, on three sheets. Text stays text: nothing is a formula."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import get_language_bidi, gettext, override

from hrdocs.formats.export import PIECE, Export
from hrdocs.labels import meaning

name, media_type, ending = "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
takes = frozenset({"fields", "expand", "lang", "hxl"})

MOST_ROWS = 1_048_576 - 2  # what a sheet holds, without its header and the tags
LONGEST_TEXT = 32_767  # letters that a cell holds; one beyond the first 65,536 of Unicode, as emoji are, counts as two
CUT = " […]"
_FIRST_DAY = dt.date(1900, 3, 1)  # before it, Excel's calendar is wrong
_AS_THEY_ARE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write(export: Export) -> Iterator[bytes]:
    """The workbook in pieces. It is put together on disk, a row at a time, in the language that was asked for."""
    with tempfile.TemporaryFile() as file:
        with override(export.reader.language or "en"):
            _made(file, export)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _made(file: IO[bytes], export: Export) -> None:
    with xlsxwriter.Workbook(file, {**_AS_THEY_ARE, "default_date_format": "yyyy-mm-dd"}) as book:
        bold = book.add_format({"bold": True})
        data, about, columns = (book.add_worksheet(gettext(name)) for name in ("Data", "About", "Columns"))
        if get_language_bidi():
            for sheet in (data, about, columns):
                sheet.right_to_left()
        told = _data(data, export, bold)
        _table(about, [[gettext("What"), ""], *told, *_about(export)], bold)
        _table(columns, [[gettext("Column"), gettext("What it means"), gettext("Name")], *_meanings(export)], bold)


def _data(sheet: Any, export: Export, bold: Any) -> list[list[str]]:
    above = export.headers
    for place, names in enumerate(above):
        _row(sheet, place, names, bold)
    sheet.freeze_panes(len(above), 1)
    place, cut = len(above) - 1, 0
    for batch in export.batches():
        for cells in batch:
            place += 1
            cut += _row(sheet, place, cells)
    sheet.autofilter(len(above) - 1, 0, place, len(export.header) - 1)
    told = [[gettext("Rows"), str(place + 1 - len(above))]]
    longer = gettext("%(number)s texts were longer than a cell holds and end in “%(end)s”. Take CSV.")
    return told + [[gettext("Cut"), longer % {"number": cut, "end": CUT.strip()}]] if cut else told


def _row(sheet: Any, place: int, cells: Any, look: Any = None) -> int:
    """Write a row, and say how many of its texts had no room."""
    cut = 0
    for column, cell in enumerate(cells):
        value = "; ".join(map(str, cell)) if isinstance(cell, list) else cell
        if value is None or value == "":
            continue
        if isinstance(value, bool):
            sheet.write_string(place, column, gettext("yes") if value else gettext("no"), look)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(place, column, value, look)
        elif isinstance(value, dt.date) and not isinstance(value, dt.datetime) and value >= _FIRST_DAY:
            sheet.write_datetime(place, column, value, look)
        else:
            text = value if isinstance(value, str) else value.isoformat()
            if len(text) > LONGEST_TEXT // 2 and (shorter := _cut(text)) != text:
                text, cut = shorter, cut + 1
            sheet.write_string(place, column, text, look)
    return cut


def _cut(text: str) -> str:
    """The text as far as a cell has room for it, which is counted in units of UTF-16."""
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * LONGEST_TEXT else units[: 2 * (LONGEST_TEXT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _about(export: Export) -> list[list[str]]:
    cleared = gettext("a reader cleared for: %(level)s") % {"level": gettext(export.reader.clearance.label)}
    return [
        [gettext("Asked"), export.address],
        [gettext("Taken"), export.taken_at.isoformat() if export.taken_at else ""],
        *([[gettext("As it was on"), export.reader.as_of.isoformat()]] if export.reader.as_of else []),
        [gettext("For"), cleared],
        *([[gettext("Licence"), settings.DATA_LICENCE]] if settings.DATA_LICENCE else []),
        [gettext("Read this first"), gettext("Each row is what some source said, or a conclusion that names what it rests on; "
         "nothing is a bare fact. Numbers must not be added up: several may count the same people.")],
        [gettext("Dates"), gettext("A date is EDTF text; its earliest and latest day stand beside it. A month is never its "
                                   "first day.")],
        [gettext("Empty"), gettext("An empty cell means: not stated.")],
        *([gettext("Rows of others"), line] for line in export.terms),
    ]  # fmt: skip


def _meanings(export: Export) -> Iterator[list[str]]:
    """Each column by its heading, what it means, and the name by which the API knows it."""
    meanings = ((cell, meaning(export.shape.model, column)) for column in export.columns for cell in column.cells())
    for heading, (cell, told) in zip(export.headings, meanings, strict=True):
        yield [heading, told, cell]


def _table(sheet: Any, rows: list[list[str]], bold: Any) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    sheet.set_column(2, 2, 28)
    for place, row in enumerate(rows):
        _row(sheet, place, row, bold if place == 0 else None)
