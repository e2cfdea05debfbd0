"""What holds records back for somebody's safety: open notes of a risk, and days that lie ahead.

The database holds the same, by whatever way a record would be published (hrdocs/models/risks.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from hrdocs.models import Record, RiskNote, on

Key = tuple[int, int]


def notes_on(record: Record) -> Any:
    """The notes on one record, the open ones first."""
    return RiskNote.objects.filter(**on(record)).select_related("by", "checked_by")


def holding(records: Iterable[Record]) -> dict[str, list[str]]:
    """Why records are not published now, by uid, in one query; a record that nothing holds is not named."""
    asked = {record.uid: _keys(record) for record in records}
    kinds, rows = zip(*{key for keys in asked.values() for key in keys}, strict=True) if asked else ((), ())
    said: dict[Key, list[str]] = {}
    for note in RiskNote.objects.holding().filter(content_type__in=set(kinds), object_id__in=set(rows)):
        said.setdefault((note.content_type_id, note.object_id), []).append(in_words(note))
    found = {
        uid: [*said.get(own, []), *(_("Who told it: %s") % words for key in told_by for words in said.get(key, []))]
        for uid, (own, *told_by) in asked.items()
    }  # fmt: skip
    return {uid: sentences for uid, sentences in found.items() if sentences}


def in_words(note: RiskNote) -> str:
    """What a note that holds a record back asks for."""
    if not note.settled:
        return _("A note of a risk is open. Say in it what was done and settle it, or leave the record closed.")
    return _("It is held back until %s. Wait, or change the day in the note of the risk.") % note.embargo_until


def _keys(record: Record) -> list[Key]:
    """The record itself, and whoever told it."""
    own = on(record)
    links = [record._meta.get_field(name) for name in record.told_by]
    told_by = [(ContentType.objects.get_for_model(link.related_model).pk, key)
               for link in links if (key := getattr(record, link.attname)) is not None]  # fmt: skip
    return [(own["content_type"].pk, own["object_id"]), *dict.fromkeys(told_by)]
