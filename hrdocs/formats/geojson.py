"""GeoJSON (RFC 7946): a feature a record, longitude first; without a known point the geometry is null."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from hrdocs.formats.json import plain

FEATURES_A_PIECE = 500


def write(rows: Iterable[tuple[dict[str, Any], Any, Any]]) -> Iterator[bytes]:
    """A FeatureCollection in pieces, from (properties, longitude, latitude)."""
    yield b'{"type":"FeatureCollection","features":['
    piece: list[bytes] = []
    first = True
    for properties, longitude, latitude in rows:
        piece.append((b"" if first else b",\n") + orjson.dumps(feature(properties, longitude, latitude), default=plain))
        first = False
        if len(piece) == FEATURES_A_PIECE:
            yield b"".join(piece)
            piece.clear()
    yield b"".join(piece) + b"]}\n"


def feature(properties: dict[str, Any], longitude: Any, latitude: Any) -> dict[str, Any]:
    """One record as a feature."""
    point = None if longitude is None else {"type": "Point", "coordinates": [float(longitude), float(latitude)]}
    return {"type": "Feature", "id": properties["uid"], "geometry": point, "properties": properties}
