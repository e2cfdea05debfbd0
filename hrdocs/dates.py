"""Dates as sources give them: EDTF text (ISO 8601-2) with the first and the last day that it can mean.

`2011-03~` is about March 2011, `201X` some year of the decade, `2011-09/2015-12` a span, `../2011-05` a span
with an open start, `/2015` one whose start is unknown. The text is kept as written; the bounds are derived
whenever it is saved, so that a filter for 2013 finds 2011/2015.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.lookups import ContainedBy, Overlap
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from edtf import EDTFParseException, parse_edtf
from psycopg.types.range import Range

from hrdocs.typed_dates import DIGITS, NotUnderstood, edtf_of

OPEN_ENDS = ("", "..")
WRITE = gettext_lazy(
    "Write 2012, 2012-03, 2012-03-15, 2012-03~ (about), 2011-09/2015-12 (a span) or ../2012 (until), or leave it empty."
)
_WIDEST = (("day", 1), ("month", 31), ("season", 184), ("year", 366), ("decade", 3653), ("century", 36525))
PRECISIONS = (*(name for name, _ in _WIDEST), "interval", "unknown")
_LAST_YEAR = 2200
LONGEST = 200  # letters; a set of a dozen single days is shorter
_LETTERS = r"[0-9X?~%,.\[\]{}-]+"  # no time of day, no significant digits: a date is days


@dataclass(frozen=True)
class Span:
    """What an EDTF text can mean: first and last day (None: open or unknown), and how precise it is."""

    earliest: dt.date | None
    latest: dt.date | None
    precision: str

    def widened(self, **start: int) -> Span:
        """The whole months (`day=1`) or years (`day=1, month=1`) that it touches."""
        length = relativedelta(years=1) if "month" in start else relativedelta(months=1)
        return Span(
            self.earliest and self.earliest.replace(**start),
            self.latest and self.latest.replace(**start) + length - dt.timedelta(days=1),
            self.precision,
        )

    def narrowed(self, **start: int) -> Span | None:
        """The whole months or years that lie in it; None where none does."""
        before, after = (Span(end, end, "").widened(**start) for end in (self.earliest, self.latest))
        earliest = before.earliest if before.earliest == self.earliest else before.latest + dt.timedelta(days=1)
        latest = after.latest if after.latest == self.latest else after.earliest - dt.timedelta(days=1)
        return None if earliest and latest and earliest > latest else Span(earliest, latest, self.precision)


@lru_cache(maxsize=4096)  # a text means the same each time, and a sheet says the same day of many rows
def parse(text: str) -> Span:
    """The span of an EDTF text.

    Raises ValueError, with a sentence for people, where the text is not EDTF, is reversed, or is a year
    that is likely to belong to another calendar (the Hijri year 1432 is 2011).
    """
    if len(text) > LONGEST:
        raise ValueError(_("“%s…” is too long for a date.") % text[:30] + f" {WRITE}")
    ends = text.split("/")
    if text.strip(". ") == "" or len(ends) > 2 or all(end in OPEN_ENDS for end in ends):
        raise ValueError(_("“%s” is not a date.") % text + f" {WRITE}")
    if len(ends) == 1:
        return _parse_one(text)
    start, end = (None if part in OPEN_ENDS else _parse_one(part) for part in ends)
    earliest, latest = start and start.earliest, end and end.latest
    if earliest and latest and earliest > latest:
        raise ValueError(_("“%(text)s” ends before it starts. Write the earlier date first: %(span)s.")
                         % {"text": text, "span": f"{ends[1]}/{ends[0]}"})  # fmt: skip
    return Span(earliest, latest, "interval")


def _parse_one(text: str) -> Span:
    if text == "XXXX":
        return Span(None, None, "unknown")
    try:
        if not re.fullmatch(_LETTERS, text):
            raise ValueError(text)
        earliest, latest = _plain(text) or _bounds(text)
    except (EDTFParseException, ValueError, TypeError, AttributeError):
        raise ValueError(_("“%s” is not a date.") % text + f" {WRITE}") from None
    if earliest.year < 1700:
        raise ValueError(_(
            "“%s” is a year of the Gregorian calendar before 1700. If it is a Hijri date, write the Gregorian one and keep the "
            "words of the source in the wording.") % text)  # fmt: skip
    if latest.year > _LAST_YEAR:
        raise ValueError(_("“%s” is a year too far ahead.") % text + f" {WRITE}")
    precision = _precision(text, (latest - earliest).days + 1)
    if text.endswith(("~", "%")):  # "about March" reaches one month to either side
        margin = {"day": relativedelta(days=1), "month": relativedelta(months=1), "season": relativedelta(months=3)}
        width = margin.get(precision, relativedelta(years={"decade": 10, "century": 100}.get(precision, 1)))
        earliest, latest = earliest - width, latest + width
    return Span(earliest, latest, precision)


def _plain(text: str) -> tuple[dt.date, dt.date] | None:
    """First and last day of a day, month or year in digits alone: a hundred times as fast as by the grammar of EDTF."""
    match = re.fullmatch(r"(\d{4})(?:-(0\d|1[012])(?:-(\d\d))?)?", text, re.ASCII)
    if match is None:
        return None
    year, month, day = (part and int(part) for part in match.groups())
    first = dt.date(year, 1 if month is None else month, 1 if day is None else day)
    if day is not None:
        return first, first
    return first, dt.date(year, month or 12, calendar.monthrange(year, month or 12)[1])


def _bounds(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of any EDTF text of one date."""
    date = parse_edtf(text)
    earliest, latest = (dt.date(*bound[:3]) for bound in (date.lower_strict(), date.upper_strict()))
    return earliest, latest


