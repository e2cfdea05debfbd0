"""Codes in words, and columns by headings, in English or Arabic: what `lang=` makes of a shape.

Labels go with the query as tables from code to label, so that the database writes them wherever it would have written the
code: in pages, in files of every format, in linked records. A code without a label stays as it is.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Func, Model, TextField
from django.utils.translation import get_language, gettext, override

from hrdocs.endpoints import views
from hrdocs.expressions import Listed, Reader, field_at, resolved
from hrdocs.models import Term
from hrdocs.shapes import Column, Nested, Shape, help_of

LANGUAGES = ("en", "ar")
# What is derived from a date stands behind its name.
_DERIVED = {
    "earliest": "First day that the date can mean; empty where the start is open or unknown.",
    "latest": "Last day that the date can mean; empty where the end is open or unknown.",
    "precision": "How precise the date is; empty where there is none.",
}

_OF = {"en": "English", "ar": "Arabic"}


class Terms:
    """The labels of curated terms in one language, read once and only if any is asked for."""

    def __init__(self, language: str = "") -> None:
        self.language = language or get_language() or ""

    @cached_property
    def _labels(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for vocabulary, code, english, arabic in Term.objects.values_list("vocabulary", "code", "label_en", "label_ar"):
            label = arabic if self.language.startswith("ar") and arabic else english
            found.setdefault(vocabulary, {})[code] = label
        return found

    def of(self, vocabulary: str) -> dict[str, str]:
        """The label of each code of a vocabulary."""
        return self._labels.get(vocabulary, {})

    def label(self, vocabulary: str, code: str) -> str:
        """The label of one code, or the code as words."""
        return self.of(vocabulary).get(code, code.replace("_", " "))


class _InWords(Func):
    """The label of a code, or of each code of a list, by a table that goes with the query."""

    def __init__(self, code: Any, table: dict[str, str], *, several: bool) -> None:
        super().__init__(code, output_field=ArrayField(TextField()) if several else TextField())
        self.table, self.several = json.dumps(table, ensure_ascii=False), several

    def as_sql(self, compiler: Any, connection: Any, **given: Any) -> tuple[str, tuple[Any, ...]]:
        code, params = compiler.compile(self.source_expressions[0])
        if not self.several:
            return f"coalesce(%s::jsonb ->> ({code}), {code})", (self.table, *params, *params)
        listed = "unnest(codes) WITH ORDINALITY AS listed (code, place)"
        each = f"SELECT coalesce(%s::jsonb ->> code, code) FROM {listed} ORDER BY place"
        whole = f"(SELECT CASE WHEN codes IS NOT NULL THEN ARRAY({each}) END FROM (SELECT ({code})::text[] AS codes) AS given)"
        return whole, (self.table, *params)


@dataclass(frozen=True)
class InWords:
    """The labels of a reader's language for the columns of a shape."""

    reader: Reader
    terms: Terms

    def table(self, model: type[Model], path: Any) -> tuple[dict[str, str], bool] | None:
        """The labels of the codes that a path of a model leads to, and whether it holds several; None of what has no codes."""
        field = field_at(model, path) if isinstance(path, str) and path else None
        if field is None:
            return None
        if field.model is Term and path.endswith("__code"):
            link = field_at(model, path.removesuffix("__code"))
            return self._terms_of(link), False
        if field.many_to_many and field.related_model is Term:
            return self._terms_of(field), True
        listed = getattr(field, "base_field", field)
        if not listed.choices:
            return None
        with override(self.reader.language):
            return {str(code): str(label) for code, label in listed.flatchoices if code not in ("", None)}, listed is not field

    def _terms_of(self, link: Any) -> dict[str, str]:
        return self.terms.of(link.get_limit_choices_to().get("vocabulary", ""))

    def value(self, model: type[Model], given: Any) -> Any:
        """What a part of a linked record is made of, in words where it is a code."""
        if isinstance(given, Listed):
            return replace(given, values=self.values(given.model, given.values))
        table = self.table(model, given)
        return given if table is None else _InWords(resolved(given, self.reader), table[0], several=table[1])

    def values(self, model: type[Model], values: Iterable[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
        return tuple((name, self.value(model, given)) for name, given in values)

    def column(self, model: type[Model], column: Column) -> Column:
        """The column with labels where it had codes. What is built as a whole (`about`, `point`) stays as it is."""
        if isinstance(column, Nested):
            if type(column) is Nested and column.expression:
                return column
            return replace(column, values=self.values(column.leads_to(self.reader) or column.to or model, column.values))
        table = self.table(*codes_of(model, column))
        if table is None:
            return column
        told = help_of(model, column)
        return Column(column.name, _computed(column, model, *table), told, column.guard, "codes" if table[1] else "text")


def codes_of(model: type[Model], column: Column) -> tuple[type[Model], str]:
    """The field whose codes a column shows: the one that it names, that of its expression, or that of its own name."""
    if column.of is not None:
        return column.of
    path = column.expression or column.name
    return model, path if isinstance(path, str) else column.name if _field(model, column.name) else ""


def _computed(column: Column, model: type[Model], table: dict[str, str], several: bool) -> Callable[[Reader], _InWords]:
    return lambda reader: _InWords(column.compute(model, reader), table, several=several)


def in_words(shape: Shape, reader: Reader) -> Shape:
    """The shape with labels in the reader's language in place of codes; as it is, where she asked for none."""
    if not reader.language:
        return shape
    words = InWords(reader, Terms(reader.language))
    return replace(shape, columns=tuple(words.column(shape.model, column) for column in shape.columns))


def labelled(cells: list[dict[str, Any]], column: Column, model: type[Model], reader: Reader) -> list[dict[str, Any]]:
    """The values of a facet, each with its label where it has one."""
    table = InWords(reader, Terms(reader.language)).table(*codes_of(model, column))
    return cells if table is None else [{**cell, "label": table[0].get(cell["value"], cell["value"])} for cell in cells]


# ── headings ──


def headings(columns: Iterable[Column], model: type[Model], language: str) -> list[str]:
    """What the cells of flat formats are called by people. Two of one heading are told apart by their names."""
    with override(language):
        found = [(cell, _heading(model, cell)) for column in columns for cell in column.cells()]
    number = Counter(heading for _, heading in found)
    return [heading if number[heading] == 1 else f"{heading} ({cell})" for cell, heading in found]


def meaning(model: type[Model], column: Column) -> str:
    """What a column means, in the language that is spoken just now."""
    derived = _derived(model, column.name)
    told = _DERIVED[derived[1]] if derived else help_of(model, column)
    return gettext(told) if told else ""


def _heading(model: type[Model], cell: str) -> str:
    name, _, part = cell.partition(".")
    return f"{called(model, name)}: {gettext(_in_words(part))}" if part else called(model, name)


def called(model: type[Model], name: str) -> str:
    """What a column is called, in the language that is spoken just now."""
    if derived := _derived(model, name):
        return f"{called(model, derived[0])} ({gettext(derived[1])})"
    return str(_field(model, name).verbose_name) if _says_its_name(model, name) else gettext(_in_words(name))


def _derived(model: type[Model], name: str) -> tuple[str, str] | None:
    """The date that a column is derived from, and what of it the column tells."""
    date, _, part = name.rpartition("_")
    return (date, part) if part in _DERIVED and _field(model, date) else None


def _says_its_name(model: type[Model], name: str) -> bool:
    return hasattr(_field(model, name), "verbose_name")


def _field(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _in_words(name: str) -> str:
    own, _, language = name.rpartition("_")
    return f"{_in_words(own)} in {_OF[language]}" if own and language in _OF else name.replace("_", " ")


def heading_texts() -> Iterator[str]:
    """What columns and their parts are called where no field says it, and what they mean, for the catalogue."""
    yield from (text for pair in _DERIVED.items() for text in pair)
    for shape in (view.shape for view in views().values()):
        for column in shape.columns:
            if not _derived(shape.model, column.name):
                yield called(shape.model, column.name)
            yield from (_in_words(cell.partition(".")[2]) for cell in column.cells() if "." in cell)
            yield from filter(None, [str(column.help)])
