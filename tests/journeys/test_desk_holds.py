"""Every page of the desk is open to everybody: axe finds nothing serious on any of them, and each can be walked by keyboard.

The pages are not listed by hand: they are all addresses below /admin/ that answer to a question, made from the patterns
of addresses themselves. A page that this test can't reach fails it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib import admin
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Page

from hrdocs import review
from hrdocs.models import Comment, Notice, ProposedChange, User, on
from tests import factories
from tests.house import canaries
from tests.journeys.conftest import SitDown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What stands below /admin/ and is no page: it answers with data, takes what a page sends, or leads on to another page.
NO_PAGE = {
    "understood": "answers in JSON how a date was understood", "unsaved": "takes what was typed", "discard": "takes a decision",
    "alike": "answers in JSON with what looks alike", "autocomplete": "answers in JSON with choices",
    "jsi18n": "a script with translated words", "search": "a part of the menu, put into each page",
    "in_short": "a part of the first page", "set_aside": "takes what the page of a record sends",
    "comment": "takes what the page of a record sends", "settle": "takes what the page of a record sends",
    "assign": "takes what the page of a record sends", "done": "takes what the page of a record sends",
    "view_on_site": "leads to the page for readers",
    "login": "for whoever is not signed in; tests/journeys/test_pages_hold.py", "password_change_done": "a sentence after the form",
    "logout": "takes a decision", "delete": "nothing is deleted here, it answers 403",
}  # fmt: skip
# What axe finds in the library's own pages and no style or template of ours can mend: rule, part of the page, reason.
BY_THE_LIBRARY: tuple[tuple[str, str, str], ...] = ()


def addresses() -> dict[str, str]:
    """The names of all addresses below /admin/, each with its pattern."""

    def below(patterns: list[Any], start: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            here = start + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from below(pattern.url_patterns, here)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield pattern.name, here

    return {name: pattern for name, pattern in below(get_resolver().url_patterns, "") if pattern.startswith("admin/")}


def page_name(address: str) -> str:
    """What kind of page an address names, whatever the record: “change” of cases_estimate_change."""
    kinds = (f"{model._meta.app_label}_{model._meta.model_name}_" for model in admin.site._registry)
    return next((address.removeprefix(kind) for kind in kinds if address.startswith(kind)), address.removeprefix("unsaved-"))


ACCOUNTS = ("/admin/hrdocs/user/", "/admin/hrdocs/team/")  # what administrators alone change
OF_EACH_KIND = ("changelist", "add", "change")  # forms and lists differ from kind to kind; all other pages are one view


@pytest.fixture
def people() -> dict[str, User]:
    return {role: factories.make_user(role) for role in ("analyst", "reviewer", "manager", "administrator")}


@pytest.fixture
def pages(people: dict[str, User]) -> dict[str, str]:
    """Every page by its name, as far as a record is there to show it."""
    return {**_of_each_kind(people), **_of_one_kind(people)}


def _of_each_kind(people: dict[str, User]) -> dict[str, str]:
    canaries.build()
    found = {}
    for model, its_admin in admin.site._registry.items():
        label, start = (
            f"{model._meta.app_label}_{model._meta.model_name}",
            f"/admin/{model._meta.app_label}/{model._meta.model_name}/",
        )
        rows = model._default_manager.order_by("pk")
        first = rows.filter(audience__lte=2).first() if hasattr(rows, "visible_to") else rows.first()
        asked = {"changelist": start, "add": f"{start}add/", **({"change": f"{start}{first.pk}/change/"} if first else {})}
        for page, address in asked.items():
            for role in ("manager", "administrator"):
                request = RequestFactory().get(address)
                request.user = people[role]
                may = its_admin.has_add_permission(request) if page == "add" else its_admin.has_view_permission(request)
                if may:
                    found[f"{label}_{page}"] = address
                    break
    return found


def _of_one_kind(people: dict[str, User]) -> dict[str, str]:
    """The pages that are one view for all kinds, on a party that has all they can show, and those of no kind."""
    analyst, reviewer = people["analyst"], people["reviewer"]
    draft, published = factories.make_party(analyst), factories.make_party(analyst, name_en="Branch 215")
    for name in ("Branch 227", "فرع ٢٢٧"):
        draft.name_ar = name
        draft.save_by(analyst)
    Comment.objects.create(**on(draft), by=reviewer, field="name_ar", text="Is this how it writes itself?")
    Notice.objects.create(**on(draft), to=people["manager"], by=reviewer, kind="comment")
    factories.publish(published, by=reviewer)
    change = ProposedChange.objects.create(
        **on(published), reason="Its letterhead.", version=published.version, proposed_by=analyst,
        before={"fields": {}}, after={"fields": {}})  # fmt: skip
    facility = factories.make_facility(analyst)
    figures = [factories.make_estimate(analyst, about_facility=facility) for _ in range(2)]
    review.submit(figures[0], by=analyst)
    here, there = f"/admin/sources/party/{draft.pk}/", f"/admin/sources/party/{published.pk}/"
    return {
        "index": "/admin/", "app_list": "/admin/cases/", "password_change": "/admin/password_change/",
        "sources_party_change": f"{here}change/", "sources_party_move": f"{there}move/retract/",
        "sources_party_propose": f"{there}propose/", "sources_party_proposed": f"{there}proposed/{change.pk}/",
        "sources_party_together": f"{here}together/submit/", "sources_party_history": f"{here}history/",
        "sources_party_compare": f"{here}history/compare/", "sources_party_restore": f"{here}history/1/restore/",
        "cases_facility_adopt": f"/admin/cases/facility/{facility.pk}/adopt/{min(each.uid for each in figures)}/",
        "cases_statement_entering": "/admin/cases/statement/entering/",
        "cases_statement_entered": f"/admin/cases/statement/entered/?of={figures[1].uid}",
        "auth_user_password_change": f"/admin/hrdocs/user/{analyst.pk}/password/",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_serious_keeps_anybody_out_of_any_page(
    language: str, sit_down: SitDown, people: dict[str, User], pages: dict[str, str]
) -> None:
    """Every second form in each language, every kind of page in both; light and dark on the same page."""
    if language == "en":
        not_walked = {each for each in addresses() if page_name(each) not in NO_PAGE | {page_name(name): "" for name in pages}}
        assert not not_walked, f"No page is walked for {not_walked}. Add one, or say in NO_PAGE why it is none."
    at = {role: sit_down(people[role], locale=language) for role in ("manager", "administrator")}
    seen: set[str] = set()
    troubles: list[str] = []
    for place, (name, address) in enumerate(sorted(pages.items())):
        kind_of_page = page_name(name)
        if kind_of_page in OF_EACH_KIND and place // 3 % 2 == (language == "en"):
            continue
        page = at["administrator" if address.startswith(ACCOUNTS) else "manager"]
        assert page.goto(address).status == 200, name
        seen.add(kind_of_page)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        troubles += [f"{name}: {found}" for found in barriers(page)]
        page.evaluate("document.documentElement.classList.add('dark')")
        troubles += [f"{name}, dark: {found}" for found in barriers(page, {"runOnly": ["color-contrast"]})]
    assert {page_name(name) for name in pages} == seen
    assert not troubles, "\n".join(dict.fromkeys(troubles))


def barriers(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    """What axe finds serious or critical, but for what only the library could mend."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **(options or {})}).response["violations"]
    return [
        f"{barrier['id']}: {node['target']} {node['html'][:150]}"
        for barrier in found
        if barrier["impact"] in ("serious", "critical")
        for node in barrier["nodes"]
        if not any(barrier["id"] == rule and part in node["html"] for rule, part, _why in BY_THE_LIBRARY)
    ]
