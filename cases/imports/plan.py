"""The plan: each row is looked up, filled in and checked, and said to be new, changed, unchanged, flagged or refused.

Rows are written as they are planned, inside the transaction of the import (write.py), since later rows link to
earlier ones; a dry run, or any error, takes all of it back.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, IntegrityError, models, transaction

from cases.imports.columns import columns_of, value_of
from cases.imports.kinds import key_columns, model_of
from cases.imports.outcome import Outcome, Problem, RowError
from cases.imports.sheets import Row, Sheet
from cases.models import Import, ImportedRow, Statement
from hrdocs.access import Sensitivity, State
from hrdocs.models import Record
from hrdocs.redirects import called
from hrdocs.uids import understood

LONGEST_KEY = 500
CLOSED = (State.IN_REVIEW, State.APPROVED, State.PUBLISHED)


class Plan:
    """One import under way: its sheets, what its refs point to, and the account so far."""

    def __init__(self, run: Import) -> None:
        self.run = run
        self.outcome = Outcome()
        self._known: dict[tuple[str, str], models.Model] = {}  # (table, ref) → record
        self._refused: set[str] = set()

    def take(self, sheet: Sheet) -> None:
        """Plan and write every row of one sheet."""
        model, keys_seen = model_of(sheet.name), dict[str, int]()
        self._check_columns(sheet, model)
        for row in sheet.rows:
            key = self._key(model, row)
            try:
                if not key:
                    raise ValidationError(_without_key(model))
                if key in keys_seen:
                    raise ValidationError(f"The same as row {keys_seen[key]}. Keep one of the two.")
                keys_seen[key] = row.number
                with transaction.atomic():  # a savepoint: one bad row does not hide the others
                    fate = self._row(sheet, model, row, key)
                self.outcome.counts[fate] += 1
            except (ValidationError, DatabaseError) as error:
                self.outcome.counts["refused"] += 1
                self.outcome.errors += [RowError(sheet.file_name, row.number, *each) for each in _said(error)]
                self._refused.add(row.cells.get("ref", ""))

    def _check_columns(self, sheet: Sheet, model: type[models.Model]) -> None:
        allowed = {*columns_of(model), *(["ref"] if issubclass(model, Record) else [])}
        unknown = [name for name in sheet.header if name not in allowed]
        if unknown:
            raise Problem(
                f"{sheet.file_name}, row 1: there is no column “{unknown[0]}” for {model._meta.verbose_name_plural}. "
                f"Columns are {', '.join(sorted(allowed))}."
            )

    def _key(self, model: type[models.Model], row: Row) -> str:
        cells = [row.cells.get(name, "") for name in key_columns(model)]
        key = " | ".join(cells) if any(cells) else ""
        return key if len(key) <= LONGEST_KEY else f"{key[:400]}… {hashlib.sha256(key.encode()).hexdigest()}"

    def _row(self, sheet: Sheet, model: type[models.Model], row: Row, key: str) -> str:
        seen = ImportedRow.objects.filter(dataset=self.run.dataset, sheet=sheet.name, key=key).first()
        record = self._seen(seen) if seen else None
        fate = "unchanged" if record else "new"
        record = record.detail if isinstance(record, Statement) else record or model()
        before = None if fate == "new" else self._content(record, row)
        many = self._fill(record, row)
        if before is not None and before != self._content(record, row, many):
            fate = "changed"
        closed = _owner(record)
        if fate != "unchanged" and closed.pk and closed.state in CLOSED:
            self._flag(sheet, row, f"{closed.uid} is {closed.state}: what is in review or published is not overwritten.")
            return "flagged"
        if fate != "unchanged":
            self._save(record, many)
        self._remember(sheet, row, key, record, seen)
        return fate

    def _seen(self, row: ImportedRow) -> models.Model:
        """The record that a row became before, if the importer may see it."""
        found = type(row.target)._default_manager.visible_to(self.run.by).filter(pk=row.object_id).first()
        if found is None:
            raise ValidationError({"ref": "This ref is not yours to use in this data set. Choose another one."})
        return found

    def _fill(self, record: models.Model, row: Row) -> dict[str, list[models.Model]]:
        """Put the cells into the record's fields; return its many-to-many values, which need a saved record."""
        many, errors, fields = dict[str, list[models.Model]](), {}, columns_of(type(record))
        for name, cell in row.cells.items():
            if name == "ref":
                continue
            try:
                value = value_of(fields[name], cell, self._find)
                if isinstance(value, str) and value:
                    fields[name].run_validators(fields[name].to_python(value))
            except ValidationError as error:
                errors[name] = error.messages
                continue
            except ValueError as error:
                errors[name] = str(error)
                continue
            if isinstance(fields[name], models.ManyToManyField):
                many[name] = value
            else:
                setattr(record, name, value)
        if (
            isinstance(record, Record)
            and record.pk is None
            and record.sensitivity in (Sensitivity.PUBLIC, Sensitivity.REGISTERED)
        ):
            errors["sensitivity"] = "An import can't publish. Leave it empty (internal), or write restricted or sealed."
        if errors:
            raise ValidationError(errors)
        return many

    def _content(self, record: models.Model, row: Row, many: dict[str, list[models.Model]] | None = None) -> dict[str, Any]:
        """What the row's columns hold in the record: as stored, or as they would be with `many`."""
        content, fields = {}, columns_of(type(record))
        for name in row.cells.keys() - {"ref"}:
            field = fields[name]
            if not isinstance(field, models.ManyToManyField):
                content[name] = field.to_python(getattr(record, field.attname))
            elif many is None:
                content[name] = set(getattr(record, name).values_list("pk", flat=True))
            else:
                content[name] = {linked.pk for linked in many[name]}
        return content

    def _save(self, record: models.Model, many: dict[str, list[models.Model]]) -> None:
        record_exclusions = ["created_by", "edited_by"] if isinstance(record, Record) else []
        record.full_clean(exclude=record_exclusions, validate_constraints=False)
        try:
            with transaction.atomic():
                record.save_by(self.run.by) if isinstance(record, Record) else record.save()
        except IntegrityError:
            # The database holds the constraints; Django is asked only for their words, at a query each.
            record.validate_constraints(exclude=record_exclusions)
            raise
        for name, linked in many.items():
            getattr(record, name).set(linked)

    def _remember(self, sheet: Sheet, row: Row, key: str, record: models.Model, seen: ImportedRow | None) -> None:
        seen = seen or ImportedRow(dataset=self.run.dataset, sheet=sheet.name, key=key, target=record)
        seen.last_import, seen.row_number, seen.raw = self.run, row.number, row.cells
        seen.save()
        if ref := row.cells.get("ref"):
            self._known[ref, _table(type(record))] = record

    def _find(self, target: type[models.Model], cell: str) -> models.Model:
        """The record that a cell points to: by ref of this data set, or by uid."""
        table = _table(target)
        if (cell, table) in self._known:
            found = self._known[cell, table]
        else:
            kind = ContentType.objects.get_for_models(*_kinds_in(target)).values()
            row = ImportedRow.objects.filter(dataset=self.run.dataset, key=cell, content_type__in=kind).first()
            shown = row and type(row.target)._default_manager.visible_to(self.run.by).filter(pk=row.object_id).first()
            found = shown or self._by_uid(target, cell)
            self._known[cell, table] = found
        return _as(target, found)

    def _by_uid(self, target: type[models.Model], cell: str) -> models.Model:
        uid = understood(cell)
        found = target._default_manager.visible_to(self.run.by).filter(called(uid, target, self.run.by)).first() if uid else None
        if found is None:
            why = " It was refused above." if cell in self._refused else ""
            raise ValueError(f'"{cell}" is no {target._meta.verbose_name} of this import, nor a uid.{why}')
        return found

    def _flag(self, sheet: Sheet, row: Row, words: str) -> None:
        self.outcome.flags.append(RowError(sheet.file_name, row.number, "", words))


