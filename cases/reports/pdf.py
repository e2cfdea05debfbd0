"""A report as PDF/A: tagged, with bookmarks and footnotes, set by typst from data."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import orjson

from cases.reports import style
from cases.reports.parts import Block, Chart, Report
from cases.reports.typesetting import typeset

media_type, ending = "application/pdf", "pdf"


def write(report: Report) -> bytes:
    """The bytes of the file; of the same report the same."""
    drawn = replace(report, blocks=tuple(_styled(block) for block in report.blocks))
    return typeset(job("report.typ", report.moment, report=drawn, house=style.told(), format="pdf"))


def job(template: str, moment: str, *, format: str, ppi: float = 0, **inputs: Any) -> dict[str, Any]:
    """What the typesetter is asked: everything goes in as data."""
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
    told = {name: orjson.dumps(value).decode() for name, value in inputs.items()}
    return {"template": str(style.file(template)), "fonts": style.fonts(), "inputs": told, "moment": int(at.timestamp()),
            "format": format, "ppi": ppi}  # fmt: skip


def _styled(block: Block) -> Block:
    return replace(block, svg=style.styled(block.svg)) if isinstance(block, Chart) else block
