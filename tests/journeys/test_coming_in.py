"""A researcher comes in: she asks, is let in, makes her account and a token, and a program of hers reads with it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from hrdocs.access import Sensitivity
from tests import factories
from tests.journeys.conftest import SitDown
from tests.journeys.hands import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long pass phrase 7"


def test_a_researcher_asks_is_let_in_and_reads_with_a_token_until_it_is_revoked(sit_down: SitDown) -> None:
    analyst, reviewer = factories.make_user(), factories.make_user("reviewer")
    facility = factories.make_facility(analyst)
    factories.publish(facility, by=reviewer, level=Sensitivity.REGISTERED)
    address = f"/api/v1/facilities/{facility.uid}/"

    # She asks, and is told that people will decide.
    lina = sit_down()
    lina.goto("/")
    lina.get_by_role("link", name="Ask for access").click()
    for label, text in {"Your name": "Lina Haddad", "Your e-mail address": "lina@example.org", "Where you work": "A newsroom",
                        "What you want access for": "To compare figures."}.items():  # fmt: skip
        lina.get_by_label(label).fill(text)
    lina.get_by_label("I have read the terms of use").check()
    lina.get_by_role("button", name="Send the request").click()
    expect(lina.get_by_role("heading", name="Your request is here")).to_be_visible()

    # A manager reads the request and lets her in; the link goes to her by a way of their own.
    mona = sit_down(factories.make_user("manager", full_name="Mona the manager"))
    mona.goto("/admin/hrdocs/accessrequest/")
    mona.get_by_role("link", name="Lina Haddad").click()
    expect(mona.get_by_text("To compare figures.")).to_be_visible()
    mona.get_by_role("button", name="Approve").click()
    link = mona.get_by_label("Link").input_value()

    # She makes her account; the link opens nothing after that.
    lina.goto(link)
    lina.get_by_label("User name").fill("lina")
    lina.get_by_label("Your name").fill("Lina Haddad")
    lina.get_by_label("Password", exact=True).fill(PASSWORD)
    lina.get_by_label("Password confirmation").fill(PASSWORD)
    lina.get_by_label("I have read the terms of use").check()
    lina.get_by_role("button", name="Make the account").click()
    expect(lina.get_by_role("heading", name="Your account is made")).to_be_visible()
    assert sit_down().request.get(link).status == 404

    # She signs in, and makes a token on her own page.
    sign_in(lina, "lina", PASSWORD)
    lina.goto("/account/")
    lina.get_by_role("link", name="Your tokens").click()
    lina.get_by_label("What it is for").fill("Weekly copy")
    lina.get_by_label("What registered researchers may read").check()
    lina.get_by_role("button", name="Make the token").click()
    key = lina.get_by_label("Copy it now").input_value()

    # A program of hers reads with it what a visitor does not get, until she revokes it.
    program = sit_down().request
    bearing = {"Authorization": f"Bearer {key}"}
    assert program.get(address).status == 404
    assert program.get(address, headers=bearing).json()["uid"] == facility.uid
    assert program.get(f"{address}?token={key}").status == 400
    lina.goto("/account/tokens/")
    expect(lina.get_by_text("last used")).to_be_visible()
    assert key not in lina.content()
    lina.get_by_role("button", name="Revoke “Weekly copy”").click()
    expect(lina.get_by_text("revoked")).to_be_visible()
    refused = program.get(address, headers=bearing)
    assert (refused.status, refused.headers["content-type"]) == (401, "application/problem+json")
