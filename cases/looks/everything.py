"""What a search over all lists finds, on one map and along one line of time.

A list that finds very many is left to its own map or line of time, to which the page leads.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.looks.cells import told
from cases.looks.grid import grid
from cases.looks.in_time import MOST, drawn
from cases.looks.on_a_map import OnAMap, across_of, under_it, window_of
from cases.pages.in_time import in_order
from cases.timelines import Line
from hrdocs.lists.explorer import Explorer, shown
from hrdocs.lists.times import dates_of
from hrdocs.readers import reading_as
from hrdocs.stamps import Drawn
from hrdocs.stretches import Late


class Pictured(Explorer):
    """All lists that can be drawn so, asked one question by one reader."""

    @cached_property
    def drawable(self) -> list[OnAMap]:
        """The lists of which what they find is drawn."""
        found = [self.answered(group) for group in self.asked if self.fits(group)]
        return [group for group in found if group in self.found and group not in self.uncounted]

    def fits(self, group: OnAMap) -> bool:
        raise NotImplementedError

    @property
    def left_to_themselves(self) -> list[tuple[str, str]]:
        """What the lists that find very many are called, and where they are drawn by themselves."""
        return [
            (group.title, address)
            for group in self.uncounted
            for _called, address, _shown in group.looks
            if address.partition("?")[0].endswith(f"/{self.look}/")
        ]


class InTime(Pictured):
    """All lists along one line of time."""

    look = "timeline"

    def __init__(self, request: HttpRequest, given: QueryDict) -> None:
        super().__init__(request, given, OnAMap)

    def fits(self, group: OnAMap) -> bool:
        return bool(dates_of(group.shape))

    def late(self) -> Iterator[Late]:
        yield self._lines
        yield self.out

    def _lines(self) -> tuple[str, dict[str, Any]]:
        """The oldest of all that is found, each called by its kind."""
        lines: list[Line] = []
        more = 0
        for group in self.drawable:
            some, others = group.lines()
            kind = str(group.shape.model._meta.verbose_name)
            # Isolated, so that words of the other script keep their order: “20–50 a week” on an Arabic page.
            lines += [replace(line, label=f"{kind}: \u2068{line.label}\u2069") for line in some]
            more += max(others, 0)
        dated = in_order(lines)
        more += max(len(dated) - MOST, 0)
        picture = drawn(dated[:MOST], _("The oldest first")) if dated else {}
        return "cases/looks/_lines.html", {**picture, "more": more, "most": MOST, "explorer": self}


class OnOneMap(Pictured):
    """All lists on one map."""

    look = "map"

    def __init__(self, request: HttpRequest, given: QueryDict) -> None:
        self.window, self.across = window_of(given.pop("window", [""])[0]), across_of(given.pop("across", [""])[0])
        super().__init__(request, given, OnAMap)

    def fits(self, group: OnAMap) -> bool:
        return group.shape.point is not None

    @property
    def points(self) -> str:
        """Where the cells of a window are told, for the map."""
        return f"{reverse('explore-points')}?{self.given.urlencode()}"

    @cached_property
    def cells(self) -> dict[str, Any]:
        """The cells of the window, in which rows of all kinds are counted."""
        reader = self.groups[0].reader
        kept = Drawn("explore", reader.user, {"asked": self.given.urlencode(), "lists": [each.name for each in self.drawable]})
        what = f"map {self.window} {self.across}"
        found = kept.once(what, lambda: grid([group.placed for group in self.drawable], reader, self.window, self.across))
        return {
            "here": found.here, "elsewhere": found.elsewhere, "nowhere": None,
            "cells": told(found.cells, reader, reverse("explore"), lambda box: self._changed("bbox", box)),
        }  # fmt: skip

    @property
    def ground(self) -> dict[str, Any]:
        return under_it()

    def late(self) -> Iterator[Late]:
        yield lambda: ("cases/looks/_cells.html", {"page": self, "explorer": self})
        yield self.out


@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """The cells of a window, as the map of everything asks for them."""
    page = OnOneMap(request, request.GET.copy())
    if page.unknown:
        return JsonResponse({"errors": {name: [_("No list takes such a filter.")] for name in page.unknown}}, status=400)
    with reading_as(request.user):
        return JsonResponse({**page.cells, "window": page.window})


in_time = shown(InTime, "cases/looks/everything_in_time.html")
on_a_map = shown(OnOneMap, "cases/looks/everything_on_a_map.html")
