"""Cells that hold several things, where a sign between them is not enough to part them. Each thing is a few named texts."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from datetime import date

from hrdocs.dates import parse

Cells = dict[str, str]
Splitter = Callable[[str], list[Cells]]
PARTS = ("article", "office", "date", "headline")  # the names of what the splitters here find
LONGEST = 900  # of a headline; the whole stands in the raw row

_ARTICLE = re.compile(r'"([^",]*?),\s*(\d{4}-\d\d-\d\d|[\d./-]*),(.*?)"\s*(?:;|$)', re.DOTALL)


def ged_articles(text: str) -> list[Cells]:
    """The articles that UCDP names for an event: `"office,date,headline";"office,date,headline"`.

    What is not written so is one article, with all of the text as its headline: nothing is dropped.
    """
    plain = " ".join(html.unescape(text).split())
    found, end = [], 0
    for match in _ARTICLE.finditer(plain):
        if plain[end : match.start()].strip("; "):
            break
        found.append(_article(*match.groups()))
        end = match.end()
    rest = plain[end:].strip('; "')
    return [*found, _article("", "", rest)] if rest else found


def _article(office: str, day: str, headline: str) -> Cells:
    """One article; a day that is no date, as typing errors make it, is left out and stays in the headline's own words."""
    key = hashlib.sha256(f"{office}|{day}|{headline}".encode()).hexdigest()[:16]
    try:
        date.fromisoformat(day.strip())
        parse(day.strip())  # 2919-02-06 is a day, and no year that a date here can have
    except ValueError:
        headline, day = f"{headline} [{day.strip()}]" if day.strip() else headline, ""
    title = headline.strip(' "') or f"[{office.strip() or 'Article'}]"
    return {"article": key, "office": office.strip(), "date": day.strip(),
            "headline": title if len(title) <= LONGEST else f"{title[:LONGEST]}…"}  # fmt: skip


SPLITTERS: dict[str, Splitter] = {"ged-articles": ged_articles}
