"""Who brings a token, and who has asked often enough: settled before anything is read."""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.crypto import salted_hmac

from hrdocs.problems import problem
from hrdocs.tallying import count_one
from hrdocs.tokens import OPENS_NOTHING, OpensNothing, presented

TOO_MANY = "Too many requests. Wait as many seconds as the header Retry-After says, then ask on."


class Limits:
    """Looks at the token of a request to the API and counts it, then lets it through or not.

    It stands before the view and so outside its transaction: a count stays whatever is answered, and nobody's requests
    wait for one another.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/"):
            seconds = exceeded(*asker(request.user, request)) if _is_list(request.path) else 0
            return _too_many(seconds) if seconds else self.get_response(request)
        response = self._answer(request)
        patch_vary_headers(response, ["Authorization"])  # type: ignore[arg-type]
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            token = request.token = presented(request)  # type: ignore[attr-defined]
        except OpensNothing:
            seconds = exceeded("anonymous", address_of(request))
            return _too_many(seconds) if seconds else problem(401, OPENS_NOTHING, {"WWW-Authenticate": 'Bearer realm="hrdocs"'})
        user = token.user if token else request.user
        kind, who = asker(user, request)
        if seconds := exceeded(kind, who):
            return _too_many(seconds)
        response = self.get_response(request)
        if response.streaming and (seconds := exceeded(f"{kind}_files", who)):  # nothing of the file was read yet
            return _too_many(seconds)
        if token:
            response["Cache-Control"] = "private, no-store"
        return response


def asker(user: Any, request: HttpRequest) -> tuple[str, str]:
    """By which limit somebody is counted, and under what: an account, or a network address."""
    return ("account", str(user.pk)) if user.is_authenticated else ("anonymous", address_of(request))


def _is_list(path: str) -> bool:
    """Whether it is the page of a list in one of its looks, of all lists, or of searches that were kept: they ask what the
    API's lists ask."""
    from hrdocs.urls import ENDPOINTS, LOOKS  # which name the viewsets, and they stand above

    name, _, look = path.strip("/").partition("/")
    return name == "explore" or (name, look) == ("account", "searches") or (name in ENDPOINTS and look in ("", *LOOKS, "points"))


def exceeded(limit: str, who: str) -> int:
    """Count one more of these, and answer how many seconds to wait; 0 where nobody has to.

    Spans begin and end at the same moments for everybody. Who asks is hashed with the server's key and the span, so
    that the counts tell nobody, afterwards or from a dump, who was here.
    """
    if not (allowed := settings.LIMITS.get(limit)):
        return 0
    number, span = allowed
    now = time.time()
    ends = (int(now) // span + 1) * span
    key = salted_hmac("hrdocs.limits", f"{limit} {who} {ends}", algorithm="sha256").hexdigest()
    counted = count_one(key, dt.datetime.fromtimestamp(ends, dt.UTC))
    return math.ceil(ends - now) if counted > number else 0


def address_of(request: HttpRequest) -> str:
    """The network address that asks: of IPv6 its first half, since one line has all the rest of it. Empty where there is none.

    What a visitor writes into X-Forwarded-For moves nothing. Behind a proxy the last entry is the proxy's own.
    """
    given = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        given = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or given
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False).network_address)


def _too_many(seconds: int) -> HttpResponseBase:
    return problem(429, TOO_MANY, {"Retry-After": str(seconds)})
