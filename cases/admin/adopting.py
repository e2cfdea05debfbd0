"""Adopting a figure in the admin: one page per comparable group, each figure decided on, the rationale given."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.admin.findings import WithFindings
from cases.adopting import Choice, NotAdopted, adopt, propose, span_of
from cases.choices import GroundRole, Proof
from cases.dossier import Dossier
from cases.figures import matter_of
from cases.reconciliation import Group, Matter, comparable_groups
from hrdocs.admin.moves import BOX
from hrdocs.wording import translated


class AdoptForm(forms.Form):
    """The figure and why; and of each figure of the group, whether it rests on it or sets it aside."""

    lower = forms.DecimalField(required=False, label=gettext_lazy("Lower bound"), widget=forms.TextInput(attrs={"class": BOX}))
    best = forms.DecimalField(required=False, label=gettext_lazy("Best value"), widget=forms.TextInput(attrs={"class": BOX}))
    upper = forms.DecimalField(required=False, label=gettext_lazy("Upper bound"), widget=forms.TextInput(attrs={"class": BOX}))
    standard_of_proof = forms.ChoiceField(
        choices=[("", "–"), *Proof.choices], required=False, label=gettext_lazy("Standard of proof"),
        widget=forms.Select(attrs={"class": BOX}))  # fmt: skip
    rationale = forms.CharField(label=gettext_lazy("Rationale"), widget=forms.Textarea(attrs={"rows": 4, "class": BOX}))

    def __init__(self, group: Group, matter: Matter, data: Any = None) -> None:
        offered = propose(group, matter)
        lower, best, upper = offered.bounds
        super().__init__(data, initial={"lower": lower, "best": best, "upper": upper})
        self.group, self.words = group, offered.words
        for figure in group.figures:
            rests = GroundRole.RESTS_ON if figure.uid in offered.rests_on else GroundRole.SET_ASIDE
            self.fields[f"role_{figure.uid}"] = forms.ChoiceField(
                choices=translated(GroundRole), initial=rests, label=matter.told(figure), widget=forms.RadioSelect)  # fmt: skip
            self.fields[f"reason_{figure.uid}"] = forms.CharField(
                required=False, max_length=500, label=_("Why"), widget=forms.TextInput(attrs={"class": BOX}))  # fmt: skip

    @property
    def conclusion(self) -> list[Any]:
        return [self[name] for name in ("lower", "best", "upper", "standard_of_proof", "rationale")]

    @property
    def figures(self) -> list[tuple[Any, Any]]:
        return [(self[f"role_{figure.uid}"], self[f"reason_{figure.uid}"]) for figure in self.group.figures]

    def choices(self) -> list[Choice]:
        given = self.cleaned_data
        return [Choice(figure.uid, given[f"role_{figure.uid}"] == GroundRole.RESTS_ON, given[f"reason_{figure.uid}"])
                for figure in self.group.figures]  # fmt: skip


class Adoptable(WithFindings):
    """A kind of record for which a figure can be adopted."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.adopt_view)
        return [path("<path:object_id>/adopt/<slug:first>/", view, name=self._url("adopt")), *super().get_urls()]

    def listed(self, request: HttpRequest, dossier: Dossier) -> dict[str, Any]:
        view, record = f"admin:{self._url('adopt')}", dossier.subject.pk
        offered = [(span_of(group.figures), reverse(view, args=[record, group.figures[0].uid]))
                   for group in comparable_groups(dossier.matter)]  # fmt: skip
        return {**super().listed(request, dossier), "adoptable": offered}

    def adopt_view(self, request: HttpRequest, object_id: str, first: str) -> HttpResponse:
        """The page of one group, named by a figure in it."""
        record = self.get_object(request, unquote(object_id))
        if record is None or not self.has_change_permission(request):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        matter = matter_of(record, request.user)
        groups = comparable_groups(matter)
        group = next((each for each in groups if any(figure.uid == first for figure in each.figures)), None)
        if group is None:
            raise Http404
        form = AdoptForm(group, matter, request.POST or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            try:
                conclusion = adopt(
                    record, form.choices(), (given["lower"], given["best"], given["upper"]), rationale=given["rationale"],
                    standard_of_proof=given["standard_of_proof"], by=request.user)  # fmt: skip
            except (NotAdopted, ValidationError) as refused:
                for problem in getattr(refused, "problems", None) or refused.messages:
                    form.add_error(None, problem)
            else:
                messages.success(request, _("Entered as a draft. Somebody else reviews it."))
                return redirect("admin:cases_conclusion_change", conclusion.pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Adopt a figure"), "record": record,
                   "form": form, "back": reverse(f"admin:{self._url('change')}", args=[record.pk])}  # fmt: skip
        return TemplateResponse(request, "cases/admin/adopt.html", context)
