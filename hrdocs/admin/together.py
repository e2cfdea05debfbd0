"""Pages on which a record and all that hangs on it are submitted, decided on or published, one by one or all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs import review, risks, together
from hrdocs.access import REVIEWERS, Sensitivity
from hrdocs.admin.desk import address_of
from hrdocs.admin.moves import BOX, LEVELS
from hrdocs.models import Record

# What can be done at once, with the verbs that each page offers.
PAGES = {"submit": ("submit",), "decide": ("approve", "return"), "publish": ("publish",)}
TITLES = {
    "submit": gettext_lazy("The whole dossier: hand it in"),
    "decide": gettext_lazy("The whole dossier: decide"),
    "publish": gettext_lazy("The whole dossier: open it to readers"),
}


@dataclass
class Line:
    """One record of the page: its form, what may be done with it, and what was chosen and said."""

    record: Record
    address: str
    verbs: list[str]
    chosen: str
    reason: str
    refused: list[str]
    seen: int | None  # the version that she read

    @property
    def kind(self) -> str:
        return str(self.record._meta.verbose_name)


class LevelForm(forms.Form):
    level = forms.ChoiceField(choices=LEVELS, label=gettext_lazy("Publish for"), initial=Sensitivity.INTERNAL,
                              widget=forms.Select(attrs={"class": BOX}))  # fmt: skip


class WithTogether:
    """One kind of record whose dossier is moved in one step."""

    def get_urls(self) -> list[Any]:
        own = path(
            "<path:object_id>/together/<slug:page>/", self.admin_site.admin_view(self.together_view), name=self._url("together")
        )
        return [own, *super().get_urls()]

    def together_pages(self, request: HttpRequest, record: Record) -> list[tuple[str, str]]:
        """The pages that have something to do for this person: what is at hand is asked only when she opens one."""
        reviewing = request.user.role in REVIEWERS
        pages = [page for page in PAGES if page == "submit" or reviewing]
        return [(TITLES[page], reverse(f"admin:{self._url('together')}", args=[record.pk, page])) for page in pages]

    def together_view(self, request: HttpRequest, object_id: str, page: str) -> HttpResponse:
        """List what could be moved, take what is to be done with each, and do all of it or nothing."""
        record = self.get_object(request, unquote(object_id))
        if record is None or page not in PAGES:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        back = reverse(f"admin:{self._url('change')}", args=[record.pk])
        lines, level = self._lines(request, record, page), LevelForm(request.POST or None)
        if request.method == "POST":
            chosen = [(line.record, line.chosen, line.reason) for line in lines if line.chosen]
            seen = {line.record.uid: line.seen for line in lines if line.seen is not None}
            wanted = Sensitivity(level.cleaned_data["level"]) if page == "publish" and level.is_valid() else None
            refused = together.move(chosen, by=request.user, level=wanted, seen=seen) if chosen else {}
            for line in lines:
                line.refused = refused.get(line.record.uid, line.refused)
            if not chosen:
                messages.warning(request, _("Nothing was chosen."))
            elif refused:
                messages.error(request, _("Nothing was moved: see what stands in the way below, or leave those out."))
            else:
                messages.success(request, _("%d records were moved.") % len(chosen))
                return HttpResponseRedirect(back)
        labels = {verb: review.TRANSITIONS[verb].label for verb in PAGES[page]}
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": TITLES[page], "record": record,
                   "lines": lines, "back": back, "labels": labels, "level": level if page == "publish" else None,
                   "one": next(iter(labels)) if len(labels) == 1 else ""}  # fmt: skip
        return TemplateResponse(request, "hrdocs/admin/together.html", context)

    def _lines(self, request: HttpRequest, record: Record, page: str) -> list[Line]:
        rest, for_all = request.POST.get("rest", ""), request.POST.get("reason", "")
        found, dossier = [], together.what_hangs_on(record, request.user)
        held = risks.holding(dossier) if page == "publish" else {}
        for each in dossier:
            verbs = review.possible(each, request.user, PAGES[page])
            if verbs:
                default = verbs[0] if each.uid not in held and page != "decide" and request.method == "GET" else ""
                chosen = request.POST.get(f"move-{each.uid}", default) or rest
                reason = request.POST.get(f"reason-{each.uid}", "") or for_all
                said = request.POST.get(f"seen-{each.uid}", "")
                seen = each.version if request.method == "GET" else int(said) if said.isdecimal() and len(said) < 10 else None
                chosen = chosen if chosen in verbs else ""
                found.append(Line(each, address_of(each), verbs, chosen, reason, held.get(each.uid, []), seen))
        return found
