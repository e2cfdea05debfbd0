"""What each reader is told of changes: the relation behind `changes/`, made for each of the readers' roles.

The news of one transaction about one record is one change, as a reader of the level saw the record before and after. A
correction is told by the columns that the shapes show her just as they are kept. Where a shape shows less than is kept (the
month of a day, the country of a place), a change of what is kept may be one of nothing that she sees, and is not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from hrdocs.access import Everybody, Sensitivity
from hrdocs.closing import owner_of
from hrdocs.endpoints import views
from hrdocs.expressions import Expression
from hrdocs.models import Part, Record, Term
from hrdocs.shapes import Codes, Column, Link, Many, Reader, Shape

Told = tuple[str, str]  # a column as table.column, or a table of parts; and the column of the shape that tells of it


def relation_of(level: Sensitivity) -> str:
    """The rows of the relation of this level, as SQL."""
    reader, last = Reader(Everybody(level)), level.rank
    shapes = lists()
    told = [(shape.path, *pair) for shape in shapes.values() for pair in columns_told(shape, reader)]
    return f"""
        WITH acts AS (
            SELECT min(n.id) AS id, n.at, n.uid, k.kind, n.version,
                (array_agg(coalesce(n.was, 9) ORDER BY n.id) FILTER (WHERE n.part = ''))[1] AS was,
                (array_agg(coalesce(n.now, 9) ORDER BY n.id DESC) FILTER (WHERE n.part = ''))[1] AS now,
                (array_agg(n.state ORDER BY n.id DESC) FILTER (WHERE n.part = ''))[1] AS state,
                coalesce(bool_or(n.part = '' AND {_moved(last)}), false) AS moved,
                coalesce(array_agg(DISTINCT t.name ORDER BY t.name) FILTER (WHERE t.name IS NOT NULL), '{{}}') AS fields
            FROM public.hrdocs_news n
            JOIN (VALUES {_values((prefix, shape.path) for prefix, shape in shapes.items())}) k (prefix, kind)
                ON k.prefix = left(n.uid, 3)
            LEFT JOIN LATERAL unnest(
                CASE WHEN n.part <> '' AND {_moved(last)} THEN ARRAY[n.part::text] ELSE n.changed::text[] END) c (key) ON true
            LEFT JOIN (VALUES {_values(told)}) t (kind, key, name) ON t.kind = k.kind AND t.key = c.key
            WHERE n.level <= {last}
            GROUP BY n.at, n.uid, k.kind, n.version),
        seen AS (
            SELECT id, at, uid, kind, version, fields, moved, CASE
                WHEN was > {last} AND now > {last} THEN 'nothing'
                WHEN was > {last} THEN 'added'
                WHEN now > {last} THEN CASE state WHEN 'retracted' THEN 'retracted' ELSE 'withdrawn' END
                ELSE 'corrected' END AS change
            FROM acts)
        SELECT id, uid, kind, change, CASE change WHEN 'corrected' THEN fields ELSE '{{}}' END AS fields, at, version
        FROM seen WHERE change <> 'nothing' AND (change <> 'corrected' OR moved OR fields <> '{{}}')
    """


def lists() -> dict[str, Shape]:
    """The list in which a record stands, by the beginning of its uid: that of its own kind. The list of all statements, and
    those of parties in a role, hold records that are told of under another name."""
    found: dict[str, Shape] = {}
    for shape in (view.shape for view in views().values()):
        model = shape.model
        if not issubclass(model, Record) or any(not kind._meta.proxy for kind in model.__subclasses__()):
            continue
        if model.uid_prefix not in found or not model._meta.proxy:
            found[model.uid_prefix] = shape
    return found


def columns_told(shape: Shape, reader: Reader) -> Iterator[Told]:
    """What a change of the kept columns changes of the shown ones, where they are shown just as they are kept."""
    for column in shape.seen_by(reader):
        if isinstance(column, Codes):
            yield shape.model._meta.get_field(column.name).remote_field.through._meta.db_table, column.name
        elif isinstance(column, Many):
            yield from _of_parts(shape, column, reader)
        elif type(column) in (Column, Link) and (field := _as_kept(shape.model, column.expression or column.name)):
            yield _name(field), column.name


def _of_parts(shape: Shape, column: Many, reader: Reader) -> Iterator[Told]:
    """Of parts that belong to the record, that they come and go, and what is shown of them."""
    part = column.rows(reader).model
    if not issubclass(part, Part) or owner_of(part, "r")[0] != shape.model._meta.get_field("state").model._meta.db_table:
        return
    if not issubclass(shape.model._meta.concrete_model, part._meta.get_field(part.hangs_on[0]).related_model):
        return
    yield part._meta.db_table, column.name
    for _, path in column.values:
        if field := _as_kept(part, path):
            yield _name(field), column.name


def _as_kept(model: type[models.Model], path: Expression) -> models.Field | None:
    """The field that a path shows as it is: a value of the row, the code of a term, or a link to what must be seen with it."""
    name, _, rest = path.partition("__") if isinstance(path, str) else ("", "", "")
    field = next((field for field in model._meta.concrete_fields if field.name == name), None)
    if field is None or field.related_model is None:
        return None if rest else field
    return field if field.related_model is Term or name in getattr(model, "hangs_on", ()) else None


def _name(field: models.Field) -> str:
    return f"{field.model._meta.db_table}.{field.column}"


def _moved(last: int) -> str:
    """Whether a row opened or closed to readers of a level."""
    return f"(coalesce(n.was, 9) <= {last}) <> (coalesce(n.now, 9) <= {last})"


def _values(rows: object) -> str:
    return ", ".join("({})".format(", ".join(f"'{value}'" for value in row)) for row in dict.fromkeys(rows))