def _precision(text: str, days: int) -> str:
    """How precise a date is, by the number of days that it can mean."""
    if text.startswith(("[", "{")):
        return "interval"
    return next(name for name, most in _WIDEST if days <= most)


def from_typed(text: str) -> str:
    """The EDTF text of what somebody typed: EDTF as it is, words and other ways of writing where they have one reading.

    Raises ValueError with a sentence for people.
    """
    text = text.strip().translate(DIGITS)
    try:
        parse(text)
    except ValueError as refused:
        try:
            found = edtf_of(text)
        except NotUnderstood:
            if re.search(r"[^\W\dX_]", text):  # words: what can be written in words is said
                raise
            raise refused from None
        parse(found)
        return found
    return text


class DateFormField(forms.CharField):
    """A date in a form: as people type it, kept as EDTF. A script of the desk says beside it how it is understood."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        try:
            return from_typed(text) if text else ""
        except ValueError as error:
            raise ValidationError(str(error), code="edtf") from None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-typed-date": "", "autocomplete": "off"}


def validate_edtf(text: str) -> None:
    """Refuse a text that is not EDTF, in words an analyst can act on."""
    try:
        parse(text)
    except ValueError as error:
        raise ValidationError(str(error), code="edtf") from None


class EdtfField(models.CharField):
    """An EDTF text. The model declares the three columns derived from it beside it, by `derived_from`."""

    default_validators = [validate_edtf]

    def __init__(self, verbose_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(verbose_name, **{"max_length": 60, "blank": True, "default": "", **kwargs})

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.strip().translate(DIGITS) if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": DateFormField, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text = getattr(model_instance, self.attname) or ""
        span = parse(text) if text else Span(None, None, "")
        for part in ("earliest", "latest", "precision"):
            setattr(model_instance, f"{self.name}_{part}", getattr(span, part))
        return text


def derived_from(name: str) -> tuple[models.DateField, models.DateField, models.CharField]:
    """The columns `<name>_earliest`, `<name>_latest` and `<name>_precision` of the EdtfField `name`."""
    label = name.replace("_", " ")
    return (
        models.DateField(f"{label}, earliest", null=True, editable=False,
                         help_text=f"First day that “{label}” can mean; empty where the start is open or unknown."),
        models.DateField(f"{label}, latest", null=True, editable=False,
                         help_text=f"Last day that “{label}” can mean; empty where the end is open or unknown."),
        models.CharField(f"{label}, precision", max_length=8, blank=True, default="", editable=False,
                         help_text=f"How precise “{label}” is: {', '.join(PRECISIONS)}; empty where there is none."),
    )  # fmt: skip


def dates_in_order(*names: str) -> list[models.CheckConstraint]:
    """One constraint per EdtfField: what is derived from it never ends before it starts."""
    return [
        models.CheckConstraint(
            name=f"%(app_label)s_%(class)s_{name}_order",
            condition=Q(**{f"{name}_earliest": None}) | Q(**{f"{name}_latest": None})
            | Q(**{f"{name}_earliest__lte": F(f"{name}_latest")}),
            violation_error_message=f"The {name.replace('_', ' ')} ends before it starts.",
        )
        for name in names
    ]  # fmt: skip


class Days(Func):
    """All days that an EDTF field can mean. The index of filters holds them of each row that is dated (`DATED`)."""

    template = "daterange(%(expressions)s, '[]')"
    output_field = DateRangeField()

    def __init__(self, name: str) -> None:
        super().__init__(F(f"{name}_earliest"), F(f"{name}_latest"))


DATED = "{0}_precision <> '' AND {0}_precision <> 'unknown'"


def overlapping(name: str, span: Span) -> Q:
    """Rows whose EDTF date can share a day with `span`; an open end reaches as far as it can."""
    return _dated(name) & Q(Overlap(Days(name), _days_of(span)))


def within(name: str, span: Span) -> Q:
    """Rows whose EDTF date lies wholly inside `span`."""
    return _dated(name) & Q(ContainedBy(Days(name), _days_of(span)))


def _dated(name: str) -> Q:
    return ~Q(**{f"{name}_precision": ""}) & ~Q(**{f"{name}_precision": "unknown"})


def _days_of(span: Span) -> Value:
    return Value(Range(span.earliest, span.latest, "[]"), DateRangeField())
