"""A map as SVG: places as areas on a graticule, none drawn more precisely than it is known. Plain values in, text out.

A square is all that is told of a coarsened place; a circle with a broken edge is rough; a dot alone is exact. Each has a
number, and a table beside the map says what stands there. It has no ground, so that it asks nobody for one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from cases.lettering import LETTER

METRES = 111_320  # of a degree of latitude
STEPS = (30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)  # degrees between lines
LINES, SMALLEST, EDGE = 9, 0.01, 0.12  # lines at most; degrees that are shown at least; what is left free around, in parts
LEFT, BELOW = 64, 24  # for the names of the lines


@dataclass(frozen=True)
class Spot:
    """A place on a map: its number, where its middle is, and how far around it what is meant may lie."""

    number: int
    east: float
    north: float
    radius: float = 0.0  # metres; 0 where it is exact, or a square
    rough: bool = False
    side: float = 0.0  # of a square, in degrees
    described: str = ""

    @property
    def reach(self) -> tuple[float, float]:
        """Degrees to the east and to the north that it covers from its middle."""
        north = self.side / 2 or self.radius / METRES
        return (self.side / 2 or north / max(math.cos(math.radians(self.north)), 0.1)), north


@dataclass(frozen=True)
class Window:
    """The part of the earth that is drawn, and where it lies in the picture: equal steps, true to size in its middle."""

    west: float
    north: float
    wide: float  # a degree to the east, and one to the north, in the units of the picture
    high: float
    width: float
    height: float

    def at(self, east: float, north: float) -> tuple[float, float]:
        return LEFT + (east - self.west) * self.wide, (self.north - north) * self.high


def window(spots: Sequence[Spot], width: float) -> Window:
    """A window that holds all of these places with what they cover, between two and three fifths as high as it is wide."""
    west, east = min(each.east - each.reach[0] for each in spots), max(each.east + each.reach[0] for each in spots)
    south, north = min(each.north - each.reach[1] for each in spots), max(each.north + each.reach[1] for each in spots)
    middle = (west + east) / 2, (south + north) / 2
    shrunk = max(math.cos(math.radians(middle[1])), 0.1)
    across = max((east - west) * shrunk, SMALLEST) * (1 + 2 * EDGE)
    up = max(north - south, SMALLEST) * (1 + 2 * EDGE)
    room = width - LEFT
    height = room * min(max(up / across, 0.4), 0.65)
    high = min(room / across, height / up)
    wide = high * shrunk
    return Window(middle[0] - room / wide / 2, middle[1] + height / high / 2, wide, high, room, height)


def drawn(spots: Sequence[Spot], *, title: str, name: str, width: int = 860) -> str:
    """A map of these places; "" where there is none. `name` tells the pictures of a document apart."""
    if not spots:
        return ""
    seen = window(spots, width)
    largest_first = sorted(spots, key=lambda spot: -spot.reach[1])
    return "".join(
        (
            f'<svg class="drawing map" role="img" aria-labelledby="{name}-t" viewBox="0 0 {width} {seen.height + BELOW:.0f}" '
            f'xmlns="http://www.w3.org/2000/svg" direction="ltr"><title id="{name}-t">{escape(title)}</title>',
            f'<clipPath id="{name}-c"><rect x="{LEFT}" y="0" width="{seen.width:.1f}" height="{seen.height:.1f}"/></clipPath>',
            *_graticule(seen),
            f'<g clip-path="url(#{name}-c)">',
            *(_area(spot, seen) for spot in largest_first),
            "</g>",
            *(_mark(spot, seen) for spot in spots),
            *_scale(seen),
            f'<rect class="frame" x="{LEFT}" y="0.5" width="{seen.width - 0.5:.1f}" height="{seen.height:.1f}"/></svg>',
        )
    )


def _graticule(seen: Window) -> Iterator[str]:
    """Lines of latitude and longitude with their degrees."""
    across, up = seen.width / seen.wide, seen.height / seen.high
    step = next((each for each in reversed(STEPS) if max(across, up) / each <= LINES), STEPS[0])
    digits = max(0, -math.floor(math.log10(step)))
    for place in range(math.ceil(seen.west / step), math.floor((seen.west + across) / step) + 1):
        x, _ = seen.at(place * step, 0)
        yield f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{seen.height:.1f}"/>'
        told, below = f"{place * step:.{digits}f}°", seen.height + 18
        if x + len(told) * LETTER / 2 > LEFT + seen.width:
            continue  # its name would be cut off at the edge
        yield f'<text class="tick-text" x="{x:.1f}" y="{below:.1f}" text-anchor="middle">{told}</text>'
    for place in range(math.ceil((seen.north - up) / step), math.floor(seen.north / step) + 1):
        _, y = seen.at(0, place * step)
        yield f'<line class="tick" x1="{LEFT}" x2="{LEFT + seen.width:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="tick-text" x="{LEFT - 6}" y="{y + 5:.1f}" text-anchor="end">{place * step:.{digits}f}°</text>'


def _area(spot: Spot, seen: Window) -> str:
    x, y = seen.at(spot.east, spot.north)
    across, up = spot.reach[0] * seen.wide, spot.reach[1] * seen.high
    if spot.side:
        return f'<rect class="area" x="{x - across:.1f}" y="{y - up:.1f}" width="{2 * across:.1f}" height="{2 * up:.1f}"/>'
    kind = "area rough" if spot.rough else "area"
    return f'<ellipse class="{kind}" cx="{x:.1f}" cy="{y:.1f}" rx="{across:.1f}" ry="{up:.1f}"/>' if spot.radius else ""


def _mark(spot: Spot, seen: Window) -> str:
    """Its number; beside a dot where the place is exact, and in the middle of its area where it is not."""
    x, y = seen.at(spot.east, spot.north)
    exact = not spot.radius and not spot.side
    dot = f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="5"/>' if exact else ""
    label = f'<text class="number" x="{x + 10 * exact:.1f}" y="{y + 5:.1f}" text-anchor="{"start" if exact else "middle"}">'
    return f"<g><title>{escape(spot.described)}</title>{dot}{label}{spot.number}</text></g>"


def _scale(seen: Window) -> Iterator[str]:
    """How long a round number of kilometres is in the middle of the map."""
    longest = seen.width / 4 / seen.high * METRES / 1000
    length = 10 ** math.floor(math.log10(longest))
    length *= next(factor for factor in (5, 2, 1) if length * factor <= longest)
    x, y = LEFT + 14, seen.height - 14
    end = x + length * 1000 / METRES * seen.high
    yield f'<path class="scale" d="M{x:.1f} {y - 6:.1f}V{y:.1f}H{end:.1f}V{y - 6:.1f}" fill="none"/>'
    yield f'<text class="tick-text" x="{end + 8:.1f}" y="{y + 2:.1f}">{length:g} km</text>'
