"""A database for measuring, beside the real one on the same server, and gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
from django.core.management import call_command
from django.db import connection

from hrdocs.access import Role
from hrdocs.embedded import CREATE
from hrdocs.models import User

NAME = "hrdocs_bench"
_SMALL = "{}_small"  # the same when little was in it, to be asked in turn with it
SMALL = _SMALL.format(NAME)


@contextmanager
def own_database(name: str = NAME, *, keep: bool = False, again: bool = False) -> Iterator[None]:
    """Lead this process to an empty database of the program until the block ends, or again to the one that was kept.

    The real one is not read or written.
    """
    real = connection.settings_dict["NAME"]
    if real in (name, _SMALL.format(name)):
        raise ValueError(f"DATABASE_URL names {real}, which is dropped and made anew here. Name another database.")
    with _server(real) as server:
        try:
            if not again:
                _drop(server, name)
                server.execute(CREATE.format(name=name))
            for each in (name, *_kept(server)) if again else (name,):
                _lead_to(each)
                call_command("migrate", verbosity=0)
            _lead_to(name)
            if not again:
                call_command("load_vocabularies", verbosity=0, stdout=_Silence())
                User.objects.create_user("bench-analyst", role=Role.ANALYST)
            yield
        finally:
            _lead_to(real)
            if not keep:
                _drop(server, name)


def set_aside() -> None:
    """Keep what there is now beside it, to be asked again when there is more."""
    _lead_to(NAME)  # a database is copied while nobody is in it
    with _server("postgres") as server:
        server.execute(f"CREATE DATABASE {SMALL} TEMPLATE {NAME}")


@contextmanager
def small() -> Iterator[None]:
    """Lead this process to what was set aside until the block ends."""
    _lead_to(SMALL)
    try:
        yield
    finally:
        _lead_to(NAME)


def is_set_aside() -> bool:
    with _server("postgres") as server:
        return bool(_kept(server))


def _kept(server: psycopg.Connection) -> list[str]:
    return [name for (name,) in server.execute("SELECT datname FROM pg_database WHERE datname = %s", [SMALL])]


def _drop(server: psycopg.Connection, name: str) -> None:
    for each in (name, _SMALL.format(name)):  # another trial leaves what the bench has kept
        server.execute(f"DROP DATABASE IF EXISTS {each} WITH (FORCE)")


def _server(name: str) -> psycopg.Connection:
    """A session of its own, in another database of the same server."""
    given = connection.get_connection_params()
    given = {key: given[key] for key in ("host", "port", "user", "password") if key in given}
    return psycopg.connect(**given, dbname=name, autocommit=True)


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
