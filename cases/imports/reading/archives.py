"""Workbooks are ZIP archives that strangers send: looked over by their directory before anything is unpacked.

Python's reader never hands out more of a member than its directory says, so a directory that lies fails on its checksum.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.parsers import expat

from cases.imports.outcome import Problem

MOST_MEMBERS = 2_000
LARGEST_MEMBER = 2 * 1024**3
LARGEST_HELD = 256 * 1024**2  # texts that stand once for all cells are held in memory
PROLOG = 4096  # a document type and an element come before
SUSPECT_FROM = 8 * 1024**2
HIGHEST_RATIO = 200  # sheets of numbers shrink to a twentieth, a bomb to a thousandth
HELD = ("xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "styles.xml", "META-INF/manifest.xml")


def looked_over(path: Path) -> None:
    """Raise Problem where unpacking the archive could harm: far too large, locked, or with names that lead out of it."""
    with zipfile.ZipFile(path) as archive:
        _of_a_workbooks_size(path, archive.infolist())
        _without_entities(path, archive)


def _of_a_workbooks_size(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS:
        raise Problem(f"{path.name}: {len(members):,} files within, more than a workbook has. Save the sheets as CSV.")
    for member in members:
        packed = max(member.compress_size, 1)
        if member.flag_bits & 1:
            raise Problem(f"{path.name}: protected by a password. Open it and save it without one.")
        if member.filename.startswith(("/", "\\")) or ".." in member.filename.replace("\\", "/").split("/"):
            raise Problem(f"{path.name}: “{member.filename[:80]}” leads out of the archive. No spreadsheet writes that.")
        if member.file_size > (LARGEST_HELD if member.filename in HELD else LARGEST_MEMBER) or (
            member.file_size > SUSPECT_FROM and member.file_size / packed > HIGHEST_RATIO
        ):
            raise Problem(
                f"{path.name}: would unpack to {sum(each.file_size for each in members) // 1024**2:,} MB from "
                f"{path.stat().st_size // 1024:,} kB, more than is opened. Save the sheets as CSV."
            )


def _without_entities(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse XML with a document type: entities are defined there alone, and which library reads it later is not ours to say."""
    for member in archive.infolist():
        if member.filename.endswith((".xml", ".rels")):
            try:
                with archive.open(member) as content:
                    _before_the_root(content.read(PROLOG))
            except _DocumentType:
                raise Problem(
                    f"{path.name}: not readable as a workbook (“{member.filename[:80]}” defines entities). "
                    "Open it in a spreadsheet and save it anew."
                ) from None
            except (expat.ExpatError, zipfile.BadZipFile):
                pass  # whoever reads it says what is wrong with it


class _DocumentType(Exception):
    """XML that has one."""


class _Root(Exception):
    """The first element: no document type can come after it."""


def _before_the_root(start: bytes) -> None:
    def doctype(*_: object) -> None:
        raise _DocumentType

    def element(*_: object) -> None:
        raise _Root

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler, parser.StartElementHandler = doctype, element
    try:
        parser.Parse(start)
    except _Root:
        return
    if len(start) == PROLOG:  # who hides it behind so much is no spreadsheet
        raise _DocumentType
