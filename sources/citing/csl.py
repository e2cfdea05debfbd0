"""CSL-JSON: what citation programs read (Zotero, Pandoc, citeproc). One item a source, made from what a row shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import orjson

from hrdocs.formats.export import Export, pieces
from hrdocs.formats.ndjson import rows
from sources.choices import ReadAs, SourceKind

name, media_type, ending = "csl-json", "application/vnd.citationstyles.csl+json", "json"
takes: frozenset[str] = frozenset()  # an item has its own columns

# Kinds that CSL does not have, and what it calls them; the kind itself is told as the genre.
_TYPES = {
    SourceKind.SATELLITE: "graphic",
    SourceKind.TESTIMONY: "document",
    SourceKind.STATEMENT: "document",
    SourceKind.REGISTER: "document",
}
# Kinds that stand in a medium: who publishes them is the medium.
_IN_A_MEDIUM = {
    SourceKind.NEWS, SourceKind.MAGAZINE, SourceKind.JOURNAL, SourceKind.WEBPAGE, SourceKind.POST, SourceKind.BROADCAST,
}  # fmt: skip
_NAMES = {"author": ("author", "speaker"), "editor": ("editor",), "translator": ("translator",)}
_NUMBERS = {"doi": "DOI", "isbn": "ISBN", "issn": "ISSN"}
_NOT_READ_WHOLE = {ReadAs.QUOTED, ReadAs.NOT_READ}

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?([~?%]?)")
_SEASONS = range(21, 25)


def write(export: Export) -> Iterator[bytes]:
    """A JSON array in pieces, an item a line; from the second on, each line begins with its comma."""
    yield b"[\n"
    yield from pieces((b"," if place else b"") + orjson.dumps(item(row)) + b"\n" for place, row in enumerate(rows(export)))
    yield b"]\n"


def item(row: dict[str, Any]) -> dict[str, Any]:
    """A row of SOURCES as an item of CSL-JSON. What is not stated is left out."""
    kind = SourceKind(row["kind"])
    told = {
        "id": row["uid"],
        "type": _TYPES.get(kind, kind.value),
        "genre": kind.label if kind in _TYPES else "",
        "title": one_line(row["title"]),
        **{role: _named(row["authors"], roles) for role, roles in _NAMES.items()},
        **_published_by(row["publishers"], kind),
        "issued": date(row["published"]),
        "event-date": date(row["event"]),
        "accessed": date(row["accessed"]),
        "number": one_line(row["number"]),
        "edition": one_line(row["edition"]),
        **{_NUMBERS[each["scheme"].lower()]: one_line(each["value"])
           for each in row["identifiers"] if each["scheme"].lower() in _NUMBERS},
        "language": (row["languages"].split() or [""])[0],
        "URL": address(row["source_url"]),
        "archive_location": address(row["archived_url"]),
        "source": row["url"],
        "note": " ".join(_notes(row)),
    }  # fmt: skip
    return {key: value for key, value in told.items() if value}


def date(text: str) -> dict[str, Any]:
    """An EDTF date as CSL has it: parts of a day, or of a span; what has no parts stays as its text."""
    if not text:
        return {}
    ends = [_DAY.fullmatch(end) for end in text.split("/")]
    if not all(ends):
        return {"literal": text}
    parts = [[int(part) for part in end.groups()[:3] if part] for end in ends if end]
    seasons = [part.pop() - 20 for part in parts if len(part) == 2 and part[1] in _SEASONS]
    if seasons and len(parts) > 1:
        return {"literal": text}
    found: dict[str, Any] = {"date-parts": parts}
    if seasons:
        found["season"] = seasons[0]
    if any(end[4] for end in ends if end):
        found["circa"] = True
    return found


def one_line(text: str) -> str:
    """A text without line breaks, tabs and control characters: none of the formats has them in a value."""
    kept = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    return " ".join(kept.split())


def address(url: str) -> str:
    """A web address in which nothing stands that a format would take for its own signs."""
    return re.sub(r'[\s\\{}"<>^`|\x00-\x1f\x7f]', lambda sign: "".join(f"%{byte:02X}" for byte in sign[0].encode()), url.strip())


def _named(people: list[dict[str, Any]], roles: tuple[str, ...]) -> list[dict[str, str]]:
    """Names whole, never cut into given and family name: who reads Arabic, or “Amnesty International”, knows why."""
    said = (one_line(each["name"] or each["literal"] or "") for each in people if each["role"] in roles)
    return [{"literal": words} for words in said if words]


def _published_by(publishers: list[dict[str, Any]], kind: SourceKind) -> dict[str, str]:
    """The medium in which it stands and the publisher. Who else carries or republishes it is told in the note."""
    publishes, carries = (_names_of(publishers, role) for role in ("publishes", "carries"))
    if kind in _IN_A_MEDIUM:
        return {"container-title": publishes or carries}
    return {"publisher": publishes, "container-title": carries}


def _names_of(publishers: list[dict[str, Any]], role: str) -> str:
    return "; ".join(one_line(each["name"] or "") for each in publishers if each["role"] == role)


def _notes(row: dict[str, Any]) -> Iterator[str]:
    if row["title_en"]:
        yield f"Title in English: {one_line(row['title_en'])}."
    for role, verb in (("carries", "Carried"), ("republishes", "Republished")):
        if names := _names_of(row["publishers"], role):
            yield f"{verb} by {names}."
    if row["archived_url"]:
        yield f"Archived at {address(row['archived_url'])}."
    if row["read_as"] in _NOT_READ_WHOLE:
        yield f"How far we read it: {ReadAs(row['read_as']).label}."
