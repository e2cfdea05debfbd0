"""Filling in a page's form as a browser would: everything that stands in it is sent back, with a few entries changed."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.db.models import Model
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

Entries = dict[str, list[str]]


def signed_in(user: Any) -> Client:
    """A browser at which this person sits."""
    client = Client()
    client.force_login(user)
    return client


def page_of(record: Model, name: str = "change", *more: object) -> str:
    """The address of a page of a record in the admin."""
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{name}", args=[record.pk, *more])


class Form(HTMLParser):
    """The entries of the largest form of a page, as they stand."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Entries] = []
        self._select: tuple[str, bool, list[tuple[str, bool]]] | None = None
        self._textarea: str | None = None
        self.feed(page)
        self.entries: Entries = max(self.forms, key=len, default={})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self.forms.append({})
        elif not self.forms or "disabled" in given:
            return
        elif tag == "input" and name and given.get("type") not in ("submit", "button", "file", "image", "reset"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                default = "on" if given.get("type") in ("checkbox", "radio") else ""
                self._add(name, given.get("value", default) or "")
        elif tag == "select" and name:
            self._select = (name, "multiple" in given, [])
        elif tag == "option" and self._select:
            self._select[2].append((given.get("value") or "", "selected" in given))
        elif tag == "textarea" and name:
            self._textarea = name
            self._add(name, "")

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1][self._textarea][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            written = self.forms[-1][self._textarea]
            written[-1] = written[-1].removeprefix("\r\n").removeprefix("\n")
            self._textarea = None
        elif tag == "select" and self._select:
            name, multiple, options = self._select
            chosen = [value for value, selected in options if selected]
            if not chosen and options and not multiple:
                chosen = [options[0][0]]
            self.forms[-1].setdefault(name, []).extend(chosen)  # nothing chosen: a name without a value, which is not sent
            self._select = None

    def _add(self, name: str, value: str) -> None:
        self.forms[-1].setdefault(name, []).append(value)


def entries_of(answer: HttpResponse) -> Entries:
    """What stands in the page's form."""
    return Form(answer.content.decode()).entries


def fill(
    client: Client, url: str, model: type[Model] | None = None, row: dict[str, Any] | None = None, /, **changed: Any
) -> HttpResponse:
    """Open a form, change these entries, add this row of `model` below, send it."""
    page = client.get(url)
    assert page.status_code == 200, page.status_code
    entries = entries_of(page)
    if model is not None:
        add_row(entries, prefix_of(page, model), **(row or {}))
    return client.post(url, filled(entries, **changed))


def complaints(answer: HttpResponse) -> str:
    """All that a page says against what was sent. It must be the form again, not an error page and not "saved"."""
    assert answer.status_code == 200, (answer.status_code, answer.get("Location", ""))
    forms = [answer.context["adminform"].form]
    said = []
    for inline in answer.context["inline_admin_formsets"]:
        said += inline.formset.non_form_errors()
        forms += inline.formset.forms
    return " ".join([*said, *(str(words) for form in forms for errors in form.errors.values() for words in errors)])


def filled(entries: Entries, **changed: Any) -> Entries:
    """The entries with these changed, without the empty rows that a browser keeps as patterns."""
    given = {name: [str(each) for each in (value if isinstance(value, list) else [value])] for name, value in changed.items()}
    return {name: value for name, value in {**entries, **given}.items() if "__prefix__" not in name}


def add_row(entries: Entries, prefix: str, **given: Any) -> None:
    """Add a row to the inline of that prefix, as its "add another" does: its pattern, with these entries."""
    number = int(entries[f"{prefix}-TOTAL_FORMS"][0])
    pattern = f"{prefix}-__prefix__-"
    for name, value in list(entries.items()):
        if name.startswith(pattern):
            entries[f"{prefix}-{number}-{name.removeprefix(pattern)}"] = list(value)
    for name, value in given.items():
        entries[f"{prefix}-{number}-{name}"] = [str(each) for each in (value if isinstance(value, list) else [value])]
    entries[f"{prefix}-TOTAL_FORMS"] = [str(number + 1)]


def prefix_of(page: HttpResponse, model: type[Model]) -> str:
    """The prefix of the inline whose rows are of this model."""
    return next(each.formset.prefix for each in page.context["inline_admin_formsets"] if each.formset.model is model)


def prefix_with(entries: Entries, field: str) -> str:
    """The prefix of the inline whose rows have this field."""
    return next(name for name in entries if name.endswith(f"-__prefix__-{field}")).split("-__prefix__-")[0]
