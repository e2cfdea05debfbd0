"""Footnotes: where the words of a statement stand, how far we read them, and where a copy is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from cases.pages.wording import publishers
from cases.reports.parts import Run, Runs, between, listed, one_by_one, quoted, run, runs
from hrdocs.pages import Row
from hrdocs.templatetags.words import choice, when
from sources.citing.csl import address


class Notes:
    """The footnotes of a report, numbered as they are first asked for. A statement has one, however often it is named."""

    def __init__(self, sources: dict[str, Row]) -> None:
        self.sources = sources
        self.told: list[Runs] = []
        self._numbers: dict[str, int] = {}

    def on(self, statement: Row | None) -> Run | tuple[()]:
        """The mark of the footnote on a statement, to stand behind what it is told for."""
        if not statement:
            return ()
        again = statement["uid"] in self._numbers
        if not again:
            self.told.append(self._words(statement))
            self._numbers[statement["uid"]] = len(self.told)
        return Run("", note=self._numbers[statement["uid"]], again=again)

    def _words(self, row: Row) -> Runs:
        source = self.sources.get((row["source"] or {}).get("uid", ""), row["source"] or {})
        return between(
            ". ",
            [self._source(source), locator(row), _words(row), self._read(row), _graded(row, source), _kept(source), _record(row)],
        )

    def _source(self, source: Row) -> Runs:
        return listed([publishers(source), run(source.get("title", ""), "title"), when(source.get("published"))])

    def _read(self, row: Row) -> Runs:
        """How far we read it; where not in the original, in which other sources."""
        copies = [run(each["title"] or "", "title") for each in row["quoted_in"]]
        told = gettext("How far we read it: %(how)s") % {"how": choice(row["read_as"], "cases.Statement.read_as")}
        return runs(told, (" (", gettext("quoted in"), " ", one_by_one(copies), ")") if copies else "")


def locator(row: Row) -> Runs:
    """Where in its source a statement stands."""
    kind = choice(row["locator_kind"], "cases.Statement.locator_kind") if row["locator_kind"] else ""
    part = choice(row["text_part"], "cases.Statement.text_part") if row["text_part"] else ""
    return listed([part, between(" ", [kind, row["locator"]])])


def _words(row: Row) -> Runs:
    """The words of a figure. Those of all else stand where it is told."""
    return (quoted(row["quotation"]),) if row["kind"] == "estimate" and row["quotation"] else ()


def _graded(row: Row, source: Row) -> Runs:
    given = [
        choice(source.get("reliability"), "sources.Source.reliability"),
        choice(row["credibility"], "cases.Statement.credibility"),
    ]
    graded = listed(given)
    return runs(gettext("Our grading:"), " ", graded) if graded else ()


def _kept(source: Row) -> Runs:
    """The archived address, or where there is none the address itself. Only a web address is a link."""
    for told, url in ((gettext("Archived at"), source.get("archived_url")), (gettext("At"), source.get("source_url"))):
        if url:
            return runs(told, " ", web(url))
    return ()


def web(url: str) -> Run:
    """An address as text that leads there, where it is one of the web."""
    safe = address(url)
    return replace(run(safe, "address"), way="ltr", link=safe if safe.startswith(("https://", "http://")) else "")


def _record(row: dict[str, Any]) -> Runs:
    return (Run(row["uid"], "address", "ltr", f"{settings.SITE_ADDRESS}/statements/{row['uid']}/"),)
