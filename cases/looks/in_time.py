"""A list along a line of time: how many of each year, and the oldest of what is left, each drawn as its date is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cases.timelines import Line, timeline
from hrdocs import facets, labels
from hrdocs.lists.cells import page_of, said
from hrdocs.lists.counts import Chosen, counts
from hrdocs.lists.page import ListPage, as_json
from hrdocs.lists.pages import context_of, shown
from hrdocs.lists.times import dates_of, oldest_first
from hrdocs.pages import rows
from hrdocs.stamps import Drawn
from hrdocs.stretches import in_stretches
from hrdocs.templatetags.words import own, when

MOST = 100  # lines of one picture
NAMED_BY = 3  # columns that name a row which is called by what it ties together


class InTime(ListPage):
    """A list along a line of time."""

    look = "timeline"

    @property
    def _wanted(self) -> dict[str, str]:
        return {"fields": "uid", "page_size": "1"}

    @property
    def dates(self) -> tuple[str, ...]:
        return dates_of(self.shape)

    @property
    def years(self) -> list[Chosen]:
        """How many rows touch each year, in their order, where the list is counted by year."""
        if "year" not in facets.countable(self.shape, self.reader):
            return []
        asked = self._asked({"facets": "year", "fields": "uid", "page_size": "1", "lang": self.reader.language})
        told = {"year": sorted(as_json(asked).get("facets", {}).get("year", []), key=lambda cell: cell["value"])}
        found = counts(told, self.shape, self.reader, self.given, self.changed, most=facets.LONGEST)
        return next((cells for _name, cells in found), [])

    def lines(self) -> tuple[list[Line], int]:
        """The oldest rows that have a date, and how many more there are, counted up to as many again."""
        shape = self.shape.kept() if self.as_of else self.shape
        found = oldest_first(self.filtered(), shape, self.reader)
        keys = self.drawn.once("line of time", lambda: list(found.values_list("pk", flat=True)[: 2 * MOST + 1]))
        chosen = self.shape.model._default_manager.filter(pk__in=keys[:MOST])
        told = {row["uid"]: row for row in rows(labels.in_words(shape, self.reader), chosen, self.reader.user, self.as_of)}
        order = dict(chosen.values_list("pk", "uid"))
        return [self._line(told[order[key]]) for key in keys[:MOST] if key in order], len(keys) - MOST

    @property
    def drawn(self) -> Drawn:
        """What was drawn of this question before, and no reader of the level was given news since."""
        return Drawn(self.shape.path, self.reader.user, {"asked": self.given.urlencode(), "as_of": self.as_of})

    def filtered(self) -> QuerySet:
        """The rows that the list's own filters find."""
        everything = self.shape.model._default_manager.visible_to(self.reader.user)
        reader = replace(self.reader, as_of=self.as_of)
        return self.view.filterset_class(self.given, everything, reader=reader).rows().order_by()

    def _line(self, row: dict[str, Any]) -> Line:
        texts = [row[name] or "" for name in self.dates]
        label = self._called(row)
        address = page_of(row)
        if len(texts) == 1:
            return Line(label, when(texts[0]), texts[0], address=address)
        start, end = texts
        told = "/".join(each or ".." for each in texts)
        return Line(label, when(told) if start or end else "", start, end, address)

    def _called(self, row: dict[str, Any]) -> str:
        """What a row goes by: its first column; the next ones too, where that only names another record."""
        first = self.shape.lead[0]
        names = self.shape.lead[: NAMED_BY if isinstance(row.get(first), dict) else 1]
        told = (own(row, name.removesuffix("_en")) if name.endswith("_en") else said(row.get(name)) for name in names)
        return " · ".join(filter(None, told)) or row["uid"]


def page(name: str) -> Callable[..., HttpResponse]:
    """The page of a list along a line of time."""
    return shown(name, InTime, _shown)


def _shown(request: HttpRequest, page: InTime) -> HttpResponse:
    late = _late(page) if page.told else ()
    return in_stretches(request, "cases/looks/in_time.html", context_of(page), late,
                        status=page.answer.status_code, as_of=page.as_of)  # fmt: skip


def _late(page: InTime) -> Iterator[Callable[[], tuple[str, dict[str, Any]]]]:
    def years() -> tuple[str, dict[str, Any]]:
        found = page.years
        most = max((each.count or 0 for each in found), default=0)
        return "cases/looks/_years.html", {"years": [(each, round(100 * (each.count or 0) / most)) for each in found if most]}

    def lines() -> tuple[str, dict[str, Any]]:
        found, more = page.lines()
        return "cases/looks/_lines.html", {**drawn(found, _("The oldest first")), "more": more, "most": MOST}

    yield years
    yield lines


def drawn(lines: list[Line], title: str, name: str = "t") -> dict[str, Any]:
    """Lines of time as templates show them: wide, narrow, and the same as a table."""
    wide, narrow = (timeline(lines, title=title, name=f"{name}{width}", width=width) for width in (860, 360))
    return {"wide": mark_safe(wide), "narrow": mark_safe(narrow), "lines": lines, "name": name}  # noqa: S308  escaped in timelines.py
