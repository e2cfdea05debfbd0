"""One screen for a source and everything it says: saved at once or not at all, by the forms' own rules."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Accused, Allegation, Estimate, HandOn, QuotedIn, Statement
from hrdocs import review
from hrdocs.access import State
from hrdocs.models import User
from sources.models import Source
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
SCREEN = "/admin/cases/statement/entering/"


@pytest.fixture
def desk(analyst: User) -> Client:
    client = Client()
    client.force_login(analyst)
    return client


@pytest.fixture
def prison(analyst: User) -> Any:
    return factories.make_facility(analyst)


def block(number: int, kind: str, **given: Any) -> dict[str, Any]:
    """What a browser sends of one block."""
    sent = {f"b{number}-{name}": value for name, value in {"kind": kind, **given}.items()}
    rows = {f"b{number}-{name}-{count}": 0 for name in ("quoted", "passes") for count in ("TOTAL_FORMS", "INITIAL_FORMS")}
    return {**rows, **sent}


def estimate(number: int, prison: Any, **given: Any) -> dict[str, Any]:
    counted = factories.make_term().pk
    return block(number, "estimate", **{"value_text": "as many as 50", "upper": 50, "upper_wording": "as_many_as",
                                        "counted": counted, "measure": "total", "about_facility": prison.pk,
                                        "read_as": "excerpt", "locator_kind": "page", "locator": "3", **given})  # fmt: skip


def send(desk: Client, *blocks: dict[str, Any], **source: Any) -> Any:
    numbers = [next(name for name in each if name.endswith("-kind")).removeprefix("b").removesuffix("-kind") for each in blocks]
    told = {name: value for each in blocks for name, value in each.items()}
    return desk.post(SCREEN, {"block": numbers, **source, **told})


NEW = {"new-title": "Special briefing", "new-kind": "statement", "new-published": "15 May 2017", "new-read_as": "as_quoted"}


def test_a_new_source_and_all_it_says_come_in_at_once(desk, analyst, prison):
    department, syria = factories.make_party(analyst, name_en="U.S. Department of State"), factories.make_party(analyst)
    accusing = block(2, "allegation", accused_party=syria.pk, accused_wording="the Assad regime", modes=["carried_out"],
                     about_facility=prison.pk, read_as="as_quoted")  # fmt: skip
    answer = send(desk, estimate(1, prison), accusing, **NEW, **{"new-publisher": department.pk})
    assert answer.status_code == 302, answer.context["entry"].all_problems()
    source = Source.objects.get()
    assert (source.title, source.published, source.created_by) == ("Special briefing", "2017-05-15", analyst)
    assert [link.party for link in source.publishers.all()] == [department]
    assert {statement.source for statement in Statement.objects.all()} == {source}
    assert Estimate.objects.get().upper == 50
    accused = Accused.objects.get()
    assert (accused.allegation, accused.party, accused.modes) == (Allegation.objects.get(), syria, ["carried_out"])


def test_where_it_was_read_and_what_it_hands_on_come_with_it(desk, analyst, prison):
    copy, source = factories.make_source(analyst, title="A copy"), factories.make_source(analyst)
    earlier = factories.make_estimate(analyst, about_facility=prison)
    given = estimate(1, prison) | {
        "b1-quoted-TOTAL_FORMS": 1, "b1-quoted-0-source": copy.pk, "b1-quoted-0-locator": "4", "b1-quoted-0-sensitivity": "public",
        "b1-passes-TOTAL_FORMS": 1, "b1-passes-0-earlier": earlier.pk, "b1-passes-0-how": "paraphrases", "b1-passes-0-stated": "on",
        "b1-passes-0-sensitivity": "public",
    }  # fmt: skip
    assert send(desk, given, source=source.pk).status_code == 302
    said = Estimate.objects.get(source=source)
    assert [row.source for row in QuotedIn.objects.filter(statement=said)] == [copy]
    assert [link.earlier_id for link in HandOn.objects.filter(later=said)] == [earlier.pk]


def test_one_wrong_block_saves_nothing_names_itself_and_keeps_all_that_was_typed(desk, prison):
    answer = send(desk, estimate(1, prison), estimate(4, prison, lower="", lower_wording="at_least"), **NEW)
    assert answer.status_code == 200
    assert (Source.objects.count(), Statement.objects.count()) == (0, 0)
    (problem,) = answer.context["entry"].all_problems()
    assert problem == ("Statement 4", "block-4", "A wording belongs to a value: give the number, or leave the wording empty.")
    html = answer.content.decode()
    assert 'value="Special briefing"' in html and html.count('value="as many as 50"') == 2
    assert f'<option value="{prison.pk}" selected>' in html


def test_a_problem_of_a_field_is_named_by_block_and_field(desk, prison):
    answer = send(desk, estimate(1, prison, period="02/03/2012"), **NEW)
    (problem,) = answer.context["entry"].all_problems()
    assert problem[:2] == ("Statement 1", "id_b1-period")
    assert problem[2].startswith("Period: “02/03/2012” can be 2 March 2012")


def test_what_only_the_database_refuses_is_said_beside_its_block_and_saves_nothing(desk, analyst, prison):
    nobody = factories.make_party(analyst, name_en="Unknown command", placeholder=True)
    accusing = block(2, "allegation", accused_party=nobody.pk, about_facility=prison.pk, read_as="not_read")
    answer = send(desk, estimate(1, prison), accusing, **NEW)
    assert (Source.objects.count(), Statement.objects.count()) == (0, 0)
    (problem,) = answer.context["entry"].all_problems()
    assert problem[0] == "Statement 2" and "placeholder" in problem[2]


def test_a_source_is_chosen_or_written_and_says_something(desk, analyst, prison):
    source = factories.make_source(analyst)
    for given, words in [({}, "Choose the source"), ({**NEW, "source": source.pk}, "not both")]:
        answer = send(desk, estimate(1, prison), **given)
        assert any(words in problem[2] for problem in answer.context["entry"].all_problems())
    answer = send(desk, block(1, "estimate", measure="total", about_known="stated", read_as="not_read"), source=source.pk)
    assert "Nothing is entered yet" in answer.context["entry"].all_problems()[0][2]


def test_what_she_may_not_see_can_be_neither_chosen_nor_told(desk, prison):
    other = factories.make_user()
    secret = factories.make_source(other, title="Secret letter", sensitivity="restricted")
    answer = send(desk, estimate(1, prison), source=secret.pk)
    assert Statement.objects.count() == 0
    assert "Secret letter" not in answer.content.decode()
    assert "Secret letter" not in desk.get(SCREEN, {"source": secret.pk}).content.decode()


def test_the_summary_hands_all_of_it_to_review_and_says_what_can_not_go(desk, analyst, prison):
    blocks = estimate(1, prison), estimate(2, prison, read_as="full_text")
    summary = send(desk, *blocks, **NEW)["Location"]
    html = desk.get(summary).content.decode()
    assert "Special briefing" in html and html.count("as many as 50") == 2
    answer = desk.post(summary, follow=True)
    assert Source.objects.get().state == State.IN_REVIEW
    assert sorted(Statement.objects.values_list("state", flat=True)) == [State.DRAFT, State.IN_REVIEW]
    assert "Quote the words of the source" in answer.content.decode()


def test_the_screen_is_reached_from_the_menu_the_desk_and_the_sources_form(desk, analyst):
    source = factories.make_source(analyst)
    assert desk.get("/admin/").content.decode().count(f'href="{SCREEN}"') == 2
    form = desk.get(reverse("admin:sources_source_change", args=[source.pk])).content.decode()
    assert f'href="{SCREEN}?source={source.pk}"' in form
    assert f'<option value="{source.pk}" selected>' in desk.get(SCREEN, {"source": source.pk}).content.decode()


def test_only_who_works_on_records_may_open_it(people):
    for role, status in [("administrator", 403), ("researcher", 302), ("custodian", 302), ("reviewer", 200)]:
        client = Client()
        client.force_login(people[role])
        assert client.get(SCREEN).status_code == status, role


def test_what_is_in_review_already_is_left_as_it_is(desk, analyst, prison):
    source = factories.make_source(analyst)
    summary = send(desk, estimate(1, prison), source=source.pk)["Location"]
    review.submit(source, by=analyst)
    assert desk.post(summary).status_code == 302
    assert Estimate.objects.get().state == State.IN_REVIEW
