"""Filters that ask one list by another, by points, by command and by time."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from cases.models import Accused, Affiliation, CaseIncident, IncidentFacility, Operation
from cases.models import Case as Dossier
from hrdocs.models import User
from sources.models import SourcePublisher
from tests import factories
from tests.api.asking import as_user, filtered_uids, get, of, rows, uids

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@pytest.fixture
def inside(client: Client, analyst: User) -> Client:
    return as_user(client, analyst)


# ── by what is said of them ──


@pytest.mark.parametrize(("name", "value", "other"), [
    ("source", "uid of its source", "uid of another"), ("publisher", "uid of its publisher", "uid of another"),
    ("publisher_kind", "ngo", "court"), ("reliability", "B", "E"), ("credibility", "2", "5"), ("bases", "testimony", "imagery"),
    ("standard_of_proof", "reasonable_grounds", "balance_of_probabilities"), ("perpetrator", "uid of the accused", "uid of another"),
    ("perpetrator_with_subordinates", "uid of the accused", "uid of another"), ("mode", "ordered", "armed"), ("drift", "none", "any"), ("origins", "1", "2"),
])  # fmt: skip
@pytest.mark.parametrize("path", ["incidents", "facilities", "places", "victims", "harms"])
def test_what_is_told_of_a_thing_finds_it(path: str, name: str, value: str, other: str, analyst: User) -> None:
    maker = {"incidents": factories.make_incident, "facilities": factories.make_facility, "places": factories.make_place,
             "victims": factories.make_victim, "harms": factories.make_harm}[path]  # fmt: skip
    thing, quiet = maker(analyst), maker(analyst)
    about = {f"about_{type(thing).__name__.lower()}": thing}
    accused, ngo, elsewhere = (factories.make_party(analyst, kind=kind) for kind in ("state_organ", "ngo", "media"))
    source = factories.make_source(analyst, reliability="B", rated_by=analyst)
    SourcePublisher.objects.create(source=source, party=ngo)
    told = factories.make_allegation(analyst, source=source, bases=["testimony"], credibility="2", rated_by=analyst,
                                     standard_of_proof="reasonable_grounds", **about)  # fmt: skip
    if name == "drift":
        earlier = factories.make_allegation(analyst, **about)
        hop = factories.make_hand_on(told, earlier)
        type(hop).objects.filter(pk=hop.pk).update(drift=[])
    Accused.objects.create(allegation=told, party=accused, modes=["ordered"])
    known = {"uid of its source": source.uid, "uid of its publisher": ngo.uid, "uid of the accused": accused.uid}
    wrong = factories.make_source(analyst).uid if name == "source" else elsewhere.uid
    assert filtered_uids(path, analyst, **{name: known.get(value, value)}) >= {thing.uid}
    assert quiet.uid not in filtered_uids(path, analyst, **{name: known.get(value, value)})
    assert thing.uid not in filtered_uids(path, analyst, **{name: wrong if other.startswith("uid") else other})


def test_filters_side_by_side_may_speak_of_two_statements_and_those_of_a_list_of_one(analyst: User) -> None:
    incident = factories.make_incident(analyst)
    good, bad = (factories.make_source(analyst, reliability=grade, rated_by=analyst) for grade in "AF")
    factories.make_estimate(analyst, source=good, about_incident=incident, lower=10, upper=20)
    factories.make_estimate(analyst, source=bad, about_incident=incident, lower=500, upper=None)
    assert incident.uid in filtered_uids("incidents", analyst, reliability="A", estimates="could_exceed=100")
    assert incident.uid not in filtered_uids("incidents", analyst, estimates="reliability=A&could_exceed=100")
    assert incident.uid in filtered_uids("incidents", analyst, estimates="reliability=F&could_exceed=100")


def test_a_list_within_a_list_is_refused_where_it_makes_no_sense(inside: Client) -> None:
    for asked, said in [("colour=red", "colour"), ("", ""), ("facets=kind", "“facets” is no filter and can't stand in here: write it beside “estimates”"), ("lower__gte=many", "lower__gte"),
                        ("incidents=facilities=cases=q=x", "facilities")]:  # fmt: skip
        answer = inside.get("/api/v1/incidents/", {"estimates": asked})
        assert answer.status_code == (400 if asked else 200), asked
        assert said in answer.content.decode()
    deep = get(inside, "incidents", expect=400, statements="incidents=statements=kind=estimate")
    assert "one within the other" in str(deep["errors"])


def test_a_hidden_statement_finds_nothing_that_it_is_about(analyst: User, reviewer: User) -> None:
    incident, source = factories.make_incident(analyst), factories.make_source(analyst, reliability="A", rated_by=analyst)
    allegation = factories.make_allegation(analyst, source=source, about_incident=incident)
    factories.publish(incident, source, by=reviewer)
    for asked in ({"source": source.uid}, {"reliability": "A"}, {"statements": "kind=allegation"}):
        assert incident.uid not in filtered_uids("incidents", NOBODY, **asked)
        assert incident.uid in filtered_uids("incidents", analyst, **asked)
    factories.publish(allegation, by=reviewer)
    assert incident.uid in filtered_uids("incidents", NOBODY, source=source.uid)


def test_a_column_for_those_inside_is_no_filter_within_a_list_either(client: Client) -> None:
    hidden = get(client, "harms", expect=400, victims="occupation=teacher")
    never = get(client, "harms", expect=400, victims="nosuchthing=teacher")
    assert str(hidden).replace("occupation", "nosuchthing") == str(never)


def test_a_case_is_found_by_what_it_gathers_and_the_other_way_round(analyst: User) -> None:
    dossier, incident = Dossier(title_en="Harasta").save_by(analyst), factories.make_incident(analyst, title_en="Raid on Jobar")
    gathered = CaseIncident.objects.create(case=dossier, incident=incident)
    assert filtered_uids("cases", analyst, incident=incident.uid) == {dossier.uid}
    assert filtered_uids("cases", analyst, incidents="q=Jobar") == {dossier.uid}
    assert filtered_uids("cases", analyst, incidents="q=Zabadani") == set()
    assert filtered_uids("incidents", analyst, case=dossier.uid) == {incident.uid}
    CaseIncident.objects.filter(pk=gathered.pk).update(sensitivity="internal")
    assert filtered_uids("cases", NOBODY, incident=incident.uid) == set()


def test_harms_and_victims_are_found_by_where_and_what(analyst: User) -> None:
    prison = factories.make_facility(analyst)
    cell = factories.make_facility(analyst, parent=prison)
    incident = factories.make_incident(analyst)
    IncidentFacility.objects.create(incident=incident, facility=cell)
    held, struck, elsewhere = (factories.make_harm(analyst, **given) for given in ({"held_at": cell}, {"incident": incident}, {}))
    assert filtered_uids("harms", analyst, at=prison.uid) == of([held, struck])
    assert filtered_uids("victims", analyst, at=prison.uid) == {held.victim.uid, struck.victim.uid}
    assert elsewhere.victim.uid in filtered_uids("victims", analyst, act="killed")
    assert filtered_uids("victims", analyst, incident=incident.uid) == {struck.victim.uid}
    assert filtered_uids("incidents", analyst, victims="label_en=teacher") == {incident.uid}
    assert filtered_uids("incidents", analyst, harms="act=killed") == {incident.uid}


def test_statements_are_asked_by_country_and_place_of_what_they_are_about(founding_case: None, client: Client) -> None:
    syria = next(row for row in rows(client, "places", level="country") if row["name_en"] == "Syria")
    at_all = uids(client, "estimates", country="SY")
    assert at_all and at_all <= uids(client, "estimates", place=syria["uid"])
    assert uids(client, "estimates", country="RU") == set()
    points = {row["uid"] for row in rows(client, "estimates") if row["point"]}
    assert uids(client, "estimates", bbox="-180,-90,180,90") == points


# ── near ──


def apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points (longitude, latitude), by the haversine."""
    (east, north), (east2, north2) = (map(radians, point) for point in (one, other))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * 6371.0088 * asin(min(1, sqrt(half)))


