"""Twins: what an import is about to bring in that looks as if it were here already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cases.imports.kinds import model_of
from cases.models import Import
from hrdocs.duplicates import Near, pairs
from hrdocs.models import Record

# By what records of a kind stand near one another; beside their names.
NEAR = {
    "parties": Near(), "sources": Near(date="published", same="url"), "facilities": Near(place="place"), "places": Near(),
    "victims": Near(), "incidents": Near(place="place", date="date"),
}  # fmt: skip
MOST = 2_000  # new rows of a kind, and records of it; where there are more, the page of possible duplicates tells them


def twins_of(run: Import) -> Iterator[dict[str, Any]]:
    """Each new row beside a record that it looks like: its sheet and row, that record's uid, and what speaks for it."""
    for sheet, near in NEAR.items():
        model = model_of(sheet)
        new = dict(run.created.filter(sheet=sheet).values_list("object_id", "row_number")[: MOST + 1])
        if not new or len(new) > MOST or model._default_manager.visible_to(run.by)[MOST : MOST + 1].exists():
            continue
        for pair in pairs(model, run.by, near):
            one, other = (pair.one, pair.other) if pair.one.pk in new else (pair.other, pair.one)
            if one.pk in new:
                yield {"sheet": sheet, "row": new[one.pk], "uid": "" if other.pk in new else other.uid,
                       "value": str(one), "words": _told(other, new), "old": f"{pair.alike}"}  # fmt: skip


def _told(other: Record, new: dict[int, int]) -> str:
    return f"row {new[other.pk]}: {other}" if other.pk in new else str(other)
