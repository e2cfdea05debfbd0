"""CSV for spreadsheets: UTF-8 with a byte-order mark, one row a record, no cell that a spreadsheet would run unless asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from hrdocs.formats.export import Export, copied

name, media_type, ending = "csv", "text/csv", "csv"
takes = frozenset({"fields", "expand", "hxl", "raw"})

SAFE = "public.hrdocs_cell({})"  # with an apostrophe before what a spreadsheet would run
RAW = "nullif(public.hrdocs_words(to_json(public.hrdocs_value({}))), '')"


def write(export: Export) -> Iterator[bytes]:
    """The file in pieces, so that any size leaves in flat memory."""
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerows(export.headers)
    yield b"\xef\xbb\xbf" + header.getvalue().encode()
    table, params, names = export.computed()
    select = ", ".join(map((RAW if export.raw else SAFE).format, export.cells(names)))
    yield from copied(f"SELECT {select} FROM {table}", params, "FORMAT csv")
