"""Who may see what: levels × states × roles, grants, what records hang on, and accounts that are no more."""

from __future__ import annotations

import datetime as dt
import itertools

import pgtrigger
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from cases.models import Accused, Estimate, Incident, IncidentFacility, Response, Statement
from hrdocs.access import Role, Sensitivity, State, clearance, is_staff_reader
from hrdocs.models import Grant, Part, Record, User
from hrdocs.shapes import Reader
from hrdocs.wording import our_models
from sources.models import SourcePublisher
from tests import factories

PUBLIC, REGISTERED, INTERNAL, RESTRICTED, SEALED = Sensitivity
OUTSIDE = ("anonymous", Role.ADMINISTRATOR, Role.CUSTODIAN)
STAFF = (Role.ANALYST, Role.REVIEWER, Role.MANAGER)
EVERYBODY = ("anonymous", *Role)
COMBINATIONS = list(itertools.product(State, Sensitivity))

# The rule, by hand: at which states and levels each sees what somebody else entered.
SEEN = {
    **{who: {(State.PUBLISHED, PUBLIC)} for who in OUTSIDE},
    Role.RESEARCHER: {(State.PUBLISHED, PUBLIC), (State.PUBLISHED, REGISTERED)},
    **{role: set(itertools.product(State, (PUBLIC, REGISTERED, INTERNAL))) for role in STAFF},
}
PART_LEVELS = {
    **{who: {PUBLIC} for who in OUTSIDE},
    Role.RESEARCHER: {PUBLIC, REGISTERED},
    **{role: {PUBLIC, REGISTERED, INTERNAL} for role in STAFF},
}


def put(record: Record, state: str, level: str) -> None:
    """Put a record into a state and a level past review, which other tests hold to its rules."""
    table = record._meta.get_field("state").model
    with pgtrigger.ignore(f"{table._meta.label}:moves_by_decision"):
        table._base_manager.filter(pk=record.pk).update(state=state, sensitivity=level)


@pytest.fixture
def author(db) -> User:
    return factories.make_user()


@pytest.fixture
def grid(author) -> dict[int, tuple[str, str]]:
    """An incident in each state at each level."""
    found = {}
    for state, level in COMBINATIONS:
        incident = factories.make_incident(author)
        put(incident, state, level)
        found[incident.pk] = (state, level)
    return found


def seen(user: object, grid: dict[int, tuple[str, str]]) -> set[tuple[str, str]]:
    return {grid[pk] for pk in Incident.objects.visible_to(user).filter(pk__in=grid).values_list("pk", flat=True)}


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_role_sees_exactly_its_states_and_levels(who, people, grid):
    assert seen(people[who], grid) == SEEN[who]


@pytest.mark.parametrize("who", STAFF)
def test_who_entered_a_restricted_record_goes_on_seeing_it(who, people, grid):
    with pgtrigger.ignore("cases.Incident:stays_as_approved"):
        Incident.objects.filter(pk__in=grid).update(created_by=people[who])
    assert seen(people[who], grid) == SEEN[who] | {(state, RESTRICTED) for state in State}


@pytest.mark.parametrize("who", [*OUTSIDE[1:], Role.RESEARCHER])
def test_having_entered_a_record_opens_nothing_to_who_is_no_longer_on_the_staff(who, people, grid):
    with pgtrigger.ignore("cases.Incident:stays_as_approved"):
        Incident.objects.filter(pk__in=grid).update(created_by=people[who], edited_by=people[who])
    assert seen(people[who], grid) == SEEN[who]


@pytest.mark.parametrize("role", Role)
def test_a_switched_off_account_sees_what_anybody_sees(role, people, grid):
    with pgtrigger.ignore("cases.Incident:stays_as_approved"):
        Incident.objects.filter(pk__in=grid).update(created_by=people[role])
    people[role].is_active = False
    assert seen(people[role], grid) == SEEN["anonymous"]
    assert clearance(people[role]) == PUBLIC
    assert not people[role].is_staff


