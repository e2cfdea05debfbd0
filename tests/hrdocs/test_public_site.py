"""A site for readers without an account: it shows all that is public, by an account of the database that can't read the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends import signed_cookies
from django.db import connection
from django.test import Client

from hrdocs import database_roles, matching, merging, public_site, review, tokens
from hrdocs.access import Role
from hrdocs.models import Scope, User
from hrdocs.urls import ENDPOINTS, router
from tests import factories
from tests.hrdocs.forms import signed_in

pytestmark = pytest.mark.django_db
FORMATS = ("xlsx", "ndjson", "geojson", "parquet", "ftm")
PLAIN = (
    "/", "/lists/", "/releases/", "/explore/?q=Saydnaya", "/explore/table/?q=Saydnaya", "/explore/map/", "/explore/timeline/",
    "/explore/points/?bbox=30,30,40,40", "/api/v1/", "/api/v1/schema/", "/api/v1/docs/", "/api/v1/changes/?since=0", "/api/v1/releases/",
    "/facilities/map/", "/incidents/timeline/", "/facilities/points/?bbox=30,30,40,40", "/api/v1/incidents/?as_of=2020-01-01",
)  # fmt: skip


@pytest.fixture
def site(settings: Any) -> Iterator[Callable[[], Client]]:
    """Go on as a public site, by the account that such a site has, until the test ends."""
    database_roles.make()

    def become() -> Client:
        settings.PUBLIC_SITE = True
        for name, value in public_site.SETTINGS.items():
            setattr(settings, name, value)
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL SESSION AUTHORIZATION {database_roles.SITE}")
        return Client()

    yield become
    with connection.cursor() as cursor:
        cursor.execute("RESET SESSION AUTHORIZATION")


def answered(client: Client, address: str) -> tuple[int, bytes]:
    """Status and body, without what is new in each answer."""
    answer = client.get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, re.sub(rb"EXP-[0-9A-Z]{5}-[0-9A-Z]{6}|promise=[^&\"]+", b"", body)


def addresses(client: Client) -> Iterator[str]:
    """Lists in every format, with all counts; and of each kind a record with all that the API tells of one, and its page."""
    yield from PLAIN
    yield from (f"/api/v1/estimates/?format={form}" for form in FORMATS)
    actions = {(name, action) for name, action in (pattern.name.rsplit("-", 1) for pattern in router.urls)}
    for name in ENDPOINTS:
        yield f"/{name}/"
        yield f"/api/v1/{name}/?count=exact"
        yield f"/api/v1/{name}/?q=Saydnaya"
        yield f"/api/v1/{name}/?format=csv"
        listed = client.get(f"/api/v1/{name}/").json()["results"][:1]
        for row in listed if "uid" in (listed or [{}])[0] else ():
            yield f"/api/v1/{name}/{row['uid']}/"
            yield from (
                f"/api/v1/{name}/{row['uid']}/{action}/" + ("?format=html" if action == "report" else "")
                for of, action in actions if of == name and action not in ("list", "detail")
            )  # fmt: skip
            yield f"/{name}/{row['uid']}/"


def test_it_answers_what_the_program_answers_nobody_in_particular(site: Callable[[], Client], founding_case: None):
    whole = Client()
    asked = list(addresses(whole))
    by_the_program = {address: answered(whole, address) for address in asked}
    client = site()
    for address, (status, body) in by_the_program.items():
        found = answered(client, address)
        assert found[0] == status, (address, found)
        if address.startswith("/api/") and not re.search("format=(xlsx|parquet|html)", address):
            assert found[1] == body, address
    assert sum(status == 200 for status, _ in by_the_program.values()) > 140


def test_a_retracted_record_leaves_its_note_and_a_merged_one_leads_on(site: Callable[[], Client], analyst: User, reviewer: User):
    retracted, gone, stays = (factories.make_place(analyst) for _ in range(3))
    factories.publish(retracted, gone, stays, by=reviewer)
    review.retract(retracted, by=reviewer, reason="It was a mistake.", public_note="Two prisons were taken for one.")
    matching.judge(stays, gone, "same", by=analyst, reason="One list names both.")
    merging.merge(stays, gone, {}, by=factories.make_user(Role.MANAGER), reason="The same place.")
    client = site()
    told = client.get(f"/places/{retracted.uid}/")
    assert told.status_code == 410 and "Two prisons were taken for one." in told.content.decode()
    assert client.get(f"/places/{gone.uid}/").headers["Location"].endswith(f"/places/{stays.uid}/")


def test_what_is_for_accounts_and_the_desk_is_no_address_there(site: Callable[[], Client], analyst: User):
    inside, (_, key) = signed_in(analyst), tokens.make(analyst, "x", [Scope.REGISTERED], days=1)
    assert inside.get("/admin/").status_code == 200
    client = site()
    client.cookies = inside.cookies
    for address in ("/admin/", "/admin/cases/incident/", "/sign-in/", "/account/", "/account/tokens/", "/join/", "/custody/"):
        assert client.get(address).status_code == 404 == client.post(address).status_code, address
    answer = client.get("/api/v1/cases/", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401 and "No token opens anything at this site" in answer.json()["title"]
    for page in ("/", "/cases/", "/explore/"):
        status, shown = answered(client, page)
        assert status == 200 and not re.search(b"/(admin|sign-in|account|join|custody)/", shown), page


def test_whoever_has_its_key_signs_a_session_for_nobody(site: Callable[[], Client], analyst: User, settings: Any):
    place = factories.make_place(analyst)
    client = site()
    forged = signed_cookies.SessionStore()
    forged.update({SESSION_KEY: str(analyst.pk), BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                   HASH_SESSION_KEY: analyst.get_session_auth_hash()})  # fmt: skip
    forged.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = forged.session_key
    assert client.get(f"/api/v1/places/{place.uid}/").status_code == 404
    assert client.get(f"/places/{place.uid}/").status_code == 404
