"""What is typed into a form of the desk survives a lost connection, a closed window and a session that ended."""

from __future__ import annotations

import json
import uuid
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hrdocs.access import is_staff_reader
from hrdocs.admin.once import once
from hrdocs.models import Unsaved

LARGEST = 1_000_000  # bytes; a form is a few thousand
OFFERED = 3


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what stands in a page's form, sent by a script while somebody types."""
    if not is_staff_reader(request.user):
        raise PermissionDenied
    try:
        given = json.loads(request.body) if len(request.body) <= LARGEST else {}
        address, page = given["address"], given["page"]
        entries = [[str(name), str(text)] for name, text in given["entries"]]
    except (ValueError, KeyError, TypeError):
        return HttpResponseBadRequest("Send the address, the page and the entries of a form, as JSON.")
    if not (_is_ours(address) and isinstance(page, str) and 0 < len(page) <= 36):
        return HttpResponseBadRequest("Only forms of the desk are kept.")
    hidden = ("csrfmiddlewaretoken", "password")
    Unsaved.objects.keep(request.user, address, page, [each for each in entries if not each[0].startswith(hidden)])
    return HttpResponse(status=204)


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw away what was typed on a page, and show its form as it is."""
    kept = Unsaved.objects.of(request.user).filter(page=request.POST.get("discard", "")).first()
    if kept is None:
        return HttpResponseRedirect(reverse("admin:index"))
    kept.delete()
    return HttpResponseRedirect(kept.address)


def offered(request: HttpRequest) -> list[Unsaved]:
    """What she typed at this address and never saved, the latest first; nothing while she is at it."""
    if request.method != "GET":
        return []
    return list(Unsaved.objects.of(request.user).filter(address=request.path)[:OFFERED])


def restored(request: HttpRequest) -> Unsaved | None:
    """What she asks to have back at this address."""
    if request.method != "GET" or "restore" not in request.GET:
        return None
    request.FILES  # noqa: B018 - read once before the entries are put in place, or it would empty them
    return Unsaved.objects.of(request.user).filter(address=request.path, page=request.GET["restore"]).first()


def not_saved_yet(kept: Unsaved) -> str:
    return _("This is what you typed at %(time)s UTC. It is not saved yet: look through it, and save.") % {
        "time": f"{kept.at:%H:%M}"
    }


def saved(request: HttpRequest) -> None:
    """What was typed on this page is saved, and needs no keeping."""
    Unsaved.objects.of(request.user).filter(page=request.POST.get("typed_on", "")).delete()


def _is_ours(address: Any) -> bool:
    return isinstance(address, str) and address.startswith(reverse("admin:index")) and len(address) <= 200 and (
        url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    )  # fmt: skip


class KeepsUnsaved:
    """A form whose entries are kept while they are typed, and can be had back."""

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any) -> HttpResponse:
        if kept := restored(request):
            # Shown as a form that was sent and refused: with every row and choice, and nothing written.
            request.method, request.POST, request.refused = "POST", kept.as_sent(), not_saved_yet(kept)
            return self._changeform_view(request, object_id, *args, **kwargs)
        save = partial(super().changeform_view, request, object_id, *args, **kwargs)
        answer = save() if object_id else once(request, save)  # a change that is sent twice is held by its version
        if request.method == "POST" and isinstance(answer, HttpResponseRedirect):
            saved(request)
        return answer

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        page = {} if context.get("original") else {"typed_on": uuid.uuid4().hex}
        return super().render_change_form(request, {**context, **page, "unsaved": offered(request)}, *args, **kwargs)
