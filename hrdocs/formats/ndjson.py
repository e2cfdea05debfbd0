"""NDJSON: a record a line, as the API's lists have it, for programs that read a file of any size line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from hrdocs.formats.export import Export, copied, read

name, media_type, ending = "ndjson", "application/x-ndjson", "ndjson"
takes = frozenset({"fields", "expand", "lang"})

# JSON escapes control characters, so none of these two stands in a line, and COPY has nothing to quote or to escape.
AS_IT_IS = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'"


def write(export: Export) -> Iterator[bytes]:
    """The lines in pieces."""
    table, params, _ = records(export)
    yield from copied(f"SELECT row_to_json(record) FROM {table}", params, AS_IT_IS)


def rows(export: Export) -> Iterator[dict[str, Any]]:
    """The records as a page has them, for formats that are written from those."""
    table, params, _ = records(export)
    for batch in read(f"SELECT row_to_json(record)::text FROM {table}", params):
        yield from (orjson.loads(line) for (line,) in batch)


def records(export: Export, *extra: Any) -> tuple[str, tuple[Any, ...], list[str]]:
    """A table `record` with a column for each of the shape's, as JSON prints it, and one of the computed values."""
    table, params, names = export.computed(*extra)
    values = (f'{column.as_value(at)} AS "{column.name}"' for column, at in zip(export.columns, names, strict=False))
    return f"{table}, LATERAL (SELECT {', '.join(values)}) AS record", params, names
