"""CSV for spreadsheets: UTF-8 with a byte-order mark, one row a record, no cell that a spreadsheet would run unless asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext, override

from hrdocs.formats.export import Export, copied

name, media_type, ending = "csv", "text/csv", "csv"
takes = frozenset({"fields", "expand", "lang", "hxl", "raw"})

SAFE = "public.hrdocs_cell({})"  # with an apostrophe before what a spreadsheet would run
RAW = "nullif(public.hrdocs_words(to_json(public.hrdocs_value({}))), '')"


def _yes_no(export: Export) -> str:
    with override(export.reader.language or "en"):
        yes, no = gettext("yes"), gettext("no")
    return f"CASE ({{}})::text WHEN 'true' THEN '{yes}' WHEN 'false' THEN '{no}' END"


def write(export: Export) -> Iterator[bytes]:
    """The file in pieces, so that any size leaves in flat memory."""
    header = io.StringIO()
    csv.writer(header, lineterminator="\n").writerows(export.headers)
    yield b"\xef\xbb\xbf" + header.getvalue().encode()
    table, params, names = export.computed()
    written = RAW if export.raw else SAFE
    cells = zip(export.cells(names), export.kinds, strict=True)
    select = ", ".join((_yes_no(export) if kind == "boolean" else written).format(cell) for cell, kind in cells)
    yield from copied(f"SELECT {select} FROM {table}", params, "FORMAT csv")
