"""How fast sheets come in: incidents with what they link to, read, checked and written, beside a bare COPY of what came of it.

All of it is taken back. Two rates are told. *Rows of sheets* are what people bring, and what the target counts. *Rows of
tables* are all that the database wrote for them: records, parts, links, the rows as they came, history, and news.
"""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, models, transaction

from cases.benching import words
from cases.benching.results import Line, processor
from cases.imports.write import import_records
from cases.models import Estimate, Facility, ImportedRow, Incident, IncidentFacility, Place, Statement
from hrdocs.models import User
from sources.models import Source

TABLES = (Source, Place, Facility, Incident, Incident.violations.through, IncidentFacility, Statement, Estimate,
          Estimate.categories.through, ImportedRow)  # fmt: skip
Table = Iterator[tuple[object, ...]]


@dataclass(frozen=True)
class Brought:
    """An import: rows of its sheets, rows of tables that came of them, and seconds by the clock and of each processor."""

    rows: int
    written: int
    took: float
    python: float
    database: float

    @property
    def of_a_row(self) -> float:
        """Processor time for a row of a sheet."""
        return (self.database + self.python) / self.rows

    @property
    def worked(self) -> str:
        return f"{self.took:.1f} s, of which the database worked {self.database:.1f} s and Python {self.python:.1f} s"


def rates(few: int, many: int) -> Iterator[Line]:
    """Rows in a second, from the files to what is written; against a COPY of what was written; and how both sizes compare."""
    small, _copies = _bring(few)
    large, copies = _bring(many)
    for each, incidents in ((small, few), (large, many)):
        yield Line("import", f"rows of sheets a second, of {each.rows:,} ({incidents:,} incidents)", each.rows / each.took, "/s",
                   at_least=10_000, note=each.worked)  # fmt: skip
        yield Line("import", f"the same, counted as rows of all tables: {each.written:,}", each.written / each.took, "/s")
    copied, copying = _copied_in(copies)
    yield Line("import", "against COPY of what was written into the same tables, without triggers and checks of links",
               large.took / copied, "×", most=5, note=f"{copied:.1f} s, the database worked {copying:.1f} s")  # fmt: skip
    yield Line("import", f"processor time for a row, of {large.rows:,} against of {small.rows:,}",
               large.of_a_row / small.of_a_row, "×", most=1.25)  # fmt: skip


def _bring(incidents: int) -> tuple[Brought, dict[type[models.Model], bytes]]:
    """Bring in so many incidents with what they link to, and take it back; with what came of it, as a COPY has it."""
    with tempfile.TemporaryDirectory(prefix="hrdocs-bench-") as name, transaction.atomic():
        rows = sum(_write(Path(name) / f"{sheet}.csv", table) for sheet, table in _sheets(incidents).items())
        by = User.objects.get(username="bench-analyst")
        here, written = {table: _last(table) for table in TABLES}, _rows_written()
        started, both, python = time.perf_counter(), processor(), time.process_time()
        outcome = import_records(Path(name), by=by, dataset="bench")
        took, both, python = time.perf_counter() - started, processor() - both, time.process_time() - python
        brought = Brought(rows, _rows_written() - written, took, python, both - python)
        copies = {table: _copied_out(table, last) for table, last in here.items()}
        transaction.set_rollback(True)
    if outcome.counts["new"] != rows:
        raise RuntimeError(f"{rows} rows were brought, and {outcome.account()}; this measures nothing.")
    return brought, copies


def _rows_written() -> int:
    """How many rows this transaction has written so far, in all tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


def _columns(table: type[models.Model]) -> str:
    return ", ".join(field.column for field in table._meta.local_concrete_fields if not field.generated)


def _last(table: type[models.Model]) -> int:
    return table._base_manager.order_by().aggregate(last=models.Max("pk"))["last"] or 0


def _copied_out(table: type[models.Model], last: int) -> bytes:
    """The rows of a table behind the one that was its last."""
    name, key = table._meta.db_table, table._meta.pk.column
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY (SELECT {_columns(table)} FROM {name} WHERE {key} > {last} ORDER BY {key}) TO STDOUT") as rows,
    ):
        return b"".join(map(bytes, rows))


def _copied_in(written: dict[type[models.Model], bytes]) -> tuple[float, float]:
    """Seconds that it takes to COPY these rows into their tables, by the clock and of the processor."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        started, worked = time.perf_counter(), processor()
        for table, rows in written.items():
            with cursor.copy(f"COPY {table._meta.db_table} ({_columns(table)}) FROM STDIN") as copy:
                copy.write(rows)
        took = time.perf_counter() - started, processor() - worked
        transaction.set_rollback(True)
    return took


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
