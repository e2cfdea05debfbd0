"""What a report is made of: a few kinds of blocks of runs of text, which every writer knows how to set.

Plain values. Texts in them are texts and never markup: each writer hands them to its library as data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import pgettext

from cases.lettering import reads_leftwards

# Signs by which a text could turn round what stands after it. Printed by their number, they do nothing. The isolates
# that our own sentences use end where they begin, and are left where each is closed.
_TURNING = re.compile("[\u202a-\u202e]")
_ISOLATES = re.compile("[\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that reads one way."""

    text: str
    mark: str = ""  # strong, soft, quote, title, or the gravity of a change
    way: str = ""  # ltr or rtl; nothing where it has no letters of its own
    link: str = ""
    note: int = 0  # the footnote that stands behind it
    again: bool = False  # the note stands further up already


Runs = tuple[Run, ...]
TURN = Run("", "turn")  # in a report in two languages: what stands behind it says in the second what stands before it


@dataclass(frozen=True, slots=True)
class Heading:
    runs: Runs
    level: int = 1
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Runs
    style: str = ""  # lead, soft, quote, claim, remark
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Listed:
    items: tuple[Runs, ...]
    kind: str = field(default="list", init=False)


@dataclass(frozen=True, slots=True)
class Bibliography(Listed):
    """Where the list of sources stands, as the style of citation sets it; the items are for writers that know no such styles."""

    kind: str = field(default="bibliography", init=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose first row stands on each page; widths are parts of the line."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    widths: tuple[int, ...]
    kind: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Chart:
    svg: str
    described: str
    narrow: str = ""  # the same picture for half a line
    beside: str = ""  # in a report in two languages: the picture of the second, and what it shows in words
    also: str = ""
    kind: str = field(default="chart", init=False)


@dataclass(frozen=True, slots=True)
class Change:
    sign: Run
    words: Runs


@dataclass(frozen=True, slots=True)
class Hop:
    """One place in a chain of hand-ons, as deep as it stands, with what changed there."""

    depth: int
    runs: Runs
    quote: Runs = ()
    changes: tuple[Change, ...] = ()
    note: Runs = ()  # ours, on the hand-on


@dataclass(frozen=True, slots=True)
class Chain:
    hops: tuple[Hop, ...]
    kind: str = field(default="chain", init=False)


Block = Heading | Paragraph | Listed | Table | Chart | Chain


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report, in one language or in two side by side ("en,ar"), as one reader may see it."""

    title: Run
    of: Runs  # what kind of record it is a report on
    language: str
    blocks: tuple[Block, ...]
    notes: tuple[Runs, ...]  # the first has the number 1
    cover: tuple[Runs, ...]
    references: dict[str, Any]  # what a style of citation makes the bibliography of
    moment: str
    words: dict[str, str]  # what a writer says of its own: the title over the contents, the page
    also: Run | None = None  # the title in the second language

    @property
    def languages(self) -> list[str]:
        return self.language.split(",")

    @property
    def rtl(self) -> bool:
        return self.language == "ar"

    @property
    def titles(self) -> list[Run]:
        return [self.title, self.also] if self.also else [self.title]


def sides(runs: Runs) -> list[Runs]:
    """What runs say in the first language, and what in the second; in a report in one language they have one side."""
    if TURN not in runs:
        return [runs]
    place = runs.index(TURN)
    return [runs[:place], runs[place + 1 :]]


def leading(blocks: Sequence[Block]) -> list[bool]:
    """Of each block whether it leads to the next, so that it never stands last on a page: a heading, and words on a list."""
    before, after = (None, *blocks), (*blocks[1:], None)
    return [
        isinstance(block, Heading)
        or (isinstance(block, Paragraph) and after is not None and block.style in ("soft", "remark")
            and (isinstance(before, Heading) or not isinstance(after, Heading | Paragraph)))
        for before, block, after in zip(before, blocks, after, strict=False)
    ]  # fmt: skip


def goes_leftwards(runs: Runs) -> bool:
    """Whether a text is read from the right, by its first run that has a direction."""
    return next((run.way for run in runs if run.way), "") == "rtl"


def run(text: Any, mark: str = "", *, link: str = "") -> Run:
    """A text as a run. Its first letter with a direction says which way it reads; numbers read from left to right."""
    shown = tame(str(text))
    letters = any(unicodedata.bidirectional(sign) in ("L", "R", "AL", "EN", "AN") for sign in shown)
    return Run(shown, mark, ("rtl" if reads_leftwards(shown) else "ltr") if letters else "", link)


def runs(*told: Any) -> Runs:
    """Texts, runs and sequences of runs in a row; what is empty is left out."""
    found: list[Run] = []
    for each in told:
        if isinstance(each, Run):
            found += [each] if each.text or each.note else []
        elif isinstance(each, tuple | list):
            found += runs(*each)
        elif str(each or ""):
            found.append(run(each))
    return tuple(found)


def quoted(words: str) -> Run:
    """The words of a source in the quotation marks of their script, unless they bring their own."""
    plain = run(words, "quote")
    if any(mark in plain.text for mark in '“”«»"'):
        return plain
    opened, closed = ("«", "»") if plain.way == "rtl" else ("“", "”")
    return run(f"{opened}{plain.text}{closed}", "quote")


def between(joint: str, told: Iterable[Any]) -> Runs:
    """What there is of these, with something between each two."""
    found: list[Run] = []
    for each in filter(None, (runs(one) for one in told)):
        found += [Run(joint), *each] if found else each
    return tuple(found)


def listed(told: Iterable[Any]) -> Runs:
    """The same with the comma of the reader's language."""
    return between(pgettext("in a list", ", "), told)


def one_by_one(told: Iterable[Any]) -> Runs:
    """The same of what may have commas of its own."""
    return between(pgettext("in a list of sentences", "; "), told)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]) -> Table:
    return Table(tuple(runs(each) for each in head), tuple(tuple(runs(cell) for cell in row) for row in rows), tuple(widths))


def tame(text: str) -> str:
    """A text in which every sign is printed: no control character, and none that turns round what follows."""
    text = _TURNING.sub(_by_number, text)
    if not _isolates_are_closed(text):
        text = _ISOLATES.sub(_by_number, text)
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn", "Co"))


def _by_number(sign: re.Match[str]) -> str:
    return f"[U+{ord(sign[0]):04X}]"


def _isolates_are_closed(text: str) -> bool:
    depth = 0
    for sign in _ISOLATES.findall(text):
        depth += -1 if sign == "\u2069" else 1
        if depth < 0:
            return False
    return depth == 0