POINTS = [
    (36.33, 33.67),
    (36.3, 33.5),
    (35.9, 33.8),
    (37.1, 36.2),
    (179.9, 10.0),
    (-179.9, 10.0),
    (0.0, 89.9),
    (180.0, 89.9),
    (0.0, -90.0),
]
CENTRES = [(36.33, 33.67), (180.0, 10.0), (90.0, 90.0), (-120.5, 5.25), (10.0, -89.5)]


@pytest.mark.parametrize("centre", CENTRES)
@pytest.mark.parametrize("far", [0.1, 20, 45, 400, 9000, 20016])
def test_near_finds_exactly_what_is_no_farther(centre: tuple[float, float], far: float, analyst: User, alone: None) -> None:
    places = {point: factories.make_place(analyst, longitude=point[0], latitude=point[1], precision="exact") for point in POINTS}
    factories.make_place(analyst)  # nowhere
    asked = f"{centre[0]},{centre[1]},{far}"
    wanted = {place.uid for point, place in places.items() if apart(centre, point) <= far}
    assert filtered_uids("places", analyst, near=asked) == wanted


@pytest.mark.parametrize(
    "bad", ["", "1,2", "1,2,3,4", "x,2,3", "181,0,1", "0,91,1", "0,0,0", "0,0,-1", "0,0,30000", "nan,0,1", "0,0,inf"]
)
@pytest.mark.parametrize("path", ["incidents", "places", "facilities", "estimates"])
def test_what_is_no_point_with_a_distance_is_refused_with_an_example(bad: str, path: str, client: Client) -> None:
    answer = client.get(f"/api/v1/{path}/", {"near": bad})
    assert answer.status_code == (400 if bad else 200)
    assert not bad or "36.33,33.67,10" in answer.json()["errors"]["near"][0]


