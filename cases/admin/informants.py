"""The form of an informant, from up here: what she allowed, and which statements stand on it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.consent import note, standing_on
from cases.models import Statement
from hrdocs.admin.desk import address_of
from hrdocs.admin.moves import BOX
from hrdocs.models import Record
from hrdocs.refusal import Refused
from hrdocs.wording import translated
from sources.admin.informants import InformantAdmin
from sources.choices import ConsentKind, ConsentScope
from sources.models import Informant, Source

admin.site.unregister(Informant)
_INPUT = {"class": BOX}


class ConsentForm(forms.Form):
    """What an informant allowed, changed or withdrew. It is added to what was said before, and changes nothing of it."""

    kind = forms.ChoiceField(label=gettext_lazy("What happened"), choices=translated(ConsentKind), initial=ConsentKind.GIVEN,
                             widget=forms.RadioSelect)  # fmt: skip
    scope = forms.ChoiceField(label=gettext_lazy("How far it may go"), choices=translated(ConsentScope), required=False,
                              initial=ConsentScope.NONE, widget=forms.RadioSelect)  # fmt: skip
    item = forms.ChoiceField(label=gettext_lazy("Of what"), required=False, widget=forms.Select(attrs=_INPUT))
    how = forms.CharField(label=gettext_lazy("How consent was asked and given, in which language"),
                          widget=forms.Textarea(attrs={**_INPUT, "rows": 3}))  # fmt: skip
    on = forms.DateField(label=gettext_lazy("On which day"), initial=lambda: timezone.now().date(),
                         widget=forms.DateInput(attrs={**_INPUT, "type": "date"}))  # fmt: skip
    until = forms.DateField(label=gettext_lazy("Last day on which it holds"), required=False,
                            help_text=gettext_lazy("Empty: until it is withdrawn."),
                            widget=forms.DateInput(attrs={**_INPUT, "type": "date"}))  # fmt: skip

    def __init__(self, items: dict[str, Record], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        self.fields["item"].choices = [("", _("Everything"))] + [(key, f"{each} {each.uid}") for key, each in items.items()]

    def given(self) -> dict[str, Any]:
        """What is noted; of today the moment counts, so that the last word of a day is the last."""
        said, now = self.cleaned_data, timezone.now()
        at = now if said["on"] == now.date() else dt.datetime.combine(said["on"], dt.time.max, dt.UTC)
        return {"kind": said["kind"], "scope": said["scope"] or ConsentScope.NONE, "how": said["how"], "at": at,
                "until": said["until"].isoformat() if said["until"] else "", "item": self.items.get(said["item"])}  # fmt: skip


@admin.register(Informant)
class SpeakingInformantAdmin(InformantAdmin):
    """The floor of the sources knows nothing of statements."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.consent_view)
        return [path("<path:object_id>/consent/", view, name=self._url("consent")), *super().get_urls()]

    def doors(self, request: HttpRequest, record: Any) -> list[tuple[str, str]]:
        address = reverse(f"admin:{self._url('consent')}", args=[record.pk])
        return [(_("Consent"), address), *super().doors(request, record)]

    def consent_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was said of consent so far, the statements that stand on it, and a form that adds to it."""
        record = self.get_object(request, unquote(object_id))
        if record is None or not self.has_change_permission(request, record):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        spoken = Statement.objects.visible_to(request.user).filter(pk__in=standing_on(record)).select_related("source")
        form = ConsentForm(_items(spoken), request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                _event, closed = note(record, by=request.user, **form.given())
            except (Refused, ValidationError) as refused:
                form.add_error(None, str(refused) if isinstance(refused, Refused) else refused)
            else:
                told = _("Noted. Closed to readers: {uids}.").format(uids=", ".join(each.uid for each in closed) or "–")
                messages.success(request, told)
                return redirect(request.path)
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": _("Consent"), "record": record, "form": form,
            "events": record.consents.visible_to(request.user).select_related("taken_by").order_by("-at", "-pk"),
            "spoken": [(each, address_of(each.detail)) for each in spoken],
            "back": reverse(f"admin:{self._url('change')}", args=[record.pk]),
        }  # fmt: skip
        return TemplateResponse(request, "cases/admin/consent.html", context)


def _items(spoken: Any) -> dict[str, Record]:
    """What consent can be of besides everything: each statement, and each source in which she speaks."""
    sources: dict[str, Source] = {f"source:{each.source_id}": each.source for each in spoken}
    return {**{f"statement:{each.pk}": each for each in spoken}, **sources}
