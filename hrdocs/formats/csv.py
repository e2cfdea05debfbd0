"""CSV for spreadsheets: UTF-8 with a byte-order mark, one row a record, no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

ROWS_A_PIECE = 1000
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Pieces(list[str]):
    """What csv.writer writes to: keeps the lines until they are taken."""

    write = list.append

    def taken(self) -> bytes:
        text = "".join(self)
        self.clear()
        return text.encode()


def write(header: list[str], rows: Iterable[list[Any]]) -> Iterator[bytes]:
    """The file in pieces, so that any size leaves in flat memory."""
    pieces = _Pieces()
    writer = csv.writer(pieces)
    yield b"\xef\xbb\xbf"
    writer.writerow(header)
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % ROWS_A_PIECE == 0:
            yield pieces.taken()
    yield pieces.taken()


def cell(value: Any) -> Any:
    """A cell as text; one that a spreadsheet would take for a formula gets an apostrophe in front (OWASP)."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return "'" + value
    return value
