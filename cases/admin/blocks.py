"""One statement among several that are entered on one screen: its own form in short, with where it was read and what it
hands on. Forms, choices and rules are those of the statement's own page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cases.admin.inlines import (
    PASSES_ON,
    QUOTED,
    WHERE,
    AllegationForm,
    allegations,
    characterisations,
    citations,
    estimates,
    responses,
)
from cases.choices import StatementKind
from cases.models import ABOUT_BY_KIND, Statement
from hrdocs.admin.inlines import StatementInline
from hrdocs.admin.moves import in_words
from sources.models import Source

# In short as under the record that a statement is about; the whole of it stands on the statement's own page.
SHORT: dict[str, type[StatementInline]] = {
    StatementKind.ESTIMATE: estimates("about_incident"),
    StatementKind.ALLEGATION: allegations("about_incident"),
    StatementKind.CHARACTERISATION: characterisations("about_incident"),
    StatementKind.RESPONSE: responses("about_incident"),
    StatementKind.CITATION: citations("about_incident"),
}
HERE = (("locator_kind", "locator", "text_part", "read_as"), ("quotation", "translation"))
MORE = (
    ("attributed_to", "attributed_wording"), ("speaker", "spoken_for"), ("certainty", "certainty_wording"), "evidence",
    ("quotation_language", "about_wording"),
)  # fmt: skip
BELOW = {"quoted": QUOTED, "passes": PASSES_ON}


class Block:
    """A statement that is being entered. `number` tells it from the others on the screen, and stays."""

    def __init__(self, request: HttpRequest, kind: str, number: int | str, data: Any = None) -> None:
        self.kind, self.number, self.prefix = kind, number, f"b{number}"
        self.request, self.admin = request, admin.site.get_model_admin(SHORT[kind].model)
        self.about = [f"about_{name}" for name in ABOUT_BY_KIND[StatementKind(kind)]]
        self.own = [_line(line) for line in SHORT[kind].fieldsets[0][1]["fields"] if line not in WHERE and line != "seen_version"]
        shown = {*self.about, *_names(self.own), *_names(map(_line, HERE))}
        self.more = [kept for line in MORE if (kept := [name for name in _line(line) if name not in shown])]
        self.form = self._form_class([*shown, *_names(self.more)])(
            data, prefix=self.prefix, empty_permitted=True, use_required_attribute=False
        )
        self.below = [self._rows(name, inline, data) for name, inline in BELOW.items()]

    def _form_class(self, names: list[str]) -> Any:
        short = SHORT[self.kind].form
        if issubclass(short, AllegationForm):
            short = type(short.__name__, (short,), {"user": self.request.user})
        return self.admin.get_form(self.request, None, fields=names, form=short)

    def _rows(self, name: str, inline: Any, data: Any) -> Any:
        formset = inline(self.admin.model, admin.site).get_formset(self.request, None, extra=1)
        rows = formset(data=data, instance=self.form.instance, prefix=f"{self.prefix}-{name}")
        rows.title = inline.verbose_name_plural
        return rows

    # ── shown ──

    def lines(self) -> list[list[Any]]:
        return self._bound(self.own)

    def where(self) -> list[list[Any]]:
        return self._bound(map(_line, HERE))

    def further(self) -> list[list[Any]]:
        return self._bound(self.more)

    def about_fields(self) -> list[Any]:
        return [self.form[name] for name in self.about]

    def _bound(self, lines: Any) -> list[list[Any]]:
        return [[self.form[name] for name in line] for line in lines]

    # ── checked and saved ──

    @property
    def is_empty(self) -> bool:
        return not self.form.has_changed() and not any(rows.has_changed() for rows in self.below)

    def is_valid(self) -> bool:
        self.form.empty_permitted = self.is_empty
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.below)])

    def problems(self) -> Iterator[tuple[str, str]]:
        """What is wrong with it, each with the id of the field where it can be mended."""
        forms = [self.form, *(form for rows in self.below for form in rows.forms)]
        for form in forms:
            for name, errors in form.errors.items():
                field = form[name] if name in form.fields else None
                label = f"{field.label}: " if field else ""
                where = field.id_for_label if field else f"block-{self.number}"
                yield from ((where, f"{label}{error}") for error in errors)
        for rows in self.below:
            yield from ((f"block-{self.number}", str(error)) for error in rows.non_form_errors())

    def save(self, source: Source) -> Statement | None:
        """The statement as saved by the forms' own steps, or None where the database refused it, which is then said."""
        self.form.instance.source = source
        try:
            with transaction.atomic():
                statement = self.form.save(commit=False)
                self.admin.save_model(self.request, statement, self.form, change=False)
                self.form.save_m2m()
                for rows in self.below:
                    self.admin.save_formset(self.request, self.form, rows, change=False)
        except IntegrityError as error:
            self.form.add_error(None, in_words(error))
            return None
        return statement

    @property
    def title(self) -> str:
        return _("Statement %(number)s") % {"number": self.number}


def _line(line: Any) -> list[str]:
    return [line] if isinstance(line, str) else list(line)


def _names(lines: Any) -> list[str]:
    return [name for line in lines for name in line]
