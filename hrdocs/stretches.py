"""Pages of which the frame is sent at once, and what takes longer as it is found: nobody waits before an empty window."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from psycopg.errors import QueryCanceled

from hrdocs.readers import reading_as
from hrdocs.slots import as_a_page

HERE = "<!-- what is found late -->"  # where it stands in the template of the frame
Late = Callable[[], tuple[str, dict[str, Any]]]  # a template and what it is filled with


def in_stretches(
    request: HttpRequest, template: str, context: dict[str, Any], late: Iterable[Late], status: int = 200
) -> HttpResponse:
    """The page with each late part rendered where the template says `HERE`.

    The view's transaction is over when they are found. Each is found in one of its own, as the role of who asks.
    """
    before, _, after = render_to_string(template, {**context, "late": HERE}, request).partition(HERE)
    return StreamingHttpResponse(_pieces(request, before, late, after, get_language() or "en"), status=status)


def _pieces(request: HttpRequest, before: str, late: Iterable[Late], after: str, language: str) -> Iterator[str]:
    yield before
    for find in late:
        yield _piece(request, find, language)
    yield after


def _piece(request: HttpRequest, find: Late, language: str) -> str:
    with override(language):
        try:
            with transaction.atomic(), reading_as(request.user):
                as_a_page()
                found, context = find()
                return render_to_string(found, context, request)
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            return render_to_string("hrdocs/_too_long.html", {}, request)
