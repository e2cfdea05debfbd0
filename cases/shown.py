"""How dates and places look from outside: as coarse as was decided when the record was published.

Shapes and filters both ask here, so that nobody can filter or sort by a day that she is not shown.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Case, DateField, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import TruncMonth, TruncYear

from cases.choices import DateShown, PlaceShown
from hrdocs.shapes import Column, Reader

# What remains of an EDTF text: the part of each date that is shown.
_CUTS = {
    DateShown.MONTH: (r"(\d{4}-[\dX]{2})-[\dX]{2}", r"\1"),
    DateShown.YEAR: (r"(\d{4})-[\dX]{2}(-[\dX]{2})?", r"\1"),
}
_TRUNCATED = {DateShown.MONTH: (TruncMonth, "1 month"), DateShown.YEAR: (TruncYear, "1 year")}


def date(name: str = "date", shown: str = "date_shown") -> tuple[Column, ...]:
    """The columns of an EDTF field that readers outside see only as precisely as the field `shown` says."""
    return (
        Column(name, lambda reader: _text(name, shown, reader), type="text"),
        Column(f"{name}_earliest", lambda reader: bound(f"{name}_earliest", shown, reader), type="date"),
        Column(f"{name}_latest", lambda reader: bound(f"{name}_latest", shown, reader), type="date"),
        Column(f"{name}_precision", lambda reader: _precision(name, shown, reader), type="text"),
    )


def bound(name: str, shown: str, reader: Reader) -> Any:
    """The first or last day that the date can mean, widened to the month or year that is shown."""
    if reader.inside:
        return F(name)
    widened = []
    for level, (truncated, length) in _TRUNCATED.items():
        start = truncated(name, output_field=DateField())
        end = Func(start, Value(length), template="(%(expressions)s::interval - interval '1 day')::date",
                   arg_joiner=" + ", output_field=DateField())  # fmt: skip
        widened.append(When(**{shown: level}, then=start if name.endswith("earliest") else end))
    return Case(*widened, default=F(name), output_field=DateField())


def _text(name: str, shown: str, reader: Reader) -> Any:
    if reader.inside:
        return F(name)
    cut = [
        When(**{shown: level}, then=Func(F(name), Value(pattern), Value(kept), Value("g"), function="regexp_replace"))
        for level, (pattern, kept) in _CUTS.items()
    ]
    return Case(*cut, default=F(name))


def _precision(name: str, shown: str, reader: Reader) -> Any:
    if reader.inside:
        return F(f"{name}_precision")
    coarser = [
        When(Q(**{shown: DateShown.MONTH, f"{name}_precision": "day"}), then=Value("month")),
        When(Q(**{shown: DateShown.YEAR, f"{name}_precision__in": ("day", "month", "season")}), then=Value("year")),
    ]
    return Case(*coarser, default=F(f"{name}_precision"))


def place_is_shown(reader: Reader) -> Q:
    """Whether the place itself, and not only its country, may be shown."""
    return Q(pk__isnull=False) if reader.inside else Q(place_shown=PlaceShown.EXACT)


def point_of(place: str, reader: Reader, shown: str = "") -> tuple[Any, Any]:
    """Longitude and latitude of the place that a path leads to, where the record lets them be shown."""
    from cases.models import Place

    def coordinate(name: str) -> Any:
        visible = Place.objects.visible_to(reader.user).filter(pk=OuterRef(place)).values(name)[:1]
        if reader.inside or not shown:
            return Subquery(visible)
        return Case(When(**{shown: PlaceShown.EXACT}, then=Subquery(visible)), default=None)

    return coordinate("longitude"), coordinate("latitude")
