"""The rows of a sheet as XLSX keeps them, in XML. A library that knows all kinds of cells takes five times as long for one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_col_to_name

LONGEST_TEXT = 32_767  # letters that a cell holds; one beyond the first 65,536 of Unicode, as emoji are, counts as two
CUT = " […]"
_FIRST_DAY = dt.date(1900, 3, 1)  # before it, Excel's calendar is wrong
_EMPTY = (None, "", [])
_DAY_ZERO = dt.date(1899, 12, 30)

# What XML can't hold is written as _xHHHH_, and a text that looks like that as one that is (ECMA-376, ST_Xstring).
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_MARKS = re.compile("[&<>_\x00-\x08\x0b-\x1f\ufffe\uffff]")


class Rows:
    """Turns the rows of a sheet into XML, and counts them and the texts that had no room.

    `day` is the number of the look of a date in the workbook; `yes` and `no` are the words for a boolean.
    """

    def __init__(self, *, after: int, day: int, yes: str, no: str) -> None:
        self.last, self.cut = after, 0
        self._looks = f'" s="{day}"><v>'
        self._columns: list[str] = []
        self._told: dict[type, Callable[[Any], str]] = {
            str: self._text,
            bool: lambda value: self._text(yes if value else no),
            int: _number,
            float: _number,
            Decimal: _number,
            dt.date: self._day,
            list: lambda value: self._text("; ".join(map(str, value))),
        }

    def xml(self, cells: tuple[Any, ...]) -> str:
        """The next row. What is empty has no cell but in the last column: by that programs know how wide the sheet is."""
        self.last += 1
        if not self._columns:
            self._columns = [f'<c r="{xl_col_to_name(at)}' for at in range(len(cells))]
        written, place = [f'<row r="{self.last}">'], self.last
        for column, cell in zip(self._columns, cells, strict=True):
            if cell not in _EMPTY:
                written.append(f"{column}{place}{self._told.get(type(cell), self._other)(cell)}")
        if not written[-1].startswith(self._columns[-1]):
            written.append(f'{self._columns[-1]}{place}"/>')
        written.append("</row>")
        return "".join(written)

    def _text(self, text: str) -> str:
        if len(text) > LONGEST_TEXT // 2 and (shorter := cut(text)) != text:
            text, self.cut = shorter, self.cut + 1
        space = "" if text == text.strip() else ' xml:space="preserve"'
        return f'" t="inlineStr"><is><t{space}>{escaped(text)}</t></is></c>'

    def _day(self, day: dt.date) -> str:
        if day < _FIRST_DAY:
            return self._text(day.isoformat())
        return f"{self._looks}{(day - _DAY_ZERO).days}</v></c>"

    def _other(self, value: Any) -> str:
        return self._text(value.isoformat())


def _number(number: float | Decimal) -> str:
    return f'"><v>{number:.16G}</v></c>'


def cut(text: str) -> str:
    """The text as far as a cell has room for it, which is counted in units of UTF-16."""
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * LONGEST_TEXT else units[: 2 * (LONGEST_TEXT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def escaped(text: str) -> str:
    """A text as it stands in the XML of a cell."""
    if not _MARKS.search(text):
        return text
    text = _LOOKS_ESCAPED.sub("_x005F_", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", text)
