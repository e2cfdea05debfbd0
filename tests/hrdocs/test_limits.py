"""How often somebody may ask: counted exactly, by who asks and for what, whatever is answered."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hrdocs import limits
from hrdocs.door.adapters import AccountAdapter
from hrdocs.models import Scope, Tally
from hrdocs.tokens import make
from tests.hrdocs.forms import signed_in

HOUR = 3600
LIST = "/api/v1/cases/"


@pytest.fixture(autouse=True)
def the_span_does_not_end_during_a_test(monkeypatch):
    monkeypatch.setattr(limits.time, "time", lambda: 4_102_445_000.5)


@pytest.fixture
def limit(settings):
    """Set limits for one test; what is not named has none."""

    def to(**numbers: int) -> None:
        settings.LIMITS = {name: (number, HOUR) for name, number in numbers.items()}

    return to


def statuses(client: Client, times: int, address: str = LIST, **headers: str) -> list[int]:
    return [client.get(address, headers=headers).status_code for _ in range(times)]


def test_the_tests_and_nobody_else_run_without_limits(settings):
    assert set(settings.LIMITS.values()) == {None}


@pytest.mark.parametrize("number", [1, 3, 10])
@pytest.mark.parametrize(
    "address",
    [LIST, "/api/v1/cases/CAS-00000-000000/", "/api/v1/nowhere/", f"{LIST}?nonsense=1", "/cases/", "/cases/?nonsense=1"],
)
def test_so_many_are_answered_and_no_more_whatever_the_answer_is(address, number, db, limit):
    limit(anonymous=number)
    answered = statuses(Client(), number + 3, address)
    assert 429 not in answered[:number]
    assert answered[number:] == [429] * 3


def test_the_page_of_kept_searches_asks_lists_and_is_counted_with_them(people, limit):
    limit(account=2)
    client = signed_in(people["researcher"])
    assert statuses(client, 1, "/account/searches/") == [200] and statuses(client, 1, "/cases/") == [200]
    assert statuses(client, 1, "/account/searches/") == [429] and statuses(client, 1, "/account/") != [429]


def test_a_refusal_is_a_problem_document_and_says_how_long_to_wait(db, limit):
    limit(anonymous=0)
    answer = Client().get(LIST)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json() == {"type": "about:blank", "title": limits.TOO_MANY, "status": 429}
    assert int(answer["Retry-After"]) == HOUR - 4_102_445_000 % HOUR


def test_a_new_span_begins_anew_and_forgets_the_old_one(db, limit, monkeypatch):
    limit(anonymous=1)
    assert statuses(Client(), 2) == [200, 429]
    wait = int(Client().get(LIST)["Retry-After"])
    monkeypatch.setattr(limits.time, "time", lambda: 4_102_445_000.5 + wait)
    assert statuses(Client(), 2) == [200, 429]
    Tally.objects.update(until="2020-01-01T00:00Z")
    Tally.objects.count_one("another", limits.dt.datetime(2099, 1, 1, tzinfo=limits.dt.UTC))
    assert set(Tally.objects.values_list("key", flat=True)) == {"another"}


def test_each_address_and_each_person_has_a_count_of_her_own(people, limit):
    limit(anonymous=1, account=2)
    here, there = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    assert statuses(here, 2) == statuses(there, 2) == [200, 429]
    for role in ("researcher", "analyst"):
        assert statuses(signed_in(people[role]), 3) == [200, 200, 429]


def test_several_tokens_of_one_person_share_her_count_with_her_browser(people, limit):
    limit(account=3)
    one, other = (make(people["researcher"], name, [], 7)[1] for name in "ab")
    asked = [
        Client().get(LIST, headers={"Authorization": f"Token {one}"}),
        Client().get(LIST, headers={"Authorization": f"Token {other}"}),
        signed_in(people["researcher"]).get(LIST),
        Client(REMOTE_ADDR="192.0.2.9").get(LIST, headers={"Authorization": f"Token {one}"}),
    ]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 429]


def test_files_have_a_limit_of_their_own_and_pages_go_on(people, limit):
    limit(anonymous_files=2, account_files=1)
    key = make(people["researcher"], "a", [Scope.EXPORT], 7)[1]
    file = f"{LIST}?format=csv"
    assert statuses(Client(), 3, file) == [200, 200, 429]
    assert statuses(Client(), 1, LIST, Accept="text/csv") == [429]
    assert statuses(Client(), 1) == [200]
    assert statuses(Client(), 2, file, Authorization=f"Bearer {key}") == [200, 429]


def test_guessing_tokens_is_counted_where_it_comes_from(db, limit):
    limit(anonymous=2)
    answered = [Client().get(LIST, headers={"Authorization": f"Bearer hrd_{n}"}).status_code for n in range(4)]
    assert answered == [401, 401, 429, 429]


@pytest.mark.parametrize("given", ["203.0.113.7", "203.0.113.7, 198.51.100.1", "", "nonsense", "::1"])
def test_what_a_visitor_writes_into_a_header_moves_nothing(given, db, limit):
    limit(anonymous=1)
    assert statuses(Client(), 1) == [200]
    assert statuses(Client(), 1, LIST, **{"X-Forwarded-For": given, "X-Real-IP": given, "Forwarded": f"for={given}"}) == [429]


def test_behind_a_proxy_its_own_entry_alone_counts(db, limit, settings):
    settings.BEHIND_PROXY = True
    limit(anonymous=1)
    for number, said in enumerate(["192.0.2.1", "192.0.2.2", "203.0.113.1, 192.0.2.1", "203.0.113.2,192.0.2.2"]):
        assert statuses(Client(), 1, LIST, **{"X-Forwarded-For": said}) == [200 if number < 2 else 429]


@pytest.mark.parametrize(("one", "other", "same"), [
    ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    ("::ffff:192.0.2.1", "192.0.2.1", True), ("192.0.2.1", "192.0.2.2", False),
])  # fmt: skip
def test_an_address_is_told_by_what_one_line_has(one, other, same, rf):
    found = {limits.address_of(rf.get("/", REMOTE_ADDR=address)) for address in (one, other)}
    assert len(found) == (1 if same else 2)
    assert found == {AccountAdapter().get_client_ip(rf.get("/", REMOTE_ADDR=address)) for address in (one, other)}


@pytest.mark.parametrize("address", ["", "unknown"])
def test_nobody_signs_in_from_nowhere(address, db):
    assert Client(REMOTE_ADDR=address).post("/sign-in/", {"login": "x", "password": "x"}).status_code == 403


def test_the_counts_do_not_tell_who_was_here(db, limit, settings):
    limit(anonymous=5)
    statuses(Client(REMOTE_ADDR="192.0.2.77"), 2)
    (tally,) = Tally.objects.all()
    assert tally.number == 2
    assert "192.0.2.77" not in f"{tally.key}{tally}"
    settings.SECRET_KEY = "another server's key"
    statuses(Client(REMOTE_ADDR="192.0.2.77"), 1)
    assert Tally.objects.count() == 2


def test_pages_for_people_other_than_lists_are_not_counted(db, limit):
    limit(anonymous=0)
    assert statuses(Client(), 3, "/") == [200] * 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("number", "expected"), [(0, 0), (5, 5)])
def test_requests_at_the_same_moment_are_counted_one_by_one(number, expected, limit):
    limit(anonymous=number)
    found: list[int] = []
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        found.append(Client().get(LIST).status_code)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert sorted(found) == [200] * expected + [429] * (8 - expected)


def test_counting_costs_one_statement(db, limit):
    def cost() -> int:
        Client().get(LIST)
        with CaptureQueriesContext(connection) as queries:
            Client().get(LIST)
        return len(queries)

    without = cost()
    limit(anonymous=10)
    assert cost() == without + 1


@pytest.mark.parametrize("said", ["600", "600/week", "many/hour", "-1/hour", "600 / hour"])
def test_a_limit_that_makes_no_sense_stops_the_start(said):
    ran = subprocess.run([sys.executable, "-c", "import hrdocs.settings"], env={**os.environ, "LIMIT_JOIN": said},
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert ran.returncode != 0
    assert "Write it as 600/hour" in ran.stderr
