"""Filters: what they find, what they leave out, and that nobody can ask for what she is not shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.test import Client

from cases.models import Accused, Facility, IncidentFacility, Operation
from hrdocs.models import Term, User
from sources.models import Party, SourcePublisher
from tests import factories
from tests.api.asking import as_user, filtered, filtered_uids, get, of, rows, uids

pytestmark = pytest.mark.django_db
NOTHING_LIKE_IT = "-00000-000000"
NOBODY = AnonymousUser()


@pytest.fixture
def inside(client: Client, analyst: User) -> Client:
    """A client that sees drafts: most filters are tried on records that nobody has published."""
    return as_user(client, analyst)


def party(name: str) -> str:
    return Party.objects.get(name_en__contains=name).uid


def told(client: Client, path: str, **params: Any) -> set[tuple[str, str]]:
    """(first publisher, words) of each statement found."""
    found = rows(client, path, **params)
    return {
        (row["source"]["publishers"][0]["name"].split(" (")[0], row.get("value_text") or row["acts_wording"]) for row in found
    }


# ── uid ──


def test_records_are_asked_for_by_their_uids_in_full_however_they_are_typed(analyst: User) -> None:
    one, two, three = (factories.make_facility(analyst) for _ in range(3))
    assert filtered_uids("facilities", analyst, uid=f"{one.uid.lower().replace('-', '')}, {two.uid},") == {one.uid, two.uid}
    assert filtered_uids("facilities", analyst, uid=factories.make_incident(analyst).uid) == set()
    assert filtered_uids("facilities", analyst, **{"not": f"uid={one.uid}"}) >= {two.uid, three.uid}


@pytest.mark.parametrize(
    ("asked", "words"), [("FAC-", "“FAC-” is no uid."), (",".join(["FAC-7K3M9-QXD4TH"] * 201), "201 uids are too many")]
)
def test_a_part_of_a_uid_and_very_many_of_them_are_refused(asked: str, words: str, analyst: User) -> None:
    with pytest.raises(ValidationError, match=words):
        filtered_uids("facilities", analyst, uid=asked)


# ── facility ──


def test_statements_about_a_facility_are_those_about_its_parts_and_its_incidents_too(analyst: User) -> None:
    prison = factories.make_facility(analyst)
    block = factories.make_facility(analyst, parent=prison)
    cell = factories.make_facility(analyst, parent=block)
    incident, elsewhere = factories.make_incident(analyst), factories.make_incident(analyst)
    IncidentFacility.objects.create(incident=incident, facility=cell)
    found = [
        factories.make_allegation(analyst, **about)
        for about in (
            {"about_facility": prison},
            {"about_facility": block},
            {"about_facility": cell},
            {"about_incident": incident},
        )
    ]
    other = [factories.make_allegation(analyst, **about) for about in ({"about_incident": elsewhere}, {})]
    assert filtered_uids("allegations", analyst, facility=prison.uid) == of(found)
    assert filtered_uids("allegations", analyst, facility=cell.uid) == of(found[2:])
    assert filtered_uids("incidents", analyst, facility=prison.uid) == {incident.uid}
    assert filtered_uids("allegations", analyst, about_facility=prison.uid) == of(found[:1])
    assert not of(other) & of(found)


def test_all_that_is_said_of_the_prison_holds_the_cells_and_the_building(founding_case: None, client: Client) -> None:
    [prison] = [row for row in rows(client, "facilities", q="Saydnaya Military Prison") if row["parent"] is None]
    building = next(part for part in prison["parts"] if "crematorium" in part["name"])
    assert ("U.S. Department of State", "five") in told(client, "estimates", facility=prison["uid"])
    allegations = told(client, "allegations", facility=prison["uid"])
    assert ("Amnesty International", "mass hangings") in allegations
    assert not any("convoy" in words or "east Aleppo" in words for _, words in allegations)
    assert {words for _, words in told(client, "allegations", facility=building["uid"])} == {
        "burning bodies to hide the extent of the killings",
        "from 2013 modified a building within the complex to support a crematorium",
    }


def test_an_incident_that_is_linked_twice_stands_once_in_the_list(inside: Client, analyst: User) -> None:
    facility, incident = factories.make_facility(analyst), factories.make_incident(analyst, title_en="Raid on Harasta")
    for role in ("site", "target"):
        IncidentFacility.objects.create(incident=incident, facility=facility, role=role)
    for code in ("killed", "hanged"):
        incident.violations.add(factories.make_term("act", code))
    assert [row["uid"] for row in rows(inside, "incidents", facility=facility.uid, q="Harasta")] == [incident.uid]
    assert [row["uid"] for row in rows(inside, "incidents", violations="killed,hanged", q="Harasta")] == [incident.uid]


# ── terms ──


def test_an_act_finds_its_narrower_acts_and_not_its_broader_ones(founding_case: None, client: Client) -> None:
    found = told(client, "estimates", categories="killed", measure="rate")
    assert {who for who, _ in found} == {
        "Amnesty International", "U.S. Department of State", "Business Standard", "Dnevnik", "Hespress", "TASS"}  # fmt: skip
    totals = told(client, "estimates", categories="killed", measure="total")
    assert ("Amnesty International", "5,000–13,000") in totals
    assert ("Business Standard", "5,000–11,000") not in totals  # "had died": broader than killed
    assert ("Business Standard", "5,000–11,000") in told(client, "estimates", categories="death", measure="total")
    assert told(client, "estimates", categories="hanged", measure="rate") == {
        ("Amnesty International", "20–50 a week"), ("Dnevnik", "50 a day")}  # fmt: skip


def test_several_terms_are_joined_by_or_and_an_unknown_one_is_refused_by_name(inside: Client, analyst: User) -> None:
    for code in ("t-raid", "t-siege", "t-other"):
        incident = factories.make_incident(analyst, title_en=f"Filter {code}")
        incident.violations.add(factories.make_term("act", code))
    assert {row["title_en"] for row in rows(inside, "incidents", violations="t-raid,t-siege")} == {
        "Filter t-raid",
        "Filter t-siege",
    }
    problem = get(inside, "incidents", expect=400, violations="t-raid,t-raids")
    assert "t-raids" in str(problem["errors"]["violations"])


def test_a_circle_of_terms_does_not_hang_the_filter(inside: Client, analyst: User) -> None:
    one, other = factories.make_term("act", "t-one"), factories.make_term("act", "t-two")
    Term.objects.filter(pk=one.pk).update(parent=other)
    Term.objects.filter(pk=other.pk).update(parent=one)
    incident = factories.make_incident(analyst)
    incident.violations.add(one)
    assert uids(inside, "incidents", violations="t-two") == {incident.uid}


@pytest.mark.parametrize(("path", "code", "found"), [
    ("incidents", "SY", True), ("facilities", "SY", True), ("incidents", "RU", False), ("facilities", "RU", False), ("facilities", "RU,SY", True),
])  # fmt: skip
def test_a_country_finds_what_lies_in_it(path: str, code: str, found: bool, founding_case: None, client: Client) -> None:
    assert bool(rows(client, path, country=code)) is found


@pytest.mark.parametrize("code", ["ZZ", "sy", "Syria"])
def test_what_is_no_country_is_refused(code: str, founding_case: None, client: Client) -> None:
    assert code in str(get(client, "facilities", expect=400, country=code)["errors"])


def test_a_place_finds_all_that_lies_in_it(founding_case: None, client: Client) -> None:
    region, syria, aleppo = (next(row for row in rows(client, "places") if row["name_en"] == name)
                             for name in ("Rif Dimashq", "Syria", "Aleppo Governorate"))  # fmt: skip
    prison = "Saydnaya Military Prison"
    assert prison in {row["name_en"] for row in rows(client, "facilities", place=region["uid"])}
    assert prison in {row["name_en"] for row in rows(client, "facilities", place=syria["uid"])}
    assert rows(client, "facilities", place=aleppo["uid"]) == []
    assert {row["name_en"] for row in rows(client, "places", within=aleppo["uid"])} == {
        "Aleppo Governorate",
        "Aleppo",
        "Eastern Aleppo",
    }


# ── dates ──

DATES = ["2013", "2013-05", "2013-05-12", "2011/2015", "2011-09/2015-12", "2013/..", "../2013", "..", "2012", "2014", "2010/2012",
         "2012-12-31", "2013-01-01", "2013-12-31", "2014-01-01", "2013-06~", "201X", "XXXX", ""]  # fmt: skip
DATES.remove("..")
OVERLAP = {"2013", "2013-05", "2013-05-12", "2011/2015", "2011-09/2015-12", "2013/..", "../2013", "2013-01-01", "2013-12-31",
           "2013-06~", "201X"}  # fmt: skip
WITHIN = {"2013", "2013-05", "2013-05-12", "2013-01-01", "2013-12-31", "2013-06~"}
ASKED = [
    ("date", "2013", OVERLAP),
    ("date__within", "2013", WITHIN),
    ("date", "2013-05-12", OVERLAP - {"2013-01-01", "2013-12-31"}),
    ("date__within", "2013-05-12", {"2013-05-12"}),
    ("date__within", "2011/2015", (OVERLAP | {"2012", "2014", "2012-12-31", "2014-01-01"}) - {"2013/..", "../2013", "201X"}),
    ("date", "../2012", {"2011/2015", "2011-09/2015-12", "../2013", "2012", "2010/2012", "2012-12-31", "201X"}),
    ("date", "2014/..", {"2011/2015", "2011-09/2015-12", "2013/..", "2014", "2014-01-01", "201X"}),
    ("date", "1990", {"../2013"}),
    ("date__within", "1900/2030", set(DATES) - {"2013/..", "../2013", "XXXX", ""}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked", "found"), ASKED, ids=[f"{a[0]}={a[1]}" for a in ASKED])
def test_a_date_finds_what_can_share_a_day_with_it_and_within_what_lies_wholly_inside(
    name: str, asked: str, found: set[str], inside: Client, analyst: User
) -> None:
    for date in DATES:
        factories.make_incident(analyst, title_en="Dated Zamalka", date=date)
    assert {row["date"] for row in rows(inside, "incidents", q="Zamalka", **{name: asked})} == found


def test_the_same_holds_for_the_period_of_a_figure(founding_case: None, client: Client) -> None:
    whole = told(client, "estimates", period="2013", measure="rate")
    assert whole == {("Amnesty International", "20–50 a week")}  # no daily rate says of which time it speaks
    assert told(client, "estimates", period__within="2013") == set()
    assert ("Amnesty International", "5,000–13,000") in told(client, "estimates", period__within="2011-09/2015")
    assert ("Business Standard", "5,000–11,000") not in told(client, "estimates", period__within="2011-09/2015")


# ── numbers ──

VALUES = {
    "up to 50": (None, None, 50), "at least 50": (50, None, None), "50": (None, 50, None), "at least 150": (150, None, None),
    "150": (None, 150, None), "20–50": (20, None, 50), "50–150": (50, None, 150), "100": (None, 100, None), "up to 100": (None, None, 100),
    "dozens": (None, None, None), "0": (None, 0, None), "at least 40, about 60": (40, 60, None), "about 60, up to 120": (None, 60, 120),
}  # fmt: skip
QUESTIONS = [
    ({"could_exceed": 100}, {"at least 50", "at least 150", "150", "50–150", "at least 40, about 60", "about 60, up to 120"}),
    ({"lower__gte": 100}, {"at least 150"}),
    ({"upper__gte": 100}, {"50–150", "up to 100", "about 60, up to 120"}),
    ({"best__gte": 100}, {"150", "100"}),
    ({"could_be_below": 30}, {"up to 50", "20–50", "up to 100", "0", "about 60, up to 120"}),
    ({"lower": 50}, {"at least 50", "50–150"}),
    ({"lower__gte": 40, "upper__lte": 200}, {"50–150"}),
    ({"could_exceed": 10**12}, {"at least 50", "at least 150", "at least 40, about 60"}),
    ({"could_exceed": "99.5", "could_be_below": "100.5"}, {"100", "up to 100", "50–150", "about 60, up to 120", "at least 50",
                                                             "at least 40, about 60"}),
    ({"best": 0}, {"0"}),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "found"), QUESTIONS, ids=[str(q[0]) for q in QUESTIONS])
def test_an_open_bound_stays_open(asked: dict[str, Any], found: set[str], analyst: User) -> None:
    """ "At least 50" leaves more than 100 possible; that its lower bound is 100 or more is another question."""
    facility, source = factories.make_facility(analyst), factories.make_source(analyst)
    for text, (lower, best, upper) in VALUES.items():
        factories.make_estimate(
            analyst, source=source, about_facility=facility, value_text=text, lower=lower, best=best, upper=upper
        )
    left = filtered("estimates", analyst, about_facility=facility.uid, **asked)
    assert set(left.values_list("value_text", flat=True)) == found


def test_could_exceed_is_another_question_than_a_lower_bound_of_so_much(founding_case: None, client: Client) -> None:
    daily = {"measure": "rate", "per_time": "day"}
    assert told(client, "estimates", could_exceed=100, **daily) == {
        ("Business Standard", "at least 50 a day"), ("Hespress", "ما لا يقل عن 50")}  # fmt: skip
    assert told(client, "estimates", lower__gte=100, **daily) == set()


def test_a_family_of_acts_is_found_by_any_of_its_acts_and_by_the_plural_that_people_say(
    founding_case: None, client: Client
) -> None:
    deaths = set(uids(client, "estimates", category_family="deaths"))
    assert deaths == set(uids(client, "estimates", category_family="hanged"))
    hanged = set(uids(client, "estimates", categories="hanged"))
    assert hanged and hanged < deaths
    get(client, "estimates", expect=400, category_family="births")


# ── search ──

SPELLINGS = ["Saydnaya", "Sednaya", "Saidnaya", "Sidnaya", "Sajdnaja", "صيدنايا", "سجن صيدنايا العسكري", "SAYDNAYA", "saydnaya military",
             "Ṣaydnāyā", "صيـدنايا", "صَيْدنايا", "  Saydnaya  ", "سجن صيدنايا"]  # fmt: skip


@pytest.mark.parametrize("typed", SPELLINGS)
def test_any_spelling_in_any_script_finds_the_prison(typed: str, founding_case: None, client: Client) -> None:
    assert "Saydnaya Military Prison" in {row["name_en"] for row in rows(client, "facilities", q=typed)}


@pytest.mark.parametrize(("written", "typed"), [
    ("إدلب", "ادلب"), ("ادلب", "إدلب"), ("آمنة", "امنه"), ("حماة", "حماه"), ("مصطفى", "مصطفي"), ("فرع ٢١٥", "فرع 215"), ("Branch 215", "٢١٥"),
    ("Branch 215", "۲۱۵"), ("Harastā", "harasta"), ("حـــرستا", "حرستا"), ("al-Khatib", "الخطيب"), ("الخطيب", "Al Khatib"),
    ("Qaboun", "القابون"), ("Guantánamo", "guantanamo"),
])  # fmt: skip
def test_letters_that_writers_use_for_one_another_are_one_in_search(
    written: str, typed: str, inside: Client, analyst: User
) -> None:
    facility = factories.make_facility(analyst, name_en=written, name_ar="")
    assert facility.uid in uids(inside, "facilities", q=typed)


@pytest.mark.parametrize("typed", ["Tadmor", "تدمر", "Xaydnaya9", "Tadmor & | !", "Tadmor:*"])
def test_another_word_does_not_find_the_prison(typed: str, founding_case: None, client: Client) -> None:
    assert "Saydnaya Military Prison" not in {row["name_en"] for row in rows(client, "facilities", q=typed)}


@pytest.mark.parametrize("typed", ["---", "%", "_", "ـ", "'", "()", "&|!", "؟"])
def test_a_search_for_nothing_but_signs_does_not_list_everything(typed: str, founding_case: None, client: Client) -> None:
    answer = client.get("/api/v1/facilities/", {"q": typed})
    assert answer.status_code == 400 or answer.json()["results"] == []


def test_wildcards_are_literal_in_texts(inside: Client, analyst: User) -> None:
    for text in ("50% of them", "505 of them"):
        factories.make_incident(analyst, title_en="Jobar", date_wording=text)
    assert {row["date_wording"] for row in rows(inside, "incidents", q="Jobar", date_wording="50%")} == {"50% of them"}
    assert rows(inside, "incidents", q="Jobar", date_wording="5_5") == []


def test_a_hidden_name_finds_nobody_outside(client: Client, analyst: User, reviewer: User) -> None:
    victim = factories.make_victim(analyst, label_en="a teacher from Homs")
    victim.names.create(text="Zaynab Qalthoum")
    factories.publish(victim, by=reviewer)
    assert uids(client, "victims", q="teacher from Homs") >= {victim.uid}
    assert uids(client, "victims", q="Qalthoum") == set()
    assert uids(as_user(client, analyst), "victims", q="Qalthoum") == {victim.uid}


# ── publisher, accused, mode, chains ──


def test_a_publisher_finds_its_sources_and_what_they_say(founding_case: None, client: Client) -> None:
    amnesty = party("Amnesty International")
    sources = rows(client, "sources", publisher=amnesty)
    assert {row["number"] for row in sources} >= {"MDE 24/5415/2017", "MDE 24/4508/2016"}
    assert all("Amnesty International" in {p["name"] for p in row["publishers"]} for row in sources)
    assert told(client, "estimates", publisher=amnesty) == {
        ("Amnesty International", "5,000–13,000"), ("Amnesty International", "20–50 a week"), ("Amnesty International", "17,723"),
        ("Amnesty International", "10,000–20,000")}  # fmt: skip
    carrier = rows(client, "sources", publisher=party("Federal News Radio"))
    assert [row["title"] for row in carrier] == ["Syria rejects Amnesty’s report of mass hangings as ‘untrue’"]


def test_the_accused_and_the_mode_find_allegations(founding_case: None, client: Client) -> None:
    russia = party("Russian Federation")
    assert len(rows(client, "allegations", accused=russia)) == 6
    assert told(client, "allegations", mode="backed") == {
        ("U.S. Department of State", "the atrocities"), ("Business Standard", "the atrocities")}  # fmt: skip
    assert told(client, "allegations", mode="ordered,armed") == {("Amnesty International", "mass hangings")}
    assert rows(client, "allegations", accused=party("Stuart Jones")) == []
    assert {row["name_en"] for row in rows(client, "perpetrators", mode="backed")} == {
        "Russian Federation",
        "Islamic Republic of Iran",
    }
    briefing = next(row["uid"] for row in rows(client, "sources", kind="speech"))
    assert {row["name_en"] for row in rows(client, "perpetrators", accused_by=briefing)} == {
        "Russian Federation", "Islamic Republic of Iran", "Syrian Arab Republic"}  # fmt: skip


def test_chains_are_asked_in_both_directions(founding_case: None, client: Client) -> None:
    [report] = rows(client, "estimates", publisher=party("Amnesty International"), lower=5000)
    assert told(client, "estimates", passes_on=report["uid"]) == {
        ("The Washington Post", "5,000–13,000"), ("U.S. Department of State", "5,000–11,000"),
        ("The Associated Press", "as many as 13,000")}  # fmt: skip
    [dnevnik] = rows(client, "estimates", publisher=party("Dnevnik"), lower=5000)
    assert told(client, "estimates", passed_on_by=dnevnik["uid"]) == {("U.S. Department of State", "5,000–11,000")}


def test_origins_and_what_hands_on_make_up_the_whole(founding_case: None, client: Client) -> None:
    origins, others = uids(client, "estimates", is_origin="true"), uids(client, "estimates", is_origin="false")
    assert not origins & others and len(origins | others) == 33 and len(others) == 13


def test_sources_are_asked_for_what_they_draw_on(founding_case: None, client: Client) -> None:
    report = next(row["uid"] for row in rows(client, "sources", number="MDE 24/5415"))
    found = {row["publishers"][0]["name"] for row in rows(client, "sources", draws_on=report)}
    assert {"U.S. Department of State", "The Washington Post", "The Associated Press (AP)"} <= found


@pytest.mark.parametrize("written", ["lower", "unhyphenated", "spaced"])
def test_a_uid_is_understood_however_it_is_written(written: str, founding_case: None, client: Client) -> None:
    uid = party("Russian Federation")
    typed = {"lower": uid.lower(), "unhyphenated": uid.replace("-", ""), "spaced": uid.replace("-", " ")}[written]
    assert uids(client, "affiliations", party=typed) == uids(client, "affiliations", party=uid)
    assert get(client, f"parties/{typed.replace(' ', '')}")["uid"] == uid


@pytest.mark.parametrize("bad", ["PTY-00000-00000", "PTY-00000-000001", "7", "x" * 200, "PTY-ÜÜÜÜÜ-ÜÜÜÜÜÜ", "%", "null"])
def test_what_is_no_uid_is_refused_with_an_example(bad: str, founding_case: None, client: Client) -> None:
    problem = get(client, "allegations", expect=400, accused=bad)
    assert "A uid looks like" in str(problem["errors"]["accused"])


# ── closed lists, yes and no ──


def test_several_values_of_a_closed_list_are_joined_by_or(inside: Client, analyst: User) -> None:
    for kind in ("court", "crowd", "ngo"):
        factories.make_party(analyst, name_en=f"Kafr {kind}", kind=kind)
    assert {row["kind"] for row in rows(inside, "parties", q="Kafr", kind="court,crowd")} == {"court", "crowd"}
    assert "courts" in str(get(inside, "parties", expect=400, kind="court,courts")["errors"]["kind"])


@pytest.mark.parametrize("asked", ["testimony", "testimony,imagery", "imagery"])
def test_a_list_of_values_is_found_by_any_of_them(asked: str, analyst: User) -> None:
    facility = factories.make_facility(analyst)
    found = [factories.make_citation(analyst, about_facility=facility, bases=bases)
             for bases in (["testimony"], ["testimony", "imagery"], ["imagery", "press"], [])]  # fmt: skip
    wanted = {c.uid for c in found if set(c.bases) & set(asked.split(","))}
    assert filtered_uids("citations", analyst, about_facility=facility.uid, bases=asked) == wanted


@pytest.mark.parametrize(("path", "name"), [("parties", "placeholder"), ("estimates", "is_origin"), ("official-acts", "final")])
@pytest.mark.parametrize("value", ["banana", "1", "yes", "TRUE ", "null"])
def test_a_yes_or_no_that_is_neither_is_refused_and_does_not_list_everything(
    path: str, name: str, value: str, client: Client
) -> None:
    assert name in get(client, path, expect=400, **{name: value})["errors"]


@pytest.mark.parametrize(("value", "found"), [("true", {"Kafr cell"}), ("false", {"Kafr court"})])
def test_yes_and_no_are_asked_in_small_letters(value: str, found: set[str], inside: Client, analyst: User) -> None:
    factories.make_party(analyst, name_en="Kafr cell", placeholder=True)
    factories.make_party(analyst, name_en="Kafr court")
    assert {row["name_en"] for row in rows(inside, "parties", q="Kafr", placeholder=value)} == found


# ── nothing hidden can be asked for ──


def test_a_link_to_a_hidden_record_finds_as_little_as_one_to_nothing(client: Client, analyst: User, reviewer: User) -> None:
    hidden, source = factories.make_facility(analyst), factories.make_source(analyst)
    estimate = factories.make_allegation(analyst, source=source, about_facility=hidden)
    factories.publish(source, by=reviewer)
    answers = [client.get("/api/v1/allegations/", {"facility": uid}) for uid in (hidden.uid, "FAC" + NOTHING_LIKE_IT)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert estimate.uid in filtered_uids("allegations", analyst, facility=hidden.uid)


def published_incident(analyst: User, reviewer: User, **link: Any) -> tuple[Any, Facility]:
    """A published incident at a published facility; `link` says of what level the link between them is."""
    facility, incident = factories.make_facility(analyst), factories.make_incident(analyst)
    IncidentFacility.objects.create(incident=incident, facility=facility, **link)
    factories.publish(facility, incident, by=reviewer)
    return incident, facility


def test_a_hidden_link_between_an_incident_and_a_facility_is_not_told_by_the_filter(
    client: Client, analyst: User, reviewer: User
) -> None:
    incident, facility = published_incident(analyst, reviewer, sensitivity="internal")
    assert get(client, f"incidents/{incident.uid}")["facilities"] == []
    assert uids(client, "incidents", facility=facility.uid) == set()
    allegation = factories.make_allegation(analyst, about_incident=incident)
    factories.publish(allegation.source, allegation, by=reviewer)
    assert filtered_uids("allegations", NOBODY, facility=facility.uid) == set()
    shown, place = published_incident(analyst, reviewer)
    assert uids(client, "incidents", facility=place.uid) == {shown.uid}


def test_a_hidden_part_of_a_facility_does_not_tell_what_happened_in_it(client: Client, analyst: User, reviewer: User) -> None:
    prison = factories.make_facility(analyst)
    secret = factories.make_facility(analyst, parent=prison)
    incident = factories.make_incident(analyst)
    IncidentFacility.objects.create(incident=incident, facility=secret)
    factories.publish(prison, incident, by=reviewer)
    assert uids(client, "incidents", facility=prison.uid) == set()
    assert uids(as_user(client, analyst), "incidents", facility=prison.uid) == {incident.uid}


def test_an_unpublished_operation_does_not_tell_who_runs_a_facility(client: Client, analyst: User, reviewer: User) -> None:
    facility, runner = factories.make_facility(analyst), factories.make_party(analyst)
    operation = Operation(party=runner, facility=facility).save_by(analyst)
    factories.publish(facility, runner, by=reviewer)
    assert uids(client, "facilities", operator=runner.uid) == set()
    factories.publish(operation, by=reviewer)
    assert uids(client, "facilities", operator=runner.uid) == {facility.uid}


def test_a_hidden_accusation_row_is_not_told_by_accused_or_mode(client: Client, analyst: User, reviewer: User) -> None:
    accused, allegation = factories.make_party(analyst), factories.make_allegation(analyst)
    Accused.objects.create(allegation=allegation, party=accused, modes=["incited"], sensitivity="internal")
    factories.publish(accused, allegation.source, allegation.about_facility, allegation, by=reviewer)
    assert get(client, f"allegations/{allegation.uid}")["accused"] == []
    assert filtered_uids("allegations", NOBODY, accused=accused.uid) == set()
    assert allegation.uid not in filtered_uids("allegations", NOBODY, mode="incited")
    assert filtered_uids("allegations", analyst, accused=accused.uid) == {allegation.uid}


def test_a_hidden_publisher_row_is_not_told_by_the_filter(client: Client, analyst: User, reviewer: User) -> None:
    publisher, source = factories.make_party(analyst), factories.make_source(analyst)
    SourcePublisher.objects.create(source=source, party=publisher, sensitivity="internal")
    factories.publish(publisher, source, by=reviewer)
    assert uids(client, "sources", publisher=publisher.uid) == set()
    assert publisher.uid not in uids(client, "publishers")


def test_a_hidden_hand_on_leaves_its_later_statement_an_origin(analyst: User, reviewer: User) -> None:
    facility = factories.make_facility(analyst)
    later, earlier = (factories.make_citation(analyst, about_facility=facility) for _ in range(2))
    factories.make_hand_on(later, earlier, sensitivity="internal")
    factories.publish(facility, later.source, earlier.source, later, earlier, by=reviewer)
    asked = {"about_facility": facility.uid}
    assert filtered_uids("citations", NOBODY, is_origin="true", **asked) == of([later, earlier])
    assert filtered_uids("citations", NOBODY, passes_on=earlier.uid, **asked) == set()
    assert filtered_uids("citations", analyst, passes_on=earlier.uid, **asked) == {later.uid}


INSIDE_ONLY = [
    ("incidents", "date_wording", "x"), ("incidents", "place_wording", "x"), ("incidents", "local_time", "x"),
    ("incidents", "time_earliest", "10:00"), ("incidents", "version", "1"), ("incidents", "created_by", "demo-analyst"),
    ("victims", "born", "1980"), ("victims", "occupation", "x"), ("victims", "health", "x"), ("victims", "home", "PLC-00000-000000"),
    ("victims", "nationalities", "SY"), ("victims", "member_of", "PTY-00000-000000"), ("harms", "cause_of_death", "x"),
    ("harms", "last_seen", "2013"), ("harms", "remains", "x"), ("harms", "extent", "x"), ("sources", "obtained", "leaked"),
    ("estimates", "speaker_informant", "INF-00000-000000"), ("estimates", "speaker_victim", "VIC-00000-000000"), ("cases", "lead", "x"),
    ("estimates", "team", "x"), ("incidents", "search", "x"), ("incidents", "title_en__regex", "."), ("incidents", "id", "1"),
    ("incidents", "created_by__password__startswith", "p"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "name", "value"), INSIDE_ONLY, ids=[f"{p}-{n}" for p, n, _ in INSIDE_ONLY])
def test_a_column_that_is_not_shown_is_no_parameter_and_is_refused_like_one_that_never_was(
    path: str, name: str, value: str, client: Client
) -> None:
    hidden = get(client, path, expect=400, **{name: value})
    never = get(client, path, expect=400, nosuchthing=value)
    assert hidden["errors"][name] == never["errors"]["nosuchthing"]
    assert hidden["title"] == never["title"]


@pytest.mark.parametrize(
    "name", ["date", "created_at", "created_by", "title_en", "version", "id", "?", "uid,edited_at", "place__latitude"]
)
def test_a_list_is_ordered_only_by_what_everybody_sees(name: str, client: Client) -> None:
    problem = get(client, "incidents", expect=400, ordering=name)
    assert "Order by uid, edited_at" in str(problem["errors"]["ordering"])


@pytest.mark.parametrize("ordering", ["uid", "-uid", "edited_at", "-edited_at"])
def test_a_list_stands_in_the_order_asked_for(ordering: str, founding_case: None, client: Client) -> None:
    values = [row[ordering.removeprefix("-")] for row in rows(client, "parties", ordering=ordering)]
    assert values == sorted(values, reverse=ordering.startswith("-")) and len(values) > 30
