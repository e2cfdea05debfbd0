"""Pages of which the frame is sent at once, and what takes longer as it is found: nobody waits before an empty window."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, override
from psycopg.errors import QueryCanceled

from hrdocs import replicas
from hrdocs.readers import reading_as
from hrdocs.slots import as_a_page

HERE = "<!-- what is found late -->"  # where it stands in the template of the frame
Late = Callable[[], tuple[str, dict[str, Any]]]  # a template and what it is filled with


def in_stretches(
    request: HttpRequest, template: str, context: dict[str, Any], late: Iterable[Late], *,
    status: int = 200, as_of: dt.datetime | None = None,
) -> HttpResponse:  # fmt: skip
    """The page with each late part rendered where the template says `HERE`.

    The view's transaction is over when they are found. Each is found in one of its own, as the role of who asks, and as it
    was at a past moment where one is given.
    """
    before, _, after = render_to_string(template, {**context, "late": HERE}, request).partition(HERE)
    language = get_language() or "en"
    found = (_piece(request, find, language, as_of) for find in late)
    return StreamingHttpResponse(chain([before], found, [after]), status=status)


def _piece(request: HttpRequest, find: Late, language: str, as_of: dt.datetime | None) -> str:
    def read() -> str:
        with transaction.atomic(), reading_as(request.user, as_of):
            as_a_page()
            found, context = find()
            return render_to_string(found, context, request)

    with override(language):
        try:
            return replicas.answered(request, request.user, read)
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
            return render_to_string("hrdocs/_too_long.html", {}, request)
