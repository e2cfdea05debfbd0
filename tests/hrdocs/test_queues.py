"""The queues of the desk: each holds what its name says, for the person who asks, and for nobody else."""

from __future__ import annotations

import datetime as dt

import pytest

from hrdocs import review
from hrdocs.access import Role, Sensitivity, State
from hrdocs.admin.queues import Queue, waits_in
from hrdocs.models import Assignment, Grant, User, on
from sources.models import Party
from tests import factories
from tests.hrdocs.forms import signed_in

pytestmark = pytest.mark.django_db
LONG_AGO, SOME_DAY = dt.date(2020, 1, 1), dt.date(2999, 1, 1)


def held(queue: Queue, user: User) -> set[str]:
    shown = Party.objects.visible_to(user)
    return {party.name_en for party in shown.filter(waits_in(queue, Party, user))}


@pytest.fixture
def parties(alone: None, analyst: User, reviewer: User) -> dict[str, Party]:
    """One of the analyst's in each state, under the name of the state."""
    made = {
        state.value: factories.make_party(analyst, name_en=state.value)
        for state in (State.DRAFT, State.IN_REVIEW, State.RETURNED)
    }
    for name in ("in_review", "returned"):
        review.submit(made[name], by=analyst)
    review.return_(made["returned"], by=reviewer, reason="Name its ministry.")
    return made


def test_her_drafts_what_was_returned_and_what_waits_are_kept_apart(parties, analyst, reviewer) -> None:
    assert [held(queue, analyst) for queue in (Queue.MINE, Queue.RETURNED, Queue.WAITING)] == [{"draft"}, {"returned"}, set()]
    assert [held(queue, reviewer) for queue in (Queue.MINE, Queue.RETURNED, Queue.WAITING)] == [set(), set(), {"in_review"}]


@pytest.mark.parametrize(
    ("until", "done", "late"), [(LONG_AGO, False, True), (LONG_AGO, True, False), (SOME_DAY, False, False), (None, False, False)]
)
def test_a_task_is_overdue_for_whom_it_was_given_to_and_for_managers(parties, analyst, reviewer, until, done, late) -> None:
    manager = factories.make_user(Role.MANAGER)
    done_at = dt.datetime(2020, 1, 1, tzinfo=dt.UTC) if done else None
    Assignment.objects.create(**on(parties["draft"]), to=analyst, by=manager, task="Find it.", until=until, done_at=done_at)
    expected = {"draft"} if late else set()
    assert held(Queue.OVERDUE, analyst) == held(Queue.OVERDUE, manager) == expected
    assert held(Queue.OVERDUE, reviewer) == set()


def test_what_nobody_else_can_decide_on_is_found(alone, reviewer) -> None:
    User.objects.exclude(pk=reviewer.pk).update(is_active=False)
    party = factories.make_party(reviewer, name_en="hers alone")
    review.submit(party, by=reviewer)
    assert held(Queue.ALONE, reviewer) == {"hers alone"}
    second = factories.make_user(Role.MANAGER)
    assert held(Queue.ALONE, reviewer) == set()
    second.is_active = False
    second.save()
    assert held(Queue.ALONE, reviewer) == {"hers alone"}


def test_a_restricted_record_needs_a_reviewer_with_a_grant(alone, analyst, reviewer) -> None:
    party = factories.make_party(analyst, name_en="restricted", sensitivity=Sensitivity.RESTRICTED)
    review.submit(party, by=analyst)
    assert held(Queue.ALONE, analyst) == {"restricted"}
    Grant.objects.create(user=reviewer, uid=party.uid, reason="To decide.", until=SOME_DAY, granted_by=reviewer)
    assert held(Queue.ALONE, analyst) == set()


@pytest.mark.parametrize("queue", Queue)
def test_every_list_can_be_asked_for_a_queue(queue, parties, reviewer) -> None:
    answer = signed_in(reviewer).get(f"/admin/sources/party/?queue={queue}")
    assert {party.name_en for party in answer.context["cl"].result_list} == held(queue, reviewer)


def test_a_queue_that_does_not_exist_hides_nothing_and_breaks_nothing(parties, reviewer) -> None:
    assert len(signed_in(reviewer).get("/admin/sources/party/?queue=no-such").context["cl"].result_list) == 3
