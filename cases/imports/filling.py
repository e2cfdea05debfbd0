"""Filling in: the cells of a row become the values of one kind of record, checked as its form checks them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy

from cases.imports.columns import columns_of, names_of, value_of
from cases.imports.links import Links, Target
from cases.imports.outcome import ERRORS, Problem
from cases.imports.sheets import Row, Sheet
from cases.models import Statement
from hrdocs.access import Sensitivity
from hrdocs.models import Name, Record, Term, User
from hrdocs.models.record import in_one_form

REMEMBERED = 20_000  # cells of a column whose values are kept: many rows say the same
LONGEST = 100
OPEN = (Sensitivity.PUBLIC, Sensitivity.REGISTERED)
CANT_PUBLISH = gettext_lazy("An import can't publish. Leave it empty (internal), or write restricted or sealed.")
NUL = gettext_lazy("It holds a character that is no text (NUL). Delete it, or type the cell anew.")
Values = dict[str, Any]


class Filling:
    """The columns of one sheet, each with the field that it fills and the values of the cells that were read lately."""

    def __init__(self, sheet: Sheet, model: type[models.Model], links: Links) -> None:
        self.model, self.links = model, links
        allowed = columns_of(model)
        self.is_record = issubclass(model, Record)
        _check_columns(sheet, model)
        self.fields = {name: allowed[name] for name in sheet.header if name not in ("ref", ERRORS)}
        self.single = {name: field for name, field in self.fields.items() if not field.many_to_many}
        self.many = {name: field for name, field in self.fields.items() if field.many_to_many}
        self.linking = {name: f for name, f in self.fields.items() if f.is_relation and f.related_model not in (Term, User)}
        self._values: dict[str, dict[str, Any]] = {name: {} for name in self.fields.keys() - self.linking.keys()}
        self._blank = model()
        if isinstance(self._blank, Statement):
            self._blank.kind = self._blank.statement_kind
        self._left_out = _left_out(self._blank, allowed.keys() - self.fields.keys(), allowed)

    def targets(self, rows: Iterable[Row]) -> dict[Target, set[str]]:
        """What the cells of these rows point to, by kind of record."""
        found: dict[Target, set[str]] = {}
        for name, field in self.linking.items():
            cells = {row.cells.get(name, "") for row in rows}
            if field.many_to_many:
                cells = {part.strip() for cell in cells for part in cell.split(";")}
            found.setdefault(field.related_model, set()).update(cells - {""})
        return found

    def values(self, row: Row, find: Callable[[Target, str], models.Model], *, new: bool) -> Values:
        """What the cells give the fields. Raises ValidationError with all that is wrong with the row, by column."""
        values, errors = Values(), dict[str, Any]()
        for name, field in self.fields.items():
            cell = row.cells.get(name, "")
            try:
                values[name] = self._value(name, field, cell, find)
            except ValidationError as error:
                errors[name] = error.messages
            except ValueError as error:
                errors[name] = str(error)
        if "\0" in row.cells.get("ref", ""):
            errors["ref"] = NUL
        if new:
            errors |= {name: words for name, words in self._left_out.items() if name not in errors}
            if self.is_record and values.get("sensitivity", self._blank.sensitivity) in OPEN:
                errors["sensitivity"] = CANT_PUBLISH
        if errors:
            raise ValidationError(errors)
        return values

    def new(self, values: Values) -> models.Model:
        """A new record that says what the values say, and otherwise what a new one says."""
        record = self.model.__new__(self.model)
        record.__dict__.update(self._blank.__dict__)
        record._state = copy.copy(self._blank._state)
        record._state.fields_cache = {}
        self.put_in(record, values)
        return record

    def put_in(self, record: models.Model, values: Values) -> None:
        """Let a record say what the values say, but for its many-to-many links."""
        for name in values.keys() & self.single.keys():
            field, value = self.single[name], values[name]
            if field.is_relation:  # as the field itself sets it, without asking for each row which database it is of
                record._state.fields_cache[field.cache_name] = value
                value = getattr(value, field.target_field.attname, None)
            record.__dict__[field.attname] = value

    def content(self, values: Values) -> tuple[Any, ...]:
        """The values as the database holds them, in the order of `single`: of a link, the key."""
        return tuple(
            (value.pk if value is not None else None) if self.single[name].is_relation else value
            for name in self.single
            for value in (values[name],)
        )

    def _value(self, name: str, field: models.Field, cell: str, find: Callable[[Target, str], models.Model]) -> Any:
        known = self._values.get(name)
        if known is not None and cell in known:
            return known[cell]
        value = _cleaned(field, cell, find)
        if known is not None and len(cell) <= LONGEST:
            if len(known) >= REMEMBERED:
                known.clear()
            known[cell] = value
        return value


def _cleaned(field: models.Field, cell: str, find: Callable[[Target, str], models.Model]) -> Any:
    if "\0" in cell:
        raise ValueError(NUL)
    value = value_of(field, cell, find)
    if field.many_to_many:
        return value
    if value is None and field.is_relation and not field.null:
        raise ValidationError(field.error_messages["null"])
    if field.is_relation or field.blank and value in field.empty_values:
        return value
    cleaned = field.clean(value, None)
    return in_one_form(cleaned) if field.name == "text" and issubclass(field.model, Name) else cleaned


def _left_out(blank: models.Model, names: Iterable[str], fields: dict[str, models.Field]) -> dict[str, list[str]]:
    """What a new record would lack where a sheet leaves out a column that it needs."""
    errors = {}
    for name in sorted(names):
        field, value = fields[name], None if fields[name].many_to_many else getattr(blank, fields[name].attname)
        if field.many_to_many or field.blank and value in field.empty_values:
            continue
        try:
            if value is None and not field.null:
                raise ValidationError(field.error_messages["null"])
            if not field.is_relation:
                field.clean(value, None)
        except ValidationError as error:
            errors[name] = error.messages
    return errors


def _check_columns(sheet: Sheet, model: type[models.Model]) -> None:
    allowed = names_of(model)
    unknown = [name for name in sheet.header if name not in {*allowed, ERRORS}]
    if unknown:
        raise Problem(
            f"{sheet.file_name}, row 1: there is no column “{unknown[0]}” for {model._meta.verbose_name_plural}. "
            f"Columns are {', '.join(sorted(allowed))}."
        )
