"""A change to an approved or published record: tried, kept as its differences, and made when somebody else agrees.

Readers go on seeing what was approved. The form writes as always, inside a transaction that is taken back; what it
would have changed is kept as a ProposedChange, so whatever the database refuses is refused when the change is
proposed, and not only when it is accepted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from hrdocs import notices
from hrdocs.access import REVIEWERS, STAFF, Sensitivity, State, clearance
from hrdocs.audit import acting_as
from hrdocs.history import Change, Line, Values, parts_of, recorded_links
from hrdocs.models import Part, ProposedChange, ProposedChangeStatus, Record, Trial, on
from hrdocs.readers import as_ourselves
from hrdocs.restoring import restorable, write
from hrdocs.review import Refused, last_decision, told_of

CLOSED_TO_FORMS = (State.APPROVED, State.PUBLISHED)  # what was approved changes by proposal only
Rows = dict[str, Values]  # by "cases.estimate:12"; a row that would be added is "cases.facilityname:+1"


def snapshot(record: Record, user: Any) -> Rows:
    """All that this person's form of the record may change: its fields, its links, and its parts that she may see."""
    own = [type(record), *record._meta.get_parent_list()]
    found: Rows = {}
    for table in own:
        _take(found, table, table._base_manager.filter(pk=record.pk))
        for link in table._meta.local_many_to_many:
            through = recorded_links(link)
            _take(found, through, through._base_manager.filter(**{link.m2m_field_name(): record.pk}))
    for part in parts_of(own):
        _take(found, part, part.objects.visible_to(user).filter(**{part.hangs_on[0]: record.pk}))
    return found


@contextmanager
def trying(record: Record) -> Iterator[None]:
    """Let a closed record be written inside, and take all of it back at the end."""
    with transaction.atomic():
        Trial.objects.create(**on(record))
        yield
        transaction.set_rollback(True)


def propose(record: Record, before: Rows, after: Rows, *, by: Any, reason: str) -> ProposedChange:
    """Ask for a change: what stands in two snapshots, before and after it was tried."""
    if record.state not in CLOSED_TO_FORMS:
        raise Refused(record, ["Only what is approved or published is changed by proposal; change the record itself."])
    if by.role not in STAFF or not by.is_active:
        raise Refused(record, ["Changes are proposed by analysts, reviewers and managers."])
    if not reason.strip():
        raise Refused(record, ["Say why the record should change."])
    old, new = _differences(before, after)
    if not old and not new:
        raise Refused(record, ["Nothing would change."])
    with transaction.atomic(), acting_as(by, reason):
        change = ProposedChange.objects.create(
            **on(record), before=old, after=new, reason=reason, version=record.version, proposed_by=by)  # fmt: skip
        approved = last_decision(record, "approve")
        notices.tell(record, notices.Kind.PROPOSED, by=by, to=[approved.by] if approved else [])
    return change


def apply(change: ProposedChange, *, by: Any, reason: str = "") -> Record:
    """Make the change, as content of the person who proposed it, in the state and at the level that the record has."""
    with transaction.atomic(), acting_as(by, f"{change.reason} (proposed by {change.proposed_by}, accepted by {by})"):
        change, record = _locked(change)
        _decide(change, record, ProposedChangeStatus.APPLIED, by, reason)
        now = _current(change)
        moved = [
            name for key, held in change.before.items() for name, value in held.items() if now.get(key, {}).get(name) != value
        ]
        if moved:
            raise Refused(
                record, [f"It was changed since in the same place ({_fields(moved)}). Decline this, and ask for it anew."]
            )
        try:
            with transaction.atomic():
                write(record, _whole(change, now), change.proposed_by, record.version)
        except ValidationError as error:
            raise Refused(record, error.messages) from None
        except IntegrityError as error:
            raise Refused(record, [str(error).split("\n")[0]]) from None
        if record.state == State.PUBLISHED and (blockers := record.blockers("publish", Sensitivity(record.sensitivity))):
            raise Refused(record, blockers)
    return record


def decline(change: ProposedChange, *, by: Any, reason: str) -> None:
    """Leave the record as it is, with the reason."""
    with transaction.atomic(), acting_as(by, reason):
        change, record = _locked(change)
        if not reason.strip():
            raise Refused(record, ["Say why the change is declined."])
        _decide(change, record, ProposedChangeStatus.DECLINED, by, reason)


def withdraw(change: ProposedChange, *, by: Any) -> None:
    """Take one's own proposal back."""
    with transaction.atomic(), acting_as(by):
        change, record = _locked(change)
        if by.pk != change.proposed_by_id:
            raise Refused(record, ["Only who proposed a change withdraws it."])
        _decide(change, record, ProposedChangeStatus.WITHDRAWN, by, "")


