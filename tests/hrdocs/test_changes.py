"""Changes to what was approved or published: asked for in its own form, seen by nobody outside, made by a second person."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cases.models import Facility, FacilityName
from hrdocs import changes, review
from hrdocs.access import Role, Sensitivity
from hrdocs.history import History
from hrdocs.models import Notice, ProposedChange, User
from tests import factories
from tests.hrdocs.forms import fill, page_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility(analyst: User, reviewer: User) -> Facility:
    facility = factories.make_facility(analyst, description_en="Holds 10,000.")
    FacilityName.objects.create(facility=facility, text="Sednaya", kind="spelling")
    factories.publish(facility, by=reviewer)
    return Facility.objects.get(pk=facility.pk)


def proposed(facility: Facility, by: User, **entries) -> ProposedChange:
    answer = fill(signed_in(by), page_of(facility, "propose"), reason="The report says so.", **entries)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return ProposedChange.objects.get(object_id=facility.pk, status="waiting")


def read(facility: Facility) -> dict:
    return Client().get(f"/api/v1/facilities/{facility.uid}/").json()


def test_readers_go_on_seeing_what_was_approved_until_the_change_is_accepted(facility, analyst, reviewer):
    change = proposed(facility, analyst, description_en="Holds 20,000.")
    assert read(facility)["description_en"] == "Holds 10,000."
    assert changes.told(change)[0].after == {"description_en": "Holds 20,000."}
    page = signed_in(reviewer).get(page_of(facility, "proposed", change.pk)).content.decode()
    assert "Holds 10,000." in page and "Holds 20,000." in page and "The report says so." in page
    assert signed_in(reviewer).post(page_of(facility, "proposed", change.pk), {"apply": "", "reason": ""}).status_code == 302
    assert read(facility)["description_en"] == "Holds 20,000."
    html = Client().get(f"/facilities/{facility.uid}/").content.decode()
    assert f"Corrected on {timezone.now():%Y-%m-%d}" in html
    after = Facility.objects.get(pk=facility.pk)
    assert (after.state, after.version, after.edited_by) == ("published", facility.version + 1, analyst)
    assert "The report says so." in History(after, reviewer).acts[-1].reason


def test_parts_change_with_their_record(facility, analyst, reviewer):
    name = facility.names.get()
    client = signed_in(analyst)
    page = client.get(page_of(facility, "propose"))
    prefix = next(each.formset.prefix for each in page.context["inline_admin_formsets"] if each.formset.model is FacilityName)
    row = {"text": "Sidnaya", "kind": "spelling", "sensitivity": "public", "language": ""}
    answer = fill(
        client, page_of(facility, "propose"), FacilityName, row, reason="Two spellings.", **{f"{prefix}-0-text": "Saydnaya"}
    )
    assert answer.status_code == 302
    assert [each.text for each in facility.names.all()] == ["Sednaya"]
    change = ProposedChange.objects.get(object_id=facility.pk)
    changes.apply(change, by=reviewer)
    assert sorted(each.text for each in facility.names.all()) == ["Saydnaya", "Sidnaya"]
    assert facility.names.get(pk=name.pk).text == "Saydnaya"


def test_what_the_form_would_refuse_is_refused_when_it_is_proposed(facility, analyst):
    answer = fill(signed_in(analyst), page_of(facility, "propose"), description_en="Other.")
    assert answer.status_code == 200 and not ProposedChange.objects.exists()  # no reason
    fill(signed_in(analyst), page_of(facility, "propose"), reason="Nothing differs.")
    assert not ProposedChange.objects.exists()
    assert Facility.objects.get(pk=facility.pk).version == facility.version


def test_a_level_is_not_changed_by_proposal(facility, analyst):
    proposed(facility, analyst, description_en="Other.", sensitivity="restricted")
    assert "sensitivity" not in str(ProposedChange.objects.get().after)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.RESEARCHER, Role.ADMINISTRATOR, Role.CUSTODIAN])
def test_only_reviewers_and_managers_decide(facility, analyst, role):
    change = proposed(facility, analyst, description_en="Other.")
    for verb in (changes.apply, changes.decline):
        with pytest.raises(review.Refused, match="reviewer or manager"):
            verb(change, by=factories.make_user(role), reason="Because.")


def test_nobody_decides_on_her_own_proposal_not_even_by_sql(facility):
    manager = factories.make_user(Role.MANAGER)
    change = proposed(facility, manager, description_en="Other.")
    with pytest.raises(review.Refused, match="other than the one who asks"):
        changes.apply(change, by=manager)
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        ProposedChange.objects.filter(pk=change.pk).update(status="applied", decided_by=manager, decided_at=timezone.now())
    with pytest.raises(IntegrityError, match="decided"), transaction.atomic():
        ProposedChange.objects.filter(pk=change.pk).update(status="applied")


def test_a_declined_change_leaves_the_record_and_tells_why(facility, analyst, reviewer):
    change = proposed(facility, analyst, description_en="Other.")
    with pytest.raises(review.Refused, match="Say why"):
        changes.decline(change, by=reviewer, reason=" ")
    changes.decline(change, by=reviewer, reason="Page 17 says otherwise.")
    assert read(facility)["description_en"] == "Holds 10,000."
    assert Notice.objects.get(to=analyst, kind="declined").object_id == facility.pk
    with pytest.raises(review.Refused, match="decided already"):
        changes.apply(change, by=factories.make_user(Role.MANAGER))


def test_only_its_author_withdraws_a_change(facility, analyst, reviewer):
    change = proposed(facility, analyst, description_en="Other.")
    with pytest.raises(review.Refused, match="Only who proposed"):
        changes.withdraw(change, by=reviewer)
    changes.withdraw(change, by=analyst)
    assert changes.waiting_on(facility, reviewer) == []


def test_two_changes_of_one_field_do_not_overwrite_one_another(facility, analyst, reviewer):
    first = proposed(facility, analyst, description_en="Holds 20,000.")
    before = changes.snapshot(facility, analyst)
    key = next(iter(before))
    second = changes.propose(
        facility, before, {**before, key: {**before[key], "description_en": "Holds 30,000."}}, by=analyst, reason="B."
    )
    third = changes.propose(facility, before, {**before, key: {**before[key], "name_ar": "صيدنايا"}}, by=analyst, reason="C.")
    changes.apply(first, by=reviewer)
    with pytest.raises(review.Refused, match="changed since in the same place"):
        changes.apply(second, by=reviewer)
    changes.apply(third, by=reviewer)
    after = Facility.objects.get(pk=facility.pk)
    assert (after.description_en, after.name_ar) == ("Holds 20,000.", "صيدنايا")


def test_a_change_that_would_rest_on_what_is_not_published_is_refused(analyst, reviewer):
    facility = factories.make_facility(analyst)
    estimate = factories.make_estimate(analyst, about_facility=facility)
    factories.publish(facility, estimate.source, estimate, by=reviewer)
    draft = factories.make_facility(analyst)
    before = changes.snapshot(estimate, analyst)
    key = f"cases.statement:{estimate.pk}"
    change = changes.propose(
        type(estimate).objects.get(pk=estimate.pk), before, {**before, key: {**before[key], "about_facility_id": draft.pk}},
        by=analyst, reason="It is the other one.")  # fmt: skip
    with pytest.raises(review.Refused, match="not published at this level"):
        changes.apply(change, by=reviewer)
    assert type(estimate).objects.get(pk=estimate.pk).about_facility == facility


def test_a_draft_has_no_proposals(analyst):
    facility = factories.make_facility(analyst)
    assert signed_in(analyst).get(page_of(facility, "propose")).status_code == 302
    with pytest.raises(review.Refused, match="approved or published"):
        changes.propose(facility, {}, {}, by=analyst, reason="x")


def test_a_change_of_a_part_is_not_told_to_who_may_not_see_the_part(analyst, reviewer):
    facility = factories.make_facility(analyst)
    part = FacilityName.objects.create(facility=facility, text="Secret", kind="spelling", sensitivity=Sensitivity.RESTRICTED)
    factories.publish(facility, by=reviewer)
    before = changes.snapshot(facility, analyst)
    key = f"cases.facilityname:{part.pk}"
    assert key in before  # restricted, and hers
    changes.propose(facility, before, {**before, key: {**before[key], "text": "More secret"}}, by=analyst, reason="x")
    assert changes.waiting_on(facility, analyst) and not changes.waiting_on(facility, reviewer)
    assert "More secret" not in signed_in(reviewer).get(page_of(facility, "change")).content.decode()


def test_a_correction_before_publication_is_no_correction(facility):
    assert changes.corrected_on(facility) is None
    assert changes.corrected_on(factories.make_facility(factories.make_user())) is None
