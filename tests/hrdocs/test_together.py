"""A dossier moved in one step: all that hangs on a case or an incident is submitted, decided on and published at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case, CaseIncident
from hrdocs import review, together
from hrdocs.access import Role, Sensitivity, State
from hrdocs.models import User
from tests import factories
from tests.hrdocs.forms import page_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(analyst: User) -> Case:
    """A case with one incident, on which one source makes two statements."""
    case = Case(title_en="Saydnaya").save_by(analyst)
    incident = factories.make_incident(analyst)
    CaseIncident.objects.create(case=case, incident=incident)
    source = factories.make_source(analyst)
    for page in ("17", "18"):
        factories.make_estimate(analyst, about_incident=incident, source=source, locator=page)
    return case


def dossier(case: Case, user: User) -> dict[str, str]:
    return {each.uid: type(each)._base_manager.get(pk=each.pk).state for each in together.what_hangs_on(case, user)}


def test_the_dossier_of_a_case_is_its_incidents_their_statements_and_their_sources(case, analyst):
    kinds = [each._meta.model_name for each in together.what_hangs_on(case, analyst)]
    assert sorted(kinds) == ["case", "estimate", "estimate", "incident", "source"]
    assert max(kinds.index("source"), kinds.index("incident")) < kinds.index("estimate")  # what others hang on first


def test_a_dossier_of_ten_statements_costs_as_many_queries_as_one_of_two(case, analyst):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            together.what_hangs_on(case, analyst)
        return len(queries)

    of_two, like = cost(), together.what_hangs_on(case, analyst)[-1]
    for _ in range(8):
        factories.make_estimate(analyst, about_incident=like.about_incident, source=like.source)
    assert len(together.what_hangs_on(case, analyst)) == 13
    assert cost() == of_two


def test_what_else_a_source_says_is_not_in_the_dossier_of_an_incident_but_in_its_own(case, analyst):
    incident = case.incidents.get().incident
    source = incident.statements.first().source
    elsewhere = factories.make_estimate(analyst, source=source, about_incident=factories.make_incident(analyst))
    dossiers = [{each.uid for each in together.what_hangs_on(record, analyst)} for record in (incident, case, source)]
    assert [source.uid in found and incident.uid in found for found in dossiers] == [True] * 3
    assert [elsewhere.uid in found for found in dossiers] == [False, False, True]
    assert [elsewhere.about_incident.uid in found for found in dossiers] == [False, False, True]  # on which that hangs


def test_a_dossier_is_as_large_as_one_step_takes(case, analyst, monkeypatch):
    whole = together.what_hangs_on(case, analyst)
    for most in range(1, len(whole) + 1):
        monkeypatch.setattr(together, "MOST", most)
        assert {each.uid for each in together.what_hangs_on(case, analyst)} < {each.uid for each in whole} or most == len(whole)


def test_what_one_may_not_see_is_not_in_the_dossier(case, analyst, reviewer):
    hidden = factories.make_estimate(
        factories.make_user(), about_incident=case.incidents.get().incident, sensitivity=Sensitivity.RESTRICTED
    )
    assert hidden.uid not in dossier(case, analyst) | dossier(case, reviewer)


def test_a_whole_case_goes_from_draft_to_published_in_three_steps(case, analyst, reviewer):
    page = signed_in(analyst).get(page_of(case, "together", "submit")).content.decode()
    assert page.count('value="submit" checked') == 5
    uids = dossier(case, analyst)
    signed_in(analyst).post(page_of(case, "together", "submit"), {f"move-{uid}": "submit" for uid in uids})
    assert set(dossier(case, analyst).values()) == {State.IN_REVIEW}
    signed_in(reviewer).post(page_of(case, "together", "decide"), {"rest": "approve"})
    assert set(dossier(case, analyst).values()) == {State.APPROVED}
    answer = signed_in(reviewer).post(
        page_of(case, "together", "publish"), {"level": "public", **{f"move-{uid}": "publish" for uid in uids}}
    )
    assert answer.status_code == 302
    assert set(dossier(case, analyst).values()) == {State.PUBLISHED}


def test_single_statements_are_returned_while_the_rest_is_approved(case, analyst, reviewer):
    together.move([(each, "submit", "") for each in together.what_hangs_on(case, analyst)], by=analyst)
    wrong = next(each for each in together.what_hangs_on(case, reviewer) if each._meta.model_name == "estimate")
    entries = {"rest": "approve", f"move-{wrong.uid}": "return", f"reason-{wrong.uid}": "Page 17 says 20 to 50."}
    signed_in(reviewer).post(page_of(case, "together", "decide"), entries)
    states = dossier(case, analyst)
    assert states.pop(wrong.uid) == State.RETURNED and set(states.values()) == {State.APPROVED}
    assert review.last_decision(wrong).reason == "Page 17 says 20 to 50."


def test_all_or_nothing_is_moved_and_what_stands_in_the_way_is_said(case, analyst, reviewer):
    together.move([(each, "submit", "") for each in together.what_hangs_on(case, analyst)], by=analyst)
    wrong = next(each for each in together.what_hangs_on(case, reviewer) if each._meta.model_name == "estimate")
    answer = signed_in(reviewer).post(page_of(case, "together", "decide"), {"rest": "approve", f"move-{wrong.uid}": "return"})
    assert answer.status_code == 200 and "Give the reason." in answer.content.decode()
    assert set(dossier(case, analyst).values()) == {State.IN_REVIEW}


def test_nobody_decides_on_her_own_work_in_a_dossier(case, analyst, reviewer):
    own = factories.make_estimate(reviewer, about_incident=case.incidents.get().incident)
    together.move([(each, "submit", "") for each in together.what_hangs_on(case, analyst)], by=analyst)
    signed_in(reviewer).post(page_of(case, "together", "decide"), {"rest": "approve", f"move-{own.uid}": "approve"})
    assert dossier(case, analyst)[own.uid] == State.IN_REVIEW


def test_an_analyst_decides_on_nothing(case, analyst):
    together.move([(each, "submit", "") for each in together.what_hangs_on(case, analyst)], by=analyst)
    other = factories.make_user(Role.ANALYST)
    signed_in(other).post(page_of(case, "together", "decide"), {"rest": "approve"})
    assert set(dossier(case, analyst).values()) == {State.IN_REVIEW}
