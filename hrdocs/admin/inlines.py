"""Rows below the form of a record: its parts, and the statements about it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.admin import StackedInline, TabularInline

from hrdocs.admin.forms import RecordForm, WholeForm
from hrdocs.admin.formsets import RowsBelow, StatementsBelow
from hrdocs.admin.proposals import is_open
from hrdocs.admin.records import Gated

OTHER_ROWS = "hrdocs/admin/other_rows.html"


class PartInline(Gated, TabularInline):
    """Rows that belong to the record of the form: names, links, identifiers."""

    formset = RowsBelow
    template_before = OTHER_ROWS
    extra = 0
    show_change_link = False
    tab = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(request, obj) and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_open(request, obj) and request.user.has_perm("hrdocs.change_part")


class StatementInline(Gated, StackedInline):
    """Statements about the record of the form: entered in a few fields, opened for the rest."""

    formset = StatementsBelow
    template_before = OTHER_ROWS
    extra = 0
    show_change_link = True
    form = RecordForm

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # opened on its own page, where its review stands


def parts(
    model: type[models.Model],
    *fields: str,
    title: str = "",
    fk_name: str | None = None,
    collapse: bool = False,
    form: type[WholeForm] = WholeForm,
) -> type[PartInline]:
    """An inline of parts with these fields."""
    options = {
        "model": model,
        "fields": (*dict.fromkeys((*fields, "sensitivity")),),
        "fk_name": fk_name,
        "classes": ["collapse"] if collapse else [],
        "form": form,
    }
    if title:
        options["verbose_name_plural"] = gettext_lazy(title)
    return type(f"{model.__name__}Inline", (PartInline,), options)
