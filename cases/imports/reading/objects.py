"""JSON and NDJSON: a list of objects, one an entry of the list or a line; what stands within one gets a name with a dot."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cases.imports.outcome import Problem
from cases.imports.reading.content import HEAD, LONGEST_LINE, opened, what_it_is
from cases.imports.reading.rows import LARGEST_CELL, MOST_COLUMNS, MOST_ROWS, Asked
from cases.imports.tables import Row, Sheet

LARGEST_LIST = 256 * 1024**2  # a list is held in memory as a whole; lines are not
LISTED = ("results", "features")  # where a page of our API, or GeoJSON, holds its rows


@dataclass(frozen=True)
class Objects:
    """The objects of a file as rows, read anew each time."""

    path: Path

    def __iter__(self) -> Iterator[Row]:
        for number, found in enumerate(objects(self.path), start=1):
            if number > MOST_ROWS:
                raise Problem(f"{self.path.name}: more than {MOST_ROWS:,} rows. Cut the file into several.")
            yield Row(number, flat(found, f"{self.path.name}, object {number}"))


def sheets(path: Path, asked: Asked) -> list[Sheet]:
    """The one table of a JSON file; its columns are all names that its objects have."""
    rows = Objects(path)
    header: dict[str, None] = {}
    for row in rows:
        header.update(dict.fromkeys(row.cells))
        if len(header) > MOST_COLUMNS:
            raise Problem(f"{path.name}, object {row.number}: more than {MOST_COLUMNS:,} names. No more columns are read.")
    if not header:
        raise Problem(f"{path.name}: empty. A list of objects is read, each with its values by name.")
    how = "NDJSON, an object a line" if what_it_is(path) == "ndjson" else "JSON, a list of objects"
    return [Sheet(path.name.split(".")[0], path.name, list(header), rows, how=how)]


def objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON or NDJSON file. Raises Problem with the place where it is not such a file."""
    if what_it_is(path) == "ndjson":
        yield from _lines(path)
        return
    with opened(path) as file:
        held = file.read(LARGEST_LIST + 1)
    if len(held) > LARGEST_LIST:
        raise Problem(f"{path.name}: a JSON list of more than {LARGEST_LIST // 1024**2} MB. Save it as NDJSON, an object a line.")
    found = _parsed(held, path.name)
    if isinstance(found, dict):
        found = next((found[name] for name in LISTED if isinstance(found.get(name), list)), [found])
    for number, each in enumerate(found, start=1):
        yield _object(each, f"{path.name}, object {number}")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with opened(path) as file, io.BufferedReader(file, HEAD) as lines:  # type: ignore[type-var]
        number = 0
        while line := lines.readline(LONGEST_LINE):
            number += 1
            if line.strip():
                yield _object(_parsed(line, f"{path.name} line {number}"), f"{path.name} line {number}")


def _parsed(text: bytes, where: str) -> Any:
    """Numbers stay as they are written: 0.10 is not 0.1."""

    def refused(word: str) -> Any:
        raise ValueError(f"{word} is no number")

    try:
        return json.loads(text.decode("utf-8-sig"), parse_float=str, parse_int=str, parse_constant=refused)
    except (ValueError, RecursionError) as error:
        raise Problem(f"{where}: not readable as JSON ({error}). Write it anew, in UTF-8.") from None


def _object(found: Any, where: str) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise Problem(f"{where}: not an object with names. A list of objects is read, each with its values by name.")
    return found


def flat(found: dict[str, Any], where: str, before: str = "") -> dict[str, str]:
    """The values of an object by name, as text: within another by `outer.inner`, lists of single values joined by "; "."""
    cells: dict[str, str] = {}
    for name, value in found.items():
        if isinstance(value, dict):
            cells |= flat(value, where, f"{before}{name}.")
        else:
            cells[f"{before}{name}"] = text = _text(value)
            if len(text) > LARGEST_CELL:
                raise Problem(f"{where}, {name}: {len(text):,} letters. A cell may hold {LARGEST_CELL:,}.")
    return cells


def _text(value: Any) -> str:
    if isinstance(value, list):
        if all(isinstance(part, dict) and part.keys() >= {"uid"} for part in value):
            return "; ".join(str(part["uid"]) for part in value)
        if any(isinstance(part, dict | list) for part in value):
            return json.dumps(value, ensure_ascii=False)
        return "; ".join(map(_text, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
