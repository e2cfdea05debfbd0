"""What keeping history costs a bulk insert and a bulk update."""

from __future__ import annotations

from collections.abc import Callable

import pgtrigger
from django.db import connection, transaction

from cases.benching.results import Line, interleaved, ratio
from cases.models import Incident

ROWS = 5_000
TABLE = Incident._meta.db_table


def cost(rounds: int) -> list[Line]:
    """Drafts written with and without their history, all taken back."""
    columns = [f.column for f in Incident._meta.local_concrete_fields if not f.generated]
    new = {"id": "id + 100000000", "uid": "overlay(uid placing 'ZZZ' from 1)", "state": "'draft'", "sensitivity": "'internal'"}
    insert = (f"INSERT INTO {TABLE} ({', '.join(columns)}) SELECT {', '.join(new.get(c, c) for c in columns)} "
              f"FROM {TABLE} WHERE id <= {ROWS} AND id > 0")  # fmt: skip
    update = f"UPDATE {TABLE} SET duration = 'an hour' WHERE state = 'draft' AND id % 8 = 0 AND id <= {ROWS * 40}"
    lines = []
    for what, statement, most in (("insert", insert, 2.5), ("update", update, 3)):
        found = interleaved({"with": _taken_back(statement), "without": _taken_back(statement, *_names())}, rounds)
        lines.append(Line("history", f"bulk {what} with history against without", ratio(found, "with", "without"), "×", most=most,
                          note=f"fastest {min(found['with']):.2f} s and {min(found['without']):.2f} s"))  # fmt: skip
    return lines


def _names() -> list[str]:
    kept = [f"{Incident._meta.label}:{kind}_{kind}" for kind in ("insert", "update")]
    return [trigger.get_pgid(model) for model, trigger in pgtrigger.registered(*kept)]


def _taken_back(statement: str, *off: str) -> Callable[[], None]:
    def work() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for name in off:
                cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {name}")
            cursor.execute(f"SELECT coalesce(max(pgh_id), 0) FROM {TABLE}event")
            before = cursor.fetchone()[0]
            cursor.execute(statement)
            written = cursor.rowcount
            cursor.execute(f"SELECT count(*) FROM {TABLE}event WHERE pgh_id > %s", [before])
            kept = cursor.fetchone()[0]
            transaction.set_rollback(True)
        if written == 0 or kept != (0 if off else written):
            raise RuntimeError(f"{written} rows were written and {kept} rows of history; this measures nothing.")

    return work
