"""Rows of one list asked by those of another: by the keys of those where they are few, row by row where they are many."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from hrdocs import windows

FEW = 2_000  # keys of rows that others are asked by
_WRITTEN_OUT = 20  # of them, each as a value of its own
_MET, _AMONG = 5, 500  # rows met among the first of a table, when there are taken to be many
_BY_KEY = windows.Order("pk", "pk")


@dataclass(frozen=True)
class Keys(Collection[int]):
    """Keys of rows, each once, as the database writes and reads a list of them: `{1,2,3}`. To make Python's numbers of ten
    thousand and text of them again takes longer than the database takes to find them."""

    listed: str
    number: int

    @classmethod
    def of(cls, keys: Collection[int]) -> Keys:
        each = set(keys)
        return cls(f"{{{','.join(map(str, each))}}}", len(each))

    @classmethod
    def found(cls, sql: str, params: Sequence[Any], *, most: int | None = None) -> Keys | None:
        """The keys in the first column of what a question finds; None where it finds more than so many."""
        some = "" if most is None else f"CASE WHEN met <= {int(most)} THEN keys::text END"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT cardinality(keys), {some or 'keys::text'} FROM ("
                f"SELECT count(*) AS met, coalesce(array_agg(DISTINCT key), '{{}}') AS keys FROM ({sql}) AS found (key)) AS told",
                params,
            )
            ((number, listed),) = cursor.fetchall()
        return None if listed is None else cls(listed, number)

    def __len__(self) -> int:
        return self.number

    def __iter__(self) -> Iterator[int]:
        return map(int, self.listed[1:-1].split(",") if self.number else ())

    def __contains__(self, key: object) -> bool:
        return key in set(iter(self))


NONE = Keys("{}", 0)


def tied(
    rows: models.QuerySet,
    column: str = "pk",
    *,
    here: str = "pk",
    one_by_one: models.QuerySet | None = None,
    few: int = 0,
    anywhere: bool = False,
) -> Q:
    """Which rows of another list hold, in their column `here`, what one of these holds in `column`.

    Where that is little, the values themselves are asked for: the database knows how many rows hold a value, and reads
    accordingly. Where it is much, each row is asked whether there is one, so that a page need not work out all; where that
    is quicker in other words, `one_by_one` are the same rows in those. `few` is how much is little, where the values are
    quickly read. Where they are not, since the database gathers all before it tells the first, `anywhere` says that they may
    be met among the first rows of their table: where enough are, it isn't asked how many there are.
    """
    rows = rows.order_by()
    keys = None if anywhere and _are_met(rows) else _few(rows, column, few or FEW)
    if keys is not None:
        return one_of(keys, here=here)
    is_there = Q(Exists((rows if one_by_one is None else one_by_one).order_by().filter(**{column: OuterRef(here)})))
    return is_there if here == "pk" else Q(**{f"{here}__isnull": False}) & is_there  # an index tells where nothing is held


def _few(rows: models.QuerySet, column: str, most: int) -> Keys | None:
    """What these rows hold in a column, where they are at most so many."""
    held = rows if column == "pk" else rows.filter(**{f"{column}__isnull": False})
    try:
        return Keys.found(*held.values_list(column)[: most + 1].query.sql_with_params(), most=most)
    except EmptyResultSet:
        return NONE


def _are_met(rows: models.QuerySet) -> bool:
    try:
        return windows.met(_MET, _AMONG, rows, rows.model._base_manager.all(), _BY_KEY) == _MET
    except EmptyResultSet:
        return False


@models.Field.register_lookup
@models.ForeignObject.register_lookup
class OfList(models.Lookup):
    """`= ANY ('{1,2,3}')`: keys that are handed over as one list. Thousands of values take longer to put into a question than
    the database takes to answer it."""

    lookup_name, prepare_rhs = "of_list", False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        (column, params), (keys, given) = self.process_lhs(compiler, connection), self.process_rhs(compiler, connection)
        return f"{column} = ANY ({keys}::bigint[])", (*params, *given)


def one_of(keys: Collection[int], *, here: str) -> Q:
    """Which rows hold one of these keys, of which the database weighs each against what it knows of the column."""
    if len(keys) <= _WRITTEN_OUT:
        return Q(**{f"{here}__in": set(keys)})
    return Q(**{f"{here}__of_list": _listed(keys)})


def _listed(keys: Collection[int]) -> models.Value:
    return models.Value((keys if isinstance(keys, Keys) else Keys.of(keys)).listed)


class _LookedUp(models.Func):
    """Whether a column is one of very many keys, handed over as one list that is looked up in. It is made once; seeing how long
    it is, the database would count that for each row, and care no more for how it comes to the rows."""

    arg_joiner = " IN (SELECT unnest((SELECT "
    template = "(%(expressions)s::bigint[])))) IS TRUE"
    output_field = models.BooleanField()


def among(keys: Collection[int], *, here: str) -> Q:
    """Which rows hold one of these keys. Where they are very many the database would take longer to weigh each of them
    against what it knows of the column than to find the rows."""
    if len(keys) <= FEW:
        return one_of(keys, here=here)
    return Q(_LookedUp(models.F(here), _listed(keys)))
