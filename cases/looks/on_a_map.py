"""A list on a map. What is drawn is counted here, on a grid: no browser is given more than a window holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cases.looks.cells import told
from cases.looks.grid import ACROSS, MOST_ACROSS, Box, Placed, grid
from cases.looks.in_time import InTime
from hrdocs.lists.pages import context_of, shown
from hrdocs.readers import reading_as
from hrdocs.stretches import in_stretches


class OnAMap(InTime):
    """A list on a map."""

    look = "map"

    def __init__(self, name: str, request: HttpRequest, given: QueryDict) -> None:
        # The part of the earth that is looked at, and how finely, is no filter.
        self.window, self.across = window_of(given.pop("window", [""])[0]), across_of(given.pop("across", [""])[0])
        super().__init__(name, request, given)

    @property
    def points(self) -> str:
        """Where the cells of a window are told, for the map."""
        return f"{reverse(f'points-{self.name}')}?{self.given.urlencode()}"

    @cached_property
    def cells(self) -> dict[str, Any]:
        """The cells of the window, each with what is drawn of it and where its rows are listed."""
        what = f"map {self.window} {self.across}"
        found = self.drawn.once(what, lambda: grid([self.placed], self.reader, self.window, self.across))
        return {
            "here": found.here, "elsewhere": found.elsewhere, "nowhere": self._nowhere(found.here + found.elsewhere),
            "cells": told(found.cells, self.reader, reverse(f"records-{self.name}"), lambda box: self.changed(bbox=box)),
        }  # fmt: skip

    @property
    def placed(self) -> Placed:
        """Its rows, and where they lie."""
        return self.filtered(), self.view.filterset_class.base_filters["bbox"].at

    def _nowhere(self, placed: int) -> int | None:
        """How many rows lie at no place that may be shown, where it was counted how many there are."""
        return self.told["count"] - placed if self.told["count_is"] == "exact" else None


def window_of(text: str) -> Box | None:
    """West, south, east and north as a map tells them, which counts on beyond the date line; None where it makes no sense."""
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        return None
    if not (south < north and west < east):
        return None
    south, north = max(south, -90), min(north, 90)
    return (-180, south, 180, north) if east - west >= 360 else ((west + 180) % 360 - 180, south, (east + 180) % 360 - 180, north)


def across_of(text: str) -> int:
    """How many cells stand side by side, as many as a map has room for."""
    return max(2, min(int(text), MOST_ACROSS)) if re.fullmatch("[0-9]{1,4}", text) else ACROSS


def under_it() -> dict[str, Any]:
    """What the operator lays under every map."""
    return {"tiles": settings.MAP_TILES, "credit": settings.MAP_CREDIT, "geojson": bool(settings.MAP_GEOJSON)}


def page(name: str) -> Callable[..., HttpResponse]:
    """The page of a list on a map."""
    return shown(name, OnAMap, _shown)


def points(name: str) -> Callable[..., HttpResponse]:
    """The cells of a window, as the map asks for them."""
    return shown(name, OnAMap, _told)


def _shown(request: HttpRequest, page: OnAMap) -> HttpResponse:
    late = [lambda: ("cases/looks/_cells.html", {"page": page})] if page.told else []
    context = {**context_of(page), "ground": under_it()}
    return in_stretches(request, "cases/looks/on_a_map.html", context, late,
                        status=page.answer.status_code, as_of=page.as_of)  # fmt: skip


def _told(request: HttpRequest, page: OnAMap) -> HttpResponse:
    if not page.told:
        return JsonResponse({"errors": page.problems}, status=page.answer.status_code)
    with reading_as(request.user, page.as_of):
        return JsonResponse({**page.cells, "window": page.window})


@require_safe
@cache_control(max_age=3600, private=True)
def ground(request: HttpRequest) -> FileResponse:
    """The operator's own outlines of countries and towns, which lie under every map."""
    if not settings.MAP_GEOJSON:
        raise Http404
    return FileResponse(open(settings.MAP_GEOJSON, "rb"), content_type="application/geo+json")  # noqa: SIM115  it closes it
