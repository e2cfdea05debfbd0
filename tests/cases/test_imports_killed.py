"""An import that is killed at any moment leaves nothing behind, and run again ends in the same data."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from cases.models import Import, ImportedRow, Incident, Place
from hrdocs.models import User
from tests import factories
from tests.cases.brought import csv_of

KILLED = 20  # times, at moments spread over the whole of an import
ROWS = 600
SEED = 7

# Imports once for each line that it reads, so that starting Python is not paid twenty times: forks are what is killed.
# A line says at which of its statements a fork is to die, and after how many thousandths of a second.
PROGRAM = """
import os, signal, sys, threading
import django
django.setup()
from django.db import connection
from pathlib import Path
from hrdocs.models import User
from cases.imports import plan
from cases.imports.write import import_records
connection.settings_dict["NAME"] = sys.argv[1]
plan.ROWS = 100
for line in sys.stdin:
    at, later = map(int, line.split())
    child = os.fork()
    if not child:
        def die():
            os.kill(os.getpid(), signal.SIGKILL)
        said = 0
        def counted(execute, *given):
            global said
            said += 1
            if said == at:
                threading.Timer(later / 1000, die).start()
            return execute(*given)
        with connection.execute_wrapper(counted):
            import_records(Path(sys.argv[2]), by=User.objects.get(pk=int(sys.argv[3])), dataset="killed", dry_run=not at)
        os.write(1, f"{said} ".encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    print(status, flush=True)
"""


@pytest.fixture
def emptied(transactional_db: None) -> Iterator[None]:
    """The first such test of a process may find what the tests before it have loaded."""
    if User.objects.exists():
        call_command("flush", interactive=False, verbosity=0)
    yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    places = ([f"p{n}", f"Place {n}"] for n in range(50))
    incidents = ([f"i{n}", f"Incident {n}", f"20{10 + n % 14}-03", f"p{n % 50}"] for n in range(ROWS))
    (tmp_path / "places.csv").write_text(csv_of(["ref", "name_en"], *places))
    (tmp_path / "incidents.csv").write_text(csv_of(["ref", "title_en", "date", "place"], *incidents))
    return tmp_path


def here() -> tuple[int, ...]:
    events = (Incident.pgh_event_model, Place.pgh_event_model)
    return tuple(each.objects.count() for each in (Incident, Place, Import, ImportedRow, *events))


def test_an_import_killed_at_any_moment_leaves_no_row_and_a_second_run_brings_all(emptied: None, folder: Path) -> None:
    analyst = factories.make_user()
    name = str(connection.settings_dict["NAME"])
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, name, str(folder), str(analyst.pk)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env={**os.environ, "DJANGO_SETTINGS_MODULE": "hrdocs.settings", "DATABASE_POOL": "0"},
        cwd=Path(__file__).parents[2])  # fmt: skip
    assert program.stdin and program.stdout

    def run(at: int, later: int = 0) -> list[int]:
        """How many statements it said, where it came to its end; how it ended."""
        program.stdin.write(f"{at} {later}\n")
        program.stdin.flush()
        return [int(word) for word in program.stdout.readline().split()]

    chance = random.Random(SEED)
    try:
        statements, ended = run(0)
        assert (ended, here()) == (0, (0,) * 6)
        for _number in range(KILLED):
            *_said, ended = run(chance.randint(5, statements * 4 // 5), chance.randint(0, 9))
            assert (ended, here()) == (signal.SIGKILL, (0,) * 6)
        assert run(10**9)[-1] == 0
    finally:
        program.stdin.close()
        program.wait(timeout=30)
        program.stdout.close()
    assert here() == (ROWS, 50, 1, ROWS + 50, ROWS, 50)
    assert not Incident.objects.exclude(state="draft", version=1, place__name_en__startswith="Place ").exists()
