"""Making a release: the lists that were asked for, read as of one moment, into one file whose bytes follow from what is in it."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict

from hrdocs.access import Everybody, Sensitivity, shown_rows
from hrdocs.endpoints import views
from hrdocs.formats import csv, ndjson, parquet
from hrdocs.formats.export import Export
from hrdocs.refusal import Refused
from hrdocs.releasing.package import About, Cell, DataFile, sums, texts
from hrdocs.shapes import Reader, help_of

FORMS = (csv, ndjson, parquet)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same for every file: a clock would make each zip another


def exports(asked: dict[str, str], level: Sensitivity, base_url: str) -> Iterator[Export]:
    """Each list that was asked for, filtered, as everybody of this level sees it."""
    reader = Reader(Everybody(level), base_url)
    for name, query in sorted(asked.items()):  # the database keeps them in an order of its own
        view = views().get(name)
        if view is None:
            raise Refused(f"There is no list “{name}”. Choose from {', '.join(views())}.")
        try:
            rows = view.filterset_class(QueryDict(query), shown_rows(view.shape.model, reader.user), reader=reader).rows()
        except ValidationError as error:
            told = "; ".join(f"{key}: {' '.join(words)}" for key, words in error.message_dict.items())
            raise Refused(f"{name} can't be asked so. {told}") from None
        yield Export(view.shape, rows.order_by(view.orderings[0], view.unique), reader, f"/api/v1/{name}/?{query}".rstrip("?"))


def write(path: Path, about: About, found: Iterable[Export]) -> list[DataFile]:
    """Write the whole release to a file; what is in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        data, terms = [], set[str]()
        for export in found:
            data += [_put_data(archive, export, form) for form in FORMS]
            terms |= set(export.terms)
        about = replace(about, terms=tuple(sorted(terms)))
        others = [_put(archive, name, [text.encode()]) for name, text in texts(about, data).items()]
        _put(archive, "SHA256SUMS", [sums([*data, *others]).encode()])
    return [*data, *others]


def _put_data(archive: zipfile.ZipFile, export: Export, form: Any) -> DataFile:
    name, rows = f"data/{export.shape.path}.{form.ending}", export.rows.order_by().count()
    return _put(archive, name, form.write(export), rows, _cells(export))


def _put(
    archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes], rows: int | None = None, cells: tuple[Cell, ...] = ()
) -> DataFile:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    sum_, size = hashlib.sha256(), 0
    with archive.open(entry, "w", force_zip64=True) as file:
        for piece in pieces:
            file.write(piece)
            sum_.update(piece)
            size += len(piece)
    return DataFile(name, size, sum_.hexdigest(), rows, cells)


def _cells(export: Export) -> tuple[Cell, ...]:
    model = export.shape.model
    return tuple(
        Cell(name, kind, help_of(model, column))
        for column in export.columns for name, kind in zip(column.cells(), column.kinds(model), strict=True)
    )  # fmt: skip


def iso(moment: dt.datetime) -> str:
    """A moment as texts in a release have it, to the second."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def named(row: Any, house: str, base_url: str) -> About:
    """What a release says of itself, from its row."""
    return About(
        number=row.number, title=row.title, description=row.description, licence=row.licence, caveats=row.caveats,
        audience=str(row.level), asked=row.asked, version=row.version, made_at=iso(row.made_at), house=house,
        address=base_url + row.path)  # fmt: skip
