"""The page of a case: its question, what it gathers to answer it, and what is said on that."""

from typing import Any

from django.http import HttpRequest

from cases import shapes
from cases.models import Case
from cases.pages import in_time, reading
from cases.pages.bounds import TOLD, lists_of
from cases.pages.view import what_is_said
from hrdocs.pages import Row, page_of


@page_of(shapes.CASES, "cases/pages/case.html")
def case(request: HttpRequest, record: Case, row: Row) -> dict[str, Any]:
    """One dossier, with the facilities, incidents and parties that it gathers and all that is said on them."""
    found = around(record, row, request.user, whole=False)
    return {**found, "times": in_time.happenings(found["incidents"], found["said"].sources, found["facilities"])}


def around(record: Case, row: Row, user: Any, *, whole: bool = True) -> dict[str, Any]:
    """What a case gathers, each with the note why, and what is said on it: all of it, or what a page tells."""
    facilities, incidents, parties, more = reading.gathered_by(record, user, None if whole else TOLD)
    notes = {each["uid"]: each["note"] for kind in ("facilities", "incidents", "parties") for each in row[kind]}
    said = what_is_said(record, user, whole=whole)
    return {
        **said, "facilities": facilities, "incidents": incidents, "parties": parties, "notes": notes,
        "more": {**said["more"], **lists_of(record, more)},
    }  # fmt: skip
