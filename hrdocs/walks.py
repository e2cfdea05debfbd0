"""What a query reads: which columns of which tables, and by which links it walks from one table to another.

The readers' relations hold the columns that shapes read (`readers.py`), and the tests of the house refuse a query that
walks to a row without asking who may see it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.db.models.expressions import Col
from django.db.models.lookups import In
from django.db.models.sql import Query
from django.db.models.sql.datastructures import Join
from django.db.models.sql.where import AND, WhereNode


@dataclass
class Walk:
    """One query, the outermost or one within it, and the columns of its own tables that anything reads."""

    query: Query
    outer: Walk | None
    inner: list[Walk] = field(default_factory=list)
    read: list[Col] = field(default_factory=list)
    compared: list[Col] = field(default_factory=list)  # only compared with the rows of an inner query

    def every(self) -> Iterator[Walk]:
        """This query and all within it."""
        yield self
        for walk in self.inner:
            yield from walk.every()

    def columns(self) -> set[tuple[str, str]]:
        """Every (table, column) that is read, here and within."""
        return {pair for walk in self.every() for pair in walk._own_columns()}

    def _own_columns(self) -> Iterator[tuple[str, str]]:
        tables = self.query.alias_map
        for col in (*self.read, *self.compared):
            yield tables[col.alias].table_name, col.target.column
        for join in joins(self.query):
            for left, right in join.join_cols:
                yield tables[join.parent_alias].table_name, left
                yield join.table_name, right


def walk(queryset: models.QuerySet) -> Walk:
    """Follow a queryset to every column that it reads. It is compiled for that, and not run."""
    query = queryset.query.clone()
    query.get_compiler(connection=connection, elide_empty=False).as_sql()  # inner queries know the tables around them only now
    return _followed(query, None)


def joins(query: Query) -> Iterator[Join]:
    """The joins of a query that are in use."""
    for alias, join in query.alias_map.items():
        if isinstance(join, Join) and query.alias_refcount[alias]:
            yield join


def asked_of(query: Query) -> set[str]:
    """The aliases of which the query asks the audience, whatever else it asks."""
    found: set[str] = set()
    nodes: list[Any] = [query.where]
    while nodes:
        node = nodes.pop()
        if isinstance(node, WhereNode):
            if not node.negated and (node.connector == AND or len(node.children) == 1):
                nodes += node.children
        elif isinstance(left := getattr(node, "lhs", None), Col) and left.target.name == "audience":
            found.add(left.alias)
    return found


def _followed(query: Query, outer: Walk | None) -> Walk:
    found = Walk(query, outer)
    compiler = query.get_compiler(connection=connection, elide_empty=False)
    compiler.setup_query()
    ordered = [order for order, _ in compiler.get_order_by()]  # joins what it sorts by
    for part in (*query.select, *query.annotation_select.values(), query.where, *ordered):
        _follow(part, found)
    return found


def _follow(node: Any, within: Walk) -> None:
    if isinstance(node, Query):
        within.inner.append(_followed(node, within))
    elif isinstance(node, Col):
        _home_of(node, within).read.append(node)
    elif isinstance(node, In) and isinstance(node.rhs, Query) and isinstance(node.lhs, Col):
        _home_of(node.lhs, within).compared.append(node.lhs)
        _follow(node.rhs, within)
    else:
        for part in getattr(node, "children", None) or _sources(node):
            _follow(part, within)


def _sources(node: Any) -> list[Any]:
    found = node.get_source_expressions() if hasattr(node, "get_source_expressions") else []
    return [part for part in found if part is not None]


def _home_of(col: Col, within: Walk) -> Walk:
    """The query to whose tables a column belongs: this one, or one around it."""
    while within.outer is not None and col.alias not in within.query.alias_map:
        within = within.outer
    return within
