"""The sources of a report as entries that a style of citation (CSL) sets, in the form that the typesetter reads (Hayagriva).

Each text is isolated, so that an Arabic title in an English list, or the other way round, turns nothing round beside it.
"""

from __future__ import annotations

import re
from typing import Any

_READ_AS_MARKUP = re.compile(r"([\\{}$])")  # in titles and in names of publishers, and nowhere else
_IN_A_BOOK = "chapter"


def reference(item: dict[str, Any]) -> dict[str, Any]:
    """An item of CSL-JSON as an entry. Its address is the archived one, where there is one."""
    container, accessed = item.get("container-title", ""), _day(item.get("accessed", {}))
    address = item.get("archive_location") or item.get("URL", "")
    told = {
        "type": _type(item["type"], container),
        "title": _isolated(_plain(item.get("title", ""))),
        "author": _people(item.get("author", ())),
        "editor": _people(item.get("editor", ())),
        "publisher": _isolated(_plain(item.get("publisher", ""))),
        "parent": _parent(item["type"], container),
        "serial-number": _isolated(item.get("number", "")),
        "edition": _isolated(item.get("edition", "")),
        "date": _day(item.get("issued", {})),
        "url": {"value": address, "date": accessed} if address and accessed else address,
    }
    return {name: value for name, value in told.items() if value}


def _type(kind: str, container: str) -> str:
    if kind == _IN_A_BOOK:
        return "chapter"
    return "article" if container else {"book": "book", "report": "report", "manuscript": "manuscript"}.get(kind, "misc")


def _parent(kind: str, container: str) -> dict[str, str]:
    if not container:
        return {}
    held = {_IN_A_BOOK: "book", "article-newspaper": "newspaper", "article-journal": "periodical"}.get(kind, "web")
    return {"type": held, "title": _isolated(_plain(container))}


def _people(names: Any) -> list[dict[str, str]]:
    """Names whole: as plain texts they would be cut at their commas."""
    return [{"name": _isolated(each["literal"])} for each in names]


def _day(date: dict[str, Any]) -> str:
    """The first day, month or year of a date; what is only text has none."""
    parts = next(iter(date.get("date-parts", ())), ())
    return "-".join(f"{part:0{width}}" for part, width in zip(parts, (4, 2, 2), strict=False))


def _plain(text: str) -> str:
    return _READ_AS_MARKUP.sub(r"\\\1", text)


def _isolated(text: str) -> str:
    return f"\u2068{text}\u2069" if text else ""
