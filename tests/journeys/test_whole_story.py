"""The whole story of a briefing, as four people live it: entered, returned, mended, published, found, corrected."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from playwright.sync_api import Page, expect

from cases.models import Estimate
from hrdocs.models import User
from sources.models import Source
from tests import factories
from tests.hrdocs.forms import page_of
from tests.journeys.conftest import SitDown
from tests.journeys.hands import begin_the_briefing, find, move, save, sign_in, type_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long pass phrase 1"
FIGURES = "/api/v1/estimates/?q=Saydnaya"


@pytest.fixture(autouse=True)
def on_a_server(settings: Any) -> None:
    settings.SECOND_FACTOR = True


def enter_by_app(page: Page, person: User) -> None:
    """Sign in with the password and the code that her app shows."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    sign_in(page, person.username, PASSWORD)
    page.fill("[name=code]", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text(person.full_name)).to_be_visible()


def enter_the_briefing(page: Page) -> None:
    """The State Department's briefing with four statements, from the keyboard alone."""
    begin_the_briefing(page, "as many as 15 a day", "15")
    page.keyboard.press("Alt+d")
    type_in(page, "value_text", "5,000 to 11,000")
    page.keyboard.press("Alt+n")
    type_in(page, "value_text", "up to 70 in a cell for five")
    find(page, "counted", "persons")
    page.keyboard.press("Alt+n")
    page.keyboard.type("Alleg")
    find(page, "accused_party", "Syrian")
    type_in(page, "accused_wording", "the Assad regime")
    page.keyboard.press("Enter")
    submit = page.get_by_role("button", name="Submit all for review")
    expect(submit).to_be_visible()
    submit.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("In review")).to_have_count(5)


def figures(page: Page) -> list[dict[str, Any]]:
    return page.request.get(FIGURES).json()["results"]


def test_a_briefing_is_entered_returned_mended_published_and_corrected(sit_down: SitDown) -> None:
    factories.make_term(label_en="persons")
    amal, rana = (factories.make_user(role, username=name, password=PASSWORD, full_name=f"{name.title()} the {role}")
                  for name, role in (("amal", "analyst"), ("rana", "reviewer")))  # fmt: skip
    other = factories.make_user()
    known = [factories.make_facility(other), factories.make_party(other, name_en="Syrian government")]
    factories.publish(*known, by=rana)

    # The analyst signs in with a second factor, enters the briefing with four statements, and hands it in.
    desk = sit_down()
    enter_by_app(desk, amal)
    enter_the_briefing(desk)
    rate = Estimate.objects.get(value_text="as many as 15 a day")

    # The reviewer remarks on the one number that is not what the words say, and returns it.
    review = sit_down()
    enter_by_app(review, rana)
    review.goto(page_of(rate))
    talk = review.get_by_role("region", name="Comments and tasks")
    talk.get_by_label("Speaks of").select_option("upper")
    talk.get_by_label("Comment", exact=True).last.fill("The quotation has 50.")
    talk.get_by_role("button", name="Comment", exact=True).click()
    review.goto(page_of(rate))
    move(review, "Return with comments", reason="The number is not the one in the quotation.")

    # The analyst is led from her first page to the remark, mends the number, and hands it in again.
    desk.goto("/admin/")
    returned = desk.get_by_role("region", name="Returned")
    expect(returned).to_contain_text("The number is not the one in the quotation.")
    returned.get_by_role("listitem").get_by_role("link").first.click()
    expect(desk.locator("#remark-upper")).to_contain_text("The quotation has 50.")
    for field, text in (("value_text", "as many as 50 a day"), ("upper", "50")):
        desk.fill(f"#id_{field}", text)
    save(desk, stay=True)
    move(desk, "Submit for review")

    # A reader who has nothing so far finds it once the reviewer has approved and published the whole of it.
    reader = sit_down()
    assert figures(reader) == []
    source = Source.objects.get()
    review.goto(f"/admin/sources/source/{source.pk}/together/decide/")
    review.get_by_label("All that are left").select_option(label="Approve")
    review.get_by_role("button", name="Do so").click()
    expect(review.get_by_text("5 records were moved.")).to_be_visible()
    review.goto(f"/admin/sources/source/{source.pk}/together/publish/")
    review.select_option("[name=level]", "public")
    review.get_by_role("button", name="The whole dossier: open it to readers").click()
    expect(review.get_by_text("5 records were moved.")).to_be_visible()
    (found,) = [row for row in figures(reader) if row["value_text"] == "as many as 50 a day"]
    assert (found["uid"], found["upper"], found["quotation"]) == (rate.uid, 50, "as many as 50 detainees a day")
    assert len(figures(reader)) == 3

    # The analyst corrects a number. Readers go on seeing what was approved, until the reviewer accepts the change.
    desk.goto(page_of(rate))
    desk.get_by_role("region", name="Review").get_by_role("link", name="Propose a change").click()
    desk.fill("#id_value_text", "as many as 50 detainees a day")
    desk.fill("#id_reason", "The word detainees stands beside the number.")
    desk.locator("[name=_save]").click()
    expect(desk.get_by_text("A change waits")).to_be_visible()
    assert [row["value_text"] for row in figures(reader) if row["uid"] == rate.uid] == ["as many as 50 a day"]
    review.goto(page_of(rate))
    review.get_by_role("link", name="A change waits").click()
    expect(review.locator("ins").first).to_contain_text("detainees")
    review.get_by_role("button", name="Accept the change").click()
    expect(review.get_by_role("region", name="Review")).to_be_visible()
    assert [row["value_text"] for row in figures(reader) if row["uid"] == rate.uid] == ["as many as 50 detainees a day"]

    # The correction is public, with its date.
    reader.goto(f"/statements/{rate.uid}/")
    expect(reader.get_by_text("Corrected on")).to_be_visible()
    expect(reader.locator("main")).to_contain_text("as many as 50 detainees a day")
