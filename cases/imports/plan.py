"""The plan: each row is looked up, filled in and checked, and said to be new, changed, unchanged, flagged or refused.

Rows are taken by the thousand: what they point to and what they became before is looked up at once, and they are
written at once, inside the transaction of the import (write.py), since later rows link to earlier ones. A dry run, or
any error, takes all of it back. Only where the database refuses a batch is it halved, until the row is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, IntegrityError, models, transaction
from django.utils.translation import gettext as _

from cases.imports.batch import Batch, Item
from cases.imports.filling import Filling
from cases.imports.kinds import key_columns, model_of, owner_of
from cases.imports.links import Links, Target
from cases.imports.odd import odd_in
from cases.imports.outcome import KEPT, Outcome, RowError, Withdrawal
from cases.imports.sheets import Row, Sheet
from cases.models import Import, ImportedRow
from hrdocs.access import shown_rows
from hrdocs.objections import in_the_readers_language

ROWS = 1000  # of a batch
LONGEST_KEY = 500
NOT_OF_A_ROW = ("08", "40", "53", "55", "57", "58")  # connection, rollback, resources, locks, operator, system


class Plan:
    """One import under way: what its cells point to, and the account so far."""

    def __init__(self, run: Import, progress: Callable[[int], None] = lambda rows: None) -> None:
        self.run, self.progress = run, progress
        self.outcome = Outcome()
        self.links = Links(run)

    def take(self, sheet: Sheet) -> None:
        """Plan and write every row of one sheet."""
        model = model_of(sheet.name)
        filling = Filling(sheet, model, self.links)
        taken = _OneSheet(self, sheet, filling)
        for rows in _by_the(ROWS, sheet.rows):
            taken.take(rows)
            self.progress(self.outcome.read)
        told = [f"{sheet.file_name}: {sheet.how}." if sheet.how else "", *sheet.notes]  # notes are complete when all is read
        self.outcome.read_as += [each for each in dict.fromkeys(told) if each and each not in self.outcome.read_as]

    def withdraw(self, sheets: Iterable[str]) -> None:
        """The file is a whole release: what earlier ones had and this one has not, its source has withdrawn.

        Of records that are hidden from whoever brings it in, nothing is told and nothing noted.
        """
        seen = models.Q(pk__in=())
        for name in sheets:
            shown = shown_rows(model_of(name), self.run.by).order_by().values("pk")
            seen |= models.Q(sheet=name, object_id__in=shown)
        gone = ImportedRow.objects.filter(seen, dataset=self.run.dataset, withdrawn_in=None)
        gone = gone.exclude(last_import=self.run).order_by("sheet", "row_number")
        for row in gone.prefetch_related("target")[: KEPT + 1]:
            if self.outcome.room("withdrawn"):
                uid = getattr(owner_of(row.target), "uid", "") if row.target else ""
                self.outcome.withdrawn.append(Withdrawal(row.sheet, row.row_number, row.key, uid))
        self.outcome.left_out["withdrawn"] = gone.update(withdrawn_in=self.run) - len(self.outcome.withdrawn)

    def refuse(self, sheet: Sheet, row: Row, error: Exception) -> None:
        """A row does not come in: say what is wrong with it, and remember that it is not there to be linked to."""
        self.outcome.count(sheet.name, "refused")
        self.outcome.error(
            *(RowError(sheet.file_name, row.number, name, words, row.cells.get(name, "")) for name, words in _said(error))
        )
        self.links.refused.add(row.cells.get("ref", ""))


class _OneSheet:
    """The rows of one sheet, batch by batch."""

    def __init__(self, plan: Plan, sheet: Sheet, filling: Filling) -> None:
        self.plan, self.sheet, self.filling = plan, sheet, filling
        self.batch = Batch(plan.run, sheet, filling, plan.outcome)
        self.key_columns = key_columns(filling.model)
        self.refused: dict[str, int] = {}  # rows that were refused, by their keys
        self.here: dict[str, int] = {}  # rows of this batch, by their keys
        self.pending: dict[str, Item] = {}  # those that are not written yet

    def take(self, rows: list[Row]) -> None:
        keys, self.here = [self._key(row) for row in rows], {}
        self.plan.links.look_up_all(self.filling.targets(rows))
        self.batch.look_up(key for key in keys if key and "\0" not in key)
        for row, key in zip(rows, keys, strict=True):
            try:
                self._plan_row(row, key)
            except ValidationError as error:
                self.plan.refuse(self.sheet, row, error)
                self.refused.setdefault(key, row.number)
        self._write()
        self.batch.note_seen()

    def _plan_row(self, row: Row, key: str) -> None:
        if not key:
            raise ValidationError(self._without_key())
        first = self.here.get(key) or self.refused.get(key) or self.batch.row_with(key)
        if first:
            raise ValidationError(_("The same as row %d. Keep one of the two.") % first)
        self.here[key] = row.number
        self.pending[key] = self.batch.item(row, key, self._find)

    def _find(self, target: Target, cell: str) -> models.Model:
        """What a cell points to; where it is a row of this very batch, that one is written first."""
        if cell in self.pending and issubclass(self.filling.model, target):
            self._write()
        return self.plan.links.find(target, cell)

    def _write(self) -> None:
        items, self.pending = list(self.pending.values()), {}
        refused = [(item, error) for item in items if (error := self.batch.prepare(item))]
        flagged = [item for item in items if item.fate == "flagged"]
        self.plan.outcome.count(self.sheet.name, "flagged", len(flagged))
        gone = {id(item) for item, _error in refused} | set(map(id, flagged))
        self._refuse(refused)
        self._store([item for item in items if id(item) not in gone])
        self.plan.links.forget({item.row.cells.get("ref", "") for item in items})

    def _store(self, items: list[Item]) -> None:
        """Write them all at once; where the database refuses, by halves, down to the row that it refuses."""
        if not items:
            return
        try:
            with transaction.atomic():  # a savepoint: one bad row does not hide the others
                self.batch.store(items)
        except (ValidationError, DatabaseError) as error:
            if isinstance(error, DatabaseError) and getattr(error.__cause__, "sqlstate", "")[:2] in NOT_OF_A_ROW:
                raise
            if len(items) == 1:
                self._refuse([(items[0], _in_words(items[0], error))])
                return
            half = len(items) // 2
            self._store(items[:half])
            self._store(items[half:])
        else:
            for item in items:
                self.plan.outcome.count(self.sheet.name, item.fate)
                for flag in (*item.row.flags, *odd_in(item.values)):
                    self.plan.outcome.flag(RowError(self.sheet.file_name, item.row.number, flag.column, flag.words))

    def _refuse(self, refused: Iterable[tuple[Item, Exception]]) -> None:
        for item, error in refused:
            self.plan.refuse(self.sheet, item.row, error)
            self.refused.setdefault(item.key, item.row.number)

    def _key(self, row: Row) -> str:
        cells = [row.cells.get(name, "") for name in self.key_columns]
        key = " | ".join(cells) if any(cells) else ""
        return key if len(key) <= LONGEST_KEY else f"{key[:400]}… {hashlib.sha256(key.encode()).hexdigest()}"

    def _without_key(self) -> str | dict[str, str]:
        if self.key_columns == ("ref",):
            return {"ref": _("Every record needs a ref: a short key that no other row has.")}
        return _("Nothing tells this row apart. Fill in %s.") % ", ".join(self.key_columns)


def _by_the(number: int, rows: Iterable[Row]) -> Iterator[list[Row]]:
    found = iter(rows)
    while batch := list(islice(found, number)):
        yield batch


def _in_words(item: Item, error: Exception) -> Exception:
    """The database holds the constraints; Django is asked only for their words."""
    if isinstance(error, IntegrityError) and item.record is not None:
        try:
            item.record.validate_constraints(exclude=["created_by", "edited_by"])
        except ValidationError as said:
            return said
    return error


def _said(error: Exception) -> list[tuple[str, str]]:
    """(column, words) of each error in an exception, in the words that the database or the form has for it."""
    if isinstance(error, ValidationError):
        if not hasattr(error, "error_dict"):
            return [("", " ".join(error.messages))]
        return [
            ("" if name == NON_FIELD_ERRORS else name, " ".join(ValidationError(found).messages))
            for name, found in error.error_dict.items()
        ]
    return [("", in_the_readers_language(str(error).splitlines()[0]))]
