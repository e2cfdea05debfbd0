"""Whether sealed history is whole: checked with Python alone, in the program or by an outsider on a plain dump.

    PGTZ=UTC pg_dump --file=history.sql …
    python3 proof.py history.sql --head heads.txt

Each row of history is bound by a salted commitment per field; a seal lists the rows that were new when it was made and
names the seal before it; a head noted elsewhere fixes all that went before. This file needs nothing of the program.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = dict[str, str | None]  # the columns of a row as COPY writes them, None for NULL
Source = Callable[[bool], Iterable[tuple[str, Row]]]  # of False: seals, contexts, tombstones; of True: rows of history

FIRST = "0" * 64  # what the first seal names as the one before it
WHY = "context.metadata"  # who and why, bound together with each row that they speak of
SEALS, SEALED, TOMBSTONES, CONTEXTS = "hrdocs_seal", "hrdocs_sealedrow", "hrdocs_tombstone", "pghistory_context"
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def field_salt(salt: bytes, column: str) -> bytes:
    """The salt of one field: to tell it gives nothing away of the others."""
    return hashlib.sha256(salt + column.encode()).digest()[:16]


def commitment(salt: bytes, value: str) -> bytes:
    return hashlib.sha256(salt + value.encode()).digest()


def row_hash(table: str, row: str, fields: Iterable[tuple[str, bytes | None]]) -> bytes:
    """The hash of a row from the commitments of its fields; a field that is NULL has none."""
    bound = hashlib.sha256(f"{table} {row}".encode())
    for column, committed in fields:
        bound.update(b"\0" + column.encode() + b"\0" + (committed if committed is not None else b"-"))
    return bound.digest()


def committed(salt: bytes, columns: list[str], values: Row) -> Iterator[tuple[str, bytes | None]]:
    for column in columns:
        value = values.get(column)
        yield column, None if value is None else commitment(field_salt(salt, column), value)


def root_of(hashes: Iterable[bytes]) -> str:
    root = hashlib.sha256()
    for each in hashes:
        root.update(each)
    return root.hexdigest()


def seal_hash(seal: dict[str, Any]) -> str:
    """The hash of a seal: over its number, times, columns, rows, and the seal before it."""
    told = {name: seal[name] for name in ("number", "sealed_at", "horizon", "columns", "rows", "root", "previous")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass
class Report:
    """What was found: each problem a sentence, and how much was looked at."""

    problems: list[str] = field(default_factory=list)
    seals: int = 0
    rows: int = 0
    waiting: int = 0  # rows that no seal has taken up yet
    erased: int = 0
    head: str = ""

    def __str__(self) -> str:
        return (f"{self.seals} seals, {self.rows} rows of history, {self.waiting} not sealed yet, {self.erased} partly erased; "
                f"{len(self.problems)} problems. Head: {self.head}")  # fmt: skip


@dataclass
class _Listed:
    """One row as a seal lists it."""

    seal: int
    position: int
    salt: bytes | None
    hash: bytes


def verify(source: Source, heads: Iterable[tuple[int, str]] = ()) -> Report:
    """Check the chain of seals, each row that they list, and that nothing came in between."""
    report = Report()
    try:
        _verify(source, heads, report)
    except (ValueError, KeyError, TypeError) as error:  # a number with a letter in it, a line cut short
        report.problems.append(f"What is left can't be read on: it was damaged or changed ({type(error).__name__}: {error}).")
    return report


def _verify(source: Source, heads: Iterable[tuple[int, str]], report: Report) -> None:
    kept: dict[str, list[Row]] = {SEALS: [], SEALED: [], TOMBSTONES: [], CONTEXTS: []}
    for table, row in source(False):
        kept[table].append(row)
    listed = _listed(kept[SEALED], report)
    seals = _check_chain(kept[SEALS], listed, report)
    _check_heads(seals, heads, report)
    why = {row["id"]: row["metadata"] for row in kept[CONTEXTS]}
    tombstones = {(row["events"] or "", row["row"] or ""): row for row in kept[TOMBSTONES]}
    for table, row in source(True):
        row[WHY] = why.get(row["pgh_context_id"])
        key = (table, row["pgh_id"] or "")
        found = listed.pop(key, None)
        report.rows += 1
        report.waiting += found is None
        report.erased += found is not None and found.salt is None
        report.problems += _against(table, row, found, tombstones.get(key), seals)
    for (table, number), gone in listed.items():
        report.problems.append(f"{table}, row {number}: it was removed after seal {gone.seal} had listed it.")


def _listed(rows: list[Row], report: Report) -> dict[tuple[str, str], _Listed]:
    listed = {}
    for row in rows:
        key = (row["events"] or "", row["row"] or "")
        if key in listed:
            report.problems.append(f"{key[0]}, row {key[1]}: it is listed twice.")
        salt = bytes.fromhex(row["salt"][2:]) if row["salt"] else None
        listed[key] = _Listed(int(row["seal_id"] or 0), int(row["position"] or 0), salt, bytes.fromhex((row["hash"] or "")[2:]))
    return listed


def _check_chain(rows: list[Row], listed: dict[tuple[str, str], _Listed], report: Report) -> dict[int, dict[str, Any]]:
    seals: dict[int, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: int(row["number"] or 0)):
        seal: dict[str, Any] = {**row, "number": int(row["number"] or 0), "rows": int(row["rows"] or 0),
                                "columns": json.loads(row["columns"] or "{}")}  # fmt: skip
        if seal["number"] in seals:
            report.problems.append(f"Seal {seal['number']} is there twice.")
        seals[seal["number"]] = seal
    by_seal: dict[int, list[_Listed]] = {}
    for entry in listed.values():
        by_seal.setdefault(entry.seal, []).append(entry)
    previous = FIRST
    for place, (number, seal) in enumerate(seals.items(), start=1):
        if number != place and number - 1 not in seals:
            report.problems.append(f"Seal {number - 1} is missing.")
        if seal["previous"] != previous or seal_hash(seal) != seal["hash"]:
            report.problems.append(
                f"Seal {number} ({seal['sealed_at']}) is not as it was made, or does not follow the one before it."
            )
        mine = sorted(by_seal.pop(number, []), key=lambda entry: entry.position)
        whole = [entry.position for entry in mine] == list(range(seal["rows"]))
        if not whole or root_of(entry.hash for entry in mine) != seal["root"]:
            report.problems.append(f"Seal {number} ({seal['sealed_at']}): its list of rows is not the one that was sealed.")
        previous = seal["hash"]
    report.problems += [f"Rows are listed under seal {number}, which is not there." for number in by_seal]
    report.seals, report.head = len(seals), previous
    return seals


def _check_heads(seals: dict[int, dict[str, Any]], heads: Iterable[tuple[int, str]], report: Report) -> None:
    for number, noted in heads:
        if number not in seals:
            report.problems.append(
                f"Seal {number} was noted outside and is not here: the end was cut off, or this is an older copy."
            )
        elif seals[number]["hash"] != noted:
            report.problems.append(f"Seal {number} is not the one that was noted outside: history was sealed anew.")


def _against(
    table: str, row: Row, listed: _Listed | None, tombstone: Row | None, seals: dict[int, dict[str, Any]]
) -> Iterator[str]:
    """What speaks against one row of history."""
    number, at = row["pgh_id"] or "", row["pgh_created_at"] or ""
    before = listed.seal - 1 if listed else max(seals, default=0)
    if before in seals and at < seals[before]["horizon"]:
        yield f"{_named(table, row)}: it was put in later; seal {before} was made after that moment and does not know it."
    if listed is None:
        return
    columns = seals.get(listed.seal, {}).get("columns", {}).get(table, [])
    missing = [column for column in columns if column not in row]
    if missing:
        yield f"{table}: the column {missing[0]} was sealed and is not here; row {number} can't be checked."
    elif listed.salt is None and tombstone is None:
        yield f"{_named(table, row)}: its salt is gone, and nothing says that it was erased."
    else:
        salt = listed.salt
        fields = committed(salt, columns, row) if salt is not None else _remains(tombstone or {}, columns, row)
        if row_hash(table, number, fields) != listed.hash:
            yield f"{_named(table, row)}: it is not as it was sealed (seal {listed.seal})."


def _remains(tombstone: Row, columns: list[str], row: Row) -> Iterator[tuple[str, bytes | None]]:
    """The commitments of a row of which something was erased: of what is left by its salt, of the rest as noted."""
    salts, noted = json.loads(tombstone["salts"] or "{}"), json.loads(tombstone["commitments"] or "{}")
    for column in columns:
        value = row.get(column)
        if column in noted:
            empty = value in (None, "", "{}")
            yield column, bytes.fromhex(noted[column]) if empty else b"something was written over what was erased"
        else:
            yield column, None if value is None else commitment(bytes.fromhex(salts.get(column, "")), value)


def _named(table: str, row: Row) -> str:
    """The record and the change, as a person can look them up."""
    what = row.get("uid") or f"key {row['pgh_obj_id']}"
    return f"{table.removesuffix('event')} {what}, {row['pgh_label']} of {row['pgh_created_at']} (row {row['pgh_id']})"


# ── reading ──


def unescaped(cell: str) -> str | None:
    """One cell of COPY's text format."""
    if cell == "\\N":
        return None
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), cell) if "\\" in cell else cell


