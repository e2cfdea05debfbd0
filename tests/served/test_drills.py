"""The parts of drills, in short: a killed primary loses nothing that it acknowledged, and visitors are counted as they waited.
Whole drills take minutes: `manage.py drill`."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from hrdocs.drills import asking
from hrdocs.drills.load import Answer, how_long, in_words, without_service
from hrdocs.drills.processes import wait_for
from hrdocs.drills.servers import Server
from hrdocs.drills.site import quarters
from hrdocs.refusal import Refused
from hrdocs.watching import of_replicas


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


def test_a_standby_is_behind_by_what_it_does_not_show_and_by_nothing_once_it_shows_it(pair: tuple[Server, Server]) -> None:
    primary, standby = pair

    def behind() -> tuple[float, float]:
        return standby.ask(of_replicas.BEHIND.format(written=primary.ask(of_replicas.WRITTEN)[0][0]))[0]

    primary.ask("INSERT INTO kept VALUES (0)")
    wait_for(lambda: behind() == (0, 0), "It shows the first")
    standby.ask("SELECT pg_wal_replay_pause()")
    primary.ask("INSERT INTO kept VALUES (1)")
    size, seconds = behind()
    assert size > 0 and seconds >= 0
    standby.ask("SELECT pg_wal_replay_resume()")
    wait_for(lambda: behind() == (0, 0), "It has caught up")
    assert primary.ask(of_replicas.BEHIND.format(written="0/0")) == [], "a primary is behind nobody"


def test_questions_of_a_soak_keep_their_shares_and_some_are_asked_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        asking, "_rows", lambda port, name: [{"uid": f"X-{n}", "url": f"http://x/{name}/{n}/"} for n in range(50)]
    )
    found = list(itertools.islice(asking.questions(1), 5000))
    files = sum("format=" in each for each in found) / len(found)
    assert files == pytest.approx(asking.SHARES["file"] / 100, abs=0.015) and sum(asking.SHARES.values()) == 100
    often = Counter(found).most_common()
    assert len(often) > 300 and often[0][1] > 10 * often[-1][1]


def test_answers_are_told_by_how_they_ended_and_by_the_longest_silence() -> None:
    answers = [Answer(at, "/", status, 0.1) for at, status in ((0.0, 200), (1.0, 200), (2.0, 503), (3.0, 0), (6.0, 200))]
    assert in_words(answers) == "5 questions: 3 × 200, 1 × 503, 1 × no answer; median 100 ms, p95 100 ms"
    assert how_long([Answer(0, "/", 200, number / 1000) for number in range(1, 1001)]).startswith("p50 500 ms, p90 901 ms")
    assert without_service(answers) == pytest.approx(5.0)
    assert quarters([1, 1, 5, 9, 2, 2, 4, 8]) == (1, 6)


def test_waiting_for_what_never_comes_says_what_did_not_come() -> None:
    began = time.monotonic()
    with pytest.raises(Refused, match="The moon: not within 0 seconds"):
        wait_for(lambda: False, "The moon", 0.3)
    assert time.monotonic() - began < 5
