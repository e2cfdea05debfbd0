"""The looks of a list: as a table, as entries to read, on a map, along a line of time. All take the query string of the API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from hrdocs.lists.times import dates_of
from hrdocs.shapes import Shape


@dataclass(frozen=True)
class Look:
    """One way to look at a list: what stands behind the list in its address, what it is called, and which lists have it."""

    name: str
    called: object
    fits: Callable[[Shape], bool]

    def route(self, kind: str) -> str:
        """The name of its address for a list."""
        return f"{self.name or 'records'}-{kind}"


LOOKS = (
    Look("", _("Table"), lambda shape: True),
    Look("entries", _("List"), lambda shape: True),
    Look("map", _("Map"), lambda shape: shape.point is not None),
    Look("timeline", _("Timeline"), lambda shape: bool(dates_of(shape))),
)


def looks_of(shape: Shape) -> Iterator[Look]:
    """The looks that a list has: a map where its records lie somewhere, a line of time where they have dates."""
    return (look for look in LOOKS if look.fits(shape))
