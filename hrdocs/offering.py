"""The filters of a list as a form offers them: what each is called, and what it can be asked by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from hrdocs.endpoints import views
from hrdocs.filtersets import RecordFilterSet

# What filters are called whose own name says little.
_CALLED = {"q": "names and words", "bbox": "in a box", "near": "near a point", "at": "at a facility", "of": "of a party",
           "during": "holding during", "is_origin": "hands on nothing", "present": "party present"}  # fmt: skip
_COMPARED = {"within": "wholly within", "gte": "from", "lte": "up to"}
_GROUPS = {"any": "any of these groups", "not": "not these"}


@dataclass(frozen=True)
class Field:
    """One filter as the form shows it."""

    name: str
    label: str
    value: str
    choices: list[tuple[str, Any]]
    problems: list[str]


def fields_of(offered: RecordFilterSet, given: Mapping[str, str], problems: Mapping[str, list[str]]) -> list[Field]:
    """All filters that a list offers, with what was asked of each and what was wrong with it."""
    named = [(name, _label(offered, name), _choices(each)) for name, each in offered.filters.items()]
    named += [(name, _(label), []) for name, label in _GROUPS.items()]
    named.sort(key=lambda field: field[0] != "q")  # what most people ask for stands first
    return [Field(name, str(label), given.get(name, ""), choices, problems.get(name, [])) for name, label, choices in named]


def _label(filterset: RecordFilterSet, name: str) -> str:
    """What a filter is called: as the field that it asks is, or by its own name in words."""
    field, _sign, compared = name.partition("__")
    try:
        called = str(filterset._meta.model._meta.get_field(field).verbose_name)  # in the reader's language
    except (FieldDoesNotExist, AttributeError):
        called = _(_in_words(field))
    return f"{called} ({_(_COMPARED[compared])})" if compared in _COMPARED else called


def _in_words(name: str) -> str:
    return _CALLED.get(name, name.replace("_", " "))


def filter_texts() -> Iterator[str]:
    """The labels that filters have by their own names, and what each list holds, for the catalogue."""
    for view in views().values():
        yield " ".join(view.__doc__.split())
        yield from (_in_words(name.partition("__")[0]) for name in view.filterset_class.declared_filters)
    yield from (*_COMPARED.values(), *_GROUPS.values())


def _choices(given: filters.Filter) -> list[tuple[str, Any]]:
    return [(value, label) for value, label in given.extra.get("choices") or () if value != ""]
