"""The rows below a form as they come back, also from a form that was edited in the browser."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

MOST_NEW = 200  # rows that one form adds at once; nobody types more, and each costs a form


class RowsBelow(BaseInlineFormSet):
    """The rows of one record that the editor may see, and new ones. Of any other row nothing is said, not that it is there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django makes a form for each row that is announced, up to this number.
        self.absolute_max = MOST_NEW + (len(self.get_queryset()) if self.is_bound else 0)

    @cached_property
    def empty_form(self) -> forms.BaseForm:
        """The pattern of a new row. The templates of one page ask for it six times, and Django makes a form each time."""
        return super().empty_form

    def add_fields(self, form: forms.BaseForm, index: int | None) -> None:
        """The key of a row has to be one of these: Django passes over a key of some other row, and refuses one of none."""
        super().add_fields(form, index)
        key = form.fields.get(self.model._meta.pk.name)
        if self.is_bound and isinstance(key, forms.ModelChoiceField):
            key.queryset = key.queryset.filter(pk__in=self.get_queryset().values("pk"))

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.management_form.cleaned_data["TOTAL_FORMS"] > self.absolute_max:
            said = _("At most %d rows are added at once. Nothing was saved: save some of them, then add the rest.") % MOST_NEW
            self._non_form_errors = self.error_class([said], error_class="nonform", renderer=self.renderer)
