"""What an operator is told of the program: health, figures, logs. None of it says who, or what stands in a record."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from psycopg import sql

from hrdocs import urls
from hrdocs.logs import AsJSON, configured
from hrdocs.watching import health, queries
from hrdocs.watching.metrics import method_of

READY, LIVE, METRICS = "/health/ready", "/health/live", "/metrics"
TOKEN = "a long token of a test"


@pytest.fixture
def worker(db: None) -> Callable[[str], None]:
    """A worker that gave its last sign so long ago."""

    def works(silent: str = "1 second") -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_workers")
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)", [silent])

    return works


@pytest.fixture
def logged() -> Iterator[Callable[[], list[dict]]]:
    """What a server writes into its log from now on, line by line."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(AsJSON())
    loggers = [logging.getLogger(name) for name in ("", "django")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


# ── health ──


def test_it_is_ready_with_its_tables_and_a_worker_under_any_host_name(worker):
    worker()
    answer = Client().get(READY, headers={"host": "10.0.0.7"})
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_without_a_sign_of_a_worker_it_is_not_ready_and_the_log_says_why(worker, logged):
    worker("2 minutes")
    answer = Client().get(READY)
    assert (answer.status_code, answer.content) == (503, b"not ready")
    assert any("No worker gave a sign" in line["event"] for line in logged())


def test_with_a_migration_that_was_not_run_it_is_not_ready(worker, logged):
    worker()
    app, name = max(health._wanted())
    MigrationRecorder(connection).record_unapplied(app, name)
    assert Client().get(READY).status_code == 503
    assert any("Run manage.py migrate" in line["event"] for line in logged())


def test_without_a_database_it_lives_and_is_not_ready_and_tells_strangers_nothing(monkeypatch, logged):
    def away(*args: object) -> None:
        raise OperationalError("connection to server at db.internal failed")

    monkeypatch.setattr(connection, "cursor", away)
    assert Client().get(LIVE).content == b"ok"
    answer = Client().get(READY)
    assert (answer.status_code, answer.content) == (503, b"not ready")
    assert "db.internal" not in json.dumps(logged())


# ── figures ──


@pytest.mark.parametrize("brought", ["", "Bearer ", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}"])
@pytest.mark.parametrize("token", ["", TOKEN])
def test_figures_are_nowhere_for_whoever_does_not_bring_the_token(token, brought, settings):
    settings.METRICS_TOKEN = token
    answer = Client().get(METRICS, headers={"authorization": brought})
    assert (answer.status_code, answer.content) == (404, b"There is nothing here.")


def figures(settings) -> dict[str, float]:
    settings.METRICS_TOKEN = TOKEN
    told = Client().get(METRICS, headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in told.splitlines() if line[0] != "#")}


def test_figures_count_requests_by_part_and_tell_of_jobs_and_workers(worker, settings):
    worker("20 seconds")
    asked = 'hrdocs_requests_total{method="GET",part="api",status="200"}'
    before = figures(settings).get(asked, 0)
    for _ in range(3):
        assert Client().get("/api/v1/cases/").status_code == 200
    after = figures(settings)
    assert after[asked] - before == 3
    assert 20 <= after["hrdocs_worker_silent_seconds"] < 60


def test_figures_are_told_while_the_database_is_away(monkeypatch, settings):
    monkeypatch.setattr(connection, "cursor", lambda *args: (_ for _ in ()).throw(OperationalError))
    assert any(name.startswith("hrdocs_requests_total") or name == "hrdocs_slow_queries_total" for name in figures(settings))


def test_a_made_up_method_makes_no_figure_of_its_own(rf):
    assert method_of(rf.generic("CANARY", "/")) == "other"


# ── logs ──


def test_no_line_of_the_log_tells_what_was_typed_or_read_and_each_names_its_request(db, settings, logged, monkeypatch):
    settings.DEBUG = False
    settings.LOGGING = configured("DEBUG", for_people=False)
    client = Client(raise_request_exception=False)
    canary = "canary77x"
    numbers = set()

    def ask(address: str, **given: object) -> int:
        answer = client.get(address, **given)  # type: ignore[arg-type]
        numbers.add(answer["X-Request-Id"])
        return answer.status_code

    assert ask(f"/api/v1/cases/?q={canary}") == 200
    assert ask(f"/{canary}/") == 404
    assert ask(f"/join/{canary}/") in (404, 410, 200)
    assert ask("/", headers={"host": canary}) == 400
    assert ask("/api/v1/cases/", headers={"user-agent": canary, "authorization": f"Bearer {canary}", "referer": canary}) == 401
    client.post("/sign-in/", {"login": canary, "password": canary}, headers={"x-request-id": canary})

    def fails(request: object) -> None:
        with connection.cursor() as cursor:  # the database quotes what it refuses
            cursor.execute("SELECT %s::integer", [canary])

    monkeypatch.setattr(next(each for each in urls.urlpatterns if each.name == "start"), "callback", fails)
    assert ask("/") == 500
    logging.getLogger("library").warning("Could not open %s, %d tries", canary, 3)
    logging.getLogger("library").warning(f"Could not open {canary}")
    lines = logged()
    assert canary not in json.dumps(lines)
    assert numbers <= {line.get("request") for line in lines}
    assert {"Answered", "Could not open …, 3 tries"} <= {line["event"] for line in lines}
    assert any(line.get("route") == "join/<str:key>/" for line in lines)
    assert any("DataError" in line.get("error", "") for line in lines)


def test_a_slow_question_is_noted_by_its_words_alone(db, settings, logged):
    settings.SLOW_QUERY_MS = 20
    connection.execute_wrappers.append(queries.noted)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.03), %s, 'canary77x'", ["canary78x"])
            cursor.execute("SELECT 1")
    finally:
        connection.execute_wrappers.remove(queries.noted)
    notes = [line for line in logged() if line["event"] == "Slow query"]
    assert {note["sql"] for note in notes} == {"SELECT pg_sleep(0.03), %s, '…'"}
    assert all(note["ms"] >= 20 for note in notes)


@pytest.mark.parametrize(
    ("said", "noted"),
    [("SELECT 'it''s x', \"a\"  FROM b", "SELECT '…', \"a\" FROM b"), ("DO $x$ SELECT 'y' $x$", "DO '…'"), ("SELECT 'cut", "SELECT '…'"),
     (sql.SQL("SELECT {}").format(sql.Literal("x")), "SELECT '…'"), (b"SELECT 'x'", "")],
)  # fmt: skip
def test_a_note_of_a_question_holds_no_text(said, noted):
    assert queries.without_values(said) == noted


# ── secrets in files ──


def test_a_secret_is_read_from_a_file_without_the_end_of_its_line(tmp_path):
    kept = tmp_path / "key"
    kept.write_text("a secret of fifty letters\n")
    quiet = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "HRDOCS_LOCAL")}
    told = subprocess.run(
        [sys.executable, "-c", "from hrdocs import settings; print(repr(settings.SECRET_KEY))"],
        env={**quiet, "SECRET_KEY_FILE": str(kept)}, cwd=settings.ROOT, capture_output=True, text=True, check=True)  # fmt: skip
    assert told.stdout.strip() == "'a secret of fifty letters'"
