"""Filters that ask one list by what another one finds: incidents by what is said of them, cases by what they gather.

Whatever lies on the way, rows and the links between them, is asked whether the reader may see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from hrdocs.endpoints import views
from hrdocs.filtersets import RecordFilterSet, UidFilter
from hrdocs.ties import tied

HARDLY_ANY = 100  # rows of a kind, read along an index
DEEPEST = 2  # lists asked one within the other


@dataclass(frozen=True)
class Via:
    """How the rows of a list are tied to those of the list `to`: by two columns that hold the same key, or by the rows of
    a part. `only` is the one filter of that list that is asked; without it, all of them can be."""

    to: str
    here: str = "pk"
    there: str = "pk"
    by: type[Model] | None = None
    only: str = ""

    @property
    def filterset(self) -> type[RecordFilterSet]:
        return views()[self.to].filterset_class

    def leads_to(self, rows: QuerySet, user: Any) -> Q:
        """Which rows are tied to one of these."""
        if self.by is None:
            return tied(self._holding(rows, user), self.there, here=self.here, anywhere=True)
        links = self.by._default_manager.visible_to(user).filter(tied(rows, here=self.there))
        return tied(links, self.here)

    def _holding(self, rows: QuerySet, user: Any) -> QuerySet:
        """These rows, and where hardly any of their kind holds a key for this tie those alone: the database expects as many
        of each kind as of all that share a table, and would pass by all of them."""
        if self.there == "pk":
            return rows
        kind = rows.model._default_manager.visible_to(user).filter(**{f"{self.there}__isnull": False})
        held = list(kind.order_by(self.there).values_list(self.there, flat=True)[: HARDLY_ANY + 1])
        return rows if len(held) > HARDLY_ANY else rows.filter(**{f"{self.there}__in": set(held)})


class LinkedFilter(filters.CharFilter):
    """Rows tied to one that the filters of another list find, by any of these ties.

    With one filter of that list alone (`reliability=A`) it takes what that one takes; otherwise filters as in an
    address: `allegations=mode=ordered`.
    """

    def __init__(self, *ties: Via, **kwargs: Any) -> None:
        self.ties = ties
        super().__init__(**kwargs)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        return queryset.filter(self._tied(value)) if value else queryset

    def _tied(self, value: str) -> Q:
        clause = Q()
        for tie in self.ties:
            clause |= tie.leads_to(self._rows(tie, value), self.parent.reader.user)
        return clause

    def asked(self) -> Iterator[filters.Filter]:
        """The filters of the other lists that this one hands its value to, as far as it names one."""
        for tie in self.ties:
            if tie.only:
                yield tie.filterset.base_filters[tie.only]

    def _rows(self, tie: Via, value: str) -> QuerySet:
        if tie.only:
            asked = QueryDict(mutable=True)
            asked[tie.only] = value
        else:
            asked = QueryDict(value)
        depth = self.parent.depth + (not tie.only)
        if depth > DEEPEST:
            raise ValidationError({self._name: f"Ask {DEEPEST} lists one within the other at most."})
        return self.parent.found_by(tie.filterset, asked, self._name, depth=depth)

    @property
    def _name(self) -> str:
        return next(name for name, given in self.parent.filters.items() if given is self)


class PartFilter(UidFilter):
    """Records that rows of a part link to the one with this uid."""

    def __init__(self, *, by: type[Model], here: str, there: str, **kwargs: Any) -> None:
        self.by, self.here, self.there = by, here, there
        super().__init__(field_name="id", **kwargs)

    def filter(self, queryset: QuerySet, value: str | None) -> QuerySet:
        if not value:
            return queryset
        links = self.by._default_manager.visible_to(self.parent.reader.user).filter(tied(self.found(value), here=self.there))
        return queryset.filter(tied(links, self.here))
