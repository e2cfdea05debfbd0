"""Pages: of a size that is asked for within bounds, in step while records come, and by cursors that are nobody's to forge."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from hrdocs.models import User
from sources.models import Party
from tests import factories
from tests.api.asking import as_user, get

pytestmark = pytest.mark.django_db
ORDERINGS = ["uid", "-uid", "edited_at", "-edited_at"]
_marks = itertools.count(1)


@pytest.fixture
def inside(client: Client, analyst: User) -> Client:
    return as_user(client, analyst)


@pytest.fixture
def parties(analyst: User) -> Callable[[int], list[Party]]:
    """Makes so many parties of one rare name; all tests ask for that name alone."""
    return lambda number: [factories.make_party(analyst, name_en=f"Qarmatian {next(_marks)}") for _ in range(number)]


def walk(client: Client, between: Callable[[], Any] = lambda: None, **params: Any) -> list[str]:
    """The uids of all pages from the first to the last, with something done after the first."""
    page = get(client, "parties", q="Qarmatian", **params)
    found = [row["uid"] for row in page["results"]]
    between()
    for _ in range(100):
        if page["next"] is None:
            return found
        page = client.get(page["next"]).json()
        found += [row["uid"] for row in page["results"]]
    raise AssertionError("the pages do not end")


def cursor(position: str, **more: str) -> str:
    return base64.b64encode(urlencode({**more, "p": position}).encode()).decode()


# ── size ──


@pytest.mark.parametrize("size", ["0", "-1", "abc", "201", "1" + "0" * 30, "1.5", "1e2", "", " 5", "+5", "٥", "5;", "0x10", "1,000",
                                  "000001201", "00000199999", "000001" + "0" * 30, "NaN", "null", "\u0660"])  # fmt: skip
def test_a_page_size_that_is_no_number_from_1_to_200_is_refused_in_words(size: str, client: Client) -> None:
    problem = get(client, "parties", expect=400, page_size=size)
    assert "Write a number from 1 to 200" in str(problem["errors"]["page_size"])


@pytest.mark.parametrize(("size", "number"), [("1", 1), ("2", 2), ("3", 3), ("200", 5)])
def test_a_page_holds_as_many_rows_as_were_asked_for(size: str, number: int, inside: Client, parties: Any) -> None:
    parties(5)
    page = get(inside, "parties", q="Qarmatian", page_size=size)
    assert len(page["results"]) == number
    assert (page["next"] is None) is (number == 5)


def test_a_page_holds_fifty_rows_where_nothing_is_asked(inside: Client, parties: Any) -> None:
    parties(51)
    page = get(inside, "parties", q="Qarmatian")
    assert len(page["results"]) == 50 and len(client_next(inside, page)["results"]) == 1


def client_next(client: Client, page: dict[str, Any]) -> Any:
    return client.get(page["next"]).json()


def test_no_page_is_larger_than_two_hundred_however_the_number_is_written(inside: Client, parties: Any) -> None:
    parties(201)
    for size in ("200", "0000200", "000001000000", "0000011000"):
        answer = inside.get("/api/v1/parties/", {"q": "Qarmatian", "page_size": size})
        assert answer.status_code == 400 or len(answer.json()["results"]) <= 200


# ── in step ──


@pytest.mark.parametrize("ordering", ORDERINGS)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_the_pages_hold_every_row_once_and_in_order(size: int, ordering: str, inside: Client, parties: Any) -> None:
    made = parties(7)
    found = walk(inside, ordering=ordering, page_size=size)
    assert sorted(found) == sorted(party.uid for party in made)
    by_column = sorted(made, key=lambda party: getattr(party, ordering.removeprefix("-")), reverse=ordering.startswith("-"))
    assert found == [party.uid for party in by_column]


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_rows_that_come_while_one_reads_neither_repeat_nor_hide_the_others(ordering: str, inside: Client, parties: Any) -> None:
    made = parties(9)
    found = walk(inside, between=lambda: parties(5), ordering=ordering, page_size=2)
    assert len(found) == len(set(found))
    assert {party.uid for party in made} <= set(found)


def test_rows_of_one_moment_are_told_apart_by_their_uid(inside: Client, parties: Any) -> None:
    made = parties(6)
    Party.objects.filter(pk__in=[party.pk for party in made]).update(edited_at=made[0].edited_at)
    for ordering in ("edited_at", "-edited_at"):
        assert sorted(walk(inside, ordering=ordering, page_size=2)) == sorted(party.uid for party in made)


def test_the_way_back_leads_over_the_same_rows(inside: Client, parties: Any) -> None:
    parties(6)
    first = get(inside, "parties", q="Qarmatian", page_size=2)
    second = client_next(inside, first)
    third = client_next(inside, second)
    assert third["next"] is None and first["previous"] is None
    assert inside.get(third["previous"]).json()["results"] == second["results"]
    assert inside.get(second["previous"]).json()["results"] == first["results"]


def test_the_links_keep_every_parameter_of_the_question(inside: Client, parties: Any) -> None:
    parties(3)
    page = get(inside, "parties", q="Qarmatian", page_size=1, kind="state_organ,court", ordering="-uid")
    asked = parse_qs(urlsplit(page["next"]).query)
    assert (asked["q"], asked["page_size"], asked["kind"], asked["ordering"]) == (
        ["Qarmatian"],
        ["1"],
        ["state_organ,court"],
        ["-uid"],
    )


def test_a_list_of_nothing_is_a_page_of_nothing(client: Client) -> None:
    assert get(client, "parties", q="Nobody of this name") == {"next": None, "previous": None, "results": []}


def test_vocabularies_are_paged_too(founding_case: None, client: Client) -> None:
    page, found = get(client, "vocabularies", vocabulary="country", page_size=100), []
    while True:
        found += [row["uid"] for row in page["results"]]
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert len(found) == len(set(found)) > 200


# ── cursors ──

FORGED = {
    "no base64": "§§§", "empty text": "", "letters": "abc", "a NUL in it": cursor("PTY\x00"), "only a NUL": cursor("\x00"),
    "no date": cursor("abc"), "a number": cursor("12"), "half a date": cursor("2011-13-45 00:00:00"), "invalid bytes": "/////w==",
    "a negative offset": cursor("x", o="-1"), "an offset of letters": cursor("x", o="abc"), "a vast offset": cursor("x", o="9" * 40),
    "SQL": cursor("'; DROP TABLE sources_party; --"), "a lone surrogate": base64.b64encode(b"p=%ED%A0%80").decode(),
    "far too long": cursor("x" * 5000), "a repeated position": base64.b64encode(b"p=a&p=b&p=c").decode(), "a NUL byte": "\x00",
    "a date far away": cursor("99999-01-01 00:00:00+00:00"), "infinity": cursor("infinity"), "reversed": cursor("x", r="1"),
}  # fmt: skip


@pytest.mark.parametrize("ordering", ["uid", "edited_at"])
@pytest.mark.parametrize("name", FORGED)
def test_a_forged_cursor_is_refused_and_never_breaks_the_answer(name: str, ordering: str, client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/api/v1/parties/", {"cursor": FORGED[name], "ordering": ordering})
    assert answer.status_code < 500
    if name != "empty text":
        assert answer.status_code in (400, 404), answer.content[:200]
        assert answer["Content-Type"].startswith("application/problem+json")


def test_a_cursor_of_another_list_is_refused(founding_case: None, client: Client) -> None:
    """It would say "there is nothing after this" of a list that it never stood in."""
    foreign = parse_qs(urlsplit(get(client, "sources", page_size=1)["next"]).query)["cursor"][0]
    assert client.get("/api/v1/parties/", {"cursor": foreign}).status_code in (400, 404)


def test_a_cursor_of_another_order_is_refused(founding_case: None, client: Client) -> None:
    client.raise_request_exception = False
    for one, other in (("uid", "edited_at"), ("edited_at", "uid"), ("uid", "-uid")):
        foreign = parse_qs(urlsplit(get(client, "parties", page_size=1, ordering=one)["next"]).query)["cursor"][0]
        assert client.get("/api/v1/parties/", {"cursor": foreign, "ordering": other}).status_code in (400, 404)


def test_a_cursor_tells_no_internal_key(founding_case: None, client: Client) -> None:
    given = parse_qs(urlsplit(get(client, "parties", page_size=1, ordering="edited_at")["next"]).query)["cursor"][0]
    keys = {str(pk) for pk in Party.objects.values_list("pk", flat=True)}
    payload = given.split(":")[0]  # what is signed; the moment and the signature follow
    told = {str(each) for each in json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))}
    assert "parties" in told and not keys & told