def test_near_asks_the_point_that_is_shown(analyst: User, reviewer: User) -> None:
    place = factories.make_place(analyst, longitude=36.3333, latitude=33.6666, precision="exact", level="site")
    facility = factories.make_facility(analyst, place=place, place_shown="district")
    factories.publish(place, facility, by=reviewer)
    assert facility.uid in filtered_uids("facilities", analyst, near="36.3333,33.6666,0.5")
    assert facility.uid not in filtered_uids("facilities", NOBODY, near="36.3333,33.6666,0.5")
    assert facility.uid in filtered_uids("facilities", NOBODY, near="36.25,33.75,0.5")  # the middle of its cell


# ── command ──


def affiliation(by: User, party: Any, to_party: Any, kind: str = "subordinate_to", **given: Any) -> Affiliation:
    return Affiliation(party=party, to_party=to_party, kind=kind, **given).save_by(by)


def accusing(by: User, party: Any, **given: Any) -> str:
    allegation = factories.make_allegation(by, **given)
    Accused.objects.create(allegation=allegation, party=party, modes=["ordered"])
    return allegation.uid


def test_subordinates_are_those_of_the_time_that_the_allegation_speaks_of(analyst: User) -> None:
    army, division, brigade, general, office = (factories.make_party(analyst) for _ in range(5))
    affiliation(analyst, division, army, start="2011", end="2014")
    affiliation(analyst, brigade, division, kind="part_of", start="2013", end="2016")
    affiliation(analyst, general, army, kind="commands", start="2012", end="2012")
    affiliation(analyst, office, army, tie="administrative")
    own = accusing(analyst, army, period="1990")
    then, later = accusing(analyst, division, period="2012"), accusing(analyst, division, period="2015")
    deep, too_late = accusing(analyst, brigade, period="2013-05"), accusing(analyst, brigade, period="2015")
    undated, paper = accusing(analyst, brigade), accusing(analyst, office, period="2012")
    assert filtered_uids("allegations", analyst, perpetrator=army.uid) == {own}
    assert filtered_uids("allegations", analyst, perpetrator_with_subordinates=army.uid) == {own, then, deep, undated}
    assert filtered_uids("allegations", analyst, perpetrator_with_subordinates=division.uid) == {
        then,
        later,
        deep,
        too_late,
        undated,
    }
    assert filtered_uids("allegations", analyst, perpetrator_with_subordinates=general.uid) >= {then}
    assert deep not in filtered_uids("allegations", analyst, perpetrator_with_subordinates=general.uid)
    assert paper not in filtered_uids("allegations", analyst, perpetrator_with_subordinates=army.uid)


