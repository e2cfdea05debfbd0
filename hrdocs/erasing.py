"""Erasing: fields of one record are emptied wherever they stand – in the row, in all its history, in work on the record –
and the seals over history still hold.

Asked for by a manager, agreed to by another or by a custodian, done in the transaction of the agreement. Retracting and
closing come first; this is for what must not exist any more. `manage.py erasures` and `reapply_erasures` do it again
after an older backup was restored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from typing import Any
from urllib.parse import unquote_plus

import pgtrigger
from django.apps import apps
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from hrdocs import notices, releases, sealing
from hrdocs.access import Role
from hrdocs.audit import acting_as
from hrdocs.erasable import DERIVED, Place, all_rows, events_of, ever, is_free_text, needles_of, places_of, work_on
from hrdocs.making_files import holding
from hrdocs.models import Erasure, Guarded, Merge, ProposedChange, ProposedChangeStatus, Record, SavedSearch, Unsaved, User, on
from hrdocs.refusal import Refused
from hrdocs.words_gone import Needles, gone, is_gone


def ask(record: Record, chosen: Iterable[str], *, by: Any, ground: str, reason: str) -> Erasure:
    """Ask to erase these places, each by its key; somebody else agrees."""
    if by.role != Role.MANAGER or not by.is_active:
        raise Refused("A manager asks to erase.")
    known = {place.key: place for place in places_of(record)}
    wanted = [known[key] for key in dict.fromkeys(chosen) if key in known]
    if not wanted:
        raise Refused("Choose what is to be erased.")
    if not reason.strip() or not ground:
        raise Refused("Say on what ground, and why.")
    if needles_of(wanted, []).found_in(reason):
        raise Refused("The reason holds words that are to be erased. It stays: write it without them.")
    with transaction.atomic(), acting_as(by, reason):
        erasure = Erasure.objects.create(**on(record), uid=record.uid, ground=ground, reason=reason, asked_by=by,
                                         places=[[place.label, place.pk, place.field] for place in wanted])  # fmt: skip
        concerned = User.objects.filter(role__in=(Role.MANAGER, Role.CUSTODIAN), is_active=True)
        notices.tell(record, notices.Kind.ERASURE_ASKED, by=by, to=concerned)
    return erasure


def erase(erasure: Erasure, *, by: Any) -> Erasure:
    """Agree, and empty all of it now; there is no way back but to enter it anew."""
    with transaction.atomic(), acting_as(by, f"Erased: {erasure.get_ground_display()}"):
        erasure = Erasure.objects.select_for_update().get(pk=erasure.pk)
        if erasure.at is not None:
            raise Refused("It is erased already.")
        if by.role not in (Role.MANAGER, Role.CUSTODIAN) or not by.is_active or by.pk == erasure.asked_by_id:
            raise Refused("Another manager, or a custodian, agrees to what a manager asks for.")
        erasure.confirmed_by = by
        erasure.save()
        record = erasure.content_type.model_class()._base_manager.select_for_update().get(pk=erasure.object_id)
        empty(getattr(record, "detail", record), [Place(*place) for place in erasure.places], by=by, reason=str(erasure))
        notices.tell(record, notices.Kind.ERASED, by=by, to=[record.created_by, record.edited_by, erasure.asked_by])
    erasure.refresh_from_db()
    return erasure


def empty(record: Record, places: list[Place], *, by: Any, reason: str) -> None:
    """Empty these places wherever they stand. Inside a transaction that holds the act, and the record locked."""
    releases.withdraw_what_holds(record, by=by)
    holding.take_all_away()
    sealing.seal()  # what a seal lists can be emptied so that it is seen to have been emptied
    work = list(work_on(record))
    needles = needles_of(places, work)
    rows: dict[tuple[str, int], list[str]] = defaultdict(list)
    for place in places:
        rows[place.label, place.pk].append(place.field)
    acts = {act for table, pk in all_rows(record, work) for act in events_of(table, pk).values_list("pgh_context", flat=True)}
    for (label, pk), names in rows.items():
        _empty_row(apps.get_model(label), pk, names, by=by, reason=reason)
    reviewed = record._meta.get_field("version").model
    # A form that is still open would bring it back; whoever keeps a copy learns by the time that there is less to keep.
    reviewed._base_manager.filter(pk=record.pk).update(version=F("version") + 1, edited_at=timezone.now())
    for row in work:
        _clean(row, needles, rows, by=by, reason=reason)
    whole = Needles(needles.whole)  # elsewhere a single word of a name may be another person's
    for typed in Unsaved.objects.all():
        if f"/{record._meta.model_name}/{record.pk}/" in typed.address or whole.found_in(typed.entries):
            typed.delete()
    for search in SavedSearch.objects.all():
        if whole.found_in([search.name, unquote_plus(search.question)]):
            search.delete()
    sealing.erase_reasons(acts, needles.found_in, by=by, reason=reason)


# ── emptying ──


def _empty_row(table: type[models.Model], pk: int, names: list[str], *, by: Any, reason: str) -> None:
    """Empty fields of a row, with what is derived from them, and of its history."""
    own = {field.name: field for field in table._meta.local_concrete_fields}
    along = getattr(table, "erased_along", {})
    wholes = [whole for name in names for whole in (name, *(f"{name}{end}" for end in DERIVED), *along.get(name, ()))]
    kept = [own[whole] for whole in dict.fromkeys(wholes) if whole in own]
    held = {name: ever(table, pk, name) for name in names}
    with _without_protection(table):
        table._base_manager.filter(pk=pk).update(**{field.attname: _left(field) for field in kept})
    for event in events_of(table, pk):
        columns = [field.column for field in kept if not is_gone(getattr(event, field.attname, None))]
        if columns:
            sealing.erase(event, columns, by=by, reason=reason)
    if issubclass(table, Guarded):
        for name, values in held.items():
            table.was_erased(name, values)


def _clean(row: models.Model, needles: Needles, rows: Mapping[tuple[str, int], list[str]], *, by: Any, reason: str) -> None:
    """Take the words out of work on a record, and out of its history. A proposal that still waits is declined."""
    table = type(row)
    texts = [field for field in table._meta.concrete_fields if isinstance(field, models.JSONField) or is_free_text(field)]

    def changed(held: models.Model) -> dict[str, Any]:
        given = {field.attname: getattr(held, field.attname) for field in texts if hasattr(held, field.attname)}
        left = {name: needles.taken_out(value, rows) for name, value in given.items()}
        return {name: value for name, value in left.items() if value != given[name]}

    found = changed(row)
    if found and isinstance(row, Merge):
        found = {"before": {}}  # it could bring them back, so it can't be undone any more
    if found and isinstance(row, ProposedChange) and row.status == ProposedChangeStatus.WAITING:
        other = next(user for user in (by, *User.objects.filter(role=Role.MANAGER)) if user.pk != row.proposed_by_id)
        found |= {"status": ProposedChangeStatus.DECLINED, "decided_by": other, "decided_at": timezone.now(),
                  "decision_reason": "Erased."}  # fmt: skip
    if found:
        with _without_protection(table):
            table._base_manager.filter(pk=row.pk).update(**found)
    for event in events_of(table, row.pk):
        if columns := [field.column for field in texts if field.attname in changed(event)]:
            sealing.erase(event, columns, by=by, reason=reason)


def _without_protection(table: type[models.Model]) -> Any:
    """Rows that are only added lose what is erased as well."""
    protected = [
        trigger.name for model, trigger in pgtrigger.registered() if model is table and isinstance(trigger, pgtrigger.Protect)
    ]
    return pgtrigger.ignore(*(f"{table._meta.label}:{name}" for name in protected)) if protected else nullcontext()


def _left(field: models.Field) -> Any:
    """What stands in a field after it was erased."""
    if field.null:
        return None
    if isinstance(field, models.BinaryField):
        return b""
    return gone() if is_free_text(field) else ""
