"""Sheets brought in by a test: written into a folder, and imported from there."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from cases.imports.outcome import Outcome
from cases.imports.write import import_records
from cases.models import ImportedRow
from hrdocs.models import User

DATASET = "brought"


def csv_of(*rows: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def bring(folder: Path, by: User, *, dataset: str = DATASET, sheets: dict[str, str], **given: Any) -> Outcome:
    """Import these sheets, name by text, from a folder of their own."""
    folder = folder / "sheets"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*"):
        old.unlink()
    for name, text in sheets.items():
        (folder / f"{name}.csv").write_text(text)
    return import_records(folder, by=by, dataset=dataset, **given)


def became(sheet: str, dataset: str = DATASET) -> dict[str, Any]:
    """The records that the rows of a sheet became, by their refs."""
    return {row.key: row.target for row in ImportedRow.objects.filter(dataset=dataset, sheet=sheet)}
