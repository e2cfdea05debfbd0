"""What a list of the desk may be asked through its address."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from unfold.views import ChangeList

from hrdocs.models import Part, Record


class AskedByItsFilters:
    """Only the filters that stand beside a list: any other question could ask for what the list does not show."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return any(_asks(each, lookup) for each in self.get_list_filter(request))


def _asks(listed: Any, lookup: str) -> bool:
    """Whether a filter asks this: a field, a field with its filter, or a filter of our own, which has one parameter."""
    if isinstance(listed, str | tuple):
        return lookup.split("__", maxsplit=1)[0] == (listed if isinstance(listed, str) else listed[0])
    return lookup == listed.parameter_name


class OrderedByWhatIsShown(ChangeList):
    """Rows in the order of their own columns: an order by a link would tell which hidden record it leads to.

    Django offers fewer columns where an admin says so, but takes any in an address (`?o=`).
    """

    def get_ordering_field(self, field_name: str) -> Any:
        order = super().get_ordering_field(field_name)
        return None if isinstance(order, str) and _leads_on(self.model, order.lstrip("-").split("__")[0]) else order


def _leads_on(model: Any, name: str) -> bool:
    """Whether a field leads to a record that may be hidden while this one is not."""
    field = next((field for field in model._meta.get_fields() if field.name == name), None)
    linked = getattr(field, "related_model", None)
    return bool(linked) and issubclass(linked, Record | Part) and name not in model.hangs_on
