"""The page of a victim: what is said to have been done to them, without a word that could tell who they are."""

from typing import Any

from django.http import HttpRequest

from cases import shapes
from cases.models import Harm, Victim
from cases.pages import reading
from cases.pages.view import what_is_said
from hrdocs.pages import Row, in_own_language, page_of, rows


@page_of(shapes.VICTIMS, "cases/pages/victim.html")
def victim(request: HttpRequest, record: Victim, row: Row) -> dict[str, Any]:
    """One person, group or organisation, under the label that is public, with the harms entered."""
    harms = rows(shapes.HARMS, Harm.objects.visible_to(request.user).filter(victim=record).order_by("id"), request.user)
    in_own_language(request.user, reading.NAMED, row, harms)
    return {**what_is_said(record, request.user, whole=False), "harms": harms}
