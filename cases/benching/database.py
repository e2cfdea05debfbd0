"""A database for measuring, beside the real one on the same server, and gone afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

from hrdocs.access import Role
from hrdocs.embedded import CREATE
from hrdocs.models import User

NAME = "hrdocs_bench"


@contextmanager
def own_database(name: str = NAME, *, keep: bool = False, again: bool = False) -> Iterator[None]:
    """Lead this process to an empty database of the program until the block ends, or again to the one that was kept.

    The real one is not read or written.
    """
    real = connection.settings_dict["NAME"]
    if real == name:
        raise ValueError(f"DATABASE_URL names {name}, which is dropped and made anew here. Name another database.")
    server = {
        key: value for key, value in connection.get_connection_params().items() if key in ("host", "port", "user", "password")
    }
    _lead_to(name)
    try:
        with psycopg.connect(**server, dbname=real, autocommit=True) as beside:
            if not again:
                beside.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
                beside.execute(CREATE.format(name=name))
            call_command("migrate", verbosity=0)
            if not again:
                call_command("load_vocabularies", verbosity=0, stdout=_Silence())
                User.objects.create_user("bench-analyst", role=Role.ANALYST)
            yield
    finally:
        _lead_to(real)
        if not keep:
            with psycopg.connect(**server, dbname=real, autocommit=True) as beside:
                beside.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def remember(measured: dict[str, float]) -> None:
    """Keep what was measured with the database, for when there is more in it."""
    with connection.cursor() as cursor:
        cursor.execute(SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(NAME), Literal(json.dumps(measured))))


def remembered() -> dict[str, float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()")
        return json.loads(cursor.fetchone()[0] or "{}")


def url() -> str:
    """The address of the database that this process reads now, for a web server of its own."""
    given = connection.get_connection_params()
    who = quote(given.get("user") or "", safe="") + (f":{quote(given['password'], safe='')}" if given.get("password") else "")
    host = quote(str(given.get("host") or ""), safe="")
    return f"postgresql://{who}@/{given['dbname']}?host={host}&port={given.get('port') or 5432}"


def _lead_to(name: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict["NAME"] = name


class _Silence:
    def write(self, text: str) -> None:
        """Say nothing: the vocabularies are no result."""