def cells(line: str) -> list[str | None]:
    return [unescaped(cell) for cell in line.rstrip("\n").split("\t")]


def dump(path: Path) -> Source:
    """The rows of a plain dump made by pg_dump."""

    def rows(history: bool) -> Iterator[tuple[str, Row]]:
        table, columns, wanted = "", [], False
        with path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                if table:
                    if line.rstrip("\n") == "\\.":
                        table = ""
                    elif wanted:
                        yield table, dict(zip(columns, cells(line), strict=True))
                elif found := re.match(r'COPY (?:\w+\.)?"?(\w+)"? \((.*)\) FROM stdin;$', line):
                    table, columns = found[1], [name.strip('" ') for name in found[2].split(",")]
                    wanted = "pgh_obj_id" in columns if history else table in (SEALS, SEALED, TOMBSTONES, CONTEXTS)

    return rows


def heads_in(path: Path) -> list[tuple[int, str]]:
    """The heads noted in a file: number, time and hash, one a line. Without them a cut end can't be told, so it must be there."""
    if not path.is_file():
        raise SystemExit(f"There is no file {path}. Name the one that seal_history --head-to wrote, or leave --head away.")
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [(int(parts[0]), parts[-1]) for parts in lines]


def main() -> int:
    parser = argparse.ArgumentParser(description="Check the sealed history in a plain dump: PGTZ=UTC pg_dump --file=…")
    parser.add_argument("dump", type=Path)
    parser.add_argument("--head", type=Path, help="the file of heads that was kept outside")
    given = parser.parse_args()
    source = dump(given.dump)
    if any(table == SEALS and not (row["sealed_at"] or "").endswith("+00") for table, row in source(False)):
        print("This dump writes times in another zone. Make it with PGTZ=UTC pg_dump …")
        return 2
    report = verify(source, heads_in(given.head) if given.head else ())
    for problem in report.problems:
        print(problem)
    print(report)
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
