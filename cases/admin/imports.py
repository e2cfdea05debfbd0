"""Imports at the desk: what one made and changed, moved through review as one batch, and undone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from cases.imports import reviewing, undoing
from cases.imports.outcome import FATES
from cases.models import DataSet, Import
from hrdocs import review
from hrdocs.access import Sensitivity
from hrdocs.admin.asked import AskedByItsFilters
from hrdocs.admin.merging import ReasonForm
from hrdocs.admin.only_read import OnlyRead
from hrdocs.admin.together import LevelForm
from hrdocs.refusal import Refused

SHOWN = 20  # records that stand in the way of a move


@admin.register(DataSet)
class DataSetAdmin(AskedByItsFilters, ModelAdmin):
    """Whose rows they are, and on which terms: said once for all imports of a data set."""

    list_display = ("name", "title", "licence", "attribution")
    list_fullwidth = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("name",) if obj else ()  # the rows that came in know it by this name


@admin.register(Import)
class ImportAdmin(OnlyRead):
    """Imports that were written, to read; with what can be done with all that one of them made."""

    list_display = ("at", "dataset", "release", "file_name", "by", "counts", "undone_at")
    list_select_related = ("by",)
    list_fullwidth = True

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """One import: its account, the moves that wait for its records, and how it is undone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, unquote(object_id))
        if run is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form, level, refused = ReasonForm(request.POST or None), LevelForm(request.POST or None), {}
        if request.method == "POST":
            if "undo" in request.POST:
                if form.is_valid() and self._undone(request, run, form):
                    return HttpResponseRedirect(reverse("admin:cases_import_change", args=[run.pk]))
            else:
                refused = self._moved(request, run, level)
                if not refused:
                    return HttpResponseRedirect(reverse("admin:cases_import_change", args=[run.pk]))
        waiting = {} if run.undone_at else {
            verb: len(found) for verb in reviewing.VERBS if (found := reviewing.waiting(run, verb, request.user))
        }  # fmt: skip
        data_set = DataSet.objects.filter(name=run.dataset).first()
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": str(run), "run": run,
            "counts": [(fate, run.counts.get(fate, 0)) for fate in FATES],
            "moves": [(verb, review.TRANSITIONS[verb].label, number) for verb, number in waiting.items()],
            "needs_reason": "return" in waiting, "level": level if "publish" in waiting else None,
            "data_set": data_set, "data_set_address": data_set and reverse("admin:cases_dataset_change", args=[data_set.pk]),
            "refused": list(refused.items())[:SHOWN], "against": undoing.against(run, request.user), "form": form,
        }  # fmt: skip
        return TemplateResponse(request, "cases/admin/import.html", context)

    def _undone(self, request: HttpRequest, run: Import, form: forms.Form) -> bool:
        try:
            undoing.undo(run, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refused:
            for said in refused.args:
                form.add_error(None, said)
            return False
        messages.success(request, _("The import was undone."))
        return True

    def _moved(self, request: HttpRequest, run: Import, level: LevelForm) -> dict[str, list[str]]:
        verb = request.POST.get("verb", "")
        if verb not in reviewing.VERBS:
            return {}
        wanted = Sensitivity(level.cleaned_data["level"]) if verb == "publish" and level.is_valid() else None
        moved, refused = reviewing.move(run, verb, by=request.user, reason=request.POST.get("move_reason", ""), level=wanted)
        if refused:
            messages.error(request, _("Nothing was moved: see what stands in the way below."))
        else:
            messages.success(request, _("%d records were moved.") % moved)
        return refused
