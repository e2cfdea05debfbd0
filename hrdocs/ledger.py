"""The ledger of erasures: what was erased, without what stood there, to be kept outside and done again in an older backup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import transaction

from hrdocs.audit import acting_as
from hrdocs.erasable import Place, rows_of
from hrdocs.erasing import empty
from hrdocs.models import Erasure, User, on


@dataclass
class Applied:
    """What came of applying a ledger."""

    done: int = 0
    known: int = 0  # the database is newer than that erasure
    missing: list[str] = field(default_factory=list)  # uids that are not in this database


def lines() -> Iterator[str]:
    """Each erasure that was done, as one line of JSON: the record, the places, who and when. No values, no reasons."""
    for done in Erasure.objects.exclude(at=None).order_by("at").select_related("asked_by", "confirmed_by", "content_type"):
        kind = f"{done.content_type.app_label}.{done.content_type.model}"
        yield json.dumps({"uid": done.uid, "kind": kind, "places": done.places, "ground": done.ground, "at": done.at.isoformat(),
                          "asked_by": done.asked_by.username, "confirmed_by": done.confirmed_by.username})  # fmt: skip


def apply(ledger: Iterable[str]) -> Applied:
    """Erase again whatever the ledger names and this database still holds. All of it, or nothing."""
    found = Applied()
    with transaction.atomic():
        for line in filter(str.strip, ledger):
            _apply(json.loads(line), found)
    return found


def _apply(told: dict[str, Any], found: Applied) -> None:
    if Erasure.objects.filter(uid=told["uid"], places=told["places"]).exclude(at=None).exists():
        found.known += 1
        return
    record = apps.get_model(told["kind"])._base_manager.select_for_update().filter(uid=told["uid"]).first()
    if record is None:
        found.missing.append(told["uid"])
        return
    record = getattr(record, "detail", record)
    own = {(table._meta.label_lower, pk) for table, pk in rows_of(record)}
    places = [Place(*place) for place in told["places"] if (place[0], place[1]) in own]  # keys given anew are another's
    asked_by, confirmed_by = (User.objects.get(username=told[name]) for name in ("asked_by", "confirmed_by"))
    with acting_as(confirmed_by, "Erased again after a backup was restored"):
        erasure = Erasure.objects.create(**on(record), uid=told["uid"], places=told["places"], ground=told["ground"],
                                         reason="Erased again after a backup was restored.",
                                         asked_by=asked_by, confirmed_by=confirmed_by)  # fmt: skip
        empty(record, places, by=confirmed_by, reason=str(erasure))
    found.done += 1
