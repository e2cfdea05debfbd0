"""Statements entered where they belong: under the incident, facility, place or victim that they are about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminTextInputWidget

from cases.choices import Mode
from cases.models import Accused, Allegation, Characterisation, Citation, Estimate, HandOn, QuotedIn, Response
from hrdocs.admin.forms import RecordForm, WholeForm
from hrdocs.admin.inlines import StatementInline, parts
from hrdocs.wording import translated

WHERE = ("source", ("text_part", "read_as"), ("locator_kind", "locator"), "quotation")
FIGURE = (
    "value_text", ("lower_wording", "lower", "best_wording", "best", "upper_wording", "upper"),
    ("counted", "measure", "per_time"), ("categories", "who_wording"), ("period", "period_wording"),
)  # fmt: skip


def _about(
    model: type[models.Model],
    about: str,
    title: Any,
    *fields: Any,
    form: type[forms.ModelForm] = RecordForm,
    base: type[StatementInline] = StatementInline,
) -> type[StatementInline]:
    fieldsets = ((None, {"fields": (*WHERE, *fields, "seen_version")}),)
    options = {"model": model, "fk_name": about, "verbose_name_plural": title, "fieldsets": fieldsets, "form": form}
    return type(f"{model.__name__}Inline", (base,), options)


class HandOnForm(WholeForm):
    """The ends of a hand-on stay as they were entered; another one is another row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["earlier"].disabled = bool(self.instance.pk)


class AllegationForm(RecordForm):
    """An allegation with its one accused; further ones are added on the allegation's own page."""

    user: Any = None  # set by the inline: who chooses the accused

    accused_party = forms.ModelChoiceField(queryset=None, required=False, label=_("Who is accused"),
                                           help_text=_("The party, where the source names one."))  # fmt: skip
    accused_wording = forms.CharField(required=False, max_length=500, label=_("In the words of the source"),
                                      widget=UnfoldAdminTextInputWidget)  # fmt: skip
    modes = forms.MultipleChoiceField(choices=translated(Mode), required=False, label=_("Of which part in it"),
                                      widget=UnfoldAdminSelectMultipleWidget)  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        link = Accused._meta.get_field("party")
        attrs = {"class": "unfold-admin-autocomplete admin-autocomplete"}
        self.fields["accused_party"].widget = AutocompleteSelect(link, admin.site, attrs=attrs)
        self.fields["accused_party"].queryset = link.related_model.objects.visible_to(self.user)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.has_changed() and not self.instance.pk and not (cleaned.get("accused_party") or cleaned.get("accused_wording")):
            self.add_error("accused_party", "Name the accused, or quote how the source describes them.")
        return cleaned

    def _save_m2m(self) -> None:
        super()._save_m2m()
        given = self.cleaned_data
        if given.get("accused_party") or given.get("accused_wording"):
            Accused.objects.create(allegation=self.instance, party=given["accused_party"],
                                   wording=given["accused_wording"], modes=given["modes"])  # fmt: skip


class AllegationInline(StatementInline):
    """Allegations already entered show whom they accuse, in the places where a new one asks for it."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.form = type(formset.form.__name__, (formset.form,), {"user": request.user})
        return formset

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        accused = Accused.objects.visible_to(request.user).select_related("party")
        return super().get_queryset(request).prefetch_related(models.Prefetch("accused", accused))

    def accused_party(self, allegation: Allegation) -> str:
        return ", ".join(str(accused.party) for accused in allegation.accused.all() if accused.party)

    def accused_wording(self, allegation: Allegation) -> str:
        return ", ".join(accused.wording for accused in allegation.accused.all())

    def modes(self, allegation: Allegation) -> str:
        said = dict(Mode.choices)
        return ", ".join(str(said[mode]) for accused in allegation.accused.all() for mode in accused.modes)


def estimates(about: str) -> type[StatementInline]:
    """How many: figures about the record of the form."""
    return _about(Estimate, about, _("Who says how many"), *FIGURE)


def allegations(about: str) -> type[StatementInline]:
    """Who is accused of having had a part in it."""
    accused = (("accused_party", "accused_wording"), "modes", "acts")
    return _about(Allegation, about, _("Who is accused"), *accused, form=AllegationForm, base=AllegationInline)


def responses(about: str) -> type[StatementInline]:
    """What they answered."""
    return _about(Response, about, _("What they answered"), ("answer", "wording"), ("spoken_for", "speaker"), "date")


def characterisations(about: str) -> type[StatementInline]:
    """What it is called by law or standard."""
    return _about(Characterisation, about, _("What it is called by law"), ("norm", "polarity"), "wording")


def citations(about: str) -> type[StatementInline]:
    """What else supports or contradicts the record."""
    return _about(Citation, about, _("What else supports or contradicts it"), ("stance", "field"), ("value", "parsed_value"))


PASSES_ON = parts(HandOn, "earlier", "how", "stated", "note", title=_("What it hands on"), fk_name="later", form=HandOnForm)
QUOTED = parts(QuotedIn, "source", "locator_kind", "locator", "quotation", title=_("Where we read it"), fk_name="statement")