def test_a_president_who_is_his_own_superior_ends_the_walk(analyst: User) -> None:
    president, council, guard = (factories.make_party(analyst) for _ in range(3))
    affiliation(analyst, president, council)
    affiliation(analyst, council, president)
    affiliation(analyst, guard, council)
    against = accusing(analyst, guard)
    assert filtered_uids("allegations", analyst, perpetrator_with_subordinates=president.uid) == {against}


def test_a_hidden_affiliation_puts_nobody_under_command(analyst: User, reviewer: User) -> None:
    army, division = factories.make_party(analyst), factories.make_party(analyst)
    tie = affiliation(analyst, division, army)
    allegation = factories.make_allegation(analyst)
    Accused.objects.create(allegation=allegation, party=division, modes=["ordered"])
    factories.publish(army, division, allegation.source, allegation.about_facility, allegation, by=reviewer)
    asked = {"perpetrator_with_subordinates": army.uid}
    assert filtered_uids("allegations", NOBODY, **asked) == set()
    factories.publish(tie, by=reviewer)
    assert filtered_uids("allegations", NOBODY, **asked) == {allegation.uid}
    assert filtered_uids("facilities", NOBODY, **asked) == {allegation.about_facility.uid}


# ── time ──


@pytest.mark.parametrize(("asked", "found"), [
    ("2012", {"2011 2013", " 2013", "2011 ", "  "}), ("2013", {"2011 2013", " 2013", "2011 ", "  "}),
    ("2014", {"2011 ", "  "}), ("1990", {" 2013", "  "}), ("../2010", {" 2013", "  "}), ("2011", {"2011 2013", " 2013", "2011 ", "  "}),
])  # fmt: skip
def test_what_lasts_is_found_on_every_day_on_which_it_can_have_held(asked: str, found: set[str], analyst: User) -> None:
    party, facility = factories.make_party(analyst), factories.make_facility(analyst)
    made = {}
    for start, end in (("2011", "2013"), ("", "2013"), ("2011", ""), ("", "")):
        made[f"{start} {end}" if start or end else "  "] = Operation(
            party=party, facility=facility, start=start, end=end
        ).save_by(analyst)
    wanted = {made[key].uid for key in found}
    assert filtered_uids("operations", analyst, during=asked, facility=facility.uid) == wanted


@pytest.mark.parametrize("path", ["incidents", "sources", "parties", "estimates", "operations"])
def test_updated_since_finds_what_changed_then_or_later(path: str, founding_case: None, client: Client) -> None:
    found = rows(client, path)
    middle = sorted(row["edited_at"] for row in found)[len(found) // 2]
    assert uids(client, path, updated_since=middle) == {row["uid"] for row in found if row["edited_at"] >= middle}
    get(client, path, expect=400, updated_since="yesterday")


def test_names_find_what_has_no_name_of_its_own(founding_case: None, client: Client) -> None:
    by_name = uids(client, "operations", q="صيدنايا")
    assert by_name and by_name == uids(client, "operations", q="Sednaya")
    assert uids(client, "affiliations", q="Military Police")
    assert uids(client, "figures", q="صيدنايا") == {row["uid"] for row in rows(client, "figures") if row["facility"]}
