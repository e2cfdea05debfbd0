"""What a file is, by its first bytes and never by its name: people rename files, and others disguise them."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.imports.outcome import Problem

HEAD = 65_536
LONGEST_LINE = 16 * 1024**2
_PROGRAM, _ARCHIVE = gettext_lazy("a program. Do not open it"), gettext_lazy("an archive. Unpack it first")
_REFUSED = {
    b"%PDF": gettext_lazy("a PDF. Take the table out of it, into a spreadsheet"),
    b"MZ": _PROGRAM,
    b"\x7fELF": _PROGRAM,
    b"PAR1": gettext_lazy("a Parquet file. Save it as CSV"),
    b"SQLite format 3": gettext_lazy("a database. Save each of its tables as CSV"),
    b"Rar!": _ARCHIVE,
    b"7z\xbc\xaf": _ARCHIVE,
    b"{\\rtf": gettext_lazy("a text document. Take the table out of it, into a spreadsheet"),
}
_PAGES = (b"<!doctype", b"<html", b"<table", b"<head", b"<?xml")
_SPACE = b"\xef\xbb\xbf \t\r\n"


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
    refused_by_its_start(path.name, head)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise _old_or_locked(path)
    if head.startswith(b"PK"):
        return _packed(path)
    start = head.lstrip(_SPACE)
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"{"):
        return "ndjson" if _goes_on_in_the_next_line(path) else "json"
    return "text"


def refused_by_its_start(name: str, start: bytes) -> None:
    """Raise Problem, with what to do, where the first bytes are of something that holds no table for us."""
    for begins, what in _REFUSED.items():
        if start.startswith(begins):
            raise Problem(f"{name}: {what}.")
    if start[:HEAD].lstrip(_SPACE)[:200].lower().startswith(_PAGES):
        words = _("a web page or XML, whatever its name says. Open it in a spreadsheet and save it as XLSX")
        raise Problem(f"{name}: {words}.")


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
