"""Sealing history after it is written, checking it, and erasing from it so that it still can be checked.

Never in a trigger: there a chain would make every writer wait for the one before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import connection, models, transaction

from hrdocs import proof
from hrdocs.audit import acting_as
from hrdocs.models import News, Seal, SealedRow, Tombstone

PIECE = 10_000  # rows of history that stand in memory at once
_ONE_SEALER = 7325_4001  # the number of an advisory lock
# COPY writes values as these settings say; pg_dump uses the same but for the zone.
_FIXED = "; ".join(
    f"SET LOCAL {name} = '{value}'"
    for name, value in {"timezone": "UTC", "datestyle": "ISO", "intervalstyle": "postgres", "bytea_output": "hex"}.items()
)


class CannotErase(Exception):
    """Nothing was erased; the message says why and what to do."""


def recorded_tables() -> list[type[models.Model]]:
    """The tables of history, in the order in which a seal lists them."""
    found = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    return sorted(found, key=lambda model: model._meta.db_table)


def seal() -> Seal | None:
    """Seal all history that is committed and in no seal yet; None where there is nothing new."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FIXED)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # rows are listed before their seal can be reckoned
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_SEALER])
        last = Seal.objects.order_by("number").last()
        # Whoever writes now began after the oldest open transaction; all that began before it is here.
        cursor.execute("SELECT clock_timestamp()::text, least(now(), (SELECT min(xact_start) FROM pg_stat_activity "
                       "WHERE datname = current_database() AND pid <> pg_backend_pid()))::text")  # fmt: skip
        sealed_at, horizon = cursor.fetchone()
        number, columns = last.number + 1 if last else 1, dict[str, list[str]]()
        root = proof.root_of(_written(cursor, number, columns))
        rows = SealedRow.objects.filter(seal_id=number).count()
        if not rows:
            return None
        made: dict[str, Any] = {
            "number": number, "sealed_at": sealed_at, "horizon": horizon, "columns": columns,
            "rows": rows, "root": root, "previous": last.hash if last else proof.FIRST,
        }  # fmt: skip
        new = Seal.objects.create(**made, hash=proof.seal_hash(made))
        News.objects.filter(version=None).update(version=new.number)  # all that is committed by now, and perhaps a little more
        return new


def _written(cursor: Any, number: int, columns: dict[str, list[str]]) -> Iterator[bytes]:
    """The hash of each row that a seal lists, in order, once it is written down; a piece at a time stands in memory."""
    listed, position = _listed(cursor, columns), 0
    while piece := list(islice(listed, PIECE)):
        with cursor.copy("COPY hrdocs_sealedrow (seal_id, position, events, row, salt, hash) FROM STDIN") as copy:
            for place, row in enumerate(piece, start=position):
                copy.write_row((number, place, *row))
        position += len(piece)
        yield from (hash for *_, hash in piece)


def _listed(cursor: Any, columns: dict[str, list[str]]) -> Iterator[tuple[str, int, bytes, bytes]]:
    """Each row that no seal lists yet, with a salt of its own and its hash; fills in the columns of its table."""
    for model in recorded_tables():
        table = model._meta.db_table
        own = sorted(field.column for field in model._meta.concrete_fields)
        new = f"NOT EXISTS (SELECT FROM hrdocs_sealedrow s WHERE s.events = '{table}' AND s.row = e.pgh_id) ORDER BY e.pgh_id"
        for values in _fetched(cursor, model, new):
            columns.setdefault(table, [*own, proof.WHY])
            salt = os.urandom(16)
            fields = proof.committed(salt, columns[table], values)
            yield table, int(values["pgh_id"] or 0), salt, proof.row_hash(table, values["pgh_id"] or "", fields)


def _fetched(cursor: Any, model: type[models.Model], clause: str) -> Iterator[proof.Row]:
    """Rows of a table of history with who and why, each value as the server writes it. In between the session is free."""
    own = sorted(field.column for field in model._meta.concrete_fields)
    columns, chosen = [*own, proof.WHY], ", ".join(f'e."{column}"' for column in own)
    cursor.execute(f'DECLARE sealing NO SCROLL CURSOR FOR SELECT {chosen}, c.metadata FROM "{model._meta.db_table}" e '
                   f"LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id WHERE {clause}")  # fmt: skip
    found = None
    while found is None or found.ntuples:
        cursor.execute(f"FETCH {PIECE} FROM sealing")
        found = cursor.pgresult  # texts as in a dump, before anything makes values of them
        for row in range(found.ntuples):
            cells = (found.get_value(row, column) for column in range(len(columns)))
            yield dict(zip(columns, (None if cell is None else bytes(cell).decode() for cell in cells), strict=True))
    cursor.execute("CLOSE sealing")


