"""Error sheets: a sheet as it came, with one more column that says what is wrong with each row. Mended there, it is
brought again as it is."""

from __future__ import annotations

import csv
import io
import tempfile
from collections import defaultdict
from collections.abc import Iterator

import xlsxwriter

from cases.imports.mappings import read
from cases.imports.outcome import ERRORS
from cases.imports.sheets import Sheet
from cases.imports.uploading import as_file, reading_of
from cases.models import RemarkSort, Upload

PIECE = 128 * 1024
LONGEST_CELL = 32_767  # letters that a cell of a workbook holds
AS_IT_IS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def with_errors(upload: Upload, sheet: str) -> Iterator[bytes]:
    """One sheet of the file with its errors, in pieces; of a workbook a workbook, of anything else CSV."""
    words: dict[int, list[str]] = defaultdict(list)
    for remark in upload.remarks.filter(sheet=sheet, sort=RemarkSort.ERROR):
        words[remark.row].append(f"{remark.column}: {remark.words}" if remark.column else remark.words)
    with as_file(upload) as path:
        sheets, _sha256 = read(path, upload.mapping, reading_of(upload))
        found = next(each for each in sheets if each.file_name == sheet)
        rows = _rows(found, words)
        yield from _workbook(rows) if is_workbook(upload) else _csv(rows)


def is_workbook(upload: Upload) -> bool:
    """Whether what was brought is a workbook, and goes back as one."""
    return upload.file_name.lower().endswith((".xlsx", ".xlsm"))


def _rows(sheet: Sheet, words: dict[int, list[str]]) -> Iterator[list[str]]:
    """The header and the rows, each under the number that it had: blank rows stay where they were."""
    header, number = [name for name in sheet.header if name != ERRORS], 1
    yield [*header, ERRORS]
    for row in sheet.rows:
        while (number := number + 1) < row.number:
            yield []
        yield [*(row.cells.get(name, "") for name in header), " | ".join(words.get(row.number, []))]


def _csv(rows: Iterator[list[str]]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    text.write("\ufeff")  # so that a spreadsheet reads it as UTF-8
    for row in rows:
        writer.writerow(row)
        if text.tell() > PIECE:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _workbook(rows: Iterator[list[str]]) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, AS_IT_IS) as book:
            page = book.add_worksheet()
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    page.write_string(place, column, cell[:LONGEST_CELL])
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece
