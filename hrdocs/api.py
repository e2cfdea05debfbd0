"""The read-only API: `visible_to` → filterset → shape → a page or a format. Every list and detail goes this way."""

from __future__ import annotations

import functools
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from django_filters.rest_framework import DjangoFilterBackend
from psycopg.errors import QueryCanceled
from rest_framework import exceptions
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param
from rest_framework.views import exception_handler

from hrdocs import fetching, labels, manifests, replicas
from hrdocs.endpoints import views
from hrdocs.filtersets import PAST, SHAPING, RecordFilterSet
from hrdocs.formats import csv, geojson, ndjson, parquet, xlsx
from hrdocs.formats.export import Export
from hrdocs.formats.json import JSONRenderer, ProblemRenderer
from hrdocs.models import Manifest
from hrdocs.moments import AskedForThePast
from hrdocs.paging import BEST_FIRST, Pages, ordering_of
from hrdocs.problems import meant
from hrdocs.readers import as_ourselves, reading_as
from hrdocs.redirects import new_address, now_called
from hrdocs.searching import SearchFilter
from hrdocs.shapes import Reader, Shape
from hrdocs.slots import TookTooLong, as_a_page, held
from hrdocs.stamps import unchanged_told
from hrdocs.uids import understood

LONGEST_ECHO, LONGEST_SENTENCE = 300, 1200  # letters of a name that a refusal repeats, and of what it says of it


def file(form: Any) -> type[BaseRenderer]:
    """What tells the framework of a format; the file itself is streamed by the viewset.

    `form` is a module: its `name`, media type, the ending of its files, the parameters of the columns that it `takes`,
    and `write`, which writes a shape's rows in pieces.
    """
    told = {"media_type": form.media_type, "format": form.name, "form": form}
    return type(f"{form.name.upper()}Renderer", (BaseRenderer,), told)


# The files that every list and record leaves as; a kind of record may have more.
FORMATS = {form.name: file(form) for form in (csv, xlsx, ndjson, geojson, parquet)}


class RecordFilterBackend(DjangoFilterBackend):
    def filter_queryset(self, request: Request, queryset: QuerySet, view: RecordViewSet) -> QuerySet:
        try:
            return view.filterset_class(request.query_params, queryset, reader=view.reader).rows()
        except ValidationError as error:
            raise exceptions.ValidationError(error.message_dict) from None


class ForReaders(AskedForThePast):
    """Addresses that only read, each answer in one transaction and as the role of who asks."""

    lookup_field = "uid"
    lookup_value_regex = "[^/]+"
    http_method_names = ["get", "head", "options"]
    knows_its_reader = True  # only inside: `initial` asks who it is
    asked_at_the_primary = False  # whether it tells of what is written at this moment

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Any:
        # An ETag is made of the body alone, so that it tells no more than the body does.
        view = cache_control(private=True, no_cache=True)(conditional_page(super().as_view(*args, **kwargs)))
        return transaction.non_atomic_requests(view)  # `dispatch` opens the one that is needed

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        def answer() -> Any:
            with transaction.atomic(), ExitStack() as self.second_line:
                return super(ForReaders, self).dispatch(request, *args, **kwargs)

        if self.asked_at_the_primary:
            return answer()
        token = getattr(request, "token", None)
        return replicas.answered(request, token.reader if token else request.user, answer)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.accepted_renderer.format == "json":
            as_a_page()  # a file has the time that its slot gives it
        self.as_of = self.moment(request)
        self.second_line.enter_context(reading_as(request.user, self.as_of))

    @property
    def reader(self) -> Reader:
        language = self.request.query_params.get("lang", "")
        return Reader(self.request.user, f"{self.request.scheme}://{self.request.get_host()}", language, self.as_of)

    def takes(self, *names: str) -> None:
        """Refuse every parameter but these: what is misspelt must not be answered as if it had been heard."""
        unknown = self.request.query_params.keys() - {*names, "format"}
        if unknown:
            those = ", ".join(sorted({*names, "format"}))
            raise exceptions.ValidationError(
                dict.fromkeys(sorted(unknown), f"This address takes no such parameter. It takes {those}.")
            )

    def takes_one_of(self, **allowed: tuple[str, ...]) -> None:
        """Refuse a parameter that is none of what it may be."""
        for name in allowed.keys() & self.request.query_params.keys():
            if self.request.query_params[name] not in allowed[name]:
                raise exceptions.ValidationError({name: f"Write {' or '.join(allowed[name])}, or leave it out."})


