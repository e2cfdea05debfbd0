"""Storing: many rows of one kind written by one statement, as the database's own types read them from JSON.

Said by `execute()`, such a statement carries who acts and why into history, which a COPY does not. A column that
holds the same in all rows is sent once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import orjson
from django.db import connection, models

from hrdocs.dates import EdtfField
from hrdocs.models import Record
from hrdocs.uids import new_uid

Rows = Sequence[models.Model]
Say = Callable[[str, Sequence[Any]], None]
SIGNED = ("edited_by", "edited_at", "version")  # what a record notes of each change


def columns_to_write(model: type[models.Model], names: Iterable[str]) -> list[models.Field]:
    """The fields that a change of these writes: they themselves, what they derive, and who changed it when."""
    found = []
    for name in names:
        derived = ("", "_earliest", "_latest", "_precision") if isinstance(model._meta.get_field(name), EdtfField) else ("",)
        found += [f"{name}{part}" for part in derived]
    return [model._meta.get_field(name) for name in (*found, *(SIGNED if issubclass(model, Record) else ()))]


class one_of(models.Func):  # noqa: N801  read as the condition that it is
    """Whether a column holds one of these values, sent as one list: a thousand of them sent one by one take long to say."""

    template, arg_joiner, output_field = "%(expressions)s)", " = ANY(", models.BooleanField()

    def __init__(self, column: str, values: Iterable[Any]) -> None:
        super().__init__(models.F(column), models.Value(list(values)))


def say(sql: str, params: Sequence[Any]) -> None:
    """Say a statement whose answer nobody needs."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def insert(rows: Rows, *, say: Say = say) -> None:
    """Write new rows of one kind, each under the key that it was given, or is given here."""
    nameless = [row for row in rows if row.pk is None]
    for row, name in zip(nameless, names(type(rows[0]), len(nameless)), strict=True):
        give(row, name)
    _settle(rows, adding=True)
    for table in _tables(type(rows[0])):
        _insert_into(table, [field for field in table._meta.local_concrete_fields if not field.generated], rows, say)
    for row in rows:
        row._state.adding, row._state.db = False, "default"


def names(model: type[models.Model], number: int) -> list[tuple[int, str]]:
    """So many keys for new rows of a kind, of records each with a uid, that nobody has."""
    if not number:
        return []
    table = _tables(model)[0]
    uids = _uids(table, model.uid_prefix, number) if issubclass(model, Record) else [""] * number
    return list(zip(_keys(table, number), uids, strict=True))


def give(row: models.Model, name: tuple[int, str]) -> None:
    """Give a new row its key, and a record that has none its uid."""
    for table in _tables(type(row)):  # of a kind of statement both: its own, and that of the statement
        row.__dict__[table._meta.pk.attname] = name[0]
    if not getattr(row, "uid", "a part"):
        row.__dict__["uid"] = name[1]


def update(rows: Rows, fields: Iterable[models.Field]) -> int:
    """Write these fields of rows that are here, where nobody else has saved another version of them.

    Returns how many rows were written; the caller knows how many there should be.
    """
    model, chosen = type(rows[0]), set(fields)
    written = len(rows)
    _settle(rows, adding=False)
    for table in _tables(model):
        own = [field for field in table._meta.local_concrete_fields if field in chosen and not field.primary_key]
        if not own:
            continue
        name, key = _quoted(table), _quote(table._meta.pk.column)
        columns = [_quote(field.column) for field in own]
        versioned = f" AND t.{_quote('version')} = r.{_quote('version')} - 1" if "version" in {f.name for f in own} else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {name} t SET {', '.join(f'{column} = r.{column}' for column in columns)}"
                f" FROM json_populate_recordset(NULL::{name}, %s) r WHERE t.{key} = r.{key}{versioned}",
                [_json([{field.column: getattr(row, field.attname) for field in (table._meta.pk, *own)} for row in rows])],
            )
            written = min(written, cursor.rowcount)
    return written


