"""An identity from the desk to the two custodians: sealed by an analyst, asked for by one, agreed to by another, read once."""

from __future__ import annotations

import re

import pytest
from nacl import pwhash
from playwright.sync_api import Page, expect

from hrdocs.access import Role
from sources import boxes
from sources.models import Informant, Opening
from tests import factories
from tests.journeys.conftest import SitDown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = {"one": "barley lantern orbit saddle", "other": "willow cement harvest piano"}


def make_key(page: Page, words: str) -> None:
    page.goto("/custody/")
    page.fill("[name=passphrase]", words)
    page.fill("[name=again]", words)
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("status")).to_contain_text("Your key is made")


def test_two_custodians_read_who_an_informant_is_and_everybody_is_told(
    sit_down: SitDown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes, "COST", (pwhash.argon2id.OPSLIMIT_MIN, pwhash.argon2id.MEMLIMIT_MIN))
    amal, one, other, manager = (
        factories.make_user(role) for role in (Role.ANALYST, Role.CUSTODIAN, Role.CUSTODIAN, Role.MANAGER)
    )
    informant = Informant(pseudonym="Basil", role="former guard").save_by(amal)
    hers, theirs, at_the_desk, watching = (sit_down(person) for person in (one, other, amal, manager))

    make_key(hers, WORDS["one"])
    make_key(theirs, WORDS["other"])
    watching.goto("/custody/")
    for left in (1, 0):
        watching.get_by_role("button", name="Let it in").first.click()
        expect(watching.get_by_role("button", name="Let it in")).to_have_count(left)
        expect(watching.get_by_role("status")).to_contain_text("in use")

    at_the_desk.goto(f"/admin/sources/informant/{informant.pk}/change/")
    at_the_desk.get_by_role("link", name="Seal the identity").click()
    at_the_desk.fill("[name=name]", "Yusuf Example")
    at_the_desk.get_by_role("button", name="Seal it").click()
    expect(at_the_desk.get_by_text("only two custodians together can read it")).to_be_visible()
    assert "Yusuf" not in at_the_desk.content()

    hers.goto("/custody/")
    hers.fill("[name=uid]", informant.uid.lower())
    hers.fill("[name=reason]", "A court asks whether he is safe.")
    hers.get_by_role("button", name="Ask", exact=True).click()
    expect(hers).to_have_url(re.compile(r"/custody/openings/\d+/"))
    expect(hers.get_by_text("Another custodian has to agree.").first).to_be_visible()

    theirs.goto(hers.url)
    theirs.fill("[name=passphrase]", WORDS["other"])
    theirs.keyboard.press("Enter")
    expect(theirs.get_by_text("Agreed")).to_be_visible()

    hers.reload()
    hers.fill("[name=passphrase]", WORDS["one"])
    hers.get_by_role("button", name="Read it").click()
    expect(hers.get_by_text("Yusuf Example")).to_be_visible()
    assert "Yusuf" not in theirs.content()
    hers.get_by_role("link", name="Close it now").click()
    expect(hers.get_by_text("Yusuf Example")).to_have_count(0)

    watching.goto("/admin/hrdocs/notice/")
    expect(watching.get_by_text("An identity was opened").first).to_be_visible()
    opening = Opening.objects.get()
    assert (opening.asked_by, opening.agreed_by, opening.opened_at is not None) == (one, other, True)
