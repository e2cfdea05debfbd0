"""A report as PDF/A: tagged, with bookmarks and footnotes, set by typst from data."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import orjson

from cases.reports import style
from cases.reports.parts import Block, Chart, Report, leading
from cases.reports.typesetting import typeset

name, media_type, ending = "pdf", "application/pdf", "pdf"
takes: frozenset[str] = frozenset()


def write(report: Report) -> bytes:
    """The bytes of the file; of the same report the same."""
    house = style.told()
    told = orjson.loads(orjson.dumps(replace(report, blocks=tuple(_styled(block) for block in report.blocks), references={})))
    _complete(told["blocks"], told.pop("notes"))
    for block, leads in zip(told["blocks"], leading(report.blocks), strict=True):
        block["leads"] = leads
        if block["kind"] == "bibliography":
            block |= {"entries": orjson.dumps(report.references).decode(), "style": _citations(house["citations"])}
    return typeset(job("report.typ", report.moment, report=told, house=house, format="pdf"))


def _citations(name: str) -> str:
    """The style of citation: a file of the house style, or the name of one that the typesetter knows."""
    return style.file(name).read_text(encoding="utf-8") if name.endswith(".csl") else name


def _complete(part: Any, notes: list[Any]) -> None:
    """Put each footnote where it is marked first: looked up while setting, each would cost as much as all together."""
    if isinstance(part, list):
        for each in part:
            _complete(each, notes)
    elif isinstance(part, dict):
        if "again" in part and part["note"] and not part["again"]:  # a run
            part["says"] = notes[part["note"] - 1]
        for each in part.values():
            _complete(each, notes)


def job(template: str, moment: str, *, format: str, ppi: float = 0, **inputs: Any) -> dict[str, Any]:
    """What the typesetter is asked: everything goes in as data."""
    at = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
    told = {name: orjson.dumps(value).decode() for name, value in inputs.items()}
    return {"template": str(style.file(template)), "fonts": style.fonts(), "inputs": told, "moment": int(at.timestamp()),
            "format": format, "ppi": ppi}  # fmt: skip


def _styled(block: Block) -> Block:
    if not isinstance(block, Chart):
        return block
    return replace(block, svg=style.styled(block.svg), beside=style.styled(block.beside) if block.beside else "", narrow="")
