"""ODS, row by row, from the one XML file that holds all its sheets."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from defusedxml.ElementTree import iterparse

from cases.imports.outcome import Problem
from cases.imports.reading.archives import looked_over
from cases.imports.reading.rows import LARGEST_CELL, MOST_COLUMNS, MOST_ROWS, Asked, sheet_of
from cases.imports.tables import Sheet

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _TEXT, _OFFICE, _STYLE = (f"{{{_NS}{name}:1.0}}" for name in ("table", "text", "office", "style"))
_VALUES = {"float": "value", "percentage": "value", "currency": "value", "date": "date-value", "time": "time-value"}
_GAPS = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}


def sheets(path: Path, asked: Asked) -> list[Sheet]:
    """The sheets of a workbook that are shown and hold something."""
    looked_over(path)
    _not_locked(path)
    hidden, names = set[str](), dict[str, str]()
    for event, element in _elements(path):
        if event == "start" and element.tag == f"{_TABLE}table":
            names[element.get(f"{_TABLE}name", "")] = element.get(f"{_TABLE}style-name", "")
        elif event == "end" and element.tag == f"{_STYLE}style" and _hides(element):
            hidden.add(element.get(f"{_STYLE}name", ""))
    notes = [f"The sheet “{name}” is hidden and was not read. Show it in the workbook to read it."
             for name, style in names.items() if style in hidden]  # fmt: skip
    shown = [name for name, style in names.items() if style not in hidden and asked.sheet in ("", name)]
    filled = [sheet for name in shown if (sheet := _sheet(path, name, asked, notes))]
    if not filled:
        raise Problem(f"{path.name}: empty. No sheet that is shown has a row that names the columns.")
    return filled


def _hides(style: Any) -> bool:
    return any(each.get(f"{_TABLE}display") == "false" for each in style.iter(f"{_STYLE}table-properties"))


def _not_locked(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
    if b"encryption-data" in manifest:
        raise Problem(f"{path.name}: protected by a password. Open it and save it without one.")


def _elements(path: Path) -> Iterator[tuple[str, Any]]:
    """What starts and ends in the content. A row is forgotten as soon as it was seen."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as file:
            for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
                yield event, element
                if event == "end" and element.tag in (f"{_TABLE}table-row", f"{_TABLE}table"):
                    element.clear()
    except (Problem, MemoryError):
        raise
    except Exception as error:  # whatever a stranger's file makes the parser raise
        raise Problem(f"{path.name}: not readable as a workbook ({type(error).__name__}). Open it in a spreadsheet and save it "
                      "anew.") from None  # fmt: skip


def _sheet(path: Path, title: str, asked: Asked, notes: list[str]) -> Sheet | None:
    name = f"{path.name}, sheet “{title}”"

    def lines() -> Iterator[tuple[int, list[str]]]:
        return _lines(path, name, title)

    if not any(any(values) for _, values in lines()):
        return None
    return sheet_of(title.strip(), name, lines, asked, how=f"ODS, sheet “{title}”", notes=notes)


def _lines(path: Path, name: str, title: str) -> Iterator[tuple[int, list[str]]]:
    """The filled rows of one sheet, with their numbers; a row may say that it stands there many times."""
    number, current = 0, ""
    for event, element in _elements(path):
        if event == "start" and element.tag == f"{_TABLE}table":
            number, current = 0, element.get(f"{_TABLE}name", "")
        elif event == "end" and element.tag == f"{_TABLE}table-row" and current == title:
            values, times = _values(name, number + 1, element), int(element.get(f"{_TABLE}number-rows-repeated", 1))
            if any(values) and times > MOST_ROWS:
                raise Problem(f"{name} row {number + 1}: repeated {times:,} times. Cut the sheet to what it holds.")
            for repeat in range(times if any(values) else 0):
                yield number + 1 + repeat, values
            number += times


def _values(name: str, number: int, row: Any) -> list[str]:
    values: list[str] = []
    for cell in row:
        if (cell.tag == f"{_TABLE}covered-table-cell" or _spans(cell)) and number > 1:
            raise Problem(f"{name} row {number}: merged cells. Unmerge them, and write the value into each.")
        text = _text(cell)
        times = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        if text and len(values) + times > MOST_COLUMNS:
            raise Problem(f"{name} row {number}: more than {MOST_COLUMNS:,} cells. No more columns are read.")
        if len(text) > LARGEST_CELL:
            raise Problem(f"{name} row {number}: a cell of {len(text):,} letters. A cell may hold {LARGEST_CELL:,}.")
        values += [text] * min(times, MOST_COLUMNS)
    while values and not values[-1]:
        values.pop()
    return values


def _spans(cell: Any) -> bool:
    return any(int(cell.get(f"{_TABLE}number-{which}-spanned", 1)) > 1 for which in ("columns", "rows"))


def _text(cell: Any) -> str:
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind == "boolean":
        return "yes" if cell.get(f"{_OFFICE}boolean-value") == "true" else "no"
    if kind in _VALUES:
        value = cell.get(f"{_OFFICE}{_VALUES[kind]}", "")
        return value.removesuffix("T00:00:00").removesuffix(".0")
    return "\n".join(_words(part) for part in cell if part.tag == f"{_TEXT}p").strip()


def _words(part: Any) -> str:
    """The text of a paragraph; several spaces, tabs and line breaks are elements of their own."""
    words = part.text or ""
    for inner in part:
        gap = _GAPS.get(inner.tag)
        words += gap * int(inner.get(f"{_TEXT}c", 1)) if gap else _words(inner)
        words += inner.tail or ""
    return words
