"""Two people at one record: the second sees both versions, chooses by keyboard alone, and both of their work is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from hrdocs.models import Unsaved
from tests import factories
from tests.journeys.conftest import SitDown
from tests.journeys.hands import save

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_second_to_save_chooses_by_keyboard_and_nothing_is_lost(sit_down: SitDown) -> None:
    amal, basma = factories.make_user(), factories.make_user(full_name="Basma")
    incident = factories.make_incident(amal, title_en="Before")
    address = f"/admin/cases/incident/{incident.pk}/change/"
    hers, theirs = sit_down(amal), sit_down(basma)
    hers.goto(address)
    theirs.goto(address)
    theirs.fill("#id_title_en", "By Basma")
    theirs.fill("#id_reason", "The report says so.")
    save(theirs)
    theirs.wait_for_url("**/admin/cases/incident/")

    hers.fill("#id_title_en", "By Amal")
    hers.fill("#id_narrative_en", "Written by Amal alone.")
    save(hers)
    expect(hers.locator(".hrdocs-conflict")).to_contain_text("The report says so.")
    expect(hers.get_by_role("group", name="only you changed it").get_by_label("Yours")).to_be_checked()
    chosen = hers.get_by_role("group", name="both of you changed it").get_by_label("Theirs")
    expect(chosen).not_to_be_checked()
    chosen.focus()
    hers.keyboard.press("Space")
    hers.keyboard.press("Enter")  # the first button of the form: save what is chosen
    hers.wait_for_url("**/admin/cases/incident/")
    incident.refresh_from_db()
    assert (incident.title_en, incident.narrative_en, incident.version) == ("By Basma", "Written by Amal alone.", 3)
    assert not Unsaved.objects.exists()
