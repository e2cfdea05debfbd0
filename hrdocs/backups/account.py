"""What a backup holds, counted: the rows of each table with a checksum, and each file with its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

# How values are written as text, whatever the server's own settings are.
_AS_TEXT = """
SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'
"""

# Tables that outlive a crash, but for the readers' relations, which `migrate` builds.
_TABLES = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relpersistence = 'p' AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
ORDER BY nspname, relname
"""

# The sum of a part of each row's SHA-256: the same in whatever order the rows lie.
_SUM = """
SELECT count(*), coalesce(sum(('x' || left(encode(sha256(convert_to(held::text, 'UTF8')), 'hex'), 15))::bit(60)::bigint), 0)::text
FROM {} AS held
"""

Tables = dict[str, tuple[int, str]]


def of_tables(connection: psycopg.Connection) -> Tables:
    """Each table: how many rows, and their checksum, as this transaction sees them."""
    connection.execute(_AS_TEXT)
    found = {}
    for schema, name in connection.execute(_TABLES).fetchall():
        row = connection.execute(sql.SQL(_SUM).format(sql.Identifier(schema, name))).fetchone()
        found[f"{schema}.{name}"] = (int(row[0]), str(row[1])) if row else (0, "0")
    return found


def of_files(folder: Path) -> dict[str, str]:
    """Each file below a folder, by its path from there: its SHA-256."""
    return {path.relative_to(folder).as_posix(): sum_of(path) for path in files_in(folder)}


def files_in(folder: Path) -> Iterator[Path]:
    """The files below a folder; one that is just being written begins with a dot, and is none yet."""
    yield from sorted(path for path in folder.rglob("[!.]*") if path.is_file() and not path.is_symlink())


def sum_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def differences(said: dict[str, object], found: dict[str, object], what: str) -> list[str]:
    """What is not as it was said, each in a sentence."""
    return [f"{what} {name}: {'missing' if name not in found else 'not in the backup' if name not in said else 'not the same'}."
            for name in sorted(said.keys() | found.keys()) if said.get(name) != found.get(name)]  # fmt: skip