def _lines(cursor: Any, sql: str) -> Iterator[str]:
    with cursor.copy(sql) as copy:
        rest = b""
        for block in copy:
            *whole, rest = (rest + bytes(block)).split(b"\n")
            for line in whole:
                yield line.decode()


def verify(heads: Iterable[tuple[int, str]] = ()) -> proof.Report:
    """Check this database's history, by the same steps as an outsider with a dump."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FIXED)
        return proof.verify(lambda history: _rows(cursor, history), heads)


def _rows(cursor: Any, history: bool) -> Iterator[tuple[str, proof.Row]]:
    kept = [Seal, SealedRow, Tombstone, apps.get_model("pghistory.Context")]
    for model in recorded_tables() if history else kept:
        columns = [field.column for field in model._meta.concrete_fields]
        chosen = ", ".join(f'"{column}"' for column in columns)
        for line in _lines(cursor, f'COPY (SELECT {chosen} FROM "{model._meta.db_table}") TO STDOUT'):
            yield model._meta.db_table, dict(zip(columns, proof.cells(line), strict=True))


def erase(events: models.Model, columns: list[str], *, by: Any, reason: str) -> Tombstone | None:
    """Empty these columns of one row of history for ever; the seals still hold, and the rest can still be checked.

    `columns` may name proof.WHY: then it is for the caller to empty the context. None where nothing stands there.
    """
    model, table = type(events), events._meta.db_table
    with transaction.atomic(), acting_as(by, reason), connection.cursor() as cursor:
        cursor.execute(_FIXED)
        listed = SealedRow.objects.select_for_update().filter(events=table, row=events.pk).first()
        if listed is None:
            raise CannotErase(f"Row {events.pk} of {table} is not sealed yet: run seal_history first.")
        (values,) = _fetched(cursor, model, f"e.pgh_id = {int(events.pk)}")
        before = Tombstone.objects.select_for_update().filter(events=table, row=events.pk).first()
        held = _salts(listed, values) if before is None else {name: bytes.fromhex(salt) for name, salt in before.salts.items()}
        gone = [column for column in columns if column in held]
        if not gone:
            return before
        empty = {field.attname: _empty(field) for field in model._meta.concrete_fields if field.column in gone}
        noted = {column: proof.commitment(held[column], values[column] or "").hex() for column in gone}
        salts = {column: value.hex() for column, value in held.items() if column not in gone}
        if before is None:
            before = Tombstone.objects.create(events=table, row=events.pk, by=by, reason=reason, commitments=noted, salts=salts)
            SealedRow.objects.filter(pk=listed.pk).update(salt=None)
        else:
            before.commitments, before.salts = {**before.commitments, **noted}, salts
            before.save(update_fields=["commitments", "salts"])
        if empty:
            with pgtrigger.ignore(f"{model._meta.label}:append_only"):
                model._base_manager.filter(pk=events.pk).update(**empty)
    return before


def erase_reasons(acts: Iterable[Any], is_to_go: Callable[[Any], bool], *, by: Any, reason: str) -> None:
    """Empty who and why of those acts whose reason holds what is erased, in every row of history that they speak of."""
    for act in apps.get_model("pghistory.Context").objects.filter(pk__in=set(acts) - {None}):
        if not is_to_go(act.metadata.get("reason")):
            continue
        for model in recorded_tables():
            for events in model._base_manager.filter(pgh_context=act.pk):
                erase(events, [proof.WHY], by=by, reason=reason)
        type(act).objects.filter(pk=act.pk).update(metadata={})


def _salts(listed: SealedRow, values: proof.Row) -> dict[str, bytes]:
    """The salt of each field of a row of which nothing was erased yet; a field that is NULL has none."""
    salt, sealed = bytes(listed.salt or b""), listed.seal.columns[listed.events]
    return {column: proof.field_salt(salt, column) for column in sealed if values[column] is not None}


def _empty(field: models.Field) -> Any:
    if field.null:
        return None
    if isinstance(field, models.CharField | models.TextField):
        return ""
    if isinstance(field, models.JSONField):
        return {}
    raise CannotErase(f"The field “{field.verbose_name}” is neither text nor optional, and can't be emptied.")


def head_line(made: Seal) -> str:
    """One line to keep outside: number, time, hash."""
    return f"{made.number} {made.sealed_at if isinstance(made.sealed_at, str) else made.sealed_at.isoformat(' ')} {made.hash}"
