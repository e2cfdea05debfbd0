"""Indexes that follow the filters and orders of lists, whenever the database is migrated.

A filter that few rows pass, or none, must not read all rows to find that out. A list has some thirty filters, of which
any may be joined: for texts and closed lists PostgreSQL's GIN keeps them in one index and puts the parts together as they
are asked. Days are kept as ranges, numbers in order, each in an index of those rows alone that have any.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django_filters import CharFilter

from hrdocs.dates import DATED, EdtfField
from hrdocs.endpoints import views
from hrdocs.filtersets import AnyOfFilter, ChoicesFilter
from hrdocs.models import Record
from hrdocs.wording import our_models

MOST_PARTS = 32  # of one index
_SWEPT = ("autovacuum_vacuum_scale_factor=0.02", "autovacuum_vacuum_insert_scale_factor=0.02")
_IN_ORDER = (models.DecimalField, models.IntegerField, models.DateTimeField, models.TimeField)


def build() -> None:
    """Make the indexes that are missing, or that differ from the filters of today. On large tables it takes minutes."""
    found: dict[str, set[str]] = {}
    for table, part in _asked():
        found.setdefault(table, set()).add(part)
    for table, parts in found.items():
        ordered = sorted(parts)
        for start in range(0, len(ordered), MOST_PARTS):
            some = ", ".join(ordered[start : start + MOST_PARTS])
            make(f"{table}_filters{start // MOST_PARTS or ''}", table, f"gin ({some})", some)
    for name, table, what in dict.fromkeys((*_days_and_numbers(), *_orders(), *_states())):
        make(name, table, what, what)
    _know_who_sees_what()
    _sweep_often()


def _asked() -> Iterator[tuple[str, str]]:
    """(table, part of its index): texts by the letters that they contain, closed lists by value."""
    for given, field in _filters():
        if isinstance(given, AnyOfFilter | ChoicesFilter):
            yield field.model._meta.db_table, field.column
        elif type(given) is CharFilter and given.lookup_expr == "icontains":
            yield field.model._meta.db_table, f"upper({field.column}::text) gin_trgm_ops"


def _days_and_numbers() -> Iterator[tuple[str, str, str]]:
    """(name, table, what stands in it) of the indexes of days, and of numbers and times where there are any."""
    walked = {(table, what.partition(",")[0]) for _name, table, what in _orders()}  # which stands first in an index as it is
    for _, field in _filters():
        table, column = field.model._meta.db_table, field.column
        if isinstance(field, EdtfField):
            yield f"{table}_{column}_days", table, (
                f"gist (daterange({column}_earliest, {column}_latest, '[]')) WHERE {DATED.format(column)}")  # fmt: skip
        elif isinstance(field, _IN_ORDER) and not (
            field.db_index or field.unique or field.choices or (table, f"btree ({column}") in walked
        ):
            yield f"{table}_{column}_given", table, f"btree ({column})" + (f" WHERE {column} IS NOT NULL" if field.null else "")


def _orders() -> Iterator[tuple[str, str, str]]:
    """A list is walked along its order, which is never the same for two rows."""
    for view in views().values():
        for column in set(view.orderings) - {view.unique}:
            table = view.shape.model._meta.get_field(column).model._meta.db_table
            yield f"{table}_by_{column}", table, f"btree ({column}, {view.unique})"


def _states() -> Iterator[tuple[str, str, str]]:
    """Of many drafts none is for readers from outside."""
    for table in _records():
        yield f"{table}_state_seen", table, "btree (state, audience)"


def _filters() -> Iterator[tuple[object, models.Field]]:
    """The filters of all lists that ask a column of the row itself, each with that column."""
    for view in views().values():
        for given in view.filterset_class.base_filters.values():
            try:
                field = view.filterset_class._meta.model._meta.get_field(given.field_name)
            except FieldDoesNotExist:  # it is asked of other tables, or of what is computed
                continue
            if field.concrete and not field.many_to_many:
                yield given, field


def _records() -> list[str]:
    """The tables that hold who may see a record."""
    kept = (m for m in our_models() if issubclass(m, Record) and m._meta.get_field("audience") in m._meta.local_fields)
    return list(dict.fromkeys(model._meta.db_table for model in kept))


def make(name: str, table: str, what: str, told: str) -> None:
    """Make an index, unless there is one by this name of which the same is told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f"public.{name}"])
        if cursor.fetchone()[0] != told:
            cursor.execute(f"DROP INDEX IF EXISTS {name}; CREATE INDEX {name} ON {table} USING {what}")
            cursor.execute(f"COMMENT ON INDEX {name} IS %s", [told])


def _know_who_sees_what() -> None:
    """Tell the planner how state, level and audience go together: that of the drafts none is for readers from outside."""
    with connection.cursor() as cursor:
        for table in _records():
            cursor.execute(f"CREATE STATISTICS IF NOT EXISTS {table}_seen (mcv) ON audience, state, sensitivity FROM {table}")


def _sweep_often() -> None:
    """Have the database sweep the tables of lists when a fiftieth of them has changed, where it would wait for a fifth: until
    then a page that an index tells alone looks up each changed row as well."""
    models = [view.shape.model for view in views().values()]
    tables = {each._meta.db_table for model in models for each in (model, *model._meta.get_parent_list())}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[]) AND NOT coalesce(reloptions, '{}') @> %s",
                       [[f"public.{table}" for table in sorted(tables)], list(_SWEPT)])  # fmt: skip
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE public.{table} SET ({', '.join(_SWEPT)})")
