"""What a list of the desk may be asked through its address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


class AskedByItsFilters:
    """Only the filters that stand beside a list: any other question could ask for what the list does not show."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup.split("__", maxsplit=1)[0] in {_asks(each) for each in self.get_list_filter(request)}


def _asks(listed: Any) -> str:
    """The parameter of a filter: a field, a field with its filter, or a filter of our own."""
    return listed if isinstance(listed, str) else listed[0] if isinstance(listed, tuple) else listed.parameter_name
