"""Filters by where something lies, asked of the point that the reader is shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import cos, nan, radians
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import F, FloatField, Model, Q, QuerySet, Value
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Sin, Sqrt

from cases.choices import PlaceShown
from cases.models import Place
from cases.shown import CELLS, PointShown, located
from hrdocs.access import among, tied

MOST = 1_500  # places of which each is looked at; where more come into question, rows that are asked for are soon met
AT_ITS_PLACE = {"place": "place_shown"}
EARTH_KM = 6371.0088  # mean radius
FARTHEST_KM = 20_016  # half around it
_KM_OF_A_DEGREE = 111.19


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
        longitude, latitude = self.parent.shape.located(self.parent.reader)
        if not self.at:
            return self.among(queryset, longitude, latitude, *given)
        places, all_asked_for = self._around(given)
        clause = Q(pk__in=())
        for path, shown_by in self.at.items():
            clause |= self._tied(queryset.model, path, shown_by, places)
        queryset = queryset.filter(clause)
        return queryset if all_asked_for else self.among(queryset, longitude, latitude, *given)

    def among(self, rows: QuerySet, longitude: Any, latitude: Any, *given: float) -> QuerySet:
        """Those rows whose point, given by two expressions, is asked for."""
        degrees = {"shown_longitude": Cast(longitude, FloatField()), "shown_latitude": Cast(latitude, FloatField())}
        return self.around(rows.alias(**degrees), *given)

    def _around(self, given: list[float]) -> tuple[dict[str, Collection[int]], bool]:
        """The places that come into question, by how much of them is shown, and whether all of these are asked for: they are
        looked at where they are not too many.

        To work out the shown point of each row of a list takes seconds, of some places no time: a shown point is that of the
        place, of one around it, or the middle of its cell.
        """
        reader = self.parent.reader
        places = Place.objects.visible_to(reader.user)
        west, south, east, north = self.box(*given)
        inside = places.filter(_inside(west, south, east, north))
        itself = _keys(self.among(inside, F("longitude"), F("latitude"), *given))
        if reader.inside:
            return {"": itself}, True
        found: dict[str, Collection[int]] = {}
        for level in set(PlaceShown.values) - {PlaceShown.EXACT}:
            far = CELLS.get(level, 0) / 2
            near = places.filter(_inside(west - far, south - far, east + far, north + far))
            found[level] = {*_keys(near), *inside.filter(level=level).parts(reader.user)}
        few = sum(map(len, found.values())) <= MOST
        if few:
            for level, keys in found.items():
                point = located(PointShown(F("pk"), Value(level), Value(reader.clearance.rank)))
                found[level] = _keys(self.among(places.filter(pk__in=keys), *point, *given))
        return {"": itself, PlaceShown.EXACT: itself, **found}, few

    def _tied(self, model: type[Model], path: str, shown_by: str, places: Mapping[str, Collection[int]]) -> Q:
        """Which rows lie, by one of their paths, at a place whose point is asked for."""
        link, _, rest = path.rpartition("__")
        own = shown_by.removeprefix(f"{link}__")
        if self.parent.reader.inside or not shown_by:
            clause = among(places[""], here=rest)
        else:
            clause = Q(pk__in=())
            for level in places.keys() - {""}:
                clause |= Q(**{own: level}) & among(places[level], here=rest)
        if not link:
            return clause
        linked = model._meta.get_field(link).related_model._default_manager.visible_to(self.parent.reader.user)
        return tied(linked.filter(clause), here=link)

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


def _keys(rows: QuerySet) -> list[int]:
    return list(rows.values_list("pk", flat=True))


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
