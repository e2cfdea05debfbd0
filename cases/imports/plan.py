"""The plan: each row is looked up, filled in and checked, and said to be new, changed, unchanged, flagged or refused.

Rows are taken by the thousand: what they point to and what they became before is looked up at once, and they are
written at once (halves.py), inside the transaction of the import (write.py), since later rows link to earlier ones. A dry
run, or any error, takes all of it back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from cases.imports.batch import Batch, Item
from cases.imports.behind import Behind
from cases.imports.filling import Filling
from cases.imports.halves import Writing
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


class Plan:
    """One import under way: what its cells point to, and the account so far."""

    def __init__(self, run: Import, behind: Behind, progress: Callable[[int], None] = lambda rows: None) -> None:
        self.run, self.behind, self.progress = run, behind, progress
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
        taken.end()
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
    """The rows of one sheet, batch by batch: while one is written, the next is looked up and checked.

    So a batch is looked up before the one ahead of it is written. Where rows may lead to others of their own kind, one is
    done with before the next is begun.
    """

    def __init__(self, plan: Plan, sheet: Sheet, filling: Filling) -> None:
        self.plan, self.sheet, self.filling = plan, sheet, filling
        self.key_columns = key_columns(filling.model)
        self.one_by_one = any(_may_be(field.related_model, filling.model) for field in filling.linking.values())
        self.refused: dict[str, int] = {}  # rows that were refused, by their keys
        self.here: dict[str, int] = {}  # rows of this batch, by their keys
        self.ahead: dict[str, int] = {}  # those of the batch before it
        self.batch: Batch
        self.pending: dict[str, Item] = {}  # rows of it that are not prepared yet
        self.ready: Writing | None = None  # prepared, and not begun to be written
        self.under_way: Writing | None = None

    def take(self, rows: list[Row]) -> None:
        keys = [self._key(row) for row in rows]
        self._finish()
        self.plan.links.look_up_all(self.filling.targets(rows))
        batch = Batch(self.plan.run, self.sheet, self.filling, self.plan.outcome, (k for k in keys if k and "\0" not in k))
        self._begin()
        self.batch, self.ahead, self.here = batch, self.here, {}
        for row, key in zip(rows, keys, strict=True):
            try:
                self._plan_row(row, key)
            except ValidationError as error:
                self.plan.refuse(self.sheet, row, error)
                self.refused.setdefault(key, row.number)
        self._prepare()
        if self.one_by_one:
            self.end()

    def end(self) -> None:
        """Let all that was taken be written."""
        self._finish()
        self._begin()
        self._finish()

    def _plan_row(self, row: Row, key: str) -> None:
        if not key:
            raise ValidationError(self._without_key())
        first = self.here.get(key) or self.ahead.get(key) or self.refused.get(key) or self.batch.row_with(key)
        if first:
            raise ValidationError(_("The same as row %d. Keep one of the two.") % first)
        self.here[key] = row.number
        self.pending[key] = self.batch.item(row, key, self._find)

    def _find(self, target: Target, cell: str) -> models.Model:
        """What a cell points to; where it is a row of this very batch, that one is written first."""
        if cell in self.pending and issubclass(self.filling.model, target):
            self._prepare()
            self.end()
        return self.plan.links.find(target, cell)

    def _prepare(self) -> None:
        items, self.pending = list(self.pending.values()), {}
        refused = [(item, error) for item in items if (error := self.batch.prepare(item))]
        flagged = [item for item in items if item.fate == "flagged"]
        self.plan.outcome.count(self.sheet.name, "flagged", len(flagged))
        self._refuse(refused)
        there = [item for item in _without(items, refused) if item.fate != "flagged"]
        self.ready = Writing(self.batch, there, self.plan.behind)

    def _begin(self) -> None:
        """Begin to write what is ready."""
        if self.ready is not None:
            self.under_way, self.ready = self.ready, None
            self.under_way.begin()

    def _finish(self) -> None:
        """Wait until what is under way is written."""
        if self.under_way is None:
            return
        writing, self.under_way = self.under_way, None
        refused = writing.refused()
        self._refuse(refused)
        self._note(_without(writing.items, refused))
        self.plan.links.forget({item.row.cells.get("ref", "") for item in writing.items})
        writing.batch.note_seen()

    def _note(self, items: list[Item]) -> None:
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


def _without(items: list[Item], refused: list[tuple[Item, Exception]]) -> list[Item]:
    gone = {id(item) for item, _error in refused}
    return [item for item in items if id(item) not in gone]


def _may_be(one: type[models.Model], other: type[models.Model]) -> bool:
    """Whether a row of one kind may be one of the other."""
    return issubclass(one, other) or issubclass(other, one)


def _by_the(number: int, rows: Iterable[Row]) -> Iterator[list[Row]]:
    found = iter(rows)
    while batch := list(islice(found, number)):
        yield batch


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
