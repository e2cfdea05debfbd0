"""All tokens, for administrators: whose, for what, when used; to be revoked, and nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from hrdocs.admin.only_read import OnlyRead
from hrdocs.models import ApiToken
from hrdocs.tokens import revoke


@admin.register(ApiToken)
class ApiTokenAdmin(OnlyRead):
    list_display = ("name", "start", "user", "opens", "made_at", "until", "last_used", "revoked_at")
    list_select_related = ("user",)
    search_fields = ("name", "start", "user__username")
    exclude = ("digest",)
    actions = ("revoke_these",)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("hrdocs.revoke_apitoken")  # type: ignore[union-attr]

    @admin.action(description=_("Revoke: they open nothing from now on"), permissions=["revoke"])
    def revoke_these(self, request: HttpRequest, chosen: QuerySet) -> None:
        for token in chosen:
            revoke(token, by=request.user)  # type: ignore[arg-type]

    @display(description=_("opens besides"))
    def opens(self, token: ApiToken) -> Any:
        return "; ".join(token.scope_labels) or "–"
