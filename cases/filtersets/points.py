"""Filters by where something lies, asked of the point that the reader is shown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from math import cos, nan, radians
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, FloatField, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Sin, Sqrt

from cases.choices import PlaceShown
from cases.models import Place, ShownPoint
from hrdocs.shapes import Reader
from hrdocs.ties import FEW, one_of, tied

AT_ITS_PLACE = {"place": "place_shown"}
EARTH_KM = 6371.0088  # mean radius
FARTHEST_KM = 20_016  # half around it
_KM_OF_A_DEGREE = 111.19
THERE = 5_000  # records at the points that are asked for, by whose keys statements are found: an index alone tells them


class _Points:
    """The points that a filter asks for: of places inside, outside those that were worked out for readers of the level."""

    def __init__(self, rows: QuerySet) -> None:
        self.rows = rows

    @cached_property
    def few(self) -> dict[str, list[int]] | None:
        """The keys of the places by how much of them is shown, where they are few."""
        found: dict[str, list[int]] = {}
        pairs = list(self.rows.values_list("shown", "place")[: FEW + 1])
        for level, key in pairs:
            found.setdefault(level, []).append(key)
        return found if len(pairs) <= FEW else None

    def each(self, place: str, shown: str, reader: Reader) -> QuerySet:
        """The points of a row that names its place in one column, and in another how much of it is shown: none or one."""
        if reader.inside:
            return self.rows.filter(pk=OuterRef(place))
        return self.rows.filter(place=OuterRef(place), shown=OuterRef(shown) if shown else PlaceShown.EXACT)

    def of(self, place: str, shown: str, reader: Reader) -> Q:
        """Which rows are at one of these points."""
        if reader.inside:
            return tied(self.rows, here=place)
        if self.few is None:
            return Q(Exists(self.each(place, shown, reader)))
        if not shown:
            return one_of(self.few.get(PlaceShown.EXACT, ()), here=place)
        clause = Q(pk__in=())
        for level, keys in self.few.items():
            clause |= Q(**{shown: level}) & one_of(keys, here=place)
        return clause


class PointFilter(filters.CharFilter):
    """Numbers that say where; a row without a point is nowhere.

    `at` pairs the path of a place with that of the field which says how much of it is shown, "" where all of it is.
    """

    told = ""  # what the numbers are, with an example
    name: str

    def __init__(self, at: Mapping[str, str] = AT_ITS_PLACE) -> None:
        self.at = at
        super().__init__(help_text=self.told)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        if not value:
            return queryset
        given = self.numbers(value)
        if not self.at:
            longitude, latitude = self.parent.shape.located(self.parent.reader)
            return self.among(queryset, longitude, latitude, *given)
        points, clause = _Points(self._points(given)), Q(pk__in=())
        for path, shown_by in self.at.items():
            clause |= self._lies(queryset.model, path, shown_by, points)
        return queryset.filter(clause)

    def among(self, rows: QuerySet, longitude: Any, latitude: Any, *given: float) -> QuerySet:
        """Those rows whose point, given by two expressions, is asked for."""
        degrees = {"shown_longitude": Cast(longitude, FloatField()), "shown_latitude": Cast(latitude, FloatField())}
        return self.around(rows.alias(**degrees), *given)

    def _points(self, given: list[float]) -> QuerySet:
        """The points that are asked for: inside those of places, outside those that were worked out for readers of the level."""
        user, inside = self.parent.reader.user, self.parent.reader.inside
        west, south, east, north = self.box(*given)
        every = (Place if inside else ShownPoint)._default_manager.visible_to(user).filter(_inside(west, south, east, north))
        return self.among(every, F("longitude"), F("latitude"), *given)

    def _lies(self, model: type[Model], path: str, shown_by: str, points: _Points) -> Q:
        """Which rows lie, by one of their paths, at a point that is asked for."""
        link, _, place = path.rpartition("__")
        reader, shown = self.parent.reader, "" if self.parent.reader.inside else shown_by.removeprefix(f"{link}__")
        if not link:
            return points.of(place, shown, reader)
        linked = model._meta.get_field(link).related_model._default_manager.visible_to(reader.user)
        at_a_point = linked.filter(Exists(points.each(place, shown, reader)))
        return tied(at_a_point, here=link, one_by_one=linked.filter(points.of(place, shown, reader)), few=THERE)

    def numbers(self, value: str) -> list[float]:
        """What was typed, as numbers. Raises ValidationError where it makes no sense."""
        try:
            found = [float(part) for part in value.split(",")]
        except ValueError:
            found = [nan]
        if not self.makes_sense(*found):
            raise ValidationError({self.name: f"“{value[:60]}” makes no sense here. Write {self.told}"})
        return found

    def makes_sense(self, *given: float) -> bool:
        raise NotImplementedError

    def box(self, *given: float) -> tuple[float, float, float, float]:
        """West, south, east and north of a box in which all lies that is asked for."""
        raise NotImplementedError

    def around(self, queryset: QuerySet, *given: float) -> QuerySet:
        raise NotImplementedError


class BoxFilter(PointFilter):
    """Records whose point lies in a box."""

    name = "bbox"
    told = "west,south,east,north in degrees: 35.5,32.3,42.4,37.4. West may be greater than east, across the date line."

    def makes_sense(self, *given: float) -> bool:
        if len(given) != 4:
            return False
        west, south, east, north = given
        return max(abs(west), abs(east)) <= 180 and -90 <= south <= north <= 90

    def box(self, *given: float) -> tuple[float, float, float, float]:
        west, south, east, north = given
        return west, south, east, north

    def around(self, queryset: QuerySet, *given: float) -> QuerySet:
        west, south, east, north = given
        across = Q(shown_longitude__gte=west) | Q(shown_longitude__lte=east)
        between = Q(shown_longitude__range=(west, east))
        return queryset.filter(between if west <= east else across, shown_latitude__range=(south, north))


class NearFilter(PointFilter):
    """Records whose point lies at most so far from another."""

    name = "near"
    told = "longitude,latitude in degrees and the distance in kilometres: 36.33,33.67,10."

    def makes_sense(self, *given: float) -> bool:
        if len(given) != 3:
            return False
        longitude, latitude, distance = given
        return abs(longitude) <= 180 and abs(latitude) <= 90 and 0 < distance <= FARTHEST_KM

    def box(self, *given: float) -> tuple[float, float, float, float]:
        longitude, latitude, distance = given
        high = distance / _KM_OF_A_DEGREE + 0.01
        south, north = latitude - high, latitude + high
        farthest = max(abs(south), abs(north))
        wide = high / cos(radians(farthest)) if farthest < 89 else 360
        if wide >= 180:
            return -180, south, 180, north
        return (longitude - wide + 180) % 360 - 180, south, (longitude + wide + 180) % 360 - 180, north

    def around(self, queryset: QuerySet, *given: float) -> QuerySet:
        longitude, latitude, distance = given
        _west, south, _east, north = self.box(*given)
        band = queryset.filter(shown_latitude__range=(south, north))  # spares most the arithmetic
        return band.alias(distance=_kilometres(longitude, latitude)).filter(distance__lte=distance)


def _inside(west: float, south: float, east: float, north: float) -> Q:
    """Places whose own point lies in a box; west is greater than east across the date line."""
    between = Q(longitude__range=(west, east))
    across = Q(longitude__gte=west) | Q(longitude__lte=east)
    return (between if west <= east else across) & Q(latitude__range=(south, north))


def _kilometres(longitude: float, latitude: float) -> Any:
    """The way along the earth from the shown point to this one (haversine)."""
    north, east = Radians(F("shown_latitude") - Value(latitude)), Radians(F("shown_longitude") - Value(longitude))
    half = Power(Sin(north / 2), 2) + Cos(Radians(F("shown_latitude"))) * Cos(Radians(Value(latitude))) * Power(Sin(east / 2), 2)
    return 2 * EARTH_KM * ASin(Sqrt(Least(half, Value(1.0))))
