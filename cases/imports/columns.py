"""Columns: the text of a cell becomes the value of a field, or an error that says what to write instead."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from cases.imports.values.coordinates import FARTHEST, degrees_of
from cases.imports.values.figures import figure_of
from hrdocs.dates import EdtfField, from_typed
from hrdocs.folding import fold
from hrdocs.models import Record, Term, User

Finder = Callable[[type[models.Model], str], models.Model]
LARGEST_EXPONENT = 15
YES, NO = ("yes", "true", "1", "نعم"), ("no", "false", "0", "لا")


def columns_of(model: type[models.Model]) -> dict[str, models.Field]:
    """The fields of a model that a sheet may fill, by column name."""
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return {f.name: f for f in fields if f.editable and not f.primary_key and not f.generated and not _is_parent_link(f)}


def names_of(model: type[models.Model]) -> set[str]:
    """The columns that a sheet of a model may have: its fields and, of records, the ref."""
    return {*columns_of(model), *(["ref"] if issubclass(model, Record) else [])}


def value_of(field: models.Field, cell: str, find: Finder) -> Any:
    """The value that a cell gives its field. Raises ValueError with a sentence for people."""
    if isinstance(field, models.ManyToManyField):
        return [_linked(field, part, find) for part in _parts(cell)]
    if isinstance(field, ArrayField):
        return [_chosen(field.base_field, part) for part in _parts(cell)]
    if isinstance(field, models.ForeignKey):
        return _linked(field, cell, find) if cell else None
    if isinstance(field, models.BooleanField):
        return _truth(field, cell)
    if not cell:
        return field.get_default() if not field.null else None
    if field.choices:
        return _chosen(field, cell)
    if field.name in FARTHEST:
        return degrees_of(cell, field.name)
    if isinstance(field, models.DecimalField | models.IntegerField):
        return _number(field, cell)
    if isinstance(field, EdtfField):
        return _day(cell)
    return cell


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _linked(field: models.Field, cell: str, find: Finder) -> models.Model:
    target = field.related_model
    if target is Term:
        return _term(field.get_limit_choices_to().get("vocabulary", ""), cell)
    if target is User:
        user = target.objects.filter(username=cell).first()
        if user is None:
            raise ValueError(_("“%s” is no account here. Write a user name, or leave it empty.") % cell)
        return user
    return find(target, cell)


def _term(vocabulary: str, cell: str) -> Term:
    """The term with this code or label; a label may be written without its accents, vowel signs and case."""
    terms = Term.objects.filter(vocabulary=vocabulary) if vocabulary else Term.objects.all()
    found = terms.filter(models.Q(code=cell) | models.Q(label_en__iexact=cell) | models.Q(label_ar=cell)).first()
    if found:
        return found
    known = list(terms)
    alike = [term for term in known if fold(cell) in (fold(term.code), fold(term.label_en), fold(term.label_ar))]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise ValueError(
            _("“%(cell)s” can be %(codes)s. Write the code.") % {"cell": cell, "codes": _or(term.code for term in alike)}
        )
    told = _("“%(cell)s” is no term of the vocabulary “%(vocabulary)s”.") % {"cell": cell, "vocabulary": vocabulary}
    raise ValueError(told + _near(cell, _spoken(known)))


def _spoken(terms: list[Term]) -> dict[str, str]:
    """Codes by all that people write for them, folded."""
    return {fold(text): term.code for term in terms for text in (term.label_ar, term.label_en, term.code) if text}


def _near(cell: str, codes: dict[str, str]) -> str:
    """A question for what was meant, where something is written much like it."""
    near = dict.fromkeys(codes[text] for text in difflib.get_close_matches(fold(cell), codes, 3))
    return " " + _("Did you mean %s?") % _or(near) if near else ""


def _or(texts: Iterable[str]) -> str:
    return f" {_('or')} ".join(texts)


def _chosen(field: models.Field, cell: str) -> str:
    for value, _label in field.flatchoices:
        if cell in (str(value), fold(str(value))):
            return str(value)
    values = {fold(str(value)): str(value) for value, _label in field.flatchoices}
    for language in ("ar", "en"):
        with translation.override(language):
            values |= {fold(str(label)): str(value) for value, label in field.flatchoices}
    chosen = values.get(fold(cell))
    if chosen is None:
        known = ", ".join(str(value) for value, _label in field.flatchoices)
        raise ValueError(_("“%(cell)s” is not one of %(known)s.") % {"cell": cell, "known": known} + _near(cell, values))
    return chosen


def _truth(field: models.Field, cell: str) -> bool | None:
    if not cell:
        return None if field.null else field.get_default()
    if cell.lower() in YES:
        return True
    if cell.lower() in NO:
        return False
    raise ValueError(_("“%s” is neither yes nor no.") % cell)


def _number(field: models.Field, cell: str) -> Decimal | int:
    plain = cell.replace("\u00a0", "").replace(" ", "")
    try:
        number = Decimal(plain)
        if not number.is_finite():
            raise InvalidOperation
        if number.adjusted() > LARGEST_EXPONENT:  # before any arithmetic: 1e99999999 would take hours
            raise ValueError(_("“%s” is too large a number.") % cell[:40])
    except InvalidOperation:
        raise ValueError(_("“%s” is not a number.") % cell + " " + _advice(cell)) from None
    if not isinstance(field, models.IntegerField):
        return number
    if number != int(number):
        raise ValueError(_("“%s” is not a whole number.") % cell)
    return int(number)


def _advice(cell: str) -> str:
    """What to do about a text in a column of numbers."""
    try:
        figure_of(cell)
    except ValueError as error:
        return str(error)
    return _("Write digits alone: 13000, 0.5; a mapping reads the words as a figure.")


def _day(cell: str) -> str:
    """The EDTF text of a date as somebody typed it."""
    try:
        return from_typed(cell)
    except ValueError as error:
        days = (
            ""
            if not re.fullmatch(r"[1-6]\d{4}", cell)
            else " " + _("It may be a day as spreadsheets count them: format the column as a date.")
        )
        raise ValueError(f"{error}{days}") from None


def _is_parent_link(field: models.Field) -> bool:
    return bool(field.remote_field and getattr(field.remote_field, "parent_link", False))
