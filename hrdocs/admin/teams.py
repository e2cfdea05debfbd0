"""Teams at the desk: who is in one, and which records of a list it works on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from hrdocs.admin.asked import AskedByItsFilters
from hrdocs.models import Team


class TeamFilter(SimpleListFilter):
    """The records of one team among those that the person may see: `?team=3`."""

    title = _("team")
    parameter_name = "team"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[int, str]]:
        return list(Team.objects.order_by("name").values_list("pk", "name"))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        chosen = self.value() or ""
        return queryset.filter(team=chosen) if chosen in {str(pk) for pk, _name in self.lookup_choices} else queryset


@admin.register(Team)
class TeamAdmin(AskedByItsFilters, ModelAdmin):
    list_display = ("name", "how_many")
    search_fields = ("name",)
    readonly_fields = ("people",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(how_many=Count("members"))

    @display(description=_("members"), ordering="how_many")
    def how_many(self, team: Any) -> int:
        return team.how_many

    @display(description=_("members"))
    def people(self, team: Team) -> SafeString | str:
        """Who is in the team now. People join and leave on the page of their own account."""
        members = team.members.order_by("username") if team.pk else ()
        told = ((str(user), user.get_role_display(), "" if user.is_active else _("(switched off)")) for user in members)
        return format_html_join("", "<div>{} · {} {}</div>", told) or _("Nobody yet. An account names its teams.")
