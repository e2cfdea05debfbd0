"""How much of what is said stands on one page, and where all of it is listed.

A page is there within a second however much is said on its subject; what it leaves out it says, and leads to.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from cases.models import Case, Facility, Incident, OfficialAct, Place, Victim
from hrdocs.models import Record
from sources.models import Party, Source

TOLD = 60  # statements of one kind, incidents, sources: those that a page tells first
COMPARED = 200  # figures that one page compares

# The filter of the lists that finds what a page is about; of a case its incidents alone are found so.
_ASKED_BY: dict[type[Record], str] = {
    Facility: "facility", Incident: "about_incident", Place: "place", Victim: "about_victim", OfficialAct: "about_official_act",
    Source: "source", Case: "case",
}  # fmt: skip
# A party's lists ask by what it is in each of them.
_OF_A_PARTY = {"allegations": "perpetrator", "responses": "spoken_for", "sources": "publisher", "operations": "party"}


def lists_of(subject: Record, names: Iterable[str]) -> dict[str, str]:
    """Where the lists of these names have all that a page leaves out; empty where a list cannot be asked for it."""
    of_a_party = isinstance(subject, Party)
    return {name: _listed(subject, _OF_A_PARTY.get(name, "") if of_a_party else _ASKED_BY[type(subject)], name) for name in names}


def _listed(subject: Record, asked: str, name: str) -> str:
    from hrdocs.endpoints import views

    known: dict[str, Any] = views()[name].filterset_class.base_filters
    return f"{reverse(f'records-{name}')}?{urlencode({asked: subject.uid})}" if asked in known else ""
