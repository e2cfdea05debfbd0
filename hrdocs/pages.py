"""Pages for readers: what is the same of every page about a record, and the start page.

A page is made of what the shapes let out, of nothing else, so that it shows no more than the API does. Its records
are found by `visible_to`: one that is hidden is answered like one that does not exist.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from hrdocs import fetching
from hrdocs.access import Sensitivity, State, clearance
from hrdocs.changes import corrected_on
from hrdocs.formats.json import plain
from hrdocs.labels import Terms
from hrdocs.models import Record
from hrdocs.readers import as_ourselves
from hrdocs.redirects import new_address, now_called
from hrdocs.review import told_of
from hrdocs.shapes import Reader, Shape
from hrdocs.uids import understood

Row = dict[str, Any]
Build = Callable[[HttpRequest, Any, Row], dict[str, Any]]


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What a visitor sees first."""
    return render(request, "hrdocs/start.html")


def rows(shape: Shape, queryset: QuerySet, user: Any, as_of: dt.datetime | None = None) -> list[Row]:
    """Records as the API prints them to this reader."""
    return rows_of(shape, list(queryset.values_list("pk", flat=True)), user, as_of)


def rows_of(shape: Shape, keys: Sequence[int], user: Any, as_of: dt.datetime | None = None) -> list[Row]:
    """The same of those with these keys, in their order."""
    if not keys:
        return []
    reader = Reader(user, as_of=as_of)
    found = shape.printed(fetching.rows(shape, keys, reader), reader)
    return orjson.loads(orjson.dumps(found, default=plain))


def page_of(shape: Shape, template: str) -> Callable[[Build], Callable[..., HttpResponse]]:
    """A view that shows one record of a shape; what is decorated adds what stands around it."""

    def decorate(build: Build) -> Callable[..., HttpResponse]:
        @require_safe
        def view(request: HttpRequest, uid: str) -> HttpResponse:
            return record_page(request, uid, shape, template, build)

        view.__name__, view.__doc__ = build.__name__, build.__doc__
        return view

    return decorate


def record_page(request: HttpRequest, uid: str, shape: Shape, template: str, build: Build) -> HttpResponse:
    """The page of the record that an address names, if the reader may see it."""
    shown = shape.model._default_manager.visible_to(request.user).filter(uid=understood(uid) or "")
    record = shown.first()
    if record is None:
        now = now_called(understood(uid), shape.model._default_manager.visible_to(request.user), request.user)
        if now is not None:
            return HttpResponsePermanentRedirect(new_address(request, now))
        with as_ourselves():  # what is retracted is in no reader's relation; its note is told
            return _in_its_place(request, shape.model, understood(uid) or "")
    (row,) = rows(shape, shown, request.user)
    context = {"row": row, "terms": Terms(), "corrected": corrected_on(record), "withdrawn": withdrawn(record, request.user)}
    return render(request, template, {**context, **build(request, record, row)})


def withdrawn(record: Record, user: Any) -> list[str]:
    """What is told of releases in which its source no longer has a record."""
    return import_string(settings.WITHDRAWN)(record, user)


def _in_its_place(request: HttpRequest, model: type[Record], uid: str) -> HttpResponse:
    """The public note in place of a retracted record, for those who could see it before; otherwise not found."""
    retracted = model._meta.concrete_model._base_manager.filter(uid=uid, state=State.RETRACTED)
    record = retracted.only("uid", "sensitivity", *model.hangs_on).first()
    if record is None or not _was_open_to(request.user, record):
        raise Http404
    retraction = told_of(record, "retract")
    if retraction is None:
        raise Http404
    context = {"note": retraction.public_note, "on": retraction.decided_at, "uid": uid}
    return render(request, "hrdocs/retracted.html", context, status=410)


def _was_open_to(user: Any, record: Record) -> bool:
    """Whether it would be seen but for its retraction: by its own level, and by all that it hangs on."""
    if Sensitivity(record.sensitivity).rank > clearance(user).rank:
        return False
    ends = ((record._meta.get_field(path).related_model, getattr(record, f"{path}_id")) for path in record.hangs_on)
    return all(model._default_manager.visible_to(user).filter(pk=key).exists() for model, key in ends if key is not None)


def in_own_language(user: Any, models: Iterable[type[Record]], *of: Any) -> None:
    """Give the linked records in these rows their Arabic names, where the reader reads Arabic and they have one.

    Shapes name a linked record in English; a page in Arabic looks the Arabic up, once for each kind.
    """
    if not (get_language() or "").startswith("ar"):
        return
    named: list[Row] = []
    _named_in(of, named)
    for model in models:
        label = next(name for name in ("name", "title", "label") if _has(model, f"{name}_ar"))
        uids = {row["uid"] for row in named if str(row["uid"]).startswith(f"{model.uid_prefix}-")}
        found = model._default_manager.visible_to(user).filter(uid__in=uids).exclude(**{f"{label}_ar": ""})
        arabic = dict(found.values_list("uid", f"{label}_ar"))
        for row in named:
            if row["uid"] in arabic:
                for key in ("name", "title", "label"):
                    if key in row:
                        row[key] = arabic[row["uid"]]


def _has(model: type[Record], name: str) -> bool:
    return any(field.name == name for field in model._meta.concrete_fields)


def _named_in(value: Any, found: list[Row]) -> None:
    if isinstance(value, dict):
        if value.get("uid") and ("name" in value or "title" in value or "label" in value):
            found.append(value)
        for each in value.values():
            _named_in(each, found)
    elif isinstance(value, list | tuple):
        for each in value:
            _named_in(each, found)