def relink(field: models.ManyToManyField, links: dict[int, set[int]], before: dict[int, set[int]], *, say: Say = say) -> None:
    """Let each row lead to these others, by their keys, and to no more; `before` is where it leads now."""
    through, source, target = field.remote_field.through, field.m2m_column_name(), field.m2m_reverse_name()
    pairs = {(key, other) for key, others in links.items() for other in others}
    held = {(key, other) for key in links for other in before.get(key, ())}
    name, both = _quoted(through), f"{_quote(source)}, {_quote(target)}"
    for statement, wanted in (
        (f"DELETE FROM {name} WHERE ({both}) IN (SELECT {both} FROM json_populate_recordset(NULL::{name}, %s))", held - pairs),
        (f"INSERT INTO {name} ({both}) SELECT {both} FROM json_populate_recordset(NULL::{name}, %s)", pairs - held),
    ):
        if wanted:
            say(statement, [_json([{source: key, target: other} for key, other in sorted(wanted)])])


def leads_to(field: models.ManyToManyField, keys: Sequence[int]) -> dict[int, set[int]]:
    """Where rows lead by a many-to-many field now: the keys of the others by the key of the row."""
    through = field.remote_field.through
    source, target = through._meta.get_field(field.m2m_field_name()), through._meta.get_field(field.m2m_reverse_field_name())
    found: dict[int, set[int]] = {key: set() for key in keys}
    pairs = through._base_manager.filter(one_of(source.attname, keys)).values_list(source.attname, target.attname)
    for key, other in pairs:
        found[key].add(other)
    return found


def _insert_into(table: type[models.Model], fields: list[models.Field], rows: Rows, say: Say) -> None:
    same, varying = dict[str, Any](), list[models.Field]()
    for field in fields:
        first = getattr(rows[0], field.attname)
        held = [row.__dict__[field.attname] for row in rows]
        if held.count(first) == len(held) and not _scaled(first):
            same[field.column] = first
        else:
            varying.append(field)
    sent = [(field.column, field.attname) for field in varying]
    add(table, same, [{column: row.__dict__[attname] for column, attname in sent} for row in rows], say=say)


def add(table: type[models.Model], same: dict[str, Any], rows: Sequence[dict[str, Any]], *, say: Say = say) -> None:
    """Add rows to one table: what all of them hold, and what each holds, by columns. What is left out is as a new row has it."""
    if not rows:
        return
    name = _quoted(table)
    columns = ", ".join(_quote(column) for column in (*same, *rows[0]))
    values = ", ".join([*(f"s.{_quote(column)}" for column in same), *(f"r.{_quote(column)}" for column in rows[0])])
    say(
        f"INSERT INTO {name} ({columns}) SELECT {values} FROM json_populate_recordset(NULL::{name}, %s) r"
        f" CROSS JOIN json_populate_record(NULL::{name}, %s) s",
        [_json(rows), _json(same)],
    )


def _settle(rows: Rows, *, adding: bool) -> None:
    """Let the fields work out what they derive: uids, first and last days."""
    plain = (models.Field.pre_save, models.DateField.pre_save, models.DateTimeField.pre_save)
    deriving = [field for field in rows[0]._meta.concrete_fields if type(field).pre_save not in plain]
    for row in rows:
        for field in deriving:
            field.pre_save(row, adding)


def _tables(model: type[models.Model]) -> list[type[models.Model]]:
    """The tables in which a row of a kind stands: of an estimate that of statements, then its own."""
    return [*reversed(model._meta.get_parent_list()), model]


def _uids(table: type[models.Model], prefix: str, number: int) -> list[str]:
    """New uids; those that somebody has, which happens once in very long, are drawn again."""
    drawn = [new_uid(prefix) for _ in range(number)]
    while taken := set(table._base_manager.filter(one_of("uid", drawn)).values_list("uid", flat=True)):
        drawn = [new_uid(prefix) if uid in taken else uid for uid in drawn]
    return drawn


def _keys(table: type[models.Model], number: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence(%s, %s)::regclass AS name OFFSET 0) s"  # asked once
            " CROSS JOIN generate_series(1, %s)",
            [_quoted(table), table._meta.pk.column, number],
        )
        return [key for (key,) in cursor.fetchall()]


def _scaled(value: Any) -> bool:
    """Whether values that are equal may be written differently: 50 and 50.0."""
    return not isinstance(value, str | int | list | type(None)) and hasattr(value, "as_tuple")


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _quoted(table: type[models.Model]) -> str:
    return _quote(table._meta.db_table)


def _quote(name: str) -> str:
    return connection.ops.quote_name(name)
