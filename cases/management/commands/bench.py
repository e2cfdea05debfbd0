"""`manage.py bench` (`make bench`): how fast this is, on data made for it, beside what the database alone needs."""

import gc
import itertools
import json
import os
import platform
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cases.benching import desk, exports, history, importing, making, pages, painting, reports
from cases.benching.database import NAME, is_set_aside, own_database, set_aside, small
from cases.benching.results import Line, nth, seconds, table
from cases.benching.serving import serving
from cases.models import Incident

SMALL = 10_000
IMPORTED = (3_300, 33_000)  # incidents, with three times as many rows: 10,000 and 100,000
SIZES = (SMALL, 100_000, 1_000_000)
ROUNDS = {SMALL: 5, 100_000: 5, 1_000_000: 3}
PARTS = ("pages", "search", "history", "import", "reports", "paint", "filters", "growth", "files")
GROWTH_ROUNDS = 5
FILE_ROUNDS = {**ROUNDS, 1_000_000: 1}
# What a busy machine can't bring about: a regression, not a bad day.
GUARDS = {"how many times as fast ours is": 2.5, "CSV: HTTP against the query alone": 3.0,
          "NDJSON: HTTP against the query alone": 3.0, "GEOJSON: HTTP against the query alone": 3.0,
          pages.SLOWEST: 25.0,
          "bulk insert with history against without": 4.0, "bulk update with history against without": 6.0}  # fmt: skip


