"""Whole stories, as the people in them would live them: an analyst, her colleague, a reviewer, a reader."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import expect

from cases.models import Estimate
from hrdocs.models import User
from sources.models import Source
from tests import factories
from tests.hrdocs.forms import fill, page_of
from tests.journeys.conftest import SitDown
from tests.journeys.hands import choose, move, save, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

QUOTATION = "Between 5,000 and 13,000 people were extrajudicially executed at Saydnaya."


@pytest.fixture
def analyst() -> User:
    return factories.make_user(username="amal", password="a long pass phrase 1", full_name="Amal the analyst")


@pytest.fixture
def colleague() -> User:
    return factories.make_user(full_name="Basma the colleague")


@pytest.fixture
def reviewer() -> User:
    return factories.make_user("reviewer", full_name="Rana the reviewer")


def test_a_figure_goes_from_the_desk_through_a_reviewers_no_to_a_readers_spreadsheet(
    sit_down: SitDown, analyst: User, reviewer: User
) -> None:
    factories.make_term(label_en="persons")
    factories.publish(factories.make_facility(analyst), by=reviewer)

    # The analyst signs in and enters the source, then what it says.
    amal = sit_down()
    sign_in(amal, "amal", "a long pass phrase 1")
    amal.goto("/admin/sources/source/add/")
    amal.fill("#id_title", "Human slaughterhouse")
    amal.select_option("#id_read_as", label="Full text")
    save(amal)
    amal.wait_for_url("**/admin/sources/source/")
    source = Source.objects.get(title="Human slaughterhouse")

    amal.goto("/admin/cases/estimate/add/")
    amal.fill("#id_value_text", "between 5,000 and 13,000")
    amal.select_option("#id_lower_wording", label="Between, from")
    amal.fill("#id_lower", "5000")
    amal.fill("#id_upper", "13000")
    choose(amal, "counted", "persons")
    choose(amal, "about_facility", "Saydnaya")
    choose(amal, "source", "Human slaughterhouse")
    amal.select_option("#id_locator_kind", label="Page")
    amal.fill("#id_locator", "71")
    amal.fill("#id_quotation", QUOTATION)
    amal.select_option("#id_read_as", label="Full text")
    save(amal, stay=True)
    move(amal, "Submit for review")
    estimate = Estimate.objects.get()
    expect(amal.locator("#id_locator")).to_have_count(0)  # what is in review is closed

    # The reviewer gives it back, and says why.
    rana = sit_down(reviewer)
    rana.goto(page_of(estimate))
    move(rana, "Return with comments", reason="It stands on page 17.")

    # The analyst reads why, mends it, and hands it in again.
    amal.reload()
    panel = amal.get_by_role("region", name="Review")
    expect(panel).to_contain_text("Rana the reviewer: It stands on page 17.")
    amal.fill("#id_locator", "17")
    save(amal, stay=True)
    move(amal, "Submit for review")

    # The reviewer is told what has to be published first, and publishes.
    rana.reload()
    move(rana, "Approve")
    rana.get_by_role("region", name="Review").get_by_role("link", name="Publish").click()
    rana.check("[name=level][value=public]")
    rana.get_by_role("button", name="Publish").click()
    expect(rana.get_by_role("alert")).to_contain_text(f"{source.uid}, which is not published")
    factories.publish(source, by=reviewer)
    rana.get_by_role("button", name="Publish").click()
    expect(rana.get_by_role("region", name="Review")).to_contain_text("Published")

    # A reader without an account finds it, and takes it home.
    reader = sit_down()
    (row,) = reader.goto("/api/v1/estimates/?q=Sednaya").json()["results"]
    assert (row["value_text"], row["lower"], row["locator"], row["quotation"]) == (
        "between 5,000 and 13,000",
        5000,
        "17",
        QUOTATION,
    )
    reader.goto("/")
    with reader.expect_download() as download:
        reader.locator("a[href*='estimates/?format=csv']").click()
    (line,) = csv.DictReader(Path(download.value.path()).read_text("utf-8-sig").splitlines())
    assert (line["uid"], line["lower"], line["upper"], line["lower_wording"]) == (estimate.uid, "5000", "13000", "between")
    assert (line["quotation"], line["locator_kind"], line["locator"]) == (QUOTATION, "page", "17")


def test_who_saves_second_is_told_by_whom_it_changed_and_loses_nothing_she_typed(
    sit_down: SitDown, analyst: User, colleague: User
) -> None:
    incident = factories.make_incident(analyst, title_en="Hangings", narrative_en="As first entered.")
    amal, basma = sit_down(analyst), sit_down(colleague)
    for page in (amal, basma):
        page.goto(page_of(incident))
    basma.fill("#id_title_en", "Hangings at night")
    save(basma)
    basma.wait_for_url("**/admin/cases/incident/")

    amal.fill("#id_narrative_en", "An hour of typing.")
    amal.fill("#id_date", "2012-03")
    save(amal)
    expect(amal.get_by_role("list", name="Saved in between")).to_contain_text("Basma the colleague")
    incident.refresh_from_db()
    assert (incident.title_en, incident.narrative_en, incident.date) == ("Hangings at night", "As first entered.", "")

    # Each changed another field, so both are kept where she only says yes.
    amal.get_by_role("button", name="Save what is chosen").click()
    amal.wait_for_url("**/admin/cases/incident/")
    incident.refresh_from_db()
    assert (incident.title_en, incident.narrative_en, incident.date) == ("Hangings at night", "An hour of typing.", "2012-03")


def test_the_history_shows_who_changed_what_and_why(sit_down: SitDown, analyst: User, colleague: User) -> None:
    incident = factories.make_incident(analyst, title_en="Hangings")
    basma = Client()
    basma.force_login(colleague)
    fill(basma, page_of(incident), title_en="Hangings at night", reason="Page 17 has it so.")

    amal = sit_down(analyst)
    amal.goto(page_of(incident))
    amal.get_by_role("link", name="History").click()
    acts = amal.locator(".hrdocs-history > li")
    expect(acts).to_have_count(2)
    newest, first = acts.first, acts.last
    for words in ("Basma the colleague", "Page 17 has it so."):
        expect(newest).to_contain_text(words)
    expect(newest.locator("del")).to_have_text("Hangings")
    expect(newest.locator("ins")).to_have_text("Hangings at night")
    expect(first).to_contain_text("Amal the analyst")
    expect(first.locator("ins", has_text="Hangings")).to_be_visible()
