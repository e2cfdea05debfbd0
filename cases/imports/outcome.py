"""What came of an import: every row is new, changed, unchanged, flagged or refused, and every error has its place."""

from __future__ import annotations

from dataclasses import dataclass, field

FATES = ("new", "changed", "unchanged", "flagged", "refused")


class Problem(Exception):
    """The import can't go on; the message says where, what was wrong and what to do."""


@dataclass(frozen=True)
class RowError:
    """What is wrong with one cell, or with one row as a whole."""

    sheet: str
    row: int
    column: str
    words: str

    def __str__(self) -> str:
        where = f"{self.sheet} row {self.row}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.words}"


@dataclass
class Outcome:
    """The account of one import."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FATES, 0))
    errors: list[RowError] = field(default_factory=list)
    flags: list[RowError] = field(default_factory=list)

    @property
    def read(self) -> int:
        return sum(self.counts.values())

    def account(self) -> str:
        """The last line of every import: read = new + changed + unchanged + flagged + refused."""
        parts = " + ".join(f"{self.counts[fate]} {fate}" for fate in FATES)
        return f"{self.read} read = {parts}"
