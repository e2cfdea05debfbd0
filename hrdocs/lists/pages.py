"""The addresses of the lists: what they are, and each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from hrdocs import manifests
from hrdocs.endpoints import views
from hrdocs.lists.page import ListPage, put_straight
from hrdocs.models import Manifest
from hrdocs.replicas import asked_at_the_primary


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """All lists, each with what one of its records is."""
    found = [ListPage(name, request, QueryDict()) for name in views()]
    return render(request, "hrdocs/lists.html", {"lists": found})


def taken(name: str) -> Callable[..., HttpResponse]:
    """The page by which a list is taken as a file: how to begin, how far it is, how it ended, and how to cite it.

    Its address holds the uid that the file's manifest will have, so that it can be opened again.
    """

    @asked_at_the_primary
    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        page, given = ListPage(name, request, QueryDict()), request.GET.copy()
        if given.get("format") not in dict(page.files):
            raise Http404
        uid = manifests.uid_of(given.get("manifest", ""))
        if uid is None:
            given["manifest"] = manifests.promised()
            return HttpResponseRedirect(f"{request.path}?{given.urlencode()}")
        manifest = Manifest.objects.visible_to(request.user).filter(uid=uid).first()
        base_url = f"{request.scheme}://{request.get_host()}"
        told = manifests.told(manifest, base_url) if manifest else None
        return render(request, "hrdocs/taken.html", {
            "page": page, "form": given["format"], "manifest": told,
            "begin": f"{reverse(f'{name}-list')}?{given.urlencode()}", "look": Manifest(uid=uid).path,
        })  # fmt: skip

    view.__name__ = f"{name}_taken"
    return view


def shown(name: str, look: type[ListPage], show: Callable[[HttpRequest, Any], HttpResponse]) -> Callable[..., HttpResponse]:
    """The page of a list in one of its looks; what it was asked is put straight first."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        given, elsewhere = put_straight(request)
        if elsewhere:
            return elsewhere
        if "format" in given:
            return HttpResponseRedirect(f"{reverse(f'{name}-list')}?{given.urlencode()}")
        return show(request, look(name, request, given))

    view.__name__ = f"{name}_{look.look or 'table'}"
    return view


def records(name: str) -> Callable[..., HttpResponse]:
    """A list as a table."""
    return shown(name, ListPage, lambda request, page: _rendered(request, page, "hrdocs/records.html"))


class Entries(ListPage):
    """The same rows to read one after another, each by its title with what else is told of it under it."""

    look = "entries"


def entries(name: str) -> Callable[..., HttpResponse]:
    """A list to read."""
    return shown(name, Entries, lambda request, page: _rendered(request, page, "hrdocs/entries.html"))


def _rendered(request: HttpRequest, page: ListPage, template: str) -> HttpResponse:
    return render(request, template, context_of(page), status=page.answer.status_code)


def context_of(page: ListPage) -> dict[str, Any]:
    """What the template of each look is filled with."""
    return {"page": page, "row": {"url": page.api}}
