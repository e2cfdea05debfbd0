"""A page that has not changed is not sent again; other sites read without cookies alone."""

from __future__ import annotations

import pytest
from django.test import Client

from hrdocs import review
from tests import factories

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://maps.example.org"


@pytest.fixture
def facility(analyst, reviewer):
    made = factories.make_facility(analyst, name_en="Branch 215")
    factories.publish(made, by=reviewer)
    return made


def asked(address: str, etag: str = "", **headers: str):
    return Client().get(address, headers={**({"If-None-Match": etag} if etag else {}), **headers})


@pytest.mark.parametrize("one", [False, True], ids=["a list", "a record"])
def test_a_page_is_sent_again_when_it_has_changed_and_not_before(one, facility, analyst):
    address = f"/api/v1/facilities/{facility.uid}/" if one else "/api/v1/facilities/"
    first = asked(address)
    assert first["ETag"] and "no-cache" in first["Cache-Control"] and "private" in first["Cache-Control"]
    assert {"Accept", "Authorization", "Cookie"} <= {name.strip() for name in first["Vary"].split(",")}
    again = asked(address, first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    factories.make_facility(analyst, name_en="Hidden")
    assert asked(address, first["ETag"]).status_code == 304
    with factories.past_the_guard():
        type(facility).objects.filter(pk=facility.pk).update(name_en="Branch 227")
    changed = asked(address, first["ETag"])
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"] and b"Branch 227" in changed.content


def test_what_is_gone_is_not_called_unchanged(facility, reviewer):
    address = f"/api/v1/facilities/{facility.uid}/"
    etag = asked(address)["ETag"]
    review.retract(facility, by=reviewer, reason="wrong", public_note="Two prisons were taken for one.")
    assert asked(address, etag).status_code == asked(address, "*").status_code == 404


def test_two_readers_who_see_different_things_have_different_tags(facility, analyst):
    client = Client()
    client.force_login(analyst)
    address = f"/api/v1/facilities/{facility.uid}/"
    assert client.get(address)["ETag"] != asked(address)["ETag"]
    assert client.get(address, headers={"If-None-Match": asked(address)["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", ["/api/v1/facilities/", "/api/v1/facilities/?format=csv", "/api/v1/facilities/?levle=0"])
def test_another_site_may_read_without_cookies(address, db):
    answer = asked(address, Origin=ELSEWHERE)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    told = {"Link", "ETag", "Retry-After", "Content-Disposition", "Memento-Datetime"}
    assert told == set(answer["Access-Control-Expose-Headers"].split(", "))


def test_a_browser_that_asks_first_is_told_that_it_may_read_and_no_more(db):
    asking = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    answer = Client().options("/api/v1/facilities/", headers=asking)
    assert answer.status_code == 200
    assert {name.strip() for name in answer["Access-Control-Allow-Methods"].split(",")} == {"GET", "HEAD", "OPTIONS"}
    assert "authorization" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/admin/", "/cases/", "/account/tokens/"])
def test_other_sites_read_nothing_but_the_api(address, db):
    assert "Access-Control-Allow-Origin" not in asked(address, Origin=ELSEWHERE)


def test_an_operator_chooses_who_may_read(settings, db):
    settings.CORS_ALLOW_ALL_ORIGINS, settings.CORS_ALLOWED_ORIGINS = False, [ELSEWHERE]
    assert asked("/api/v1/facilities/", Origin=ELSEWHERE)["Access-Control-Allow-Origin"] == ELSEWHERE
    assert "Access-Control-Allow-Origin" not in asked("/api/v1/facilities/", Origin="https://elsewhere.example")
