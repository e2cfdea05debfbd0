"""Two people changed one record: what each did to it since the version that both began with, and the two put together.

Pure arithmetic over plain values. A side is the rows of a record as a form holds them: the record's own and those of its
parts, each with its entries by field. A row that is not there on a side was added or taken away.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Entry = tuple[tuple[str, str], ...]  # what a form sends for one field: the end of each name, and the text
Row = dict[str, Entry]
Side = dict[Hashable, Row]
Whose = Literal["theirs", "mine", "both"]
WHOLE = ""  # in place of a field: the row came or went as a whole


@dataclass(frozen=True)
class Difference:
    """One field that is not the same on both sides, or a row that is there on one side alone."""

    row: Hashable
    field: str
    base: Entry | Row | None
    theirs: Entry | Row | None
    mine: Entry | Row | None
    whose: Whose  # who changed it since; both did, and differently, where she has to choose

    @property
    def key(self) -> tuple[Hashable, str]:
        return self.row, self.field


def differences(base: Side, theirs: Side, mine: Side) -> Iterator[Difference]:
    """What differs between the two, the record's own fields first."""
    for row in dict.fromkeys([*base, *theirs, *mine]):
        sides = base.get(row), theirs.get(row), mine.get(row)
        if None in sides:
            yield from _difference(row, WHOLE, *sides)
        else:
            for field in sides[2]:
                yield from _difference(row, field, *(side[field] for side in sides))


def merged(mine: Side, found: list[Difference], chosen: Mapping[tuple[Hashable, str], str]) -> Side:
    """Mine, with theirs where that was chosen, or where they alone changed it and nothing else was chosen."""
    result = {row: dict(entries) for row, entries in mine.items()}
    for each in found:
        if chosen.get(each.key, "theirs" if each.whose == "theirs" else "mine") != "theirs":
            continue
        if each.field != WHOLE:
            result[each.row][each.field] = each.theirs
        elif each.theirs is None:
            result.pop(each.row, None)
        else:
            result[each.row] = dict(each.theirs)
    return result


def said(value: Entry | Row | None) -> object:
    """What a value says: line ends, spaces around it and the order of choices say nothing."""
    if isinstance(value, dict):
        return {field: said(entry) for field, entry in value.items()}
    if value is None:
        return None
    return sorted((name, " ".join(text.split()) if "\n" not in text else text.replace("\r\n", "\n").strip())
                  for name, text in value if text.strip())  # fmt: skip


def _difference(row: Hashable, field: str, base: object, theirs: object, mine: object) -> Iterator[Difference]:
    if said(theirs) != said(mine):
        whose: Whose = "mine" if said(base) == said(theirs) else "theirs" if said(base) == said(mine) else "both"
        yield Difference(row, field, base, theirs, mine, whose)
