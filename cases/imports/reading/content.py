"""What a file is, by its first bytes and never by its name: people rename files, and others disguise them."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import BinaryIO

from cases.imports.outcome import Problem

HEAD = 65_536
LONGEST_LINE = 16 * 1024**2
_REFUSED = {
    b"%PDF": "a PDF. Take the table out of it, into a spreadsheet",
    b"MZ": "a program. Do not open it",
    b"\x7fELF": "a program. Do not open it",
    b"PAR1": "a Parquet file. Save it as CSV",
    b"SQLite format 3": "a database. Save each of its tables as CSV",
    b"Rar!": "an archive. Unpack it first",
    b"7z\xbc\xaf": "an archive. Unpack it first",
    b"{\\rtf": "a text document. Take the table out of it, into a spreadsheet",
}


def opened(path: Path) -> BinaryIO:
    """The bytes of a file; of a gzip file those within."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")  # type: ignore[return-value]


def what_it_is(path: Path) -> str:
    """`text`, `xlsx`, `ods`, `json` or `ndjson`. Raises Problem, with what to do, where it is something else."""
    try:
        with opened(path) as file:
            head = file.read(HEAD)
    except (OSError, EOFError) as error:
        raise Problem(f"{path.name}: can't be read ({error}). Fetch or send it again.") from None
    for begins, what in _REFUSED.items():
        if head.startswith(begins):
            raise Problem(f"{path.name}: {what}.")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _old_or_locked(path)
    if head.startswith(b"PK"):
        return _packed(path)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:200].lower().startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<?xml")):
        raise Problem(f"{path.name}: a web page or XML, whatever its name says. Open it in a spreadsheet and save it as XLSX.")
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"{"):
        return "ndjson" if _goes_on_in_the_next_line(path) else "json"
    return "text"


def _goes_on_in_the_next_line(path: Path) -> bool:
    """Whether an object ends with its line, and another begins in the next."""
    with opened(path) as file:
        return file.readline(LONGEST_LINE).rstrip().endswith(b"}") and file.read(HEAD).lstrip().startswith(b"{")


def _old_or_locked(path: Path) -> Problem:
    with path.open("rb") as file:
        locked = "EncryptedPackage".encode("utf-16-le") in file.read(4 * 1024 * 1024)
    if locked:
        return Problem(f"{path.name}: protected by a password. Open it and save it without one.")
    return Problem(f"{path.name}: a workbook of Excel 97–2003. Open it and save it as XLSX.")


def _packed(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Problem(f"{path.name}: broken, or not all of it has arrived. Fetch or send it again.") from None
    if "xl/workbook.xml" in names or "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return "xlsx"
    if "content.xml" in names:
        return "ods"
    raise Problem(f"{path.name}: an archive, not a workbook. Unpack it, and import the files within.")
