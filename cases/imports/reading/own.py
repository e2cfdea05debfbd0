"""Files that this program has written come back: the columns of an export become those of a sheet.

An export says more than a sheet takes: bounds of dates, names of what is linked, rows of parts. A sheet takes the fields
of the record and the uids of its links; the rest is left out and named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from cases.imports.columns import columns_of
from cases.imports.kinds import SHEETS, model_of
from cases.imports.tables import Row, Sheet
from cases.models.statements import ABOUT
from hrdocs.models import Record
from hrdocs.uids import understood

MARKS = {"uid", "url", "state", "sensitivity", "edited_at"}
NOT_OURS = ("team",)  # whose a record is, is said in the desk
RENAMED = {"url": "source_url"}  # `url` is the address of the record itself
_APOSTROPHE = re.compile(r"'(?=[=+\-@\t\r'])")  # put before what a spreadsheet would run


def is_own(sheet: Sheet) -> bool:
    """Whether a table has the columns with which every record leaves."""
    return set(sheet.header) >= MARKS


def as_sheet(sheet: Sheet) -> Sheet | None:
    """The export as a sheet of its kind; None where it holds no record."""
    first = next(iter(sheet.rows), None)
    prefix = (understood(first.cells["uid"]) or "")[:3] if first else ""
    kind = next((name for name in SHEETS if _prefix(name) == prefix), "")
    if not kind:
        return None
    sources = _sources(columns_of(model_of(kind)), sheet.header)
    header = ["ref", *sources, *_about(sheet.header)]
    used = {"uid", *sources.values(), "about.kind", "about.uid"}
    left = [name for name in sheet.header if name.split(".")[0] not in {each.split(".")[0] for each in used}]
    note = f"Written by this program; these columns are for reading, and changes in them don't come in: {', '.join(left)}."
    safe = "CSV" in sheet.how or "XLSX" in sheet.how
    return Sheet(kind, sheet.file_name, header, Returned(sheet, header, sources, safe), sheet.how, [*sheet.notes, note])


@dataclass(frozen=True)
class Returned:
    """The rows of an export, with the cells that a sheet takes."""

    sheet: Sheet
    header: list[str]
    sources: dict[str, str]
    safe: bool  # whether cells have an apostrophe before what a spreadsheet would run

    def __iter__(self) -> Iterator[Row]:
        for row in self.sheet.rows:
            cells = {name: row.cells.get(source, "") for name, source in self.sources.items()}
            for name in _about(self.header):
                is_it = name == f"about_{row.cells.get('about.kind', '')}"
                cells[name] = row.cells.get("about.uid", "") if is_it else ""
            if self.safe:
                cells = {name: _APOSTROPHE.sub("", cell, count=1) for name, cell in cells.items()}
            yield Row(row.number, {"ref": row.cells["uid"], **cells}, row.flags)


def _prefix(kind: str) -> str:
    model = model_of(kind)
    return model.uid_prefix if issubclass(model, Record) else ""


def _sources(fields: dict[str, models.Field], header: list[str]) -> dict[str, str]:
    """For each field that an export holds, the column that holds it: of a link its uid."""
    found = {}
    for name, field in fields.items():
        if name in NOT_OURS or name.startswith("about_") and field.is_relation:
            continue
        column = f"{name}.uid" if field.is_relation and f"{name}.uid" in header else RENAMED.get(name, name)
        if column in header:
            found[name] = column
    return found


def _about(header: list[str]) -> list[str]:
    """The columns of which one says what a statement is about."""
    return list(ABOUT) if "about.kind" in header else [name for name in header if name in ABOUT]
