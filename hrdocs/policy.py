"""The content security policy of two doors that come from libraries, looser than everywhere else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# The admin's interface (django-unfold) evaluates expressions that stand in its attributes, and sets styles so; the
# page that shows the API (Swagger) sets styles so too.
_LOOSENED = {
    "/admin/": {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]},
    "/api/v1/docs/": {"style-src": ["'unsafe-inline'"]},
}


class LibraryPolicy:
    """Loosens the policy where it must be; nothing from another site is allowed there either."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for start, loosened in _LOOSENED.items():
            if request.path.startswith(start):
                response._csp_update = loosened
        return response
