"""Changes as a person reads them: names instead of keys, and of long texts the words that came and went."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext as _

from hrdocs.access import shown_rows
from hrdocs.history import Change, Line, Values
from hrdocs.models import Part, Record, User

_OWN = ("version", "created_at", "edited_at", "edited_by")
_ON_ENTERING = ("uid", "state", "kind")
_DERIVED = ("_earliest", "_latest", "_precision")
_LONG = 12  # words on both sides, from which on single words are compared
_MOST = 4000  # words that are compared; longer texts stand whole beside one another
_AROUND = 8  # words left standing before and after a change


@dataclass(frozen=True)
class Told:
    """One field that changed: whole values, or for a long text its words, each stayed, went or came."""

    name: str
    before: str
    after: str
    words: list[tuple[str, str]]


@dataclass(frozen=True)
class Block:
    """The fields of one row that changed: of the record itself (no title), or of a part with what became of it."""

    title: str
    became: str
    fields: list[Told]


class Telling:
    """Tells changes to one reader; each kind of linked row is read once."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self._names: dict[type[models.Model], dict[Any, str]] = {}

    def blocks(self, changes: list[Change]) -> list[Block]:
        """The changes of one act or of one comparison: the record first, then its parts, without what stayed the same."""
        self.learn(changes)
        own = [told for change in changes if _is_own(change.line) for told in self._fields(change)]
        found = [Block("", "", own + self._links(changes))]
        for change in changes:
            if issubclass(change.line.table, Part):
                became = _("added") if change.before is None else _("removed") if change.after is None else _("changed")
                found.append(Block(str(change.line.table._meta.verbose_name), became, self._fields(change)))
        return [block for block in found if block.fields]

    def learn(self, changes: Iterable[Change]) -> None:
        """Read the names of all that these changes link to, once per kind."""
        asked: dict[type[models.Model], set[Any]] = defaultdict(set)
        for change in changes:
            for link in change.line.table._meta.concrete_fields:
                if isinstance(link, models.ForeignKey):
                    held = [row.get(link.attname) for row in (change.before, change.after) if row]
                    asked[link.related_model].update(key for key in held if key is not None)
        for model, keys in asked.items():
            known = self._names.setdefault(model, {})
            for row in shown_rows(model, self.user).filter(pk__in=keys - known.keys()):
                known[row.pk] = _name(row)

    def person(self, key: int | None) -> str:
        if key is not None and key not in self._names.setdefault(User, {}):
            self._names[User] |= {user.pk: str(user) for user in User.objects.all()}
        return self._names.get(User, {}).get(key, "")

    def _fields(self, change: Change) -> list[Told]:
        found = []
        for field in change.line.table._meta.local_concrete_fields:
            if not _skipped(change, field):
                before, after = (self.shown(row, field) for row in (change.before, change.after))
                if before != after:
                    found.append(Told(str(field.verbose_name), before, after, words(before, after)))
        return found

    def _links(self, changes: list[Change]) -> list[Told]:
        """Many-to-many links, told as one field with what was taken out and what was put in."""
        moved: dict[str, tuple[list[str], list[str]]] = {}
        for change in changes:
            if (
                not _is_own(change.line)
                and not issubclass(change.line.table, Part)
                and (change.before is None) != (change.after is None)
            ):
                field, link = _many(change.line)
                gone, come = moved.setdefault(str(field.verbose_name), ([], []))
                (come if change.before is None else gone).append(self.shown(change.after or change.before, link))
        return [Told(name, ", ".join(gone), ", ".join(come), []) for name, (gone, come) in moved.items()]

    def shown(self, row: Values | None, field: models.Field) -> str:
        value = row.get(field.attname) if row else None
        if value in (None, "", []):
            return ""
        if isinstance(field, models.ForeignKey):
            return self._names.get(field.related_model, {}).get(value, "")  # a link to what is hidden looks like none
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        listed = field.base_field if isinstance(field, ArrayField) else field
        labels = dict(listed.flatchoices)
        return ", ".join(str(labels.get(item, item)) for item in (value if isinstance(value, list) else [value]))


def _name(row: models.Model) -> str:
    text, uid = str(row), getattr(row, "uid", "")
    return text if uid in text else f"{text} ({uid})"


def _is_own(line: Line) -> bool:
    return issubclass(line.table, Record)


def _skipped(change: Change, field: models.Field) -> bool:
    derived = not field.editable and field.name.endswith(_DERIVED)
    entering = change.before is None and _is_own(change.line) and (field.name in _ON_ENTERING or _signed(change.after, field))
    owner = (
        issubclass(change.line.table, Part)
        and field.name == change.line.table.hangs_on[0]
        and not (change.before and change.after)
    )
    return derived or entering or owner or field.primary_key or field.generated or field.name in (
        *_OWN, *getattr(change.line.table, "not_in_history", ()))  # fmt: skip


def _signed(row: Values | None, field: models.Field) -> bool:
    """Whether the field names who signed the act anyway."""
    said = (row or {}).get("pgh_context__metadata") or {}
    return field.name == "created_by" and row is not None and said.get("user") == row.get(field.attname)


def _many(line: Line) -> tuple[models.Field, models.Field]:
    """The many-to-many field whose link a row is, and the row's link to the other end."""
    through = line.table._meta.concrete_model
    for owner in (field.related_model for field in through._meta.concrete_fields if field.related_model):
        for field in owner._meta.local_many_to_many:
            if field.remote_field.through is through:
                return field, through._meta.get_field(field.m2m_reverse_field_name())
    raise LookupError(line.table)


def words(before: str, after: str) -> list[tuple[str, str]]:
    """The words of two long texts as (what, text), where what is "same", "gone" or "come"; empty for short ones."""
    old, new = (re.findall(r"\s*\S+", text) for text in (before, after))
    if min(len(old), len(new)) < _LONG or max(len(old), len(new)) > _MOST:
        return []
    found = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=len(old) > 500).get_opcodes():
        if tag == "equal":
            found.append(("same", _shortened(old[a:b], first=a == 0, last=b == len(old))))
        else:
            found += [("gone", "".join(old[a:b]))] if b > a else []
            found += [("come", "".join(new[c:d]))] if d > c else []
    return found


def _shortened(same: list[str], *, first: bool, last: bool) -> str:
    """A long stretch that stayed keeps only the words beside what changed."""
    if len(same) <= 3 * _AROUND:
        return "".join(same)
    head = "" if first else "".join(same[:_AROUND])
    tail = "" if last else "".join(same[-_AROUND:])
    return f"{head} … {tail}"
