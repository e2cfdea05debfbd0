"""Migrations: none is missing, and an empty database is ready in seconds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from hrdocs import embedded

MOST_SECONDS = 90  # about 5 on an idle machine; the first version's own migrations took a minute


def test_no_migration_is_missing(db, capsys):
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    assert "No changes detected" in capsys.readouterr().out


def test_no_two_migrations_are_the_last_one(db):
    assert MigrationLoader(connection).detect_conflicts() == {}


def test_the_triggers_that_the_models_declare_are_installed_and_enabled(db, capsys):
    call_command("pgtrigger", "ls")
    listed = capsys.readouterr().out
    wrong = [
        line for line in listed.splitlines() if any(state in line for state in ("UNINSTALLED", "OUTDATED", "PRUNE", "DISABLED"))
    ]
    assert "moves_by_decision" in listed
    assert wrong == []


@pytest.fixture
def empty_database():
    """A database of its own on the tests' server, as an operator would make it."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"empty_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session:
        session.execute(embedded.CREATE.format(name=name))
        yield urlunsplit(server._replace(path=f"/{name}"))
        session.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_an_empty_database_is_ready_in_seconds_and_passes_its_checks(empty_database):
    own = {**os.environ, "DATABASE_URL": empty_database, "HRDOCS_LOCAL": "1"}
    started = time.monotonic()
    for command in (["migrate", "--verbosity", "0"], ["check", "--database", "default"], ["migrate", "--check"]):
        ran = subprocess.run(
            [sys.executable, "manage.py", *command], cwd=settings.ROOT, env=own, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
    assert time.monotonic() - started < MOST_SECONDS
    with psycopg.connect(empty_database) as session:
        assert session.execute("SELECT count(*) FROM cases_incident").fetchone() == (0,)
