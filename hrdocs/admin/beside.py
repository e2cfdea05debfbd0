"""How two records stand beside one another: their fields, what belongs to each, and what a merge does, in words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs import merging, relinking
from hrdocs.admin.desk import address_of
from hrdocs.admin.told import Telling
from hrdocs.history import Change, Line
from hrdocs.models import Match, Record
from hrdocs.models.record import Guarded
from hrdocs.restoring import restorable

LABELS = {
    "kept": gettext_lazy("The one that stays"), "gone": gettext_lazy("The other one"),
    "both": gettext_lazy("Both, one after the other"), "none": gettext_lazy("Neither"),
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One line of the comparison."""

    name: str
    label: str
    kept: str
    gone: str
    choices: list[tuple[str, Any]]
    chosen: str


def compared(kept: Record, gone: Record, chosen: dict[str, str], user: Any) -> list[Field]:
    """Every field that either fills: those that differ come with what may be chosen."""
    kind = type(kept)
    rows = [{field.attname: getattr(each, field.attname) for field in restorable(kind)} for each in (kept, gone)]
    telling = Telling(user)
    telling.learn([Change(Line(kind, kept.pk, rows), *rows)])
    differ = {each.field.name: each for each in merging.differences(kept, gone)}
    found = []
    for field in restorable(kind):
        mine, theirs = (telling.shown(row, field) for row in rows)
        if mine or theirs:
            each = differ.get(field.name)
            choices = [(name, LABELS[name]) for name in each.choices] if each else []
            taken = chosen.get(field.name, each.default if each else "")
            found.append(Field(field.name, str(field.verbose_name), mine, theirs, choices, taken))
    return found


def told(log: dict[str, Any]) -> list[str]:
    """A merge in a few lines: how many rows of which kind moved, which were folded, changed and added."""
    counted = Counter[tuple[str, str]]()
    for label, _column, _gone, _kept, keys in log["moved"]:
        counted["moved", _plural(label)] += len(keys)
    for what in ("folded", "added"):
        for label, *_row in log[what]:
            counted[what, _plural(label)] += 1
    words = {"moved": _("%(what)s that move: %(number)d"), "folded": _("%(what)s that both have, kept once: %(number)d"),
             "added": _("%(what)s added, so that no spelling is lost: %(number)d")}  # fmt: skip
    return [words[what] % {"what": kind, "number": number} for (what, kind), number in counted.items()]


def _plural(label: str) -> str:
    return str(apps.get_model(label)._meta.verbose_name_plural).capitalize()


def hanging(kept: Record, gone: Record, user: Any) -> list[dict[str, Any]]:
    """What leads to either, kind by kind, as far as this person may see it."""
    found = []
    both = (relinking.leading_to(type(each), each.pk) for each in (kept, gone))
    for (model, column, mine), (_model, _column, theirs) in zip(*both, strict=True):
        if model is Match:  # the judgement on the two stands above
            continue
        seen = [_shown(rows, user) for rows in (mine, theirs)]
        numbers = [rows.count() for rows in seen]
        if any(numbers):
            link = model._meta.get_field(column)
            found.append({"what": _plural(model._meta.label), "as": link.verbose_name if link.related_model else "",
                          "numbers": numbers, "rows": _linked(seen[1])})  # fmt: skip
    return found


def _shown(rows: QuerySet, user: Any) -> QuerySet:
    if not issubclass(rows.model, Guarded):
        return rows
    return rows.model._default_manager.visible_to(user).filter(pk__in=rows.values("pk"))


def _linked(rows: QuerySet) -> list[tuple[str, str]]:
    """The first rows of a kind, with the addresses of those that have a form."""
    shown = [getattr(row, "detail", row) for row in rows[:5]]
    return [(str(row), address_of(row) if isinstance(row, Record) else "") for row in shown]
