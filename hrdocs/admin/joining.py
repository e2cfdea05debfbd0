"""Letting people in: requests to decide on, and invitations. A link is shown once, in the answer that made it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from hrdocs.admin.only_read import OnlyRead
from hrdocs.joining import approve, decline, invite, may_invite, withdraw
from hrdocs.models import AccessRequest, Answer, Invitation, User


def link_shown(site: admin.AdminSite, request: HttpRequest, key: str, email: str, back: str) -> HttpResponse:
    """The page that shows a link: it is nowhere else, and no copy of the page is kept."""
    link = request.build_absolute_uri(reverse("accept", args=[key]))
    context = {**site.each_context(request), "title": _("Send this link"), "link": link, "email": email, "back": back}
    response = TemplateResponse(request, "hrdocs/admin/link_once.html", context)
    response["Cache-Control"] = "no-store"
    return response


@admin.register(Invitation)
class InvitationAdmin(ModelAdmin):
    list_display = ("email", "role", "by", "at", "standing")
    list_filter = ("role",)
    list_select_related = ("by", "account")
    fields = ("email", "role", "note")
    readonly_fields = ("by", "at", "until", "account", "accepted_at", "terms", "withdrawn_at")
    actions = ("withdraw_these",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, *self.readonly_fields) if obj else self.fields

    def formfield_for_choice_field(self, db_field: models.Field, request: HttpRequest, **given: Any) -> Any:
        if db_field.name == "role":
            allowed = may_invite(request.user)
            given["choices"] = [choice for choice in db_field.choices if choice[0] in allowed]
        return super().formfield_for_choice_field(db_field, request, **given)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.key = invite(obj, by=request.user)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return link_shown(self.admin_site, request, obj.key, obj.email, reverse("admin:hrdocs_invitation_changelist"))

    @admin.action(description=_("Withdraw: the link opens nothing from now on"), permissions=["add"])
    def withdraw_these(self, request: HttpRequest, chosen: QuerySet) -> None:
        for invitation in chosen:
            withdraw(invitation, by=request.user)

    @display(description=_("how it stands"))
    def standing(self, invitation: Invitation) -> Any:
        if invitation.account:
            return _("accepted: %(who)s") % {"who": invitation.account.username}
        if invitation.withdrawn_at:
            return _("withdrawn")
        return _("waits") if invitation.until > timezone.now() else _("expired")


@admin.register(AccessRequest)
class AccessRequestAdmin(OnlyRead):
    list_display = ("full_name", "affiliation", "at", "answer", "decided_by")
    list_filter = ("answer",)
    list_select_related = ("decided_by",)
    search_fields = ("full_name", "affiliation", "email")
    change_form_outer_before_template = "hrdocs/admin/request_panel.html"  # outside: it is a form of its own

    def get_urls(self) -> list[Any]:
        decide = path("<int:pk>/decide/", self.admin_site.admin_view(self.decide), name="hrdocs_accessrequest_decide")
        return [decide, *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        asked = self.get_object(request, object_id)
        shown = {
            "waits": asked is not None and asked.answer == Answer.WAITING,
            "known": User.objects.filter(email__iexact=asked.email) if asked else (),
            "decide_url": reverse("admin:hrdocs_accessrequest_decide", args=[asked.pk]) if asked else "",
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Approve, which makes an invitation, or decline."""
        if not request.user.has_perm("hrdocs.change_accessrequest"):  # type: ignore[union-attr]
            raise PermissionDenied
        asked = self.get_object(request, str(pk))
        if asked is None or request.method != "POST":
            raise Http404
        back, reason = reverse("admin:hrdocs_accessrequest_changelist"), request.POST.get("reason", "").strip()
        try:
            if "approve" in request.POST:
                return link_shown(self.admin_site, request, approve(asked, by=request.user, reason=reason), asked.email, back)
            decline(asked, by=request.user, reason=reason)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("admin:hrdocs_accessrequest_change", pk)
        messages.success(request, _("The request was declined."))
        return redirect(back)
