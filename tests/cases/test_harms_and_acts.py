"""Harms, official acts, places and ties: one thing each, in words, and held by the database."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import (
    Affiliation,
    Concerned,
    Facility,
    Harm,
    Incident,
    IncidentLink,
    OfficialAct,
    Operation,
    Place,
    Victim,
)
from hrdocs.models import User
from tests import factories
from tests.cases.refusals import kept, refused, refused_in_words_and_by_the_database, run_sql, words_against

pytestmark = pytest.mark.django_db


# ── harms ──

HARMED = ("victim", "facility", "place", "object")


def harmed(name: str, by: User) -> Any:
    return "a burnt archive" if name == "object" else getattr(factories, f"make_{name}")(by)


@pytest.mark.parametrize("name", HARMED)
def test_a_harm_is_done_to_one_thing(name: str, analyst: User) -> None:
    thing = harmed(name, analyst)
    harm = Harm(act=factories.make_term("act", "killed"), **{name: thing})
    assert getattr(kept(harm, analyst), name) == thing


@pytest.mark.parametrize("names", [(), ("victim", "facility"), ("victim", "place"), ("victim", "object"), ("facility", "place"),
                                   ("facility", "object"), ("place", "object"), HARMED])  # fmt: skip
def test_a_harm_done_to_nothing_or_to_several_things_is_refused(names: tuple[str, ...], analyst: User) -> None:
    harm = Harm(act=factories.make_term("act", "killed"), **{name: harmed(name, analyst) for name in names})
    refused_in_words_and_by_the_database(harm, analyst, "cases_harm_one_thing", "one thing that was harmed")


def test_a_harm_says_what_was_done(analyst: User) -> None:
    assert words_against(Harm(victim=factories.make_victim(analyst)))


def test_a_harm_that_begins_after_it_ends_is_refused(analyst: User) -> None:
    harm = Harm(act=factories.make_term("act", "killed"), victim=factories.make_victim(analyst), date="2015/2011")
    assert "ends before it starts" in words_against(harm)


def test_a_harm_is_published_only_once_it_is_said_how_much_of_its_date_is_shown(analyst: User) -> None:
    harm = factories.make_harm(analyst, date="2013-05-04")
    assert any("date shown" in words for words in harm.blockers("publish"))
    harm.date_shown = "month"
    assert not any("date shown" in words for words in harm.blockers("publish"))


# ── victims ──


def test_the_name_of_a_victim_never_stands_where_logs_and_lists_keep_it(analyst: User) -> None:
    victim = factories.make_victim(analyst, label_en="")
    victim.names.create(text="Zaynab al-Hosni")
    assert "Zaynab" not in str(victim) and str(victim) == victim.uid


def test_a_name_of_a_victim_begins_at_internal(analyst: User) -> None:
    assert factories.make_victim(analyst).names.create(text="Zaynab").sensitivity == "internal"


def test_a_group_is_not_a_part_of_itself(analyst: User) -> None:
    victim = factories.make_victim(analyst)
    with refused("cases_victim_not_part_of_itself"):
        run_sql("UPDATE cases_victim SET part_of_id = id WHERE id = %s", victim.pk)


@pytest.mark.parametrize("kind", ["person", "group"])
def test_only_an_organisation_names_its_organisation(kind: str, analyst: User) -> None:
    party = factories.make_party(analyst)
    victim = Victim(kind=kind, label_en="x", organisation=party)
    refused_in_words_and_by_the_database(victim, analyst, "cases_victim_organisation", "Only a victim of the kind organisation")
    assert kept(Victim(kind="organisation", label_en="x", organisation=party), analyst).organisation == party


# ── official acts ──

CONCERNED = ("party", "victim", "facility")


@pytest.mark.parametrize("name", CONCERNED)
def test_an_act_concerns_one_party_victim_or_facility_in_each_row(name: str, analyst: User) -> None:
    act = OfficialAct(title_en="Inquiry").save_by(analyst)
    row = Concerned(act=act, **{name: getattr(factories, f"make_{name}")(analyst)})
    assert words_against(row) == ""
    row.save()
    assert act.concerned.get() == row


@pytest.mark.parametrize("names", [(), ("party", "victim"), ("victim", "facility"), ("party", "facility"), CONCERNED])
def test_a_row_that_names_nobody_or_several_is_refused(names: tuple[str, ...], analyst: User) -> None:
    act = OfficialAct(title_en="Inquiry").save_by(analyst)
    row = Concerned(act=act, **{name: getattr(factories, f"make_{name}")(analyst) for name in names})
    refused_in_words_and_by_the_database(row, analyst, "cases_concerned_one", "Name one")


def test_one_role_of_one_party_stands_once_and_two_roles_stand_beside_one_another(analyst: User) -> None:
    act, party = OfficialAct(title_en="Judgment").save_by(analyst), factories.make_party(analyst)
    Concerned.objects.create(act=act, party=party, role="defendant")
    with refused("cases_concerned_once"):
        Concerned.objects.create(act=act, party=party, role="defendant", outcome="convicted")
    assert Concerned.objects.create(act=act, party=party, role="respondent").pk


def test_an_act_does_not_follow_itself(analyst: User) -> None:
    act = OfficialAct(title_en="Appeal").save_by(analyst)
    with refused("cases_officialact_not_after_itself"):
        run_sql("UPDATE cases_officialact SET follows_id = id WHERE id = %s", act.pk)


# ── ties ──


def test_a_party_runs_either_a_facility_or_a_place(analyst: User) -> None:
    party, facility, place = factories.make_party(analyst), factories.make_facility(analyst), factories.make_place(analyst)
    assert kept(Operation(party=party, facility=facility), analyst).facility == facility
    assert kept(Operation(party=party, place=place), analyst).place == place
    for where in ({}, {"facility": facility, "place": place}):
        refused_in_words_and_by_the_database(
            Operation(party=party, **where), analyst, "cases_operation_one_thing", "either a facility or a place"
        )


def test_a_party_is_not_tied_to_itself(analyst: User) -> None:
    party = factories.make_party(analyst)
    refused_in_words_and_by_the_database(
        Affiliation(party=party, to_party=party), analyst, "cases_affiliation_two", "can't be tied to itself"
    )


def test_a_circle_of_command_is_kept_since_a_president_is_his_own_superior(analyst: User) -> None:
    a, b = factories.make_party(analyst), factories.make_party(analyst)
    Affiliation(party=a, to_party=b, kind="commands").save_by(analyst)
    assert Affiliation(party=b, to_party=a, kind="commands").save_by(analyst).pk


def test_an_incident_is_not_linked_to_itself(analyst: User) -> None:
    incident = factories.make_incident(analyst)
    refused_in_words_and_by_the_database(
        IncidentLink(incident=incident, other=incident), analyst, "cases_incidentlink_two", "can't be linked to itself"
    )


# ── places and facilities ──


@pytest.mark.parametrize(("given", "constraint", "words"), [
    ({"latitude": 91, "longitude": 36, "precision": "exact"}, "cases_place_on_earth", "Latitude runs from"),
    ({"latitude": -91, "longitude": 36, "precision": "exact"}, "cases_place_on_earth", "Latitude runs from"),
    ({"latitude": 33, "longitude": 181, "precision": "exact"}, "cases_place_on_earth", "longitude from"),
    ({"latitude": 33, "longitude": -181, "precision": "exact"}, "cases_place_on_earth", "longitude from"),
    ({"latitude": 33}, "cases_place_whole_point", "A point has a latitude, a longitude and a precision"),
    ({"longitude": 36}, "cases_place_whole_point", "A point has a latitude"),
    ({"latitude": 33, "longitude": 36}, "cases_place_whole_point", "A point has a latitude"),
    ({"precision": "exact"}, "cases_place_whole_point", "A point has a latitude"),
])  # fmt: skip
def test_a_point_is_whole_and_on_earth(given: dict[str, Any], constraint: str, words: str, analyst: User) -> None:
    refused_in_words_and_by_the_database(Place(name_en="Saydnaya", **given), analyst, constraint, words)


@pytest.mark.parametrize(
    "given", [{"latitude": 0, "longitude": 0}, {"latitude": 90, "longitude": 180}, {"latitude": -90, "longitude": -180}]
)
def test_a_point_at_the_edge_of_the_map_is_kept(given: dict[str, Any], analyst: User) -> None:
    assert kept(Place(name_en="x", precision="exact", **given), analyst).latitude == given["latitude"]


@pytest.mark.parametrize("model", [Place, Facility])
def test_nothing_lies_in_itself(model: type[Place | Facility], analyst: User) -> None:
    record = model(name_en="Saydnaya").save_by(analyst)
    with refused("in_itself"):
        run_sql(f"UPDATE {model._meta.db_table} SET parent_id = id WHERE id = %s", record.pk)


@pytest.mark.parametrize("steps", [2, 3, 5])
def test_parts_that_lie_in_one_another_in_a_circle_are_refused_or_found_once_and_without_end(steps: int, analyst: User) -> None:
    """Three buildings that each claim to stand in the next: asking for the parts of one comes to an end."""
    records = [factories.make_facility(analyst) for _ in range(steps)]
    for inner, outer in zip(records, records[1:] + records[:1], strict=True):
        Facility.objects.filter(pk=inner.pk).update(parent=outer)
    found = Facility.objects.filter(pk=records[0].pk).with_parts(analyst)
    assert sorted(found.values_list("pk", flat=True)) == sorted(record.pk for record in records)


def test_a_facility_of_any_depth_holds_its_parts(analyst: User) -> None:
    outer = whole = factories.make_facility(analyst)
    for _ in range(5):
        outer = factories.make_facility(analyst, parent=outer)
    assert Facility.objects.filter(pk=whole.pk).with_parts(analyst).count() == 6


@pytest.mark.parametrize("offset", ["3", "+3", "03:00", "+03:00:00", "UTC"])
def test_an_offset_from_utc_is_written_in_one_way(offset: str, analyst: User) -> None:
    assert words_against(Incident(title_en="x", utc_offset=offset))
    assert kept(Incident(title_en="x", utc_offset="+03:00"), analyst).utc_offset == "+03:00"


@pytest.mark.parametrize(("field", "words"), [("place", "place shown"), ("date", "date shown")])
def test_an_incident_is_published_only_once_it_is_said_how_much_of_place_and_day_is_shown(
    field: str, words: str, analyst: User
) -> None:
    value = factories.make_place(analyst) if field == "place" else "2013-05-04"
    incident = factories.make_incident(analyst, **{field: value})
    assert any(words in blocker for blocker in incident.blockers("publish"))
    setattr(incident, f"{field}_shown", "country" if field == "place" else "year")
    assert not any(words in blocker for blocker in incident.blockers("publish"))


def test_the_standing_of_a_facility_begins_as_alleged(analyst: User) -> None:
    assert factories.make_facility(analyst).standing == "alleged"
    assert factories.make_harm(analyst).standing == "alleged"
