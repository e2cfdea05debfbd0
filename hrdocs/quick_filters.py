"""One index of each table for all that its rows can be filtered by.

A filter that few rows pass, or none, must not read all rows to find that out. A list has some thirty filters, of which
any may be joined: PostgreSQL's GIN keeps them in one index and puts the parts together as they are asked. The filters
are declared once, in the filtersets; the indexes follow them whenever the database is migrated.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.utils.module_loading import import_string
from django_filters import CharFilter

from hrdocs.filtersets import AnyOfFilter, ChoicesFilter
from hrdocs.models import Record
from hrdocs.wording import our_models

MOST_PARTS = 32  # of one index


def build() -> None:
    """Make the indexes that are missing, or that differ from the filters of today. On large tables it takes minutes."""
    found: dict[str, set[str]] = {}
    for table, part in _asked():
        found.setdefault(table, set()).add(part)
    for table, parts in found.items():
        ordered = sorted(parts)
        for start in range(0, len(ordered), MOST_PARTS):
            _make(f"{table}_filters{start // MOST_PARTS or ''}", table, ", ".join(ordered[start : start + MOST_PARTS]))
    _know_who_sees_what()


def _asked() -> Iterator[tuple[str, str]]:
    """(table, part of its index): texts by the letters that they contain, closed lists by value."""
    from hrdocs.urls import ENDPOINTS  # whose viewsets stand on filtersets

    for filterset in (import_string(view).filterset_class for view in ENDPOINTS.values()):
        for given in filterset.base_filters.values():
            try:
                field = filterset._meta.model._meta.get_field(given.field_name)
            except FieldDoesNotExist:  # it is asked of other tables, or of what is computed
                continue
            if isinstance(given, AnyOfFilter | ChoicesFilter):
                yield field.model._meta.db_table, field.column
            elif type(given) is CharFilter and given.lookup_expr == "icontains":
                yield field.model._meta.db_table, f"upper({field.column}::text) gin_trgm_ops"


def _make(name: str, table: str, parts: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [f"public.{name}"])
        if cursor.fetchone()[0] != parts:
            cursor.execute(f"DROP INDEX IF EXISTS {name}; CREATE INDEX {name} ON {table} USING gin ({parts})")
            cursor.execute(f"COMMENT ON INDEX {name} IS %s", [parts])


def _know_who_sees_what() -> None:
    """Tell the planner how state, level and audience go together: that of the drafts none is for readers from outside."""
    with connection.cursor() as cursor:
        for model in our_models():
            if issubclass(model, Record) and model._meta.get_field("audience") in model._meta.local_fields:
                table = model._meta.db_table
                cursor.execute(f"CREATE STATISTICS IF NOT EXISTS {table}_seen (mcv) ON audience, state, sensitivity FROM {table}")
