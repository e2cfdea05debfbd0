"""What was measured, line by line, each beside what it should be."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection


@dataclass(frozen=True)
class Line:
    """One measurement: what, how much, and the most that it should be. Without a limit it is there to be looked at."""

    part: str
    what: str
    value: float
    unit: str  # ms, s, MB, ×
    most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def holds(self) -> bool:
        return (self.most is None or self.value <= self.most) and (self.at_least is None or self.value >= self.at_least)

    @property
    def said(self) -> str:
        """The target, and in words whether it was reached."""
        if self.most is None and self.at_least is None:
            return ""
        wanted = f"≤ {self.most:g}" if self.most is not None else f"≥ {self.at_least:g}"
        return f"{wanted} {self.unit}: {'reached' if self.holds else 'MISSED'}"

    def as_dict(self) -> dict[str, object]:
        return {**asdict(self), "holds": self.holds}


def table(lines: Iterable[Line]) -> str:
    """The lines as a table of Markdown."""
    rows = [
        f"| {line.part} | {line.what} | {line.value:,.{digits(line)}f} {line.unit} | {line.said} | {line.note} |"
        for line in lines
    ]
    return "\n".join(["| | what | measured | target | |", "|---|---|---|---|---|", *rows])


def digits(line: Line) -> int:
    return 0 if line.value >= 100 else 1 if line.value >= 10 else 2


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def processor() -> float:
    """Seconds that this process and its session of a database on this machine have worked so far, whatever else ran."""
    connection.ensure_connection()
    worked = time.process_time()
    with suppress(OSError):  # the database is elsewhere, or there is no /proc
        session = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text()
        worked += int(session.split()[0]) / 1e9
    return worked


def worked(work: Callable[[], object]) -> float:
    """Seconds of processor time: how long it takes on a quiet machine that has read everything from its disk."""
    started = processor()
    work()
    return processor() - started


def interleaved(
    ways: dict[str, Callable[[], object]], rounds: int, clock: Callable[[Callable[[], object]], float] = seconds
) -> dict[str, list[float]]:
    """Seconds of each way in each round, one after another, so that whatever else the machine does meets all alike."""
    found: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            found[name].append(clock(work))
    return found


def ratio(found: dict[str, list[float]], one: str, other: str) -> float:
    """How many times as long one way took as the other: the median over the rounds."""
    return statistics.median(a / b for a, b in zip(found[one], found[other], strict=True))


def nth(values: list[float], percent: int) -> float:
    """The value under which so many of a hundred lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]
