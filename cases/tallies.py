"""The work of a house drawn as SVG: decisions per week, and how long records lie. Plain values in, text out.

Both read from left to right in every language, as the charts of figures do, and neither stands alone: a table beside it
says the same. Each row is named in words, so nothing depends on colour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from cases.charts import TICKS, Scale, scale
from cases.lettering import reads_leftwards

HIGH, GAP = 44.0, 22.0  # of a row of columns, and between two
LINE, FOOT = 30.0, 30.0  # of a lasting, and below the last row
OVER = 20.0  # what a label takes that stands over its row


@dataclass(frozen=True)
class Frame:
    """How wide a picture is. Below 600 the labels stand over their rows instead of beside them."""

    width: float

    @property
    def beside(self) -> bool:
        return self.width >= 600

    @property
    def left(self) -> float:
        return 210.0 if self.beside else 0.0

    @property
    def over(self) -> float:
        return 0.0 if self.beside else OVER

    @property
    def right(self) -> float:
        return 20.0 if self.beside else 0.0


@dataclass(frozen=True)
class Tally:
    """One row of columns: what is counted, and how many there were in each week."""

    label: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Lasting:
    """How long records of one kind have lain in one state, in days: the middle one and the oldest."""

    label: str
    median: float
    oldest: float


def columns(tallies: Sequence[Tally], weeks: Sequence[str], *, title: str, name: str, width: float = 860) -> str:
    """A row of columns for each tally, all to one scale, with the number over each column that is not empty."""
    frame = Frame(width)
    most = max((number for tally in tallies for number in tally.numbers), default=0) or 1
    wide = (width - frame.left - frame.right) / max(len(weeks), 1)
    tall = HIGH + GAP + frame.over
    drawn = [_columns(tally, tall * place + GAP + frame.over, wide, most, frame) for place, tally in enumerate(tallies)]
    height, every = tall * len(tallies) + FOOT, 2 if frame.beside else 3
    foot = [
        _text(week, frame.left + wide * (place + 0.5), height - 10, "tick-text", "middle")
        for place, week in enumerate(weeks)
        if (len(weeks) - 1 - place) % every == 0  # the last always
    ]
    said = "; ".join(f"{tally.label}: {', '.join(map(str, tally.numbers))}" for tally in tallies)
    return _picture("".join([*drawn, *foot]), frame, height, title=title, said=said, name=name)


def lastings(rows: Sequence[Lasting], *, title: str, name: str, days: str, key: str, width: float = 860) -> str:
    """A line to the oldest of each row, with a dot at the middle one, over an axis of days."""
    frame = Frame(width)
    start = frame.left + 8
    most = max([row.oldest for row in rows], default=0)
    axis = scale([Decimal(str(max(round(most, 1), TICKS)))], start, width - start - 60)  # whole days, from today
    tall = LINE + frame.over
    base = tall * len(rows) + 6
    ticks = "".join(
        f'<line class="tick" x1="{axis.at(tick):.1f}" x2="{axis.at(tick):.1f}" y1="0" y2="{base}"/>'
        + _text(f"{tick:g}", axis.at(tick), base + 18, "tick-text", "middle")
        for tick in axis.ticks
    )
    lines = "".join(_lasting(row, tall * place + frame.over + LINE / 2, axis, frame) for place, row in enumerate(rows))
    unit = _text(days, width, base + 18, "tick-text", "start" if reads_leftwards(days) else "end")
    said = "; ".join(f"{row.label}: {row.median:.0f}, {row.oldest:.0f}" for row in rows)
    return _picture(ticks + lines + unit, frame, base + FOOT, title=title, said=f"{key} {said}", name=name)


def _columns(tally: Tally, top: float, wide: float, most: int, frame: Frame) -> str:
    def marks() -> Iterator[str]:
        for place, number in enumerate(tally.numbers):
            if number:
                tall, x = max(HIGH * number / most, 2), frame.left + wide * place
                y = top + HIGH - tall
                size = f'width="{wide * 0.6:.1f}" height="{tall:.1f}"'
                yield f'<rect class="bar" x="{x + wide * 0.2:.1f}" y="{y:.1f}" {size}/>'
                yield _text(str(number), x + wide / 2, y - 4, "value", "middle")

    floor = top + HIGH
    base = f'<line class="axis" x1="{frame.left}" x2="{frame.width - frame.right}" y1="{floor}" y2="{floor}"/>'
    return f"<g>{_label(tally.label, floor if frame.beside else top - 14)}{base}{''.join(marks())}</g>"


def _lasting(row: Lasting, y: float, axis: Scale, frame: Frame) -> str:
    start, middle, end = axis.at(axis.low), axis.at(max(row.median, axis.low)), axis.at(max(row.oldest, axis.low))
    return (
        f"<g>{_label(row.label, y + 5 if frame.beside else y - 14)}"
        f'<line class="span" x1="{start:.1f}" x2="{end:.1f}" y1="{y}" y2="{y}"/>'
        f'<line class="cap" x1="{end:.1f}" x2="{end:.1f}" y1="{y - 6}" y2="{y + 6}"/>'
        f'<circle class="dot" cx="{middle:.1f}" cy="{y}" r="5"/>'
        f"{_text(f'{row.oldest:.0f}', end + 8, y + 5, 'value', 'start')}</g>"
    )


def _label(text: str, y: float) -> str:
    return _text(text, 0, y, "who", "end" if reads_leftwards(text) else "start")


def _text(text: str, x: float, y: float, kind: str, anchor: str) -> str:
    way = "rtl" if reads_leftwards(text) else "ltr"
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" direction="{way}">{escape(text)}</text>'


def _picture(drawn: str, frame: Frame, height: float, *, title: str, said: str, name: str) -> str:
    return (
        f'<svg class="drawing" role="img" aria-labelledby="{name}-t {name}-d" viewBox="0 0 {frame.width:.0f} {height:.0f}" '
        f'xmlns="http://www.w3.org/2000/svg" direction="ltr"><title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(said)}</desc>{drawn}</svg>'
    )
