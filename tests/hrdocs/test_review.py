"""Review: every state, verb, role and kind of ownership, by the verbs and by raw SQL; and four eyes."""

from __future__ import annotations

import itertools

import pgtrigger
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases.models import Estimate, Incident
from hrdocs import review
from hrdocs.access import Role, Sensitivity, State
from hrdocs.models import ReviewDecision, User
from hrdocs.transitions import TRANSITIONS
from sources.models import Party
from tests import factories

VERBS = {
    "submit": review.submit,
    "return": review.return_,
    "approve": review.approve,
    "publish": review.publish,
    "retract": review.retract,
    "reopen": review.reopen,
}
NEEDS = {
    "return": {"reason": "The page is missing."},
    "publish": {"level": Sensitivity.PUBLIC},
    "retract": {"reason": "Wrong place.", "public_note": "Taken back."},
}
OWNERSHIPS = ("author", "last editor", "neither")
STAFF = {Role.ANALYST, Role.REVIEWER, Role.MANAGER}
JUDGES = {Role.REVIEWER, Role.MANAGER}

# The plan, written out once more by hand: (state, verb) → the state after it, and who may.
ALL, OTHERS, OWN = "all", "others' work", "own work, a manager any"
PLAN = {
    (State.DRAFT, "submit"): (State.IN_REVIEW, STAFF, ALL),
    (State.RETURNED, "submit"): (State.IN_REVIEW, STAFF, ALL),
    (State.IN_REVIEW, "return"): (State.RETURNED, JUDGES, OTHERS),
    (State.IN_REVIEW, "approve"): (State.APPROVED, JUDGES, OTHERS),
    (State.APPROVED, "publish"): (State.PUBLISHED, JUDGES, OTHERS),
    (State.PUBLISHED, "retract"): (State.RETRACTED, JUDGES, OTHERS),
    (State.IN_REVIEW, "reopen"): (State.DRAFT, STAFF, OWN),
    (State.APPROVED, "reopen"): (State.DRAFT, STAFF, OWN),
    (State.RETRACTED, "reopen"): (State.DRAFT, STAFF, OWN),
}
EVERY_MOVE = list(itertools.product(State, TRANSITIONS))
EVERYBODY = list(itertools.product(Role, OWNERSHIPS))


def planned(state: str, verb: str, role: str, ownership: str) -> bool:
    if (state, verb) not in PLAN:
        return False
    _, roles, whose = PLAN[state, verb]
    own = ownership != "neither"
    return role in roles and (whose == ALL or (whose == OTHERS and not own) or (whose == OWN and (own or role == Role.MANAGER)))


PATH = {
    State.DRAFT: [], State.IN_REVIEW: ["submit"], State.RETURNED: ["submit", "return"], State.APPROVED: ["submit", "approve"],
    State.PUBLISHED: ["submit", "approve", "publish"], State.RETRACTED: ["submit", "approve", "publish", "retract"],
}  # fmt: skip


def incident_in(state: str, author: User, reviewer: User) -> Incident:
    """An incident taken to a state through the verbs."""
    incident = factories.make_incident(author)
    for verb in PATH[state]:
        VERBS[verb](incident, by=author if verb == "submit" else reviewer, **NEEDS.get(verb, {}))
    assert incident.state == state
    return incident


def owned(incident: Incident, user: User, ownership: str, others: tuple[User, User]) -> None:
    """Make the incident the work of `user`, or of others, in the row itself."""
    author = user if ownership == "author" else others[0]
    editor = user if ownership == "last editor" else others[1]
    rewrite(incident, created_by=author, edited_by=editor)


def rewrite(incident: Incident, **columns: User) -> None:
    """Change whose work a closed row is, as nobody can while the database guards it."""
    with pgtrigger.ignore("cases.Incident:stays_as_approved"):
        Incident.objects.filter(pk=incident.pk).update(**columns)
    incident.refresh_from_db()


