"""The history of a record on the desk: who did what and why, two versions side by side, and an earlier one brought back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs.access import State
from hrdocs.admin.moves import BOX, in_words
from hrdocs.admin.told import Telling
from hrdocs.history import Change, History
from hrdocs.models import Record, StaleVersion
from hrdocs.restoring import plan, restore
from hrdocs.review import last_decision
from hrdocs.transitions import OPEN

ACTS_PER_PAGE = 20


class RestoreForm(forms.Form):
    """Why an earlier version comes back, and what the person had before her when she decided."""

    reason = forms.CharField(label=gettext_lazy("Why it is brought back"), max_length=500,
                             widget=forms.TextInput(attrs={"class": BOX}))  # fmt: skip
    seen_version = forms.IntegerField(widget=forms.HiddenInput)
    seen_acts = forms.IntegerField(widget=forms.HiddenInput)


class WithHistory:
    """The pages of history of one kind of record."""

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, self._url
        return [
            path("<path:object_id>/history/compare/", view(self.compare_view), name=name("compare")),
            path("<path:object_id>/history/<int:number>/restore/", view(self.restore_view), name=name("restore")),
            *super().get_urls(),
        ]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who changed what, when and why, newest first, from the database's own history."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return redirect("admin:index")
        history, telling = History(record, request.user), Telling(request.user)
        page = Paginator(history.acts[::-1], ACTS_PER_PAGE).get_page(request.GET.get("page"))
        told = [(act, telling.person(act.user), telling.blocks(act.changes)) for act in page]
        return self._page(request, "history", record, history, title=_("History"), page=page, told=told)

    def compare_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Two versions of a record side by side: the older first, whichever was named first."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return redirect("admin:index")
        history, telling = History(record, request.user), Telling(request.user)
        newest = len(history.acts)
        asked = [_number(request.GET.get(name), newest, default) for name, default in (("from", newest - 1), ("to", newest))]
        earlier, later = sorted(asked)
        versions = [(act.number, act.at, telling.person(act.user), act.reason) for act in history.acts]
        blocks = telling.blocks(history.between(earlier, later))
        return self._page(request, "compare", record, history, title=_("Two versions"), earlier=earlier, later=later,
                          versions=versions, blocks=blocks)  # fmt: skip

    def restore_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """Show what would become as it was and what can't, ask why, and do it as a new change."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return redirect("admin:index")
        history, telling = History(record, request.user), Telling(request.user)
        back = reverse(f"admin:{self._url('history')}", args=[record.pk])
        if not self._may_restore(request, record) or not 1 <= number <= len(history.acts):
            messages.error(request, _("This version can't be brought back now. Only an open record can be changed."))
            return HttpResponseRedirect(back)
        seen = {"seen_version": record.version, "seen_acts": len(history.acts)}
        form = RestoreForm(request.POST or None, initial=seen)
        if request.method == "POST" and form.is_valid() and self._restored(request, record, number, form):
            messages.success(request, _("%s is as it was. What it was until now stands in its history.") % record.uid)
            return HttpResponseRedirect(back)
        made = plan(history, number)
        blocks = telling.blocks([Change(line, now, then) for line, now, then in made.rows])
        return self._page(request, "restore", record, history, title=_("Bring an earlier version back"), form=form, back=back,
                          blocks=blocks, kept=made.kept, act=history.acts[number - 1],
                          person=telling.person(history.acts[number - 1].user))  # fmt: skip

    def _restored(self, request: HttpRequest, record: Record, number: int, form: RestoreForm) -> bool:
        try:
            with transaction.atomic():
                restore(record, number, by=request.user, **form.cleaned_data)
        except (StaleVersion, ValidationError) as error:
            for said in getattr(error, "messages", [str(error)]):
                form.add_error(None, said)
        except IntegrityError as error:  # what only a trigger sees, of other rows
            form.add_error(None, in_words(error))
        return form.is_valid()

    def _may_restore(self, request: HttpRequest, record: Record) -> bool:
        return record.state in OPEN and self.has_change_permission(request, record)

    def _page(self, request: HttpRequest, name: str, record: Record, history: History, **shown: Any) -> HttpResponse:
        addresses = {
            f"{each}_url": reverse(f"admin:{self._url(each)}", args=[record.pk]) for each in ("history", "compare", "change")
        }
        context = {**self.admin_site.each_context(request), "opts": self.opts, "object": record, "newest": len(history.acts),
                   "may_restore": self._may_restore(request, record), **addresses, **shown}  # fmt: skip
        return TemplateResponse(request, f"hrdocs/admin/{name}.html", context)


def since_approval(record: Record, user: Any) -> dict[str, Any] | None:
    """What changed in a record that is in review since somebody last approved it; None where nobody has."""
    approved = last_decision(record, "approve") if record.state == State.IN_REVIEW else None
    if approved is None:
        return None
    history = History(record, user)
    then = sum(act.at <= approved.decided_at for act in history.acts)
    return {"approved": approved, "blocks": Telling(user).blocks(history.between(max(then, 1), len(history.acts)))}


def _number(text: str | None, newest: int, default: int) -> int:
    """The number of an act as an address names it; the default for anything else."""
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else default
    return max(1, min(number, newest))
