"""Keeping a search, and what is new in it: what was added or corrected since its owner last looked, as she may see it.

News are those of readers from outside (`changelog.py`): whoever works on the records is told what registered researchers are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from hrdocs import changelog, notices, versions
from hrdocs.access import Everybody, Sensitivity, clearance
from hrdocs.endpoints import views
from hrdocs.filtersets import COMMON, GROUPS
from hrdocs.lists.everywhere import of_list
from hrdocs.models import Change, SavedSearch
from hrdocs.models.searches import EVERYWHERE, LONGEST, MOST
from hrdocs.readers import reading_as
from hrdocs.shapes import Reader
from hrdocs.slots import at_most

ENOUGH = 500  # changes of one list that are looked at, the latest ones
LATE = dt.timedelta(hours=1)  # by which an act may be committed after it began
_TOLD = ("added", "corrected")


def keep(user: Any, *, name: str, kind: str, look: str = "", question: str = "") -> SavedSearch:
    """Keep a search under a name. Raises ValidationError where it is none, or there are too many."""
    asked = QueryDict(question, mutable=True)
    for passing in ("cursor", "page_size", "window", "across"):
        asked.pop(passing, None)
    search = SavedSearch(
        user=user, name=name.strip(), kind=kind, look=look, question=asked.urlencode()[:LONGEST], seen_version=versions.latest()
    )
    if kind != EVERYWHERE and kind not in views():
        raise ValidationError({"kind": _("There is no such list.")})
    if user.searches.count() >= MOST:
        raise ValidationError({"name": _("You keep %(most)s searches already. Forget one of them first.") % {"most": MOST}})
    search.full_clean()
    search.save()
    return search


def seen(search: SavedSearch) -> None:
    """Its owner has seen what it finds now."""
    search.seen_at, search.seen_version = timezone.now(), versions.latest()
    search.save(update_fields=["seen_at", "seen_version"])


def new_in(search: SavedSearch) -> dict[str, list[str]]:
    """The uids that were added or corrected since then and that the search finds, by the list in which it finds them.

    Raises ValidationError where its list does not understand it any more.
    """
    found = {name: _new_in_list(search, name) for name in _asked(search)}
    return {name: uids for name, uids in found.items() if uids}


def _asked(search: SavedSearch) -> Iterator[str]:
    """The lists that are asked: one, or all that know the filters."""
    if search.kind != EVERYWHERE:
        yield search.kind
        return
    for name in sorted({shape.path for shape in changelog.lists().values()}):
        if of_list(views()[name], QueryDict(search.question)) is not None:
            yield name


def _new_in_list(search: SavedSearch, name: str) -> list[str]:
    view, user = views()[name], search.user
    model = view.shape.model._meta.concrete_model
    kinds = [shape.path for shape in changelog.lists().values() if issubclass(shape.model._meta.concrete_model, model)]
    if not kinds:  # terms are no records, and nothing is told of them
        return []
    with reading_as(Everybody(min(clearance(user), Sensitivity.REGISTERED, key=lambda level: level.rank))):
        later = Q(version__gt=search.seen_version) | Q(version=None, at__gt=search.seen_at - LATE)
        changes = Change.objects.filter(later, kind__in=kinds, change__in=_TOLD).order_by("-at")
        uids = list(dict.fromkeys(changes.values_list("uid", flat=True)[:ENOUGH]))
    question = QueryDict(search.question, mutable=True)
    asked = of_list(view, question) if search.kind == EVERYWHERE else question
    assert asked is not None  # of all lists those are asked that know it
    for shaping in COMMON - GROUPS:
        asked.pop(shaping, None)
    with reading_as(user):
        everything = view.shape.model._default_manager.visible_to(user).filter(uid__in=uids)
        rows = view.filterset_class(asked, everything, reader=Reader(user)).rows()
        shown = set(rows.order_by().values_list("uid", flat=True))
    return [uid for uid in uids if uid in shown]


def tell_of_news() -> int:
    """Mail those who want it that there is something new in a search of theirs, and nothing of what it is; how many were told.

    Who was told is not told again before she has looked.
    """
    told: dict[int, Any] = {}
    waiting = SavedSearch.objects.filter(by_mail=True, user__is_active=True).exclude(user__email="").select_related("user")
    for search in waiting.order_by("user", "id"):
        if search.told_at and search.told_at > search.seen_at:
            continue
        if _has_news(search):
            search.told_at = timezone.now()
            search.save(update_fields=["told_at"])
            told[search.user_id] = search.user
    for person in told.values():
        notices.tell_of_searches(person)
    return len(told)


def _has_news(search: SavedSearch) -> bool:
    try:
        with transaction.atomic():
            at_most(settings.PAGE_SECONDS)
            return bool(new_in(search))
    except (ValidationError, DatabaseError, KeyError):  # its page says so; others wait for their mail behind it
        return False
