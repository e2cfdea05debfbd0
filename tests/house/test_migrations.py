"""Migrations: none is missing, and an empty database is ready in seconds."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests import database

MOST_SECONDS = 75  # of the processor; 41 on a busy machine, 89 there with each operation of a migration alone


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


def test_an_empty_database_is_ready_in_seconds_and_passes_its_checks(alone):
    """It is the one that every test process has a copy of, made as an operator makes it (tests/database.py)."""
    seconds = database.migrated_in()
    assert seconds is not None and 1 < seconds < MOST_SECONDS
    call_command("check", databases=["default"])
    call_command("migrate", check_unapplied=True)
