"""The door in a browser: a second factor is set up and used, by an app, by a passkey, by a recovery code."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Locator, Page, expect

from hrdocs.models import User
from tests import factories
from tests.journeys.axe import barriers
from tests.journeys.conftest import WIDE, SitDown
from tests.journeys.hands import sign_in
from tests.journeys.test_pages_hold import overflows

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long pass phrase 1"


@pytest.fixture(autouse=True)
def on_a_server(settings: Any) -> None:
    settings.SECOND_FACTOR = True


@pytest.fixture
def amal() -> User:
    return factories.make_user(username="amal", password=PASSWORD, full_name="Amal the analyst")


def code_of(secret: str, steps: int = 0) -> str:
    """What an app shows now, or some half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def confirm(page: Page) -> None:
    """Say once more who one is, by password."""
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Go on").click()


def set_up_app(page: Page) -> tuple[str, list[str]]:
    """The secret, and the recovery codes that are shown once."""
    page.get_by_role("link", name="An app").click()
    confirm(page)
    check(page, "app", page.locator("#secret"))
    secret = page.locator("#secret").inner_text()
    page.fill("[name=code]", code_of(secret))
    page.get_by_role("button", name="Set up").click()
    check(page, "codes", page.get_by_role("heading", name="Recovery codes"))
    return secret, page.locator(".codes code").all_inner_texts()


def check(page: Page, name: str, shown: Locator) -> None:
    """The page that now opens, with this on it, holds for everybody, on a telephone too."""
    expect(shown).to_be_visible()
    page.set_viewport_size({"width": 375, "height": 800})
    found = barriers(page) + overflows(page, "light", 375)
    page.set_viewport_size(WIDE)
    assert not found, name


def sign_out(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


def test_an_analyst_sets_up_an_app_and_enters_with_its_code_and_once_with_a_recovery_code(sit_down: SitDown, amal: User) -> None:
    page = sit_down()
    sign_in(page, "amal", PASSWORD)
    expect(page.get_by_role("heading", name="One thing is missing")).to_be_visible()
    page.goto("/admin/")
    check(page, "missing", page.get_by_role("heading", name="One thing is missing"))
    secret, codes = set_up_app(page)
    page.goto("/admin/")
    assert page.url.endswith("/admin/")

    sign_out(page)
    page.go_back()
    expect(page.get_by_text("Amal the analyst")).to_have_count(0)
    sign_in(page, "amal", PASSWORD)
    check(page, "second step", page.get_by_role("heading", name="Second step"))
    page.fill("[name=code]", code_of(secret, 1))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("Amal the analyst")).to_be_visible()

    for works in (True, False):
        sign_out(page)
        sign_in(page, "amal", PASSWORD)
        page.fill("[name=code]", codes[0])
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text("Amal the analyst")).to_have_count(1 if works else 0)


def test_a_passkey_is_made_and_then_signs_in_by_itself(sit_down: SitDown, amal: User) -> None:
    page = sit_down()
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    authenticator = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                     "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    sign_in(page, "amal", PASSWORD)
    page.get_by_role("link", name="A passkey").click()
    confirm(page)
    check(page, "passkey", page.locator("[name=name]"))
    page.fill("[name=name]", "My telephone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/account/")
    expect(page.get_by_text("My telephone")).to_be_visible()

    sign_out(page)
    page.goto("/sign-in/?next=/account/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("Amal the analyst").first).to_be_visible()
    page.goto("/admin/")
    assert page.url.endswith("/admin/")
