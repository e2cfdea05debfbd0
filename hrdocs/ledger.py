"""The ledger of erasures: what was erased, without what stood there, to be kept outside and done again in an older backup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction

from hrdocs.audit import acting_as
from hrdocs.erasable import Place, all_rows, work_on
from hrdocs.erasing import empty
from hrdocs.models import Erasure, User, on
from hrdocs.refusal import Refused

Told = dict[str, Any]  # one erasure, as a line of the ledger tells it
_SAID = {"uid": str, "kind": str, "places": list, "ground": str, "asked_by": str, "confirmed_by": str}
_AGAIN = "Erased again after a backup was restored."


@dataclass
class Applied:
    """What came of applying a ledger."""

    done: int = 0
    known: int = 0  # the database is newer than that erasure
    missing: list[str] = field(default_factory=list)  # what was not done, or not whole: each with its next step

    def __str__(self) -> str:
        said = [f"{self.done} erasures were done again, {self.known} had been done in this database already."]
        if self.missing:
            said += [f"{len(self.missing)} erasures are NOT done, or not whole. Before anybody signs in:", *self.missing]
        return "\n".join(said)


def lines() -> Iterator[str]:
    """Each erasure that was done, as one line of JSON: the record, the places, who and when. No values, no reasons."""
    for done in Erasure.objects.exclude(at=None).order_by("at").select_related("asked_by", "confirmed_by", "content_type"):
        kind = f"{done.content_type.app_label}.{done.content_type.model}"
        yield json.dumps({"uid": done.uid, "kind": kind, "places": done.places, "ground": done.ground, "at": done.at.isoformat(),
                          "asked_by": done.asked_by.username, "confirmed_by": done.confirmed_by.username})  # fmt: skip


def write(file: Path) -> int:
    """Write the ledger to a file, and answer how many erasures it holds. What the file told before and this database does not
    know, since it came out of an older backup, stays in it."""
    own = {_key(json.loads(line)): line for line in lines()}
    before = {_key(told): json.dumps(told) for told in read(file)} if file.exists() else {}
    kept = {**before, **own}
    new = file.with_name(f"{file.name}.new")
    new.write_text("".join(f"{line}\n" for line in kept.values()), encoding="utf-8")
    new.replace(file)  # a ledger cut short would forget
    return len(kept)


def read(file: Path) -> list[Told]:
    """What a ledger tells. Raises Refused where it is none, or was cut short."""
    try:
        found = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        if all(isinstance(told[name], kind) for told in found for name, kind in _SAID.items()):
            return found
        why = "a line is not of its form"
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = str(error)
    raise Refused(f"{file} is not a ledger of erasures, or it was cut short ({why}). Take the newest that is whole.")


def _key(told: Told) -> str:
    return json.dumps([told["uid"], told["places"]])


def apply(ledger: Iterable[Told]) -> Applied:
    """Erase again whatever the ledger names and this database still holds. What can't be done holds up nothing else."""
    found = Applied()
    with transaction.atomic():
        for told in ledger:
            _apply(told, found)
    return found


def _apply(told: Told, found: Applied) -> None:
    if _is_done(told["uid"], told["places"]):
        found.known += 1
        return
    record = apps.get_model(told["kind"])._base_manager.select_for_update().filter(uid=told["uid"]).first()
    if record is None:
        found.missing.append(f"{told['uid']}: there is no such record here. If it was merged into another, erase it there.")
        return
    record = getattr(record, "detail", record)
    own = {(table._meta.label_lower, pk) for table, pk in all_rows(record, list(work_on(record)))}
    places = [place for place in told["places"] if (place[0], place[1]) in own]  # keys given anew are another's
    if lost := [place for place in told["places"] if place not in places]:
        named = ", ".join(f"{label} {pk} {name}" for label, pk, name in lost)
        found.missing.append(f"{told['uid']}: {named}: not in this record here. Look for the words in it and in records that "
                             "it was merged with later, and erase what is found by hand.")  # fmt: skip
    if not places or lost and _is_done(told["uid"], places):
        return
    try:
        with transaction.atomic():
            _erase(record, {**told, "places": places})
    except User.DoesNotExist:
        found.missing.append(f"{told['uid']}: {told['asked_by']} or {told['confirmed_by']} has no account here. Make it again, "
                             "then run reapply_erasures.")  # fmt: skip
    except IntegrityError as error:
        said = str(error).splitlines()[0]
        found.missing.append(f"{told['uid']}: the database refused it for {told['asked_by']} and {told['confirmed_by']}: {said} "
                             "Mend that, then run reapply_erasures.")  # fmt: skip
    else:
        found.done += not lost


def _is_done(uid: str, places: list[Any]) -> bool:
    return Erasure.objects.filter(uid=uid, places=places).exclude(at=None).exists()


def _erase(record: Any, told: Told) -> None:
    """Empty these places as one act that names them and no others, by those who asked and agreed."""
    asked_by, confirmed_by = (User.objects.get(username=told[name]) for name in ("asked_by", "confirmed_by"))
    with acting_as(confirmed_by, _AGAIN):
        erasure = Erasure.objects.create(**on(record), uid=told["uid"], places=told["places"], ground=told["ground"],
                                         reason=_AGAIN, asked_by=asked_by, confirmed_by=confirmed_by)  # fmt: skip
        empty(record, [Place(*place) for place in told["places"]], by=confirmed_by, reason=str(erasure))
