"""The first rows of a list under its filters, looked for among the next rows of the list where a guess would be bad.

Of a column of its own the database knows how many rows hold a value, and chooses well: to walk along the list until a page
is full, or to read the few rows that there are. Where each row is asked by other rows it can't know: it works out all that
pass for a page of fifty, or passes by the whole list for a page of none. There the next rows alone are walked along first,
as far as is needed. What has not filled the page by then is rare, and all of it is found before it is put in order.
Whether there are so many that nobody counts any further is told in the same way, where most rows pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.fields.array import ArrayOverlap
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Exists, F, Model, Q, QuerySet
from django.db.models.expressions import BaseExpression, Col, RawSQL
from django.db.models.functions import Cast
from django.db.models.sql.where import WhereNode

WINDOW = 5_000  # rows that are walked along first
MET = 8  # of them, when so many are found the others of the page are soon met as well
SAMPLE = 500  # rows that tell how many pass …
SHARE = 0.4  # … and whether so large a share does that counting them on the way along the list is soon done
# What is asked of each row: columns of it that are read, an inner query, and what that is given.
Question = tuple[dict[str, F], str, Sequence[Any]]
Place = Sequence[Any]  # the key of a row, and the two values by which it stands where it does


@dataclass(frozen=True)
class Order:
    """The order of a list: by a column, and where that is the same by another that is unique. `own` is that one again in the
    kind's own table, where a list of one kind has its order in the table of all kinds."""

    column: str
    unique: str
    downward: bool = False
    own: str = ""

    def places(self, rows: QuerySet) -> QuerySet:
        sign = "-" if self.downward else ""
        return rows.order_by(sign + self.column, sign + self.unique).values_list("pk", self.column, self.unique)

    def beyond(self, rows: QuerySet, value: Any, tie: Any) -> QuerySet:
        """The rows that come after the one with these values."""
        after = "lt" if self.downward else "gt"
        if self.column == self.unique:
            return rows.filter(**{f"{self.unique}__{after}": tie})
        later = Q(**{f"{self.column}__{after}": value}) | Q(**{f"{self.unique}__{after}": tie})
        return rows.filter(later, **{f"{self.column}__{after}e": value})  # which tells the index where to begin

    def as_asked(self, found: QuerySet) -> Order:
        """The same order in the kind's own table, where columns of that are asked: nothing is looked up on the way."""
        walked = self.own and self.column == self.unique and _asks(found.query.where, found.model)
        return replace(self, column=self.own, unique=self.own) if walked else self


def first(
    wanted: int, found: QuerySet, whole: QuerySet | None, order: Order, *, after: tuple[Any, Any] | None = None
) -> list[Place]:
    """The places of the first rows that filters find in a `whole` list, after a place in it. Without filters, whole is None."""
    if whole is None or not _is_a_guess(found.query.where):
        order = order.as_asked(found)
        return list(order.places(order.beyond(found, *after) if after else found)[:wanted])
    if after:
        found, whole = order.beyond(found, *after), order.beyond(whole, *after)
    try:
        near = _asked(wanted, _among_the_next(WINDOW, found, whole, order), order)
        if MET <= len(near) < wanted:
            near += _farther(wanted - len(near), found, whole, order, met=len(near))
        return near if len(near) == wanted else _asked(wanted, _all(found, order), order)
    except EmptyResultSet:  # a link to what there is not
        return []


