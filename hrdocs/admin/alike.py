"""What is entered already and looks like what somebody is typing: shown beside the name, with links, never in the way."""

from __future__ import annotations

from functools import reduce
from itertools import combinations
from operator import or_
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from hrdocs import duplicates
from hrdocs.access import is_staff_reader
from hrdocs.admin.desk import address_of
from hrdocs.dates import from_typed, overlapping, parse
from hrdocs.folding import fold

SHOWN = 5
WORDS = 8  # of a long title the first ones tell it
SHORTEST = 3  # letters of a word that tells anything


class Alike:
    """A kind of record of which two can be entered for one thing: they share words of a name across scripts, or place
    and date, or an address."""

    alike_names: tuple[str, ...] = ()  # the fields that hold the name that is typed
    alike_place = alike_date = alike_same = ""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_GET(self.alike_view))
        return [path("alike/", view, name=self._url("alike")), *super().get_urls()]

    def alike_view(self, request: HttpRequest) -> HttpResponse:
        """The records that look like what the query names, the likest first, of those that she may see."""
        if not (is_staff_reader(request.user) and self.alike_names):
            raise PermissionDenied
        found = self.alike(request.user, **{key: request.GET.get(key, "").strip() for key in ("name", "place", "date", "same")})
        others = [record for record in found[: SHOWN + 1] if str(record.pk) != request.GET.get("except")]
        return JsonResponse({"alike": [_told(record) for record in others[:SHOWN]]})

    def alike(self, user: Any, name: str = "", place: str = "", date: str = "", same: str = "") -> QuerySet:
        words = [word for word in dict.fromkeys(fold(name).split()) if len(word) >= SHORTEST][:WORDS]
        hits: Any = sum((_one_if(self.named(user, word)) for word in words), Value(0))
        here, then = self._near(place, date)
        equal = Q(**{self.alike_same: same}) if self.alike_same and same else Q(pk=None)
        return (
            self.model._default_manager.visible_to(user)
            .annotate(hits=hits, near=_one_if(here) + _one_if(then), equal=_one_if(equal))
            .filter(Q(hits__gte=max(1, (len(words) + 1) // 2)) & self._almost_all(words, user) | here & then | equal)
            .order_by("-equal", "-hits", "-near", "-pk")
        )

    def _almost_all(self, words: list[str], user: Any) -> Q:
        """Of very many records those of which a name holds all words but one, or both of two: each second would hold some."""
        if not words or not duplicates.are_many(self.model, user):
            return Q()
        return reduce(or_, (self.named(user, *each) for each in combinations(words, len(words) - (len(words) > 2))))

    def _near(self, place: str, date: str) -> tuple[Q, Q]:
        here = Q(**{self.alike_place: place}) if self.alike_place and place.isdecimal() else Q(pk=None)
        try:
            then = overlapping(self.alike_date, parse(from_typed(date))) if self.alike_date and date else Q(pk=None)
        except ValueError:  # half a date is none
            then = Q(pk=None)
        return here, then

    def alike_asked(self, record: Any = None) -> dict[str, Any]:
        """What the script beside the name needs: where to ask, and which fields tell."""
        fields = {"names": self.alike_names, "place": [self.alike_place], "date": [self.alike_date], "same": [self.alike_same]}
        ids = {key: " ".join(f"id_{name}" for name in names if name) for key, names in fields.items()}
        return {**ids, "address": reverse(f"admin:{self._url('alike')}"), "except": record.pk if record else ""}

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> HttpResponse:
        asked = self.alike_asked(kwargs.get("obj")) if self.alike_names else None
        return super().render_change_form(request, {**context, "alike": asked}, *args, **kwargs)


def _one_if(clause: Q) -> Case:
    return Case(When(clause, then=1), default=0, output_field=IntegerField())


def _told(record: Any) -> dict[str, str]:
    return {"uid": record.uid, "name": str(record), "state": record.get_state_display(), "address": address_of(record)}
