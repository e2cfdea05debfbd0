"""A site for readers without an account: nobody signs in, no token opens anything, and the desk is not there.

It is the same program with `PUBLIC_SITE` set, on a host, with a key and an account of the database of its own
(`database_roles.py`). Whoever takes it over finds what is public, and nobody's password, session or unpublished word.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import Http404, HttpRequest, HttpResponse

from hrdocs.problems import problem

Next = Callable[[HttpRequest], HttpResponse]

OPENS_NOTHING = "No token opens anything at this site. Ask without one for what is public; the house's other site takes tokens."

# Nobody is anybody: no account is looked for, whatever a visitor brings, and no session is kept in a table.
SETTINGS = {"AUTHENTICATION_BACKENDS": [], "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}


class NobodySignsIn:
    """Middleware: what is for accounts and for the desk is no address of this site, and a token is refused before it is read."""

    def __init__(self, get_response: Next) -> None:
        if not settings.PUBLIC_SITE:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(settings.NOT_FOR_READERS):
            raise Http404
        if "Authorization" in request.headers:
            return problem(401, OPENS_NOTHING, {"WWW-Authenticate": 'Bearer realm="hrdocs"'})
        request.without_accounts = True  # type: ignore[attr-defined]  # the templates leave out what leads to them
        return self.get_response(request)
