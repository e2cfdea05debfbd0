"""How fast sheets come in: incidents with what they link to, read, checked and written, all of it taken back."""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from cases.benching import words
from cases.benching.results import Line
from cases.imports.write import import_records
from hrdocs.models import User

Table = Iterator[tuple[object, ...]]


def rates(incidents: int) -> list[Line]:
    """Rows of sheets in a second, from the files to what is written."""
    with tempfile.TemporaryDirectory(prefix="hrdocs-bench-") as name:
        rows = sum(_write(Path(name) / f"{sheet}.csv", table) for sheet, table in _sheets(incidents).items())
        by = User.objects.get(username="bench-analyst")
        started, worked = time.perf_counter(), time.process_time()
        outcome = import_records(Path(name), by=by, dataset="bench", dry_run=True)
        took, worked = time.perf_counter() - started, time.process_time() - worked
    if outcome.counts["new"] != rows:
        raise RuntimeError(f"{rows} rows were brought, and {outcome.account()}; this measures nothing.")
    return [Line("import", f"rows a second, of {rows:,} ({incidents:,} incidents)", rows / took, "/s", at_least=10_000,
                 note=f"{took:.1f} s, of which Python worked {worked:.1f} s")]  # fmt: skip


def _write(path: Path, table: Table) -> int:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        return sum(bool(writer.writerow(row)) for row in table) - 1  # the header is no row


def _sheets(n: int) -> dict[str, Table]:
    """The sheets as a field office would bring them, always the same."""
    few = max(n // 100, 10)
    return {
        "sources": _sources(few), "places": _places(few), "facilities": _facilities(few), "incidents": _incidents(n, few),
        "incident_facilities": _links(n, few), "estimates": _estimates(n, few),
    }  # fmt: skip


def _drawn(values: tuple, n: int, step: int = 1):  # type: ignore[no-untyped-def, type-arg]
    return values[n * step % len(values)]


def _sources(few: int) -> Table:
    yield "ref", "title", "kind"
    yield from ((f"s{n}", f"Report {n}", "report") for n in range(few))


def _places(few: int) -> Table:
    yield "ref", "name_en", "name_ar", "level"
    for n in range(few):
        en, ar = _drawn(words.PLACES, n)
        yield f"p{n}", f"{en} {n}", f"{ar} {n}", "settlement"


def _facilities(few: int) -> Table:
    yield "ref", "name_en", "name_ar", "kind", "place"
    for n in range(few):
        en, ar = _drawn(words.PLACES, n, 3)
        yield f"f{n}", f"{en} Branch {n}", f"فرع {ar} {n}", "prison", f"p{n * 7 % few}"


def _incidents(n: int, few: int) -> Table:
    """Narratives of some 300 letters, of a tenth of them in Arabic too."""
    yield "ref", "title_en", "title_ar", "narrative_en", "narrative_ar", "date", "place", "violations"
    for i in range(n):
        en, ar = _drawn(words.PLACES, i)
        told = " ".join(_drawn(words.SENTENCES_EN, i, step) for step in (1, 3, 7))
        arabic = " ".join(_drawn(words.SENTENCES_AR, i, step) for step in (1, 3)) if i % 10 == 0 else ""
        day = f"{2011 + i % 12}-{1 + i % 7:02}-{1 + i % 28:02}"
        yield (f"i{i}", f"Shelling of {en} {i}", f"قصف {ar}", f"{told} ({i})", arabic, day, f"p{i * 13 % few}",
               _drawn(("killed", "tortured", "executed"), i))  # fmt: skip


def _links(n: int, few: int) -> Table:
    yield "incident", "facility", "role"
    yield from ((f"i{i}", f"f{i * 11 % few}", "site") for i in range(n))


def _estimates(n: int, few: int) -> Table:
    yield "ref", "source", "about_incident", "value_text", "best", "counted", "measure", "categories", "quotation", "locator"
    for i in range(n):
        yield (f"e{i}", f"s{i * 17 % few}", f"i{i}", f"about {10 + i % 500}", 10 + i % 500, "persons", "total", "death",
               _drawn(words.SENTENCES_EN, i, 9), i % 90)  # fmt: skip
