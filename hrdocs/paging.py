"""Pages of a list, by keyset: after which row a page begins, so that they stay in step while records come and go."""

from __future__ import annotations

import re
from typing import Any

from django.core import signing
from django.db.models import QuerySet
from rest_framework import exceptions, pagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from hrdocs import facets, fetching, labels
from hrdocs.filtersets import COMMON, GROUPS, PAST
from hrdocs.searching import SearchFilter
from hrdocs.shapes import Column
from hrdocs.stamps import Counts
from hrdocs.ties import one_of
from hrdocs.windows import Order, first, so_many

USUAL_PAGE, LARGEST_PAGE = 50, 200
RANKED = 2_000  # rows that are ranked by how well they answer, the newest ones: a common word is in all of them
COUNTED = 10_000  # rows that `count=estimate` counts; what is beyond it is told as “at least”
COUNTED_THEN = 20_000  # that `count=exact` counts of the past, where what each row hung on is worked out anew
RELEVANCE = "relevance"
BEST_FIRST = f"-{RELEVANCE}"
_SIGNER = signing.Signer(salt="cursor")  # without the time: one question has one answer, byte for byte
_LOST = "This is no place in this list and order. Ask again without cursor, or follow “next” as it was given."


class Pages(pagination.BasePagination):
    """`page_size` up to 200; `cursor` from the `next` or `previous` of a page; `count=exact` or `count=estimate` for how
    many there are; `facets` for how many hold each value of a column.

    A cursor is signed and holds the list, its order, the direction, and the row that it stands at.
    """

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list[tuple]:
        """The rows of the page that the request asks for: first their keys, under all filters, then what is shown of them."""
        self.request, self.path = request, view.shape.path
        self.ordering, self.size = ordering_of(request, view), page_size(request)
        past = {"as_of": view.as_of} if view.as_of else {}
        counts = Counts(self.path, request.user, {**_filters(request), **past})
        self.told = {**past, **_count(request, queryset, view, counts), **_facets(request, queryset, view, counts)}
        if self.ordering == BEST_FIRST:
            queryset = self._newest(queryset)
        stands_at, back = self._understood(request.query_params.get("cursor"))
        found = first(self.size + 1, queryset, _unfiltered(request, view), _order(request, view, back=back), after=stands_at)
        more, found = len(found) > self.size, found[: self.size]
        if back:
            found.reverse()
        self.next = self._link(found[-1], back=False) if found and (more or back) else None
        self.previous = self._link(found[0], back=True) if found and (more if back else stands_at is not None) else None
        return fetching.rows(view.shown, [key for key, *_ in found], view.reader)

    def _newest(self, rows: QuerySet) -> QuerySet:
        """Those rows that are ranked; the answer tells whether that is all of them."""
        newest = list(rows.order_by("-edited_at", "-uid").values_list("pk", flat=True)[: RANKED + 1])
        self.told["ranked"] = "newest" if len(newest) > RANKED else "all"
        return rows.filter(one_of(newest[:RANKED], here="pk"))

    def get_paginated_response(self, data: Any) -> Response:
        response = Response({**self.told, "next": self.next, "previous": self.previous, "results": data})
        links = [f'<{url}>; rel="{rel}"' for rel, url in (("next", self.next), ("prev", self.previous)) if url]
        if links:
            response["Link"] = ", ".join(links)  # RFC 8288
        return response

    def _understood(self, cursor: str | None) -> tuple[tuple[Any, str] | None, bool]:
        """Where a cursor stands, and whether it leads back. Raises ValidationError where it is not of this list."""
        if not cursor:
            return None, False
        try:
            path, ordering, back, value, tie = _SIGNER.unsign_object(cursor)
        except (signing.BadSignature, ValueError, TypeError):
            raise exceptions.ValidationError({"cursor": _LOST}) from None
        if (path, ordering) != (self.path, self.ordering):
            raise exceptions.ValidationError({"cursor": _LOST})
        return (value, tie), back

    def _link(self, row: tuple[Any, ...], *, back: bool) -> str:
        _, value, tie = row
        value = value.isoformat() if hasattr(value, "isoformat") else value
        cursor = _SIGNER.sign_object([self.path, self.ordering, back, value, tie])
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        ranked = [RELEVANCE] if isinstance(view.filterset_class.base_filters.get("q"), SearchFilter) else []
        told = {
            "cursor": ("Where the page begins: taken from `next` or `previous` of another page.", {"type": "string"}),
            "page_size": (f"Rows on a page: {USUAL_PAGE} unless told, {LARGEST_PAGE} at most.",
                          {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": USUAL_PAGE}),
            "ordering": ("The order of the rows; a minus before it turns it round.",
                         {"type": "string", "enum": [*(sign + name for name in view.orderings for sign in ("", "-")), *ranked]}),
            "count": (f"How many rows there are: exact, of the past to {COUNTED_THEN:,}; or an estimate, to {COUNTED:,}.",
                      {"type": "string", "enum": ["none", "estimate", "exact"], "default": "none"}),
            "facets": ("Columns, separated by commas, of which each value is told with the number of rows that hold it.",
                       {"type": "string"}),
        }  # fmt: skip
        return [{"name": name, "in": "query", "required": False, "description": words, "schema": schema}
                for name, (words, schema) in told.items()]  # fmt: skip

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        cell = {"type": "object", "properties": {"value": {}, "count": {"type": ["integer", "null"]}}}
        told = {
            "as_of": {"type": "string", "format": "date-time", "description": "The past moment that was asked for."},
            "count": {"type": "integer", "description": "Where it is asked for: how many rows there are …"},
            "count_is": {"type": "string", "enum": ["exact", "at_least"], "description": "… or how many at least."},
            "facets": {"type": "object", "additionalProperties": {"type": "array", "items": cell}},
            "facets_are": {
                "type": "string",
                "enum": ["at_least"],
                "description": f"Of a past list of more than {COUNTED_THEN:,} rows, where so many are counted.",
            },
        }
        return {"type": "object", "required": ["next", "previous", "results"],
                "properties": {"next": link, "previous": link, **told, "results": schema}}  # fmt: skip


def _filters(request: Request) -> dict[str, list[str]]:
    """What was asked that decides which rows are found."""
    return {name: values for name, values in request.query_params.lists() if name in GROUPS or name not in COMMON | PAST}


def _unfiltered(request: Request, view: Any) -> QuerySet | None:
    """The whole list, where filters leave some of it; None where there are none, or where few rows are ranked anyway."""
    return view.walked_along() if _filters(request) and ordering_of(request, view) != BEST_FIRST else None


def ordering_of(request: Request, view: Any) -> str:
    """The column by which a list is ordered, with a minus for descending."""
    given = request.query_params.get("ordering", view.orderings[0])
    if given == RELEVANCE and view.relevance is not None:
        return BEST_FIRST
    if given.removeprefix("-") not in view.orderings:
        said = f"Order by {', '.join(view.orderings)}, with - for descending; by relevance where q searches names or texts."
        raise exceptions.ValidationError({"ordering": said})
    return given


def _order(request: Request, view: Any, *, back: bool = False) -> Order:
    ordering = ordering_of(request, view)
    own = "" if view.as_of else getattr(view.shape.model, "walked_by", "")  # history has it not, and a term is no record
    return Order(ordering.removeprefix("-"), view.unique, downward=ordering.startswith("-") != back, own=own)


def _count(request: Request, rows: QuerySet, view: Any, counts: Counts) -> dict[str, Any]:
    """How many rows there are. Never from the planner's statistics: they count what the asker may not see."""
    given = request.query_params.get("count", "none")
    if given not in ("none", "exact", "estimate"):
        raise exceptions.ValidationError({"count": "Write exact, estimate or none."})
    if given == "none":
        return {}
    most = COUNTED if given == "estimate" else COUNTED_THEN if view.as_of else None

    def work() -> int:
        if most and not view.as_of and so_many(most + 1, rows, _unfiltered(request, view), _order(request, view)):
            return most + 1
        return rows.order_by()[: most + 1 if most else None].count()

    found = counts.once(given, work)
    if most and found > most:
        return {"count": most, "count_is": "at_least"}
    return {"count": found, "count_is": "exact"}


def _facets(request: Request, rows: QuerySet, view: Any, counts: Counts) -> dict[str, Any]:
    asked = [name for name in request.query_params.get("facets", "").split(",") if name]
    if not asked:
        return {}
    known = facets.countable(view.whole, view.reader)
    if unknown := [name for name in asked if name not in known]:
        raise exceptions.ValidationError({"facets": f"“{unknown[0][:40]}” can't be counted. Choose from {', '.join(known)}."})
    if len(asked) > facets.MOST:
        raise exceptions.ValidationError({"facets": f"Ask for {facets.MOST} at most."})
    found = {name: _counted(request, rows, view, known[name], counts) for name in asked}
    bounded = {"facets_are": "at_least"} if any(not whole for whole, _ in found.values()) else {}
    return {"facets": {name: cells for name, (_, cells) in found.items()}, **bounded}


def _counted(request: Request, rows: QuerySet, view: Any, column: Column, counts: Counts) -> tuple[bool, list[dict[str, Any]]]:
    """The values of a column with their numbers, and whether all rows were counted for that."""

    def work() -> tuple[bool, list[dict[str, Any]]]:
        every = _heedless(request, rows, view, column)
        some = _the_first_then(every, view) if view.as_of else None
        return some is None, facets.counted(column, every if some is None else some, view.shape, view.reader)

    whole, cells = counts.once(f"each {column.name}", work)
    return whole, labels.labelled(cells, column, view.shape.model, view.reader) if view.reader.language else cells


def _the_first_then(rows: QuerySet, view: Any) -> QuerySet | None:
    """As many rows of the past as are counted at once; None where that is all of them."""
    keys = list(rows.order_by().values_list("pk", flat=True)[: COUNTED_THEN + 1])
    return view.get_queryset().filter(one_of(keys[:COUNTED_THEN], here="pk")) if len(keys) > COUNTED_THEN else None


def _heedless(request: Request, rows: QuerySet, view: Any, column: Column) -> QuerySet:
    """The rows as the filters leave them without those that ask for this column."""
    own = [name for name in request.query_params if name.split("__")[0] in facets.asks_for(column)]
    if not own:
        return rows
    others = request.query_params.copy()
    for name in own:
        del others[name]
    return view.filterset_class(others, view.get_queryset(), reader=view.reader).rows()


def page_size(request: Request) -> int:
    given = request.query_params.get("page_size", str(USUAL_PAGE))
    if not re.fullmatch("[1-9][0-9]{0,2}", given) or int(given) > LARGEST_PAGE:
        raise exceptions.ValidationError({"page_size": f"Write a number from 1 to {LARGEST_PAGE}."})
    return int(given)
