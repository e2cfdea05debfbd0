"""What hands do at the desk: sign in, choose from a list that is found by typing, save, make a move of review, walk by keyboard."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import reverse
from playwright.sync_api import Page, expect


def sign_in(page: Page, username: str, password: str) -> None:
    page.goto(reverse("sign-in"))
    page.fill("[name=login]", username)
    page.fill("[name=password]", password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: urlsplit(url).path != reverse("sign-in"))


def choose(page: Page, field: str, typed: str) -> None:
    """Type into a list of links, and take the first that it finds."""
    page.locator(f"#id_{field} + .select2").click()
    page.locator(".select2-search--dropdown input").fill(typed)
    page.locator(".select2-results__option", has_text=typed).first.click()


def save(page: Page, *, stay: bool = False) -> None:
    with page.expect_navigation():  # what was typed is kept first, and then sent
        page.get_by_role("button", name="Save and continue editing" if stay else "Save", exact=True).click()


def move(page: Page, label: str, reason: str = "", level: str = "") -> None:
    """A move of review, from the page of the record."""
    page.get_by_role("region", name="Review").get_by_role("link", name=label, exact=True).click()
    if reason:
        page.fill("[name=reason]", reason)
    if level:
        page.check(f"[name=level][value={level}]")
    page.locator(".hrdocs-move").get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_role("region", name="Review")).to_be_visible()


# ── by keyboard alone ──


def to(page: Page, field: str) -> None:
    """Walk to a field with the tab key, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('[data-field]')?.dataset.field") == field:
            return
    raise AssertionError(f"the tab key does not lead to {field}")


def type_in(page: Page, field: str, text: str) -> None:
    to(page, field)
    page.keyboard.type(text)


def find(page: Page, field: str, text: str) -> None:
    """In a list that is found by typing: open it, type, take the first."""
    to(page, field)
    page.keyboard.press("Enter")
    page.keyboard.type(text)
    expect(page.locator(".select2-results__option--highlighted", has_text=text)).to_be_visible()
    page.keyboard.press("Enter")


def begin_the_briefing(page: Page, number: str, at_most: str) -> None:
    """The State Department's briefing, and its first statement: a daily rate, about the prison."""
    page.goto("/admin/cases/statement/entering/")
    page.locator("#source-title").focus()
    type_in(page, "title", "Special briefing on Syria")
    type_in(page, "published", "15 May 2017")
    expect(page.locator("#id_new-published_understood")).to_contain_text("stored as 2017-05-15")
    page.locator("#block-1 [data-kind]").focus()
    page.keyboard.press("Tab")  # past “Remove”
    page.keyboard.press("Tab")
    page.keyboard.type("About fac")
    find(page, "about_facility", "Saydnaya")
    type_in(page, "value_text", number)
    type_in(page, "upper_wording", "As many as")
    type_in(page, "upper", at_most)
    find(page, "counted", "persons")
    type_in(page, "measure", "Rate")
    type_in(page, "per_time", "a day")
    type_in(page, "locator_kind", "The whole")
    type_in(page, "read_as", "Only as quoted")
    type_in(page, "quotation", "as many as 50 detainees a day")
