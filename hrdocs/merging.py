"""Two records for one thing become one, and can become two again.

Somebody judges that they are the same; a manager who did not ask merges them. What hangs on the one that goes moves to
the one that stays, its uid leads there, and it is taken out of its table: a row that is not there can't be shown, counted
or linked to, and the database itself refuses a link that comes too late. The Merge keeps all that is needed to undo it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from hrdocs import matching, relinking, rows
from hrdocs.access import Role, Sensitivity
from hrdocs.audit import acting_as
from hrdocs.models import Merge, NameKind, Record, Redirect, on
from hrdocs.models.record import Name, refuse_loops
from hrdocs.restoring import restorable
from hrdocs.review import Refused
from hrdocs.transitions import OPEN

_KEPT_ONLY = ("sensitivity", "team")
_OF_THE_ACT = ("version", "edited_by_id", "edited_at", "sensitivity")  # go back only where nothing else was changed


@dataclass(frozen=True)
class Difference:
    """One field that the two fill differently: both values, what may be chosen, and what is taken if nobody chooses."""

    field: models.Field
    kept: Any
    gone: Any
    choices: tuple[str, ...]
    default: str

    def chosen(self, choice: str) -> Any:
        return {"kept": self.kept, "gone": self.gone, "none": None}.get(choice) if choice != "both" else self.both

    @property
    def both(self) -> str:
        return relinking.joined(self.kept, self.gone)


def differences(kept: Record, gone: Record) -> list[Difference]:
    """The fields that differ. Lists of terms are not among them: they are joined."""
    fields = [field for field in restorable(type(kept)) if field.name not in _KEPT_ONLY]
    pairs = [(field, getattr(kept, field.attname), getattr(gone, field.attname)) for field in fields]
    return [_difference(kept, gone, *pair) for pair in pairs if pair[1] != pair[2]]


def _difference(kept: Record, gone: Record, field: models.Field, mine: Any, theirs: Any) -> Difference:
    empty = (None, "", [])
    if field.related_model is type(kept):  # a link to itself can't stay
        both = {"kept": mine, "gone": theirs}
        possible = {name: value for name, value in both.items() if value not in (kept.pk, gone.pk)} or {"none": None}
        default = next((name for name, value in possible.items() if value is not None), next(iter(possible)))
        return Difference(field, mine, theirs, tuple(possible), default)
    notes = isinstance(field, models.TextField) and all(" " in value for value in (mine, theirs))
    choices = ("kept", "gone", "both") if notes else ("kept", "gone")
    return Difference(field, mine, theirs, choices, "gone" if mine in empty else "both" if notes else "kept")


# ── the merge ──


def merge(kept: Record, gone: Record, chosen: dict[str, str], *, by: Any, reason: str) -> Merge:
    """Take `gone` into `kept`; `chosen` says by field name whose value stays: kept, gone, both or none."""
    with transaction.atomic(), acting_as(by, reason):
        kept, gone = _locked(kept, gone)
        if refused := [*matching.against(kept, gone, by), *([] if reason.strip() else [_("Say why.")])]:
            raise Refused(kept, refused)
        kind, asked = type(kept), matching.judged(kept, gone)
        done = Merge.objects.create(
            **on(kept), gone_uid=gone.uid, gone_id=gone.pk, reason=reason, asked_by=asked.by, by=by, by_role=by.role)  # fmt: skip
        log, before, whole = relinking.Log(), rows.picture(kind, kept.pk), rows.picture(kind, gone.pk)
        shown = [*_shown_names(kept), *_shown_names(gone)]
        try:
            _choose(kept, gone, chosen, by)
            relinking.note_change(kind, kept.pk, before, log)
            relinking.move(kind, gone.pk, kept.pk, log)
            _keep_spellings(kept, shown, log)
            refuse_loops(kind._base_manager.get(pk=kept.pk))
            rows.take_out(kind, gone.pk)
            _ask_all_constraints()
        except (ValidationError, relinking.CannotMove) as error:
            raise Refused(kept, getattr(error, "messages", [str(error)])) from error
        Redirect.objects.create(**on(kept), old_uid=gone.uid, audience=whole["audience"], locks=whole["locks"])
        done.before = {"gone": whole, "level": kept.sensitivity, "log": log.as_json()}
        done.save(update_fields=["before"])
        done.refresh_from_db()
    return done


def tried(kept: Record, gone: Record, chosen: dict[str, str], *, by: Any) -> dict[str, Any]:
    """What a merge would move and fold, found out by doing it and taking it back."""
    with transaction.atomic():
        before = merge(kept, gone, chosen, by=by, reason="tried").before
        transaction.set_rollback(True)
    return before


def _locked(*records: Record) -> list[Record]:
    """Both as they are stored, locked in one order: whoever links to either now waits for us."""
    found = type(records[0])._base_manager.select_for_update().filter(pk__in=[r.pk for r in records]).order_by("pk")
    stored = {each.pk: each for each in found}
    if len(stored) < len({record.pk for record in records}):
        raise Refused(records[0], [_("One of the two is gone: it was merged a moment ago.")])
    return [stored[record.pk] for record in records]


def level_after(kept: Record, gone: Record) -> Sensitivity:
    """The stricter of the two. A draft at internal says nothing yet: every new record begins there."""
    undecided = gone.state in OPEN and gone.sensitivity == Sensitivity.INTERNAL
    levels = [kept.sensitivity] if undecided else [kept.sensitivity, gone.sensitivity]
    return max(map(Sensitivity, levels), key=lambda level: level.rank)


def _choose(kept: Record, gone: Record, chosen: dict[str, str], by: Any) -> None:
    for each in differences(kept, gone):
        choice = chosen.get(each.field.name, each.default)
        if choice not in each.choices:
            raise ValidationError(
                _("“%(field)s” can't be “%(choice)s” here.") % {"field": each.field.verbose_name, "choice": choice}
            )
        setattr(kept, each.field.attname, each.chosen(choice))
    kept.sensitivity = level_after(kept, gone)
    kept.full_clean()
    kept.save_by(by)


def name_table(kind: type[models.Model]) -> models.ForeignKey | None:
    """The link from the table of a kind's names; incidents and sources have titles, and none."""
    return next((link for link in relinking.links_to(kind) if issubclass(link.model, Name)), None)