def _farther(wanted: int, found: QuerySet, whole: QuerySet, order: Order, *, met: int) -> list[Place]:
    """As many more, met beyond the rows that were walked along first, where so many were."""
    for _, value, tie in order.places(whole)[WINDOW - 1 : WINDOW]:
        rest = order.beyond(whole, value, tie)
        return _asked(wanted, _among_the_next(2 * WINDOW * wanted // met, found, rest, order), order)
    return []


def so_many(most: int, found: QuerySet, whole: QuerySet | None, order: Order) -> bool:
    """Whether filters find so many in a `whole` list, where that is soon known; where it is not, there may be so many or not."""
    if whole is None or not _is_a_guess(found.query.where):
        return False
    try:
        often = met(SAMPLE, SAMPLE, found, whole, order) >= SHARE * SAMPLE
        return often and met(most, round(most / SHARE), found, whole, order) == most
    except EmptyResultSet:
        return False


def met(most: int, size: int, found: QuerySet, whole: QuerySet, order: Order) -> int:
    """How many are found of so many rows, as far as `most`."""
    rows, params = _among_the_next(size, found, whole, order)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT FROM {rows} LIMIT %s) AS met", [*params, most])
        return int(cursor.fetchone()[0])


def _is_a_guess(clause: Any) -> bool:
    """Whether a question asks other rows anywhere, what is computed, or lists of which nothing is known while they are empty."""
    return any(isinstance(each, ArrayOverlap) or isinstance(getattr(each, "lhs", each), Exists | Cast) for each in _parts(clause))


def _asks(clause: Any, model: type[Model]) -> bool:
    """Whether a question reads columns of this model's own table."""
    asked = (each for each in _parts(clause) if isinstance(each, BaseExpression))  # what finds nothing is no expression
    return any(isinstance(column, Col) and column.target.model is model for each in asked for column in each.flatten())


def _parts(clause: Any) -> Iterator[Any]:
    """The single questions of a clause, however they are joined."""
    if isinstance(clause, WhereNode):
        for child in clause.children:
            yield from _parts(child)
    else:
        yield clause


def _among_the_next(size: int, found: QuerySet, whole: QuerySet, order: Order) -> tuple[str, Sequence[Any]]:
    """Those that are found of so many rows. Without OFFSET 0 the database might turn it round, and find all of them first."""
    columns, one, of_one = _asked_of_itself(found, whole) or _asked_by_its_key(found)
    walked, along = order.places(whole).annotate(**columns)[:size].query.sql_with_params()
    named = ", ".join(["key", "value", "tie", *columns])
    return f"({walked}) AS near ({named}) WHERE EXISTS ({one} OFFSET 0)", [*along, *of_one]


def _asked_by_its_key(found: QuerySet) -> Question:
    """Each row is looked up again in the tables that the filters read."""
    sql, params = found.filter(pk=RawSQL("near.key", ())).order_by().values_list("pk").query.sql_with_params()
    return {}, sql, params


def _asked_of_itself(found: QuerySet, whole: QuerySet) -> Question | None:
    """Filters that read no other table than the one that is walked along ask the row that is passed, which takes half the time:
    statements of one kind, say, by what stands in the table of all kinds. None where they read others."""
    kind, walked = found.model._meta.db_table, whole.model._meta.db_table
    if {alias for alias, times in found.query.alias_refcount.items() if times} - {kind, walked}:
        return None
    try:
        sql, params = whole.query.get_compiler(connection=connection).compile(found.query.where)
    except FullResultSet:
        return None
    if kind != walked and f'"{kind}".' in sql:
        return None
    read = set(re.findall(rf'"{walked}"\."(\w+)"', sql))
    fields = [field for field in whole.model._meta.concrete_fields if field.column in read]
    row = ", ".join(f'near.own_{field.column} AS "{field.column}"' for field in fields)
    columns = {f"own_{field.column}": F(field.attname) for field in fields}
    return columns, f'SELECT FROM (SELECT {row}) AS "{walked}" WHERE {sql}', params


def _all(found: QuerySet, order: Order) -> tuple[str, Sequence[Any]]:
    sql, params = order.places(found).order_by().query.sql_with_params()
    return f"({sql} OFFSET 0) AS found (key, value, tie)", params


def _asked(wanted: int, rows: tuple[str, Sequence[Any]], order: Order) -> list[Place]:
    down = " DESC" if order.downward else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, value, tie FROM {rows[0]} ORDER BY value{down}, tie{down} LIMIT %s", [*rows[1], wanted])
        return cursor.fetchall()
