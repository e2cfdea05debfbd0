"""Reading: a folder of CSV files in, sheets of numbered rows out. Nothing is guessed about what they mean."""

from __future__ import annotations

import csv
import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cases.imports.kinds import SHEETS
from cases.imports.outcome import Problem

LARGEST_CELL = 1_000_000


@dataclass
class Row:
    """One row of a sheet: its number as a spreadsheet shows it, and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass
class Sheet:
    """One table of the import, by the name that says what its rows are."""

    name: str
    file_name: str
    header: list[str]
    rows: list[Row] = field(default_factory=list)


def read_folder(folder: Path) -> tuple[list[Sheet], str]:
    """All sheets of a folder (or the one CSV file) in the order of SHEETS, and the SHA-256 over their bytes.

    Raises Problem where a file is no sheet that we know, or can't be read as CSV in UTF-8.
    """
    files = sorted(folder.glob("*.csv")) if folder.is_dir() else [folder]
    if not folder.exists() or not files:
        raise Problem(f"{folder}: there is no CSV file here. Give a folder of CSV sheets, or one CSV file.")
    unknown = [path for path in files if path.stem not in SHEETS]
    if unknown:
        near = difflib.get_close_matches(unknown[0].stem, SHEETS, 1)
        hint = f" Did you mean {near[0]}.csv?" if near else f" Sheets are named {', '.join(SHEETS)}."
        raise Problem(f"{unknown[0].name}: no kind of record has this name.{hint}")
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    files.sort(key=lambda path: list(SHEETS).index(path.stem))
    return [read_sheet(path) for path in files], digest.hexdigest()


def read_sheet(path: Path) -> Sheet:
    """One CSV file: comma-separated, UTF-8 (a byte-order mark is fine), a header in the first row."""
    csv.field_size_limit(LARGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = [name.strip() for name in next(reader, [])]
            sheet = Sheet(path.stem, path.name, header)
            _check_header(sheet)
            sheet.rows = list(_rows(sheet, reader))
    except UnicodeDecodeError as error:
        raise Problem(f"{path.name}: not UTF-8 (byte {error.start}). Save the sheet as “CSV UTF-8”.") from None
    except csv.Error as error:
        raise Problem(f"{path.name}: not readable as CSV ({error}).") from None
    return sheet


def _check_header(sheet: Sheet) -> None:
    if not any(sheet.header):
        raise Problem(f"{sheet.file_name}: empty. The first row names the columns.")
    twice = {name for name in sheet.header if name and sheet.header.count(name) > 1}
    if twice:
        raise Problem(f"{sheet.file_name}, row 1: the column “{sorted(twice)[0]}” stands there twice. Keep one.")


def _rows(sheet: Sheet, reader: Iterator[list[str]]) -> Iterator[Row]:
    for number, values in enumerate(reader, start=2):
        if not any(value.strip() for value in values):
            continue  # spreadsheets leave blank rows behind
        if len(values) > len(sheet.header):
            raise Problem(
                f"{sheet.file_name} row {number}: {len(values)} cells under {len(sheet.header)} columns. "
                "A comma inside a text needs quotation marks around the text."
            )
        cells = [value.strip() for value in values] + [""] * (len(sheet.header) - len(values))
        yield Row(number, dict(zip(sheet.header, cells, strict=True)))
