"""The door as administrators see it: what happened there, and what they may do for an account."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs.access import Role
from hrdocs.admin.moves import BOX
from hrdocs.admin.only_read import OnlyRead
from hrdocs.door.gate import has_one
from hrdocs.door.helping import VERBS
from hrdocs.models import DoorEvent, DoorEventKind

LATELY = 15  # events shown with an account
BUTTONS = {
    "unlock": gettext_lazy("Lift the lock-out"),
    "end-sessions": gettext_lazy("End all sessions"),
    "reset": gettext_lazy("Take second factors away"),
}


# The library's own pages would show secrets and sessions to everybody at the desk.
for model in [model for model in admin.site._registry if model._meta.app_label in ("account", "mfa", "usersessions")]:
    admin.site.unregister(model)


def demonstration(request: HttpRequest) -> str:
    """The line under the desk's name where no second factor is asked for."""
    return "" if settings.SECOND_FACTOR else _("Demonstration: no second factor")


class ReasonForm(forms.Form):
    """Why an administrator does it."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "class": BOX}))


class AtTheDoor:
    """For the form of an account: what happened at the door lately, and buttons to help."""

    change_form_outer_after_template = "hrdocs/admin/door.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.help_view)
        return [path("<int:pk>/door/<str:verb>/", view, name="hrdocs_user_door"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        account = self.get_object(request, object_id)
        if account is not None and _runs_accounts(request):
            extra_context = {
                **(extra_context or {}),
                "at_the_door": DoorEvent.objects.filter(account=account).select_related("by")[:LATELY],
                "has_factor": has_one(account),
                "helps": [(reverse("admin:hrdocs_user_door", args=[account.pk, verb]), label) for verb, label in BUTTONS.items()],
            }
        return super().change_view(request, object_id, form_url, extra_context)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A password that an administrator sets is told to the person like her own change."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            reason = _("Set by an administrator.")
            DoorEvent.objects.note(DoorEventKind.PASSWORD_CHANGED, account_id=int(id), by=request.user, reason=reason)
        return response

    def help_view(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Ask why, and do it."""
        account = self.get_object(request, str(pk))
        if account is None or verb not in VERBS:
            raise Http404
        if not _runs_accounts(request):
            raise PermissionDenied
        back, form = reverse("admin:hrdocs_user_change", args=[pk]), ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                VERBS[verb](account, by=request.user, reason=form.cleaned_data["reason"])
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                messages.success(request, _("Done, and written down with your reason."))
                return HttpResponseRedirect(back)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": BUTTONS[verb],
                   "account": account, "form": form, "back": back}  # fmt: skip
        return TemplateResponse(request, "hrdocs/admin/help_account.html", context)


@admin.register(DoorEvent)
class DoorEventAdmin(OnlyRead):
    """Sign-ins, failures, lock-outs and what administrators did, newest first."""

    list_display = ("at", "kind", "account", "step", "address", "by")
    list_display_links = None
    list_filter = ("kind", "step")
    search_fields = ("account__username", "address")
    list_select_related = ("account", "by")
    list_fullwidth = True


def _runs_accounts(request: HttpRequest) -> bool:
    return request.user.role == Role.ADMINISTRATOR
