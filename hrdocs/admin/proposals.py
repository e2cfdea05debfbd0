"""Proposed changes on the desk: the form of an approved record asks for a change, and a colleague decides on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs import changes
from hrdocs.admin.moves import BOX
from hrdocs.admin.told import Telling
from hrdocs.admin.unsaved import saved
from hrdocs.models import Part, ProposedChange, Record
from hrdocs.review import Refused
from hrdocs.transitions import OPEN


class DecisionForm(forms.Form):
    """What is said of a proposed change by whoever decides on it."""

    reason = forms.CharField(required=False, label=gettext_lazy("Reason (needed to decline)"),
                             widget=forms.Textarea(attrs={"rows": 3, "class": BOX}))  # fmt: skip


class Tried(Exception):
    """Thrown when a proposed change was written for trial, so that the transaction takes it back."""

    def __init__(self, after: changes.Rows, reason: str) -> None:
        self.after, self.reason = after, reason


def is_open(request: HttpRequest, record: Record | None) -> bool:
    """Whether the form of a record takes entries: a new one, one in work, or one that a change is proposed to."""
    return record is None or record.state in OPEN or getattr(request, "proposing", False)


class WithProposals:
    """The pages on which a change is proposed to one kind of record, and decided on."""

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, self._url
        return [
            path("<path:object_id>/propose/", view(self.propose_view), name=name("propose")),
            path("<path:object_id>/proposed/<int:number>/", view(self.proposed_view), name=name("proposed")),
            *super().get_urls(),
        ]

    def proposals(self, request: HttpRequest, record: Record) -> dict[str, Any]:
        """What the panel of a record says of changes to it."""
        closed = record.state in changes.CLOSED_TO_FORMS
        return {
            "propose_url": reverse(f"admin:{self._url('propose')}", args=[record.pk]) if closed else "",
            "proposed": [
                (change, reverse(f"admin:{self._url('proposed')}", args=[record.pk, change.pk]))
                for change in changes.waiting_on(record, request.user)
            ],
            "proposing": getattr(request, "proposing", False),
        }

    def propose_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The record's own form; what is entered waits for a colleague, and the record stays as it is."""
        record = self.get_object(request, unquote(object_id))
        if record is None or not self.has_change_permission(request, record):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        back = HttpResponseRedirect(reverse(f"admin:{self._url('change')}", args=[record.pk]))
        if record.state not in changes.CLOSED_TO_FORMS:
            return back
        request.proposing = True
        if request.method == "POST" and (answer := self.instead_of_saving(request, object_id)):
            return answer
        before = changes.snapshot(record, request.user)
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        try:
            with changes.trying(record) if request.method == "POST" else transaction.atomic():
                return self.changeform_view(request, object_id, extra_context={"title": _("Propose a change"), **buttons})
        except Tried as tried:
            try:
                changes.propose(record, before, tried.after, by=request.user, reason=tried.reason)
            except Refused as refused:
                messages.warning(request, " ".join(refused.blockers))
            else:
                saved(request)
                messages.success(request, _("Your change waits for review. Readers go on seeing what was approved."))
        return back

    def proposed_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """One proposed change: its differences and reason, and the decision."""
        record = self.get_object(request, unquote(object_id))
        waiting = changes.waiting_on(record, request.user) if record else []
        change = next((each for each in waiting if each.pk == number), None)
        if record is None or change is None:
            messages.warning(request, _("This change is no longer waiting."))
            return HttpResponseRedirect(reverse("admin:index"))
        back = reverse(f"admin:{self._url('change')}", args=[record.pk])
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._decided(request, change, form):
            return HttpResponseRedirect(back)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Proposed change"),
                   "record": record, "change": change, "blocks": Telling(request.user).blocks(changes.told(change)),
                   "may_decide": changes.may_decide(change, request.user), "form": form, "back": back,
                   "own": change.proposed_by_id == request.user.pk}  # fmt: skip
        return TemplateResponse(request, "hrdocs/admin/proposed.html", context)

    def _decided(self, request: HttpRequest, change: ProposedChange, form: DecisionForm) -> bool:
        reason = form.cleaned_data["reason"]
        try:
            if "apply" in request.POST:
                changes.apply(change, by=request.user, reason=reason)
                messages.success(request, _("The change is made."))
            elif "decline" in request.POST:
                changes.decline(change, by=request.user, reason=reason)
                messages.success(request, _("Declined. The record stays as it is."))
            else:
                changes.withdraw(change, by=request.user)
                messages.success(request, _("Withdrawn."))
        except Refused as refused:
            for blocker in refused.blockers:
                form.add_error(None, blocker)
            return False
        return True

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A change is proposed to a record and its parts; statements about it are records of their own."""
        found = super().get_inline_instances(request, obj)
        return [each for each in found if issubclass(each.model, Part)] if getattr(request, "proposing", False) else found

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        if getattr(request, "proposing", False):
            raise Tried(changes.snapshot(obj, request.user), request.POST.get("reason", ""))
        return super().response_change(request, obj)
