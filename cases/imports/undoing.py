"""Undoing: an import taken back as one batch, while nobody has built on it. What it made goes, what it changed goes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.imports import storing
from cases.imports.kinds import SHEETS, model_of, owner_of
from cases.imports.standing import TOLD, Keys, all_open, hidden, judged_by, standing_on
from cases.imports.storing import one_of
from cases.imports.write import check_what_is_deferred, one_at_a_time
from cases.models import Import, ImportedRow
from hrdocs.access import Role, State
from hrdocs.audit import act_under_way, acting_as
from hrdocs.models import Match, Record
from hrdocs.objections import in_the_readers_language
from hrdocs.refusal import Refused


def undo(run: Import, *, by: Any, reason: str) -> None:
    """Take out what an import made, and put back what it changed.

    Raises Refused, naming what stands on it; where some of it all is hidden from whoever undoes, in one sentence that is
    the same whatever it is.
    """
    with transaction.atomic(), acting_as(by, f"Undoing the import of {run.dataset}: {reason}"):
        one_at_a_time(run.dataset)
        stored = Import.objects.select_for_update().get(pk=run.pk)
        _refuse_if(against(stored, by, reason))
        made, changed = _made(stored), _changed(stored)
        if not all(all_open(kind, keys, by) for kinds in (made, changed) for kind, keys in kinds.items()):
            raise Refused(hidden())
        _refuse_if([*_moved_or_edited(stored, made), *_moved_or_edited(stored, changed)])
        try:
            for sheet in SHEETS:
                _put_back(stored, sheet, by)
            _refuse_if(standing_on(stored, made, by=by))
            _take_out(stored, made)
            check_what_is_deferred()
        except DatabaseError as error:
            raise Refused(in_the_readers_language(str(error).splitlines()[0])) from error
        stored.undone_at, stored.undone_by, stored.undone_reason = timezone.now(), by, reason
        stored.undoing_act = act_under_way()
        stored.save()
    run.refresh_from_db()


def against(run: Import, user: Any, reason: str = "-") -> list[str]:
    """Why this person can't undo this import, without a look at what stands on it."""
    found = []
    if run.undone_at:
        found.append(_("It was undone already."))
    if user.pk != run.by_id and user.role != Role.MANAGER:
        found.append(_("Whoever imported can undo it, or a manager."))
    if run.act is None:
        found.append(_("It is from before what an import made was kept. Take its records out one by one."))
    later = Import.objects.filter(dataset=run.dataset, pk__gt=run.pk, undone_at=None).order_by("pk").last()
    if later:
        found.append(_("A later import stands on it: %s. Undo that one first.") % later)
    if not reason.strip():
        found.append(_("Say why it is undone."))
    return found


def _refuse_if(found: list[str]) -> None:
    if found:
        more = [_("… and %d more.") % (len(found) - TOLD)] if len(found) > TOLD else []
        raise Refused(*found[:TOLD], *more)


# ── what it made and changed ──


def _made(run: Import) -> Keys:
    return _by_kind(run.created.values_list("content_type", "object_id"))


def _changed(run: Import) -> Keys:
    return _by_kind(run.changes.exclude(before={}).values_list("content_type", "object_id"))


def _by_kind(rows: Any) -> Keys:
    """Keys by kind, what leads to others first, so that it can go first."""
    found = defaultdict(list)
    for kind, key in rows:
        found[ContentType.objects.get_for_id(kind).model_class()].append(key)
    order = [model_of(sheet) for sheet in SHEETS]
    return {model: found[model] for model in sorted(found, key=order.index, reverse=True)}


# ── what stands on it ──


def _moved_or_edited(run: Import, keys: Keys) -> Iterator[str]:
    """Records that review has moved, and rows that somebody changed or took out after the import."""
    for model, pks in keys.items():
        rows = model._base_manager.filter(one_of("pk", pks))
        if issubclass(model, Record):
            for record in rows.exclude(state=State.DRAFT)[: TOLD + 1]:
                yield _("%(uid)s was handed in: it is %(state)s now.") % {"uid": record.uid, "state": record.get_state_display()}
        for key in _written_later(run, model, pks)[: TOLD + 1]:
            row = rows.filter(pk=key).first()
            if row is None:
                yield _("A row that came in as %(what)s was taken out after the import.") % {"what": model._meta.verbose_name}
                continue
            record = owner_of(row)
            yield _("%(uid)s was changed by %(who)s after the import.") % {"uid": record.uid, "who": record.edited_by}


