"""A briefing with four statements, entered on one screen by somebody who never touches the mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cases.models import Accused, Estimate, Statement
from sources.models import Source
from tests import factories
from tests.journeys.conftest import SitDown
from tests.journeys.hands import begin_the_briefing, find, type_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_briefing_is_entered_from_the_keyboard_alone(sit_down: SitDown) -> None:
    amal = factories.make_user(full_name="Amal the analyst")
    factories.make_term(label_en="persons")
    factories.make_facility(amal)
    syria = factories.make_party(amal, name_en="Syrian government")
    page = sit_down(amal)
    begin_the_briefing(page, "as many as 50", "50")

    # Its neighbour differs in the number alone; the next one by more; the last one accuses.
    page.keyboard.press("Alt+d")
    type_in(page, "value_text", "at least 13")
    expect(page.locator("#id_b2-locator_kind")).to_have_value("whole")
    expect(page.locator("#id_b2-quotation")).to_have_value("as many as 50 detainees a day")
    page.keyboard.press("Alt+n")
    expect(page.locator("#id_b3-read_as")).to_have_value("as_quoted")
    expect(page.locator("#id_b3-quotation")).to_have_value("")
    type_in(page, "value_text", "dozens")
    find(page, "counted", "persons")
    page.keyboard.press("Alt+n")
    page.keyboard.type("Alleg")
    find(page, "accused_party", "Syrian")
    type_in(page, "accused_wording", "the Assad regime")
    page.keyboard.press("Enter")  # as in any form, this saves

    expect(page.get_by_role("button", name="Submit all for review")).to_be_visible()
    source = Source.objects.get()
    assert (source.title, source.published) == ("Special briefing on Syria", "2017-05-15")
    assert sorted(Estimate.objects.values_list("value_text", flat=True)) == ["as many as 50", "at least 13", "dozens"]
    assert {str(said.about) for said in Statement.objects.all()} == {"Saydnaya Military Prison"}
    assert Accused.objects.get().party == syria
    page.get_by_role("button", name="Submit all for review").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("In review")).to_have_count(5)
