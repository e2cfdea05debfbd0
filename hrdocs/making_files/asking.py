"""The address that somebody orders, asked on her behalf: by the API's own view, so that it finds and refuses what that does."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from hrdocs.endpoints import views
from hrdocs.refusal import Refused


def as_one_may_order(address: str) -> str:
    """The path and the question of an address, if a list, a record or a report leaves there as a file."""
    asked = urlsplit(address)
    given = QueryDict(asked.query, mutable=True)
    given.pop("manifest", None)
    form = given.get("format", "")
    view = _view(asked.path)
    forms = view.initkwargs.get("renderer_classes") or view.cls.renderer_classes
    if form == "json" or form not in {each.format for each in forms}:
        raise Refused(_("Only lists, records and reports can be made as files. Begin at the page of a list."))
    return f"{asked.path}?{given.urlencode()}"


def answer(address: str, user: Any) -> Any:
    """What the API answers her: a file in pieces of which nothing was read yet. Raises Refused with what is wrong."""
    asked = urlsplit(address)
    view, found = _view(asked.path), resolve(asked.path)
    request = _request(asked.path, asked.query)
    request.user, request.in_background = user, True  # so it may take more time and memory
    response = view(request, *found.args, **found.kwargs)
    if response.status_code == 200 and response.streaming:
        return response
    told = response.data if isinstance(getattr(response, "data", None), dict) else {}
    words = [f"{name}: {' '.join(sentences)}" for name, sentences in told.get("errors", {}).items()]
    raise Refused(" ".join(words) or str(told.get("title", "")) or _("There is no such list any more."))


def model_of(address: str) -> Any:
    """Of which kind the rows are."""
    return _view(urlsplit(address).path).cls.shape.model


def _view(path: str) -> Any:
    try:
        view = resolve(path).func
    except Resolver404:
        view = None
    if getattr(view, "cls", None) not in views().values():
        raise Refused(_("Only lists, records and reports can be made as files. Begin at the page of a list."))
    return view


def _request(path: str, question: str) -> WSGIRequest:
    """As a browser at the site's own address would ask."""
    site = urlsplit(settings.SITE_ADDRESS)
    return WSGIRequest({
        "REQUEST_METHOD": "GET", "PATH_INFO": unquote(path), "QUERY_STRING": question, "HTTP_HOST": site.netloc,
        "SERVER_NAME": site.hostname or "localhost", "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "wsgi.url_scheme": site.scheme, "wsgi.input": io.BytesIO(),
    })  # fmt: skip
