"""Notes of a risk on the desk: who could be harmed by a record, what was done about it, and whether that is enough."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs import risks
from hrdocs.access import State
from hrdocs.admin.forms import WholeForm
from hrdocs.admin.moves import BOX, in_words
from hrdocs.audit import acting_as
from hrdocs.models import Record, RiskNote, on

_TEXT = forms.Textarea(attrs={"class": BOX, "rows": 3})
_DAY = forms.DateInput(attrs={"class": BOX, "type": "date"}, format="%Y-%m-%d")
_LIST = forms.Select(attrs={"class": BOX})
FIELDS = {
    "who": None, "how": _TEXT, "likelihood": _LIST, "severity": _LIST, "measures": None, "done": _TEXT, "checked": None,
    "embargo_until": _DAY, "next_review": _DAY, "settled": None,
}  # fmt: skip


class RiskForm(WholeForm):
    """What is noted of a risk. Whoever says that she tried to find the person signs for it herself, of today."""

    checked = forms.BooleanField(
        required=False, label=gettext_lazy("I tried today to find the person, and could not"),
        help_text=gettext_lazy("By what will be shown, together with other records, the news, and what people post. Who is in "
                               "the next village would know more than you."))  # fmt: skip

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("checked"):
            self.instance.checked_by, self.instance.checked_on = self.user, timezone.now().date()
        return cleaned


def _field(field: models.Field, **options: Any) -> forms.Field:
    """Several of a closed list are ticked; the library would ask for them with commas between."""
    if not isinstance(field, ArrayField):
        return field.formfield(**options)
    return forms.MultipleChoiceField(
        label=field.verbose_name, help_text=field.help_text, choices=field.base_field.choices, required=not field.blank,
        widget=forms.CheckboxSelectMultiple)  # fmt: skip


def form_of(note: RiskNote, user: Any, sent: Any = None) -> RiskForm:
    """Made for each request, in the language of who asks."""
    widgets = {name: widget for name, widget in FIELDS.items() if widget}
    form = forms.modelform_factory(RiskNote, RiskForm, fields=tuple(FIELDS), widgets=widgets, formfield_callback=_field)
    return form(user, sent, instance=note)


class WithRisks:
    """The notes of a risk on one kind of record, and the page on which one is written and looked at again."""

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view(self.risk_view), self._url
        return [
            path("<path:object_id>/risk/", view, name=name("risk")),
            path("<path:object_id>/risk/<int:number>/", view, name=name("risk_again")),
            *super().get_urls(),
        ]

    def risks(self, record: Record) -> dict[str, Any]:
        """What the panel shows: each note with its page, and what holds the record back."""
        again = f"admin:{self._url('risk_again')}"
        return {
            "risks": [(note, reverse(again, args=[record.pk, note.pk])) for note in risks.notes_on(record)],
            "risk_url": reverse(f"admin:{self._url('risk')}", args=[record.pk]),
            "held": risks.holding([record]).get(record.uid, []),
            "today": timezone.now().date(),
        }

    def risk_view(self, request: HttpRequest, object_id: str, number: int = 0) -> HttpResponse:
        """Note a risk of the record, or look again at one that was noted."""
        record = self.get_object(request, unquote(object_id))
        known = record is not None and self.has_change_permission(request, record)
        note = risks.notes_on(record).filter(pk=number).first() if known and number else None
        if not known or (number and note is None):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        back = reverse(f"admin:{self._url('change')}", args=[record.pk])
        form = form_of(note or RiskNote(**on(record), by=request.user), request.user, request.POST or None)
        if request.method == "POST" and form.is_valid() and _saved(form, request):
            if record.state == State.PUBLISHED and not form.instance.settled:
                messages.warning(request, _("Noted. The record is published all the same: retract it, if it must not be seen."))
            return redirect(f"{back}#risks")
        context = {**self.admin_site.each_context(request), "opts": self.opts, "record": record, "form": form, "back": back,
                   "title": _("Look at the risk again") if note else _("Note a risk"), "note": note}  # fmt: skip
        return TemplateResponse(request, "hrdocs/admin/risk.html", context)


def _saved(form: RiskForm, request: HttpRequest) -> bool:
    """Whether the database took it; if not, the form says why."""
    try:
        with transaction.atomic(), acting_as(request.user):
            form.save()
    except IntegrityError as error:
        form.add_error(None, in_words(error))
        return False
    return True
