"""How the work flows: decisions per week, and how long records have lain where they are."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from hrdocs import review
from hrdocs.access import Role, Sensitivity, State
from hrdocs.admin.flow import WEEKS, ageing, throughput
from sources.models import Party
from tests import factories

pytestmark = pytest.mark.django_db


def aged(by, days: float) -> Party:
    party = factories.make_party(by)
    Party.objects.filter(pk=party.pk).update(created_at=timezone.now() - dt.timedelta(days=days))
    return party


def test_each_week_has_its_numbers_also_where_nothing_was_decided(alone, analyst, reviewer) -> None:
    before = throughput()[-1].numbers
    party = factories.make_party(analyst)
    factories.publish(party, by=reviewer)
    weeks = throughput()
    assert len(weeks) == WEEKS and all(week.monday.weekday() == 0 for week in weeks)
    assert {verb: weeks[-1].numbers[verb] - before[verb] for verb in before} == {
        "submit": 1, "return": 0, "approve": 1, "publish": 1,
    }  # fmt: skip


def test_the_middle_one_and_the_oldest_are_told_by_kind_and_state(alone, analyst) -> None:
    for days in (1, 2, 30):
        aged(analyst, days)
    (age,) = ageing([Party], analyst)
    assert (age.kind, age.state, age.number) == (Party, State.DRAFT, 3)
    assert (round(age.median), round(age.oldest)) == (2, 30)


def test_a_record_lies_since_its_last_decision_and_not_since_it_was_entered(alone, analyst) -> None:
    review.submit(aged(analyst, 30), by=analyst)
    (age,) = ageing([Party], analyst)
    assert age.state == State.IN_REVIEW and age.oldest < 1


def test_what_she_may_not_see_is_not_counted(alone, analyst) -> None:
    factories.make_party(analyst, sensitivity=Sensitivity.RESTRICTED)
    assert ageing([Party], factories.make_user(Role.MANAGER)) == []
