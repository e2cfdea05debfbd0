"""What the pages of a record draw along a line of time, made of the rows that they show anyway."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.looks.in_time import drawn
from cases.pages.command import when_of
from cases.timelines import Line
from hrdocs.pages import Row
from hrdocs.templatetags.words import choice, own, when

MOST = 60  # lines of one picture


def happenings(incidents: Iterable[Row], sources: Iterable[Row], facilities: Iterable[Row] = ()) -> dict[str, Any] | None:
    """What is said to have happened, when facilities were in use, and when who said it; None where nothing has a date."""
    return _drawn(lines_of(incidents, sources, facilities), _("What is said to have happened when, and when it was said"), "h")


def lines_of(incidents: Iterable[Row], sources: Iterable[Row], facilities: Iterable[Row] = ()) -> list[Line]:
    """The same as lines, the first to begin first."""
    lines = [_line(row, own(row, "title"), row["date"], "pages:incident") for row in incidents]
    lines += [_lasting(row, own(row, "name"), row["opened"], row["closed"], "pages:facility") for row in facilities]
    lines += [
        replace(
            _line(row, row["title"], row["published"], "pages:source"),
            when=_("said: %(day)s") % {"day": when(row["published"])},
            faint=True,
        )
        for row in sources
    ]
    return in_order(lines)


def operators(ties: Iterable[Row]) -> dict[str, Any] | None:
    """Who ran or guarded a facility over time."""
    lines = [
        Line(f"{own(tie['party'], 'name')} · {choice(tie['role'], 'cases.Operation.role')}", " · ".join(when_of(tie)),
             tie["start"] or "", tie["end"] or "", reverse("pages:party", args=[tie["party"]["uid"]]), _cited(tie))
        for tie in ties if tie["party"]
    ]  # fmt: skip
    return _drawn(lines, _("Who ran or guarded it, over time"), "o")


def _line(row: Row, label: str, date: str | None, route: str) -> Line:
    return Line(label, when(date), date or "", None if date else "", reverse(route, args=[row["uid"]]))


def _lasting(row: Row, label: str, start: str | None, end: str | None, route: str) -> Line:
    return Line(label, _from_to(start, end), start or "", end or "", reverse(route, args=[row["uid"]]))


def _from_to(start: str | None, end: str | None) -> str:
    return when(f"{start or '..'}/{end or '..'}") if start or end else ""


def _cited(tie: Row) -> tuple[bool, bool]:
    return tie["start_known"] == "cited", tie["end_known"] == "cited"


def in_order(lines: Iterable[Line]) -> list[Line]:
    return sorted((line for line in lines if line.extent.days), key=lambda line: min(line.extent.days))


def _drawn(lines: list[Line], title: str, name: str) -> dict[str, Any] | None:
    dated = in_order(lines)
    return {**drawn(dated[:MOST], title, name), "title": title, "more": len(dated) - MOST, "most": MOST} if dated else None
