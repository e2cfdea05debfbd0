"""The middleware by which pages are read: as the role of who asks, and at the server that is nearest to her."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from hrdocs import kept_pages, replicas
from hrdocs.access import is_staff_reader
from hrdocs.readers import reading_as
from hrdocs.slots import given_up


class SecondLine:
    """Middleware: the pages that an outside reader asks for run as her role, once it is known who she is.

    Views of accounts and of the desk are left out by their address (settings). The API's own views learn inside who
    asks, and change the role there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        knows_its_reader = getattr(getattr(view, "cls", None), "knows_its_reader", False)
        if knows_its_reader or request.path.startswith(settings.NOT_FOR_READERS) or is_staff_reader(request.user):
            return None

        def read() -> HttpResponse:
            with reading_as(request.user):
                answer: HttpResponse = view(request, *args, **kwargs)
                return answer

        try:
            at_the_primary = getattr(view, "asked_at_the_primary", False)
            if at_the_primary:
                return read()
            return kept_pages.shown(request, lambda: replicas.answered(request, request.user, read))
        except OperationalError as error:  # no other middleware is told of what fails in here
            if (answer := given_up(request, error)) is None:
                raise
            return answer
