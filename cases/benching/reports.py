"""A report of 500 pages, in each format: how much processor time it takes to write, and how much memory to set."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from typing import Any

from cases.benching.results import Line
from cases.reports.formats import FORMATS
from cases.reports.parts import Heading, Paragraph, Report, Run, run, runs, table

SECTIONS = 2_400  # about 500 pages, each with five notes and as many tables
SECONDS, MEGABYTES = 30, 1_500


def of_500_pages() -> Iterator[Line]:
    """Processor time of this process and of the one that sets the pages; memory of the latter."""
    report = made(SECTIONS)
    for name, form in FORMATS.items():
        before = _spent()
        size = len(form.write(report)) / 1e6
        yield Line(
            "reports", f"{name.upper()} of 500 pages, processor", _spent() - before, "s", most=SECONDS, note=f"{size:.1f} MB"
        )
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Line("reports", "PDF of 500 pages, memory of the process that sets it", largest, "MB", most=MEGABYTES)


def made(sections: int) -> Report:
    """A made-up report: headings, accusations with notes, and a table in both scripts under each."""
    blocks: list[Any] = []
    for number in range(1, sections + 1):
        blocks += [
            Heading(runs(f"Accusation {number}"), 2),
            Paragraph(runs("Accused by somebody of something. " * 6, Run("", note=number))),
            table(["Figure", "Who"], [[f"{number},000", "الشرطة العسكرية"]], (1, 2)),
        ]
    note = runs("Amnesty International, Human slaughterhouse, 7 February 2017. How far we read it: Excerpt.")
    words = {"contents": "Contents", "footnote": "note %(number)s"}
    return Report(run("Trial"), runs("Report"), "en", tuple(blocks), (note,) * sections, (), {}, "2026-11-28 09:00:00", words)


def _spent() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in usages)
