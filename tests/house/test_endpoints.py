"""Every endpoint, for everybody: what it answers and what it refuses."""

import pytest
from django.test import Client
from django.utils.module_loading import import_string

from hrdocs.urls import ENDPOINTS
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of(people):
    def client(role: str) -> Client:
        browser = Client()
        if role != "anonymous":
            browser.force_login(people[role])
        return browser

    return client


def everything(client: Client, name: str) -> list[dict]:
    found, address = [], f"/api/v1/{name}/?page_size=200"
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content[:500]
        found += answer.json()["results"]
        address = answer.json()["next"]
    return found


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_record_stands_at_the_address_that_its_list_gives(founding_case, client_of, name):
    client = client_of("anonymous")
    for row in everything(client, name)[:2]:
        assert client.get(row["url"]).json()["uid"] == row["uid"]


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_unknown_parameter_is_refused_by_name(client_of, name):
    answer = client_of("anonymous").get(f"/api/v1/{name}/?levle=0")
    assert answer.status_code == 400 and "levle" in answer.json()["errors"]
    assert answer["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_only_reads(client_of, name, method):
    assert getattr(client_of("manager"), method)(f"/api/v1/{name}/").status_code == 405


def test_what_is_hidden_answers_like_what_does_not_exist(client_of):
    hidden = factories.make_estimate(factories.make_user())
    answers = [client_of("anonymous").get(f"/api/v1/estimates/{uid}/") for uid in (hidden.uid, "EST-00000-000000")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_longer_list_costs_no_more_queries(founding_case, client_of, name):
    client = client_of("anonymous")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(size: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/api/v1/{name}/?page_size={size}").status_code == 200
        return len(queries)

    cost(1)
    assert cost(10) == cost(1)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_no_guarded_column_reaches_a_reader_outside(founding_case, client_of, name):
    shape = import_string(ENDPOINTS[name]).shape
    guarded = {column.name for column in shape.columns if column.guard != "public"}
    for row in everything(client_of("anonymous"), name):
        assert not guarded & set(row)
        assert row.get("state", "published") == "published" and row.get("sensitivity", "public") == "public"
