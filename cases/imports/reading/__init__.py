"""Files in, tables out. What a file is, is told by its content; nothing is guessed about what its cells mean."""

from __future__ import annotations

from pathlib import Path

from cases.imports.outcome import Problem
from cases.imports.reading import objects, ods, text, xlsx
from cases.imports.reading.content import what_it_is
from cases.imports.reading.rows import Asked
from cases.imports.tables import Sheet

READERS = {"text": text.sheets, "xlsx": xlsx.sheets, "ods": ods.sheets, "json": objects.sheets, "ndjson": objects.sheets}
FORMATS = "CSV, TSV, XLSX, XLSM, ODS, JSON and NDJSON"

__all__ = ["FORMATS", "Asked", "read"]


def read(path: Path, asked: Asked | None = None) -> list[Sheet]:
    """The tables of one file: one of a text or JSON file, of a workbook each sheet that is shown and holds something.

    Raises Problem, with the file, the row and what to do, where it can't be read.
    """
    if not path.is_file():
        raise Problem(f"{path}: there is no file here. Files may be {FORMATS}.")
    asked = asked or Asked()
    found = READERS[what_it_is(path)](path, asked)
    if asked.sheet:
        found = [sheet for sheet in found if sheet.name == asked.sheet] or _no_such(path, asked.sheet, found)
    return found


def _no_such(path: Path, name: str, found: list[Sheet]) -> list[Sheet]:
    there = ", ".join(f"“{sheet.name}”" for sheet in found)
    raise Problem(f"{path.name}: there is no sheet “{name}”. Its sheets are {there}.")
