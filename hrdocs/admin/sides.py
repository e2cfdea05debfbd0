"""The sides of a conflict in the terms of a form: what it held at a version, and what was sent, as rows and entries."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from hrdocs.history import History, Values, recorded_links
from hrdocs.models import Part, Record
from hrdocs.three_way import Entry, Row, Side

Key = tuple[str, str]
OWN: Key = ("", "")  # the key of the record's own row; of a part it is the prefix of its rows and its number
NOT_CONTENT = ("reason", "seen_version")


class Sides:
    """The form of one record and the rows below it, read as entries. `user` sees what she sees on her form."""

    def __init__(self, admin: Any, request: HttpRequest, record: Record) -> None:
        self.record, self.sent = record, request.POST
        self.history = History(record, request.user)
        self.form_class = admin.get_form(request, record, change=True)
        self.form = self.form_class(instance=record)
        formsets, inlines = admin._create_formsets(request, record, change=True)
        self.rows = {
            formset.prefix: formset
            for formset, inline in zip(formsets, inlines, strict=True)
            if issubclass(formset.model, Part) and inline.has_change_permission(request, record)
        }
        self._patterns = {prefix: formset.empty_form for prefix, formset in self.rows.items()}

    # ── what stood in the form ──

    def act_of(self, version: int) -> int | None:
        """The number of the last act that left the record at this version."""
        for act in reversed(self.history.acts):
            if self._own(act.number).get("version") == version:
                return act.number
        return None

    def not_shown(self, act: int) -> set[Key]:
        """The rows below the record after an act that the form it was begun with did not show: of many it shows some."""
        return {key for key, _table, _values in self._below(act)} - {
            (prefix, str(key)) for prefix, formset in self.rows.items() for key in formset.sent
        }

    def at(self, act: int, but: Container[Key]) -> Side:
        """What the form held after an act, but for some rows."""
        side: Side = {OWN: self._encoded(self.form_class(instance=self.record, initial=self._own(act)), self._fields(OWN))}
        for key, table, values in self._below(act):
            if key not in but:
                formset = self.rows[key[0]]
                form = formset.form(initial=_by_name(table, values), **formset.get_form_kwargs(None))
                side[key] = self._encoded(form, self._fields(key))
        return side

    def _below(self, act: int) -> Iterator[tuple[Key, type[models.Model], Values]]:
        for line, values in self.history.state(act).items():
            for prefix, formset in self.rows.items():
                if values and line.table is formset.model and values[formset.fk.attname] == self.record.pk:
                    yield (prefix, str(line.pk)), line.table, values

    def _own(self, act: int) -> Values:
        """The record's own fields and links after an act, by the names of a form."""
        found: Values = {}
        links = {recorded_links(f): f for table in self._tables() for f in table._meta.local_many_to_many}
        found |= {f.name: [] for f in links.values()}
        for line, values in self.history.state(act).items():
            if values and line.table in self._tables():
                found |= _by_name(line.table, values)
            elif values and line.table in links:
                field = links[line.table]
                found[field.name].append(values[line.table._meta.get_field(field.m2m_reverse_field_name()).attname])
        return found

    def _tables(self) -> list[type[models.Model]]:
        return [type(self.record), *self.record._meta.get_parent_list()]

    def _encoded(self, form: forms.BaseForm, names: list[str]) -> Row:
        return {name: encoded(form.fields[name], form[name].value()) for name in names}

    def _fields(self, key: Key) -> list[str]:
        form = self.form if key == OWN else self._patterns[key[0]]
        hidden = (*NOT_CONTENT, *([self.rows[key[0]].fk.name, form._meta.model._meta.pk.name, "DELETE"] if key != OWN else []))
        return [name for name, field in form.fields.items() if name not in hidden and not field.disabled]

    def field(self, key: Key, name: str) -> forms.Field:
        return (self.form if key == OWN else self._patterns[key[0]]).fields[name]

    # ── what was sent ──

    def typed(self, base: Side) -> Side:
        """What she sent; a field that the page did not offer stays as it was."""
        side: Side = {OWN: self._sent("", OWN, base.get(OWN, {}))}
        for prefix in self.rows:
            begun, pk = _number(self.sent.get(f"{prefix}-INITIAL_FORMS")), self.rows[prefix].model._meta.pk.name
            for number in range(self.rows[prefix].total_form_count()):
                start = f"{prefix}-{number}-"
                key = (prefix, self.sent.get(f"{start}{pk}", "") if number < begun else f"+{number}")
                row = self._sent(start, key, base.get(key, {}))
                if not self.sent.get(f"{start}DELETE") and (number < begun or self._says_something(prefix, row)):
                    side[key] = row
        return side

    def _sent(self, start: str, key: Key, base: Row) -> Row:
        found = {}
        for name in self._fields(key):
            widget, texts = _inner(self.field(key, name).widget), []
            for end in _ends(widget):
                texts += [(end, text) for text in self.sent.getlist(f"{start}{name}{end}")]
            offered = texts or isinstance(widget, forms.CheckboxInput | forms.SelectMultiple | forms.CheckboxSelectMultiple)
            found[name] = tuple(texts) if offered else base.get(name, ())
        return found

    def _says_something(self, prefix: str, row: Row) -> bool:
        return row != self._encoded(self._patterns[prefix], self._fields((prefix, "")))

    # ── put back into a form ──

    def as_sent(self, side: Side, there: Side, version: int) -> QueryDict:
        """The entries as if she had sent this side, from the form as it is `there`, at that version."""
        sent = QueryDict(mutable=True)
        own = {name for name in self.form.fields if name != "seen_version"}
        for name, texts in self.sent.lists():
            if not name.startswith(tuple(f"{prefix}-" for prefix in self.rows)) and name not in self._names("", OWN, own):
                sent.setlist(name, texts)
        sent["reason"], sent["seen_version"] = self.sent.get("reason", ""), str(version)
        self._put(sent, "", side[OWN])
        for prefix in self.rows:
            before = [key for key in there if key[0] == prefix]
            new = [key for key in side if key[0] == prefix and key not in before]
            self._put_rows(sent, prefix, side, before, new)
        return sent

    def _put_rows(self, sent: QueryDict, prefix: str, side: Side, before: list[Any], new: list[Any]) -> None:
        totals = {"TOTAL_FORMS": len(before) + len(new), "INITIAL_FORMS": len(before), "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
        for name, count in totals.items():
            sent[f"{prefix}-{name}"] = str(count)
        pk, fk = self.rows[prefix].model._meta.pk.name, self.rows[prefix].fk.name
        for number, key in enumerate([*before, *new]):
            start = f"{prefix}-{number}-"
            sent[f"{start}{fk}"], sent[f"{start}{pk}"] = str(self.record.pk), key[1] if key in before else ""
            if key in side:
                self._put(sent, start, side[key])
            else:
                sent[f"{start}DELETE"] = "on"

    def _put(self, sent: QueryDict, start: str, row: Row) -> None:
        for name, entry in row.items():
            for end, text in entry:
                sent.appendlist(f"{start}{name}{end}", text)

    def _names(self, start: str, key: Key, names: set[str]) -> set[str]:
        return {f"{start}{name}{end}" for name in names for end in _ends(_inner(self.field(key, name).widget))}

    # ── as a person reads it ──

    def shown(self, key: Key, name: str, entry: Entry) -> str:
        field, texts = self.field(key, name), [text for _end, text in entry if text]
        if isinstance(field, forms.BooleanField) and not isinstance(field, forms.NullBooleanField):
            return _("Yes") if texts else _("No")
        if isinstance(field, forms.ModelChoiceField):
            known = {
                str(row.pk): field.label_from_instance(row) for row in field.queryset.filter(pk__in=filter(str.isdecimal, texts))
            }
            return ", ".join(known[text] for text in texts if text in known)
        labels = {str(value): str(label) for value, label in _flat(getattr(field, "choices", ()))}
        return ", ".join(labels.get(text, text) for text in texts)


def encoded(field: forms.Field, value: Any) -> Entry:
    """The entries that a browser would send for a field that shows this value."""
    widget = _inner(field.widget)
    if isinstance(widget, forms.CheckboxInput):
        return (("", "on"),) if widget.check_test(value) else ()
    if isinstance(widget, forms.MultiWidget):
        parts = value if isinstance(value, list) else widget.decompress(value)
        return tuple(
            (end, part.format_value(each) or "") for end, part, each in zip(_ends(widget), widget.widgets, parts, strict=True)
        )
    if isinstance(widget, forms.Select | forms.RadioSelect | forms.SelectMultiple | forms.CheckboxSelectMultiple):
        texts = [text for text in widget.format_value(value) if text]
        if isinstance(field, forms.ModelChoiceField):  # of many too
            shown = {str(pk) for pk in field.queryset.filter(pk__in=texts).values_list("pk", flat=True)}
            texts = [text for text in texts if text in shown]
        return tuple(("", text) for text in texts) or (() if getattr(widget, "allow_multiple_selected", False) else (("", ""),))
    text = widget.format_value(value)
    return (("", "" if text is None else str(text)),)


def _inner(widget: forms.Widget) -> forms.Widget:
    """The widget inside the admin's own, which adds links beside it."""
    return getattr(widget, "widget", widget)


def _ends(widget: forms.Widget) -> list[str]:
    return list(widget.widgets_names) if isinstance(widget, forms.MultiWidget) else [""]


def _by_name(table: type[models.Model], values: Values) -> Values:
    return {field.name: values[field.attname] for field in table._meta.local_concrete_fields if field.attname in values}


def _flat(choices: Any) -> Iterator[tuple[Any, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield value, label


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 4 else 0
