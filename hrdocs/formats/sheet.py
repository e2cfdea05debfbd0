"""The rows of a sheet as XLSX keeps them, in XML. A library that knows all kinds of cells takes five times as long for one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any

import orjson
from xlsxwriter.utility import xl_col_to_name

LONGEST_TEXT = 32_767  # letters that a cell holds; one beyond the first 65,536 of Unicode, as emoji are, counts as two
CUT = " […]"
_FIRST_DAY = "1900-03-01"  # before it, Excel's calendar is wrong
_DAY_ZERO = dt.date(1899, 12, 30).toordinal()

# What XML can't hold is written as _xHHHH_, and a text that looks like that as one that is (ECMA-376, ST_Xstring).
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_MARKS = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]")

Places, Texts = Sequence[int], Sequence[str]


class Rows:
    """Turns rows, as the database prints them, into the XML of a sheet, and counts them and the texts that had no room.

    `types` are those of the columns in the database, `day` is the number of the look of a date in the workbook, and `words`
    are those for a boolean. What is written of a column is written of many rows at once.
    """

    def __init__(self, types: list[str], *, after: int, day: int, words: tuple[str, str]) -> None:
        self.last, self.cut = after, 0
        self._look, self._yes_no = f'" s="{day}"><v>', dict(zip("tf", words, strict=True))
        told = {"bool": self._truths, "date": self._days, "timestamptz": self._moments, "json": self._parts,
                **dict.fromkeys(("int2", "int4", "int8", "float4", "float8", "numeric"), _numbers)}  # fmt: skip
        self._columns = [
            (f'<c r="{xl_col_to_name(at)}', told.get(kind.partition("(")[0], self._texts)) for at, kind in enumerate(types)
        ]

    def xml(self, rows: list[tuple[str, ...]]) -> str:
        """The next rows. What is empty has no cell but in the last column: by that programs know how wide the sheet is."""
        places = range(self.last + 1, self.last + 1 + len(rows))
        self.last += len(rows)
        cells = [write(at, places, texts) for (at, write), texts in zip(self._columns, zip(*rows, strict=True), strict=True)]
        at = self._columns[-1][0]
        cells[-1] = [cell or f'{at}{place}"/>' for place, cell in zip(places, cells[-1], strict=True)]
        return "".join(chain.from_iterable(zip((f'<row r="{place}">' for place in places), *cells, repeat("</row>"))))

    def _texts(self, at: str, places: Places, texts: Texts) -> list[str]:
        if max(map(len, texts)) > LONGEST_TEXT // 2:
            whole, texts = texts, [cut(text) for text in texts]
            self.cut += sum(map(str.__ne__, whole, texts))
        together = "".join(texts)
        space = "" if [*map(str.strip, texts)] == [*texts] else ' xml:space="preserve"'
        if _MARKS.search(together) or "_x" in together:
            texts = [escaped(text) for text in texts]
        return _cells(at, places, texts, f'" t="inlineStr"><is><t{space}>', "</t></is></c>")

    def _truths(self, at: str, places: Places, texts: Texts) -> list[str]:
        return self._texts(at, places, [self._yes_no.get(text, "") for text in texts])

    def _moments(self, at: str, places: Places, texts: Texts) -> list[str]:
        return self._texts(at, places, [text and dt.datetime.fromisoformat(text).isoformat() for text in texts])

    def _days(self, at: str, places: Places, texts: Texts) -> list[str]:
        known = [str(dt.date.fromisoformat(text).toordinal() - _DAY_ZERO) if text >= _FIRST_DAY else "" for text in texts]
        early = [text if text < _FIRST_DAY else "" for text in texts]
        return _either(_cells(at, places, known, self._look, "</v></c>"), self._texts(at, places, early))

    def _parts(self, at: str, places: Places, texts: Texts) -> list[str]:
        """Parts of linked records, in JSON: each is of its own type."""
        parts = [(text, orjson.loads(text) if text else "") for text in texts]
        numbers = [text if type(part) in (int, float) else "" for text, part in parts]
        others = ["" if number else self._in_words(*part) for number, part in zip(numbers, parts, strict=True)]
        return _either(_numbers(at, places, numbers), self._texts(at, places, others))

    def _in_words(self, text: str, part: Any) -> str:
        return part if isinstance(part, str) else self._yes_no[text[0]] if isinstance(part, bool) else text


def _numbers(at: str, places: Places, texts: Texts) -> list[str]:
    return _cells(at, places, texts, '"><v>', "</v></c>")


def _cells(at: str, places: Places, texts: Texts, before: str, after: str) -> list[str]:
    return [f"{at}{place}{before}{text}{after}" if text else "" for place, text in zip(places, texts, strict=True)]


def _either(cells: list[str], others: list[str]) -> list[str]:
    return [cell or other for cell, other in zip(cells, others, strict=True)]


def cut(text: str) -> str:
    """The text as far as a cell has room for it, which is counted in units of UTF-16."""
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * LONGEST_TEXT else units[: 2 * (LONGEST_TEXT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def escaped(text: str) -> str:
    """A text as it stands in the XML of a cell."""
    text = _LOOKS_ESCAPED.sub("_x005F_", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _NOT_IN_XML.sub(lambda found: f"_x{ord(found.group()):04X}_", text)
