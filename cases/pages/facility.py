"""The page of a facility: what it is, and what which source says happened there."""

from typing import Any

from django.http import HttpRequest

from cases import shapes
from cases.models import Facility
from cases.pages import reading
from cases.pages.view import what_is_said
from hrdocs.pages import Row, in_own_language, page_of, rows


@page_of(shapes.FACILITIES, "cases/pages/facility.html")
def facility(request: HttpRequest, record: Facility, row: Row) -> dict[str, Any]:
    """One facility, with its parts and all that visible sources say of it."""
    parts = Facility.objects.filter(pk=record.pk).with_parts(request.user)
    incidents = reading.oldest_first(reading.incidents_at(parts, request.user), request.user)
    incidents = rows(shapes.INCIDENTS, incidents, request.user)
    in_own_language(request.user, reading.NAMED, row)
    return {
        **what_is_said(record, request.user),
        "operators": reading.operators_of(record, request.user),
        "incidents": incidents,
    }
