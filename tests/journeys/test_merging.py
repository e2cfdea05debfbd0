"""A prison that was entered twice, in two scripts: asked for, merged by keyboard, led to by its old uid, made two again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from cases.models import Facility, FacilityName, Statement
from hrdocs.models import User
from tests import factories
from tests.hrdocs.forms import page_of
from tests.journeys.conftest import SitDown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def analyst() -> User:
    return factories.make_user(full_name="Amal the analyst")


def test_a_prison_entered_twice_becomes_one_and_two_again(sit_down: SitDown, analyst: User) -> None:
    kept = factories.make_facility(analyst, name_en="Sednaya prison", name_ar="")
    gone = factories.make_facility(analyst, name_en="Sidnaya", name_ar="سجن صيدنايا")
    FacilityName.objects.create(facility=gone, text="Sednaya prison", kind="spelling")
    estimate, address = factories.make_estimate(analyst, about_facility=gone), page_of(gone)

    # The analyst sees the pair in the queue and asks for a merge.
    amal = sit_down(analyst)
    amal.goto("/admin/hrdocs/match/")
    amal.get_by_role("link", name="Sednaya prison ↔ Sidnaya").click()
    amal.get_by_label("Reason").fill("One list names both.")
    amal.get_by_role("button", name="The same: ask for a merge").click()
    expect(amal.get_by_text("A merge is asked for")).to_be_visible()

    # A manager looks at both, takes the other's name, and merges from the keyboard alone.
    mona = sit_down(factories.make_user("manager", full_name="Mona the manager"))
    mona.goto("/admin/hrdocs/match/")
    mona.get_by_role("link", name="Sednaya prison ↔ Sidnaya").focus()
    mona.keyboard.press("Enter")
    expect(mona.get_by_role("heading", name="If you merge them")).to_be_visible()
    expect(mona.get_by_text("Statements that move: 1")).to_be_visible()
    mona.get_by_label("name", exact=True).focus()
    mona.keyboard.press("ArrowDown")
    mona.get_by_label("Reason").focus()
    mona.keyboard.type("Same walls, same gate.")
    mona.keyboard.press("Tab")
    mona.keyboard.press("Enter")
    expect(mona.get_by_role("heading", name="Two records were merged")).to_be_visible()
    assert Facility.objects.get().name_en == "Sidnaya"
    assert Statement.objects.get().about_facility_id == kept.pk

    # The form of the old record leads the analyst to the new one.
    amal.goto(address)
    expect(amal.get_by_text("was merged into this record")).to_be_visible()

    # It was wrong: the manager undoes it.
    mona.get_by_label("Reason").fill("The list had two columns.")
    mona.get_by_role("button", name="Undo the merge").click()
    expect(mona.get_by_text("They are two again.")).to_be_visible()
    assert {each.name_en for each in Facility.objects.all()} == {"Sednaya prison", "Sidnaya"}
    assert Statement.objects.get(pk=estimate.pk).about_facility_id == gone.pk
