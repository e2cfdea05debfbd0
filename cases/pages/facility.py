"""The page of a facility: what it is, and what which source says happened there."""

from typing import Any

from django.http import HttpRequest

from cases import shapes
from cases.models import Facility
from cases.pages import in_time, reading
from cases.pages.bounds import lists_of
from cases.pages.parts import parts_of
from cases.pages.view import what_is_said
from hrdocs.pages import Row, in_own_language, page_of


@page_of(shapes.FACILITIES, "cases/pages/facility.html")
def facility(request: HttpRequest, record: Facility, row: Row) -> dict[str, Any]:
    """One facility, with its parts and all that visible sources say of it."""
    in_own_language(request.user, reading.NAMED, row)
    found = around(record, request.user, whole=False)
    return {
        **found, "times": in_time.happenings(found["incidents"], found["said"].sources, [row]),
        "operated": in_time.operators(found["operators"]), "parts": parts_of(record, request.user),
    }  # fmt: skip


def around(record: Facility, user: Any, *, whole: bool = True) -> dict[str, Any]:
    """What is said on a facility, who runs it, and what is said to have happened there: all of it, or what a page tells."""
    parts = Facility.objects.filter(pk=record.pk).parts(user)
    incidents, more = reading.first_incidents(reading.incidents_at(parts, user), user, whole=whole)
    said = what_is_said(record, user, whole=whole)
    return {
        **said, "operators": reading.operators_of(record, user), "incidents": incidents,
        "more": {**said["more"], **lists_of(record, ["incidents"] if more else [])},
    }  # fmt: skip
