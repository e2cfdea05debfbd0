"""Rows of a shape by their keys, by a statement that is put together once and that the database keeps planned.

A list of estimates is a query of some 700 parts. To compose, compile and plan it took 20 times as long as to run it,
so a page first asks for the keys of its rows, under whatever filters, and then for the rows behind them.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection, models

from hrdocs.access import Everybody, shown_rows
from hrdocs.shapes import Reader, Shape


class Among(models.Lookup):
    """`pk = ANY($1)`: among the keys that a statement is run with."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY($1::bigint[])", tuple(params)


def rows(shape: Shape, keys: Sequence[int], reader: Reader) -> list[tuple[Any, ...]]:
    """The values of the records with these keys, as `Shape.select` gives them, in the order of the keys. One that the
    reader may not see, or that is gone, is left out."""
    statement, converted = statement_of(shape, _like(reader))
    if reader.as_of:
        statement = f"/* as it was */ {statement}"  # of the relations over history: neither unmakes the plan of the other
    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
        found = {row[-1]: row[:-1] for row in converted(cursor.execute(statement, [list(keys)]).fetchall())}
    return [found[key] for key in keys if key in found]


def _like(reader: Reader) -> Reader:
    """Whoever is shown the same: of readers from outside all who are cleared for a level, of those inside she alone."""
    return Reader(Everybody(reader.clearance, reader.user.pk if reader.inside else None), reader.base_url)


@functools.lru_cache(maxsize=256)
def statement_of(shape: Shape, reader: Reader) -> tuple[str, Any]:
    """The SQL of a shape's rows for a reader, all in it but the keys, and what makes Python's values of what it gives."""
    chosen = shown_rows(shape.model, reader.user).filter(Among(models.F("pk"), None)).order_by()
    compiler = shape.select(chosen, reader, "pk").query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column for column, *_ in compiler.select])
    return connection.ops.compose_sql(sql, params), functools.partial(compiler.apply_converters, converters=converters)
