"""XLSX: the data, how it came about, and what each column means, on three sheets. Text stays text: nothing is a formula.

The rows leave while they are read (`sheet.py`). A library makes the workbook around them, whose sheet of data has a header
alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from django.conf import settings
from django.utils.translation import get_language_bidi, gettext, override, pgettext

from hrdocs.formats.export import Export, Pieces
from hrdocs.formats.sheet import CUT, Rows, cut
from hrdocs.labels import meaning

name, media_type, ending = "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"
takes = frozenset({"fields", "expand", "lang", "hxl"})

MOST_ROWS = 1_048_576 - 2  # what a sheet holds, without its header and the tags
_AS_THEY_ARE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_DATA = "xl/worksheets/sheet1.xml"
_ROWS_END = b"</sheetData>"
_SIZE = re.compile(rb"<dimension [^>]*/>")  # of the sheet: not known yet, and it can be left out
_FAST = 3  # of nine: files are a tenth larger than usual, and packed in half the time


def write(export: Export) -> Iterator[bytes]:
    """The workbook in pieces, the rows first, in the language that was asked for."""
    file, language = Pieces(), export.reader.language or "en"
    with override(language):
        above, day = _workbook(export)
        words = gettext("yes"), gettext("no")
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=_FAST) as packed:
        with packed.open(_DATA, "w") as sheet:
            sheet.write(_SIZE.sub(b"", above.read(_DATA).partition(_ROWS_END)[0]))
            yield file.taken()
            types, batches = export.printed()
            rows = Rows(types, after=len(export.headers), day=day, words=words)
            for batch in batches:
                sheet.write(rows.xml(batch).encode())
                yield file.taken()
            with override(language):
                below, _ = _workbook(export, rows)
            sheet.write(_ROWS_END + below.read(_DATA).partition(_ROWS_END)[2])
        for name in below.namelist():
            if name != _DATA:
                packed.writestr(name, below.read(name))
    yield file.taken()


def _workbook(export: Export, rows: Rows | None = None) -> tuple[ZipFile, int]:
    """All but the rows, and which of its looks a day has; what can be told at the end alone, where they were written."""
    file, above = io.BytesIO(), export.headers
    with xlsxwriter.Workbook(file, _AS_THEY_ARE) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheets = gettext("Data"), pgettext("sheet of a workbook", "About"), gettext("Columns")
        data, about, columns = map(book.add_worksheet, sheets)
        if get_language_bidi():
            for sheet in (data, about, columns):
                sheet.right_to_left()
        _lines(data, above, bold)  # first, so that its texts have the same numbers in the workbook above and below
        data.freeze_panes(len(above), 1)
        data.autofilter(len(above) - 1, 0, rows.last - 1 if rows else len(above), len(export.header) - 1)
        told = _counted(rows, len(above)) if rows else []
        _table(about, [[gettext("What"), ""], *told, *_about(export)], bold)
        _table(columns, [[gettext("Column"), gettext("What it means"), gettext("Name")], *_meanings(export)], bold)
        number = day._get_xf_index()  # it has one once a cell asks for it; the cells that will are not written by the library
    return ZipFile(file), number


def _counted(rows: Rows, above: int) -> list[list[str]]:
    told = [[gettext("Rows"), str(rows.last - above)]]
    longer = gettext("%(number)s texts were longer than a cell holds and end in “%(end)s”. Take CSV.")
    return told + [[gettext("Cut"), longer % {"number": rows.cut, "end": CUT.strip()}]] if rows.cut else told


def _about(export: Export) -> list[list[str]]:
    cleared = gettext("a reader cleared for: %(level)s") % {"level": gettext(export.reader.clearance.label)}
    return [
        [pgettext("of a file", "Asked"), export.address],
        [gettext("Taken"), export.taken_at.isoformat() if export.taken_at else ""],
        *([[gettext("As it was on"), export.reader.as_of.isoformat()]] if export.reader.as_of else []),
        [gettext("For"), cleared],
        *([[gettext("Manifest"), export.manifest]] if export.manifest else []),
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
    _lines(sheet, rows[:1], bold)
    _lines(sheet, rows[1:], after=1)


def _lines(sheet: Any, rows: list[list[str]], look: Any = None, after: int = 0) -> None:
    for place, row in enumerate(rows, start=after):
        for column, text in enumerate(row):
            if text or look:  # a header is as wide as its rows
                sheet.write_string(place, column, cut(text), look)
