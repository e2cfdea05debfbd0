"""What somebody typed and did not save: after a closed window, and after a session that ended."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect

from cases.models import Incident
from hrdocs.models import Unsaved
from tests import factories
from tests.journeys.conftest import SitDown
from tests.journeys.hands import choose, save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADD = "/admin/cases/incident/add/"


def test_what_was_typed_in_a_window_that_closed_is_had_back(sit_down: SitDown) -> None:
    amal = factories.make_user()
    factories.make_place(amal)
    page = sit_down(amal)
    page.goto(ADD)
    page.fill("#id_title_en", "Hangings at night")
    choose(page, "place", "Saydnaya")
    expect(page.locator("#kept")).to_contain_text("Kept for you at")
    page.close()

    again = sit_down(amal)
    again.goto(ADD)
    again.get_by_role("link", name="Restore what you typed").click()
    expect(again.locator("#id_title_en")).to_have_value("Hangings at night")
    save(again)
    again.wait_for_url("**/admin/cases/incident/")
    incident = Incident.objects.get()
    assert (incident.title_en, str(incident.place)) == ("Hangings at night", "Saydnaya")
    assert not Unsaved.objects.exists()


def test_a_session_that_ended_costs_a_second_window_and_no_word(sit_down: SitDown) -> None:
    amal = factories.make_user()
    page = sit_down(amal)
    page.goto(ADD)
    Session.objects.all().delete()
    page.fill("#id_title_en", "Hangings at night")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#kept")).to_contain_text("You are signed out. Nothing is lost")
    expect(page.locator("#id_title_en")).to_have_value("Hangings at night")

    client = Client()
    client.force_login(amal)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url.removesuffix(ADD)}]
    )
    save(page)
    page.wait_for_url("**/admin/cases/incident/")
    assert Incident.objects.get().title_en == "Hangings at night"
