"""A form that is sent twice, by a double click or after a line was cut, makes one record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.contrib import messages
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

REMEMBERED_FOR = 24 * 60 * 60  # seconds; nobody sends a page again later than that


def once(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """What `answer` answers; where this opened page was saved before, the way that it led to then."""
    page = _page_of(request)
    if not page:
        return answer()
    saved = caches["with_the_records"]  # in the same transaction: what is rolled back was not saved
    with transaction.atomic():
        with connection.cursor() as cursor:  # who clicks twice waits here until the first click is done
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [page])
        if address := saved.get(page):
            messages.info(request, _("This page was saved already. It was not saved a second time."))
            return HttpResponseRedirect(address)
        given = answer()
        if isinstance(given, HttpResponseRedirect):
            saved.set(page, given.url, REMEMBERED_FOR)
    return given


def _page_of(request: HttpRequest) -> str:
    """The opened page that was sent, with whose it is; a page for something new has a text of its own in it."""
    typed_on = request.POST.get("typed_on", "") if request.method == "POST" else ""
    return typed_on and hashlib.sha256(f"once {request.user.pk} {request.path} {typed_on}".encode()).hexdigest()
