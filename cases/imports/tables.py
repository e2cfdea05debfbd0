"""Tables: what a file holds once it is read, whatever it was written in. Rows are read again each time they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Flag:
    """What is odd in a row, and is kept as it stands: for a person to look at."""

    column: str
    words: str


@dataclass
class Row:
    """One row of a sheet: its number as a spreadsheet shows it, its cells by column, and what is odd in it."""

    number: int
    cells: dict[str, str]
    flags: tuple[Flag, ...] = ()


@dataclass
class Sheet:
    """One table of the import, by the name that says what its rows are.

    `how` says how the file was read (“CSV, Windows-1256, separated by ;”), `notes` what was left out in doing so.
    """

    name: str
    file_name: str
    header: list[str]
    rows: Iterable[Row] = field(default_factory=list)
    how: str = ""
    notes: list[str] = field(default_factory=list)
