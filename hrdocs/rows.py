"""Whole rows as the database has them, read as JSON and written again, digit for digit."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import Any

import pgtrigger
from django.db import connection, models

Row = dict[str, Any]


def picture(model: type[models.Model], pk: int) -> Row:
    """A whole row, numbers in the digits that they have; empty where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT to_jsonb(t)::text FROM "{model._meta.db_table}" t WHERE id = %s', [pk])
        found = cursor.fetchone()
    return json.loads(found[0], parse_float=str) if found else {}


def put_in(model: type[models.Model], row: Row, *unasked: str) -> None:
    """Write a whole row again, with its own key; `unasked` names triggers that only hold for what is new."""
    columns = ", ".join(f'"{name}"' for name in columns_of(model))
    table = f'"{model._meta.db_table}"'
    with ExitStack() as stack, connection.cursor() as cursor:
        if unasked:
            stack.enter_context(pgtrigger.ignore(*(f"{model._meta.label}:{name}" for name in unasked)))
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s::jsonb)",
                       [json.dumps(row)])  # fmt: skip


def write(model: type[models.Model], pk: int, values: Row) -> None:
    """Set columns of one row to what they were."""
    if not values:
        return
    table, columns = f'"{model._meta.db_table}"', ", ".join(f'"{name}"' for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET ({columns}) = (SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s::jsonb))"
                       " WHERE id = %s", [json.dumps(values), pk])  # fmt: skip


def take_out(model: type[models.Model], pk: int) -> None:
    """Take a row out of its table. Nothing leads to it any more; the database would refuse it otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE id = %s', [pk])


def columns_of(model: type[models.Model]) -> list[str]:
    return [own.column for own in model._meta.local_concrete_fields if not own.generated]
