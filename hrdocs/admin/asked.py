"""What a list of the desk may be asked through its address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


class AskedByItsFilters:
    """Only the filters that stand beside a list: any other question could ask for what the list does not show."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return any(_asks(each, lookup) for each in self.get_list_filter(request))


def _asks(listed: Any, lookup: str) -> bool:
    """Whether a filter asks this: a field, a field with its filter, or a filter of our own, which has one parameter."""
    if isinstance(listed, str | tuple):
        return lookup.split("__", maxsplit=1)[0] == (listed if isinstance(listed, str) else listed[0])
    return lookup == listed.parameter_name
