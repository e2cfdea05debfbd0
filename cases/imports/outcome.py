"""What came of an import: every row is new, changed, unchanged, flagged or refused, and every error has its place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

FATES = ("new", "changed", "unchanged", "flagged", "refused")
ERRORS = "import_errors"  # the column that a sheet comes back with; nothing is read from it
KEPT = 10_000  # errors, flags and differences that are told one by one; of more, how many there are


class Problem(Exception):
    """The import can't go on; the message says where, what was wrong and what to do."""


@dataclass(frozen=True)
class RowError:
    """What is wrong with one cell, or with one row as a whole."""

    sheet: str
    row: int
    column: str
    words: str
    value: str = ""

    def __str__(self) -> str:
        where = f"{self.sheet} row {self.row}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.words}"


@dataclass(frozen=True)
class Difference:
    """What a row would change in one field of a record that is here already."""

    sheet: str
    row: int
    column: str
    uid: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.sheet} row {self.row}, {self.column} of {self.uid}: “{self.old}” becomes “{self.new}”"


@dataclass(frozen=True)
class Withdrawal:
    """A row that an earlier release had and this one has not: its source withdrew it. Its record stays."""

    sheet: str
    row: int  # in the release that had it last
    key: str
    uid: str

    def __str__(self) -> str:
        return f"{self.sheet}: {self.key} ({self.uid})"


@dataclass
class Outcome:
    """The account of one import. What is told one by one is held to KEPT of each sort, so that memory is."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FATES, 0))
    sheets: dict[str, dict[str, int]] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    flags: list[RowError] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    withdrawn: list[Withdrawal] = field(default_factory=list)
    written: bool = False
    read_as: list[str] = field(default_factory=list)  # of each sheet, how it was read and what of it was not
    left_out: Counter[str] = field(default_factory=Counter)  # how many more there were, by sort

    @property
    def read(self) -> int:
        return sum(self.counts.values())

    def count(self, sheet: str, fate: str, number: int = 1) -> None:
        """So many rows of a sheet come to this."""
        self.counts[fate] += number
        self.sheets.setdefault(sheet, dict.fromkeys(FATES, 0))[fate] += number

    def error(self, *found: RowError) -> None:
        """Keep what is wrong with a row."""
        for each in found:
            if self.room("errors"):
                self.errors.append(each)

    def flag(self, found: RowError) -> None:
        """Keep what is odd in a row that comes in, or why it is left as it was."""
        if self.room("flags"):
            self.flags.append(found)

    def room(self, sort: str) -> bool:
        """Whether one more of this sort is told by itself; counted where it is not."""
        if len(getattr(self, sort)) < KEPT:
            return True
        self.left_out[sort] += 1
        return False

    def account(self) -> str:
        """The last line of every import: read = new + changed + unchanged + flagged + refused."""
        parts = " + ".join(f"{self.counts[fate]} {fate}" for fate in FATES)
        return f"{self.read} read = {parts}"
