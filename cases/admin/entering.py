"""One screen for a source and everything it says: the source is chosen or written once, its statements one below the
other, and all of it is saved at once or not at all."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.admin.blocks import SHORT, Block
from cases.choices import StatementKind
from cases.models import Statement
from hrdocs import review
from hrdocs.access import is_staff_reader
from hrdocs.admin.desk import address_of
from hrdocs.admin.forms import RecordForm
from hrdocs.admin.once import once
from hrdocs.admin.unsaved import not_saved_yet, offered, restored, saved
from hrdocs.transitions import OPEN
from sources.models import Source, SourcePublisher

MOST = 100  # statements entered at once
FIELDS = ("title", "title_en", "kind", "published", "url", "read_as")
SELECT = {"class": "unfold-admin-autocomplete admin-autocomplete"}


class ChosenSource(forms.Form):
    """A source that is entered already."""

    source = forms.ModelChoiceField(queryset=None, required=False, label=gettext_lazy("A source that is entered already"))

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].widget = AutocompleteSelect(Statement._meta.get_field("source"), admin.site, attrs=SELECT)
        self.fields["source"].queryset = Source.objects.visible_to(user)


class NewSource(RecordForm):
    """A source in short, with who publishes it; the rest is entered on its own page."""

    user: Any = None
    publisher = forms.ModelChoiceField(queryset=None, required=False, label=gettext_lazy("Publisher"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        link = SourcePublisher._meta.get_field("party")
        self.fields["publisher"].widget = AutocompleteSelect(link, admin.site, attrs=SELECT)
        self.fields["publisher"].queryset = link.related_model.objects.visible_to(self.user)

    def _save_m2m(self) -> None:
        super()._save_m2m()
        if party := self.cleaned_data.get("publisher"):
            SourcePublisher.objects.create(source=self.instance, party=party)


class Entry:
    """All that stands on the screen: the source, chosen or new, and the blocks."""

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        self.request, self.admin = request, admin.site.get_model_admin(Source)
        self.chosen = ChosenSource(request.user, data, initial={"source": request.GET.get("source")})
        new = type("NewSource", (NewSource,), {"user": request.user})
        shape = self.admin.get_form(request, None, fields=[*FIELDS, "publisher"], form=new)
        self.new = shape(data, prefix="new", empty_permitted=True, use_required_attribute=False)
        self.blocks = [Block(request, kind, number, data) for number, kind in _blocks(data)]
        self.problems: list[tuple[str, str]] = []

    def alike(self) -> dict[str, Any]:
        """What to ask for sources that look like the one that is written here."""
        asked = self.admin.alike_asked()
        return {key: value.replace("id_", "id_new-") if isinstance(value, str) else value for key, value in asked.items()}

    def new_lines(self) -> list[list[Any]]:
        lines = ("title", "title_en"), ("publisher", "published", "kind", "read_as"), ("url",)
        return [[self.new[name] for name in line] for line in lines]

    @property
    def is_new(self) -> bool:
        """Whether something was written about a new source, besides what its lists begin with."""
        return not {"kind", "read_as"}.issuperset(self.new.changed_data)

    def is_valid(self) -> bool:
        self.chosen.is_valid()
        written, chosen = self.is_new, self.chosen.cleaned_data.get("source")
        if self.chosen.is_valid() and bool(chosen) == written:
            self.chosen.add_error("source", _("Choose a source, or write a new one below; not both.") if written
                                  else _("Choose the source, or write it below."))  # fmt: skip
        valid = all([self.chosen.is_valid(), not written or self.new.is_valid(), *(block.is_valid() for block in self.blocks)])
        if valid and all(block.is_empty for block in self.blocks):
            self.chosen.add_error(None, _("Nothing is entered yet that the source says. Fill in a statement."))
            valid = False
        return valid

    def save(self) -> list[Any]:
        """Source and statements, all or none; what the database refuses is said beside its block."""
        with transaction.atomic():
            saved = [self._source(), *(block.save(self._source_saved) for block in self.blocks if not block.is_empty)]
            if None in saved:
                transaction.set_rollback(True)
                return []
        return saved

    def _source(self) -> Source:
        self._source_saved = self.chosen.cleaned_data["source"]
        if self._source_saved is None:
            self._source_saved = self.new.save(commit=False)
            self.admin.save_model(self.request, self._source_saved, self.new, change=False)
            self.new.save_m2m()
        return self._source_saved

    def all_problems(self) -> list[tuple[str, str, str]]:
        """Each problem with the block in which it is, and the id of its field."""
        found = []
        for form in ([self.chosen, *([self.new] if self.is_new else [])]) if self.chosen.is_bound else ():
            for name, errors in form.errors.items():
                field = form[name] if name in form.fields else None
                label = f"{field.label}: " if field else ""
                found += [(_("Source"), field.id_for_label if field else "source-title", f"{label}{each}") for each in errors]
        return found + [(block.title, *each) for block in self.blocks if block.form.is_bound for each in block.problems()]


def _blocks(data: Any) -> list[tuple[int, str]]:
    """The number and kind of each block that was sent; of an empty screen, one estimate."""
    if data is None:
        return [(1, StatementKind.ESTIMATE)]
    numbers = [int(number) for number in data.getlist("block") if number.isdecimal() and len(number) <= 4]
    return [(number, kind) for number in dict.fromkeys(numbers) if (kind := data.get(f"b{number}-kind")) in SHORT][:MOST]


class Entering:
    """The screen, its summary, and the button that hands all of it to review: addresses of the list of statements."""

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [path("entering/", wrap(self.entering_view), name="cases_statement_entering"),
                path("entered/", wrap(self.entered_view), name="cases_statement_entered"), *super().get_urls()]  # fmt: skip

    def entering_view(self, request: HttpRequest) -> HttpResponse:
        if not is_staff_reader(request.user):
            raise PermissionDenied
        return once(request, partial(self._entering, request))

    def _entering(self, request: HttpRequest) -> HttpResponse:
        waiting, kept = offered(request), restored(request)
        if kept:  # shown as if it had been sent; nothing is written
            request.POST = kept.as_sent()
        entry = Entry(request, request.POST if request.method == "POST" or kept else None)
        if request.method == "POST" and entry.is_valid() and (records := entry.save()):
            saved(request)
            uids = ",".join(record.uid for record in records)
            return redirect(f"{reverse('admin:cases_statement_entered')}?of={uids}")
        kinds = [(kind, Block(request, kind, "__prefix__")) for kind in SHORT]
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Enter what a source says"),
                   "entry": entry, "typed_on": uuid.uuid4().hex,
                   "unsaved": [] if kept else waiting, "restored": kept and not_saved_yet(kept),
                   "patterns": kinds, "kinds": Statement._meta.get_field("kind").choices,
                   "media": self.media + entry.chosen.media + entry.new.media + kinds[0][1].form.media}  # fmt: skip
        return TemplateResponse(request, "cases/admin/entering.html", context)

    def entered_view(self, request: HttpRequest) -> HttpResponse:
        """What was entered just now, with links; sent back, it hands the drafts to review, each by its own rules."""
        records = _named(request)
        if request.method == "POST":
            for record in records:
                if record.state in OPEN:
                    _submit(request, record)
            return redirect(request.get_full_path())
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Entered"),
                   "lines": [(record, address_of(record)) for record in records], "source": records[0] if records else None,
                   "open": any(record.state in OPEN for record in records)}  # fmt: skip
        return TemplateResponse(request, "cases/admin/entered.html", context)


def _named(request: HttpRequest) -> list[Any]:
    """The records that the address names, as far as she may see them: the source first."""
    uids = request.GET.get("of", "").split(",")[: MOST + 1]
    sources = Source.objects.visible_to(request.user).filter(uid__in=uids)
    said = Statement.objects.visible_to(request.user).filter(uid__in=uids).order_by("pk")
    return [*sources, *(statement.detail for statement in said)]


def _submit(request: HttpRequest, record: Any) -> None:
    try:
        review.submit(record, by=request.user)
    except review.Refused as refused:
        messages.error(request, str(refused))