def _owner(record: models.Model) -> Record:
    """The record that a row belongs to: itself, or of a part the record (through another part) that it hangs on."""
    while not isinstance(record, Record):
        record = getattr(record, record.hangs_on[0])
    return record


def _without_key(model: type[models.Model]) -> str | dict[str, str]:
    columns = key_columns(model)
    if columns == ("ref",):
        return {"ref": "Every record needs a ref: a short key that no other row has."}
    return f"Nothing tells this row apart. Fill in {', '.join(columns)}."


def _table(model: type[models.Model]) -> str:
    """Statements of every kind share one space of refs, and so does each other table."""
    return "statement" if issubclass(model, Statement) else model._meta.concrete_model._meta.label_lower


def _kinds_in(target: type[models.Model]) -> list[type[models.Model]]:
    return [target, *target.__subclasses__()] if target is Statement else [target]


def _as(target: type[models.Model], found: models.Model) -> models.Model:
    if target is Statement and isinstance(found, Statement):
        return found.statement_ptr if found.statement_kind else found
    if not isinstance(found, target):
        raise ValueError(f'"{found.uid}" is a {found._meta.verbose_name}, not a {target._meta.verbose_name}.')
    return found


def _said(error: Exception) -> list[tuple[str, str]]:
    """(column, words) of each error in an exception, in the words that the database or the form has for it."""
    if isinstance(error, ValidationError):
        if not hasattr(error, "error_dict"):
            return [("", " ".join(error.messages))]
        return [
            ("" if name == NON_FIELD_ERRORS else name, " ".join(ValidationError(found).messages))
            for name, found in error.error_dict.items()
        ]
    return [("", str(error).splitlines()[0])]
