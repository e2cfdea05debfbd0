"""One search over all lists: what each finds, the first of it, and how many of each country and publisher there are together.

Each list is asked as its own page asks it. One that does not know a filter, or not with this value, is left out and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_safe

from hrdocs import facets
from hrdocs.changelog import lists
from hrdocs.endpoints import views
from hrdocs.filtersets import GROUPS
from hrdocs.labels import called
from hrdocs.lists.counts import Chosen
from hrdocs.lists.form import Form
from hrdocs.lists.page import ListPage
from hrdocs.offering import Field
from hrdocs.paging import BEST_FIRST
from hrdocs.searching import SearchFilter
from hrdocs.stretches import Late, in_stretches

FIRST = 5  # rows of each list
SHARED = ("q", "country", "publisher")  # filters that nearly all lists have
TOGETHER = SHARED[1:]  # by which all that is found is counted
VALUES = 12  # of each that are shown


class Group(ListPage):
    """What one list finds of a search over all."""

    @property
    def knows(self) -> bool:
        """Whether the list has all filters that were asked."""
        return self.given.keys() <= {*self.view.filterset_class.base_filters, *GROUPS}

    @property
    def _wanted(self) -> dict[str, str]:
        search = self.view.filterset_class.base_filters.get("q")
        ranked = self.given.get("q") and isinstance(search, SearchFilter) and "edited_at" in self.view.orderings
        return {
            "fields": self._columns,
            "page_size": str(FIRST),
            **({"ordering": BEST_FIRST.removeprefix("-")} if ranked else {}),
        }

    def counted(self) -> dict[str, list[dict[str, Any]]]:
        """How many rows hold which country and publisher, where it was counted how many there are."""
        names = [name for name in TOGETHER if name in facets.countable(self.shape, self.reader)]
        if not names or self.told.get("count_is") != "exact" or not self.told["count"]:
            return {}
        asked = {"facets": ",".join(names), "lang": self.reader.language, "page_size": "1", "fields": "uid"}
        return dict(self._asked(asked).data.get("facets", {}))


class Explorer:
    """All lists, asked one question by one reader."""

    def __init__(self, request: HttpRequest, given: QueryDict) -> None:
        self.given = given
        self.groups = [Group(name, request, given) for name in views() if name in {shape.path for shape in lists().values()}]
        self.found: list[Group] = []  # those that have answered, and have something

    @cached_property
    def asked(self) -> list[Group]:
        return [group for group in self.groups if group.knows]

    @property
    def unknown(self) -> list[str]:
        """Filters that no list has."""
        known = {name for group in self.groups for name in group.view.filterset_class.base_filters} | GROUPS
        return [name for name in self.given if name not in known]

    @property
    def fields(self) -> list[Field]:
        """The filters of the form, as the first list that has them all offers them; nothing is asked for that."""
        first = next(group for group in self.groups if group.view.filterset_class.base_filters.keys() >= set(SHARED))
        form = Form(first.view, self.given, {}, first.reader, language=first.language, lead=())
        return [field for field in form.fields if field.name in SHARED]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What else was asked, which the form hands on."""
        return [(key, value) for key, values in self.given.lists() for value in values if key not in SHARED]

    def late(self) -> Iterator[Late]:
        """Each list as it answers; at last what all found together."""
        for group in self.asked:
            yield lambda group=group: ("hrdocs/explorer/_group.html", {"group": self._answered(group), "first": FIRST})
        yield lambda: ("hrdocs/explorer/_together.html", {"explorer": self})

    def _answered(self, group: Group) -> Group:
        if group.told.get("results"):
            self.found.append(group)
        return group

    @property
    def empty(self) -> list[Group]:
        """The lists in which nothing is found."""
        return [group for group in self.asked if group.told and not group.told["results"]]

    @property
    def left_out(self) -> list[Group]:
        """The lists that do not know what was asked."""
        return [group for group in self.groups if group not in self.asked or not group.told]

    def together(self) -> Iterator[tuple[str, list[Chosen]]]:
        """How many rows of all lists hold which country and publisher, each a way to narrow the search."""
        sums: dict[str, Counter[str]] = {name: Counter() for name in TOGETHER}
        labels: dict[str, str] = {}
        for group in self.found:
            for name, cells in group.counted().items():
                for cell in cells:
                    sums[name][cell["value"]] += cell["count"] or 0
                    labels[cell["value"]] = cell.get("label", cell["value"])
        for name, numbers in sums.items():
            if numbers:
                chosen = self.given.get(name, "").split(",")
                yield (
                    called(self.groups[0].shape.model, name),
                    [
                        Chosen(labels[value], number, self._changed(name, None if value in chosen else value), value in chosen)
                        for value, number in numbers.most_common(VALUES)
                    ],
                )

    def _changed(self, name: str, value: str | None) -> str:
        return self.groups[0].changed(**{name: value})


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """The search over all lists; the frame of its page is sent before anything is asked."""
    given = QueryDict(mutable=True)
    for key, values in request.GET.lists():
        given.setlist(key, [value for value in values if value])  # a form sends its empty fields too
    if len(given.urlencode()) < len(request.GET.urlencode()):
        return HttpResponseRedirect(f"{request.path}?{given.urlencode()}")
    explorer = Explorer(request, given)
    context = {"explorer": explorer, "late": ""}
    late = [] if explorer.unknown else explorer.late()
    return in_stretches(request, "hrdocs/explorer.html", context, late, status=400 if explorer.unknown else 200)
