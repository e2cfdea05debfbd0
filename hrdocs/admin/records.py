"""What the form and the list of any record do: show only what the person may see, save with her name and her
reason, refuse to overwrite a colleague, and offer the moves of review."""

from __future__ import annotations

import re
from functools import reduce
from operator import and_
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from hrdocs import review
from hrdocs.access import State, is_staff_reader
from hrdocs.admin.alike import Alike
from hrdocs.admin.asked import AskedByItsFilters, OrderedByWhatIsShown
from hrdocs.admin.asking import AskedInShort, AsksLikeTheApi
from hrdocs.admin.comments import WithComments
from hrdocs.admin.conflicts import WithConflicts
from hrdocs.admin.erasing import WithErasing
from hrdocs.admin.first_of_many import FirstOfMany
from hrdocs.admin.forms import RecordForm
from hrdocs.admin.history import WithHistory, since_approval
from hrdocs.admin.merging import WithMerging
from hrdocs.admin.moves import MoveForm, in_words
from hrdocs.admin.proposals import WithProposals, is_open
from hrdocs.admin.queues import QueueFilter
from hrdocs.admin.risks import WithRisks
from hrdocs.admin.teams import TeamFilter
from hrdocs.admin.together import WithTogether
from hrdocs.admin.unsaved import KeepsUnsaved
from hrdocs.audit import acting_as
from hrdocs.models import Part, Record
from hrdocs.pages import withdrawn
from hrdocs.searching import bears, with_names
from hrdocs.ties import tied
from hrdocs.transitions import OPEN, TRANSITIONS
from hrdocs.uids import understood

COLOURS = {
    State.DRAFT: "info", State.IN_REVIEW: "warning", State.RETURNED: "danger",
    State.APPROVED: "success", State.PUBLISHED: "success", State.RETRACTED: "danger",
}  # fmt: skip
UID = re.compile("[A-Z]{3}-")  # how every uid begins
KEPT = ("uid", "state_shown", "version", "created_by", "created_at", "edited_by", "edited_at")


class _Chosen:
    """Where nothing is chosen, nothing is looked up: Django makes up a query for that too, once for each link of a form."""

    def optgroups(self, name: str, value: list[Any], attr: Any = None) -> list[Any]:
        if any(str(each) not in self.choices.field.empty_values for each in value):
            return super().optgroups(name, value, attr)
        may_be_none = not self.is_required and not self.allow_multiple_selected
        return [(None, [self.create_option(name, "", "", False, 0)] if may_be_none else [], 0)]


class ChosenOne(_Chosen, AutocompleteSelect):
    """One record, found by typing."""


class ChosenSeveral(_Chosen, AutocompleteSelectMultiple):
    """Some records, found by typing."""


