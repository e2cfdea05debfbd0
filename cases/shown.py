"""How dates and places look from outside: as coarse as was decided when the record was published.

Shapes and filters both ask here, so that nobody can filter or sort by a day that she is not shown.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Case, DateField, F, FloatField, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, TruncMonth, TruncYear

from cases.choices import DateShown, PlaceShown
from hrdocs.expressions import json_object
from hrdocs.shapes import Column, Nested, Reader, Values, value_of

# What remains of an EDTF text: the part of each date that is shown.
_CUTS = {
    DateShown.MONTH: (r"(\d{4}-[\dX]{2})-[\dX]{2}", r"\1"),
    DateShown.YEAR: (r"(\d{4})-[\dX]{2}(-[\dX]{2})?", r"\1"),
}
STARTS = {DateShown.MONTH: {"day": 1}, DateShown.YEAR: {"day": 1, "month": 1}}  # with which day a month and a year begin
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
        start = Cast(truncated(name), DateField())  # the database truncates to a moment
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


def country_is_shown(reader: Reader) -> Q:
    """Whether at least the country of the place may be shown: it was decided how much of the place is."""
    return Q(pk__isnull=False) if reader.inside else ~Q(place_shown="")


def country(reader: Reader) -> Any:
    """The country of a record's place, where the reader may see that place and the record lets its country be told."""
    from cases.models import Place

    return Case(When(country_is_shown(reader), then=value_of(Place, "place", "country__code")(reader)), default=None)


POINT: Values = tuple((name, name) for name in ("longitude", "latitude", "precision", "radius_m"))


# The grids on which points are shown that are not shown as they are: the side of a cell in degrees. A country has none,
# since a cell would name places of its neighbours.
CELLS = {PlaceShown.SETTLEMENT: 0.1, PlaceShown.DISTRICT: 0.5, PlaceShown.REGION: 1}

# Where the place itself is of the level asked for, or wider, it stands for itself; then the nearest place around it that
# is of the level; then the middle of its cell. A grid that never moves: of any number of points nobody gets the mean.
POINT_SHOWN_SQL = f"""
CREATE FUNCTION public.cases_point_shown(place bigint, shown text, clearance integer) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE AS $shown$
    WITH RECURSIVE around AS (
        SELECT p.id, p.parent_id, p.level, p.longitude, p.latitude, p.precision, p.radius_m, 0 AS height
        FROM cases_place p WHERE p.id = place AND p.audience <= clearance
        UNION ALL
        SELECT p.id, p.parent_id, p.level, p.longitude, p.latitude, p.precision, p.radius_m, height + 1
        FROM around JOIN cases_place p ON p.id = around.parent_id AND p.audience <= clearance WHERE height < 12),
    cell AS (SELECT (CASE shown {" ".join(f"WHEN '{level}' THEN {side}" for level, side in CELLS.items())} END)::float8 AS side),
    chosen AS (
        SELECT longitude::float8 AS lon, latitude::float8 AS lat, precision, radius_m, height, 0 AS far FROM around
        WHERE latitude IS NOT NULL AND (shown = 'exact' AND height = 0 OR level = shown OR height = 0
            AND array_position(ARRAY['settlement', 'district', 'region', 'country'], level::text)
              > array_position(ARRAY['settlement', 'district', 'region', 'country'], shown))
        UNION ALL
        SELECT (floor(longitude / side) + 0.5) * side, (floor(latitude / side) + 0.5) * side, precision,
            greatest(radius_m, ceil(side * 78800)::integer), 99, 1
        FROM around, cell WHERE height = 0 AND latitude IS NOT NULL AND side IS NOT NULL)
    SELECT json_build_object('longitude', round(lon::numeric, 6)::float8, 'latitude', round(lat::numeric, 6)::float8,
        'precision', ordered[greatest(array_position(ordered, precision::text), array_position(ordered, shown))],
        'radius_m', radius_m)
    FROM chosen, (SELECT ARRAY['exact', 'vicinity', 'settlement', 'district', 'region', 'country'] AS ordered) precisions
    ORDER BY far, height LIMIT 1
$shown$;
"""


def point(place: str, shown: str, reader: Reader) -> Any:
    """The point of the place that a path leads to, with its precision, as far as the record lets it be shown.

    `shown` is the path of the field that says how far; where it is empty, and for those who work here, the point is as it is.
    """
    from cases.models import Place, ShownPoint

    if reader.inside or not shown:
        points = Place.objects.visible_to(reader.user).filter(pk=OuterRef(place), latitude__isnull=False)
    else:
        points = ShownPoint.objects.visible_to(reader.user).filter(place=OuterRef(place), shown=OuterRef(shown))
    return Subquery(points.values_list(json_object(POINT, reader))[:1])


def point_column(place: str = "place", shown: str = "place_shown") -> Nested:
    """The column that tells a record's point."""
    from cases.models import Place

    told = "Where it lies, as precisely as is shown: precision and radius_m say how far off the point may be."
    return Nested("point", lambda reader: point(place, shown, reader), told, values=POINT, to=Place)


def located(point: Any) -> tuple[Any, Any]:
    """Longitude and latitude of a point, for formats that put it on a map."""
    return tuple(Cast(KeyTextTransform(name, point), FloatField()) for name in ("longitude", "latitude"))
