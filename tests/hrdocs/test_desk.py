"""The first page of the admin: what is hers to go on with, to mend, to review, and to look at."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, CaseIncident
from hrdocs import review
from hrdocs.access import Role, Sensitivity
from hrdocs.admin import desk as first_page
from hrdocs.admin.desk import list_of
from hrdocs.admin.queues import Queue
from hrdocs.models import ProposedChange, User, on
from sources.models import Party
from tests import factories
from tests.hrdocs.forms import page_of, signed_in

pytestmark = pytest.mark.django_db


def desk(user: User) -> str:
    answer = signed_in(user).get(reverse("admin:index"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_was_returned_stands_there_with_what_is_to_be_mended(analyst: User, reviewer: User) -> None:
    party = factories.make_party(analyst, name_en="Branch 215")
    assert "Branch 215" in desk(analyst).split("Your drafts")[1]
    review.submit(party, by=analyst)
    assert "Branch 215" in desk(reviewer).split("Waiting for your review")[1]
    assert "Waiting for your review" not in desk(analyst)
    review.return_(party, by=reviewer, reason="Name the ministry that it belongs to.")
    html = desk(analyst).split("Returned to you")[1]
    assert "Branch 215" in html and "Name the ministry that it belongs to." in html
    assert "Returned to you" not in desk(factories.make_user())


def test_nobody_is_asked_to_review_what_she_wrote_herself(reviewer: User) -> None:
    party = factories.make_party(reviewer)
    review.submit(party, by=reviewer)
    assert "Waiting for your review" not in desk(reviewer)


def test_open_findings_of_a_case_are_counted_by_kind_once_the_page_is_there(analyst: User) -> None:
    case = Case(title_en="A case to look at").save_by(analyst)
    CaseIncident.objects.create(case=case, incident=factories.make_incident(analyst))
    html = desk(analyst).split("To look at, by case")[1]
    asked = page_of(case, "in_short")
    assert "A case to look at" in html and f'hx-get="{asked}"' in html
    assert "Nobody says so" in signed_in(analyst).get(asked).content.decode()
    case.sensitivity = Sensitivity.RESTRICTED
    case.save_by(analyst)
    assert signed_in(factories.make_user()).get(asked).status_code == 302


def test_a_change_to_decide_on_is_one_click_away(analyst: User, reviewer: User) -> None:
    party = factories.make_party(analyst)
    factories.publish(party, by=reviewer)
    change = ProposedChange.objects.create(**on(party), reason="Its letterhead.", version=party.version, proposed_by=analyst)
    assert page_of(party, "proposed", change.pk) in desk(reviewer).split("Proposed changes to decide on")[1]


def test_a_queue_on_the_desk_leads_to_the_list_of_its_kind(analyst: User) -> None:
    party = factories.make_party(analyst, name_en="Branch 215")
    factories.make_party(factories.make_user(), name_en="Branch 227")
    address = list_of(Party, Queue.MINE)
    assert address in desk(analyst)
    html = signed_in(analyst).get(address).content.decode()
    assert party.name_en in html and "Branch 227" not in html


def test_the_desk_asks_as_often_however_much_there_is(founding_case: None) -> None:
    """Twenty drafts more, of four kinds, returned and waiting ones among them: not one query more."""
    analyst, manager = (User.objects.get(username=f"demo-{role}") for role in ("analyst", "manager"))

    def work(number: int) -> None:
        for _ in range(number):
            estimate, party = factories.make_estimate(analyst), factories.make_party(analyst)
            for record in (party, estimate.source):
                review.submit(record, by=analyst)
            review.return_(party, by=manager, reason="Name its ministry.")
            factories.make_incident(analyst)

    def cost(user: User) -> int:
        client = signed_in(user)
        client.get(reverse("admin:index"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:index"))
        return len(queries)

    work(1)
    before = [cost(analyst), cost(manager)]
    work(5)
    after = [cost(analyst), cost(manager)]
    assert max(before) < 40
    assert after[0] <= before[0] and after[1] <= before[1]


def test_who_reads_no_records_has_no_desk() -> None:
    factories.make_party(factories.make_user(), name_en="Branch 215")
    assert "Branch 215" not in desk(factories.make_user(Role.ADMINISTRATOR))


def test_who_brought_in_very_many_is_told_that_they_are_many(analyst: User, monkeypatch) -> None:
    monkeypatch.setattr(first_page, "COUNTED", 2)
    factories.make_party(analyst)
    factories.make_party(analyst)
    assert ">2</span>" in desk(analyst).split("Your drafts")[1].split("</section>")[0]
    factories.make_party(analyst)
    mine = desk(analyst).split("Your drafts")[1].split("</section>")[0]
    assert mine.count(">2+</span>") == 2 and ">3</span>" not in mine


def test_what_colleagues_changed_is_looked_for_among_what_was_changed_last(analyst: User, reviewer: User, monkeypatch) -> None:
    factories.make_party(reviewer, name_en="Branch 215")
    factories.make_party(analyst, name_en="Branch 227")
    assert "Branch 215" in desk(analyst)
    monkeypatch.setattr(first_page, "NEWEST", 1)
    assert "Branch 215" not in desk(analyst)