class Gated:
    """Every list, link and choice starts from what the person may see; nothing is deleted.

    The desk shows every column, so that whoever does not work on records finds none here, not even what is public.
    """

    conditional_fields: ClassVar[dict[str, str]] = {}  # each field of a form asks for it; without one it is searched for

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        queryset = super().get_queryset(request)
        if not hasattr(queryset, "visible_to"):
            return queryset
        if not is_staff_reader(request.user):
            return queryset.none()
        return queryset.visible_to(request.user).prefetch_related(*_shown_links(queryset.model, request.user))

    def formfield_for_foreignkey(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        given = {**self._choices(db_field, request, ChosenOne), **kwargs}
        return super().formfield_for_foreignkey(db_field, request, **given)

    def formfield_for_manytomany(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        given = {**self._choices(db_field, request, ChosenSeveral), **kwargs}
        return super().formfield_for_manytomany(db_field, request, **given)

    def _choices(self, db_field: models.Field, request: HttpRequest, widget: type[_Chosen]) -> dict[str, Any]:
        manager, given = db_field.related_model._default_manager, {}
        if db_field.name in self.get_autocomplete_fields(request):
            given["widget"] = widget(db_field, self.admin_site)
        return {**given, "queryset": manager.visible_to(request.user)} if hasattr(manager, "visible_to") else given

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Every link is found by typing: no select box over a table that grows. Her teams are few."""
        fields = [*self.model._meta.fields, *self.model._meta.many_to_many]
        found = {f.name for f in fields if f.related_model in self.admin_site._registry and not _is_parent(f)}
        return sorted(found - {"team"})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _shown_links(model: type[models.Model], user: Any) -> list[models.Prefetch]:
    """The links that may lead to something hidden, read so that lists and closed forms show nothing of it.

    A link that is select_related is not read again, and would be shown: select only what the record hangs on.
    """
    links = [field for field in [*model._meta.fields, *model._meta.many_to_many] if field.name not in model.hangs_on]
    return [
        models.Prefetch(field.name, field.related_model._default_manager.visible_to(user))
        for field in links
        if field.related_model and not _is_parent(field) and hasattr(field.related_model._default_manager, "visible_to")
    ]


class RecordList(AsksLikeTheApi, OrderedByWhatIsShown):
    """The list of one kind of record."""


class RecordAdmin(
    WithConflicts, WithProposals, WithComments, WithRisks, WithTogether, WithMerging, WithHistory, WithErasing, KeepsUnsaved,
    Alike, AskedByItsFilters, AskedInShort, Gated, ModelAdmin,
):  # fmt: skip
    """List and form of one kind of record. Subclasses say which fields lead and which rows hang below."""

    form = RecordForm
    search_names: tuple[str, ...] = ()
    search_parts: tuple[type[Part], ...] = ()
    search_fields = ("uid",)
    title_field = "uid"
    lead_fieldsets: tuple[Any, ...] = ()
    list_before_state: tuple[str, ...] = ()
    list_filter = ("state", "sensitivity")
    list_per_page = 50
    paginator = FirstOfMany
    show_full_result_count = False
    save_on_top = False
    warn_unsaved_form = True
    compressed_fields = True
    change_form_before_template = "hrdocs/admin/review_panel.html"
    change_form_outer_after_template = "hrdocs/admin/talk.html"  # outside: it has forms of its own
    list_fullwidth = True
    empty_value_display = mark_safe('<span class="hrdocs-none">-</span>')  # left out of the short lists of a telephone
    list_before_template = "hrdocs/admin/asking.html"
    ordering = ("-edited_at", "-pk")

    # ── the list ──

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        return RecordList

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return (self.title_field, *self.list_before_state, "state_shown", "sensitivity", "edited")

    @display(description=gettext_lazy("edited (UTC)"), ordering="edited_at")
    def edited(self, record: Record) -> str:
        return f"{record.edited_at:%Y-%m-%d %H:%M}"

    @display(description=gettext_lazy("state"), ordering="state", label=COLOURS)
    def state_shown(self, record: Record) -> tuple[str, str]:
        return record.state, record.get_state_display()

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [QueueFilter, *super().get_list_filter(request), TeamFilter]

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet, term: str) -> tuple[models.QuerySet, bool]:
        if not term.strip():
            return queryset, False
        begins = term.strip().upper()
        of_uid = models.Q(uid__startswith=begins) if UID.match(begins) else models.Q(uid=understood(term) or "")
        return queryset.filter(of_uid | self.named(request.user, term)), False

    def named(self, user: Any, *terms: str) -> models.Q:
        """The records of which one name is like all of these, as far as the person may see that name."""
        clause = models.Q()
        for name in self.search_names:
            clause |= reduce(and_, (bears(self.model, name, term, user) for term in terms))
        for part in self.search_parts:  # names have a level of their own
            clause |= tied(with_names(part, "search", user, *terms), part.hangs_on[0], anywhere=True)
        return clause

    # ── the form ──

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        why = ("reason", "seen_version") if obj and is_open(request, obj) else ("seen_version",)
        who = [("sensitivity", "team"), *why]
        lead = [(heading and _(heading), options) for heading, options in self.lead_fieldsets]
        return (*lead, (_("Who may see it, and why it changes"), {"fields": who}),
                (_("The record itself"), {"fields": KEPT if obj else (), "classes": ["collapse"]}))  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if getattr(request, "proposing", False):
            return [*KEPT, "sensitivity"]  # review alone opens a record, and retracting closes it
        if is_open(request, obj):
            return list(KEPT)
        return [
            *KEPT,
            *(
                name
                for fieldset in self.get_fieldsets(request, obj)
                for name in _names(fieldset)
                if name not in ("reason", "seen_version")
            ),
        ]

    def get_formset_kwargs(self, request: HttpRequest, *args: Any) -> dict[str, Any]:
        return {**super().get_formset_kwargs(request, *args), "asked": request.GET}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:  # a change is saved in save_related, once it is known whether anything changed
            with acting_as(request.user, form.cleaned_data.get("reason", "")):
                obj.save_by(request.user)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Django's own log would keep names of victims in its messages; the database's history says it all."""

    log_change = log_addition

    def save_related(self, request: HttpRequest, form: Any, formsets: list[Any], change: bool) -> None:
        record, reason = form.instance, form.cleaned_data.get("reason", "")
        with acting_as(request.user, reason):
            parts_changed = any(formset.has_changed() for formset in formsets if issubclass(formset.model, Part))
            touched = set(form.changed_data) - {"reason", "seen_version"}
            if change and is_open(request, record) and (touched or parts_changed):
                record.save_by(request.user)
            super().save_related(request, form, formsets, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for instance in formset.save(commit=False):
            if isinstance(instance, Record):
                instance.save_by(request.user)
            else:
                instance.save()
        for gone in formset.deleted_objects:
            gone.delete()
        formset.save_m2m()

    # ── review ──

    def get_urls(self) -> list[Any]:
        own = path("<path:object_id>/move/<slug:verb>/", self.admin_site.admin_view(self.move_view), name=self._url("move"))
        return [own, *super().get_urls()]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:  # what only a trigger sees, of other rows; nothing was saved
            request.refused = in_words(error)
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **kwargs: Any) -> HttpResponse:
        if obj is not None:
            stored = self.get_object(request, str(obj.pk))  # `obj` holds what was just typed
            context |= self.panels(request, stored)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def panels(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        """What stands around the form of a record that is there: here its review. Asked only when the form is shown."""
        move = f"admin:{self._url('move')}"
        return {
            "record": record,
            "doors": self.doors(request, record),
            "moves": [
                (verb, TRANSITIONS[verb].label, f"{reverse(move, args=[record.pk, verb])}?seen={record.version}")
                for verb in review.possible(record, request.user)
            ],
            "decisions": review.decisions_on(record)[:5],
            "closed": record.state not in OPEN,
            "state_colour": COLOURS[State(record.state)],
            "together": [*self.together_pages(request, record), *self.merging_pages(request, record)],
            "since": since_approval(record, request.user),
            "withdrawn": withdrawn(record, request.user),
            **self.proposals(request, record),
            **self.talk(request, record),
            **self.risks(record),
        }

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", "")
        form.needs_reason = getattr(request, "proposing", False)
        form.editor = request.user
        return form

    def move_view(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """One move of review: a page that asks for what the move needs, and makes it."""
        record = self.get_object(request, unquote(object_id))
        if record is None or verb not in TRANSITIONS:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        back = reverse(f"admin:{self._url('change')}", args=[record.pk])
        form = MoveForm(verb, request.POST or None, initial={"seen_version": request.GET.get("seen", record.version)})
        if request.method == "POST" and form.is_valid():
            try:
                review.VERBS[verb](record, by=request.user, **form.given())
            except review.Refused as refused:
                for blocker in refused.blockers:
                    form.add_error(None, blocker)
            else:
                messages.success(request, f"{record.uid}: {record.get_state_display().lower()}.")
                return HttpResponseRedirect(back)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _(TRANSITIONS[verb].label),
                   "record": record, "form": form, "back": back, "verb": verb,
                   **(self.risks(record) if verb == "publish" else {})}  # fmt: skip
        return TemplateResponse(request, "hrdocs/admin/move.html", context)

    def _url(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"


def _names(fieldset: Any) -> list[str]:
    found = []
    for name in fieldset[1]["fields"]:
        found += name if isinstance(name, tuple | list) else [name]
    return found


def _is_parent(field: models.Field) -> bool:
    return bool(getattr(field.remote_field, "parent_link", False))
