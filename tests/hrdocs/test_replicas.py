"""Readers from outside are served by a replica while it shows them what the primary shows, and by the primary otherwise.

The replica of these tests is a second way to the same database by which nothing can be written. A real one is tried by
`manage.py drill replica`.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Facility, HandOn
from hrdocs import replicas
from hrdocs.access import Role
from hrdocs.environment import replica_of
from hrdocs.left_alone import LeftAlone
from hrdocs.models import Manifest
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
REPLICA = "replica_1"
PLACES = ["/api/v1/facilities/", "/api/v1/facilities/?format=csv", "/facilities/", "/facilities/map/", "/explore/?q=Branch"]
ROLES = [None, Role.RESEARCHER, Role.ANALYST]


@pytest.fixture
def replica(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    here = connections.settings["default"]
    monkeypatch.setitem(connections.settings, REPLICA, replica_of(here, {"NAME": connection.settings_dict["NAME"]}))
    monkeypatch.setattr(replicas, "_left_alone", LeftAlone())
    server: Any = connections[REPLICA]

    def connect() -> None:  # in tests Django lets no server be reached that was not there when they began
        if server.connection is None:
            with server.wrap_database_errors:
                server.connect()

    server.ensure_connection = connect
    yield server
    connections[REPLICA].close()
    del connections[REPLICA]


@pytest.fixture
def facility() -> Facility:
    made = factories.make_facility(factories.make_user(), name_en="Branch 215")
    return factories.publish(made, by=factories.make_user(Role.REVIEWER)) or made


def asked(address: str, role: Role | None = None) -> tuple[str, int, int]:
    """What is answered, and how many questions about facilities went to the replica, and to the primary."""
    client = Client()
    if role:
        client.force_login(factories.make_user(role))
    with CaptureQueriesContext(connection) as here, CaptureQueriesContext(connections[REPLICA]) as there:
        answer = client.get(address)
        text = (answer.getvalue() if answer.streaming else answer.content).decode()
    assert answer.status_code == 200, text[:500]
    return text, *(sum("cases_facility" in (each["sql"] or "") for each in server) for server in (there, here))  # type: ignore[return-value]


def test_a_replica_serves_readers_from_outside_alone_and_never_what_is_older(replica, facility):
    for address, role in itertools.product(PLACES, ROLES):
        text, there, here = asked(address, role)
        assert "Branch 215" in text or "map" in address
        assert (there > 0, here > 0) == ((False, True) if role == Role.ANALYST else (True, False)), (address, role)
    replica.ensure_connection()
    replica.connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    replica.connection.execute("SELECT 1 FROM hrdocs_news")  # from now on it is behind
    factories.publish(factories.make_facility(factories.make_user(), name_en="Branch 227"), by=factories.make_user(Role.REVIEWER))
    for address, role in itertools.product(PLACES, ROLES):
        text, there, here = asked(address, role)
        assert ("Branch 227" in text or "map" in address) and there == 0 and here > 0, address
    replica.connection.execute("ROLLBACK")  # it has caught up
    assert asked(PLACES[0])[1] > 0

    before = set(Manifest.objects.values_list("pk", flat=True))
    text, there, _ = asked(PLACES[1])
    manifest = Manifest.objects.exclude(pk__in=before).get()
    assert there > 0 and manifest.state == "complete" and manifest.bytes == len(text.encode())
    with CaptureQueriesContext(replica) as questions:  # how a file ended is no news, and known at once
        assert Client().get(manifest.path).json()["sha256"] == manifest.sha256
    assert not len(questions)


def test_where_a_replica_is_away_or_breaks_off_or_would_have_to_write_the_primary_answers(replica, facility, monkeypatch, caplog):
    signed = replicas._sign_at

    def ends(alias: str, rank: int) -> Any:
        found, number = signed(alias, rank), replica.connection.info.backend_pid
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
        return found

    with monkeypatch.context() as breaks, caplog.at_level(logging.WARNING, "hrdocs.replicas"):
        breaks.setattr(replicas, "_sign_at", ends)
        text, _, here = asked("/facilities/")
        assert "Branch 215" in text and here > 0
        assert [record.told for record in caplog.records] == [{"replica": REPLICA, "by": "AdminShutdown"}]
        assert asked("/facilities/")[1] == 0 and len(caplog.records) == 1  # it is left alone, and waited for by nobody
    replicas._left_alone.clear()
    assert asked("/facilities/")[1] > 0

    by = factories.make_user()
    earlier, later = (factories.make_estimate(by) for _ in range(2))
    hop = factories.make_hand_on(later, earlier)
    answer = Client().get("/api/v1/estimates/")
    assert answer.status_code == 200 and HandOn.objects.get(pk=hop.pk).drift is not None

    caplog.clear()
    replica.close()
    replica.settings_dict = {**replica.settings_dict, "HOST": "127.0.0.1", "PORT": "1"}
    for _ in range(2):
        assert b"Branch 215" in Client().get("/facilities/").content and len(caplog.records) == 1


def test_the_figures_tell_whether_a_replica_answers(replica, settings):
    settings.METRICS_TOKEN = "a long token of a test"

    def figures() -> str:
        return Client().get("/metrics", headers={"authorization": f"Bearer {settings.METRICS_TOKEN}"}).content.decode()

    told = figures()
    assert f'hrdocs_replica_reachable{{replica="{REPLICA}"}} 1.0' in told
    assert "hrdocs_replica_behind_bytes{" not in told, "it follows nobody"
    replica.close()
    replica.settings_dict = {**replica.settings_dict, "HOST": "127.0.0.1", "PORT": "1"}
    told = figures()
    assert f'hrdocs_replica_reachable{{replica="{REPLICA}"}} 0.0' in told and "127.0.0.1" not in told and "hrdocs_jobs" in told
