"""Filters by where something lies, asked of the point that the reader is shown."""

from __future__ import annotations

from math import cos, nan, radians
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Sin, Sqrt

from cases.models import Place
from cases.shown import CELLS

MOST_PLACES = 20_000  # that are named in a query; of more than that rows in the box are soon met without
EARTH_KM = 6371.0088  # mean radius
FARTHEST_KM = 20_016  # half around it
_KM_OF_A_DEGREE = 111.19


class PointFilter(filters.CharFilter):
    """Numbers that say where; a row without a point is nowhere."""

    told = ""  # what the numbers are, with an example

    def __init__(self) -> None:
        super().__init__(help_text=self.told)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        if not value:
            return queryset
        given = self.numbers(value)
        queryset = self._by_place(queryset, *self.box(*given))
        longitude, latitude = (Cast(degrees, FloatField()) for degrees in self.parent.shape.located(self.parent.reader))
        return self.around(queryset.alias(shown_longitude=longitude, shown_latitude=latitude), *given)

    def numbers(self, value: str) -> list[float]:
        """What was typed, as numbers. Raises ValidationError where it makes no sense."""
        try:
            found = [float(part) for part in value.split(",")]
        except ValueError:
            found = [nan]
        if not self.makes_sense(*found):
            raise ValidationError({self.name: f"“{value[:60]}” makes no sense here. Write {self.told}"})
        return found

    def _by_place(self, rows: QuerySet, west: float, south: float, east: float, north: float) -> QuerySet:
        """Those rows whose place can have its shown point in a box: to work out the shown points of all takes seconds.

        A shown point is that of the place, of one around it, or the middle of its cell.
        """
        if not hasattr(rows.model, "place"):
            return rows
        places = Place.objects.visible_to(self.parent.reader.user)
        far = 0 if self.parent.reader.inside else max(CELLS.values()) / 2
        found = places.filter(_inside(west, south, east, north)).parts(self.parent.reader.user)
        found |= set(places.filter(_inside(west - far, south - far, east + far, north + far)).values_list("pk", flat=True))
        return rows.filter(place__in=found) if len(found) <= MOST_PLACES else rows

    name: str

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
        nearly = distance / _KM_OF_A_DEGREE + 0.01
        band = queryset.filter(shown_latitude__range=(latitude - nearly, latitude + nearly))  # spares most the arithmetic
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
