"""The rows below a form as they come back, also from a form that was edited in the browser."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _

MOST_NEW = 200  # rows that one form adds at once; nobody types more, and each costs a form
MOST_SHOWN = 50  # rows that one form shows of those that are there; thousands took minutes
MOST_STATEMENTS = 10  # of statements, of which each fills a screen
KEY = re.compile("[0-9]{1,18}")


class RowsBelow(BaseInlineFormSet):
    """The rows of one record that the editor may see, and new ones. Of any other row nothing is said, not that it is there.

    Of many rows the newest are shown, and a link leads to those before them. What comes back are the rows that were
    shown, whatever was added meanwhile; all others stay as they are. `asked` is what the address of the page asks for.
    """

    most, has_earlier = MOST_SHOWN, False

    def __init__(self, *args: Any, asked: QueryDict | None = None, **kwargs: Any) -> None:
        self.asked = QueryDict() if asked is None else asked
        super().__init__(*args, **kwargs)
        # Django makes a form for each row that is announced, up to this number.
        self.absolute_max = MOST_NEW + (len(self.get_queryset()) if self.is_bound else 0)

    def get_queryset(self) -> list[models.Model]:
        if not hasattr(self, "_queryset"):  # where Django keeps it
            self._queryset = list(self.queryset.filter(pk__in=self.sent).order_by("pk")) if self.is_bound else self._shown()
        return self._queryset

    @cached_property
    def sent(self) -> set[int]:
        """The keys of the rows that came back, whether they are there or not."""
        key = re.compile(rf"{re.escape(self.prefix)}-\d+-{self.model._meta.pk.name}")
        return {int(said) for name, said in self.data.items() if key.fullmatch(name) and KEY.fullmatch(said)}

    def _shown(self) -> list[models.Model]:
        before = self.asked.get(self._before, "")
        rows = self.queryset.filter(pk__lt=int(before)) if KEY.fullmatch(before) else self.queryset
        found = list(rows.order_by("-pk")[: self.most + 1])
        self.has_earlier = len(found) > self.most
        return found[: self.most][::-1]

    # ── to other rows than these ──

    @property
    def _before(self) -> str:
        """The parameter of an address by which the rows before one are asked for."""
        return f"{self.prefix}-before"

    @property
    def earlier(self) -> str:
        """The address of the rows before these, or nothing where there are none."""
        return self._address({self._before: str(self.get_queryset()[0].pk)}) if self.has_earlier else ""

    @property
    def newest(self) -> str:
        """The address of the newest rows, or nothing where these are they."""
        return self._address({}) if self._before in self.asked else ""

    def _address(self, asked: dict[str, str]) -> str:
        others = {name: texts for name, texts in self.asked.lists() if name != self._before}
        return f"?{urlencode({**others, **asked}, doseq=True)}#{self.prefix}-group"

    @cached_property
    def empty_form(self) -> forms.BaseForm:
        """The pattern of a new row. The templates of one page ask for it six times, and Django makes a form each time."""
        return super().empty_form

    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        """The key of a row has to be one of these: Django passes over a key of some other row, and refuses one of none."""
        super().add_fields(form, index)
        key = form.fields.get(self.model._meta.pk.name)
        if self.is_bound and isinstance(key, forms.ModelChoiceField):
            key.queryset = key.queryset.filter(pk__in=[row.pk for row in self.get_queryset()])

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.management_form.cleaned_data["TOTAL_FORMS"] > self.absolute_max:
            said = _("At most %d rows are added at once. Nothing was saved: save some of them, then add the rest.") % MOST_NEW
            self._non_form_errors = self.error_class([said], error_class="nonform", renderer=self.renderer)


class StatementsBelow(RowsBelow):
    """The same of statements about the record."""

    most = MOST_STATEMENTS
