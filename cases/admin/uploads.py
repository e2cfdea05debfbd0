"""Bringing in sheets at the desk: a file is brought, looked at in the background, mended, and comes in by choice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import tasks
from cases.imports import deciding, error_sheets, uploading
from cases.imports.kinds import SHEETS, model_of
from cases.imports.mappings import MAPPINGS
from cases.imports.mappings.saved import saved_names
from cases.imports.outcome import FATES, Problem
from cases.models import RemarkSort, Step, Upload
from hrdocs.admin.moves import BOX
from hrdocs.admin.only_read import OnlyRead
from hrdocs.refusal import Refused

SHOWN = 100  # remarks of a sort on the page; the error sheet has all
SORTS = {
    RemarkSort.ERROR: gettext_lazy("What is wrong"),
    RemarkSort.TWIN: gettext_lazy("Possible duplicates"),
    RemarkSort.FLAG: gettext_lazy("Odd, or not overwritten"),
    RemarkSort.DIFFERENCE: gettext_lazy("What would change"),
    RemarkSort.WITHDRAWN: gettext_lazy("Withdrawn by its source"),
}
ANSWERS = (
    (deciding.SAME, gettext_lazy("The same")), (deciding.OTHER, gettext_lazy("Another one")),
    (deciding.LATER, gettext_lazy("Later")),
)  # fmt: skip
BY_ITS_NAME = ""


def _kinds() -> list[tuple[str, Any]]:
    """What the rows of a file can be: a kind of record or part, a published data set, or what a saved mapping reads."""
    sheets = [(name, f"{capfirst(str(model_of(name)._meta.verbose_name_plural))} ({name})") for name in SHEETS]
    return [
        (BY_ITS_NAME, _("As the file is named: incidents.csv")),
        (_("Sheets"), sheets),
        (_("Published data sets"), [(f"mapping:{name}", name) for name in MAPPINGS]),
        (_("Saved mappings"), [(f"mapping:{name}", name) for name in saved_names()]),
    ]


# How a text is read, where what is recognised is wrong.
ENCODINGS = (
    ("", gettext_lazy("As recognised")), ("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("cp1256", "Windows-1256"),
    ("cp1252", "Windows-1252"),
)  # fmt: skip
SEPARATORS = (
    ("", gettext_lazy("As recognised")), (",", gettext_lazy("commas")), (";", gettext_lazy("semicolons")),
    ("tab", gettext_lazy("tabs")), ("|", gettext_lazy("bars")), ("،", gettext_lazy("Arabic commas")),
)  # fmt: skip


class BringForm(forms.Form):
    """A file, and what it is."""

    file = forms.FileField(label=gettext_lazy("File"), max_length=250, widget=forms.FileInput(attrs={"class": BOX}),
                           help_text=gettext_lazy("One sheet: the first row names the columns."))  # fmt: skip
    rows = forms.ChoiceField(label=gettext_lazy("What its rows are"), choices=_kinds, required=False,
                             widget=forms.Select(attrs={"class": BOX}))  # fmt: skip
    dataset = forms.CharField(
        label=gettext_lazy("Data set"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"class": BOX, "dir": "auto"}),
        help_text=gettext_lazy("Name under which the rows are known when they come again. Empty: the name of the file."),
    )  # fmt: skip

    release = forms.CharField(
        label=gettext_lazy("Release"), max_length=120, required=False,
        widget=forms.TextInput(attrs={"class": BOX, "dir": "auto"}),
        help_text=gettext_lazy("Its name or date, where the file is the whole data set: rows that an earlier release had and "
                               "this one has not are noted as withdrawn by their source, and stay."),
    )  # fmt: skip

    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), choices=ENCODINGS, required=False,
                                 widget=forms.Select(attrs={"class": BOX}),
                                 help_text=gettext_lazy("Of a text file. The next page says what was recognised."))  # fmt: skip
    separator = forms.ChoiceField(label=gettext_lazy("Columns are parted by"), choices=SEPARATORS, required=False,
                                  widget=forms.Select(attrs={"class": BOX}))  # fmt: skip

    def take_in(self, *, by: Any) -> Upload:
        file, rows = self.cleaned_data["file"], self.cleaned_data["rows"]
        mapping = rows.removeprefix("mapping:") if rows.startswith("mapping:") else ""
        dataset = self.cleaned_data["dataset"] or mapping or Path(file.name).stem[:120]
        return uploading.take_in(
            file.name, file.chunks(), by=by, dataset=dataset, mapping=mapping, sheet="" if mapping else rows,
            **{name: self.cleaned_data[name] for name in ("release", "encoding", "separator")})  # fmt: skip


@admin.register(Upload)
class UploadAdmin(OnlyRead):
    """Files that the person herself brought: nobody else sees what is in them before it came in."""

    list_display = ("file_name", "dataset", "at", "step")
    list_fullwidth = True

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(by=request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("cases.add_upload")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/errors/", view(self.errors_view), name="cases_upload_errors"),
            path("<path:object_id>/progress/", view(self.progress_view), name="cases_upload_progress"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Take a file in, and have it looked at."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BringForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    upload = form.take_in(by=request.user)
                    tasks.look_at.defer(upload=upload.pk)
            except Problem as problem:
                form.add_error("file", str(problem))
            except Refused as refused:
                form.add_error("dataset", str(refused))
            else:
                return HttpResponseRedirect(self._address(upload))
        return self._page(request, "bring", _("Bring in a sheet"), form=form, back=reverse("admin:cases_upload_changelist"))

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """What was found in a file, and what to do with it."""
        upload = self._upload(request, object_id)
        if upload is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            return self._answered(request, upload)
        remarks = [
            (sort, title, upload.remarks.filter(sort=sort)[:SHOWN], self._number(upload, sort)) for sort, title in SORTS.items()
        ]
        return self._page(
            request, "upload", upload.file_name, upload=upload, fates=FATES, totals=self._totals(upload),
            remarks=[each for each in remarks if each[3]], sheets_with_errors=self._sheets_with_errors(upload),
            decided=deciding.decided_of(upload, request.user)[:SHOWN], answers=ANSWERS,
            planned=upload.step == Step.PLANNED, kept=upload.pieces.exists(), whole=upload.counts.get("all", {}),
            run=upload.run and reverse("admin:cases_import_change", args=[upload.run_id]),
            again=reverse("admin:cases_upload_add"), errors=reverse("admin:cases_upload_errors", args=[upload.pk]),
            progress=reverse("admin:cases_upload_progress", args=[upload.pk]),
        )  # fmt: skip

    def _answered(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        """Bring it in, all or the valid rows, or forget it; or decide on possible duplicates, and look at it anew."""
        try:
            if "decide" in request.POST or "ask_again" in request.POST:
                with transaction.atomic():
                    if self._decided(request, upload):
                        tasks.look_at.defer(upload=upload.pk)
                    else:
                        messages.info(request, _("Nothing was chosen."))
                return HttpResponseRedirect(self._address(upload))
            if "discard" in request.POST:
                uploading.discard(upload, by=request.user)
                messages.success(request, _("The file was discarded. Nothing of it is kept."))
                return HttpResponseRedirect(reverse("admin:cases_upload_changelist"))
            with transaction.atomic():
                uploading.order(upload, by=request.user, valid_rows="valid_rows" in request.POST)
                tasks.bring_in.defer(upload=upload.pk)
        except Refused as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(self._address(upload))

    def _decided(self, request: HttpRequest, upload: Upload) -> int:
        """How many possible duplicates were decided on, or are asked about again."""
        if "ask_again" in request.POST:
            keys = [int(key) for key in request.POST.getlist("verdict") if key.isdecimal()]
            return deciding.ask_again(upload, keys, by=request.user)
        answers = {int(name.removeprefix("twin-")): answer for name, answer in request.POST.items()
                   if name.removeprefix("twin-").isdecimal()}  # fmt: skip
        return deciding.decide(upload, answers, by=request.user)

    def errors_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The sheet as it came, with what is wrong beside each row."""
        upload, sheet = self._upload(request, object_id), request.GET.get("sheet", "")
        if upload is None or not upload.pieces.exists() or sheet not in self._sheets_with_errors(upload):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        ending = "xlsx" if error_sheets.is_workbook(upload) else "csv"
        named = f'attachment; filename="{Path(sheet).stem}.{ending}"'
        return StreamingHttpResponse(
            error_sheets.with_errors(upload, sheet),
            content_type="application/octet-stream",
            headers={"Content-Disposition": named, "X-Content-Type-Options": "nosniff"},
        )

    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """How far the work on a file is."""
        upload = self._upload(request, object_id)
        if upload is None:
            return JsonResponse({"under_way": False}, status=404)
        return JsonResponse({"under_way": upload.under_way, "step": _(upload.get_step_display()), "rows": upload.rows_done})

    def _upload(self, request: HttpRequest, object_id: str) -> Upload | None:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def _address(self, upload: Upload) -> str:
        return reverse("admin:cases_upload_change", args=[upload.pk])

    def _sheets_with_errors(self, upload: Upload) -> list[str]:
        return sorted(set(upload.remarks.filter(sort=RemarkSort.ERROR).values_list("sheet", flat=True)))

    def _number(self, upload: Upload, sort: str) -> int:
        plural = sort if sort == RemarkSort.WITHDRAWN else f"{sort}s"
        return upload.remarks.filter(sort=sort).count() + upload.left_out.get(plural, 0)

    def _totals(self, upload: Upload) -> list[tuple[Any, list[int]]]:
        """What the rows come to, sheet by sheet."""
        sheets = upload.counts.get("sheets", {})
        return [(capfirst(_(str(model_of(name)._meta.verbose_name_plural))), [counts[fate] for fate in FATES])
                for name, counts in sheets.items()]  # fmt: skip

    def _page(self, request: HttpRequest, name: str, title: str, **shown: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **shown}
        return TemplateResponse(request, f"cases/admin/{name}.html", context)