def test_no_account_is_above_the_rules(people):
    assert not any(getattr(person, "is_superuser", False) for person in people.values())
    with pytest.raises((TypeError, ValueError)):
        factories.make_user(username="root", is_superuser=True).refresh_from_db()


def test_the_account_that_createsuperuser_makes_reads_no_content(grid):
    boss = User.objects.create_superuser("boss", "a long pass phrase 1")
    assert seen(boss, grid) == SEEN["anonymous"]
    assert boss.role == Role.ADMINISTRATOR


@pytest.mark.parametrize("who", EVERYBODY)
def test_clearance_and_inside_follow_from_the_role(who, people):
    user = people[who]
    expected = INTERNAL if who in STAFF else REGISTERED if who == Role.RESEARCHER else PUBLIC
    assert clearance(user) == expected == Reader(user).clearance
    assert is_staff_reader(user) == Reader(user).inside == (who in STAFF)


def test_levels_run_from_the_world_to_two_custodians():
    assert [level.rank for level in Sensitivity] == [0, 1, 2, 3, 4]


# ── grants ──


def grant(user: User, record: object, by: User, until: dt.date | None = None) -> Grant:
    until = until or dt.date.today()
    return Grant.objects.create(user=user, uid=record.uid, reason="Needs it.", until=until, granted_by=by)


@pytest.mark.parametrize("who", EVERYBODY[1:])
def test_a_grant_opens_one_restricted_record_to_one_person_of_the_staff(who, people, grid, author):
    for pk in grid:
        grant(people[who], Incident.objects.get(pk=pk), author)
    extra = {(state, RESTRICTED) for state in State} if who in STAFF else set()
    assert seen(people[who], grid) == SEEN[who] | extra


def test_a_grant_opens_nothing_else_and_to_nobody_else(people, author):
    one, other = (factories.make_incident(author, sensitivity=RESTRICTED) for _ in range(2))
    grant(people["analyst"], one, author)
    assert set(Incident.objects.visible_to(people["analyst"]).filter(pk__in=[one.pk, other.pk])) == {one}
    assert not Incident.objects.visible_to(people["reviewer"]).filter(pk__in=[one.pk, other.pk]).exists()


@pytest.mark.parametrize(("days", "open_"), [(-1, False), (0, True), (1, True)])
def test_a_grant_ends_after_its_last_day(days, open_, people, author):
    incident = factories.make_incident(author, sensitivity=RESTRICTED)
    grant(people["analyst"], incident, author, until=dt.date.today() + dt.timedelta(days=days))
    assert Incident.objects.visible_to(people["analyst"]).filter(pk=incident.pk).exists() is open_


def test_a_grant_on_a_statement_opens_it_whichever_kind_is_asked_for(people, author):
    estimate = factories.make_estimate(author, sensitivity=RESTRICTED)
    grant(people["analyst"], estimate, author)
    for model in (Statement, Estimate):
        assert model.objects.visible_to(people["analyst"]).filter(pk=estimate.pk).exists(), model


@pytest.mark.parametrize("typed", ["", "INC-00000-000000", "nonsense", "INC'--"])
def test_a_grant_names_a_record_that_there_is(typed, people, author):
    grant = Grant(user=people["analyst"], uid=typed, reason="Needs it.", until=dt.date.today(), granted_by=author)
    with pytest.raises(ValidationError):
        grant.full_clean()


def test_a_grant_takes_a_uid_as_people_type_it(people, author):
    incident = factories.make_incident(author)
    typed = f" {incident.uid.lower().replace('-', '')} "
    grant = Grant(user=people["analyst"], uid=typed, reason="Needs it.", until=dt.date.today(), granted_by=author)
    grant.full_clean()
    assert grant.uid == incident.uid


def test_a_grant_does_not_open_what_the_record_hangs_on(people, author):
    source = factories.make_source(author, sensitivity=RESTRICTED)
    estimate = factories.make_estimate(author, source=source, sensitivity=RESTRICTED)
    grant(people["analyst"], estimate, author)
    assert not Estimate.objects.visible_to(people["analyst"]).filter(pk=estimate.pk).exists()


