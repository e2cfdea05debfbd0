"""The outermost middleware: it names each request, answers whoever watches, and notes how each went."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from hrdocs.logs import REQUEST
from hrdocs.watching import health, metrics

log = logging.getLogger(__name__)


class Watched:
    """Stands before all others: health can be asked under any host name, and while there is no database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if answers := ANSWERS.get(request.path):
            return answers(request)
        # Never one that a visitor brings: it would be her words in our log.
        number = secrets.token_hex(8)
        REQUEST.set(number)
        began = time.perf_counter()
        response = self.get_response(request)
        response["X-Request-Id"] = number
        _note(request, response.status_code, time.perf_counter() - began)
        return response


ANSWERS: dict[str, Callable[[HttpRequest], HttpResponseBase]] = {
    "/health/live": health.live,
    "/health/ready": health.ready,
    "/metrics": metrics.answer,
}


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    """Of an address the pattern alone: what stands in it can name a record, an account or an invitation."""
    metrics.count(request, status, seconds)
    asked = {"method": metrics.method_of(request), "route": getattr(request.resolver_match, "route", ""), "status": status}
    log.info("Answered", extra={"told": {**asked, "ms": round(seconds * 1000)}})
