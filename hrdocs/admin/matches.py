"""The queue of what may have been entered twice: what waits for a manager, and what nobody judged yet."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hrdocs import duplicates
from hrdocs.admin.only_read import OnlyRead
from hrdocs.models import Match


def mergeable() -> dict[Any, Any]:
    """The kinds that are merged, with what the desk knows of each."""
    return {model: own for model, own in admin.site._registry.items() if getattr(model, "mergeable", False)}


def merges_asked_for(user: Any) -> list[tuple[Match, Any, Any, str]]:
    """What waits to be merged by this manager: pairs that somebody else judged to be the same, the oldest first."""
    found = [each for model in mergeable() for each in duplicates.asked_for(model, user) if each[0].by_id != user.pk]
    return [(*each, beside(*each[1:])) for each in sorted(found, key=lambda each: each[0].at)]


@admin.register(Match)
class MatchAdmin(OnlyRead):
    """Pairs of records, kind by kind, each with the page on which they stand side by side."""

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Judgements on records that the person may see both of: a reason may say what a record hides."""
        shown = Q(pk=None)
        for model in mergeable():
            rows = model._default_manager.visible_to(request.user).values("pk")
            shown |= Q(content_type=ContentType.objects.get_for_model(model), object_id__in=rows, other_id__in=rows)
        return super().get_queryset(request).filter(shown)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        groups = []
        for model, own in mergeable().items():
            asked = [(*each, beside(*each[1:])) for each in duplicates.asked_for(model, request.user)]
            pairs = [(pair, beside(pair.one, pair.other)) for pair in duplicates.pairs(model, request.user, own.near())]
            of_newest = duplicates.NEWEST if duplicates.are_many(model, request.user) else 0
            groups.append({"kind": model._meta.verbose_name_plural, "asked": asked, "pairs": pairs, "of_newest": of_newest})
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Possible duplicates"),
                   "groups": [group for group in groups if group["asked"] or group["pairs"] or group["of_newest"]]}  # fmt: skip
        return TemplateResponse(request, "hrdocs/admin/duplicates.html", context)


def beside(one: Any, other: Any) -> str:
    """The page on which two records stand side by side."""
    return reverse(f"admin:{one._meta.app_label}_{one._meta.model_name}_merge", args=[one.pk, other.pk])