def waiting_on(record: Record, user: Any) -> list[ProposedChange]:
    """The changes that wait, oldest first; one that touches what this person may not see is not told of."""
    found = ProposedChange.objects.filter(**on(record), status=ProposedChangeStatus.WAITING)
    return [change for change in found.select_related("proposed_by").order_by("pk") if _all_shown(change, user)]


def corrected_on(record: Record) -> Any:
    """When a published record was last changed by an accepted proposal since it was published; None if it was not."""
    with as_ourselves():  # readers are told the day alone
        applied = ProposedChange.objects.filter(**on(record), status=ProposedChangeStatus.APPLIED)
        last = applied.aggregate(last=models.Max("decided_at"))["last"]
        if last is None:  # so it is with most: one question for each page
            return None
        published = told_of(record, "publish")
        return last if published and last >= published.decided_at else None


def told(change: ProposedChange) -> list[Change]:
    """What the change would do, row by row, with the fields that it touches alone."""
    return [
        Change(Line(_table(key), 0, [change.after.get(key) or change.before[key]]), change.before.get(key), change.after.get(key))
        for key in (change.before | change.after)
    ]


def may_decide(change: ProposedChange, user: Any) -> bool:
    return user.role in REVIEWERS and user.pk != change.proposed_by_id


def _locked(change: ProposedChange) -> tuple[ProposedChange, Record]:
    change = ProposedChange.objects.select_for_update().get(pk=change.pk)
    model = change.content_type.model_class()
    stored = model._base_manager.select_for_update().get(pk=change.object_id)
    return change, getattr(stored, "detail", stored)


def _decide(change: ProposedChange, record: Record, status: ProposedChangeStatus, by: Any, reason: str) -> None:
    if change.status != ProposedChangeStatus.WAITING:
        raise Refused(record, [f"It was decided already: {change.get_status_display().lower()}."])
    if status != ProposedChangeStatus.WITHDRAWN:
        if not may_decide(change, by) or not by.is_active:
            raise Refused(record, ["A reviewer or manager other than the one who asks decides on a change."])
        if record.state not in CLOSED_TO_FORMS and status == ProposedChangeStatus.APPLIED:
            raise Refused(record, [f"The record is {record.get_state_display().lower()} now; change it itself."])
    change.status, change.decided_by, change.decided_at, change.decision_reason = status, by, timezone.now(), reason
    change.save()
    notices.tell(record, notices.Kind(status), by=by, to=[change.proposed_by])


def _take(found: Rows, table: type[models.Model], rows: models.QuerySet) -> None:
    names = [field.attname for field in restorable(table)]
    for values in rows.values("pk", *names):
        key = f"{table._meta.label_lower}:{values.pop('pk')}"
        found[key] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))


def _differences(before: Rows, after: Rows) -> tuple[Rows, Rows]:
    """What differs: of a row on both sides the changed fields alone, of any other the whole row."""
    old, new = {}, {}
    for key in before:
        if key not in after:
            old[key] = before[key]
        elif changed := [name for name, value in before[key].items() if after[key][name] != value]:
            old[key], new[key] = ({name: side[key][name] for name in changed} for side in (before, after))
    added = [key for key in after if key not in before]
    for number, key in enumerate(added, start=1):
        new[f"{key.split(':')[0]}:+{number}"] = after[key]
    return old, new


def _current(change: ProposedChange) -> Rows:
    """The rows that the change touches, as they stand now."""
    found: Rows = {}
    for key in change.before:
        table = _table(key)
        _take(found, table, table._base_manager.filter(pk=key.split(":")[1]))
    return found


def _whole(change: ProposedChange, now: Rows) -> list[tuple[Line, Values | None, Values | None]]:
    """The rows as they are to be written, all fields of each, in the types of their fields."""
    found = []
    for key in change.before | change.after:
        table, (_, pk) = _table(key), key.split(":")
        held = now.get(key)
        wanted = {**(held or {}), **change.after[key]} if key in change.after else None
        values = wanted and {field.attname: _typed(field, wanted[field.attname]) for field in restorable(table)}
        line = Line(table, int(pk) if pk.isdigit() else 0, [values or held or {}])
        found.append((line, held, values))
    return found


def _typed(field: models.Field, value: Any) -> Any:
    return value if value is None else field.to_python(value)


def _table(key: str) -> type[models.Model]:
    return apps.get_model(key.split(":", maxsplit=1)[0])


def _fields(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(name.removesuffix("_id").replace("_", " ") for name in names))


def _all_shown(change: ProposedChange, user: Any) -> bool:
    """Whether this person may see every part that the change touches."""
    for key, values in (change.before | change.after).items():
        table, pk = _table(key), key.split(":")[1]
        if not issubclass(table, Part):
            continue
        if pk.isdigit():
            if not table.objects.visible_to(user).filter(pk=pk).exists():
                return False
        elif Sensitivity(values["sensitivity"]).rank > clearance(user).rank and user.pk != change.proposed_by_id:
            return False
    return True
