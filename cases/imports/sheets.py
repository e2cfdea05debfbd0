"""Sheets: which kind of record each table of a file or folder holds, told by its name or, of our own exports, by its uids."""

from __future__ import annotations

import difflib
import hashlib
from pathlib import Path

from django.utils import translation

from cases.imports.kinds import SHEETS, model_of
from cases.imports.outcome import Problem
from cases.imports.reading import FORMATS, Asked, read
from cases.imports.reading.own import as_sheet, is_own
from cases.imports.reading.rows import LARGEST_CELL
from cases.imports.tables import Flag, Row, Sheet
from hrdocs.folding import fold

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".ods", ".json", ".ndjson", ".jsonl", ".gz")
PIECE = 1 << 20

__all__ = ["LARGEST_CELL", "Asked", "Flag", "Row", "Sheet", "digest_of", "read_folder", "read_sheet"]


def read_folder(folder: Path, asked: Asked | None = None) -> tuple[list[Sheet], str]:
    """All sheets of a folder (or of the one file) in the order of SHEETS, and the SHA-256 over their bytes.

    Raises Problem where a file is no sheet that we know, or can't be read.
    """
    files = sorted(path for path in folder.iterdir() if path.name.endswith(ENDINGS)) if folder.is_dir() else [folder]
    if not folder.exists() or not files:
        raise Problem(f"{folder}: there is no CSV file here. Give a folder of sheets, or one file ({FORMATS}).")
    found = [sheet for path in files for sheet in _sheets(path, asked)]
    names = [sheet.name for sheet in found]
    for sheet in found:
        if names.count(sheet.name) > 1:
            raise Problem(f"{sheet.file_name}: there are two sheets of {sheet.name} here. Put them together, or import them one "
                          "after the other.")  # fmt: skip
    found.sort(key=lambda sheet: list(SHEETS).index(sheet.name))
    return found, digest_of(files)


def read_sheet(path: Path) -> Sheet:
    """The one table of a file, by the name of the file."""
    return read(path)[0]


def digest_of(files: list[Path]) -> str:
    """The SHA-256 over the bytes of files, whatever their size."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    return digest.hexdigest()


def _sheets(path: Path, asked: Asked | None) -> list[Sheet]:
    """The tables of one file, each under the name of its kind. An export that holds nothing is no sheet."""
    stem = path.name.split(".")[0]
    tables = read(path, asked)
    if len(tables) == 1 and _kind_called(tables[0].name) is None and stem in SHEETS:
        tables[0].name = stem
    ours = [table for table in tables if is_own(table)]  # beside them a workbook of ours has a page that tells about itself
    if ours:
        return [sheet for table in ours if (sheet := as_sheet(table))]
    found = []
    for table in tables:
        kind = _kind_called(table.name)
        if kind is None:
            raise _unknown(table.file_name, table.name, ".csv" if path.suffix == ".csv" else "")
        table.name = kind
        found.append(table)
    return found


def _kind_called(name: str) -> str | None:
    """The kind of record whose sheet has this name: as it stands, or as the desk says it, in English or in Arabic."""
    if name in SHEETS:
        return name
    called = fold(name)
    for kind in SHEETS:
        if fold(kind) == called:
            return kind
        for language in ("en", "ar"):
            with translation.override(language):
                if fold(str(model_of(kind)._meta.verbose_name_plural)) == called:
                    return kind
    return None


def _unknown(file_name: str, name: str, ending: str) -> Problem:
    near = difflib.get_close_matches(name, SHEETS, 1)
    hint = f" Did you mean {near[0]}{ending}?" if near else f" Sheets are named {', '.join(SHEETS)}."
    return Problem(f"{file_name}: no kind of record has this name.{hint}")
