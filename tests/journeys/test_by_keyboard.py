"""The desk without a mouse: Tab, Enter, Space, arrows and letters do all that hands on a mouse do."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from hrdocs.access import State
from hrdocs.models import Comment
from tests import factories
from tests.hrdocs.forms import page_of
from tests.journeys.conftest import SitDown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST = 150  # fields and links of a page


def tab_to(page: Page, goal: Locator) -> None:
    """Press Tab until the goal has the focus."""
    for _ in range(MOST):
        page.keyboard.press("Tab")
        if goal.evaluate("each => each === document.activeElement"):
            return
    pytest.fail(f"Tab does not reach {goal}")


def focus_is_seen(page: Page) -> bool:
    return bool(page.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2"))


def test_the_menu_is_skipped_and_the_account_reached(sit_down: SitDown) -> None:
    page = sit_down(factories.make_user(full_name="Amal the analyst"))
    page.goto(reverse("admin:index"))
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    tab_to(page, page.get_by_role("link", name="Enter what a source says").last)
    assert focus_is_seen(page)

    page.goto(reverse("admin:index"))
    account = page.get_by_role("button", name="Amal the analyst")
    tab_to(page, account)
    assert focus_is_seen(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def test_a_link_is_found_by_typing_under_the_name_of_its_field(sit_down: SitDown) -> None:
    analyst = factories.make_user()
    factories.make_place(analyst, name_en="Saydnaya town")
    page = sit_down(analyst)
    page.goto(reverse("admin:cases_facility_add"))
    box = page.locator("#id_place + .select2 [role=combobox]")
    expect(box).to_have_accessible_name("Place")
    tab_to(page, box)
    page.keyboard.press("Enter")
    page.keyboard.type("Saydn")
    expect(page.locator(".select2-results__option--highlighted", has_text="Saydnaya town")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#select2-id_place-container")).to_contain_text("Saydnaya town")


def test_a_record_is_remarked_on_and_handed_in(sit_down: SitDown) -> None:
    analyst = factories.make_user()
    party = factories.make_party(analyst)
    page = sit_down(analyst)
    page.goto(page_of(party))
    tab_to(page, page.locator("#talk select[name=field]"))
    page.keyboard.type("name in A")
    page.keyboard.press("Tab")
    page.keyboard.type("Is this how it writes itself?")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#remark-name_ar")).to_contain_text("Is this how it writes itself?")
    assert Comment.objects.get().field == "name_ar"

    tab_to(page, page.get_by_role("region", name="Review").get_by_role("link", name="Submit for review"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, page.locator(".hrdocs-move button[type=submit]"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    party.refresh_from_db()
    assert party.state == State.IN_REVIEW