def decide_by_sql(incident: Incident, verb: str, by: User, **forged: object) -> None:
    """A decision and its move, past all of our Python."""
    given = {"reason": "", "public_note": "", "level": "", **NEEDS.get(verb, {})}
    row = {
        "content_type_id": ContentType.objects.get_for_model(Incident).pk, "object_id": incident.pk, "verb": verb,
        "to_state": TRANSITIONS[verb].to_state.value, "by_id": by.pk, "from_state": incident.state, "version": incident.version,
        "author_id": None, "last_editor_id": None, "contributors": [], "by_role": by.role, "decided_at": "2020-01-01T00:00:00Z",
        **{name: str(value) for name, value in given.items()}, **forged,
    }  # fmt: skip
    with connection.cursor() as cursor:
        columns = ", ".join(row)
        cursor.execute(
            f"INSERT INTO hrdocs_reviewdecision ({columns}) VALUES ({', '.join(['%s'] * len(row))})", list(row.values())
        )
        level = given["level"] or incident.sensitivity
        cursor.execute(
            "UPDATE cases_incident SET state = %s, sensitivity = %s WHERE id = %s", [row["to_state"], str(level), incident.pk]
        )


def untouched(incident: Incident, state: str) -> bool:
    stored = Incident.objects.get(pk=incident.pk)
    return (stored.state, stored.sensitivity, stored.version) == (state, incident.sensitivity, incident.version)


@pytest.fixture
def staff(db) -> dict[str, User]:
    return {role: factories.make_user(role) for role in Role}


@pytest.fixture
def others(db) -> tuple[User, User]:
    return factories.make_user(), factories.make_user()


def test_the_table_of_moves_is_the_plan():
    for (state, verb), (role, ownership) in itertools.product(EVERY_MOVE, EVERYBODY):
        move = TRANSITIONS[verb]
        own = ownership != "neither"
        whose = {"any": True, "others": not own, "own": own or role == Role.MANAGER}[move.eyes.value]
        assert (state in move.from_states and role in move.roles and whose) == planned(state, verb, role, ownership), (
            state,
            verb,
            role,
            ownership,
        )
    assert {verb: move.to_state for verb, move in TRANSITIONS.items()} == {verb: to for (_, verb), (to, _, _) in PLAN.items()}


@pytest.mark.parametrize(("state", "verb"), EVERY_MOVE)
def test_a_verb_moves_a_record_exactly_where_the_plan_lets_this_person_and_else_leaves_no_trace(state, verb, staff, others):
    incident = incident_in(state, others[0], factories.make_user(Role.REVIEWER))
    decisions = len(review.decisions_on(incident))
    for role, ownership in EVERYBODY:
        with transaction.atomic():
            owned(incident, staff[role], ownership, others)
            if planned(state, verb, role, ownership):
                assert verb in review.possible(incident, staff[role])
                decision = VERBS[verb](incident, by=staff[role], **NEEDS.get(verb, {}))
                incident.refresh_from_db()
                assert incident.state == decision.to_state == PLAN[state, verb][0]
                assert (decision.by, decision.verb) == (staff[role], verb)
            else:
                assert verb not in review.possible(incident, staff[role])
                with pytest.raises(review.Refused) as refused:
                    VERBS[verb](incident, by=staff[role], **NEEDS.get(verb, {}))
                assert refused.value.blockers
                assert all(sentence.endswith(".") for sentence in refused.value.blockers)
                assert untouched(incident, state)
                assert len(review.decisions_on(incident)) == decisions
            transaction.set_rollback(True)
        incident.refresh_from_db()


@pytest.mark.parametrize(("state", "verb"), EVERY_MOVE)
def test_the_database_holds_the_same_plan_against_raw_sql(state, verb, staff, others):
    incident = incident_in(state, others[0], factories.make_user(Role.REVIEWER))
    for role, ownership in EVERYBODY:
        with transaction.atomic():
            owned(incident, staff[role], ownership, others)
            if planned(state, verb, role, ownership):
                decide_by_sql(incident, verb, staff[role])
                assert Incident.objects.get(pk=incident.pk).state == PLAN[state, verb][0]
            else:
                with pytest.raises(IntegrityError, match="lawful|by_role"), transaction.atomic():
                    decide_by_sql(incident, verb, staff[role])
                assert untouched(incident, state)
            transaction.set_rollback(True)


