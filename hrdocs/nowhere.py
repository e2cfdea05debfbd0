"""What an address answers that leads nowhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.defaults import page_not_found

from hrdocs.formats.json import ProblemRenderer

_NOWHERE = {"type": "about:blank", "title": "There is no such address. /api/v1/ names those that there are.", "status": 404}


def nothing_here(request: HttpRequest, exception: Any) -> HttpResponse:
    """Below the API a problem document as of every error there; elsewhere a page for people."""
    if not request.path_info.startswith("/api/"):
        return page_not_found(request, exception)
    return HttpResponse(ProblemRenderer().render(_NOWHERE), status=404, content_type=ProblemRenderer.media_type)
