"""In which encoding a text is written. UTF-8 proves itself; of others Windows-1256 is told by how Arabic is written.

Arabic words are runs of letters above ASCII; in languages of Latin letters those stand single among ASCII letters. A
library that goes by frequencies is asked for the rest: on a short Arabic sheet it took Windows-1256 for something else.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from charset_normalizer import from_bytes

from cases.imports.outcome import Problem
from cases.imports.reading.content import opened

PIECE = 1 << 20
ENOUGH = 30  # letters above ASCII from which frequencies tell something
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
          codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}  # fmt: skip
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a byte-order mark", "utf-16": "UTF-16", "utf-16-le": "UTF-16",
          "utf-16-be": "UTF-16", "utf-32": "UTF-32"}  # fmt: skip
_OTHERS = ["cp1252", "cp1250", "cp1251", "cp1254", "cp1253", "cp1255"]


def named(encoding: str) -> str:
    """The name by which people know an encoding: Windows-1256."""
    plain = codecs.lookup(encoding).name
    return _NAMES.get(encoding) or (plain.replace("cp", "Windows-") if plain.startswith("cp125") else plain.upper())


def recognised(path: Path) -> str:
    """The encoding of a text file. Raises Problem where it is written in two, or in none that is known here."""
    with opened(path) as file:
        head = file.read(PIECE)
    for mark, encoding in _MARKS.items():
        if head.startswith(mark):
            return checked(path, encoding)
    if wide := _without_mark(head):
        return checked(path, wide)
    if _misfit(path, "utf-8") is None:
        return "utf-8"
    return checked(path, _single_byte(path, head))


def checked(path: Path, encoding: str) -> str:
    """The encoding, where the whole file can be read in it. Raises Problem with the first row that can't."""
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise Problem(f"{path.name}: there is no encoding “{encoding}”. Write utf-8, utf-16, cp1256 or cp1252.") from None
    if misfit := _misfit(path, encoding):
        row, byte = misfit
        raise Problem(f"{path.name} row {row}: not {named(encoding)} (byte {byte}). Save the sheet as “CSV UTF-8”, or say its "
                      "encoding.")  # fmt: skip
    return encoding


def is_wide(head: bytes) -> bool:
    """Whether a text has two or four bytes a letter, so that a NUL among them is none."""
    return head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)) or bool(_without_mark(head))


def _without_mark(head: bytes) -> str:
    """UTF-16 that does not say so: every other byte of what ASCII has is nought."""
    start = head[:4096]
    if start.count(0) * 8 <= len(start):
        return ""
    return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"


def _misfit(path: Path, encoding: str) -> tuple[int, int] | None:
    """Row and byte of the first place that is not of the encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    row, read = 1, 0
    with opened(path) as file:
        while True:
            piece = file.read(PIECE)
            pending = len(decoder.getstate()[0])
            try:
                row += decoder.decode(piece, final=not piece).count("\n")
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, "ignore").count("\n")
                return row + before, read - pending + error.start
            if not piece:
                return None
            read += len(piece)


def _single_byte(path: Path, head: bytes) -> str:
    high = len(re.findall(rb"[\x80-\xff]", head))
    proper = sum(map(len, re.findall(rb"[\xc3-\xf4][\x80-\xbf]+", head)))
    row = (_misfit(path, "utf-8") or (1, 0))[0]
    if proper * 3 >= high * 2:  # nearly all of it is UTF-8, and some of it not
        raise Problem(f"{path.name} row {row}: most of this file is UTF-8, and something in this row is not. It was put "
                      "together from two encodings: mend that row, and save it as “CSV UTF-8”.")  # fmt: skip
    runs = sum(map(len, re.findall(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{2,}(?![A-Za-z\x80-\xff])", head)))
    if runs * 2 > high and _mostly_arabic(head):
        return "cp1256"
    if high < ENOUGH:
        return "cp1252"
    best = from_bytes(head[:200_000], cp_isolation=_OTHERS).best()
    return best.encoding if best else "cp1252"


def _mostly_arabic(head: bytes) -> bool:
    text = head.decode("cp1256", "replace")
    letters = [letter for letter in text if ord(letter) > 127]
    return sum("\u0600" <= letter <= "\u06ff" for letter in letters) * 2 > len(letters)
