"""The parts of a facility as a plan: each where it lies, as large as it is known to be, with a bar for the scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from cases.lettering import text

WIDTH, HEIGHT, MARGIN = 860.0, 420.0, 60.0
_METRES_OF_A_DEGREE = 111_195.0
SMALLEST = 60.0  # metres that a plan shows at least


@dataclass(frozen=True)
class Spot:
    """One part: its name, where it lies, how many metres off that may be, whether these are rough, and its page."""

    label: str
    east: float
    north: float
    radius: float = 0.0
    rough: bool = False
    address: str = ""
    whole: bool = False  # the facility itself


@dataclass(frozen=True)
class _Scale:
    """Metres and pixels of a plan."""

    west: float
    north: float
    shrink: float  # of a degree of longitude, as far from the equator as this
    pixels: float  # of a metre

    def at(self, spot: Spot) -> tuple[float, float]:
        x = (spot.east - self.west) * _METRES_OF_A_DEGREE * self.shrink * self.pixels
        y = (self.north - spot.north) * _METRES_OF_A_DEGREE * self.pixels
        return MARGIN + x, MARGIN + y


def plan(spots: Sequence[Spot], *, title: str) -> str:
    """The plan as SVG; "" where the parts do not lie at two points at least, so that there is nothing to see."""
    if len({(spot.east, spot.north) for spot in spots}) < 2:
        return ""
    scale = _scale(spots)
    largest_first = sorted(spots, key=lambda spot: -spot.radius)
    return "".join(
        (
            f'<svg class="drawing plan" role="group" aria-label="{escape(title)}" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" '
            f'xmlns="http://www.w3.org/2000/svg" direction="ltr">',
            *(_spot(spot, scale) for spot in largest_first), *_bar(scale), "</svg>",
        )
    )  # fmt: skip


def _scale(spots: Sequence[Spot]) -> _Scale:
    shrink = max(math.cos(math.radians(sum(spot.north for spot in spots) / len(spots))), 0.01)
    west, east = min(spot.east for spot in spots), max(spot.east for spot in spots)
    south, north = min(spot.north for spot in spots), max(spot.north for spot in spots)
    wide, high = (east - west) * _METRES_OF_A_DEGREE * shrink, (north - south) * _METRES_OF_A_DEGREE
    pixels = min((WIDTH - 2 * MARGIN - 160) / max(wide, SMALLEST), (HEIGHT - 2 * MARGIN) / max(high, SMALLEST))
    return _Scale(west, north, shrink, pixels)


def _spot(spot: Spot, scale: _Scale) -> str:
    x, y = scale.at(spot)
    reach = (
        f'<circle class="area{" rough" if spot.rough else ""}" cx="{x:.1f}" cy="{y:.1f}" r="{spot.radius * scale.pixels:.1f}"/>'
    )
    dot = f'<circle class="dot{" whole" if spot.whole else ""}" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'
    drawn = f"<title>{escape(spot.label)}</title>{reach if spot.radius else ''}{dot}{text(spot.label, x + 11, y + 5, 240, 'who')}"
    return f'<a href="{escape(spot.address)}">{drawn}</a>' if spot.address else f"<g>{drawn}</g>"


def _bar(scale: _Scale) -> Iterator[str]:
    """A bar of a round number of metres, about an eighth of the plan."""
    rough = WIDTH / 8 / scale.pixels
    power = 10.0 ** math.floor(math.log10(rough))
    metres = next(power * step for step in (1, 2, 5, 10) if power * step >= rough * 0.99)
    long, y = metres * scale.pixels, HEIGHT - 14
    named = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    yield f'<path class="axis" fill="none" d="M{MARGIN} {y - 6}V{y}H{MARGIN + long:.1f}V{y - 6}"/>'
    yield f'<text class="tick-text" x="{MARGIN + long + 8:.1f}" y="{y}">{named}</text>'
