"""The page of an incident: what is said to have happened, and by whom."""

from typing import Any

from django.http import HttpRequest

from cases import shapes
from cases.models import Incident
from cases.pages import reading
from cases.pages.view import what_is_said
from hrdocs.pages import Row, in_own_language, page_of


@page_of(shapes.INCIDENTS, "cases/pages/incident.html")
def incident(request: HttpRequest, record: Incident, row: Row) -> dict[str, Any]:
    """One incident, with all that visible sources say of it."""
    in_own_language(request.user, reading.NAMED, row)
    return what_is_said(record, request.user, whole=False)