# ── what a record hangs on ──


@pytest.fixture
def hanging(author) -> dict[int, tuple[str, str]]:
    """Published estimates, each in a source of another state and level."""
    found, facility = {}, factories.make_facility(author)
    put(facility, State.PUBLISHED, PUBLIC)
    for state, level in COMBINATIONS:
        estimate = factories.make_estimate(author, about_facility=facility)
        put(estimate, State.PUBLISHED, PUBLIC)
        put(estimate.source, state, level)
        found[estimate.pk] = (state, level)
    return found


@pytest.fixture
def answers(author) -> dict[int, tuple[str, str]]:
    """Published answers, each to an allegation of another state and level."""
    found, facility, source = {}, factories.make_facility(author), factories.make_source(author)
    for record in (facility, source):
        put(record, State.PUBLISHED, PUBLIC)
    for state, level in COMBINATIONS:
        allegation = factories.make_allegation(author, about_facility=facility, source=source)
        answer = factories.make_response(author, about_statement=allegation, source=source)
        put(answer, State.PUBLISHED, PUBLIC)
        put(allegation, state, level)
        found[answer.pk] = (state, level)
    return found


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_published_statement_is_seen_only_where_its_source_is(who, people, hanging):
    for model in (Estimate, Statement):
        found = model.objects.visible_to(people[who]).filter(pk__in=hanging).values_list("pk", flat=True)
        assert {hanging[pk] for pk in found} == SEEN[who], model


@pytest.mark.parametrize("who", EVERYBODY)
def test_an_answer_is_seen_only_where_what_it_answers_is(who, people, answers):
    found = Response.objects.visible_to(people[who]).filter(pk__in=answers).values_list("pk", flat=True)
    assert {answers[pk] for pk in found} == SEEN[who]


@pytest.mark.parametrize("level", Sensitivity)
def test_a_part_is_seen_at_its_own_level_where_both_its_ends_are(level, people, author):
    incident, facility = factories.make_incident(author), factories.make_facility(author)
    link = IncidentFacility.objects.create(incident=incident, facility=facility, sensitivity=level)
    for record in (incident, facility):
        put(record, State.PUBLISHED, PUBLIC)
    for who in EVERYBODY:
        assert IncidentFacility.objects.visible_to(people[who]).filter(pk=link.pk).exists() is (level in PART_LEVELS[who]), who
    for hidden in (incident, facility):
        put(hidden, State.DRAFT, INTERNAL)
        for who in EVERYBODY:
            expected = who in STAFF and level in PART_LEVELS[who]
            assert IncidentFacility.objects.visible_to(people[who]).filter(pk=link.pk).exists() is expected, who
        put(hidden, State.PUBLISHED, PUBLIC)


def test_an_accusation_of_somebody_hidden_is_hidden_and_one_of_nobody_named_is_not(people, author):
    allegation = factories.make_allegation(author)
    hidden = factories.make_party(author)
    named = Accused.objects.create(allegation=allegation, party=hidden)
    unnamed = Accused.objects.create(allegation=allegation, wording="masked men")
    for record in (allegation, allegation.source, allegation.about_facility):
        put(record, State.PUBLISHED, PUBLIC)
    assert set(Accused.objects.visible_to(people["anonymous"]).filter(allegation=allegation)) == {unnamed}
    assert set(Accused.objects.visible_to(people["analyst"]).filter(allegation=allegation)) == {named, unnamed}


def test_answers_to_answers_are_seen_from_outside_however_deep(people, author):
    statement = factories.make_allegation(author)
    source, facility = statement.source, statement.about_facility
    thread = [statement]
    for _ in range(6):
        thread.append(factories.make_response(author, source=source, about_statement=thread[-1]))
    for record in (source, facility, *thread):
        put(record, State.PUBLISHED, PUBLIC)
    found = set(Statement.objects.visible_to(people["anonymous"]).values_list("pk", flat=True))
    assert all(each.pk in found for each in thread)