@pytest.mark.parametrize(("state", "other"), [pair for pair in itertools.product(State, State) if pair[0] != pair[1]])
def test_the_database_refuses_a_move_without_its_decision(state, other, others):
    incident = incident_in(state, others[0], factories.make_user(Role.REVIEWER))
    with connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="without a review decision"), transaction.atomic():
            cursor.execute("UPDATE cases_incident SET state = %s WHERE id = %s", [other, incident.pk])
        with pytest.raises(IntegrityError, match="without a review decision"), transaction.atomic():
            cursor.execute("UPDATE cases_incident SET state = %s, version = version + 1 WHERE id = %s", [other, incident.pk])


@pytest.mark.parametrize("level", Sensitivity)
@pytest.mark.parametrize("other", Sensitivity)
def test_a_level_is_made_stricter_at_once_and_wider_by_review_alone(level, other, others):
    incident = factories.make_incident(others[0])
    review.submit(incident, by=others[0])
    judge = factories.make_user(Role.REVIEWER)
    review.approve(incident, by=judge)
    review.publish(incident, by=judge, level=level)
    with connection.cursor() as cursor, transaction.atomic():
        change = "UPDATE cases_incident SET sensitivity = %s WHERE id = %s"
        if other.rank >= level.rank:
            cursor.execute(change, [other, incident.pk])
            assert Incident.objects.get(pk=incident.pk).sensitivity == other
        else:
            with pytest.raises(IntegrityError, match="without a review decision"), transaction.atomic():
                cursor.execute(change, [other, incident.pk])


@pytest.mark.parametrize("state", [state for state in State if state != State.DRAFT])
def test_no_record_begins_in_another_state_than_draft(state, others):
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        Incident.objects.create(title_en="x", state=state, created_by=others[0], edited_by=others[0])


@pytest.mark.parametrize("level", [Sensitivity.PUBLIC, Sensitivity.REGISTERED])
def test_no_record_begins_open_to_readers_outside(level, others):
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        Incident.objects.create(title_en="x", sensitivity=level, created_by=others[0], edited_by=others[0])
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        Incident.objects.bulk_create([Incident(title_en="x", sensitivity=level, created_by=others[0], edited_by=others[0])])


@pytest.mark.parametrize("level", [Sensitivity.INTERNAL, Sensitivity.RESTRICTED, Sensitivity.SEALED])
def test_a_record_may_begin_stricter_than_internal(level, others):
    assert factories.make_incident(others[0], sensitivity=level).sensitivity == level


# ── forged decisions ──


def test_a_forged_role_state_author_and_day_are_overwritten_from_the_rows_themselves(staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], staff[Role.REVIEWER])
    decide_by_sql(incident, "approve", staff[Role.REVIEWER], from_state="draft", version=99, author_id=staff[Role.MANAGER].pk,
                  last_editor_id=staff[Role.MANAGER].pk, by_role="manager", contributors=[staff[Role.MANAGER].pk])  # fmt: skip
    decision = review.last_decision(incident, "approve")
    assert (decision.from_state, decision.version, decision.by_role) == (State.IN_REVIEW, incident.version, Role.REVIEWER)
    assert (decision.author, decision.last_editor, decision.contributors) == (others[0], others[0], [others[0].pk])
    assert decision.decided_at.year > 2020


def test_an_analyst_who_claims_to_be_a_manager_is_refused(staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], staff[Role.REVIEWER])
    with pytest.raises(IntegrityError, match="lawful"), transaction.atomic():
        decide_by_sql(incident, "approve", staff[Role.ANALYST], by_role="manager")


def test_an_author_who_claims_that_somebody_else_wrote_it_is_refused(staff):
    incident = incident_in(State.IN_REVIEW, staff[Role.REVIEWER], staff[Role.MANAGER])
    with pytest.raises(IntegrityError, match="lawful"), transaction.atomic():
        decide_by_sql(
            incident, "approve", staff[Role.REVIEWER], author_id=staff[Role.ANALYST].pk, last_editor_id=staff[Role.ANALYST].pk
        )


def test_a_switched_off_account_decides_nothing(staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], factories.make_user(Role.REVIEWER))
    gone = staff[Role.REVIEWER]
    User.objects.filter(pk=gone.pk).update(is_active=False)
    gone.refresh_from_db()
    with pytest.raises(review.Refused):
        review.approve(incident, by=gone)
    with pytest.raises(IntegrityError), transaction.atomic():
        decide_by_sql(incident, "approve", gone, by_role="reviewer")


