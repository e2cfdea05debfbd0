"""From lines of cells to a sheet: which line is the header, whether its names tell the columns apart, and rows by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cases.imports.outcome import Problem
from cases.imports.tables import Row, Sheet

LARGEST_CELL = 1_000_000
MOST_COLUMNS = 2_000
MOST_ROWS = 5_000_000

Lines = Callable[[], Iterable[tuple[int, list[str]]]]  # each line with the number that a spreadsheet shows


@dataclass(frozen=True)
class Asked:
    """How a person wants a file to be read, where what is recognised is wrong; empty means: recognise it."""

    encoding: str = ""
    separator: str = ""
    header_row: int = 0
    sheet: str = ""


@dataclass(frozen=True)
class Rows:
    """The rows under a header, read anew each time, so that a file of any size takes no more memory than a row."""

    file_name: str
    header: Sequence[str]
    header_row: int
    lines: Lines

    def __iter__(self) -> Iterator[Row]:
        for count, (number, values) in enumerate(self._filled()):
            if count >= MOST_ROWS:
                raise Problem(f"{self.file_name}: more than {MOST_ROWS:,} rows. Cut the file into several.")
            self._check(number, values)
            cells = [*values[: len(self.header)], *[""] * (len(self.header) - len(values))]
            yield Row(number, {name: cell for name, cell in zip(self.header, cells, strict=True) if name})

    def _filled(self) -> Iterator[tuple[int, list[str]]]:
        for number, values in self.lines():
            if number <= self.header_row or not any(values):  # spreadsheets leave blank rows behind
                continue
            if number == self.header_row + 1 and all(re.fullmatch(r"#[a-z][\w+ ]*", value) for value in values if value):
                continue  # a row of HXL tags below the header
            yield number, values

    def _check(self, number: int, values: list[str]) -> None:
        width = len(self.header)
        if any(values[width:]):
            raise Problem(
                f"{self.file_name} row {number}: {len(values)} cells under {width} columns. "
                "A comma inside a text needs quotation marks around the text."
            )
        for name, value in zip(self.header, values, strict=False):
            if value and not name:
                raise Problem(f"{self.file_name} row {number}: “{value[:40]}” stands in a column without a name. "
                              f"Name the column in row {self.header_row}.")  # fmt: skip


def sheet_of(name: str, file_name: str, lines: Lines, asked: Asked, *, how: str = "", notes: Sequence[str] = ()) -> Sheet:
    """The sheet that lines of cells make. Raises Problem where no line can be its header."""
    number, header = _header(lines(), asked.header_row)
    header = [_name(cell) for cell in header]
    if not any(header):
        raise Problem(f"{file_name}: empty. The first row names the columns.")
    if len(header) > MOST_COLUMNS:
        raise Problem(f"{file_name}, row {number}: {len(header):,} columns. At most {MOST_COLUMNS:,} are read.")
    twice = sorted({cell for cell in header if cell and header.count(cell) > 1})
    if twice:
        raise Problem(f"{file_name}, row {number}: the column “{twice[0]}” stands there twice. Keep one.")
    found = [*notes, *([f"The header stands in row {number}."] if number > 1 else [])]
    return Sheet(name, file_name, [cell for cell in header if cell], Rows(file_name, header, number, lines), how, found)


def _header(lines: Iterable[tuple[int, list[str]]], wanted: int) -> tuple[int, list[str]]:
    """The header and its row: the one asked for, or the first that is filled, below a notice of one cell alone."""
    notice: tuple[int, list[str]] | None = None
    for number, values in lines:
        filled = sum(map(bool, values))
        if wanted:
            if number >= wanted:
                return number, values if number == wanted else []
        elif filled and notice:
            return (number, values) if filled > 1 else notice
        elif filled > 1:
            return number, values
        elif filled:
            notice = number, values
    return notice or (1, [])


def _name(cell: str) -> str:
    """The name of a column without the signs that nobody sees."""
    shown = "".join(letter for letter in cell if unicodedata.category(letter) != "Cf")
    return " ".join(shown.split())
