"""What is closed stays as it was approved: the database refuses changes of content, whoever writes and however."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from cases.models import Estimate, Facility, FacilityName
from hrdocs import changes, closing, review
from hrdocs.access import Role, Sensitivity, State
from hrdocs.models import Part, ProposedChange, Record, ReviewDecision, Trial, User, on
from hrdocs.transitions import OPEN
from sources.models import Capture
from tests import factories
from tests.hrdocs.test_review import incident_in

pytestmark = pytest.mark.django_db
CLOSED = [state for state in State if state not in OPEN]
CONTENT = [model for model in apps.get_models() if getattr(model, "is_content", False) and not model._meta.proxy]


def refused(sql: str, *values: Any, match: str | None = "stays as it is. Propose a change") -> None:
    with pytest.raises(IntegrityError, match=match), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def published_estimate(analyst: User, reviewer: User) -> Estimate:
    estimate = factories.make_estimate(analyst)
    factories.publish(estimate.source, estimate.about_facility, by=reviewer)
    estimate = Estimate.objects.get(pk=estimate.pk)
    estimate.categories.add(factories.make_term("act", "death"))
    factories.publish(estimate, by=reviewer)
    return Estimate.objects.get(pk=estimate.pk)


@pytest.fixture
def facility(analyst: User, reviewer: User) -> Facility:
    facility = factories.make_facility(analyst)
    FacilityName.objects.create(facility=facility, text="Sednaya")
    factories.publish(facility, by=reviewer)
    return Facility.objects.get(pk=facility.pk)


@pytest.mark.parametrize("model", CONTENT, ids=lambda model: model._meta.label)
def test_every_table_of_content_is_guarded_by_the_database(model):
    tables = [model, *(link.remote_field.through for link in model._meta.local_many_to_many)]
    own = hasattr(model, "state") and model._meta.get_field("state").model is model
    for table in tables:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass", [table._meta.db_table])
            held = " ".join(name for (name,) in cursor.fetchall())
        rules = ["never_removed"] if own and table is model else ["nothing_is_added", "nothing_is_taken"]
        assert all(rule in held for rule in ["stays_as_approved", *rules]), table


def test_what_is_no_content_is_known_by_name():
    parts = [model for model in apps.get_models() if issubclass(model, Part | Record) and not model.is_content]
    assert {model.__name__ for model in parts} == {"Capture", "CustodyEvent", "Redaction", "PageFetch", "ConsentEvent"}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("change", ["title_en = 'Else'", "edited_by_id = created_by_id + 1", "version = version + 1"])
def test_the_content_of_a_record_changes_only_while_it_is_open(state, change, analyst, reviewer):
    incident = incident_in(state, analyst, reviewer)
    sql = f"UPDATE cases_incident SET {change} WHERE id = %s"
    if state in CLOSED:
        refused(sql, incident.pk, match=f"{incident.uid} is {state.replace('_', ' ')}, so what it says stays as it is. Propose")
    else:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_incident SET title_en = 'Else' WHERE id = %s", [incident.pk])


@pytest.mark.parametrize("state", CLOSED)
def test_the_verbs_of_python_are_held_to_it_too(state, analyst, reviewer):
    incident = incident_in(state, analyst, reviewer)
    incident.title_en = "Else"
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        incident.save_by(analyst)


PARTS_OF_CLOSED = [
    "INSERT INTO cases_facilityname (facility_id, text, language, kind, sensitivity, audience, locks, valid_from, "
    "valid_from_precision, valid_to, valid_to_precision) SELECT facility_id, 'x', language, kind, sensitivity, 0, '{}', "
    "valid_from, valid_from_precision, valid_to, valid_to_precision FROM cases_facilityname WHERE facility_id = %s",
    "UPDATE cases_facilityname SET text = 'x' WHERE facility_id = %s",
    "DELETE FROM cases_facilityname WHERE facility_id = %s",
]


@pytest.mark.parametrize("sql", PARTS_OF_CLOSED, ids=["added", "changed", "taken away"])
def test_parts_of_a_closed_record_stay(sql, facility):
    refused(sql, facility.pk)


def test_a_part_does_not_move_from_or_to_a_closed_record(facility, analyst):
    other = factories.make_facility(analyst)
    mine = FacilityName.objects.create(facility=other, text="Mine")
    refused("UPDATE cases_facilityname SET facility_id = %s WHERE id = %s", facility.pk, mine.pk)
    refused("UPDATE cases_facilityname SET facility_id = %s WHERE facility_id = %s", other.pk, facility.pk)


OF_A_STATEMENT = [
    "UPDATE cases_estimate SET upper = 1000000 WHERE statement_ptr_id = %s",
    "UPDATE cases_statement SET quotation = 'Never said.' WHERE id = %s",
    "DELETE FROM cases_estimate_categories WHERE estimate_id = %s",
    "INSERT INTO cases_estimate_categories (estimate_id, term_id) SELECT %s, min(id) FROM hrdocs_term WHERE code = 'persons'",
]


@pytest.mark.parametrize("sql", OF_A_STATEMENT, ids=["own table", "common table", "link taken", "link added"])
def test_both_tables_of_a_statement_and_its_links_stay(sql, analyst, reviewer):
    refused(sql, published_estimate(analyst, reviewer).pk)


def test_a_stricter_level_is_always_allowed_and_a_wider_one_is_not(facility):
    names = FacilityName.objects.filter(facility=facility)
    names.update(sensitivity=Sensitivity.INTERNAL)
    refused("UPDATE cases_facilityname SET sensitivity = 'public' WHERE facility_id = %s", facility.pk)
    Facility.objects.filter(pk=facility.pk).update(sensitivity=Sensitivity.RESTRICTED)
    assert names.get().audience == Sensitivity.RESTRICTED.rank, "what the database keeps itself follows"


def test_copies_and_consent_are_recorded_beside_what_was_approved(analyst, reviewer):
    source = factories.make_source(analyst)
    factories.publish(source, by=reviewer)
    Capture.objects.create(source=source, sha256="0" * 64, media_type="text/html", size=1, taken_by=analyst)
    assert source.captures.count() == 1


# ── the lawful acts ──


@pytest.mark.django_db(transaction=True)
def test_an_accepted_proposal_changes_a_closed_record_once_and_opens_it_no_longer():
    analyst, reviewer = factories.make_user(), factories.make_user(Role.REVIEWER)
    facility = factories.make_facility(analyst)
    factories.publish(facility, by=reviewer)
    before = changes.snapshot(facility, analyst)
    key = f"cases.facility:{facility.pk}"
    after = {**before, key: {**before[key], "description_en": "Holds 20,000."}}
    change = changes.propose(facility, before, after, by=analyst, reason="The report says so.")
    changes.apply(change, by=reviewer)
    assert Facility.objects.get(pk=facility.pk).description_en == "Holds 20,000."
    refused("UPDATE cases_facility SET description_en = 'Else' WHERE id = %s", facility.pk)


def test_a_proposal_opens_its_own_record_alone(facility, analyst, reviewer):
    other = factories.make_facility(analyst)
    factories.publish(other, by=reviewer)
    change = ProposedChange.objects.create(**on(facility), reason="x", version=1, proposed_by=analyst)
    changes.apply(change, by=reviewer)
    refused("UPDATE cases_facility SET description_en = 'Else' WHERE id = %s", other.pk)


FORGED = {
    "applied from the start": "INSERT INTO hrdocs_proposedchange (content_type_id, object_id, before, after, reason, version, "
    "status, proposed_by_id, proposed_at, decided_by_id, decided_at, decision_reason) SELECT content_type_id, object_id, before, "
    "after, reason, version, 'applied', proposed_by_id, now(), {reviewer}, now(), '' FROM hrdocs_proposedchange WHERE id = %s",
    "by an analyst": "UPDATE hrdocs_proposedchange SET status = 'applied', decided_by_id = {colleague}, decided_at = now() "
    "WHERE id = %s",
    "by its author": "UPDATE hrdocs_proposedchange SET status = 'applied', decided_by_id = proposed_by_id, decided_at = now() "
    "WHERE id = %s",
    "of another record": "UPDATE hrdocs_proposedchange SET object_id = object_id + 1 WHERE id = %s",
    "deleted": "DELETE FROM hrdocs_proposedchange WHERE id = %s",
}


@pytest.mark.parametrize("sql", FORGED.values(), ids=FORGED)
def test_the_database_refuses_a_forged_decision_on_a_proposal(sql, facility, analyst, reviewer):
    change = ProposedChange.objects.create(**on(facility), reason="x", version=1, proposed_by=analyst)
    refused(sql.format(reviewer=reviewer.pk, colleague=factories.make_user().pk), change.pk, match=None)


def test_a_decided_proposal_is_not_decided_again(facility, analyst, reviewer):
    change = ProposedChange.objects.create(**on(facility), reason="x", version=1, proposed_by=analyst)
    changes.decline(change, by=reviewer, reason="No.")
    refused("UPDATE hrdocs_proposedchange SET status = 'applied' WHERE id = %s", change.pk, match="stays as it is")


@pytest.mark.django_db(transaction=True)
def test_what_is_only_tried_can_not_be_kept_even_if_its_trace_is_wiped():
    analyst, reviewer = factories.make_user(), factories.make_user(Role.REVIEWER)
    facility = factories.make_facility(analyst, description_en="As approved.")
    factories.publish(facility, by=reviewer)
    with pytest.raises(IntegrityError, match="only tried"), transaction.atomic():
        Trial.objects.create(**on(facility))
        Facility.objects.filter(pk=facility.pk).update(description_en="Slipped in.")
        Trial.objects.all().delete()
    assert Facility.objects.get(pk=facility.pk).description_en == "As approved."


# ── nothing is deleted ──


@pytest.mark.parametrize("state", [state for state in State if state != State.DRAFT])
def test_a_record_that_was_handed_in_is_never_deleted(state, analyst, reviewer):
    incident = incident_in(state, analyst, reviewer)
    refused("DELETE FROM cases_incident WHERE id = %s", incident.pk, match=f"{incident.uid} was handed in")


def test_a_reopened_draft_is_never_deleted_either_and_a_new_one_may_be(analyst):
    reopened, new = factories.make_incident(analyst), factories.make_incident(analyst)
    review.submit(reopened, by=analyst)
    review.reopen(reopened, by=analyst)
    refused("DELETE FROM cases_incident WHERE id = %s", reopened.pk, match="never deleted")
    new.delete()


def test_a_statement_is_not_deleted_by_either_of_its_tables(analyst, reviewer):
    estimate = published_estimate(analyst, reviewer)
    refused("DELETE FROM cases_estimate WHERE statement_ptr_id = %s", estimate.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        estimate.delete()


# ── four eyes ──


@pytest.mark.parametrize("verb", ["approve", "publish"])
def test_who_ever_wrote_a_part_of_it_neither_approves_nor_publishes(verb, analyst, reviewer):
    colleague = factories.make_user(Role.REVIEWER)
    incident = factories.make_incident(analyst)
    incident.save_by(colleague)
    incident.save_by(analyst)  # neither author nor last editor
    review.submit(incident, by=analyst)
    if verb == "publish":
        review.approve(incident, by=reviewer)
    given = {"level": Sensitivity.PUBLIC} if verb == "publish" else {}
    assert verb not in review.possible(incident, colleague) and verb in review.possible(incident, reviewer)
    with pytest.raises(review.Refused, match="wrote a part of it"):
        review.VERBS[verb](incident, by=colleague, **given)
    review.VERBS[verb](incident, by=reviewer, **given)


def test_the_database_holds_it_against_sql(analyst, reviewer):
    colleague = factories.make_user(Role.REVIEWER)
    incident = factories.make_incident(analyst)
    incident.save_by(colleague)
    incident.save_by(analyst)
    review.submit(incident, by=analyst)
    with pytest.raises(IntegrityError, match="hrdocs_reviewdecision_lawful"), transaction.atomic():
        ReviewDecision.objects.create(**on(incident), verb="approve", from_state="in_review", to_state="approved", by=colleague)


def test_a_decision_is_on_the_version_that_was_read(analyst, reviewer):
    incident = factories.make_incident(analyst)
    incident.save_by(analyst)
    review.submit(incident, by=analyst)
    with pytest.raises(review.Refused, match="after you opened this page"):
        review.approve(incident, by=reviewer, seen_version=1)
    decision = review.approve(incident, by=reviewer, seen_version=2)
    decision.refresh_from_db()
    assert (decision.version, incident.state) == (2, State.APPROVED)


def test_the_lawful_acts_stand_in_one_place():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'hrdocs_may_change'")
        (source,) = cursor.fetchone()
    assert all(act in source for act in closing.LAWFUL_ACTS)
