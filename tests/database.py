"""The tests' own PostgreSQL: started where DATABASE_URL is empty, in a folder of its own, and gone afterwards.

One database is migrated, once a run, from nothing, by the command that an operator runs. Each test process has a copy of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from hrdocs import embedded

os.environ["HRDOCS_LOCAL"] = "1"
# Of this run alone: the first process names it, and those that it starts inherit the name.
MIGRATED = os.environ.setdefault("HRDOCS_TESTS_MIGRATED", f"test_{os.getpid()}")

if not os.environ.get("DATABASE_URL"):
    url = embedded.start(embedded.DATA.with_name(f"test-{os.getpid()}"), cleanup="delete")
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):  # nothing here has to survive a crash
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    os.environ["DATABASE_URL"] = os.environ["HRDOCS_TESTS_OWN"] = url  # the other test processes join this server


def server() -> psycopg.Connection:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def migrate_once(session: psycopg.Connection) -> None:
    """Have the database migrated that all copy. Who asks first does it, and who asks meanwhile waits."""
    session.execute("SELECT pg_advisory_lock(hashtext(%s))", [MIGRATED])
    if migrated_in() is None:
        _migrate(session)


def copy(name: str) -> None:
    """Make a database as `migrate` leaves an empty one."""
    with server() as session:
        migrate_once(session)
        session.execute(f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")


def migrated_in() -> float | None:
    """How many seconds of the processor the command took for the database that all copy; None as long as it is not there.

    By the clock it takes longer where others work on the same machine, the test processes among them.
    """
    with server() as session:
        told = session.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [MIGRATED]
        ).fetchone()
    return told and float(told[0])


def _migrate(session: psycopg.Connection) -> None:
    half = f"{MIGRATED}_half"  # it has its name when it is whole
    session.execute(embedded.CREATE.format(name=half))
    before = os.times()
    ran = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=embedded.ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "DATABASE_URL": urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{half}"))})  # fmt: skip
    if ran.returncode:
        session.execute(f"DROP DATABASE {half} WITH (FORCE)")
        raise RuntimeError(f"An empty database can't be migrated:\n{ran.stderr[-3000:]}")
    now = os.times()
    seconds = now.children_user + now.children_system - before.children_user - before.children_system
    session.execute(f"COMMENT ON DATABASE {half} IS '{seconds:.1f}'")
    session.execute(f"ALTER DATABASE {half} RENAME TO {MIGRATED}")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Test processes are about to start. While they read the tests, the database is migrated."""

    def ahead() -> None:
        with server() as session:
            migrate_once(session)

    threading.Thread(target=ahead, daemon=True).start()


def pytest_unconfigure() -> None:
    """On a server of somebody else's nothing stays. From our own nothing need be taken: it goes as a whole."""
    if f"test_{os.getpid()}" != MIGRATED or "HRDOCS_TESTS_OWN" in os.environ:
        return
    with server() as session:
        for (name,) in session.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [f"^{MIGRATED}(_|$)"]).fetchall():
            session.execute(f"DROP DATABASE {name} WITH (FORCE)")
