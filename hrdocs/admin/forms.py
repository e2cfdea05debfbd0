"""The forms of records and of the rows below them: what the database would refuse is said beside the field."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.models import InlineForeignKeyField
from django.utils.translation import gettext_lazy

from hrdocs import teams
from hrdocs.access import Sensitivity
from hrdocs.admin.moves import BOX


class WholeForm(forms.ModelForm):
    """Asks every constraint that the database will ask; Django's own form leaves out those on fields it does not show."""

    def _post_clean(self) -> None:
        super()._post_clean()
        if self._errors:
            return
        links = [name for name, field in self.fields.items() if isinstance(field, InlineForeignKeyField)]
        unsaved = [name for name in links if getattr(self.instance, name).pk is None]
        try:
            self.instance.validate_constraints(exclude=unsaved)
        except ValidationError as error:
            self._update_errors(error)


class RecordForm(WholeForm):
    """The form of a record: refuses to overwrite what somebody else saved in between, and asks why."""

    refused: ClassVar[str] = ""  # what the database said against these entries a moment ago
    needs_reason: ClassVar[bool] = False  # a change that a colleague decides on
    editor: ClassVar[Any] = None  # who has it open
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        required=False, max_length=500, label=gettext_lazy("Why this change"),
        help_text=gettext_lazy("Kept in the history beside your name. Optional for drafts."),
        widget=forms.TextInput(attrs={"class": BOX}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hidden: dict[str, models.Model] = {}
        if self.instance.pk:
            self.initial["seen_version"] = self.instance.version
            self.fields["reason"].required = self.needs_reason
            self._leave_out_what_is_hidden()
        if team := self.fields.get("team"):
            team.queryset = teams.offered(self.editor, self.instance)
            team.disabled = not teams.may_choose(self.editor, self.instance)
        if level := self.fields.get("sensitivity"):  # nobody could open a sealed record yet, not even its author
            level.choices = [choice for choice in level.choices if choice[0] != Sensitivity.SEALED]

    def _leave_out_what_is_hidden(self) -> None:
        """A link to what the editor may not see looks like none. Left empty it stays; another that she chooses takes its place,
        and history keeps the one that was there (decision 0018)."""
        known = {field.name: field for field in self.instance._meta.concrete_fields}  # a form may ask for more than fields
        for name, field in self.fields.items():
            linked = known.get(name)
            held = getattr(self.instance, linked.attname) if isinstance(linked, models.ForeignKey) else None
            if held and not field.queryset.filter(pk=held).exists():
                self.initial[name], self._hidden[name] = None, linked.related_model._base_manager.get(pk=held)

    def _with_what_is_hidden(self, name: str, chosen: Any) -> list[models.Model]:
        """What the editor chose, and the links that she may not see, which stay."""
        linked = self.instance._meta.get_field(name)
        shown = self.fields[name].queryset.values("pk")
        through = linked.remote_field.through._base_manager.filter(**{linked.m2m_field_name(): self.instance.pk})
        keys = through.values(linked.m2m_reverse_field_name())
        return [*chosen, *linked.related_model._base_manager.filter(pk__in=keys).exclude(pk__in=shown)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.refused:
            raise ValidationError(self.refused)
        cleaned |= {name: row for name, row in self._hidden.items() if name in cleaned and cleaned[name] is None}
        if self.instance.pk:
            for link in self.instance._meta.many_to_many:
                if link.name in cleaned and hasattr(link.related_model._default_manager, "visible_to"):
                    cleaned[link.name] = self._with_what_is_hidden(link.name, cleaned[link.name])
        table = self.instance._meta.get_field("version").model
        if self.instance.pk:
            stored = table._base_manager.select_for_update().select_related("edited_by").get(pk=self.instance.pk)
            if cleaned.get("seen_version") != stored.version:
                raise ValidationError(
                    f"{stored.edited_by} changed this record at {stored.edited_at:%H:%M} UTC, after you opened it. "
                    "Nothing was saved. Your entries are still below: open the record in a second window, compare, "
                    "and enter there what is missing."
                )
            wanted = cleaned.get("sensitivity") or stored.sensitivity
            if Sensitivity(wanted).rank < Sensitivity(stored.sensitivity).rank:
                self.add_error("sensitivity", "A form makes a level only stricter; publishing widens it, after review.")
        elif cleaned.get("sensitivity") in (Sensitivity.PUBLIC, Sensitivity.REGISTERED):
            self.add_error("sensitivity", "A new record begins at internal or stricter; publishing opens it.")
        return cleaned
