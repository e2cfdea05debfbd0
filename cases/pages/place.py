"""The page of a place: what lies in it, and what which source says of it as a whole or of its parts."""

from typing import Any

from django.http import HttpRequest

from cases import shapes
from cases.models import Facility, Incident, Place
from cases.pages import reading
from cases.pages.view import what_is_said
from hrdocs.pages import Row, in_own_language, page_of, rows

MOST_LISTED = 100


@page_of(shapes.PLACES, "cases/pages/place.html")
def place(request: HttpRequest, record: Place, row: Row) -> dict[str, Any]:
    """One place, with the places, facilities and incidents in it, as far as readers are shown where these are."""
    user = request.user
    by_name = ("name_en", "id")
    inside = rows(shapes.PLACES, Place.objects.visible_to(user).filter(parent=record).order_by(*by_name)[:MOST_LISTED], user)
    facilities = rows(shapes.FACILITIES, reading.placed_in(Facility, record, user).order_by(*by_name)[:MOST_LISTED], user)
    incidents = reading.oldest_first(reading.placed_in(Incident, record, user), user)
    incidents = rows(shapes.INCIDENTS, incidents[:MOST_LISTED], user)
    in_own_language(user, reading.NAMED, row, inside, facilities, incidents)
    return {**what_is_said(record, user), "inside": inside, "facilities": facilities, "incidents": incidents}
