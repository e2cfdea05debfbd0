"""Two hundred people at one record at the same moment: one wins each version, all others are told, nothing is lost."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from cases.models import Incident
from hrdocs import changes, review
from hrdocs.access import Role, State
from hrdocs.audit import history_of
from hrdocs.models import ProposedChange, ReviewDecision, StaleVersion, on
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 200
CONNECTIONS = threading.BoundedSemaphore(40)  # as many as a small server has; the others wait in line


def at_once(act: Callable[[int], str]) -> Counter[str]:
    """Let all of them go in one moment, each with a connection of its own; what became of each."""
    barrier, became = threading.Barrier(MANY), Counter()

    def run(number: int) -> None:
        barrier.wait(timeout=30)
        with CONNECTIONS:
            try:
                became[act(number)] += 1
            except Exception as error:  # noqa: BLE001 - a thread would swallow it
                became[repr(error)] += 1
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return became


def test_of_two_hundred_editors_exactly_one_wins_each_version():
    analyst = factories.make_user()
    incident = factories.make_incident(analyst, title_en="Before")

    for version in (1, 2):

        def edit(number: int, seen: int = version) -> str:
            mine = Incident.objects.get(pk=incident.pk)
            mine.title_en = f"By editor {number}"
            try:
                mine.save_by(analyst, seen_version=seen)
            except StaleVersion:
                return "told"
            return "won"

        assert at_once(edit) == {"won": 1, "told": MANY - 1}
    assert list(history_of(Incident, incident.pk).values_list("version", flat=True)) == [1, 2, 3]


def test_of_two_hundred_who_approve_exactly_one_decides():
    analyst, reviewer = factories.make_user(), factories.make_user(Role.REVIEWER)
    incident = factories.make_incident(analyst)
    review.submit(incident, by=analyst)

    def approve(_number: int) -> str:
        try:
            review.approve(Incident.objects.get(pk=incident.pk), by=reviewer, seen_version=1)
        except review.Refused:
            return "told"
        return "decided"

    assert at_once(approve) == {"decided": 1, "told": MANY - 1}
    assert ReviewDecision.objects.filter(**on(incident), verb="approve").count() == 1


def test_of_two_hundred_accepted_changes_of_one_field_exactly_one_is_made():
    analyst, reviewer = factories.make_user(), factories.make_user(Role.REVIEWER)
    incident = factories.make_incident(analyst, title_en="Before")
    factories.publish(incident, by=reviewer)
    key = f"cases.incident:{incident.pk}"
    asked = [
        ProposedChange(**on(incident), before={key: {"title_en": "Before"}}, after={key: {"title_en": f"Proposal {number}"}},
                       reason="x", version=1, proposed_by=analyst)
        for number in range(MANY)
    ]  # fmt: skip
    ProposedChange.objects.bulk_create(asked)

    def accept(number: int) -> str:
        try:
            changes.apply(asked[number], by=reviewer)
        except review.Refused:
            return "told"
        return "made"

    assert at_once(accept) == {"made": 1, "told": MANY - 1}
    stored = Incident.objects.get(pk=incident.pk)
    made = ProposedChange.objects.get(status="applied")
    assert (stored.version, stored.state) == (2, State.PUBLISHED)
    assert made.after[key]["title_en"] == stored.title_en
