"""Pages that nobody in particular was shown are shown again to the next, while they would be the same.

A page holds what the API tells, and a little besides: which version is cited, which releases stand, the day. So it is kept under
the sign by which replicas are held against the primary (`hrdocs/replicas.py`), and for a minute at most, lest something that
is no news of a record be old for longer. Whoever has a session, a token or a form's secret is shown a page of her own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language

from hrdocs import replicas, stamps
from hrdocs.kept_answers import LARGEST, Answer, KeptAnswers

SECONDS = 60
_FORMS = ("text/html", "application/json")
_pages = KeptAnswers(0.6)


def shown(request: HttpRequest, show: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The page that was kept, or what `show` makes, which is kept from now on."""
    if not _pages.most or not _asks_as_nobody(request):
        return show()
    stamp = f"{replicas.sign(0)} {timezone.now().date()}"
    key = stamps.hashed(request.build_absolute_uri(), get_language(), stamp)
    if before := _pages.get(key, stamp):
        return HttpResponse(before.body, headers=before.headers)

    def keep(body: bytes, headers: dict[str, str]) -> None:
        if not request.META.get("CSRF_COOKIE_NEEDS_UPDATE"):  # else a secret of this visitor stands in it
            _pages.keep(key, stamp, Answer(body, headers, time.monotonic() + SECONDS))

    return _followed(show(), keep)


def _asks_as_nobody(request: HttpRequest) -> bool:
    """Whether it is asked by somebody of whom nothing is known but her language."""
    nobody = not request.user.is_authenticated and "Authorization" not in request.headers
    known = request.COOKIES.keys() - {settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    return nobody and not known and request.method == "GET" and not request.path.startswith("/api/")


def _followed(response: Any, keep: Callable[[bytes, dict[str, str]], None]) -> HttpResponseBase:
    """The response; when it was given whole, it is kept."""
    headers = dict(response.items())
    is_page = headers.get("Content-Type", "").startswith(_FORMS) and "Content-Disposition" not in headers
    if response.status_code != 200 or response.cookies or not is_page:
        return response
    if response.streaming:
        response.streaming_content = _in_pieces(response.streaming_content, lambda body: keep(body, headers))
    else:
        keep(response.content, headers)
    return response


def _in_pieces(pieces: Iterable[bytes], keep: Callable[[bytes], None]) -> Iterator[bytes]:
    """The pieces as they come; one that is given up or too large is kept by nobody."""
    given, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size <= LARGEST:
            given.append(piece)
        yield piece
    if size <= LARGEST:
        keep(b"".join(given))
