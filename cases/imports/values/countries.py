"""Countries as boxes: how far south, west, north and east each reaches. A box tells no border; it only raises a question.

Of Natural Earth (1:10 million, public domain), to a tenth of a degree outwards.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

from cases.imports.values.coordinates import Box, exchanged


@cache
def boxes() -> dict[str, Box]:
    """The boxes by the code of the country. One that crosses the 180th meridian ends west of where it begins."""
    with (Path(__file__).parent / "countries.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: tuple(float(row[side]) for side in ("south", "west", "north", "east"))  # type: ignore[misc]
                for row in csv.DictReader(file)}  # fmt: skip


def seems_exchanged(latitude: Decimal, longitude: Decimal, country: str) -> bool:
    """Whether a point lies outside its country, and within it once latitude and longitude change places."""
    box = boxes().get(country)
    return box is not None and exchanged(latitude, longitude, box)
