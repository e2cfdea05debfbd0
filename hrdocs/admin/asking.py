"""The lists of the desk take every filter that the API's list of the same records takes, as `f_` and its name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.functional import cached_property

from hrdocs.endpoints import views
from hrdocs.filtersets import GROUPS, RecordFilterSet
from hrdocs.offering import Field, fields_of
from hrdocs.shapes import Reader

PREFIX = "f_"


def filterset_of(model: type[Model]) -> type[RecordFilterSet] | None:
    """The filters of the API's list of these records, where there is one."""
    return next((view.filterset_class for view in views().values() if view.shape.model is model), None)


class Asking:
    """What a list of the desk was asked in the way of the API, and the form to ask it with."""

    def __init__(self, filterset: type[RecordFilterSet], request: HttpRequest) -> None:
        self.request, self.given = request, QueryDict(mutable=True)
        for name, values in request.GET.lists():
            if name.startswith(PREFIX) and any(values):
                self.given.setlist(name.removeprefix(PREFIX), [value for value in values if value])
        everything = filterset._meta.model._default_manager.visible_to(request.user)
        self.filters = filterset(self.given, everything, reader=Reader(request.user))
        self.offered = filterset({}, everything, reader=Reader(request.user))
        self.problems: dict[str, list[str]] = {}

    def among(self, rows: QuerySet) -> QuerySet:
        """Those of these rows that are asked for; none where the question makes no sense."""
        if not self.given:
            return rows
        try:
            found = self.filters.rows().order_by().values("pk")
        except ValidationError as error:
            self.problems = error.message_dict
            return rows.none()
        return rows.filter(pk__in=found)

    @property
    def leading(self) -> Iterator[Field]:
        """The filters that were declared for this kind of record, and groups of any."""
        return (field for field in self._fields if field.name in self.offered.declared_filters or field.name in GROUPS)

    @property
    def columns(self) -> Iterator[Field]:
        """The filters by its columns."""
        leading = {field.name for field in self.leading}
        return (field for field in self._fields if field.name not in leading)

    @property
    def asked(self) -> list[Field]:
        """The filters that are in use."""
        return [field for field in self._fields if field.value]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else the list was asked, which the form hands on; not the page, since there are other rows."""
        return [(name, value) for name, values in self.request.GET.lists() for value in values
                if not name.startswith(PREFIX) and name not in ("p", "e")]  # fmt: skip

    @property
    def cleared(self) -> str:
        """The address of the list without these filters."""
        others = QueryDict(mutable=True)
        for name, value in self.kept:
            others.appendlist(name, value)
        return f"?{others.urlencode()}"

    @property
    def unknown(self) -> dict[str, list[str]]:
        """Problems with what is no filter of this list."""
        known = {field.name for field in self._fields}
        return {name: said for name, said in self.problems.items() if name not in known}

    @cached_property
    def _fields(self) -> list[Field]:
        return fields_of(self.offered, self.given, self.problems)


class AskedInShort:
    """A form sends its empty fields too: the list is then shown at the address without them, which can be passed on."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        short = request.GET.copy()
        for name, values in request.GET.lists():
            if name.startswith(PREFIX) and not any(values):
                del short[name]
        if len(short) < len(request.GET):
            return HttpResponseRedirect(f"{request.path}?{short.urlencode()}")
        return super().changelist_view(request, extra_context)


class AsksLikeTheApi:
    """A change list that heeds what was asked in the way of the API."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        given = super().get_filters_params(params)
        return {name: values for name, values in given.items() if not name.startswith(PREFIX)}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet:
        rows = super().get_queryset(request, exclude_parameters)
        filterset = filterset_of(self.model)
        self.asking = Asking(filterset, request) if filterset else None
        return self.asking.among(rows) if self.asking else rows
