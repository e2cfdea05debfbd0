"""The page of a place: what lies in it, and what which source says of it as a whole or of its parts."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from cases import shapes
from cases.models import Facility, Incident, Place
from cases.pages import reading
from cases.pages.bounds import TOLD, lists_of
from cases.pages.view import what_is_said
from hrdocs.first_keys import first_keys
from hrdocs.pages import Row, in_own_language, page_of, rows_of
from hrdocs.shapes import Shape


@page_of(shapes.PLACES, "cases/pages/place.html")
def place(request: HttpRequest, record: Place, row: Row) -> dict[str, Any]:
    """One place, with the places, facilities and incidents in it, as far as readers are shown where these are."""
    user = request.user
    inside, more_places = _by_name(shapes.PLACES, Place.objects.visible_to(user).filter(parent=record), user)
    facilities, more_facilities = _by_name(shapes.FACILITIES, reading.placed_in(Facility, record, user), user)
    incidents, more_incidents = reading.first_incidents(reading.placed_in(Incident, record, user), user, whole=False)
    in_own_language(user, reading.NAMED, row, inside, facilities, incidents)
    said = what_is_said(record, user, whole=False)
    more = {"facilities": more_facilities, "incidents": more_incidents}
    return {
        **said, "inside": inside, "facilities": facilities, "incidents": incidents, "more_places": more_places,
        "more": {**said["more"], **lists_of(record, [name for name, is_more in more.items() if is_more])},
    }  # fmt: skip


def _by_name(shape: Shape, found: QuerySet, user: Any) -> tuple[list[Row], bool]:
    """The first places or facilities by their names, and whether there are more."""
    keys, more = first_keys(found.order_by("name_en", "id"), TOLD)
    return rows_of(shape, keys, user), more
