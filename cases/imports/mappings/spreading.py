"""A mapping at work: one table in, a sheet for each kind of record that its rules fill, row by row."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases.imports.kinds import SHEETS, key_columns, model_of
from cases.imports.mappings.cells import Cells, flagged, holds, named_in, said, spread, spread_into, variants
from cases.imports.mappings.splitters import PARTS, SPLITTERS
from cases.imports.outcome import Problem
from cases.imports.reading import Asked, read
from cases.imports.tables import Row, Sheet

PART, PLACE = "part", "n"  # what `each` adds to a row: the part of the cell, and which one it is
TOLD = 20  # rows that are named where they do not come in
FILE = "@file"  # the name of the file without its ending, for data sets that tell their releases by it
ADDED = (PART, PLACE, *PARTS)


@dataclass(frozen=True)
class Spread:
    """The rows of one sheet, made anew from the rows of the file each time."""

    file: str
    table: Sheet
    fixed: list[Cells]
    rules: list[dict[str, Any]]
    header: list[str]
    keys: tuple[str, ...]
    empty: frozenset[str]

    def __iter__(self) -> Iterator[Row]:
        always = {FILE: self.file}
        for number, cells in enumerate(self.fixed, start=1):
            yield Row(number, {name: said(cells.get(name, ""), always) for name in self.header})
        seen: set[tuple[str, ...]] = set()
        for row in self.table.rows:
            source = {name: "" if cell in self.empty else cell for name, cell in row.cells.items()} | always
            for rule in self.rules:
                for part in _parts(rule, source):
                    made = self._made(rule, part)
                    if rule.get("once"):
                        key = tuple(made.get(name, "") for name in self.keys)
                        if key in seen or not any(key):
                            continue
                        seen.add(key)
                    yield Row(row.number, made, flagged(rule.get("flags", []), part))

    def _made(self, rule: dict[str, Any], source: Cells) -> Cells:
        made = dict.fromkeys(self.header, "")
        made |= {name: said(cell, source) for name, cell in rule["cells"].items()}
        for each in rule.get("spread", []):
            made |= spread(each, source)
        return made


def spread_out(path: Path, spec: dict[str, Any]) -> list[Sheet]:
    """The sheets that a mapping makes of a file. Raises Problem where it is not the file that the mapping is for."""
    tables = read(path, Asked(**spec.get("reading", {})))
    if len(tables) > 1:
        raise Problem(f"{path.name}: {len(tables)} sheets. Say in the mapping which one it reads (reading → sheet).")
    [table] = tables
    rules = [_supplied(variant, table.header) for rule in spec["rows"] for variant in variants(rule)]
    notes = [*table.notes, *_unused(table, spec, rules), *_of_no_rule(table, rules)]
    made = []
    for name in SHEETS:
        fixed, own = spec.get("fixed", {}).get(name, []), [rule for rule in rules if rule["sheet"] == name]
        if fixed or own:
            header = list(dict.fromkeys(column for part in (*fixed, *map(_columns, own)) for column in part))
            rows = Spread(
                path.name.split(".")[0], table, fixed, own, header, key_columns(model_of(name)), frozenset(spec.get("empty", []))
            )
            made.append(Sheet(name, name, header, rows, table.how, notes))
            notes = []
    return made


def _supplied(rule: dict[str, Any], header: list[str]) -> dict[str, Any]:
    """The rule without the cells of columns that this release of a file does not have: not supplied is not empty."""
    own = [*header, FILE, *(ADDED if "each" in rule else ())]
    cells = {name: cell for name, cell in rule["cells"].items()
             if not (columns := set(named_in(cell))) or columns & set(own)}  # fmt: skip
    return {**rule, "cells": cells}


def _columns(rule: dict[str, Any]) -> list[str]:
    return [*rule["cells"], *(name for each in rule.get("spread", []) for name in spread_into(each))]


def _parts(rule: dict[str, Any], source: Cells) -> Iterator[Cells]:
    """The row itself, or one for each part of a cell of it."""
    if "when" in rule and not holds(rule["when"], source):
        return
    each = rule.get("each")
    if not each:
        yield source
        return
    cell = source.get(each["column"], "")
    if "splitter" in each:
        parts = SPLITTERS[each["splitter"]](cell)
    else:
        parts = [{PART: part.strip()} for part in cell.split(each.get("by", ";")) if part.strip()]
    for number, part in enumerate(parts, start=1):
        yield {**source, **part, PLACE: str(number)}


def _of_no_rule(table: Sheet, rules: list[dict[str, Any]]) -> list[str]:
    """A note of the rows of which no rule makes anything: nothing is dropped in silence."""
    if any("when" not in rule and "each" not in rule for rule in rules):
        return []
    missed = [row.number for row in table.rows if not any(True for rule in rules for _ in _parts(rule, row.cells))]
    told = ", ".join(map(str, missed[:TOLD])) + (" …" if len(missed) > TOLD else "")
    return [f"{len(missed):,} rows fit no rule of the mapping, and do not come in: {told}."] if missed else []


def _unused(table: Sheet, spec: dict[str, Any], rules: list[dict[str, Any]]) -> list[str]:
    """A note of each column that does not come in. Raises Problem where the file lacks one by which it is known."""
    for column in spec.get("needs", []):
        if column not in table.header:
            near = difflib.get_close_matches(column, table.header, 1)
            hint = f" Did they rename it to “{near[0]}”?" if near else f" Its columns are {', '.join(table.header)}."
            raise Problem(f"{table.file_name}: there is no column “{column}”, which this mapping reads.{hint}")
    used = {*named_in(rules), *_asked(rules)}
    reasons: dict[str, list[str]] = {}
    for name, why in spec.get("left_out", {}).items():
        reasons.setdefault(why, []).extend([name] if name in table.header else [])
    notes = [f"{', '.join(names)}: left out. {why}" for why, names in reasons.items() if names]
    if personal := [name for name in spec.get("personal", []) if name in table.header]:
        notes.append(f"Data about persons: {', '.join(personal)}.")
    unknown = [name for name in table.header if name not in used and name not in spec.get("left_out", {})]
    if unknown:
        notes.append(f"The mapping does not say what these columns mean, and they do not come in: {', '.join(unknown)}.")
    return notes


def _asked(rules: list[dict[str, Any]]) -> Iterator[str]:
    """The columns that rules look at without writing them."""
    for rule in rules:
        conditions = rule.get("when", [])
        for each in (
            *([conditions] if isinstance(conditions, dict) else conditions),
            *rule.get("flags", []),
            rule.get("each", {}),
        ):
            yield from [each["column"]] if "column" in each else []
            yield from (*each.get("rise", []), *each.get("point", []))
