"""Filters by where something lies, asked of the point that the reader is shown."""

from __future__ import annotations

from math import nan
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import ASin, Cast, Cos, Least, Power, Radians, Sin, Sqrt

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

    name: str

    def makes_sense(self, *given: float) -> bool:
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

    def around(self, queryset: QuerySet, *given: float) -> QuerySet:
        longitude, latitude, distance = given
        nearly = distance / _KM_OF_A_DEGREE + 0.01
        band = queryset.filter(shown_latitude__range=(latitude - nearly, latitude + nearly))  # spares most the arithmetic
        return band.alias(distance=_kilometres(longitude, latitude)).filter(distance__lte=distance)


def _kilometres(longitude: float, latitude: float) -> Any:
    """The way along the earth from the shown point to this one (haversine)."""
    north, east = Radians(F("shown_latitude") - Value(latitude)), Radians(F("shown_longitude") - Value(longitude))
    half = Power(Sin(north / 2), 2) + Cos(Radians(F("shown_latitude"))) * Cos(Radians(Value(latitude))) * Power(Sin(east / 2), 2)
    return 2 * EARTH_KM * ASin(Sqrt(Least(half, Value(1.0))))
