"""GeoJSON (RFC 7946): a feature a record, longitude first; without a known point the geometry is null."""

from __future__ import annotations

from collections.abc import Iterator

from hrdocs.expressions import resolved
from hrdocs.formats.export import Export, copied
from hrdocs.formats.ndjson import AS_IT_IS, records

name, media_type, ending = "geojson", "application/geo+json", "geojson"
takes = frozenset({"fields", "expand", "lang"})


def write(export: Export) -> Iterator[bytes]:
    """A FeatureCollection in pieces, a feature a line; from the second on, each line begins with its comma."""
    table, params, names = records(export, resolved(export.shape.identity, export.reader), *export.shape.located(export.reader))
    uid, longitude, latitude = names[-3:]
    point = f"json_build_object('type', 'Point', 'coordinates', json_build_array({longitude}, {latitude}))"
    feature = f"""json_build_object('type', 'Feature', 'id', {uid}, 'geometry',
        CASE WHEN {longitude} IS NOT NULL AND {latitude} IS NOT NULL THEN {point} END, 'properties', record)"""
    lines = f"SELECT CASE WHEN row_number() OVER () > 1 THEN ',' ELSE '' END || ({feature})::text FROM {table}"
    yield b'{"type":"FeatureCollection","features":[\n'
    yield from copied(lines, params, AS_IT_IS)
    yield b"]}\n"
