"""A batch: some rows of one sheet beside what they became before, compared and written at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.imports import storing
from cases.imports.filling import Filling, Values
from cases.imports.held import Held, words
from cases.imports.kinds import owner_of, path_to_owner
from cases.imports.links import Target
from cases.imports.outcome import Difference, Outcome, RowError
from cases.imports.sheets import Row, Sheet
from cases.imports.twins import same_as
from cases.models import Import, ImportedChange, ImportedRow
from hrdocs.access import State
from hrdocs.models import Record

CLOSED = (State.IN_REVIEW, State.APPROVED, State.PUBLISHED)
SEEN = ("key", "pk", "object_id", "row_number", "last_import_id", "withdrawn_in_id", "raw")


@dataclass
class Seen:
    """What an import before knows of a row; of a record that is called by its uid, as in our own exports, only which it is."""

    pk: int | None
    object_id: int
    row_number: int
    last_import: int
    withdrawn_in: int | None
    raw: dict[str, str]


@dataclass
class Item:
    """One row on its way: its values, what it became before, and what comes of it."""

    row: Row
    key: str
    values: Values
    seen: Seen | None
    fate: str
    record: models.Model | None = None
    before: dict[str, Any] = field(default_factory=dict)  # what the changed columns hold now


class Batch:
    """Some rows of one sheet: compared with what is stored, made into records, written."""

    def __init__(self, run: Import, sheet: Sheet, filling: Filling, outcome: Outcome, keys: Iterable[str]) -> None:
        self.run, self.sheet, self.filling, self.outcome = run, sheet, filling, outcome
        self.model, self.now = filling.model, timezone.now()
        self._loaded: dict[int, models.Model] = {}
        self._look_up(set(keys))

    # ── what is here ──

    def _look_up(self, keys: set[str]) -> None:
        """What these rows became before, and what it says now in the columns of the sheet."""
        rows = ImportedRow.objects.filter(storing.one_of("key", keys), dataset=self.run.dataset, sheet=self.sheet.name)
        self._seen = {key: Seen(*rest) for key, *rest in rows.values_list(*SEEN)}
        if issubclass(self.model, Record):
            called = self.filling.links.by_uid(self.model, keys - self._seen.keys())
            self._seen |= {key: Seen(None, record.pk, 0, 0, None, {}) for key, record in called.items()}
        self._same = same_as(self.run.dataset, self.sheet.name, keys, by=self.run.by)
        self._seen |= {key: Seen(None, pk, 0, 0, None, {}) for key, pk in self._same.items() if key not in self._seen}
        keys_here = [seen.object_id for seen in self._seen.values()]
        self._held = Held(self.filling, keys_here, by=self.run.by)
        self._names = iter(storing.names(self.model, len(keys - self._seen.keys())))  # of those that will be new

    def row_with(self, key: str) -> int:
        """The row of this very import that had this key when the batch was begun; 0 where none had."""
        seen = self._seen.get(key)
        return seen.row_number if seen and seen.last_import == self.run.pk else 0

    def item(self, row: Row, key: str, find: Callable[[Target, str], models.Model]) -> Item:
        """The row with its values, beside what it became before. Raises ValidationError with all that is wrong."""
        seen = self._seen.get(key)
        if seen and seen.object_id not in self._held.rows:
            raise ValidationError({"ref": _("This ref is not yours to use in this data set. Choose another one.")})
        if seen and self._same.get(key) == seen.object_id:
            return Item(row, key, {}, seen, "unchanged")  # it is that record, and says nothing new of it
        values = self.filling.values(row, find, new=seen is None)
        if seen is None:
            return Item(row, key, values, None, "new")
        before = self._held.differing(seen.object_id, values)
        return Item(row, key, values, seen, "changed" if before else "unchanged", before=before)

    # ── what is to be ──

    def prepare(self, item: Item) -> Exception | None:
        """Make the row into a record, or note that it is flagged; return what is wrong with it."""
        if item.fate == "unchanged":
            return None
        item.record = self.filling.new(item.values) if item.seen is None else self._load(item.seen.object_id)
        if item.seen is None:
            storing.give(item.record, next(self._names))
        else:
            self._tell(item)
            self.filling.put_in(item.record, {name: item.values[name] for name in item.before})
        owner = owner_of(item.record)
        if owner.pk and owner.state in CLOSED:
            item.fate = "flagged"
            words = _("%(uid)s is %(state)s: what is in review or published is not overwritten.") % {
                "uid": owner.uid, "state": owner.get_state_display().lower()}  # fmt: skip
            self.outcome.flag(RowError(self.sheet.file_name, item.row.number, "", words))
            return None
        try:
            item.record.clean()
        except ValidationError as error:
            return error
        self._sign(item.record, new=item.seen is None)
        return None

    def _sign(self, record: models.Model, *, new: bool) -> None:
        """Note who entered or edited a record, and that this is another version of it."""
        if isinstance(record, Record):
            record.edited_by, record.edited_at = self.run.by, self.now
            if new:
                record.created_by = self.run.by
            else:
                record.version += 1

    def _load(self, key: int) -> models.Model:
        """The record with this key; those of the batch that are differing are read together."""
        if key not in self._loaded:
            rows = self.model._default_manager.filter(pk__in=self._held.rows.keys() - self._loaded.keys())
            path = path_to_owner(self.model)
            self._loaded |= (rows.select_related(path) if path else rows).in_bulk()
        return self._loaded[key]

    def _tell(self, item: Item) -> None:
        """Keep the differences, field by field, as a person reads them."""
        for name, old in item.before.items():
            if self.outcome.room("differences"):
                self.outcome.differences.append(
                    Difference(self.sheet.file_name, item.row.number, name, owner_of(item.record).uid,
                               self._held.in_words(name, old), words(item.values[name]))
                )  # fmt: skip

    # ── written ──

    def store(self, items: list[Item], say: storing.Say) -> None:
        """Write what is new and what is changed, and what is remembered of every row; say what needs no answer by `say`."""
        new = [item for item in items if item.fate == "new"]
        changed = [item for item in items if item.fate == "changed"]
        if new:
            storing.insert([item.record for item in new], say=say)
        if changed:
            self._change(changed)
        for name, each in self.filling.many.items():
            moving = [item for item in new if item.values[name]] + [item for item in changed if name in item.before]
            links = {item.record.pk: self._held.with_hidden(name, item.record.pk, item.values) for item in moving}
            storing.relink(each, links, self._held.linked[name], say=say)
        self._remember(items, say)

    def _change(self, items: list[Item]) -> None:
        written = storing.update([item.record for item in items], storing.columns_to_write(self.model, self.filling.single))
        if written < len(items):
            raise ValidationError(_("Somebody changed the record just now. Import again, and see what differs."))

    @cached_property
    def kind(self) -> ContentType:
        return ContentType.objects.get_for_model(self.model)

    def _remember(self, items: list[Item], say: storing.Say) -> None:
        """Note beside each record the row that it is, as it came."""
        of_all = {"last_import_id": self.run.pk, "dataset": self.run.dataset, "sheet": self.sheet.name,
                  "content_type_id": self.kind.pk}  # fmt: skip
        storing.add(ImportedRow, of_all, [
            {"first_import_id": self.run.pk if item.seen is None else None, "key": item.key, "raw": item.row.cells,
             "row_number": item.row.number, "object_id": item.record.pk if item.record else item.seen.object_id}
            for item in items if item.seen is None or item.seen.pk is None
        ], say=say)  # fmt: skip
        known = [item for item in items if item.seen is not None]
        told = [item for item in known if item.fate == "changed" or item.seen.withdrawn_in]
        ImportedChange.objects.bulk_create(
            ImportedChange(run=self.run, sheet=self.sheet.name, key=item.key, raw=item.seen.raw,
                           said_in_id=item.seen.last_import or None,
                           withdrawn_in_id=item.seen.withdrawn_in, content_type=self.kind, object_id=item.seen.object_id,
                           before=item.before)
            for item in told
        )  # fmt: skip
        again = [item for item in known if item.seen.pk is not None]
        moved = [
            ImportedRow(pk=item.seen.pk, last_import=self.run, row_number=item.row.number, raw=item.row.cells)
            for item in again
            if item.seen.withdrawn_in or (item.seen.row_number, item.seen.raw) != (item.row.number, item.row.cells)
        ]
        if moved:
            storing.update(moved, map(ImportedRow._meta.get_field, ("last_import", "row_number", "raw", "withdrawn_in")))

    def note_seen(self) -> None:
        """The rows of the batch are in the file, also those that are refused or flagged: their source has them still."""
        if known := [seen.pk for seen in self._seen.values() if seen.pk is not None]:
            ImportedRow.objects.filter(storing.one_of("pk", known)).update(last_import=self.run)
