"""Erasing on the desk: what can be erased of a record, the request of a manager, and the agreement of another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from hrdocs import erasing
from hrdocs.access import Role
from hrdocs.admin.moves import BOX
from hrdocs.erasable import Place, places_of
from hrdocs.models import Erasure, ErasureGround, Record, on
from hrdocs.refusal import Refused
from hrdocs.wording import translated


class ErasingForm(forms.Form):
    """What is to be erased, and why."""

    places = forms.MultipleChoiceField(label=gettext_lazy("What is to be erased"), widget=forms.CheckboxSelectMultiple)
    ground = forms.ChoiceField(label=gettext_lazy("On what ground"), choices=translated(ErasureGround), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "class": BOX}),
        help_text=gettext_lazy("Kept for ever: write it without the words that are to be erased."))  # fmt: skip

    def __init__(self, places: list[Place], user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = [(place.key, _in_words(place, _may_see(place, user))) for place in places]


class WithErasing:
    """The page on which something of one kind of record is erased."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.erase_view)
        return [path("<path:object_id>/erase/", view, name=self._url("erase")), *super().get_urls()]

    def doors(self, request: HttpRequest, record: Record) -> list[tuple[str, str]]:
        """To a manager: the way to erase, where the record is of a kind that may tell who somebody is."""
        if request.user.role != Role.MANAGER or not self.model.identifying:
            return []
        return [(_("Erase…"), reverse(f"admin:{self._url('erase')}", args=[record.pk]))]

    @sensitive_variables()
    def erase_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What can be erased, with the words that stand there now; and what others asked for, to agree to."""
        record = self.get_object(request, unquote(object_id))
        if record is None or request.user.role != Role.MANAGER:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        waiting = Erasure.objects.filter(**on(record), at=None).select_related("asked_by")
        form = ErasingForm(
            places_of(record), request.user, request.POST if "ground" in request.POST or "reason" in request.POST else None
        )
        try:
            if asked := next((each for each in waiting if str(each.pk) == request.POST.get("confirm")), None):
                erasing.erase(asked, by=request.user)
                messages.success(
                    request, _("Erased, in the record, its history and the work on it. History can still be checked.")
                )
                return redirect(reverse(f"admin:{self._url('change')}", args=[record.pk]))
            if form.is_bound and form.is_valid():
                given = form.cleaned_data
                erasing.ask(record, given["places"], by=request.user, ground=given["ground"], reason=given["reason"])
                messages.success(
                    request, _("Asked. Another manager, or a custodian, has to agree; until then nothing is erased.")
                )
                return redirect(request.path)
        except Refused as refused:
            form.add_error(None, str(refused)) if form.is_bound else messages.error(request, str(refused))
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": _("Erase"), "record": record, "form": form,
            "waiting": [(each, told(each)) for each in waiting],
            "done": Erasure.objects.filter(**on(record)).exclude(at=None).select_related("asked_by", "confirmed_by"),
            "back": reverse(f"admin:{self._url('change')}", args=[record.pk]),
        }  # fmt: skip
        return TemplateResponse(request, "hrdocs/admin/erase.html", context)


def told(erasure: Erasure) -> list[str]:
    """The places of an erasure in words, without what stands there."""
    return [_in_words(Place(*place)) for place in erasure.places]


def _may_see(place: Place, user: Any) -> bool:
    """Whether this person may see the row, and what the field leads to: a name may be stricter than whose it is."""
    for model, key in ((place.model, place.pk), place.linked):
        if hasattr(getattr(model, "objects", None), "visible_to") and not model.objects.visible_to(user).filter(pk=key).exists():
            return False
    return True


def _in_words(place: Place, shown: bool = False) -> str:
    field = place.model._meta.get_field(place.field)
    words = f"{place.model._meta.verbose_name} · {field.verbose_name}"
    return f"{words}: {place.value}" if shown and place.value else words
