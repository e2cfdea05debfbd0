"""The first page of the admin: what is hers to go on with, to mend, to review, and to look at."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Case, CaseIncident
from hrdocs import review
from hrdocs.access import Role
from hrdocs.models import User
from tests import factories

pytestmark = pytest.mark.django_db


def desk(user: User) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("admin:index"))
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


def test_open_findings_of_a_case_are_counted_by_kind(analyst: User) -> None:
    case = Case(title_en="A case to look at").save_by(analyst)
    assert "A case to look at" not in desk(analyst).partition("To look at, by case")[2].partition("</section>")[0]
    CaseIncident.objects.create(case=case, incident=factories.make_incident(analyst))
    html = desk(analyst).split("To look at, by case")[1]
    assert "A case to look at" in html and "Nobody says so" in html


def test_who_reads_no_records_has_no_desk() -> None:
    factories.make_party(factories.make_user(), name_en="Branch 215")
    assert "Branch 215" not in desk(factories.make_user(Role.ADMINISTRATOR))
