"""Who may do what in the database, besides its owner: the program, a public site, the sealer and the backup, each what it must
and no more.

The owner migrates, and signs in for nothing else. Readers from outside have roles of their own (`relations.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import environ
from django.apps import apps
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from hrdocs import past
from hrdocs.access import Sensitivity
from hrdocs.models import (
    Erasure,
    Manifest,
    News,
    ProposedChange,
    Record,
    Release,
    ReviewDecision,
    Seal,
    SealedRow,
    Tally,
    Tombstone,
)
from hrdocs.relations import OUTSIDE, line_of
from hrdocs.sealing import recorded_tables
from hrdocs.wording import our_models

APPLICATION, SITE, SEALER, BACKUP = ROLES = ("hrdocs_app", "hrdocs_site", "hrdocs_sealer", "hrdocs_backup")


# What a role is besides: whom the program serves readers as; and who seals asks when the oldest open transaction began.
_ALSO = {
    APPLICATION: (*map(line_of, OUTSIDE), "pg_read_all_stats"),
    SITE: (line_of(Sensitivity.PUBLIC),),
    SEALER: ("pg_read_all_stats",),
    BACKUP: (),
}


def make() -> None:
    """Make the roles, which nobody signs in as by itself, and grant them what they need of the tables of today."""
    there = _there()
    wanted = [f"CREATE ROLE {name} NOLOGIN" for name in ROLES if name not in there]
    wanted += [
        f"GRANT {other} TO {name}" for name in ROLES for other in _ALSO[name] if name not in there or not _is_in(name, other)
    ]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for line in wanted:
                cursor.execute(line)
    except ProgrammingError as error:
        said = "\n".join(f"  {line};" for line in wanted)
        raise CommandError(f"The roles can't be made ({str(error).splitlines()[0]}). Let whoever runs the server do this once, "
                           f"then run it again:\n{said}") from error  # fmt: skip
    grant()


def grant() -> None:
    """What each role that is there may do; everything that it could before is taken back. `migrate` does this too."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name in sorted(_there()):
            for what in ("TABLES", "SEQUENCES"):
                cursor.execute(f"REVOKE ALL ON ALL {what} IN SCHEMA public FROM {name}")
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
            for line in _GRANTED[name]():
                cursor.execute(f"GRANT {line} TO {name}")


def let_in(role: str, url: str) -> str:
    """Make the account that a DATABASE_URL names, with its password, in this role; or give it that password. Its name."""
    given = environ.Env.db_url_config(url)
    account, password = given.get("USER"), given.get("PASSWORD")
    if not account or not password:
        raise CommandError(
            "This DATABASE_URL has no account or no password. Write it as postgresql://account:password@host/name."
        )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s, EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [account, account])
        is_the_owner, there = cursor.fetchone()
        if is_the_owner or account in ROLES:
            raise CommandError(f"{account} is not an account of its own. Name another one in this DATABASE_URL.")
        # Encrypted here, so that the password stands in no log of the server.
        kept = connection.connection.pgconn.encrypt_password(password.encode(), account.encode(), b"scram-sha-256").decode()
        verb = "ALTER" if there else "CREATE"
        cursor.execute(
            sql.SQL(f"{verb} ROLE {{}} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {{}}").format(
                sql.Identifier(account), sql.Literal(kept)
            )
        )
        cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(account)))
    return str(account)


def _there() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
        return {name for (name,) in cursor.fetchall()}


def _is_in(name: str, other: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [name, other])
        return bool(cursor.fetchone()[0])


def _application() -> Iterator[str]:
    """All rows of all tables, but for what only grows: there it may not delete, and a seal it may add and not change."""
    kept = {model._meta.db_table for model in (*recorded_tables(), ReviewDecision, Tombstone)}
    seals, listed = Seal._meta.db_table, SealedRow._meta.db_table
    for table in _tables() - kept - {seals, listed, "django_migrations"}:
        yield f"SELECT, INSERT, UPDATE, DELETE ON {table}"
    yield f"SELECT, INSERT, UPDATE ON {', '.join(sorted(kept))}"  # erasing empties fields of history
    yield f"SELECT, INSERT ON {seals}, {listed}"  # erasing seals what is not sealed yet
    yield "SELECT ON django_migrations"
    yield f"UPDATE (salt) ON {listed}"  # of a row from which something was erased
    yield "USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public"
    yield f"USAGE ON SCHEMA {past.INSIDE}"
    yield f"SELECT ON ALL TABLES IN SCHEMA {past.INSIDE}"


def _site() -> Iterator[str]:
    """What a public site needs besides what it reads as the public's role: of records no word, only which there are and who may
    see them; counts of who asked; and manifests of the files that it gives out."""
    for model in our_models():
        if issubclass(model, Record) and not model._meta.proxy:
            wanted = ("id", "uid", "state", "sensitivity", "audience", *model.hangs_on)
            columns = [field.column for field in model._meta.local_concrete_fields if field.primary_key or field.name in wanted]
            yield f"SELECT ({', '.join(columns)}) ON {model._meta.db_table}"
    told = "id, content_type_id, object_id, decided_at"
    yield f"SELECT ({told}, verb, public_note) ON {ReviewDecision._meta.db_table}"
    yield f"SELECT ({told}, status) ON {ProposedChange._meta.db_table}"
    yield f"SELECT (number, sealed_at) ON {Seal._meta.db_table}"
    yield f"SELECT (id, act, at, level, version) ON {News._meta.db_table}"
    yield f"SELECT (at) ON {Erasure._meta.db_table}"
    yield f"SELECT (number, withdrawn_at) ON {Release._meta.db_table}"
    yield f"SELECT, INSERT, UPDATE, DELETE ON {Tally._meta.db_table}"
    manifests = Manifest._meta.db_table
    yield f"SELECT (id, uid, state), INSERT, UPDATE (state, rows, bytes, sha256, licences, ended_at) ON {manifests}"
    yield f"USAGE ON SEQUENCE {manifests}_id_seq"
    yield "SELECT ON django_migrations, django_content_type"
    yield "SELECT (id, last_heartbeat) ON procrastinate_workers"


def _sealer() -> Iterator[str]:
    """History, to be read; seals, to be made. Nothing that stands in a record today."""
    context = apps.get_model("pghistory.Context")
    read = (*recorded_tables(), context, Tombstone, Seal, SealedRow, News)
    yield f"SELECT ON {', '.join(model._meta.db_table for model in read)}"
    yield f"INSERT ON {Seal._meta.db_table}, {SealedRow._meta.db_table}"
    yield f"UPDATE (version) ON {News._meta.db_table}"
    yield f"USAGE ON SEQUENCE {SealedRow._meta.db_table}_id_seq"


def _backup() -> Iterator[str]:
    yield "SELECT ON ALL TABLES IN SCHEMA public"
    yield "SELECT ON ALL SEQUENCES IN SCHEMA public"


_GRANTED = {APPLICATION: _application, SITE: _site, SEALER: _sealer, BACKUP: _backup}


def _tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in cursor.fetchall()}
