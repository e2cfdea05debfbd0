"""How much of what is said stands on one page, and where all of it is listed.

A page is there within a second however much is said on its subject; what it leaves out it says, and leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from cases.models import Case, Facility, Incident, OfficialAct, Place, Victim
from hrdocs.access import FEW, one_of
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


def first(
    rows: QuerySet, most: int | None, clauses: Iterable[Q] = (Q(),), *, near: Callable[[QuerySet], QuerySet] | None = None
) -> tuple[list[int], bool]:
    """The keys of the first rows that any of these clauses names, all of them without a bound, and whether there are more.

    Each clause is asked by itself: of all of them together the database would pass by every row there is. Of very many rows
    `near` leaves those among which the first are, so that not all are put in order.
    """
    if most is None:
        return list(rows.filter(reduce(or_, clauses)).values_list("pk", flat=True)), False
    found = {key for clause in clauses for key in _candidates(rows.filter(clause), most, near)}
    in_order = rows.model._default_manager.filter(one_of(found, here="pk")).order_by(*rows.query.order_by)
    keys = list(in_order.values_list("pk", flat=True)[: most + 1])
    return keys[:most], len(keys) > most


def _candidates(rows: QuerySet, most: int, near: Callable[[QuerySet], QuerySet] | None) -> list[int]:
    """Keys among which the first are. Where few are found they need no order yet: asked for the first alone, the database would
    walk through all rows in their order until it has met enough of them."""
    found = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    if len(found) <= FEW:
        return found
    return list((near(rows) if near else rows).values_list("pk", flat=True)[: most + 1])


def lists_of(subject: Record, names: Iterable[str]) -> dict[str, str]:
    """Where the lists of these names have all that a page leaves out; empty where a list cannot be asked for it."""
    of_a_party = isinstance(subject, Party)
    return {name: _listed(subject, _OF_A_PARTY.get(name, "") if of_a_party else _ASKED_BY[type(subject)], name) for name in names}


def _listed(subject: Record, asked: str, name: str) -> str:
    from hrdocs.endpoints import views

    known: dict[str, Any] = views()[name].filterset_class.base_filters
    return f"{reverse(f'records-{name}')}?{urlencode({asked: subject.uid})}" if asked in known else ""