class RecordViewSet(ForReaders):
    """One kind of record, read only. A subclass names its shape and its filterset, and nothing else."""

    shape: Shape
    filterset_class: type[RecordFilterSet]
    orderings: tuple[str, ...] = ("uid", "edited_at")
    unique = "uid"
    filter_backends = [RecordFilterBackend]
    pagination_class = Pages
    renderer_classes = [JSONRenderer, *FORMATS.values()]
    knows_the_past = frozenset({"list", "retrieve"})
    reported_at_most: tuple[int, int] | None = None  # records and statements in a report on a list, where there are such

    def takes_columns(self) -> None:
        """Refuse what the format that was asked for can't do to its columns."""
        renderer = self.request.accepted_renderer
        form = getattr(renderer, "form", ndjson)  # a page has its columns as NDJSON has them
        if refused := SHAPING & self.request.query_params.keys() - form.takes:
            raise exceptions.ValidationError(dict.fromkeys(refused, f"The format {renderer.format} takes no such parameter."))
        self.takes_one_of(hxl=("1",), raw=("1",), lang=labels.LANGUAGES)

    @cached_property
    def shown(self) -> Shape:
        """The shape as this request wants it: `expand` brings whole linked records, `fields` leaves columns out, `lang` puts
        labels in place of codes."""
        shape, reader = self._chosen(), self.reader
        return labels.in_words(shape, reader)

    @property
    def whole(self) -> Shape:
        """All columns that can be asked for: of the past those that history keeps."""
        return self.shape.kept() if self.as_of else self.shape

    def _chosen(self) -> Shape:
        shape, asked = self.whole, self.request.query_params
        for name in filter(None, asked.get("expand", "").split(",")):
            linked = self._linked_by(name)
            if linked is None:
                links = [c.name for c in self.whole.seen_by(self.reader) if self._linked_by(c.name)]
                those = f"Those are {', '.join(links)}." if links else "None is here."
                raise exceptions.ValidationError(
                    {"expand": f"“{name[:40]}” is no link to a record that has a list of its own. {those}"}
                )
            shape = shape.expanded(name, labels.in_words(linked, self.reader), self.reader)
        if not asked.get("fields"):
            return shape
        try:
            return shape.chosen(asked["fields"].split(","), self.reader)
        except KeyError as error:
            near = meant(error.args[0], {*(c.name for c in shape.seen_by(self.reader)), *shape.header(self.reader)})
            told = f"There is no column “{error.args[0][:40]}” here.{near} /api/v1/schema/ tells of each column."
            raise exceptions.ValidationError({"fields": told}) from None

    def _linked_by(self, name: str) -> Shape | None:
        column = next((column for column in self.whole.seen_by(self.reader) if column.name == name), None)
        model = column.leads_to(self.reader) if column else None
        linked = shapes_of_lists().get(model)
        return linked.kept() if linked and self.as_of else linked

    def get_queryset(self) -> QuerySet:
        return self.shape.model._default_manager.visible_to(self.request.user)

    def walked_along(self) -> QuerySet:
        """The rows of the list, or more, to be met in its order one after another."""
        return self.get_queryset()

    def get_serializer_class(self) -> Any:
        from hrdocs.openapi import serializer_of

        return serializer_of(self.shape)

    @property
    def relevance(self) -> Any:
        """How well a row answers what is searched for; None where nothing is, or the list has no names and texts."""
        search, typed = self.filterset_class.base_filters.get("q"), self.request.query_params.get("q")
        ranks = typed and isinstance(search, SearchFilter) and "edited_at" in self.orderings
        return search.relevance(typed, self.request.user) if ranks else None

    def found(self, uid: str) -> QuerySet:
        """The one record that an address names, if the reader may see it."""
        return self.get_queryset().filter(uid=understood(uid) or "")

    def record(self, uid: str) -> Any:
        """The same as a record, or Http404."""
        return self.found(uid).first() or _not_found()

    @unchanged_told
    def list(self, request: Request) -> Any:
        self.takes_columns()
        rows, reader = self.filter_queryset(self.get_queryset()), self.reader
        ordering = ordering_of(request, self)
        if ordering == BEST_FIRST:
            rows = rows.annotate(relevance=self.relevance)
        if request.accepted_renderer.format != "json":
            sign = "-" if ordering.startswith("-") else ""
            return self.stream(rows.order_by(ordering, sign + self.unique))
        return self.get_paginated_response(self.shown.printed(self.paginate_queryset(rows), reader))

    @unchanged_told
    def retrieve(self, request: Request, uid: str) -> Any:
        self.takes(*SHAPING, *PAST)
        self.takes_columns()
        rows, reader = self.found(uid), self.reader
        if request.accepted_renderer.format != "json":
            return self.stream(rows if rows.exists() else _not_found())
        found = fetching.rows(self.shown, rows.values_list("pk", flat=True), reader) or _not_found()
        return Response(self.shown.printed(found, reader)[0])

    def _promised(self) -> str:
        """The uid under which a page promised that the file could be found, if one did."""
        promise = self.request.query_params.get("manifest")
        if promise is None:
            return ""
        uid = manifests.uid_of(promise)
        with replicas.at_the_primary(), as_ourselves():
            if uid is None or Manifest.objects.filter(uid=uid).exists():
                raise exceptions.ValidationError({"manifest": "It was promised to no file, or the file was begun. Leave it out."})
        return uid

    def stream(self, rows: QuerySet) -> StreamingHttpResponse:
        """All rows, as a file in the format asked for."""
        form = self.request.accepted_renderer.form
        most = getattr(form, "MOST_ROWS", None)
        if most and rows.order_by()[: most + 1].count() > most:
            raise exceptions.ValidationError({"format": f"A sheet holds {most:,} rows at most. Take csv, or filter further."})
        how = {name: name in self.request.query_params for name in ("hxl", "raw")}
        asked, promised = self.request.build_absolute_uri(), self._promised()
        address = remove_query_param(asked, "manifest") if promised else asked
        export = Export(self.shown, rows, self.reader, address, timezone.now(), **how)
        manifest = manifests.of(export, form, promised)
        export = replace(export, manifest=self.reader.base_url + manifest.path)
        pieces = manifests.followed(held(form.write(export)), manifest, export)
        response = StreamingHttpResponse(pieces, content_type=f"{form.media_type}; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="hrdocs-{self.shape.path}.{form.ending}"'
        response["X-Accel-Buffering"] = "no"
        response.export, response.pieces = export, pieces  # for who keeps the file (hrdocs/making_files/)
        if self.request.method == "GET":  # what is only announced is no export
            response["Link"] = f'<{export.manifest}>; rel="describedby"'
        return response


@functools.cache
def shapes_of_lists() -> dict[type[Model], Shape]:
    """The shape in which each kind of record has a list of its own."""
    return {view.shape.model: view.shape for view in views().values()}


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


def _title(error: Exception, context: dict[str, Any]) -> str:
    """What was wrong with a request as a whole, and what is answered here instead."""
    given, asked = context["view"].renderer_classes, context["request"].query_params.get("format")
    if isinstance(error, exceptions.NotAcceptable):
        return f"Nothing is given here as the header Accept wants it. Ask for {', '.join(form.media_type for form in given)}"
    if isinstance(error, exceptions.MethodNotAllowed):
        return f"The API only reads: ask by GET, not by {context['request'].method[:20]}"
    if not isinstance(error, Http404):
        return str(getattr(error, "detail", ""))
    if asked and asked not in {form.format for form in given}:
        return f"There is no format “{asked[:40]}” at this address. Choose from {', '.join(form.format for form in given)}"
    return "There is no such record, or you may not see it"


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Errors in one form (RFC 9457): what was wrong, in words, and for each parameter what to write instead."""
    if isinstance(error, DataError):  # a number or a text that the database itself can't take
        error = exceptions.ValidationError({"value": "A value is too large or not of its kind."})
    if isinstance(error.__cause__, QueryCanceled):
        error = TookTooLong()
    if isinstance(error, Http404) and (moved := _moved(context)):
        return moved
    response = exception_handler(error, context)
    if response is None:
        return None
    found = response.data if isinstance(error, exceptions.ValidationError) else {}
    errors = {
        name[:LONGEST_ECHO]: [str(sentence)[:LONGEST_SENTENCE] for sentence in (words if isinstance(words, list) else [words])]
        for name, words in found.items()
    }
    response.data = {
        "type": "about:blank",
        "title": "The request can't be understood" if errors else _title(error, context),
        "status": response.status_code,
        **({"errors": errors} if errors else {}),
    }
    request = context["request"]
    request.accepted_renderer, request.accepted_media_type = ProblemRenderer(), ProblemRenderer.media_type
    return response