def _written_later(run: Import, model: type[models.Model], pks: list[int]) -> list[int]:
    """Rows of which history knows something younger than what the import wrote. Of a kind of statement, the statement
    itself is written with each change."""
    table = next(iter(reversed(model._meta.get_parent_list())), model)
    events = apps.get_model(f"{table._meta.label}Event").objects.filter(one_of("pgh_obj_id", pks)).order_by()
    ours = dict(events.filter(pgh_context=run.act).values_list("pgh_obj_id").annotate(models.Max("pgh_id")))
    last = events.exclude(pgh_context__in=_acts(run)).values_list("pgh_obj_id").annotate(models.Max("pgh_id"))
    return sorted(key for key, event in last if event > ours.get(key, 0))


def _acts(run: Import) -> list[Any]:
    """The import itself, and those after it that were undone, with their undoing: of these nothing is left."""
    undone = Import.objects.filter(dataset=run.dataset, pk__gt=run.pk).exclude(undone_at=None)
    return [run.act, *(act for acts in undone.values_list("act", "undoing_act") for act in acts)]


# ── there and back ──


def _put_back(run: Import, sheet: str, by: Any) -> None:
    """Let the records of one sheet that the import changed hold what they held, and its rows say what they said."""
    changes = list(run.changes.filter(sheet=sheet).exclude(before={}))
    _say_as_before(run, sheet)
    if not changes:
        return
    model, names = model_of(sheet), {name for change in changes for name in change.before}
    records = model._base_manager.filter(one_of("pk", [change.object_id for change in changes])).in_bulk()
    single = [each for name in names if not (each := model._meta.get_field(name)).many_to_many]
    for change in changes:
        record = records[change.object_id]
        for each in single:
            if each.name in change.before:
                setattr(record, each.attname, each.to_python(change.before[each.name]))
        if isinstance(record, Record):
            record.edited_by, record.edited_at, record.version = by, timezone.now(), record.version + 1
    storing.update(list(records.values()), storing.columns_to_write(model, [each.name for each in single]))
    for name in names - {each.name for each in single}:
        field = model._meta.get_field(name)
        links = {change.object_id: set(change.before[name]) for change in changes if name in change.before}
        storing.relink(field, links, storing.leads_to(field, list(links)))


def _say_as_before(run: Import, sheet: str) -> None:
    """Let the rows of one sheet that the import changed, or that came again in it, say what they said."""
    changes = list(run.changes.filter(sheet=sheet))
    rows = {row.key: row for row in ImportedRow.objects.filter(
        one_of("key", [change.key for change in changes]), dataset=run.dataset, sheet=sheet)}  # fmt: skip
    for change in changes:
        rows[change.key].raw, rows[change.key].withdrawn_in_id = change.raw, change.withdrawn_in_id
    if rows:
        storing.update(list(rows.values()), [ImportedRow._meta.get_field(name) for name in ("raw", "withdrawn_in")])


def _take_out(run: Import, made: Keys) -> None:
    """Delete what the import made; history keeps that it was there."""
    Match.objects.filter(pk__in=judged_by(run)).delete()
    run.created.all().delete()
    run.withdrawn.update(withdrawn_in=None)
    before = Import.objects.filter(dataset=run.dataset, pk__lt=run.pk, undone_at=None).order_by("-pk").first()
    if before:
        run.rows.filter(dataset=run.dataset).update(last_import=before)  # by whose index they are found
    for model, pks in made.items():
        for each in model._meta.many_to_many:
            storing.relink(each, {key: set() for key in pks}, storing.leads_to(each, pks))
        for table in (model, *model._meta.get_parent_list()):
            table._base_manager.filter(one_of("pk", pks))._raw_delete("default")
