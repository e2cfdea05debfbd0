"""An old uid leads to the record it was merged into: for who might have seen the old one, and for nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from hrdocs import merging
from hrdocs.access import Role, Sensitivity
from hrdocs.models import Merge, Record, User
from hrdocs.uids import new_uid
from tests import factories
from tests.hrdocs.twins import MERGEABLE, make, merged

pytestmark = pytest.mark.django_db

PATHS = {"party": "parties", "source": "sources", "place": "places", "facility": "facilities", "victim": "victims",
         "incident": "incidents"}  # fmt: skip
INSIDE = {Role.ANALYST, Role.REVIEWER, Role.MANAGER}
# level at which the old and the new record were published (None: a draft), and who is led on
CASES = [
    (Sensitivity.PUBLIC, Sensitivity.PUBLIC, {"anonymous", *Role}),
    (Sensitivity.REGISTERED, Sensitivity.REGISTERED, {Role.RESEARCHER, *INSIDE}),
    (None, Sensitivity.PUBLIC, INSIDE),
    (None, None, INSIDE),
    (Sensitivity.INTERNAL, Sensitivity.PUBLIC, INSIDE),
]


def asked(user: Any, address: str) -> Any:
    client = APIClient()
    if user.is_authenticated:
        client.force_authenticate(user)
    return client.get(address)


def page(user: Any, address: str) -> Any:
    client = Client()
    if user.is_authenticated:
        client.force_login(user)
    return client.get(address)


def told(answer: Any, uid: str) -> str:
    """What an answer says, without the uid that was asked for and the form's own secret."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode().replace(uid, ""))


def merged_at(old: Any, new: Any, reviewer: User, kind: Any = None) -> tuple[Record, str, Merge]:
    analyst = factories.make_user()
    kept, gone = make(kind or MERGEABLE[0], analyst), make(kind or MERGEABLE[0], analyst)
    for record, level in ((kept, new), (gone, old)):
        if level:
            factories.publish(record, by=reviewer, level=level)
    return kept, gone.uid, merged(kept, gone)


def path_of(kind: Any) -> str:
    return PATHS[kind._meta.model_name]


@pytest.mark.parametrize("kind", MERGEABLE, ids=lambda kind: kind.__name__)
def test_every_kind_answers_its_old_uid_over_the_api_and_on_pages(kind, reviewer, people):
    kept, old, done = merged_at(Sensitivity.PUBLIC, Sensitivity.PUBLIC, reviewer, kind)
    answer = asked(people["anonymous"], f"/api/v1/{path_of(kind)}/{old}/")
    assert answer.status_code == 301 and answer["Content-Type"].startswith("application/problem+json")
    assert answer["Location"] == f"http://testserver/api/v1/{path_of(kind)}/{kept.uid}/"
    assert answer.json()["uid"] == kept.uid
    assert asked(people["anonymous"], answer["Location"]).status_code == 200
    answer = page(people["anonymous"], f"/{path_of(kind)}/{old.lower()}/?x=1")
    assert (answer.status_code, answer["Location"]) == (301, f"/{path_of(kind)}/{kept.uid}/?x=1")
    merging.undo(done, by=done.by, reason="x")
    assert asked(people["anonymous"], f"/api/v1/{path_of(kind)}/{old}/").json()["uid"] == old


@pytest.mark.parametrize(("old", "new", "led"), CASES)
def test_only_who_might_have_seen_the_old_record_is_led_to_the_new_one(old, new, led, reviewer, people):
    kept, uid, _ = merged_at(old, new, reviewer)
    path, unknown = path_of(type(kept)), new_uid(type(kept).uid_prefix)
    for role, user in people.items():
        expected = role in led and (new is not None or role in INSIDE)
        for ask, prefix in ((asked, "/api/v1"), (page, "")):
            answer, never = ask(user, f"{prefix}/{path}/{uid}/"), ask(user, f"{prefix}/{path}/{unknown}/")
            assert never.status_code == 404
            assert (answer.status_code == 301) == expected, (role, prefix)
            if not expected:
                assert told(answer, uid) == told(never, unknown)


def test_who_can_no_longer_see_the_new_record_is_told_nothing(reviewer, people):
    kept, uid, _ = merged_at(Sensitivity.PUBLIC, Sensitivity.PUBLIC, reviewer)
    type(kept).objects.filter(pk=kept.pk).update(sensitivity=Sensitivity.RESTRICTED)
    for role, user in people.items():
        assert asked(user, f"/api/v1/{path_of(type(kept))}/{uid}/").status_code == 404, role


def test_a_hidden_old_uid_costs_as_many_questions_as_one_that_never_was(reviewer, people):
    kept, uid, _ = merged_at(None, Sensitivity.PUBLIC, reviewer)
    path = f"/api/v1/{path_of(type(kept))}"
    asked(people["anonymous"], f"{path}/{uid}/")
    counts = []
    for each in (uid, new_uid(type(kept).uid_prefix)):
        with CaptureQueriesContext(connection) as counted:
            asked(people["anonymous"], f"{path}/{each}/")
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_a_list_filtered_by_an_old_uid_is_filtered_by_the_new_record(reviewer, people):
    analyst = factories.make_user()
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    source = factories.make_source(analyst)
    estimate = factories.make_estimate(analyst, about_facility=gone, source=source)
    factories.publish(kept, gone, source, estimate, by=reviewer)
    merged(kept, gone)
    for uid in (kept.uid, gone.uid):
        rows = asked(people["anonymous"], f"/api/v1/estimates/?facility={uid}").json()["results"]
        assert [row["uid"] for row in rows] == [estimate.uid]


def test_a_hidden_old_uid_filters_like_one_that_never_was(reviewer, people):
    kept, uid, _ = merged_at(None, Sensitivity.PUBLIC, reviewer, next(k for k in MERGEABLE if k.__name__ == "Facility"))
    source = factories.make_source(factories.make_user())
    estimate = factories.make_estimate(source.created_by, about_facility=kept, source=source)
    factories.publish(source, estimate, by=reviewer)
    count = {role: len(asked(user, f"/api/v1/estimates/?facility={uid}").json()["results"]) for role, user in people.items()}
    assert {role for role, number in count.items() if number} == INSIDE


def test_after_two_merges_the_first_uid_leads_to_the_last_record(reviewer, people):
    middle, uid, _ = merged_at(Sensitivity.PUBLIC, Sensitivity.PUBLIC, reviewer)
    last = make(type(middle), factories.make_user())
    factories.publish(last, by=reviewer)
    merged(last, type(middle).objects.get(pk=middle.pk))
    for old in (uid, middle.uid):
        assert asked(people["anonymous"], f"/api/v1/{path_of(type(last))}/{old}/").json()["uid"] == last.uid
