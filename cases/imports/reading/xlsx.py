"""XLSX and XLSM, row by row: values as they were last worked out, macros never looked at.

What a reader by rows does not tell – merged and hidden rows, formulas that were never worked out – is found in the
sheet's own bytes: what can't be read without guessing is refused, what is only worth knowing is noted.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from cases.imports.outcome import Problem
from cases.imports.reading.archives import looked_over
from cases.imports.reading.rows import LARGEST_CELL, MOST_COLUMNS, Asked, sheet_of
from cases.imports.tables import Sheet

LAST_ROW = 1_048_576
PIECE, OVERLAP = 1 << 20, 1 << 12
_FOUND = re.compile(
    rb'<mergeCell ref="(?P<merged>[A-Z]+\d+:[A-Z]+\d+)"'
    rb'|<c r="(?P<never>[A-Z]+\d+)"[^>]*><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
    rb'|<row (?P<row>[^>]*hidden="(?:1|true)"[^>]*)>'
)


def sheets(path: Path, asked: Asked) -> list[Sheet]:
    """The sheets of a workbook that are shown and hold something."""
    looked_over(path)
    book = _opened(path)
    shown = [each for each in book.worksheets if each.sheet_state == "visible"]
    hidden = [f"The sheet “{each.title}” is hidden and was not read. Show it in the workbook to read it."
              for each in book.worksheets if each.sheet_state != "visible"]  # fmt: skip
    found = [_sheet(path, each, asked, hidden) for each in shown if not asked.sheet or each.title == asked.sheet]
    filled = [sheet for sheet in found if sheet is not None]
    if not filled:
        raise Problem(f"{path.name}: empty. No sheet that is shown has a row that names the columns.")
    return filled


def _opened(path: Path) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of extensions that it does not know and we do not need
            return openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True, keep_links=False)
    except MemoryError:  # said by who set its limits
        raise
    except Exception as error:  # whatever a stranger's file makes the library raise
        raise _unreadable(path.name, error) from None


def _unreadable(name: str, error: Exception) -> Problem:
    return Problem(f"{name}: not readable as a workbook ({type(error).__name__}). Open it in a spreadsheet and save it anew.")


def _sheet(path: Path, worksheet: Any, asked: Asked, notes: list[str]) -> Sheet | None:
    name = f"{path.name}, sheet “{worksheet.title}”"

    def lines() -> Iterator[tuple[int, list[str]]]:
        return _lines(name, worksheet)

    if not any(any(values) for _, values in lines()):
        return None
    sheet = sheet_of(worksheet.title.strip(), name, lines, asked, how=f"XLSX, sheet “{worksheet.title}”", notes=notes)
    sheet.notes += _looked_into(path, name, worksheet, getattr(sheet.rows, "header_row", 1))
    return sheet


def _lines(name: str, worksheet: Any) -> Iterator[tuple[int, list[str]]]:
    worksheet.reset_dimensions()  # a sheet may say that it is smaller, or larger, than it is
    rows = enumerate(worksheet.iter_rows(), start=1)
    while True:
        try:
            number, cells = next(rows)
            values = [_text(name, cell) if cell.value is not None else "" for cell in cells]
        except StopIteration:
            return
        except (Problem, MemoryError):
            raise
        except Exception as error:  # as above
            raise _unreadable(name, error) from None
        while values and not values[-1]:
            values.pop()
        if number > LAST_ROW:
            raise Problem(f"{name}: more rows than a sheet can have ({LAST_ROW:,}). It is broken: save it anew.")
        if len(values) > MOST_COLUMNS:
            raise Problem(f"{name} row {number}: {len(values):,} cells. At most {MOST_COLUMNS:,} columns are read.")
        yield number, values


def _text(name: str, cell: Any) -> str:
    where = f"{name} row {cell.row}, column {get_column_letter(cell.column)}"
    if cell.data_type == "e":
        raise Problem(f"{where}: {cell.value} is an error of the spreadsheet, not a value. Mend the formula or empty the cell.")
    text = text_of(cell.value)
    if len(text) > LARGEST_CELL:
        raise Problem(f"{where}: {len(text):,} letters. A cell may hold {LARGEST_CELL:,}.")
    return text


def text_of(value: Any) -> str:
    """The text of a value as a person would have typed it: 13 for 13.0, 2012-03-15 for a day, yes for TRUE."""
    match value:
        case bool():
            return "yes" if value else "no"
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
        case dt.date():
            return value.isoformat()
        case dt.time():
            return value.isoformat("minutes")
    return str(value).strip()


def _looked_into(path: Path, name: str, worksheet: Any, header_row: int) -> list[str]:
    """What the sheet's bytes say besides its values, as notes. Raises Problem where cells can't be read without guessing."""
    hidden = 0
    for found in _marks(path, worksheet._worksheet_path):
        if merged := found["merged"]:
            last = int(re.sub(rb".*\D", b"", merged))
            if last > header_row:
                raise Problem(f"{name}: the cells {merged.decode()} are merged, and it does not say to which rows and columns "
                              "their value belongs. Unmerge them, and write the value into each.")  # fmt: skip
        elif never := found["never"]:
            raise Problem(f"{name}, cell {never.decode()}: a formula that was never worked out. Open the workbook in a "
                          "spreadsheet and save it, or paste the values.")  # fmt: skip
        else:
            hidden += 1
    return [f"{hidden:,} rows are hidden, by a filter or by hand; they were read like the others."] if hidden else []


def _marks(path: Path, member: str) -> Iterator[re.Match[bytes]]:
    with zipfile.ZipFile(path) as archive, archive.open(member.lstrip("/")) as file:
        held = b""
        while piece := file.read(PIECE):
            held += piece
            end = 0
            for found in _FOUND.finditer(held):
                end = found.end()
                yield found
            held = held[max(end, len(held) - OVERLAP) :]
