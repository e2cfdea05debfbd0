"""Every page holds in both languages, light and dark, on a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from cases.models import Estimate
from tests import factories
from tests.journeys.conftest import SitDown
from tests.journeys.hands import page_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, TELEPHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
PAGES: dict[str, Callable[[Estimate], str]] = {
    "start": lambda _: reverse("start"),
    "sign in": lambda _: reverse("sign-in"),
    "overview": lambda _: reverse("admin:index"),
    "list": lambda _: reverse("admin:cases_estimate_changelist"),
    "form": page_of,
    "move": lambda estimate: reverse("admin:cases_estimate_move", args=[estimate.pk, "submit"]),
    "history": lambda estimate: page_of(estimate, "history"),
}
OURS = {"start": "html", "sign in": "html", "form": ".hrdocs-panel", "move": ".hrdocs-move", "history": ".hrdocs-history"}


@pytest.fixture
def estimate() -> Estimate:
    """A figure with what makes pages wide: long words, two scripts, a chain behind it, a decision, a change."""
    author = factories.make_user(full_name="Amal the analyst")
    source = factories.make_source(author, title="Human_slaughterhouse_" * 5)
    estimate = factories.make_estimate(author, source=source, quotation="https://example.org/" + "x" * 120)
    earlier = factories.make_estimate(
        author, value_text="من ٥٬٠٠٠ إلى ١٣٬٠٠٠", source=factories.make_source(author, title="مسلخ بشري")
    )
    factories.make_hand_on(estimate, earlier)
    estimate.quotation = "Between 5,000 and 13,000."
    return estimate.save_by(author)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds(name: str, language: str, sit_down: SitDown, estimate: Estimate) -> None:
    troubles: list[str] = []
    for scheme, first, then in (("light", DESK, TELEPHONE), ("dark", TELEPHONE, DESK)):
        page = sit_down(None if name == "sign in" else estimate.created_by, locale=language, color_scheme=scheme, viewport=first)
        assert page.goto(PAGES[name](estimate)).status == 200
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        for size in (first, then):
            page.set_viewport_size(size)
            troubles += [f"{scheme}, {size['width']} px wide: {trouble}" for trouble in overflows(page) + barriers(page, name)]
    assert not troubles, "\n".join(troubles)


def overflows(page: Page) -> list[str]:
    wide, shown = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return [f"the page is {wide} px wide"] if wide > shown else []


def barriers(page: Page, name: str) -> list[str]:
    """What keeps people out of the parts of the page that are ours, as axe finds it."""
    if name not in OURS:
        return []
    found = Axe().run(page, context=OURS[name], options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{barrier['id']} ({barrier['impact']}): {node['html'][:200]}"
        for barrier in found
        if barrier["impact"] in ("serious", "critical")
        for node in barrier["nodes"]
    ]
