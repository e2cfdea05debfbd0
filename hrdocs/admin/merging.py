"""Two records side by side on the desk: judged, merged, and made two again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs import duplicates, matching, merging, relinking
from hrdocs.access import Role
from hrdocs.admin.beside import compared, hanging, told
from hrdocs.admin.desk import address_of
from hrdocs.admin.moves import BOX
from hrdocs.models import MatchVerdict, Merge, Record, on
from hrdocs.redirects import now_called
from hrdocs.review import Refused

FOUND = 10  # records that a search shows


class ReasonForm(forms.Form):
    """Why two records are one, or are not."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000,
                             widget=forms.Textarea(attrs={"rows": 3, "class": BOX}))  # fmt: skip


class WithMerging:
    """The pages on which two records of one kind are compared, judged and merged."""

    def get_urls(self) -> list[Any]:
        view, name = self.admin_site.admin_view, self._url
        return [
            path("<int:pk>/merge/", view(self.twin_view), name=name("twin")),
            path("<int:pk>/merge/<int:other>/", view(self.merge_view), name=name("merge")),
            path("<int:pk>/merged/<int:number>/", view(self.merged_view), name=name("merged")),
            *super().get_urls(),
        ]

    def merging_pages(self, request: HttpRequest, record: Record) -> list[tuple[str, str]]:
        """Where a record is compared with another, and what was merged into it."""
        if not record.mergeable:
            return []
        done = Merge.objects.filter(**on(record), undone_at=None)
        pages = [(_("Entered twice? Compare with another"), reverse(f"admin:{self._url('twin')}", args=[record.pk]))]
        return pages + [(_("Merged into it: %s") % each.gone_uid, self._merged_address(each)) for each in done]

    def get_actions(self, request: HttpRequest) -> Any:
        return {
            **super().get_actions(request),
            **({"compare_two": self.get_action("compare_two")} if self.model.mergeable else {}),
        }

    def compare_two(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Show the two ticked records side by side."""
        chosen = list(queryset.order_by("pk")[:3])
        if len(chosen) != 2:
            messages.warning(request, _("Tick two records to compare them."))
            return None
        return HttpResponseRedirect(reverse(f"admin:{self._url('merge')}", args=[chosen[0].pk, chosen[1].pk]))

    compare_two.short_description = gettext_lazy("Compare two that may be one")

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """The form of a record that was merged leads to the one that it was merged into."""
        key = int(object_id) if str(object_id).isdecimal() else 0
        done = Merge.objects.filter(gone_id=key, undone_at=None, content_type=on(self.model(pk=0))["content_type"]).first()
        now = now_called(done and done.gone_uid, self.get_queryset(request), request.user)
        if now is None:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        messages.info(request, _("%(old)s was merged into this record.") % {"old": done.gone_uid})
        return HttpResponseRedirect(address_of(now))

    # ── choosing ──

    def twin_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The records that look like this one, and a search among all others."""
        record = self.get_object(request, str(pk))
        if record is None or not record.mergeable:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        typed = request.GET.get("q", "").strip()
        searched = (
            self.get_search_results(request, self.get_queryset(request), typed)[0] if typed else self._likest(request, record)
        )
        found = searched.exclude(pk=record.pk)[:FOUND]
        rows = [(each, reverse(f"admin:{self._url('merge')}", args=[record.pk, each.pk])) for each in found]
        return self._merging(request, "twin", _("Entered twice?"), record=record, rows=rows, typed=typed)

    def near(self) -> duplicates.Near:
        """By what records of this kind stand near one another, said once for the hint beside the form."""
        return duplicates.Near(self.alike_place, self.alike_date, self.alike_same)

    def _likest(self, request: HttpRequest, record: Record) -> QuerySet:
        names = " ".join(getattr(record, name) for name in self.alike_names)
        alike = [each.pk for each in self.alike(request.user, name=names)[: FOUND + 1]] if names else []
        found = duplicates.pairs(self.model, request.user, self.near(), of=record)
        keys = [each.pk for pair in found for each in (pair.one, pair.other)]
        return self.get_queryset(request).filter(pk__in=[*keys, *alike])

    # ── side by side ──

    def merge_view(self, request: HttpRequest, pk: int, other: int) -> HttpResponse:
        """Both columns, what would move, and the three answers: the same, different, merge."""
        kept, gone = self.get_object(request, str(pk)), self.get_object(request, str(other))
        if kept is None or gone is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk if kept is None else other))
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                return self._answered(request, kept, gone, form.cleaned_data["reason"])
            except Refused as refused:
                for blocker in refused.blockers:
                    form.add_error(None, blocker)
        chosen = {name.removeprefix("take-"): value for name, value in request.POST.items() if name.startswith("take-")}
        against = matching.against(kept, gone, request.user)
        fields = compared(kept, gone, chosen, request.user)
        return self._merging(
            request, "merge", _("One and the same?"), kept=kept, gone=gone, form=form, against=against,
            differ=[each for each in fields if each.choices], same=[each for each in fields if not each.choices],
            hanging=hanging(kept, gone, request.user), match=matching.judged(kept, gone),
            plan=[] if against else self._plan(kept, gone, chosen, form, request.user),
            level=_(merging.level_after(kept, gone).label), sides=((kept, address_of(kept)), (gone, address_of(gone))),
            turned=reverse(f"admin:{self._url('merge')}", args=[gone.pk, kept.pk]))  # fmt: skip

    def _answered(self, request: HttpRequest, kept: Record, gone: Record, reason: str) -> HttpResponse:
        if "merge" in request.POST:
            chosen = {name.removeprefix("take-"): value for name, value in request.POST.items() if name.startswith("take-")}
            done = merging.merge(kept, gone, chosen, by=request.user, reason=reason)
            messages.success(request, _("%(gone)s was merged into %(kept)s.") % {"gone": gone.uid, "kept": kept.uid})
            return HttpResponseRedirect(self._merged_address(done))
        verdict = next((each for each in MatchVerdict if each in request.POST), MatchVerdict.UNDECIDED)
        matching.judge(kept, gone, verdict, by=request.user, reason=reason)
        messages.success(request, _("Kept, with your reason."))
        return HttpResponseRedirect(reverse("admin:hrdocs_match_changelist"))

    def _plan(self, kept: Record, gone: Record, chosen: dict[str, str], form: ReasonForm, user: Any) -> list[str]:
        """What a merge would do, in words; what stands in its way stands beside the reason."""
        try:
            lines = told(merging.tried(kept, gone, chosen, by=user)["log"])
            opened = relinking.restricted_parts(type(gone), gone.pk)
            words = _("Restricted parts of the other one are then open to whoever may open the one that stays: %d")
            return [*lines, words % opened] if opened else lines
        except Refused as refused:
            form.is_valid()
            return [_("It can't be merged yet: %s") % " ".join(refused.blockers)]

    # ── afterwards ──

    def merged_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """What was done, and the button that undoes it."""
        kept = self.get_object(request, str(pk))
        done = kept and Merge.objects.filter(**on(kept), pk=number).select_related("by", "asked_by", "undone_by").first()
        if not done:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                stayed = merging.undo(done, by=request.user, reason=form.cleaned_data["reason"])
            except Refused as refused:
                for blocker in refused.blockers:
                    form.add_error(None, blocker)
            else:
                messages.success(request, _("They are two again."))
                if stayed:
                    messages.warning(request, _("Changed since, and left as it is: %s") % "; ".join(stayed))
                return HttpResponseRedirect(reverse(f"admin:{self._url('change')}", args=[done.gone_id]))
        may = request.user.role == Role.MANAGER and not done.undone_at and done.before
        return self._merging(request, "merged", _("Two records were merged"), record=kept, done=done, form=form if may else None,
                          plan=told(done.before["log"]) if done.before else [], back=address_of(kept))  # fmt: skip

    def _merged_address(self, done: Merge) -> str:
        return reverse(f"admin:{self._url('merged')}", args=[done.object_id, done.pk])

    def _merging(self, request: HttpRequest, name: str, title: str, **shown: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **shown}
        return TemplateResponse(request, f"hrdocs/admin/{name}.html", context)
