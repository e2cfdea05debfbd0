"""The parts of drills, in short: a killed primary loses nothing that it acknowledged, and visitors are counted as they waited.
Whole drills take minutes: `manage.py drill`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from hrdocs.drills.load import Answer, in_words, without_service
from hrdocs.drills.processes import wait_for
from hrdocs.drills.servers import Server
from hrdocs.drills.site import quarters
from hrdocs.refusal import Refused


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("drill")
    for each in (made, *made.parents):
        with suppress(PermissionError):
            each.chmod(each.stat().st_mode | 0o055)  # the account that PostgreSQL runs under has to pass
    return made


@pytest.fixture
def pair(folder: Path) -> Iterator[tuple[Server, Server]]:
    primary, standby = Server(folder / "first"), Server(folder / "second")
    try:
        primary.make().ask("CREATE TABLE kept (number int)")
        standby.copy_of(primary)
        yield primary, standby
    finally:
        primary.kill()
        standby.kill()


def test_a_standby_takes_over_from_a_killed_primary_with_all_that_was_acknowledged(pair: tuple[Server, Server]) -> None:
    primary, standby = pair
    for number in range(30):
        primary.ask(f"INSERT INTO kept VALUES ({number})")
    primary.kill()
    assert not primary.runs()
    with pytest.raises(psycopg.Error):
        standby.ask("INSERT INTO kept VALUES (30)")
    standby.promote()
    assert standby.ask("SELECT count(*) FROM kept") == [(30,)]
    standby.ask("ALTER SYSTEM RESET synchronous_standby_names")
    standby.ask("SELECT pg_reload_conf()")
    standby.ask("INSERT INTO kept VALUES (30)")


def test_answers_are_told_by_how_they_ended_and_by_the_longest_silence() -> None:
    answers = [Answer(at, "/", status, 0.1) for at, status in ((0.0, 200), (1.0, 200), (2.0, 503), (3.0, 0), (6.0, 200))]
    assert in_words(answers) == "5 questions: 3 × 200, 1 × 503, 1 × no answer; median 100 ms, p95 100 ms"
    assert without_service(answers) == pytest.approx(5.0)
    assert quarters([1, 1, 5, 9, 2, 2, 4, 8]) == (1, 6)


def test_waiting_for_what_never_comes_says_what_did_not_come() -> None:
    began = time.monotonic()
    with pytest.raises(Refused, match="The moon: not within 0 seconds"):
        wait_for(lambda: False, "The moon", 0.3)
    assert time.monotonic() - began < 5
