"""A report as one file for a browser: it asks nobody for anything, and runs nothing."""

from __future__ import annotations

import base64
from dataclasses import replace

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from cases.reports import style
from cases.reports.parts import Block, Chart, Heading, Report

name, media_type, ending = "html", "text/html", "html"
takes: frozenset[str] = frozenset()


def write(report: Report) -> bytes:
    """The bytes of the file; of the same report the same."""
    house = style.told()
    context = {
        "report": replace(report, blocks=tuple(_drawn(block) for block in report.blocks)),
        "headings": [
            (place, each) for place, each in enumerate(report.blocks, 1) if isinstance(each, Heading) and each.level == 1
        ],
        "house": house,
        "imprints": [(each, house["imprint"][each]) for each in report.languages],
        "logo": base64.b64encode(house["logo"].encode()).decode(),
        "css": mark_safe(_read("report.css") + _read("chart.css")),  # noqa: S308  the organisation's own files
    }
    return render_to_string("cases/reports/report.html", context).encode()


def _read(name: str) -> str:
    return style.file(name).read_text(encoding="utf-8")


def _drawn(block: Block) -> Block:
    if not isinstance(block, Chart):
        return block
    return replace(block, svg=mark_safe(block.svg), beside=mark_safe(block.beside))  # noqa: S308  escaped where they are drawn
