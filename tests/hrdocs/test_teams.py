"""Case teams: who sees what is restricted by working in its team, from which moment, and who says which team it is."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from cases.models import Estimate, Facility, FacilityName, Incident, IncidentFacility
from hrdocs import changes, matching, merging, restoring, review, teams
from hrdocs.access import Role, Sensitivity, State
from hrdocs.audit import acting_as
from hrdocs.history import History
from hrdocs.models import Redirect, Team, User
from sources.models import Capture, CustodyEvent
from tests import factories
from tests.hrdocs.forms import fill, signed_in
from tests.hrdocs.test_access import COMBINATIONS, EVERYBODY, RESTRICTED, SEEN, STAFF, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return Team.objects.create(name="Detention")


@pytest.fixture
def author() -> User:
    return factories.make_user()


def sees(user: Any, row: Any) -> bool:
    return type(row).objects.visible_to(user).filter(pk=row.pk).exists()


def join(user: Any, team: Team) -> None:
    user.teams.add(team)


# ── who sees what ──


@pytest.mark.parametrize(("who", "member", "of_hers"), [*itertools.product(EVERYBODY, (True, False), (True, False))])
def test_a_team_opens_restricted_records_of_its_own_to_its_members_on_the_staff_and_nothing_else(
    who, member, of_hers, people, author, team
):
    if member and who != "anonymous":
        join(people[who], team)
    given = team if of_hers else Team.objects.create(name="Another")
    grid = {}
    for state, level in COMBINATIONS:
        incident = factories.make_incident(author, team=given)
        put(incident, state, level)
        grid[incident.pk] = (state, level)
    seen = {grid[pk] for pk in Incident.objects.visible_to(people[who]).filter(pk__in=grid).values_list("pk", flat=True)}
    extra = {(state, RESTRICTED) for state in State} if member and of_hers and who in STAFF else set()
    assert seen == SEEN[who] | extra


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("level", Sensitivity)
def test_a_restricted_part_is_open_to_the_team_of_its_record(level, who, people, author, team):
    incident, facility = factories.make_incident(author, team=team), factories.make_facility(author)
    link = IncidentFacility.objects.create(incident=incident, facility=facility, sensitivity=level)
    before = sees(people[who], link)
    if who != "anonymous":
        join(people[who], team)
    assert sees(people[who], link) is (before or (level == RESTRICTED and who in STAFF))
    assert not (level == RESTRICTED and before)


def test_joining_and_leaving_act_on_the_next_request(author, team, analyst):
    incident = factories.make_incident(author, team=team, sensitivity=RESTRICTED)
    client = signed_in(analyst)
    address = f"/api/v1/incidents/{incident.uid}/"
    assert client.get(address).status_code == 404
    join(analyst, team)
    assert client.get(address).status_code == 200
    analyst.teams.remove(team)
    assert client.get(address).status_code == 404


def test_a_switched_off_member_sees_what_anybody_sees(author, team, analyst):
    incident = factories.make_incident(author, team=team, sensitivity=RESTRICTED)
    join(analyst, team)
    analyst.is_active = False
    assert not sees(analyst, incident)


def test_each_restricted_record_on_the_way_must_be_open(author, team, analyst):
    other = Team.objects.create(name="Another")
    source = factories.make_source(author, team=other, sensitivity=RESTRICTED)
    estimate = factories.make_estimate(author, source=source, team=team, sensitivity=RESTRICTED)
    join(analyst, team)
    assert not sees(analyst, estimate)
    join(analyst, other)
    assert sees(analyst, estimate)
    assert Estimate.objects.get(pk=estimate.pk).locks == [
        f"{estimate.uid}@{author.pk}@{team.pk}", f"{source.uid}@{author.pk}@{other.pk}"]  # fmt: skip


# ── the record's team changes ──


def give(record: Any, team: Team | None, by: User) -> None:
    record = type(record)._base_manager.get(pk=record.pk)
    record.team = team
    record.save_by(by)


def test_all_that_hangs_on_a_record_follows_it_into_another_team(author, team, analyst):
    join(author, team)
    join(analyst, team)
    source = factories.make_source(author, sensitivity=RESTRICTED)
    estimate = factories.make_estimate(author, source=source)
    assert not sees(analyst, estimate)
    give(source, team, author)
    assert sees(analyst, estimate)
    give(source, None, author)
    assert not sees(analyst, estimate)


def test_restricted_parts_follow_an_internal_record_and_so_do_their_own_parts(author, team, analyst):
    join(author, team)
    join(analyst, team)
    facility, source = factories.make_facility(author), factories.make_source(author)
    name = FacilityName.objects.create(facility=facility, text="Sednaya", sensitivity=RESTRICTED)
    capture = Capture.objects.create(source=source, sha256="a" * 64, media_type="text/html", size=1, taken_by=author)
    custody = CustodyEvent.objects.create(capture=capture, by=author, sensitivity=RESTRICTED)
    for record, row in ((facility, name), (source, custody)):
        assert not sees(analyst, row)
        give(record, team, author)
        assert sees(analyst, row), row
        give(record, None, author)
        assert not sees(analyst, row), row


# ── who chooses ──


@pytest.mark.parametrize("who", STAFF)
@pytest.mark.parametrize("own", [True, False])
def test_an_author_chooses_among_her_teams_and_a_manager_among_all(own, who, people, team):
    user, other, kept = people[who], Team.objects.create(name="Another"), Team.objects.create(name="Kept")
    join(user, team)
    record = factories.make_facility(user if own else factories.make_user(), team=kept)
    everything = {team, other, kept}
    expected = everything if who == Role.MANAGER else {team, kept} if own else {kept}
    assert set(teams.offered(user, record)) == expected
    assert teams.may_choose(user, record) is (own or who == Role.MANAGER)
    for chosen in everything - {kept}:
        allowed = chosen in expected
        try:
            with transaction.atomic():
                give(record, chosen, user)
        except IntegrityError as error:
            assert not allowed
            assert "chosen by who entered it" in str(error) or "Choose a team that you work in" in str(error)
        else:
            assert allowed
            with transaction.atomic():
                give(record, kept, people["manager"])


def test_nobody_opens_a_restricted_name_to_herself_by_taking_its_record_into_her_team(author, team, analyst):
    join(analyst, team)
    facility = factories.make_facility(author)
    name = FacilityName.objects.create(facility=facility, text="Sednaya", sensitivity=RESTRICTED)
    with pytest.raises(IntegrityError, match="chosen by who entered it"), transaction.atomic():
        give(facility, team, analyst)
    fill(signed_in(analyst), f"/admin/cases/facility/{facility.pk}/change/", team=team.pk, name_en="Saydnaya 2")
    facility.refresh_from_db()
    assert facility.name_en == "Saydnaya 2"
    assert facility.team is None
    assert not sees(analyst, name)


def test_the_form_gives_a_record_to_a_team_of_its_author(author, team):
    other = Team.objects.create(name="Another")
    join(author, team)
    facility = factories.make_facility(author)
    client, address = signed_in(author), f"/admin/cases/facility/{facility.pk}/change/"
    assert fill(client, address, team=other.pk).status_code == 200, "refused"
    assert Facility.objects.get(pk=facility.pk).team is None
    assert fill(client, address, team=team.pk).status_code == 302
    assert Facility.objects.get(pk=facility.pk).team == team


def test_an_earlier_version_comes_back_in_the_team_of_today(author, team, analyst):
    join(author, team)
    with acting_as(author, "Entered."):
        facility = factories.make_facility(author, team=team)
    with acting_as(author, "Alone from now on."):
        give(facility, None, author)
    record = Facility.objects.get(pk=facility.pk)
    record.name_en = "Another name"
    with acting_as(author, "Renamed."):
        record.save_by(author)
    history = History(record, analyst)
    restoring.restore(record, 1, by=analyst, reason="Was right.", seen_version=record.version, seen_acts=len(history.acts))
    record.refresh_from_db()
    assert record.name_en == "Saydnaya Military Prison"
    assert record.team is None


def test_the_team_of_what_is_approved_changes_by_proposal(author, team, analyst, reviewer):
    join(author, team)
    join(analyst, team)
    facility = factories.make_facility(author, sensitivity=RESTRICTED)
    join(reviewer, team)
    give(facility, team, author)
    facility = Facility.objects.get(pk=facility.pk)
    review.submit(facility, by=author)
    review.approve(facility, by=reviewer)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        give(facility, None, author)
    before = changes.snapshot(facility, author)
    with changes.trying(facility):
        give(facility, None, author)
        after = changes.snapshot(facility, author)
    change = changes.propose(Facility.objects.get(pk=facility.pk), before, after, by=author, reason="Done there.")
    changes.apply(change, by=reviewer)
    assert not sees(analyst, facility)


# ── merged, and lists ──


def test_an_old_uid_leads_on_members_of_the_team_that_the_old_record_had(author, team, analyst, people):
    manager = people["manager"]
    join(manager, team)
    join(analyst, team)
    kept, gone = (factories.make_facility(author, team=team, sensitivity=RESTRICTED) for _ in range(2))
    matching.judge(kept, gone, "same", by=author, reason="One prison.")
    merging.merge(kept, gone, {}, by=manager, reason="One prison.")
    for user, status in ((analyst, 301), (factories.make_user(), 404)):
        assert signed_in(user).get(f"/api/v1/facilities/{gone.uid}/").status_code == status
    assert Redirect.objects.get(old_uid=gone.uid).locks == [f"{gone.uid}@{author.pk}@{team.pk}"]


def test_lists_are_asked_by_team_and_tell_only_what_the_asker_sees(author, team, analyst):
    hidden = factories.make_facility(author, team=team, sensitivity=RESTRICTED)
    shown = factories.make_facility(author, team=team)
    factories.make_facility(author)
    client = signed_in(analyst)

    def found() -> tuple[set[str], set[str]]:
        asked = client.get("/api/v1/facilities/?team=Detention").json()["results"]
        page = client.get(f"/admin/cases/facility/?team={team.pk}").content.decode()
        return {row["uid"] for row in asked}, {each.uid for each in (hidden, shown) if f"/facility/{each.pk}/" in page}

    assert found() == ({shown.uid}, {shown.uid})
    join(analyst, team)
    assert found() == ({shown.uid, hidden.uid}, {shown.uid, hidden.uid})
    assert client.get("/api/v1/facilities/?team=Nobody").json()["results"] == []


@pytest.mark.parametrize("asked", ["team__members__email__contains=a", "team__note__contains=a", "team__name=x"])
def test_the_filter_by_team_asks_for_nothing_behind_it(asked, analyst):
    assert signed_in(analyst).get(f"/admin/cases/facility/?{asked}").status_code in (302, 400)


@pytest.mark.parametrize(("who", "expected"), [("anonymous", 400), (Role.RESEARCHER, 400), *((who, 200) for who in STAFF)])
def test_only_staff_ask_by_team(who, expected, people, team):
    client = Client() if who == "anonymous" else signed_in(people[who])
    assert client.get("/api/v1/incidents/?team=Detention").status_code == expected


def test_a_team_s_page_names_its_members_and_no_record(author, team, analyst, people):
    hidden = factories.make_facility(author, team=team, sensitivity=RESTRICTED)
    join(author, team)
    page = signed_in(analyst).get(f"/admin/hrdocs/team/{team.pk}/change/").content.decode()
    assert str(author) in page
    assert str(people["reviewer"]) not in page
    assert hidden.uid not in page


def test_an_unsaved_lock_is_asked_in_one_way_by_the_database(author, team, analyst):
    """The text of a lock with and without a team, and a team of the same number as somebody's account."""
    join(analyst, team)
    with connection.cursor() as cursor:
        for lock, opens in ((f"X@{author.pk}@{team.pk}", True), (f"X@{author.pk}@{team.pk}1", False), (f"X@{author.pk}", False),
                            (f"X@{analyst.pk}", True), (f"X@{author.pk}@{analyst.pk}", analyst.pk == team.pk)):  # fmt: skip
            cursor.execute("SELECT public.hrdocs_opens(ARRAY[%s], %s)", [lock, analyst.pk])
            assert cursor.fetchone() == (opens,), lock
