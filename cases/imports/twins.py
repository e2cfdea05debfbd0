"""Twins: what an import is about to bring in that looks as if it were here already, and what somebody decided of that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from cases.imports.kinds import model_of
from cases.imports.storing import one_of
from cases.models import Import, TwinVerdict
from hrdocs.duplicates import Near, Pair, beside, pairs
from hrdocs.history import shown_keys
from hrdocs.models import Record

# By what records of a kind stand near one another; beside their names.
NEAR = {
    "parties": Near(), "sources": Near(date="published", same="url"), "facilities": Near(place="place"), "places": Near(),
    "victims": Near(), "incidents": Near(place="place", date="date"),
}  # fmt: skip
CLOSE = 2_000  # new rows of a kind, and records of it, up to which any two are compared by each rare word
MOST = 1_000  # pairs of a kind that are told


def twins_of(run: Import) -> Iterator[dict[str, Any]]:
    """Each new row beside a record that it looks like: its sheet, row and key, that record's uid, and what speaks for it."""
    for sheet, near in NEAR.items():
        new = {pk: (row, key) for pk, row, key in run.created.filter(sheet=sheet).values_list("object_id", "row_number", "key")}
        apart = _told_apart(run, sheet)
        for pair in _pairs(run, sheet, near, set(new)):
            one, other = (pair.one, pair.other) if pair.one.pk in new else (pair.other, pair.one)
            if one.pk in new and (new[one.pk][1], other.pk) not in apart:
                row, key = new[one.pk]
                here = other.pk not in new
                words = str(other) if here else _("row %(row)d: %(what)s") % {"row": new[other.pk][0], "what": other}
                yield {"sheet": sheet, "row": row, "key": key if here else "", "uid": other.uid if here else "",
                       "value": str(one), "words": words, "old": f"{pair.alike}"}  # fmt: skip


def _pairs(run: Import, sheet: str, near: Near, new: set[int]) -> list[Pair]:
    """Of few records each pair that shares a rare word; of many those alone that one key joins with what was here."""
    model = model_of(sheet)
    if not new:
        return []
    if len(new) <= CLOSE and not model._default_manager.visible_to(run.by)[CLOSE : CLOSE + 1].exists():
        return pairs(model, run.by, near)
    return beside(model, run.by, near, new, MOST)


def _told_apart(run: Import, sheet: str) -> set[tuple[str, int]]:
    """The rows of which somebody said that they are not this record."""
    return set(verdicts(run.dataset, sheet).filter(same=False).values_list("key", "object_id"))


def verdicts(dataset: str, sheet: str) -> Any:
    """What was decided of the rows of one sheet."""
    kind = ContentType.objects.get_for_model(model_of(sheet))
    return TwinVerdict.objects.filter(dataset=dataset, sheet=sheet, content_type=kind)


def same_as(dataset: str, sheet: str, keys: set[str], *, by: Any) -> dict[str, int]:
    """The records that these rows are, as was decided, of those that she may see: their keys by those of the rows."""
    model = model_of(sheet)
    if not issubclass(model, Record):
        return {}
    same = dict(verdicts(dataset, sheet).filter(one_of("key", keys), same=True).values_list("key", "object_id"))
    shown = shown_keys(model, same.values(), by) if same else set()
    return {key: pk for key, pk in same.items() if pk in shown}
