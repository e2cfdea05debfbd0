"""What is asked of whoever keeps a copy, and of whoever does something with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from hrdocs.access import REVIEWERS, Sensitivity
from hrdocs.admin.moves import BOX
from hrdocs.wording import translated
from sources.choices import Assessed
from sources.evidence import fetching, keeping
from sources.models import Capture, PageFetch, Source
from sources.models.captures import OPEN

CLOSED = (Sensitivity.INTERNAL, Sensitivity.RESTRICTED)


def _prose(label: Any, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2, "class": BOX, "dir": "auto"})
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=2000, widget=widget)


def _choice(label: Any, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": BOX})
    return forms.ChoiceField(label=label, choices=translated(choices), help_text=help_text, widget=widget)


def _file(help_text: Any) -> forms.FileField:
    widget = forms.FileInput(attrs={"class": BOX})
    return forms.FileField(label=gettext_lazy("File"), max_length=500, help_text=help_text, widget=widget)


class KeepForm(forms.Form):
    """A file, and where it came from."""

    file = _file(gettext_lazy("What it is, is read off its bytes. It is kept as it is, and never changed."))
    taken_from = _prose(
        gettext_lazy("Taken from"),
        gettext_lazy("Address, person or place from which it was taken. Readers never see it."),
    )
    level = _choice(
        gettext_lazy("Who may see it"), CLOSED, gettext_lazy("A second person opens it to readers from outside, later.")
    )
    reason = _prose(gettext_lazy("Remark for the chain of custody"))

    def keep(self, source: Source, *, by: Any) -> Capture:
        return keeping.keep(source, self.cleaned_data.pop("file"), by=by, **self.cleaned_data)


class FetchForm(forms.Form):
    """The address of a page that a worker fetches."""

    address = forms.CharField(
        label=gettext_lazy("Address of the page"),
        max_length=4000,
        widget=forms.TextInput(attrs={"class": BOX, "dir": "ltr"}),
        help_text=gettext_lazy("The server that is asked sees the network address of this one, and that somebody looks at it."),
    )

    def ask(self, source: Source, *, by: Any) -> PageFetch:
        return fetching.ask(source, self.cleaned_data["address"], by=by)


class AssessForm(forms.Form):
    """What there is to see in a copy."""

    graphic = _choice(gettext_lazy("Does it show violence or the dead?"), Assessed)
    personal = _choice(
        gettext_lazy("Can people be recognised in it?"),
        Assessed,
        gettext_lazy("Faces, names, voices, number plates, and what the file itself tells: where a photograph was taken."),
    )
    reason = _prose(gettext_lazy("What you looked at"))

    def done(self, capture: Capture, *, by: Any) -> None:
        keeping.assess(capture, by=by, **self.cleaned_data)


class OpenForm(forms.Form):
    """For whom a copy is opened."""

    level = _choice(gettext_lazy("Open it for"), OPEN)
    reason = _prose(gettext_lazy("Why, and what you looked at"), required=True)

    def done(self, capture: Capture, *, by: Any) -> None:
        keeping.open_to(capture, by=by, **self.cleaned_data)


class CloseForm(forms.Form):
    """How far a copy is closed."""

    level = _choice(gettext_lazy("Who may see it from now on"), CLOSED)
    reason = _prose(gettext_lazy("Reason"))

    def done(self, capture: Capture, *, by: Any) -> None:
        keeping.close(capture, by=by, **self.cleaned_data)


class RedactForm(forms.Form):
    """A file in which something is blacked out, and what."""

    file = _file(
        gettext_lazy("Made anew from what may be seen, not painted over: below a black bar in a PDF the words are still there.")
    )
    redacted = _prose(
        gettext_lazy("What was taken out, and why"),
        gettext_lazy("Stands beside the copy for everybody who sees it. Do not name what was taken out."),
        required=True,
    )
    level = _choice(gettext_lazy("Who may see it"), CLOSED)

    def done(self, capture: Capture, *, by: Any) -> Capture:
        return keeping.redact(capture, self.cleaned_data.pop("file"), by=by, **self.cleaned_data)


# What can be done with a copy: the form, its title, and the words on its button.
VERBS: dict[str, tuple[type[Any], Any, Any]] = {
    "assess": (AssessForm, gettext_lazy("Look through it"), gettext_lazy("Note what there is to see")),
    "open": (OpenForm, gettext_lazy("Open it to readers from outside"), gettext_lazy("Open it")),
    "redact": (RedactForm, gettext_lazy("Keep a redacted copy of it"), gettext_lazy("Keep the redacted copy")),
    "close": (CloseForm, gettext_lazy("Close it"), gettext_lazy("Close it")),
}


def may_open(capture: Capture, user: Any) -> bool:
    """Whether somebody is offered to open a copy; the verb asks again."""
    reviews = user.role in REVIEWERS and user.pk != capture.taken_by_id
    return reviews and not capture.is_open and capture.personal_data == Assessed.NO


_OFFERED: dict[str, Callable[[Capture, Any], bool]] = {"open": may_open, "close": lambda capture, user: capture.is_open}


def offered(capture: Capture, user: Any) -> list[str]:
    """The verbs that somebody is offered for a copy; of an erased one none."""
    return [verb for verb in VERBS if capture.sha256 and _OFFERED.get(verb, lambda *asked: True)(capture, user)]
