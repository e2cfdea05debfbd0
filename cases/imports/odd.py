"""Odd: what a row says that can hardly be meant, in whatever sheet it stands. It comes in as it is, flagged for a person."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from cases.imports.filling import Values
from cases.imports.tables import Flag
from cases.imports.values.countries import seems_exchanged


def odd_in(values: Values) -> Iterator[Flag]:
    """What is odd in the values of a row."""
    latitude, longitude, country = (values.get(name) for name in ("latitude", "longitude", "country"))
    if None not in (latitude, longitude, country) and seems_exchanged(latitude, longitude, country.code):
        yield Flag("latitude", _("%(point)s lies outside %(country)s; exchanged, it lies within: are latitude and longitude "
                                 "exchanged?") % {"point": f"{latitude:f}, {longitude:f}", "country": country})  # fmt: skip
