"""Releases on the desk: a manager says what one is to hold, sees how much that is, makes it, and withdraws it with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs import releases
from hrdocs.access import Sensitivity
from hrdocs.admin.moves import BOX
from hrdocs.admin.only_read import OnlyRead
from hrdocs.models import Release
from hrdocs.refusal import Refused

MOST_ROWS = 50_000  # that are written while a browser waits; more are for the command, which nobody waits for
_LINE, _TEXT = forms.TextInput(attrs={"class": BOX}), forms.Textarea(attrs={"class": BOX, "rows": 4})
_SAID = {"title": _LINE, "description": _TEXT, "caveats": _TEXT, "licence": _LINE}
_LISTS = gettext_lazy(
    "One list a line, with its filters as in an address: estimates?facility=FAC-…. You can paste the address of a list as you "
    "see it on its page; only its filters are taken."
)


class ReleaseForm(forms.ModelForm):
    """What a release is to be. It is made by the same verb as by the command."""

    audience = forms.ChoiceField(
        choices=[(level.value, gettext_lazy(level.label)) for level in (Sensitivity.PUBLIC, Sensitivity.REGISTERED)],
        label=gettext_lazy("audience"), help_text=gettext_lazy("Who may read it, and whose view of the data it holds."),
        widget=forms.Select(attrs={"class": BOX}))  # fmt: skip
    lists = forms.CharField(
        label=gettext_lazy("lists"), help_text=_LISTS,
        widget=forms.Textarea(attrs={"class": BOX, "rows": 6, "dir": "ltr", "spellcheck": "false"}))  # fmt: skip

    @property
    def asked(self) -> dict[str, Any]:
        """What the verb is given; the columns of the row that only it knows are not asked for."""
        said = {name: self.cleaned_data[name] for name in _SAID}
        level, lists = Sensitivity(self.cleaned_data["audience"]), self.cleaned_data["lists"].splitlines()
        return {**said, "audience": level, "asked": releases.asked_for(lists)}

    def _post_clean(self) -> None:
        """Nothing of an unfinished row is checked: the verb says what is missing."""


def form_of(sent: Any) -> ReleaseForm:
    """Made for each request, in the language of who asks."""
    form = forms.modelform_factory(Release, ReleaseForm, fields=tuple(_SAID), widgets=_SAID)
    return form(sent, initial={"licence": settings.DATA_LICENCE})


class WithdrawForm(forms.Form):
    """Why a release is taken away."""

    why = forms.CharField(label=gettext_lazy("Why"), help_text=gettext_lazy("What readers are told in its place."), widget=_TEXT)


@admin.register(Release)
class ReleaseAdmin(OnlyRead):
    list_display = ("number", "title", "audience", "version", "made_at", "made_by", "withdrawn_at")
    list_select_related = ("made_by",)
    list_filter = ("audience",)
    search_fields = ("title", "sha256")
    list_before_template = "hrdocs/admin/releases.html"
    change_form_before_template = "hrdocs/admin/release.html"

    def get_urls(self) -> list[Any]:
        make, withdraw = map(self.admin_site.admin_view, (self.make_view, self.withdraw_view))
        return [
            path("make/", make, name="hrdocs_release_make"),
            path("<int:pk>/withdraw/", withdraw, name="hrdocs_release_withdraw"),
            *super().get_urls(),
        ]

    @transaction.non_atomic_requests  # all lists are read as of one moment, in a transaction of their own
    def make_view(self, request: HttpRequest) -> HttpResponse:
        """Say what a release is to hold, see how much that is, and make it."""
        if not self.has_view_permission(request):
            return redirect("admin:index")
        form = form_of(request.POST or None)
        foreseen: dict[str, int] = {}
        if request.method == "POST" and form.is_valid():
            try:
                foreseen = releases.foreseen(audience=form.asked["audience"], asked=form.asked["asked"])
                if "make" in request.POST:
                    return self._made(request, form, sum(foreseen.values()))
            except Refused as error:
                form.add_error(None, str(error))
        rows = sum(foreseen.values())
        context = {"form": form, "foreseen": foreseen, "rows": rows, "too_many": rows > MOST_ROWS, "most": MOST_ROWS}
        return self._page(request, "hrdocs/admin/make_release.html", _("Make a release"), context)

    def _made(self, request: HttpRequest, form: ReleaseForm, rows: int) -> HttpResponse:
        if rows > MOST_ROWS:
            raise Refused(_("That is too much to write while a page waits. Make it by the command make_release."))
        made = releases.make(by=request.user, **form.asked)
        messages.success(request, _("Release %(number)s is made.") % {"number": made.number})
        return redirect("admin:hrdocs_release_change", made.pk)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the file of a release away for good, with the reason that readers are told."""
        release = self.get_object(request, str(pk))
        if release is None or not self.has_view_permission(request, release):
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        form = WithdrawForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                releases.withdraw(release, by=request.user, why=form.cleaned_data["why"])
                return redirect("admin:hrdocs_release_change", pk)
            except Refused as error:
                form.add_error(None, str(error))
        return self._page(request, "hrdocs/admin/make_release.html", _("Withdraw a release"), {"form": form, "release": release})

    def _page(self, request: HttpRequest, template: str, title: str, more: dict[str, Any]) -> HttpResponse:
        back = reverse("admin:hrdocs_release_changelist")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "back": back, **more}
        return TemplateResponse(request, template, context)
