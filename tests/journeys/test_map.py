"""Setting the point of a place on the map of its form, with the mouse and with the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cases.models import Place
from tests import factories
from tests.journeys.conftest import SitDown
from tests.journeys.hands import save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_point_is_set_on_the_map_and_its_precision_is_seen(sit_down: SitDown) -> None:
    amal = factories.make_user()
    site = factories.make_place(amal, name_en="Site", latitude="33.6648", longitude="36.3288", precision="exact")
    factories.make_facility(amal, place=site)
    page = sit_down(amal)
    page.goto("/admin/cases/place/add/")
    page.fill("#id_name_en", "Nearby")
    expect(page.locator("[data-map] path.leaflet-interactive")).to_have_count(1)  # the facility that is there already

    page.locator("[data-map]").click(position={"x": 200, "y": 100})
    expect(page.locator("#id_latitude")).not_to_have_value("")
    clicked = page.input_value("#id_latitude")
    assert 30 < float(clicked) < 37
    expect(page.locator("#id_precision")).to_be_focused()  # how precise it is, nobody guesses
    page.select_option("#id_precision", "vicinity")
    expect(page.locator("[data-map] path[stroke-dasharray]")).to_have_count(1)

    page.locator("[data-map]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_latitude")).not_to_have_value(clicked)
    page.fill("#id_radius_m", "500")
    expect(page.locator("[data-map] path[stroke-dasharray]")).to_have_count(0)
    save(page)
    page.wait_for_url("**/admin/cases/place/")
    place = Place.objects.get(name_en="Nearby")
    assert (place.precision, place.radius_m) == ("vicinity", 500)
    assert place.latitude is not None
