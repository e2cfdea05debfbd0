"""The desk's door to informants: a pseudonym to everybody here, an identity to be written and never read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from hrdocs.admin.moves import BOX
from hrdocs.admin.records import RecordAdmin
from hrdocs.refusal import Refused
from sources import custody
from sources.models import Informant

_OFF = {"class": BOX, "autocomplete": "off"}


class IdentityForm(forms.Form):
    """What is sealed. It is filled in once, and shown to nobody who works here, not even to who entered it."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=500, widget=forms.TextInput(attrs=_OFF),
                           help_text=gettext_lazy("All names by which this person can be found."))  # fmt: skip
    contact = forms.CharField(label=gettext_lazy("Contact"), required=False, max_length=5000,
                              help_text=gettext_lazy("Numbers, addresses, handles; which of them is safe, and when."),
                              widget=forms.Textarea(attrs={**_OFF, "rows": 3}))  # fmt: skip
    notes = forms.CharField(label=gettext_lazy("Notes"), required=False, max_length=20000,
                            help_text=gettext_lazy("What else identifies them: family, workplace, voice, original files."),
                            widget=forms.Textarea(attrs={**_OFF, "rows": 6}))  # fmt: skip


@admin.register(Informant)
class InformantAdmin(RecordAdmin):
    title_field = "pseudonym"
    list_before_state = ("role",)
    search_fields = ("pseudonym",)
    lead_fieldsets = ((None, {"fields": ("pseudonym", "role")}),)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [path("<path:object_id>/identity/", view(self.identity_view), name=self._url("identity")), *super().get_urls()]

    def doors(self, request: HttpRequest, record: Any) -> list[tuple[str, str]]:
        known = record.identities.exclude(ciphertext=b"").exists()
        title = _("Replace the sealed identity") if known else _("Seal the identity")
        address = reverse(f"admin:{self._url('identity')}", args=[record.pk])
        return [(title, address), *super().doors(request, record)]

    @method_decorator([never_cache, sensitive_post_parameters(), sensitive_variables()])
    def identity_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Seal who the informant is. What was typed never comes back into the form."""
        record = self.get_object(request, unquote(object_id))
        if record is None or not self.has_change_permission(request, record):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        back, form, said = reverse(f"admin:{self._url('change')}", args=[record.pk]), IdentityForm(request.POST or None), []
        if request.method == "POST":
            said = [text for texts in form.errors.values() for text in texts]
            if form.is_valid():
                try:
                    custody.seal(record, form.cleaned_data, by=request.user)
                except Refused as refused:
                    said = [str(refused)]
                else:
                    messages.success(request, _("Sealed. From now on only two custodians together can read it."))
                    return redirect(back)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Who is it?"), "record": record,
                   "form": IdentityForm(), "said": said, "back": back,
                   "sealed": record.identities.select_related("sealed_by")}  # fmt: skip
        return TemplateResponse(request, "sources/admin/identity.html", context)
