"""Parquet: typed columns for data frames, the same cells as in a CSV; lists of codes stay lists."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hrdocs.formats.export import Export, Pieces

if TYPE_CHECKING:
    import pyarrow as pa

name, media_type, ending = "parquet", "application/vnd.apache.parquet", "parquet"
takes = frozenset({"fields", "expand", "lang"})

BATCHES_A_GROUP = 25  # of rows read together; a reader of the file takes a group at a time


def write(export: Export) -> Iterator[bytes]:
    """The file in pieces, a group of rows each."""
    import pyarrow as pa  # here and not above: it would take 40 MB of each process, most of which never write such a file
    import pyarrow.parquet as pq

    kinds, types = export.kinds, _types()
    schema = pa.schema([(name, types[kind]) for name, kind in zip(export.header, kinds, strict=True)])
    about = {"hrdocs.asked": export.address, "hrdocs.taken": export.taken_at.isoformat() if export.taken_at else ""}
    pieces = Pieces()
    with pq.ParquetWriter(pieces, schema.with_metadata(about), compression="zstd") as writer:
        held: list[tuple[Any, ...]] = []
        for number, batch in enumerate(export.batches(), start=1):
            held += batch
            if number % BATCHES_A_GROUP == 0:
                writer.write_table(_group(held, schema, kinds))
                yield pieces.taken()
                held = []
        writer.write_table(_group(held, schema, kinds))
    yield pieces.taken()


def _types() -> dict[str, pa.DataType]:
    import pyarrow as pa

    return {
        "text": pa.string(),
        "number": pa.float64(),
        "integer": pa.int64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us", tz="UTC"),
        "codes": pa.list_(pa.string()),
    }


def _group(rows: list[tuple[Any, ...]], schema: pa.Schema, kinds: list[str]) -> pa.Table:
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else [()] * len(kinds)
    return pa.table([pa.array([_fits(value, kind) for value in values], field.type)
                     for values, field, kind in zip(columns, schema, kinds, strict=True)], schema=schema)  # fmt: skip


def _fits(value: Any, kind: str) -> Any:
    if kind == "number" and isinstance(value, Decimal):
        return float(value)
    if kind == "text" and value is not None and not isinstance(value, str):
        return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return value
