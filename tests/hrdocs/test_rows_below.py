"""A record with very many rows below its form: the newest are shown, the others are a link away, and none is lost."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from cases.models import Estimate, Facility, FacilityName
from hrdocs.admin.formsets import MOST_SHOWN, MOST_STATEMENTS
from hrdocs.audit import acting_as
from hrdocs.models import User
from tests import factories
from tests.hrdocs.forms import Entries, add_row, entries_of, filled, page_of, prefix_of, signed_in

pytestmark = pytest.mark.django_db
MORE = 3
NAMES = [f"Name {number:02}" for number in range(MOST_SHOWN + MORE)]


@pytest.fixture
def facility(analyst: User) -> Facility:
    made = factories.make_facility(analyst)
    FacilityName.objects.bulk_create(FacilityName(facility=made, text=text, kind="alias") for text in NAMES)
    return made


@pytest.fixture
def her(analyst: User) -> Client:
    return signed_in(analyst)


def rows(entries: Entries, prefix: str) -> list[str]:
    named = re.compile(rf"{prefix}-\d+-text")
    return [texts[0] for name, texts in entries.items() if named.fullmatch(name)]


def link(page: str, words: str) -> str:
    """Where a link of the page leads, by its words."""
    return re.search(rf'href="([^"#]*)[^"]*">{words}</a>', page)[1].replace("&amp;", "&")


def stored(facility: Facility) -> list[str]:
    return list(facility.names.order_by("pk").values_list("text", flat=True))


def test_the_newest_are_shown_and_a_link_leads_to_those_before(her: Client, facility: Facility) -> None:
    page = her.get(page_of(facility))
    prefix = prefix_of(page, FacilityName)
    assert rows(entries_of(page), prefix) == NAMES[MORE:]
    assert "Only the newest are shown here." in page.content.decode()
    before = her.get(page_of(facility) + link(page.content.decode(), "Those before them"))
    assert rows(entries_of(before), prefix) == NAMES[:MORE]
    assert "Those before them" not in before.content.decode()
    again = her.get(page_of(facility) + link(before.content.decode(), "The newest"))
    assert rows(entries_of(again), prefix) == NAMES[MORE:]


def test_links_keep_what_else_the_address_asks_for(her: Client, facility: Facility) -> None:
    page = her.get(page_of(facility) + "?other-before=7&_popup=1").content.decode()
    assert link(page, "Those before them").startswith("?other-before=7&_popup=1&")


@pytest.mark.parametrize("asked", ["", "x", "-1", "1e3", "9" * 40, "٣", "0"])
def test_no_key_of_an_address_breaks_the_form(asked: str, her: Client, facility: Facility) -> None:
    page = her.get(page_of(facility))
    assert her.get(f"{page_of(facility)}?{prefix_of(page, FacilityName)}-before={asked}").status_code == 200


def test_few_rows_are_shown_without_a_word_of_others(her: Client, analyst: User) -> None:
    few = factories.make_facility(analyst)
    FacilityName.objects.create(facility=few, text="Sednaya", kind="alias")
    assert "hrdocs-other-rows" not in her.get(page_of(few)).content.decode()


def test_a_row_of_an_earlier_page_is_changed_there_and_all_others_stay(her: Client, facility: Facility) -> None:
    address = page_of(facility) + link(her.get(page_of(facility)).content.decode(), "Those before them")
    page = her.get(address)
    prefix = prefix_of(page, FacilityName)
    entries = entries_of(page)
    add_row(entries, prefix, text="A new one", kind="alias")
    assert her.post(address, filled(entries, **{f"{prefix}-1-text": "Changed", f"{prefix}-2-DELETE": "on"})).status_code == 302
    assert stored(facility) == [NAMES[0], "Changed", *NAMES[MORE:], "A new one"]


def test_what_is_sent_from_the_newest_leaves_the_earlier_and_what_was_added_meanwhile(her: Client, facility: Facility) -> None:
    page = her.get(page_of(facility))
    prefix = prefix_of(page, FacilityName)
    FacilityName.objects.create(facility=facility, text="Meanwhile", kind="alias")
    assert her.post(page_of(facility), filled(entries_of(page), **{f"{prefix}-0-text": "Changed"})).status_code == 302
    assert stored(facility) == [*NAMES[:MORE], "Changed", *NAMES[MORE + 1 :], "Meanwhile"]


def test_a_refused_form_comes_back_with_the_rows_that_were_sent(her: Client, facility: Facility) -> None:
    address = page_of(facility) + link(her.get(page_of(facility)).content.decode(), "Those before them")
    page = her.get(address)
    prefix = prefix_of(page, FacilityName)
    refused = her.post(page_of(facility), filled(entries_of(page), **{f"{prefix}-0-text": "", f"{prefix}-1-text": "Changed"}))
    assert refused.status_code == 200
    assert rows(entries_of(refused), prefix) == ["", "Changed", NAMES[2]]
    assert stored(facility) == NAMES


def test_two_editors_of_many_rows_lose_none(her: Client, facility: Facility) -> None:
    """She changed a name that a colleague took away; neither saw the earliest, which stay, and are asked of nobody."""
    page = her.get(page_of(facility))
    prefix = prefix_of(page, FacilityName)
    colleague = factories.make_user(full_name="Rana Colleague")
    with acting_as(colleague, "The second edition says so."):
        theirs = Facility.objects.get(pk=facility.pk)
        theirs.names.get(text=NAMES[MORE]).delete()
        FacilityName.objects.create(facility=theirs, text="Theirs", kind="alias")
        theirs.name_en = "By the colleague"
        theirs.save_by(colleague)
    both = her.post(page_of(facility), filled(entries_of(page), **{f"{prefix}-0-text": "Hers", f"{prefix}-1-text": "Hers too"}))
    whose = {each.name: each.whose for each in both.context["choices"]}
    assert sorted(whose.values()) == ["both", "mine", "theirs", "theirs"]
    contested = next(name for name, who in whose.items() if who == "both")
    saved = her.post(page_of(facility), filled(entries_of(both), merge="save", **{contested: "theirs"}))
    assert saved.status_code == 302
    assert stored(facility) == [*NAMES[:MORE], "Hers too", *NAMES[MORE + 2 :], "Theirs"]
    facility.refresh_from_db()
    assert facility.name_en == "By the colleague"


def test_statements_below_are_shown_alike(her: Client, analyst: User) -> None:
    facility, source = factories.make_facility(analyst), factories.make_source(analyst)
    for number in range(MOST_STATEMENTS + 1):
        figure = {"value_text": f"{number}–200", "lower": number, "upper": 200}
        factories.make_estimate(analyst, source=source, about_facility=facility, **figure)
    page = her.get(page_of(facility))
    shown = next(each.formset for each in page.context["inline_admin_formsets"] if each.formset.model is Estimate)
    assert [form.instance.lower for form in shown.initial_forms] == list(range(1, MOST_STATEMENTS + 1))
    assert her.post(page_of(facility), filled(entries_of(page), name_en="Renamed", reason="As it is spelled.")).status_code == 302
    assert facility.statements.count() == MOST_STATEMENTS + 1