class Command(BaseCommand):
    help = f"Measure on a database of its own ({NAME}, dropped afterwards). The database of DATABASE_URL is not touched."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--size", type=int, choices=SIZES, default=100_000, help="How many incidents to make.")
        parser.add_argument("--quick", action="store_true", help="10,000 incidents and ratios alone; fails where one is far off.")
        parser.add_argument("--reports", action="store_true", help="Reports of 500 pages alone, without a database.")
        parser.add_argument("--only", choices=PARTS, action="append", help="This part alone, or several.")
        parser.add_argument("--json", type=Path, metavar="FILE", help="Write the lines there as well.")
        parser.add_argument(
            "--again", action="store_true", help=f"Measure on the {NAME} that --keep left, after a change of code."
        )
        parser.add_argument("--keep", action="store_true", help=f"Leave {NAME} there, to look at plans.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL_RUN:
            raise CommandError("bench serves without TLS. Run it as `make bench`, on a machine that serves nobody.")
        if options["reports"]:
            self.stdout.write(table(reports.of_500_pages()))
            return
        size, only, lines = SMALL if options["quick"] else options["size"], options["only"] or PARTS, []
        settings.KEPT_MB = 0  # what is measured is made anew each time
        gc.freeze()  # as a worker does when it has loaded all
        with own_database(keep=options["keep"], again=options["again"]):
            try:
                if options["again"]:
                    size = Incident.objects.count()
                    measured = self._measured(size, only)
                else:
                    measured = self._quick() if options["quick"] else self._whole(size, only)
                lines.extend(measured)
            finally:  # what was measured before somebody stopped it was measured
                self._tell(_about(size), size, lines, options["json"])
        if options["quick"] and (far := far_off(lines)):
            raise CommandError(f"Far slower than it was, or not measured any more: {'; '.join(far)}.")

    def _tell(self, about: str, size: int, lines: list[Line], file: Path | None) -> None:
        self.stdout.write(f"\n{about}\n\n{table(lines)}")
        if file:
            told = {"about": about, "size": size, "lines": [line.as_dict() for line in lines]}
            file.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")

    def _quick(self) -> Iterator[Line]:
        yield from self._made(0, SMALL)
        yield from pages.against_stock(9)
        yield from self._told(pages.under_each_filter("incidents", "anonymous", 2))
        with serving() as server:
            yield from (line for line in exports.files(server, 2, SMALL) if line.unit == "×")
        yield from history.cost(2)

    def _whole(self, size: int, only: Collection[str]) -> Iterator[Line]:
        yield from self._made(0, SMALL)
        if size > SMALL:
            set_aside()
            yield from self._made(SMALL, size)
        yield from self._measured(size, only)

    def _growth(self, size: int) -> Iterator[Line]:
        """How much longer a page takes than in the same database while it was small: both asked in turn."""
        if not is_set_aside():
            raise CommandError(f"The small database to compare with is not there. Make both: bench --keep --size {size}.")
        few, many = [], []
        for _ in range(GROWTH_ROUNDS):
            with small():
                few.append(pages.sizes(5))
            many.append(pages.sizes(5))
        for what in few[0]:
            before, after = (nth([once[what] for once in times], 50) for times in (few, many))
            yield Line("growth", f"{what}: {SMALL:,} to {size:,} incidents, processor", after / before, "×", most=2,
                       note=f"{before * 1000:.1f} to {after * 1000:.1f} ms")  # fmt: skip

    def _measured(self, size: int, only: Collection[str]) -> Iterator[Line]:
        rounds = ROUNDS[size]
        parts: dict[str, Callable[[], Iterable[Line]]] = {
            "pages": lambda: pages.against_stock(25), "search": lambda: pages.searches(rounds),
            "history": lambda: history.cost(rounds), "import": lambda: importing.rates(*IMPORTED),
            "reports": reports.of_500_pages,
            "paint": lambda: itertools.chain(painting.first_paints(rounds), desk.first_paints(rounds)),
            "filters": lambda: self._filters(rounds),
            "growth": lambda: self._growth(size) if size > SMALL else [],
            "files": lambda: self._files(size),
        }  # fmt: skip
        for part in PARTS:
            if part in only:
                making.swept()  # as the database does by itself within minutes, also after what history and import wrote
                yield from self._told(parts[part]())

    def _filters(self, rounds: int) -> Iterator[Line]:
        for name, who in itertools.product(pages.LISTS, pages.READERS):
            yield from pages.under_filters(name, who, rounds)

    def _files(self, size: int) -> Iterator[Line]:
        with serving() as server:
            yield from exports.files(server, FILE_ROUNDS[size], size)
            yield from exports.sheet(server, size)

    def _told(self, lines: Iterable[Line]) -> Iterator[Line]:
        """Say each line as soon as it is known: the whole takes minutes."""
        for line in lines:
            self.stderr.write(f"{line.part}: {line.what}: {line.value:.2f} {line.unit}  {line.said}  {line.note}")
            yield line

    def _made(self, before: int, after: int) -> Iterator[Line]:
        took = seconds(lambda: making.make(before, after))
        differing = {name: rows for name, rows in making.audience_differs().items() if rows}
        if differing:
            raise CommandError(f"The data shows rows to whom the triggers would not: {differing}. Mend cases/benching/making.py.")
        rate = f"{(after - before) / took:,.0f} incidents a second, with all that belongs to them"
        return self._told(
            [Line("data", f"{after - before:,} incidents made", took, "s", most=60 if after == 100_000 else None, note=rate)]
        )


def far_off(lines: list[Line]) -> list[str]:
    """What is beyond its guard, and what has a guard and was not measured."""
    measured = {line.what: line for line in lines}
    return [what for what, guard in GUARDS.items() if what not in measured or _beyond(measured[what], guard)]


def _beyond(line: Line, guard: float) -> bool:
    return line.value < guard if line.at_least else line.value > guard


def _about(size: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database())), current_setting('server_version')")
        on_disk, version = cursor.fetchone()
    return (f"{size:,} incidents, {on_disk} on disk, PostgreSQL {version}, Python {platform.python_version()}, "
            f"{os.cpu_count()} processors, {_yardstick() * 1000:.0f} ms for five million additions, "
            f"load {os.getloadavg()[0]:.1f}, {time.strftime('%Y-%m-%d')}")  # fmt: skip


def _yardstick() -> float:
    """Seconds of processor time for work that has nothing to do with this program, the least of five: by it, what two machines
    measured can be compared."""
    return min(_additions() for _ in range(5))


def _additions() -> float:
    started, total = time.process_time(), 0
    for number in range(5_000_000):
        total += number
    return time.process_time() - started
