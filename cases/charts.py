"""Figures drawn on one axis as SVG, and a chain of hand-ons laid out as a tree. Plain values in, text out.

A range is a bar and a single value a dot. A bound that a source leaves open is drawn open, fading out at an arrow,
and never closed where nobody closed it. The chart itself reads from left to right in every language; each text in it
takes its own direction. It never stands alone: a table beside it says the same in words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from cases.claims import Claim, Figure, printed
from cases.difference import Difference, Severity, worst
from cases.lettering import letter, text

LOG_FROM = 30  # how many times the smallest number the largest must be, before equal steps hide the small ones
TICKS = 5
ROW, TOP, BOTTOM, BAR = 48, 8, 34, 9
MARGIN = 10.0  # which a text that is drawn a little wider than it was reckoned may use up
BEYOND = 22  # what an open end reaches over the last number, towards its arrow


@dataclass(frozen=True)
class Row:
    """One figure of a chart: who says it, and in which words; a faint one only tells on another."""

    figure: Figure
    label: str
    note: str = ""  # when they say so
    text: str = ""
    faint: bool = False

    @property
    def words(self) -> str:
        return self.text or self.figure.text

    @property
    def described(self) -> str:
        return f"{', '.join(filter(None, [self.label, self.note]))}: {self.words}"


@dataclass(frozen=True)
class Scale:
    """Where a number lies between the two ends of the axis."""

    low: float
    high: float
    start: float
    length: float
    logarithmic: bool
    ticks: tuple[float, ...]

    def at(self, number: float | Decimal) -> float:
        value = float(number)
        if self.logarithmic:
            share: float = math.log10(max(value, self.low) / self.low) / math.log10(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + self.length * min(max(share, 0.0), 1.0)


def scale(numbers: Iterable[Decimal], start: float, length: float, *, headroom: bool = False) -> Scale:
    """An axis that holds these numbers: from zero in equal steps, or in powers where the numbers lie far apart.

    With headroom it goes on beyond the highest, for a bar that is open there to be seen going on.
    """
    given = [float(number) for number in numbers]
    positive = [number for number in given if number > 0]
    top = (max(given, default=0) or 1.0) * (1.25 if headroom else 1)
    if positive and 0 not in given and top / min(positive) > LOG_FROM:
        steps = [10.0**power * factor for power in range(-3, 13) for factor in (1, 2, 5)]
        low, high = max(step for step in steps if step <= min(positive)), min(step for step in steps if step >= top)
        powers = [step for step in steps if low <= step <= high and f"{step:e}".startswith("1")]
        return Scale(low, high, start, length, True, tuple(powers[:: math.ceil(len(powers) / (TICKS + 1))]))
    step = _round_step(top / TICKS)
    ends = math.ceil(top / step - 1e-9)
    return Scale(0, ends * step, start, length, False, tuple(number * step for number in range(ends + 1)))


def _round_step(rough: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))


def chart(rows: Sequence[Row], *, title: str, name: str, width: int = 860) -> str:
    """Figures of one kind on one axis, a row for each, as an SVG picture with a title and a description.

    `name` tells the charts of one page apart. Below 600 the texts stand over the bars instead of beside them.
    """
    beside = width >= 600
    left, right = (250.0, 190.0) if beside else (MARGIN, MARGIN)
    row_height = ROW if beside else ROW + 26
    height = TOP + row_height * len(rows) + BOTTOM
    numbers = [number for row in rows for number in row.figure.numbers]
    axis = scale(numbers, left + BEYOND, width - left - right - 2 * BEYOND, headroom=any(_opens_up(row.figure) for row in rows))
    base = TOP + row_height * len(rows)
    described = "; ".join(row.described for row in rows)
    return "".join(
        (
            f'<svg class="drawing" role="img" aria-labelledby="{name}-t {name}-d" viewBox="0 0 {width} {height}" '
            f'xmlns="http://www.w3.org/2000/svg" direction="ltr">',
            f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(described)}</desc>',
            _fades(name),
            *_axis(axis, base, numbers),
            *(_row(row, axis, TOP + row_height * place, name, beside=beside, width=width) for place, row in enumerate(rows)),
            "</svg>",
        )
    )


def _fades(name: str) -> str:
    """How an open end disappears, to either side."""
    return f"<defs>{_fade(f'{name}-up', 1, 0.08)}{_fade(f'{name}-down', 0.08, 1)}</defs>"


def _fade(name: str, first: float, last: float) -> str:
    stops = (
        f'<stop offset="{place}" stop-color="currentColor" stop-opacity="{part}"/>' for place, part in enumerate((first, last))
    )
    return f'<linearGradient id="{name}">{"".join(stops)}</linearGradient>'


def _axis(axis: Scale, base: float, numbers: Sequence[Decimal]) -> Iterator[str]:
    if not numbers:
        return
    for number in axis.ticks:
        x = axis.at(number)
        yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{base}"/>'
        yield f'<text class="tick-text" x="{x:.1f}" y="{base + 20}" text-anchor="middle">{_tick(number)}</text>'
    yield f'<line class="axis" x1="{axis.start:.1f}" x2="{axis.start + axis.length:.1f}" y1="{base}" y2="{base}"/>'


def _opens_up(figure: Figure) -> bool:
    return figure.lower is not None and figure.upper is None


def _tick(number: float) -> str:
    return printed(Decimal(str(round(number, 6))))


def _row(row: Row, axis: Scale, top: float, name: str, *, beside: bool, width: float) -> str:
    middle = top + (ROW / 2 if beside else ROW + 6)
    marks = "".join(_marks(row.figure, axis, middle, name))
    if beside:
        rise = 4 if row.note else -5
        label, note = text(row.label, 0, middle - rise, 240, "who"), text(row.note, 0, middle + 14, 240, "note")
        value = text(row.words, width - 178, middle + 5, 178, "value")
    else:
        value = text(row.words, 0, top + 17, width * 0.46, "value")
        end = width - MARGIN
        left_over = end - (len(row.words) + 1) * letter(row.words)
        label = text(row.label, end, top + 17, max(left_over, width * 0.5), "who", at_end=True)
        note = text(row.note, end, top + 37, width * 0.5, "note", at_end=True)
    kind = "row faint" if row.faint else "row"
    return f'<g class="{kind}"><title>{escape(row.described)}</title>{label}{note}<g class="marks">{marks}</g>{value}</g>'


def _marks(figure: Figure, axis: Scale, y: float, name: str) -> Iterator[str]:
    """A bar between two bounds, a bar that fades out where one of them is open, and a dot for a single value."""
    low, high = figure.span if figure.lower is not None or figure.upper is not None else (None, None)
    first, last = axis.start - BEYOND, axis.start + axis.length + BEYOND
    if low is not None and high is not None:
        yield _bar(axis.at(low), axis.at(high), y, "bar")
        yield _cap(axis.at(low), y) + _cap(axis.at(high), y)
    elif low is not None:
        yield _bar(axis.at(low), last, y, "bar open", f"url(#{name}-up)")
        yield _cap(axis.at(low), y) + _arrow(last, y, -1)
    elif high is not None:
        yield _bar(first, axis.at(high), y, "bar open", f"url(#{name}-down)")
        yield _cap(axis.at(high), y) + _arrow(first, y, 1)
    if figure.best is not None:
        yield f'<circle class="dot" cx="{axis.at(figure.best):.1f}" cy="{y:.1f}" r="6"/>'


def _bar(start: float, end: float, y: float, kind: str, fill: str = "") -> str:
    painted = f' fill="{fill}"' if fill else ""
    size = f'width="{max(end - start, 1.5):.1f}" height="{BAR}"'
    return f'<rect class="{kind}" x="{start:.1f}" y="{y - BAR / 2:.1f}" {size}{painted}/>'


def _cap(x: float, y: float) -> str:
    return f'<line class="cap" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 9:.1f}" y2="{y + 9:.1f}"/>'


def _arrow(x: float, y: float, back: int) -> str:
    """An arrow at the open end, pointing to where nobody set a limit."""
    return f'<path class="arrow" d="M{x + 7 * back:.1f} {y - 6:.1f}L{x:.1f} {y:.1f}L{x + 7 * back:.1f} {y + 6:.1f}" fill="none"/>'


# ── chains ──


@dataclass(frozen=True)
class Passing:
    """One hand-on between two claims: how, by whose word, and what changed on the way."""

    earlier: Claim
    later: Claim
    differences: tuple[Difference, ...] = ()
    how: str = ""
    stated: bool = True
    note: str = ""

    @property
    def severity(self) -> Severity:
        return worst(self.differences)


@dataclass(frozen=True)
class Step:
    """One place in the tree of a chain: a claim, how deep it stands, and by which hand-on it came; none for an origin."""

    claim: Claim
    depth: int
    passing: Passing | None = None
    again: bool = False  # it stands elsewhere in the tree too, and what follows it is shown there


def tree(passings: Iterable[Passing], origin: str = "") -> tuple[Step, ...]:
    """The hops of a chain from its origins outwards, or from one origin: each claim under the one that it hands on."""
    passings = sorted(passings, key=lambda each: (str(each.later.published or "9"), each.later.uid))
    later_of: dict[str, list[Passing]] = {}
    claims: dict[str, Claim] = {}
    for each in passings:
        later_of.setdefault(each.earlier.uid, []).append(each)
        claims |= {each.earlier.uid: each.earlier, each.later.uid: each.later}
    handed_on = {each.later.uid for each in passings}
    roots = [claims[origin]] if origin in claims else [] if origin else [c for uid, c in claims.items() if uid not in handed_on]
    roots.sort(key=lambda claim: (str(claim.published or "9"), claim.uid))
    waiting = [Step(claim, 0) for claim in reversed(roots)]
    found: list[Step] = []
    seen: set[str] = set()
    while waiting:
        step = waiting.pop()
        if step.claim.uid in seen:
            found.append(Step(step.claim, step.depth, step.passing, again=True))
            continue
        seen.add(step.claim.uid)
        found.append(step)
        waiting += [Step(each.later, step.depth + 1, each) for each in reversed(later_of.get(step.claim.uid, []))]
    return tuple(found)


def changes(steps: Iterable[Step]) -> Mapping[Severity, int]:
    """How many changes of each gravity a chain saw, gravest first."""
    graded = [found.severity for step in steps if step.passing and not step.again for found in step.passing.differences]
    return {grade: graded.count(grade) for grade in reversed(Severity) if graded.count(grade) and grade is not Severity.NONE}
