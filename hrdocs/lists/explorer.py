"""One search over all lists: what each finds, the first of it, and how many of each country and publisher there are together.

Each list is asked as its own page asks it. One that does not know a filter, or not with this value, is left out and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from hrdocs import facets
from hrdocs.changelog import lists
from hrdocs.endpoints import views
from hrdocs.filtersets import GROUPS
from hrdocs.labels import called
from hrdocs.lists.counts import Chosen
from hrdocs.lists.everywhere import YEAR, of_list
from hrdocs.lists.form import Form
from hrdocs.lists.page import ListPage, as_json, put_straight
from hrdocs.offering import Field
from hrdocs.paging import BEST_FIRST
from hrdocs.searching import SearchFilter
from hrdocs.stretches import Late, in_stretches

FIRST = 5  # rows of each list
SHARED = ("q", "country", "publisher")  # filters that nearly all lists have
TOGETHER = ("country", YEAR, "publisher")  # by which all that is found is counted
VALUES = 12  # of each that are shown
YEARS = 40
LOOKS = (("", _("List")), ("table", _("Table")), ("map", _("Map")), ("timeline", _("Timeline")))


class Group(ListPage):
    """What one list finds of a search over all."""

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
        """How many rows hold which country, year and publisher, where it was counted how many there are."""
        names = [name for name in TOGETHER if name in facets.countable(self.shape, self.reader)]
        if not names or self.told.get("count_is") != "exact" or not self.told["count"]:
            return {}
        asked = {"facets": ",".join(names), "lang": self.reader.language, "page_size": "1", "fields": "uid"}
        return dict(as_json(self._asked(asked)).get("facets", {}))


class Explorer:
    """All lists, asked one question by one reader."""

    look = ""

    def __init__(self, request: HttpRequest, given: QueryDict, kind: type[ListPage] = Group) -> None:
        self.request, self.given = request, given
        names = [name for name in views() if name in {shape.path for shape in lists().values()}]
        asked = {name: of_list(views()[name], given) for name in names}
        self.groups = [kind(name, request, question or QueryDict(mutable=True)) for name, question in asked.items()]
        self.asked = [group for group in self.groups if asked[group.name] is not None]
        self.found: list[ListPage] = []  # those that have answered, and have something

    @property
    def title(self) -> str:
        """What it is cited by: what was asked, as an address says it."""
        return f"{gettext('Search everything')}: {self.given.urlencode()}"

    @property
    def unknown(self) -> list[str]:
        """Filters that no list has."""
        known = {name for group in self.groups for name in group.view.filterset_class.base_filters} | GROUPS | {YEAR}
        return [name for name in self.given if name not in known]

    @property
    def looks(self) -> Iterator[tuple[Any, str, bool]]:
        """What each look is called, its address with the same question, and whether it is the one that is shown."""
        question = f"?{self.given.urlencode()}" if self.given else ""
        for look, called_so in LOOKS:
            yield called_so, f"{reverse(f'explore-{look}' if look else 'explore')}{question}", look == self.look

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
        piece = f"hrdocs/explorer/_{self.look or 'group'}.html"
        for group in self.asked:
            yield lambda group=group: (piece, {"group": self.answered(group), "first": FIRST})
        yield lambda: ("hrdocs/explorer/_together.html", {"explorer": self})
        yield self.out

    def out(self) -> tuple[str, dict[str, Any]]:
        """How what is seen is cited, and where it is told as data and as files."""
        return "hrdocs/explorer/_out.html", {"explorer": self}

    def answered(self, group: ListPage) -> ListPage:
        if group.told.get("results"):
            self.found.append(group)
        return group

    @property
    def empty(self) -> list[ListPage]:
        """The lists in which nothing is found."""
        return [group for group in self.asked if group.told and not group.told["results"]]

    @property
    def left_out(self) -> list[ListPage]:
        """The lists that do not know what was asked."""
        return [group for group in self.groups if group not in self.asked or not group.told]

    @property
    def uncounted(self) -> list[ListPage]:
        """The lists that find so much that it was not counted of what."""
        return [group for group in self.found if group.told.get("count_is") != "exact"]

    def together(self) -> Iterator[tuple[str, list[Chosen]]]:
        """How many rows of all lists hold which country, year and publisher, each a way to narrow the search."""
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
                most = sorted(numbers.most_common(YEARS)) if name == YEAR else numbers.most_common(VALUES)
                yield (
                    called(self.groups[0].shape.model, name),
                    [Chosen(labels[value], number, self._changed(name, None if value in chosen else value), value in chosen)
                     for value, number in most],
                )  # fmt: skip

    def _changed(self, name: str, value: str | None) -> str:
        asked = self.given.copy()
        asked.pop(name, None)
        if value is not None:
            asked[name] = value
        return f"?{asked.urlencode()}"


class AsTables(Explorer):
    """What each list finds as a table."""

    look = "table"


def shown(
    make: Callable[[HttpRequest, QueryDict], Explorer], template: str = "hrdocs/explorer.html"
) -> Callable[..., HttpResponse]:
    """The page of the search over all lists in one of its looks; its frame is sent before anything is asked."""

    @require_safe
    def view(request: HttpRequest) -> HttpResponse:
        given, elsewhere = put_straight(request)
        if elsewhere:
            return elsewhere
        given.pop("page_size", None)  # of each list the first are told
        explorer = make(request, given)
        late = [] if explorer.unknown else explorer.late()
        return in_stretches(request, template, {"explorer": explorer}, late, status=400 if explorer.unknown else 200)

    view.__name__ = f"explore_{make.__name__}"
    return view


explore, as_tables = shown(Explorer), shown(AsTables)
