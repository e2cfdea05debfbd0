"""The read-only API: `visible_to` → filterset → shape → a page or a format. Every list and detail goes this way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.db.models import QuerySet
from django.http import Http404, StreamingHttpResponse
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, viewsets
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler

from hrdocs.filtersets import RecordFilterSet
from hrdocs.formats import csv, geojson
from hrdocs.formats.json import JSONRenderer
from hrdocs.paging import Pages, ordering_of
from hrdocs.readers import reading_as
from hrdocs.redirects import new_address, now_called
from hrdocs.shapes import Reader, Shape
from hrdocs.uids import understood

LONGEST_ECHO = 300  # letters of what was asked that a refusal repeats


class CSVRenderer(BaseRenderer):
    """Names the format; the file itself is streamed by the viewset."""

    media_type, format = "text/csv", "csv"


class GeoJSONRenderer(BaseRenderer):
    """Names the format; the file itself is streamed by the viewset."""

    media_type, format = "application/geo+json", "geojson"


class ProblemRenderer(JSONRenderer):
    """How errors are answered, whatever format was asked for (RFC 9457)."""

    media_type = "application/problem+json"


class RecordFilterBackend(DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet, view: RecordViewSet) -> QuerySet:
        try:
            return view.filterset_class(request.query_params, queryset, reader=view.reader).rows()
        except ValidationError as error:
            raise exceptions.ValidationError(error.message_dict) from None


class RecordViewSet(viewsets.GenericViewSet):
    """One kind of record, read only. A subclass names its shape and its filterset, and nothing else."""

    shape: Shape
    filterset_class: type[RecordFilterSet]
    orderings: tuple[str, ...] = ("uid", "edited_at")
    unique = "uid"
    lookup_field = "uid"
    lookup_value_regex = "[^/]+"
    http_method_names = ["get", "head", "options"]
    filter_backends = [RecordFilterBackend]
    pagination_class = Pages
    renderer_classes = [JSONRenderer, CSVRenderer, GeoJSONRenderer]
    knows_its_reader = True  # only inside: `initial` asks who it is

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Any:
        return transaction.non_atomic_requests(super().as_view(*args, **kwargs))  # `dispatch` opens the one that is needed

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic(), ExitStack() as self.second_line:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.second_line.enter_context(reading_as(request.user))

    @property
    def reader(self) -> Reader:
        return Reader(self.request.user, f"{self.request.scheme}://{self.request.get_host()}")

    def get_queryset(self) -> QuerySet:
        return self.shape.model._default_manager.visible_to(self.request.user)

    def get_serializer_class(self) -> Any:
        from hrdocs.openapi import serializer_of

        return serializer_of(self.shape)

    def found(self, uid: str) -> QuerySet:
        """The one record that an address names, if the reader may see it."""
        return self.get_queryset().filter(uid=understood(uid) or "")

    def record(self, uid: str) -> Any:
        """The same as a record, or Http404."""
        return self.found(uid).first() or _not_found()

    def takes(self, *names: str) -> None:
        """Refuse every parameter but these: what is misspelt must not be answered as if it had been heard."""
        unknown = self.request.query_params.keys() - {*names, "format"}
        if unknown:
            raise exceptions.ValidationError(dict.fromkeys(sorted(unknown), "This address takes no such parameter."))

    def list(self, request: Request) -> Any:
        rows, reader = self.filter_queryset(self.get_queryset()), self.reader
        if request.accepted_renderer.format != "json":
            ordering = ordering_of(request, self)
            sign = "-" if ordering.startswith("-") else ""
            return self.stream(rows.order_by(ordering, sign + self.unique))
        return self.get_paginated_response([self.shape.row(values, reader) for values in self.paginate_queryset(rows)])

    def retrieve(self, request: Request, uid: str) -> Any:
        self.takes()
        rows, reader = self.found(uid), self.reader
        if request.accepted_renderer.format != "json":
            return self.stream(rows if rows.exists() else _not_found())
        found = self.shape.select(rows, reader).first() or _not_found()
        return Response(self.shape.row(found, reader))

    def stream(self, rows: QuerySet) -> StreamingHttpResponse:
        """All rows, as a file in the format asked for."""
        renderer = self.request.accepted_renderer
        pieces = self._csv(rows) if renderer.format == "csv" else self._geojson(rows)
        response = StreamingHttpResponse(_later(pieces, self.request.user), content_type=f"{renderer.media_type}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="hrdocs-{self.shape.path}.{renderer.format}"'
        response["X-Accel-Buffering"] = "no"
        return response

    def _csv(self, rows: QuerySet) -> Iterator[bytes]:
        shape, reader = self.shape, self.reader
        found = shape.select(rows, reader).iterator(chunk_size=csv.ROWS_A_PIECE)
        return csv.write(shape.header(reader), (shape.flat(values, reader) for values in found))

    def _geojson(self, rows: QuerySet) -> Iterator[bytes]:
        shape, reader = self.shape, self.reader
        found = shape.select(rows, reader, *shape.located(reader)).iterator(chunk_size=geojson.FEATURES_A_PIECE)
        return geojson.write((shape.row(values, reader), values[-2], values[-1]) for values in found)


def _later(pieces: Iterator[bytes], user: Any) -> Iterator[bytes]:
    """A file is read when the view has returned and its transaction is over: the role is taken on again."""
    with reading_as(user):
        yield from pieces


def _not_found() -> Any:
    raise Http404


def _moved(context: dict[str, Any]) -> Response | None:
    """The answer to the uid of a record that was merged into another, for who might have seen it and sees the other."""
    view, request, asked = context["view"], context["request"], context["kwargs"].get("uid")
    if asked is None or not isinstance(view, RecordViewSet):
        return None
    record = now_called(understood(asked), view.get_queryset(), request.user)
    if record is None:
        return None
    address = request.build_absolute_uri(new_address(request, record))
    body = {"type": "about:blank", "title": "This record was merged into another", "status": 301,
            "uid": record.uid, "url": address}  # fmt: skip
    request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), ProblemRenderer.media_type
    return Response(body, status=301, headers={"Location": address})


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Errors in one form (RFC 9457): what was wrong, in words, and for each parameter what to write instead."""
    if isinstance(error, DataError):  # a number or a text that the database itself can't take
        error = exceptions.ValidationError({"value": "A value is too large or not of its kind."})
    if isinstance(error, Http404) and (moved := _moved(context)):
        return moved
    response = exception_handler(error, context)
    if response is None:
        return None
    found = response.data if isinstance(error, exceptions.ValidationError) else {}
    errors = {
        name[:LONGEST_ECHO]: [str(sentence)[:LONGEST_ECHO] for sentence in (words if isinstance(words, list) else [words])]
        for name, words in found.items()
    }
    title = "There is no such record, or you may not see it" if isinstance(error, Http404) else str(getattr(error, "detail", ""))
    response.data = {
        "type": "about:blank",
        "title": "The request can't be understood" if errors else title,
        "status": response.status_code,
        **({"errors": errors} if errors else {}),
    }
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), ProblemRenderer.media_type
    return response
