"""A person's own searches: what is new in each, and keeping, seeing and forgetting them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from hrdocs import searches
from hrdocs.endpoints import views
from hrdocs.lists.cells import page_of
from hrdocs.models import SavedSearch
from hrdocs.pages import rows
from hrdocs.stretches import Late, in_stretches
from hrdocs.templatetags.words import own

FIRST = 5  # of what is new in a list that are named


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved(request: HttpRequest) -> HttpResponse:
    """Her searches, each with what is new in it as it is found; or one more of them is kept."""
    if request.method == "POST":
        return _kept(request)
    mine = list(SavedSearch.objects.of(request.user).select_related("user"))
    context = {"searches": mine, "mails": settings.NOTICES_BY_MAIL}
    return in_stretches(request, "hrdocs/searches.html", context, [_with_news(search) for search in mine])


def _kept(request: HttpRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("name", "kind", "look", "question")}
    try:
        searches.keep(request.user, **given)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Your search is kept. What is new in it will stand here."))
    return redirect("searches")


def _with_news(search: SavedSearch) -> Callable[[], tuple[str, dict[str, Any]]]:
    def found() -> tuple[str, dict[str, Any]]:
        return "hrdocs/searches/_search.html", {"search": search, "mails": settings.NOTICES_BY_MAIL, **_news(search)}

    late: Late = found
    return late


def _news(search: SavedSearch) -> dict[str, Any]:
    try:
        with transaction.atomic():  # else what fails would take the page's other questions along
            new = searches.new_in(search)
    except ValidationError as error:
        return {"problem": " ".join(error.messages)}
    except DataError:
        return {"problem": _("The database can't work with a value of this search. Open it, mend it and keep it anew.")}
    named = [each for name, uids in new.items() for each in _named(name, uids[:FIRST], search.user)]
    return {"number": sum(map(len, new.values())), "named": named[: 2 * FIRST]}


def _named(name: str, uids: list[str], user: Any) -> list[dict[str, str]]:
    """What these records go by, and where their pages stand."""
    shape = views()[name].shape
    found = rows(shape, shape.model._default_manager.visible_to(user).filter(uid__in=uids), user)
    first = shape.lead[0]
    told = [(own(row, first.removesuffix("_en")) if first.endswith("_en") else row.get(first), row) for row in found]
    return [{"text": text if isinstance(text, str) and text else row["uid"], "href": page_of(row)} for text, row in told]


@login_required
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One of her searches was seen, is forgotten, or is told by mail from now on, or no more."""
    search = get_object_or_404(SavedSearch.objects.of(request.user), pk=pk)
    if "seen" in request.POST:
        searches.seen(search)
    elif "forget" in request.POST:
        search.delete()
    elif "mail" in request.POST:
        search.by_mail = not search.by_mail
        search.save(update_fields=["by_mail"])
    return redirect("searches")
