"""Operations, affiliations and official acts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases.models import Affiliation, Concerned, OfficialAct, Operation
from hrdocs.admin.inlines import parts
from hrdocs.admin.records import RecordAdmin

TIES = ("When", {"fields": (("start", "start_known", "start_wording"), ("end", "end_known", "end_wording"), "meaning")})


@admin.register(Operation)
class OperationAdmin(RecordAdmin):
    list_before_state = ("party", "role", "facility", "place", "start", "end")
    list_filter = ("role", "state", "sensitivity")
    search_names = ("party__search", "facility__search")
    lead_fieldsets = ((None, {"fields": (("party", "role"), ("facility", "place"))}), TIES)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("party", "facility", "place")


@admin.register(Affiliation)
class AffiliationAdmin(RecordAdmin):
    list_before_state = ("party", "kind", "to_party", "post", "rank", "start", "end")
    list_filter = ("kind", "state", "sensitivity")
    search_names = ("party__search", "to_party__search")
    lead_fieldsets = ((None, {"fields": (("party", "kind", "to_party"), ("tie", "post", "rank"))}), TIES)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("party", "to_party")


@admin.register(OfficialAct)
class OfficialActAdmin(RecordAdmin):
    title_field = "title_en"
    list_before_state = ("kind", "authority", "date", "docket")
    list_filter = ("kind", "state", "sensitivity")
    search_names = ("search",)
    lead_fieldsets = (
        (None, {"fields": (("title_en", "title_ar"), ("kind", "authority"), ("date", "docket"), "legal_basis", "outcome",
                           ("final", "final_since"), "penalty", ("examines", "follows"))}),
    )  # fmt: skip
    inlines = (parts(Concerned, "party", "victim", "facility", "role", "count", "mode", "outcome", "penalty"),)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("authority")
