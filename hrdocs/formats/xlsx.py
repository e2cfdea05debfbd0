"""XLSX: the data, how it came about, and what each column means, on three sheets. Text stays text: nothing is a formula."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import xlsxwriter

from hrdocs.formats.export import PIECE, Export
from hrdocs.openapi import help_of

name, media_type, ending = "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
takes = frozenset({"fields", "expand", "hxl"})

MOST_ROWS = 1_048_576 - 2  # what a sheet holds, without its header and the tags
LONGEST_TEXT = 32_767  # letters that a cell holds; one beyond the first 65,536 of Unicode, as emoji are, counts as two
CUT = " […]"
_FIRST_DAY = dt.date(1900, 3, 1)  # before it, Excel's calendar is wrong
_AS_THEY_ARE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write(export: Export) -> Iterator[bytes]:
    """The workbook in pieces. It is put together on disk, a row at a time."""
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {**_AS_THEY_ARE, "default_date_format": "yyyy-mm-dd"}) as book:
            bold = book.add_format({"bold": True})
            told = _data(book.add_worksheet("Data"), export, bold)
            _table(book.add_worksheet("About"), [["What", ""], *told, *_about(export)], bold)
            _table(book.add_worksheet("Columns"), [["Column", "What it means"], *_meanings(export)], bold)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


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
    told = [["Rows", str(place + 1 - len(above))]]
    return told + [["Cut", f"{cut} texts were longer than a cell holds and end in “{CUT.strip()}”. Take CSV."]] if cut else told


def _row(sheet: Any, place: int, cells: Any, look: Any = None) -> int:
    """Write a row, and say how many of its texts had no room."""
    cut = 0
    for column, cell in enumerate(cells):
        value = "; ".join(map(str, cell)) if isinstance(cell, list) else cell
        if value is None or value == "":
            continue
        if isinstance(value, bool):
            sheet.write_string(place, column, "yes" if value else "no", look)
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
    return [
        ["Asked", export.address],
        ["Taken", export.taken_at.isoformat() if export.taken_at else ""],
        ["For", f"a reader cleared for: {export.reader.clearance.label}"],
        ["Read this first", "Each row is what some source said, or a conclusion that names what it rests on; nothing is a bare "
         "fact. Numbers must not be added up: several may count the same people."],
        ["Dates", "A date is EDTF text; its earliest and latest day stand beside it. A month is never its first day."],
        ["Empty", "An empty cell means: not stated."],
    ]  # fmt: skip


def _meanings(export: Export) -> Iterator[list[str]]:
    for column in export.columns:
        for cell in column.cells():
            yield [cell, help_of(export.shape.model, column)]


def _table(sheet: Any, rows: list[list[str]], bold: Any) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 110)
    for place, row in enumerate(rows):
        _row(sheet, place, row, bold if place == 0 else None)
