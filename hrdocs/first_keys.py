"""The keys of the first rows that any of several questions finds, where all of them together would be slow to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from hrdocs.ties import FEW, one_of


def first_keys(
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