def test_hiding_the_root_hides_the_whole_thread(people, author):
    statement = factories.make_allegation(author)
    thread = [statement]
    for _ in range(5):
        thread.append(factories.make_response(author, source=factories.make_source(author), about_statement=thread[-1]))
    for record in (statement.about_facility, *thread, *(each.source for each in thread)):
        put(record, State.PUBLISHED, PUBLIC)
    put(statement.about_facility, State.RETRACTED, PUBLIC)
    assert not Statement.objects.visible_to(people["anonymous"]).filter(pk__in=[each.pk for each in thread]).exists()


def test_a_publisher_is_a_party_that_a_visible_source_makes_one(people, author):
    source, party = factories.make_source(author), factories.make_party(author)
    link = SourcePublisher.objects.create(source=source, party=party)
    put(party, State.PUBLISHED, PUBLIC)
    from sources.models import Publisher

    assert not Publisher.objects.visible_to(people["anonymous"]).filter(pk=party.pk).exists()
    put(source, State.PUBLISHED, PUBLIC)
    assert Publisher.objects.visible_to(people["anonymous"]).filter(pk=party.pk).exists()
    SourcePublisher.objects.filter(pk=link.pk).update(sensitivity=INTERNAL)
    assert not Publisher.objects.visible_to(people["anonymous"]).filter(pk=party.pk).exists()
    assert Publisher.objects.visible_to(people["analyst"]).filter(pk=party.pk).exists()


# ── what the admin's coarse gate says ──

MODELS = [model for model in our_models() if not model._meta.abstract]


def who_may(action: str, model: type, people: dict) -> set[str]:
    permission = f"{model._meta.app_label}.{action}_{model._meta.model_name}"
    return {who for who in EVERYBODY if people[who].has_perm(permission)}


def test_nobody_deletes(people):
    """Records are retracted, merged or erased, accounts switched off; parts are taken away in the form of their record."""
    assert {model._meta.label: who for model in MODELS if (who := who_may("delete", model, people))} == {}


@pytest.mark.parametrize("action", ["view", "add", "change"])
def test_analysts_reviewers_and_managers_enter_records_and_nobody_else(action, people):
    for model in MODELS:
        if issubclass(model, Record | Part):
            assert who_may(action, model, people) == set(STAFF), model


@pytest.mark.parametrize(("permission", "who"), [
    ("hrdocs.view_user", {*STAFF, Role.ADMINISTRATOR}), ("hrdocs.add_user", {Role.ADMINISTRATOR}), ("hrdocs.change_user", {Role.ADMINISTRATOR}),
    ("hrdocs.change_team", {Role.ADMINISTRATOR}), ("hrdocs.add_grant", {Role.MANAGER}), ("hrdocs.change_grant", {Role.MANAGER}),
    ("hrdocs.view_grant", {Role.MANAGER}), ("hrdocs.view_apitoken", {Role.ADMINISTRATOR}), ("hrdocs.revoke_apitoken", {Role.ADMINISTRATOR}),
    ("hrdocs.add_apitoken", set()), ("hrdocs.change_apitoken", set()), ("hrdocs.add_invitation", {Role.MANAGER, Role.ADMINISTRATOR}),
    ("hrdocs.view_accessrequest", {Role.MANAGER, Role.ADMINISTRATOR}), ("hrdocs.change_accessrequest", {Role.MANAGER, Role.ADMINISTRATOR}), ("hrdocs.change_reviewdecision", set()), ("hrdocs.add_reviewdecision", set()),
])  # fmt: skip
def test_accounts_are_the_administrators_and_grants_the_managers(permission, who, people):
    assert {role for role in EVERYBODY if people[role].has_perm(permission)} == who


def test_an_anonymous_visitor_is_no_staff():
    assert not AnonymousUser().has_perm("cases.view_incident")
    assert clearance(AnonymousUser()) == PUBLIC
