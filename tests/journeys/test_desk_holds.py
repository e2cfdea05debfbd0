"""Every page of the desk is open to everybody: axe finds nothing serious on any of them, and each can be walked by keyboard.

The pages are not listed by hand: they are all addresses below /admin/ that answer to a question, made from the patterns
of addresses themselves. A page that this test can't reach fails it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from cases.models import Affiliation, Case, Conclusion, Import, OfficialAct, Operation, Upload
from hrdocs import erasing, joining, matching, merging, review, tokens
from hrdocs.access import Role
from hrdocs.erasable import places_of
from hrdocs.models import (
    AccessRequest,
    Comment,
    DoorEvent,
    DoorEventKind,
    Grant,
    Invitation,
    Notice,
    ProposedChange,
    Release,
    RiskNote,
    Team,
    User,
    on,
)
from sources.models import Capture, CustodyEvent, Informant
from tests import factories
from tests.journeys.axe import barriers
from tests.journeys.conftest import SitDown

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# What stands below /admin/ and is no page: it answers with data, takes what a page sends, or leads on to another page.
NO_PAGE = {
    "again": "takes a decision on a job", "cancel": "takes a decision on a job",
    "understood": "answers in JSON how a date was understood", "unsaved": "takes what was typed", "discard": "takes a decision",
    "alike": "answers in JSON with what looks alike", "autocomplete": "answers in JSON with choices",
    "jsi18n": "a script with translated words", "search": "a part of the menu, put into each page",
    "in_short": "a part of the first page", "findings": "a part of the page of a record, put into it once that is there",
    "set_aside": "takes what the page of a record sends",
    "comment": "takes what the page of a record sends", "settle": "takes what the page of a record sends",
    "assign": "takes what the page of a record sends", "done": "takes what the page of a record sends",
    "view_on_site": "leads to the page for readers",
    "login": "leads to the one door; tests/journeys/test_door.py", "password_change": "leads to the account's own page",
    "password_change_done": "a sentence after the form", "logout": "takes a decision", "delete": "nothing is deleted here, it answers 403",
    "decide": "takes what the page of a request for access sends",
    "errors": "a file to take along", "progress": "answers in JSON how far a file is",
}  # fmt: skip


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


OF_EACH_KIND = ("changelist", "add", "change")  # forms and lists differ from kind to kind; all other pages are one view
SHARES = 3


@pytest.fixture
def people() -> dict[str, User]:
    return {role: factories.make_user(role) for role in Role}


@pytest.fixture
def pages(people: dict[str, User]) -> dict[str, str]:
    """Every page by its name, as far as a row is there to show it."""
    _rows(people)
    return {**_of_each_kind(people), **_of_one_kind(people)}


def _rows(people: dict[str, User]) -> None:
    """One of each kind, still open, so that its page is a form."""
    by, manager = people[Role.ANALYST], people[Role.MANAGER]
    party, facility = factories.make_party(by), factories.make_facility(by)
    factories.make_harm(by)
    factories.make_hand_on(factories.make_estimate(by), factories.make_estimate(by))
    for make in (factories.make_incident, factories.make_allegation, factories.make_characterisation,
                 factories.make_response, factories.make_citation):  # fmt: skip
        make(by)
    Case(title_en="Saydnaya").save_by(by)
    OfficialAct(title_en="A judgment").save_by(by)
    Operation(party=party, facility=facility).save_by(by)
    Affiliation(party=party, to_party=factories.make_party(by)).save_by(by)
    Conclusion(facility=facility, counted=factories.make_term(), measure="total", lower=1).save_by(by)
    Import.objects.create(dataset="founding-case", by=by)
    Upload.objects.create(
        file_name="incidents.csv",
        size=0,
        dataset="x",
        by=manager,
        step="planned",
        counts={
            "all": {"refused": 1, "read": 2, "new": 1, "changed": 0},
            "sheets": {"incidents": {"new": 1, "changed": 0, "unchanged": 0, "flagged": 0, "refused": 1}},
        },
    ).remarks.create(sort="error", sheet="incidents.csv", row=2, column="date", words="It is no date.")
    Team.objects.create(name="Detention")
    Grant.objects.create(user=by, uid=facility.uid, reason="x", until="2030-01-01", granted_by=manager)
    tokens.make(by, "notebook", [], 7)
    joining.invite(Invitation(email="lina@example.org"), by=manager)
    AccessRequest.objects.create(full_name="Lina", email="l@example.org", affiliation="x", purpose="x", terms="x")
    DoorEvent.objects.note(DoorEventKind.SIGNED_IN, account=by)


def _of_each_kind(people: dict[str, User]) -> dict[str, str]:
    found = {}
    for model, its_admin in admin.site._registry.items():
        label, start = model._meta.label_lower.replace(".", "_"), f"/admin/{model._meta.label_lower.replace('.', '/')}/"
        first = model._default_manager.order_by("pk").first()
        asked = {"changelist": start, "add": f"{start}add/", **({"change": f"{start}{first.pk}/change/"} if first else {})}
        for page, address in asked.items():
            request = RequestFactory().get(address)
            request.user = people[_who_opens(address)]
            if its_admin.has_add_permission(request) if page == "add" else its_admin.has_view_permission(request):
                found[f"{label}_{page}"] = address
    return found


def _who_opens(address: str) -> Role:
    accounts = ("user", "team", "apitoken", "doorevent")
    return Role.ADMINISTRATOR if address.startswith(tuple(f"/admin/hrdocs/{kind}/" for kind in accounts)) else Role.MANAGER


def _of_one_kind(people: dict[str, User]) -> dict[str, str]:
    """The pages that are one view for all kinds, on a record that has all they can show, and those of no kind."""
    analyst, reviewer, manager = (people[role] for role in (Role.ANALYST, Role.REVIEWER, Role.MANAGER))
    draft, published, twin, gone = (
        factories.make_party(analyst, name_en=name) for name in ("215", "Branch 215", "Branch 251", "B 215")
    )
    for name in ("Branch 227", "فرع ٢٢٧"):
        draft.name_ar = name
        draft.save_by(analyst)
    matching.judge(draft, twin, "same", by=analyst, reason="One list names both.")
    matching.judge(twin, gone, "same", by=analyst, reason="One list names both.")
    merged = merging.merge(twin, gone, {}, by=manager, reason="One list names both.")
    Comment.objects.create(**on(draft), by=reviewer, field="name_ar", text="Is this how it writes itself?")
    Notice.objects.create(**on(draft), to=manager, by=reviewer, kind="comment")
    risk = RiskNote.objects.create(**on(draft), who=["told"], how="Known to few.", next_review="2020-01-01", by=analyst)
    factories.publish(published, by=reviewer)
    change = ProposedChange.objects.create(
        **on(published), reason="Its letterhead.", version=published.version, proposed_by=analyst,
        before={}, after={})  # fmt: skip
    facility, informant, victim = (
        factories.make_facility(analyst),
        Informant(pseudonym="Cedar").save_by(analyst),
        factories.make_victim(analyst),
    )
    figures = [factories.make_estimate(analyst, about_facility=facility) for _ in range(2)]
    review.submit(figures[0], by=analyst)
    erasing.ask(victim, [places_of(victim)[0].key], by=factories.make_user(Role.MANAGER), ground="court", reason="An order.")
    release = Release.objects.create(number=1, title="All", description="All of it.", licence="CC0", caveats="None.", audience=0,
                                     asked={}, made_by=manager, sha256="0" * 64, bytes=0, files=[])  # fmt: skip
    copy = Capture.objects.create(source=factories.make_source(analyst), sha256="0" * 64, media_type="image/png", size=1,
                                  taken_by=analyst, file_name="a.png", redacted="A face.", personal_data="no")  # fmt: skip
    CustodyEvent.objects.create(capture=copy, kind="damaged", reason="missing")
    kept = f"/admin/sources/source/{copy.source_id}/copies/"
    here, there = f"/admin/sources/party/{draft.pk}/", f"/admin/sources/party/{published.pk}/"
    return {
        "index": "/admin/", "app_list": "/admin/cases/",
        "sources_party_change": f"{here}change/", "sources_party_move": f"{there}move/retract/",
        "sources_party_propose": f"{there}propose/", "sources_party_proposed": f"{there}proposed/{change.pk}/",
        "sources_party_together": f"{here}together/submit/", "sources_party_history": f"{here}history/",
        "sources_party_compare": f"{here}history/compare/", "sources_party_restore": f"{here}history/1/restore/",
        "sources_party_risk": f"{here}risk/", "sources_party_risk_again": f"{here}risk/{risk.pk}/",
        "sources_party_twin": f"{here}merge/", "sources_party_merge": f"{here}merge/{twin.pk}/",
        "sources_party_merged": f"/admin/sources/party/{twin.pk}/merged/{merged.pk}/",
        "cases_victim_erase": f"/admin/cases/victim/{victim.pk}/erase/",
        "sources_informant_consent": f"/admin/sources/informant/{informant.pk}/consent/",
        "sources_informant_identity": f"/admin/sources/informant/{informant.pk}/identity/",
        "sources_source_copies": kept, "sources_source_copy": f"{kept}{copy.pk}/",
        "cases_facility_adopt": f"/admin/cases/facility/{facility.pk}/adopt/{min(each.uid for each in figures)}/",
        "cases_statement_entering": "/admin/cases/statement/entering/",
        "cases_statement_entered": f"/admin/cases/statement/entered/?of={figures[1].uid}",
        "auth_user_password_change": f"/admin/hrdocs/user/{analyst.pk}/password/",
        "hrdocs_release_make": "/admin/hrdocs/release/make/",
        "hrdocs_release_withdraw": f"/admin/hrdocs/release/{release.pk}/withdraw/",
        "hrdocs_user_door": f"/admin/hrdocs/user/{analyst.pk}/door/unlock/",
    }  # fmt: skip


def test_every_page_below_the_desk_is_walked(pages: dict[str, str]) -> None:
    walked = {page_name(name) for name in pages}
    not_walked = {name for name in addresses() if page_name(name) not in walked | NO_PAGE.keys()}
    assert not not_walked, f"No page is walked for {not_walked}. Add one, or say in NO_PAGE why it is none."


@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_serious_keeps_anybody_out_of_any_page(
    language: str, share: int, sit_down: SitDown, people: dict[str, User], pages: dict[str, str]
) -> None:
    """Every second form in each language, every kind of page in both; light and dark on the same page."""
    at = {role: sit_down(people[role], locale=language) for role in (Role.MANAGER, Role.ADMINISTRATOR)}
    forms = [name for name in sorted(pages) if page_name(name) in OF_EACH_KIND][language == "en" :: 2]
    mine = [*forms, *(name for name in sorted(pages) if page_name(name) not in OF_EACH_KIND)][share::SHARES]
    troubles: list[str] = []
    for name in mine:
        page = at[_who_opens(pages[name])]
        assert page.goto(pages[name]).status == 200, name
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        troubles += [f"{name}: {found}" for found in barriers(page)]
        page.evaluate("document.documentElement.classList.add('dark')")
        troubles += [f"{name}, dark: {found}" for found in barriers(page, rules=["color-contrast"])]
    assert len(mine) > 10
    assert not troubles, "\n".join(dict.fromkeys(troubles))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_serious_keeps_anybody_out_of_a_conflict(language: str, sit_down: SitDown, people: dict[str, User]) -> None:
    party = factories.make_party(people[Role.ANALYST])
    page = sit_down(people[Role.MANAGER], locale=language)
    page.goto(f"/admin/sources/party/{party.pk}/change/")
    party.name_en = "Branch 227"
    party.save_by(people[Role.ANALYST])
    page.fill("[name=name_en]", "Branch 235")
    with page.expect_navigation():
        page.click("[name=_save]")
    page.wait_for_selector(".hrdocs-conflict")
    troubles = barriers(page)
    page.evaluate("document.documentElement.classList.add('dark')")
    assert not (troubles + barriers(page, rules=["color-contrast"]))


def test_a_list_on_a_telephone_has_short_rows_that_a_finger_hits(sit_down: SitDown, people: dict[str, User]) -> None:
    for _ in range(3):
        factories.make_estimate(people[Role.ANALYST])
    page = sit_down(people[Role.ANALYST], viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto("/admin/cases/estimate/")
    rows = page.locator("#result_list tr.data-row")
    assert all(44 <= rows.nth(each).bounding_box()["height"] <= 120 for each in range(3))
    box = rows.first.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] - 6)  # anywhere in the row
    page.wait_for_url("**/change/")
