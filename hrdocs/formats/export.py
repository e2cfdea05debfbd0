"""What leaves as a file: rows of a shape, for one reader, read by the database itself in one query."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from hrdocs.dates import EdtfField
from hrdocs.formats.hxl import tag
from hrdocs.labels import headings
from hrdocs.shapes import Column, Reader, Shape

PIECE = 128 * 1024  # bytes; smaller pieces cost more time than the database needs for the rows
ROWS_A_BATCH = 2000


@dataclass(frozen=True)
class Export:
    """Some rows of one kind, in the shape in which a reader asked for them, and what a file says of its own making."""

    shape: Shape
    rows: QuerySet
    reader: Reader
    address: str = ""  # what was asked
    taken_at: dt.datetime | None = None
    hxl: bool = False  # with a row of HXL tags below the header
    raw: bool = False  # with texts as they are, for programs
    manifest: str = ""  # where its manifest stands

    @property
    def columns(self) -> tuple[Column, ...]:
        return self.shape.seen_by(self.reader)

    @property
    def header(self) -> list[str]:
        return self.shape.header(self.reader)

    @property
    def kinds(self) -> list[str]:
        """The type of each cell."""
        return [kind for column in self.columns for kind in column.kinds(self.shape.model)]

    @property
    def headings(self) -> list[str]:
        """What the cells are called: by their names, or in the reader's language where she asked for one."""
        language = self.reader.language
        return headings(self.columns, self.shape.model, language) if language else self.header

    @property
    def headers(self) -> list[list[str]]:
        """The rows above the data: the headings, and the tags of the cells where asked for."""
        if not self.hxl:
            return [self.headings]
        dates = [f"{field.name}_earliest" for field in self.shape.model._meta.get_fields() if isinstance(field, EdtfField)]
        return [self.headings, [tag(cell, [*self.header, *dates]) for cell in self.header]]  # a date that is chosen alone, too

    @cached_property
    def terms(self) -> list[str]:
        """Licences and namings of the data sets of others from which some of the rows came."""
        return import_string(settings.TERMS_OF_OTHERS)(self.rows)

    def computed(self, *extra: Any) -> tuple[str, tuple[Any, ...], list[str]]:
        """The query as a table of one more query: its SQL, its parameters, and the names of its columns.

        OFFSET 0 keeps each value from being computed anew for every cell that is made of it.
        """
        query = self.shape.select(self.rows, self.reader, *extra).query
        sql, params = query.get_compiler(connection=connection, elide_empty=False).as_sql()
        names = [f"c{number}" for number in range(len(self.columns) + len(extra))]
        return f"({sql} OFFSET 0) AS computed ({', '.join(names)})", params, names

    def cells(self, names: list[str]) -> list[str]:
        """The SQL of each cell of a row, of the type that it has."""
        return [cell for column, at in zip(self.columns, names, strict=True) for cell in column.as_cells(at)]

    def batches(self) -> Iterator[list[tuple[Any, ...]]]:
        """The cells of the rows, some thousands at a time, as Python has them."""
        table, params, names = self.computed()
        yield from read(f"SELECT {', '.join(self.cells(names))} FROM {table}", params)

    def printed(self) -> tuple[list[str], Iterator[list[tuple[str, ...]]]]:
        """The types of the cells, and the cells of the rows as the database prints them; lists are joined."""
        table, params, names = self.computed()
        cells = self.cells(names)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(cells)} FROM {table} LIMIT 0", params)
            types = [column.type_display for column in cursor.description]
        joined = [
            f"array_to_string({cell}, '; ')" if kind.endswith("[]") else cell for cell, kind in zip(cells, types, strict=True)
        ]
        return types, printed(f"SELECT {', '.join(joined)} FROM {table}", params)


def read(select: str, params: tuple[Any, ...]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a query, some thousands at a time."""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(select, params)
        while batch := cursor.fetchmany(ROWS_A_BATCH):
            yield batch


def printed(select: str, params: tuple[Any, ...]) -> Iterator[list[tuple[str, ...]]]:
    """The same as the database prints them, where nothing is the empty text; it goes on while they are worked on."""
    with connection.cursor() as cursor, cursor.copy(_copy(select, params, "NULL ''")) as copy:
        rows = copy.rows()
        while batch := list(islice(rows, ROWS_A_BATCH)):
            yield batch


def copied(select: str, params: tuple[Any, ...], options: str) -> Iterator[bytes]:
    """What `COPY (select) TO STDOUT` writes, in pieces."""
    with connection.cursor() as cursor, cursor.copy(_copy(select, params, options)) as copy:
        yield from pieces(map(bytes, copy))


def _copy(select: str, params: tuple[Any, ...], options: str) -> Any:
    """The statement. Its parameters are put in by the client."""
    return connection.ops.compose_sql(f"COPY ({select}) TO STDOUT WITH ({options})", params)


class Pieces(io.RawIOBase):
    """What a library writes a file to: keeps the bytes until they are taken, and goes on counting."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._held.append(bytes(part))
        self._size += len(self._held[-1])
        return len(self._held[-1])

    def tell(self) -> int:
        return self._size

    def taken(self) -> bytes:
        """What was written since the last time."""
        piece = b"".join(self._held)
        self._held.clear()
        return piece


def pieces(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Small parts of a file, joined to pieces of some 128 kB."""
    held, size = [], 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size >= PIECE:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)
