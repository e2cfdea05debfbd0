"""The page of a facility: what it is, and what which source says happened there."""

from typing import Any

from django.http import HttpRequest

from cases import shapes
from cases.models import Facility
from cases.pages import in_time, reading
from cases.pages.parts import parts_of
from cases.pages.view import what_is_said
from hrdocs.pages import Row, in_own_language, page_of, rows


@page_of(shapes.FACILITIES, "cases/pages/facility.html")
def facility(request: HttpRequest, record: Facility, row: Row) -> dict[str, Any]:
    """One facility, with its parts and all that visible sources say of it."""
    in_own_language(request.user, reading.NAMED, row)
    found = around(record, request.user)
    return {
        **found, "times": in_time.happenings(found["incidents"], found["said"].sources, [row]),
        "operated": in_time.operators(found["operators"]), "parts": parts_of(record, request.user),
    }  # fmt: skip


def around(record: Facility, user: Any) -> dict[str, Any]:
    """All that is said on a facility, who runs it, and what is said to have happened there."""
    parts = Facility.objects.filter(pk=record.pk).with_parts(user)
    incidents = reading.oldest_first(reading.incidents_at(parts, user), user)
    return {
        **what_is_said(record, user),
        "operators": reading.operators_of(record, user),
        "incidents": rows(shapes.INCIDENTS, incidents, user),
    }
