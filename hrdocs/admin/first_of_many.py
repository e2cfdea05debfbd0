"""Pages of the desk's lists: as many rows as anybody leafs through, of lists of any length."""

from __future__ import annotations

from functools import cached_property

from django.core.paginator import Paginator

MOST = 5_000


class FirstOfMany(Paginator):
    """The first rows of a list. To count a million of them took longer than to show the first page."""

    @cached_property
    def count(self) -> int:
        return min(self._found, MOST)

    @property
    def more(self) -> bool:
        """Whether the list goes on after the last page."""
        return self._found > MOST

    @cached_property
    def _found(self) -> int:
        return self.object_list.order_by()[: MOST + 1].count()
