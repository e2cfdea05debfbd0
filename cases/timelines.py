"""Lines of time as SVG: what is certain of a date drawn full, what is only possible drawn light, open ends drawn open.

2011/2015 is a bar; somewhere in 2013 is a light bar over the whole year; a day is a dot. A date that its source doubts has a
broken edge. Nothing is drawn more precisely than its text says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from cases.lettering import LETTER, reads_leftwards, text
from hrdocs.dates import OPEN_ENDS, Span, parse

BESIDE, OVER, TOP, BOTTOM, BAR = 42, 60, 6, 30, 12  # rows with their texts beside the bars, and over them
BEYOND = 18  # what an open end reaches over the last date, towards its arrow
YEAR_WIDTH, MONTH_WIDTH = 46, 66  # that their names need
SHORTEST = 31  # days that an axis shows at least
_NOWHERE = Span(None, None, "")


@dataclass(frozen=True)
class Line:
    """One thing along a line of time: what it is, when it was in words and as EDTF, and where its page stands.

    With `end` it is what began with one date and ended with another; where one of the two is empty, it is not known. Where a
    date is only the first or last on which a source speaks of it (`cited`), it may have begun before or gone on after.
    """

    label: str
    when: str
    start: str
    end: str | None = None
    address: str = ""
    cited: tuple[bool, bool] = (False, False)
    faint: bool = False  # not what happened, but when somebody spoke of it

    @property
    def ends(self) -> tuple[str, str] | None:
        """The two dates between which it lasted; None where it is one date."""
        if self.end is not None:
            return self.start.partition("/")[0], self.end.rpartition("/")[2]
        first, stroke, last = self.start.partition("/")
        return (first, last) if stroke else None

    @property
    def extent(self) -> Extent:
        if self.ends is None:
            only = _NOWHERE if self.start in OPEN_ENDS else parse(self.start)
            return Extent(only.earliest, only.latest, None, _is_doubted(self.start))
        begins, finishes = (_NOWHERE if each in OPEN_ENDS else parse(each) for each in self.ends)
        before, after = self.cited
        certain = begins.earliest if before else begins.latest, finishes.latest if after else finishes.earliest
        return Extent(None if before else begins.earliest, None if after else finishes.latest, certain, _is_doubted(*self.ends))


@dataclass(frozen=True)
class Extent:
    """From which to which day something can reach, None where that is open; between which days it lasted for certain, None
    where it is one date of which only the bounds are known; and whether its source doubts it."""

    earliest: dt.date | None
    latest: dt.date | None
    certain: tuple[dt.date | None, dt.date | None] | None
    doubted: bool

    @property
    def days(self) -> list[dt.date]:
        return [day for day in (self.earliest, self.latest, *(self.certain or ())) if day]

    @property
    def is_a_day(self) -> bool:
        return self.certain is None and self.earliest is not None and self.earliest == self.latest


def _is_doubted(*texts: str) -> bool:
    return any(each.endswith(("?", "~", "%")) for each in texts)


@dataclass(frozen=True)
class Axis:
    """Where a day lies between two ends of a picture."""

    first: int
    last: int
    start: float
    length: float

    def at(self, day: dt.date) -> float:
        return self.start + self.length * (day.toordinal() - self.first) / (self.last - self.first)

    @property
    def ticks(self) -> Iterator[tuple[dt.date, str]]:
        """The days that are named: years where it is long, months where it is short."""
        years = (self.last - self.first) / 365.25
        if years > 2:
            step = next(step for step in (1, 2, 5, 10, 20, 50, 100) if years / step <= self.length // YEAR_WIDTH)
            first = dt.date.fromordinal(self.first).year
            named = [(dt.date(year, 1, 1), str(year)) for year in range(first - first % step, 2201, step)]
        else:
            step = next(step for step in (1, 2, 3, 6) if years * 12 / step <= self.length // MONTH_WIDTH or step == 6)
            first = dt.date.fromordinal(self.first).year
            named = [
                (dt.date(first + at // 12, at % 12 + 1, 1), f"{first + at // 12}-{at % 12 + 1:02}") for at in range(0, 48, step)
            ]
        return ((day, name) for day, name in named if self.first <= day.toordinal() <= self.last)


def axis(lines: Sequence[Line], start: float, length: float) -> Axis:
    """An axis that holds all days of these lines."""
    days = [day.toordinal() for line in lines for day in line.extent.days]
    first, last = min(days), max(days)
    margin = max((SHORTEST - (last - first)) // 2, (last - first) // 40, 1)
    return Axis(first - margin, last + margin, start, length)


def timeline(lines: Sequence[Line], *, title: str, name: str, width: int = 860) -> str:
    """Lines over one axis, each a link to its page; "" where none has a day. `name` tells the pictures of a page apart.

    Below 600 the texts stand over the bars instead of beside them.
    """
    dated = [line for line in lines if line.extent.days]
    if not dated:
        return ""
    beside = width >= 600
    left, row = (300.0, BESIDE) if beside else (0.0, OVER)
    scale = axis(dated, left + BEYOND, width - left - 2 * BEYOND)
    base = TOP + row * len(dated)
    drawn = (_line(line, scale, TOP + row * place, name, beside=beside, width=width) for place, line in enumerate(dated))
    return "".join(
        (
            f'<svg class="drawing times" role="group" aria-label="{escape(title)}" viewBox="0 0 {width} {base + BOTTOM}" '
            f'xmlns="http://www.w3.org/2000/svg" direction="ltr">',
            _patterns(name), *_ticks(scale, base), *drawn, "</svg>",
        )
    )  # fmt: skip


def _patterns(name: str) -> str:
    """How an open end fades to either side, and how what is only possible looks."""
    fades = "".join(
        f'<linearGradient id="{name}-{way}"><stop offset="0" stop-color="currentColor" stop-opacity="{first}"/>'
        f'<stop offset="1" stop-color="currentColor" stop-opacity="{last}"/></linearGradient>'
        for way, first, last in (("after", 0.75, 0.05), ("before", 0.05, 0.75))
    )
    strokes = '<rect width="6" height="6" class="ground"/><line x1="0" x2="0" y1="0" y2="6" class="hatch"/>'
    hatched = f'<pattern id="{name}-maybe" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    return f"<defs>{fades}{hatched}{strokes}</pattern></defs>"


def _ticks(scale: Axis, base: float) -> Iterator[str]:
    for day, named in scale.ticks:
        x = scale.at(day)
        yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{base}"/>'
        half = len(named) * LETTER / 2
        within = min(max(x, half), scale.start + scale.length + BEYOND - half)  # or the edge of the picture cuts it off
        yield f'<text class="tick-text" x="{within:.1f}" y="{base + 18}" text-anchor="middle">{named}</text>'
    yield f'<line class="axis" x1="{scale.start:.1f}" x2="{scale.start + scale.length:.1f}" y1="{base}" y2="{base}"/>'


def _line(line: Line, scale: Axis, top: float, name: str, *, beside: bool, width: float) -> str:
    height, room = (BESIDE, 285.0) if beside else (OVER, float(width))
    first = top + 18
    said = text(line.label, 0, first, room, "who") + text(line.when, 0, first + 16, room, "note")
    marks = "".join(_marks(line.extent, scale, top + (BESIDE / 2 if beside else OVER - 12), name))
    whole = f'<rect class="hit" x="0" y="{top + 1:.1f}" width="{width}" height="{height - 2}"/>'
    way = ' dir="rtl"' if reads_leftwards(line.label) else ""
    kind = "marks faint" if line.faint else "marks"
    drawn = f'<title{way}>{escape(line.label)}: {escape(line.when)}</title>{whole}{said}<g class="{kind}">{marks}</g>'
    return f'<a href="{escape(line.address)}">{drawn}</a>' if line.address else f"<g>{drawn}</g>"


def _marks(extent: Extent, scale: Axis, y: float, name: str) -> Iterator[str]:
    """A dot for a day; a light bar for what is possible, and on it a full one for what is certain; arrows at open ends."""
    first, last = scale.start - BEYOND, scale.start + scale.length + BEYOND
    if extent.is_a_day and extent.earliest:
        kind = "dot doubted" if extent.doubted else "dot"
        yield f'<circle class="{kind}" cx="{scale.at(extent.earliest):.1f}" cy="{y:.1f}" r="5.5"/>'
        return
    low = first if extent.earliest is None else scale.at(extent.earliest)
    high = last if extent.latest is None else scale.at(extent.latest)
    from_, to = extent.certain or (None, None)
    begins, ends = (scale.at(day) if day else None for day in (from_, to))
    sure = (begins, ends) if begins is not None and ends is not None and ends > begins else None
    kind = "maybe doubted" if extent.doubted else "maybe"
    if extent.earliest is not None or extent.latest is not None:
        start = low if extent.earliest else _either(begins, ends, high)
        end = high if extent.latest else _either(ends, begins, low)
        yield _bar(start, end, y, kind, f"url(#{name}-maybe)")
    if sure:
        yield _bar(*sure, y, "sure")
    if extent.earliest is None:
        yield _bar(first, _either(begins, ends, high), y, "open", f"url(#{name}-before)") + _arrow(first, y, 1)
    if extent.latest is None:
        yield _bar(_either(ends, begins, low), last, y, "open", f"url(#{name}-after)") + _arrow(last, y, -1)


def _either(*places: float | None) -> float:
    """The first of these places that there is."""
    return next(place for place in places if place is not None)


def _bar(start: float, end: float, y: float, kind: str, fill: str = "") -> str:
    painted = f' fill="{fill}"' if fill else ""
    return (
        f'<rect class="{kind}" x="{start:.1f}" y="{y - BAR / 2:.1f}" width="{max(end - start, 3):.1f}" height="{BAR}"{painted}/>'
    )


def _arrow(x: float, y: float, back: int) -> str:
    return f'<path class="arrow" d="M{x + 6 * back:.1f} {y - 5:.1f}L{x:.1f} {y:.1f}L{x + 6 * back:.1f} {y + 5:.1f}" fill="none"/>'
