"""FollowTheMoney, as programs of investigators read it (Aleph, OpenSanctions): an entity a line, its id the uid.

Which entities a row is, the floors above say, each of its own kinds of record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from hrdocs.formats.export import Export, pieces
from hrdocs.formats.ndjson import rows

Row = dict[str, Any]
Entity = dict[str, Any]

_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d)?)?")


@dataclass(frozen=True)
class Ftm:
    """The format for one kind of record: `made` says which entities a row is."""

    made: Callable[[Row], Iterator[Entity]]
    name = "ftm"
    media_type = "application/json+ftm"
    ending = "ftm.json"
    takes = frozenset[str]()  # an entity has its own properties

    def write(self, export: Export) -> Iterator[bytes]:
        """The entities in pieces, those of a row one after another."""
        yield from pieces(orjson.dumps(entity) + b"\n" for row in rows(export) for entity in self.made(row))


def entity(schema: str, uid: str, **properties: Any) -> Entity:
    """An entity; each property is a list of texts, and one that says nothing is left out."""
    told = {name: _texts(given) for name, given in properties.items()}
    return {"id": uid, "schema": schema, "properties": {name: texts for name, texts in told.items() if texts}}


def _texts(given: Any) -> list[str]:
    values = given if isinstance(given, list) else [given]
    return list(dict.fromkeys(str(value) for value in values if value not in (None, "")))


def day(edtf: str) -> str:
    """A date that has one reading, as precise as it is; “about”, spans and the like are told in words (`when`)."""
    return edtf if _DAY.fullmatch(edtf or "") else ""


def span(edtf: str) -> dict[str, str]:
    """The date of an event or a tie: a day, month or year, or the two ends of a span."""
    start, slash, end = (edtf or "").partition("/")
    return {"startDate": day(start), "endDate": day(end)} if slash else {"date": day(start)}


def when(name: str, edtf: str) -> str:
    """What a date says that its property can't, in words."""
    exact = not edtf or all(day(end) for end in edtf.split("/"))
    return "" if exact else f"{name}: {edtf} (EDTF)"


def record(row: Row) -> dict[str, Any]:
    """Where a record stands in the API, and when it was last edited."""
    return {"sourceUrl": row["url"], "modifiedAt": row["edited_at"]}


def link(uid: str, subject: str, target: str, **properties: Any) -> Entity:
    """A link whose kind is told by its role alone."""
    return entity("UnknownLink", uid, subject=subject, object=target, **properties)
