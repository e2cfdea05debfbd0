"""The form that a move of review asks to be filled in, and the words with which the database refuses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hrdocs.access import Sensitivity
from hrdocs.objections import in_the_readers_language
from hrdocs.transitions import TRANSITIONS
from hrdocs.wording import translated

CHECK_VIOLATION = "23514"  # the code with which our triggers refuse
GONE = ("23503", "23502")  # a link to a row that is not there; without it the row's audience can't be worked out
BOX = "border border-base-200 bg-white rounded-default px-3 py-2 w-full max-w-2xl dark:bg-base-900 dark:border-base-700"
LEVELS = translated((Sensitivity.PUBLIC, Sensitivity.REGISTERED, Sensitivity.INTERNAL))


class MoveForm(forms.Form):
    """Reason, level and public note: only those that the move takes, and required where it needs them.

    It remembers the version that was read, and a decision is on that one.
    """

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(required=False, label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 4, "class": BOX}))
    level = forms.ChoiceField(
        choices=LEVELS,
        label=gettext_lazy("Publish for"), widget=forms.RadioSelect)  # fmt: skip
    public_note = forms.CharField(
        required=False, label=gettext_lazy("Note to the public"), help_text=gettext_lazy("Stands in place of the record."),
        widget=forms.Textarea(attrs={"rows": 3, "class": BOX}))  # fmt: skip

    def __init__(self, verb: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        needed = TRANSITIONS[verb].needs
        for name in ("reason", "public_note"):
            self.fields[name].required = name in needed
        if verb != "publish":
            del self.fields["level"]
        if "public_note" not in needed:
            del self.fields["public_note"]

    def given(self) -> dict[str, Any]:
        """The keyword arguments of the verb."""
        given = dict(self.cleaned_data)
        return {**given, "level": Sensitivity(given["level"])} if "level" in given else given


def in_words(error: IntegrityError) -> str:
    """The sentence with which a trigger refused; any other error is a fault of ours, and stays one."""
    said = getattr(error.__cause__, "diag", None)
    if said is not None and (said.sqlstate == GONE[0] or (said.sqlstate, said.column_name) == (GONE[1], "audience")):
        return _("Something that you chose was merged or taken away a moment ago. Choose it again.")
    if said is None or said.constraint_name or said.sqlstate != CHECK_VIOLATION:
        raise error
    return in_the_readers_language(said.message_primary)
