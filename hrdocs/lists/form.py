"""The form by which a list is asked: the filters that most people ask by, and all others folded away."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.http import QueryDict

from hrdocs.filtersets import TermFilter
from hrdocs.labels import Terms
from hrdocs.offering import Field, fields_of
from hrdocs.shapes import Reader

_OFTEN = ("q", "date", "country", "publisher", "facility")


class Form:
    """The filters of a list, with what was asked of each and what was wrong with it."""

    def __init__(
        self, view: Any, given: QueryDict, problems: dict[str, list[str]], reader: Reader, *, language: str, lead: Iterable[str]
    ) -> None:
        self.view, self.given, self.problems, self.reader = view, given, problems, reader
        self._terms, self._common = Terms(language), {*_OFTEN, *lead}

    @cached_property
    def fields(self) -> list[Field]:
        offered = self.view.filterset_class({}, self.view.shape.model._default_manager.none(), reader=self.reader)
        return [self._with_terms(field, offered) for field in fields_of(offered, self.given, self.problems)]

    def _with_terms(self, field: Field, offered: Any) -> Field:
        """The terms of a vocabulary are offered by name."""
        asked = offered.filters.get(field.name)
        if not isinstance(asked, TermFilter):
            return field
        return Field(field.name, field.label, field.value, [*self._terms.of(asked.vocabulary).items()], field.problems)

    @property
    def common(self) -> list[Field]:
        """The filters that most people ask by: words, and the columns that are shown."""
        return [field for field in self.fields if field.name in self._common]

    @property
    def others(self) -> list[Field]:
        return [field for field in self.fields if field.name not in self._common]

    @property
    def further(self) -> bool:
        """Whether one of the filters that are folded away is in use."""
        return any(field.value or field.problems for field in self.others)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else the list was asked, which the form hands on."""
        known = {*(field.name for field in self.fields), "as_of"}
        return [(key, value) for key, values in self.given.lists() for value in values if key not in known and key != "cursor"]

    @property
    def unknown(self) -> dict[str, list[str]]:
        """Problems with what is no filter of this list."""
        known = {field.name for field in self.fields}
        return {name: said for name, said in self.problems.items() if name not in known}