@pytest.mark.parametrize("to_state", [state for state in State if state != State.APPROVED])
def test_a_verb_leads_to_its_own_state_alone(to_state, staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], staff[Role.MANAGER])
    with pytest.raises(IntegrityError, match="lawful"), transaction.atomic():
        decide_by_sql(incident, "approve", staff[Role.REVIEWER], to_state=to_state)


def test_a_decision_on_one_record_moves_no_other(staff, others):
    one, other = (incident_in(State.IN_REVIEW, others[0], staff[Role.MANAGER]) for _ in range(2))
    review.approve(one, by=staff[Role.REVIEWER])
    with pytest.raises(IntegrityError, match="without a review decision"), transaction.atomic():
        Incident.objects.filter(pk=other.pk).update(state=State.APPROVED)


def test_a_decision_on_a_record_of_another_kind_moves_nothing(staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], staff[Role.MANAGER])
    party = factories.make_party(others[0])
    party_type = ContentType.objects.get_for_model(Party)
    with pytest.raises(IntegrityError, match="lawful|without a review decision"), transaction.atomic():
        decide_by_sql(incident, "approve", staff[Role.REVIEWER], content_type_id=party_type.pk, object_id=party.pk)


def test_a_decision_on_what_does_not_exist_is_refused(staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], staff[Role.MANAGER])
    with pytest.raises(IntegrityError), transaction.atomic():
        decide_by_sql(incident, "approve", staff[Role.REVIEWER], object_id=10**12)


@pytest.mark.parametrize("change", ["reason = 'x'", "by_id = by_id + 1", "decided_at = now()", "level = 'sealed'"])
def test_a_decision_can_not_be_changed_afterwards(change, staff, others):
    incident_in(State.APPROVED, others[0], staff[Role.REVIEWER])
    with pytest.raises(DatabaseError, match="[Cc]annot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE hrdocs_reviewdecision SET {change}")


def test_a_decision_can_not_be_deleted(staff, others):
    incident_in(State.APPROVED, others[0], staff[Role.REVIEWER])
    with pytest.raises(DatabaseError, match="[Cc]annot update or delete"), transaction.atomic():
        ReviewDecision.objects.all()._raw_delete("default")


@pytest.mark.django_db(transaction=True)
def test_a_decision_of_an_earlier_transaction_moves_nothing_later():
    analyst, reviewer = factories.make_user(), factories.make_user(Role.REVIEWER)
    incident = factories.make_incident(analyst)
    review.submit(incident, by=analyst)
    ReviewDecision.objects.create(
        content_type=ContentType.objects.get_for_model(Incident), object_id=incident.pk, verb="approve",
        from_state=State.IN_REVIEW, to_state=State.APPROVED, by=reviewer)  # fmt: skip
    with pytest.raises(IntegrityError, match="without a review decision"):
        Incident.objects.filter(pk=incident.pk).update(state=State.APPROVED)


# ── what a move needs ──


@pytest.mark.parametrize(
    ("state", "verb", "given", "missing"),
    [
        (State.IN_REVIEW, "return", {"reason": ""}, "reason"),
        (State.IN_REVIEW, "return", {"reason": "  \n"}, "reason"),
        (State.PUBLISHED, "retract", {"reason": "", "public_note": "Gone."}, "reason"),
        (State.PUBLISHED, "retract", {"reason": "Wrong.", "public_note": " "}, "public note"),
    ],
)
def test_a_move_without_its_text_is_refused_by_name(state, verb, given, missing, staff, others):
    incident = incident_in(state, others[0], staff[Role.MANAGER])
    with pytest.raises(review.Refused, match=f"Give the {missing}"):
        VERBS[verb](incident, by=staff[Role.REVIEWER], **given)
    assert untouched(incident, state)


@pytest.mark.parametrize(("verb", "level"), [("publish", ""), ("approve", "public")])
def test_publishing_names_a_level_and_nothing_else_does(verb, level, staff, others):
    state = next(state for state, move in PLAN if move == verb)
    incident = incident_in(state, others[0], staff[Role.MANAGER])
    with pytest.raises(IntegrityError, match="level"), transaction.atomic():
        decide_by_sql(incident, verb, staff[Role.REVIEWER], level=level)


