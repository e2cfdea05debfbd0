"""The sources: how far each was read and how it is graded, and the list of them as a style of citation sets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from cases.pages.wording import publishers
from cases.reports.gathering import Gathered
from cases.reports.notes import web
from cases.reports.parts import Bibliography, Block, Heading, Paragraph, Runs, between, listed, one_by_one, run, runs, table
from cases.reports.references import reference
from hrdocs.pages import Row
from hrdocs.templatetags.words import choice, when


def sources(gathered: Gathered) -> Iterator[Block]:
    """Each source with what it draws on, how far we read it, and our grading with its reason."""
    found = gathered.sources_in_order
    if not found:
        return
    yield Heading(runs(gettext("Sources")))
    told = gettext(
        "Graded by the Admiralty scale: F means that a source can't be judged, not that it is the worst. Ungraded "
        "is not graded low."
    )
    yield Paragraph(runs(told), "soft")
    head = [gettext("Source"), gettext("Draws on"), gettext("How far we read it"), gettext("Our grading")]
    yield table(head, (_source(row) for row in found), (6, 4, 3, 3))
    yield Heading(runs(gettext("Bibliography")), 2)
    in_order = sorted(found, key=lambda row: _by(gathered.items[row["uid"]]).casefold())  # and as before, by their days
    yield Bibliography(tuple(_entry(gathered.items[row["uid"]], row) for row in in_order))


def _source(row: Row) -> list[Any]:
    english = (" (", run(row["title_en"], "soft"), ")") if row["title_en"] else ()
    told = listed([publishers(row), runs(run(row["title"], "title"), english), when(row["published"])])
    drawn = one_by_one([each["title"] or each["name"] or each["unnamed"] for each in row["draws_on"]])
    grade = choice(row["reliability"], "sources.Source.reliability") or run(gettext("not graded"), "soft")
    return [told, drawn, choice(row["read_as"], "sources.Source.read_as"), between(": ", [grade, row["reliability_reason"]])]


def _entry(item: dict[str, Any], row: Row) -> Runs:
    """A source as our own style of citation sets it, for writers that know no such styles; by the names of its item in CSL."""
    by, kept = _by(item), item.get("archive_location") or item.get("URL", "")
    held = [name for name in (item.get("container-title"), item.get("publisher")) if name != by]
    edition = gettext("edition %(edition)s") % {"edition": item["edition"]} if item.get("edition") else ""
    accessed = gettext("accessed %(day)s") % {"day": when(row["accessed"])} if kept and row["accessed"] else ""
    told = [by, run(item.get("title", ""), "title"), *held, item.get("number"), edition, when(row["published"])]
    return between(". ", [*told, web(kept) if kept else "", accessed])


def _by(item: dict[str, Any]) -> str:
    """Who stands first: the people who are named, or else whoever publishes it."""
    people = "; ".join(each["literal"] for each in item.get("author", ()))
    return people or item.get("publisher") or item.get("container-title", "")


def references(gathered: Gathered) -> dict[str, Any]:
    """The same sources as entries that a style of citation sets."""
    return {row["uid"]: reference(gathered.items[row["uid"]]) for row in gathered.sources_in_order}