def _shown_names(record: Record) -> list[tuple[str, str]]:
    """The names by which a record is shown, with their language; the label of a victim is no name."""
    return [(language, getattr(record, f"name_{language}", "")) for language in ("en", "ar")]


def _keep_spellings(kept: Record, shown: list[tuple[str, str]], log: relinking.Log) -> None:
    """A name by which either was shown and the one record is not goes on as another name of it."""
    link = name_table(type(kept))
    known = {text for _, text in _shown_names(kept)}
    for language, text in shown:
        if link is None or not text or text in known:
            continue
        known.add(text)
        if not link.model._base_manager.filter(**{link.name: kept, "text": text}).exists():
            alias = {link.name: kept, "text": text, "language": language, "kind": NameKind.ALIAS}
            added = link.model._base_manager.create(**alias)
            log.added.append((link.model._meta.label, rows.picture(link.model, added.pk)))


def _ask_all_constraints() -> None:
    """Have the database say now, not at the end, whether a link is left that leads to nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


# ── and back ──


def undo(done: Merge, *, by: Any, reason: str) -> list[str]:
    """Make two of the one again: the old record with its uid, and all that was moved. Nothing is lost: what was changed
    since stays where it is, and is named in the answer."""
    with transaction.atomic(), acting_as(by, reason):
        done = Merge.objects.select_for_update().get(pk=done.pk)
        kind = done.content_type.model_class()
        kept = kind._default_manager.visible_to(by).select_for_update().filter(pk=done.object_id).first()
        if refused := _not_undone(done, kept, by, reason):
            raise Refused(kept or kind(uid=done.gone_uid), refused)
        done.undone_by, done.undone_at, done.undone_reason = by, timezone.now(), reason
        done.save(update_fields=["undone_by", "undone_at", "undone_reason"])
        log = relinking.Log(**done.before["log"])
        try:
            rows.put_in(kind, _no_wider_than(kept, done), "begins_closed")
            own = [change for change in log.changed if change[:2] == [kind._meta.label, kept.pk]]
            log.changed = [change for change in log.changed if change not in own]
            stayed = relinking.put_back(log) + [name for change in own for name in _kept_again(kept, *change[2:], by)]
            Redirect.objects.filter(old_uid=done.gone_uid).delete()
            _ask_all_constraints()
        except IntegrityError as error:
            said = str(error).split("\n")[0]
            raise Refused(kept, [_("It can't be undone as things stand now: %s") % said]) from error
    return stayed


def _not_undone(done: Merge, kept: Record | None, by: Any, reason: str) -> list[str]:
    if by.role != Role.MANAGER or not by.is_active:
        return [_("A manager undoes a merge.")]
    if done.undone_at:
        return [_("It was undone already, on %s.") % f"{done.undone_at:%Y-%m-%d}"]
    if kept is None:
        return [_("The record that stayed is not there: if it was merged itself, undo that first.")]
    if not done.before:
        return [_("What was merged was erased, and can't be had back.")]
    if matching.far(done.before["gone"]["state"]) > matching.far(kept.state):
        return [_("Review has taken %s back since. Take it as far again before you undo the merge.") % kept.uid]
    return [] if reason.strip() else [_("Say why.")]


def _no_wider_than(kept: Record, done: Merge) -> rows.Row:
    """The old record as it was; closed as far as the one that stayed was closed since."""
    gone, now = done.before["gone"], Sensitivity(kept.sensitivity)
    if now.rank <= Sensitivity(done.before["level"]).rank:
        return gone
    return {**gone, "sensitivity": max(now, Sensitivity(gone["sensitivity"]), key=lambda level: level.rank)}


def _kept_again(kept: Record, before: rows.Row, after: rows.Row, by: Any) -> list[str]:
    """The record that stayed as it was. Where it was edited since, its version goes on, and its level stays."""
    kind = type(kept)
    untouched = rows.picture(kind, kept.pk)["version"] == after["version"]
    with pgtrigger.ignore(f"{kind._meta.label}:moves_by_decision"):  # the level that it had, and nothing wider
        stayed = relinking.change_back(
            kind, kept.pk, *({name: value for name, value in side.items() if untouched or name not in _OF_THE_ACT}
                             for side in (before, after)))  # fmt: skip
    if not untouched:
        kind._base_manager.get(pk=kept.pk).save_by(by)
    return stayed
