"""A list is looked at on a map by keyboard alone, and leads on to its records."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.journeys.conftest import SitDown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_place_on_the_map_is_opened_by_keyboard_and_lists_what_is_said_to_have_happened_there(sit_down: SitDown) -> None:
    analyst, reviewer = factories.make_user(), factories.make_user("reviewer")
    place = factories.make_place(analyst, latitude="33.6648", longitude="36.3288", precision="vicinity")
    incidents = [
        factories.make_incident(analyst, title_en=name, place=place, place_shown="exact") for name in ("First", "Second")
    ]
    factories.publish(place, *incidents, by=reviewer)

    page = sit_down()
    page.goto("/incidents/map/")
    mark = page.locator(".counted-mark")
    expect(mark).to_have_text("2")
    expect(page.locator(".area.rough")).to_have_count(1)  # nobody said how large the vicinity is
    expect(page.locator("[data-told]")).to_contain_text("2")
    mark.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".told-of li")).to_have_count(2)
    expect(page.locator(".told-of > a")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/incidents/?bbox=*")
    expect(page.locator("tbody tr")).to_have_count(2)
