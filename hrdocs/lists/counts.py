"""How many rows of a list hold which value, each a way to narrow the list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from hrdocs import facets
from hrdocs.labels import called
from hrdocs.lists.cells import said
from hrdocs.shapes import Column, Reader, Shape

FACETS, VALUES = 4, 12  # that are shown unless others are asked for
_OFTEN = ("country", "year", "publisher")


@dataclass(frozen=True)
class Chosen:
    """One value: what it is called, how many rows hold it, and the list with or without it."""

    label: str
    count: int | None
    href: str
    chosen: bool


def usual(shape: Shape, reader: Reader, lead: list[str]) -> list[str]:
    """The facets that are shown where none are asked for."""
    known = facets.countable(shape, reader)
    return [name for name in dict.fromkeys([*lead, *_OFTEN]) if name in known][:FACETS]


def counts(
    told: dict[str, list[dict[str, Any]]], shape: Shape, reader: Reader, given: QueryDict, changed: Callable[..., str],
    *, most: int = VALUES,
) -> Iterator[tuple[str, list[Chosen]]]:  # fmt: skip
    """What each facet is called, with its values; `changed` is the address of the list with other parameters."""
    known = facets.countable(shape, reader)
    for name, cells in told.items():
        if cells:
            yield called(shape.model, name), [_chosen(known[name], cell, given, changed) for cell in cells[:most]]


def _chosen(column: Column, cell: dict[str, Any], given: QueryDict, changed: Callable[..., str]) -> Chosen:
    asked, value = facets.asks_for(column)[0], cell["value"]
    code = str(value).lower() if isinstance(value, bool) else str(value)
    chosen = code in given.get(asked, "").split(",")
    label = said(value) if isinstance(value, bool) else str(cell.get("label", code))
    return Chosen(label, cell["count"], changed(**{asked: None if chosen else code}), chosen)
