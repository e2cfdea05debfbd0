"""CSV and TSV: the separator that parts the first line into most columns, and lines with their numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from cases.imports.outcome import Problem
from cases.imports.reading.content import HEAD, opened
from cases.imports.reading.encodings import checked, named, recognised
from cases.imports.reading.rows import LARGEST_CELL, MOST_COLUMNS, Asked, sheet_of
from cases.imports.tables import Sheet

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "،": "Arabic commas"}
SHOWN_AS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}


def sheets(path: Path, asked: Asked) -> list[Sheet]:
    """The one table of a text file."""
    encoding = checked(path, asked.encoding) if asked.encoding else recognised(path)
    with opened(path) as file:
        head = codecs.getincrementaldecoder(encoding)("strict").decode(file.read(HEAD))
    told = head.startswith("sep=")  # a line for Excel alone
    separator = SHOWN_AS.get(asked.separator, asked.separator) or (head[4:5] if told else _separator(head))
    if len(separator) != 1:
        raise Problem(f"{path.name}: “{asked.separator}” can't part columns. One sign does: {' '.join(SEPARATORS)} or tab.")

    def lines() -> Iterator[tuple[int, list[str]]]:
        return _lines(path, encoding, separator, skipped=int(told))

    how = f"{'TSV' if separator == chr(9) else 'CSV'}, {named(encoding)}, separated by {SEPARATORS.get(separator, separator)}"
    return [sheet_of(path.name.split(".")[0], path.name, lines, asked, how=how)]


def _separator(head: str) -> str:
    """The sign that parts the lines at the top into columns: most of them, and the same number in each line."""

    def columns(sign: str) -> tuple[bool, int]:
        lines = [line for line in csv.reader(io.StringIO(head), delimiter=sign) if any(line)][:20]
        widths = {len(line) for line in lines[:-1] or lines}
        return len(widths) == 1 and widths != {1}, max(map(len, lines[:2]), default=0)

    csv.field_size_limit(LARGEST_CELL)
    try:
        return max(SEPARATORS, key=columns)
    except csv.Error:
        return ","


def _lines(path: Path, encoding: str, separator: str, *, skipped: int) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LARGEST_CELL)
    number = 0
    with opened(path) as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=separator, strict=True)
        try:
            for number, values in enumerate(reader, start=1):  # noqa: B007 – the row is named where the next one fails
                if len(values) > MOST_COLUMNS:
                    raise Problem(f"{path.name} row {number}: {len(values):,} cells. At most {MOST_COLUMNS:,} columns are read.")
                if number > skipped:
                    yield number, [value.strip() for value in values]
        except csv.Error as error:
            raise Problem(f"{path.name} row {number + 1}: not readable as CSV ({error}). Look for a quotation mark that is "
                          "not closed, or a cell that is too large.") from None  # fmt: skip
        except (OSError, EOFError) as error:
            raise Problem(f"{path.name} row {number + 1}: the file breaks off here ({error}). Fetch or send it again.") from None
