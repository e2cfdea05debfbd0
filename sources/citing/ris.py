"""RIS, for EndNote, Mendeley and library catalogues: a record a source, a line a value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hrdocs.formats.export import Export, pieces
from hrdocs.formats.ndjson import rows
from sources.citing import csl

name, media_type, ending = "ris", "application/x-research-info-systems", "ris"
takes: frozenset[str] = frozenset()

_TYPES = {
    "article-journal": "JOUR", "article-magazine": "MGZN", "article-newspaper": "NEWS", "book": "BOOK", "broadcast": "VIDEO",
    "chapter": "CHAP", "dataset": "DATA", "graphic": "ART", "hearing": "HEAR", "interview": "PCOMM", "legal_case": "CASE",
    "legislation": "STAT", "manuscript": "UNPB", "map": "MAP", "motion_picture": "VIDEO", "personal_communication": "PCOMM",
    "post": "BLOG", "report": "RPRT", "webpage": "ELEC",
}  # fmt: skip


def write(export: Export) -> Iterator[bytes]:
    """The records in pieces."""
    yield from pieces(record(csl.item(row)).encode() for row in rows(export))


def record(item: dict[str, Any]) -> str:
    """An item of CSL-JSON as a record."""
    lines = [("TY", _TYPES.get(item["type"], "GEN")), ("ID", item["id"]), ("TI", item.get("title", ""))]
    for tag, role in (("AU", "author"), ("ED", "editor"), ("A4", "translator")):
        lines += [(tag, each["literal"]) for each in item.get(role, ())]
    issued = item.get("issued", {})
    first = issued.get("date-parts", [[]])[0]
    lines += [
        ("T2", item.get("container-title", "")),
        ("PB", item.get("publisher", "")),
        ("M3", item.get("genre", "")),
        ("M1", item.get("number", "")),
        ("ET", item.get("edition", "")),
        ("PY", f"{first[0]:04}" if first else ""),
        ("DA", _day(issued)),
        ("Y2", _day(item.get("accessed", {}))),
        ("DO", item.get("DOI", "")),
        ("SN", item.get("ISBN", "") or item.get("ISSN", "")),
        ("UR", item.get("URL", "")),
        ("LA", item.get("language", "")),
        ("N1", item.get("note", "")),
        ("DS", item.get("source", "")),
    ]
    told = "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value)
    return f"{told}ER  - \r\n\r\n"


def _day(date: dict[str, Any]) -> str:
    """Year/month/day, and what else is to be said of it. A span is told by its words."""
    ends = date.get("date-parts", [])
    if len(ends) != 1:
        told = date.get("literal", "") or " to ".join("-".join(f"{part:02}" for part in end) for end in ends)
        return f"///{told}" if told else ""
    year, month, day = [*(f"{part:02}" for part in ends[0]), "", ""][:3]
    return "/".join((year, month, day, "about" if date.get("circa") else ""))