@pytest.mark.parametrize("level", Sensitivity)
def test_publishing_opens_a_record_at_the_level_that_was_decided(level, staff, others):
    incident = incident_in(State.APPROVED, others[0], staff[Role.MANAGER])
    decision = review.publish(incident, by=staff[Role.REVIEWER], level=level)
    stored = Incident.objects.get(pk=incident.pk)
    assert stored.sensitivity == incident.sensitivity == decision.level == level


def test_review_does_not_count_as_a_change_of_the_content(staff, others):
    incident = factories.make_incident(others[0])
    before = (incident.version, incident.edited_by, incident.edited_at)
    factories.publish(incident, by=staff[Role.REVIEWER])
    incident.refresh_from_db()
    assert (incident.version, incident.edited_by, incident.edited_at) == before


def test_a_record_is_not_published_before_what_it_hangs_on_and_says_which(staff, others):
    estimate = factories.make_estimate(others[0])
    review.submit(estimate, by=others[0])
    review.approve(estimate, by=staff[Role.REVIEWER])
    with pytest.raises(review.Refused) as refused:
        review.publish(estimate, by=staff[Role.REVIEWER], level=Sensitivity.PUBLIC)
    said = " ".join(refused.value.blockers)
    assert estimate.source.uid in said
    assert estimate.about_facility.uid in said
    factories.publish(estimate.source, estimate.about_facility, by=staff[Role.REVIEWER], level=Sensitivity.REGISTERED)
    with pytest.raises(review.Refused):
        review.publish(estimate, by=staff[Role.REVIEWER], level=Sensitivity.PUBLIC)
    review.publish(estimate, by=staff[Role.REVIEWER], level=Sensitivity.REGISTERED)
    assert Estimate.objects.get(pk=estimate.pk).state == State.PUBLISHED


def test_a_statement_and_its_own_kind_are_reviewed_as_one(staff, others):
    estimate = factories.make_estimate(others[0])
    review.submit(estimate.statement_ptr, by=others[0])
    estimate.refresh_from_db()
    assert estimate.state == State.IN_REVIEW
    assert review.decisions_on(estimate) == review.decisions_on(estimate.statement_ptr) != []


def test_the_reason_of_a_move_stands_in_history_beside_the_name(staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], staff[Role.MANAGER])
    review.approve(incident, by=staff[Role.REVIEWER], reason="Checked against page 17.")
    event = Incident.pgh_event_model.objects.filter(pgh_obj_id=incident.pk).latest("pgh_id")
    assert event.state == State.APPROVED
    assert event.pgh_context.metadata["user"] == staff[Role.REVIEWER].pk
    assert event.pgh_context.metadata["reason"] == "Checked against page 17."


def test_a_stale_copy_in_hand_is_judged_by_what_is_stored(staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], staff[Role.MANAGER])
    stale = Incident.objects.get(pk=incident.pk)
    review.approve(incident, by=staff[Role.REVIEWER])
    with pytest.raises(review.Refused):
        review.return_(stale, by=staff[Role.REVIEWER], reason="Too late.")


def test_somebody_who_edited_in_between_can_not_approve_with_an_old_copy_in_hand(staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], staff[Role.MANAGER])
    stale = Incident.objects.get(pk=incident.pk)
    rewrite(incident, edited_by=staff[Role.REVIEWER])
    with pytest.raises((review.Refused, IntegrityError)), transaction.atomic():
        review.approve(stale, by=staff[Role.REVIEWER])
    assert Incident.objects.get(pk=incident.pk).state == State.IN_REVIEW


def test_somebody_who_edited_in_between_is_told_so_in_words(staff, others):
    incident = incident_in(State.IN_REVIEW, others[0], staff[Role.MANAGER])
    stale = Incident.objects.get(pk=incident.pk)
    rewrite(incident, edited_by=staff[Role.REVIEWER])
    with pytest.raises(review.Refused, match="somebody else"), transaction.atomic():
        review.approve(stale, by=staff[Role.REVIEWER])
