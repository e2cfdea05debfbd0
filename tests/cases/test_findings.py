"""Findings: each kind is found where it is, not where it is not, by nobody who may not see it, and can be set aside."""

from __future__ import annotations

from typing import Any

import pgtrigger
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cases.dossier import Dossier
from cases.findings import Found, findings_in, findings_on, set_aside, set_aside_among
from cases.models import Accused, Affiliation, Case, Conclusion, ConclusionGround, Facility, HandOn, IncidentFacility
from hrdocs.access import Role
from hrdocs.models import SetAside, User
from tests import factories
from tests.api.asking import as_user, get

pytestmark = pytest.mark.django_db


def kinds(subject: Any, user: User) -> dict[str, list[Found]]:
    found: dict[str, list[Found]] = {}
    for each in findings_on(subject, user):
        found.setdefault(each.kind, []).append(each)
    return found


def figure(by: User, about: Any, **given: Any) -> Any:
    given = {"value_text": "1,000", "lower": None, "best": 1000, "upper": None, "period": "2012", **given}
    source = given.pop("source", None) or factories.make_source(by)
    return factories.make_estimate(by, about_facility=about, source=source, **given)


# ── figures ──


def test_a_contradiction_is_found_on_the_record_where_it_stands(analyst: User) -> None:
    prison = factories.make_facility(analyst)
    one, other = figure(analyst, prison), figure(analyst, prison, best=7000, value_text="7,000")
    [found] = kinds(prison, analyst)["contradiction"]
    assert {found.record.uid, *found.others} == {one.uid, other.uid} and "7,000 > 1,000" in found.arithmetic


def test_several_sources_with_one_origin_are_pointed_out_and_two_origins_are_not(analyst: User) -> None:
    prison = factories.make_facility(analyst)
    one, other = figure(analyst, prison), figure(analyst, prison)
    assert "single_origin" not in kinds(prison, analyst)
    factories.make_hand_on(other, one)
    assert len(kinds(prison, analyst)["single_origin"]) == 1


def test_drift_is_a_finding_until_a_note_explains_it(analyst: User) -> None:
    prison = factories.make_facility(analyst)
    one, other = figure(analyst, prison), figure(analyst, prison, best=7000, value_text="7,000")
    link = factories.make_hand_on(other, one)
    [found] = kinds(other, analyst)["drift"]
    assert found.record.uid == other.uid and "value" in found.words and found.others == (one.uid,)
    HandOn.objects.filter(pk=link.pk).update(note="The later text misprints the number.")
    assert "drift" not in kinds(other, analyst)


# ── what is missing ──


def test_an_incident_of_which_nobody_speaks_is_found(analyst: User) -> None:
    incident = factories.make_incident(analyst)
    assert "nobody_says_so" in kinds(incident, analyst)
    factories.make_allegation(analyst, about_incident=incident, about_facility=None)
    assert "nobody_says_so" not in kinds(incident, analyst)


@pytest.mark.parametrize(
    ("read_as", "locator", "quotation", "expected"),
    [
        ("full_text", "", "words", {"no_locator"}), ("full_text", "p. 3", "", {"no_quotation"}), ("full_text", "p. 3", "words", set()),
        ("as_quoted", "", "", {"not_read"}), ("not_read", "", "", {"not_read"}), ("excerpt", "p. 3", "", set()),
    ],
)  # fmt: skip
def test_words_and_places_that_are_missing_are_found(
    read_as: str, locator: str, quotation: str, expected: set[str], analyst: User
) -> None:
    statement = figure(analyst, factories.make_facility(analyst), read_as=read_as, locator=locator, quotation=quotation)
    assert set(kinds(statement, analyst)) == expected


@pytest.mark.parametrize("answered_by", ["nobody", "the accused", "its ministry", "a stranger"])
def test_an_accused_is_answered_for_by_itself_or_a_body_of_its_own(answered_by: str, analyst: User) -> None:
    allegation = factories.make_allegation(analyst)
    state, ministry, office, stranger = (factories.make_party(analyst) for _ in range(4))
    for body, owner in ((ministry, state), (office, ministry)):
        Affiliation(party=body, kind="part_of", to_party=owner).save_by(analyst)
    Accused.objects.create(allegation=allegation, party=state, modes=["ordered"])
    speaker = {"the accused": state, "its ministry": office, "a stranger": stranger}.get(answered_by)
    if speaker:
        factories.make_response(analyst, about_statement=allegation, about_facility=None, spoken_for=speaker)
    assert ("never_asked" in kinds(allegation, analyst)) == (answered_by in ("nobody", "a stranger"))


def test_an_incident_before_its_facility_opened_is_found(analyst: User) -> None:
    prison = factories.make_facility(analyst, opened="1987")
    for date, outside in (("1985", True), ("1987-05", False), ("1985/1988", False)):
        incident = factories.make_incident(analyst, date=date)
        IncidentFacility.objects.create(incident=incident, facility=prison)
        assert ("outside_life" in kinds(incident, analyst)) == outside, date


def test_a_point_without_a_source_is_found(analyst: User) -> None:
    place = factories.make_place(analyst, latitude=33, longitude=36, precision="exact")
    assert "no_source_of_point" in kinds(place, analyst)
    place.coordinates_from = factories.make_source(analyst)
    place.save_by(analyst)
    assert "no_source_of_point" not in kinds(place, analyst)


# ── conclusions that have to be looked at again ──


@pytest.fixture
def adopted(analyst: User) -> tuple[Conclusion, Any]:
    prison = factories.make_facility(analyst)
    basis = figure(analyst, prison)
    conclusion = Conclusion(facility=prison, counted=basis.counted, measure="total", best=1000, rationale_en="One source.")
    conclusion.save_by(analyst)
    ConclusionGround.objects.create(conclusion=conclusion, statement=basis.statement_ptr)
    return conclusion, basis


def test_a_conclusion_stands_while_what_it_rests_on_does(adopted: Any, analyst: User) -> None:
    assert "reopened" not in kinds(adopted[0].facility, analyst)


def test_a_conclusion_is_flagged_when_a_statement_it_rests_on_is_changed_and_stays_as_it_is(adopted: Any, analyst: User) -> None:
    conclusion, basis = adopted
    basis.best = 900
    basis.save_by(analyst)
    [found] = kinds(conclusion.facility, analyst)["reopened"]
    assert found.record == conclusion and basis.uid in found.words and "changed" in found.words
    assert Conclusion.objects.get(pk=conclusion.pk).best == 1000


def test_a_conclusion_is_flagged_when_a_statement_it_rests_on_is_disputed(adopted: Any, analyst: User) -> None:
    conclusion, basis = adopted
    answer = factories.make_response(analyst, about_statement=basis, about_facility=None, answer="dispute")
    [found] = kinds(conclusion, analyst)["reopened"]
    assert answer.uid in found.words


def test_a_conclusion_on_a_figure_that_drifted_asks_for_a_reason(adopted: Any, analyst: User) -> None:
    conclusion, basis = adopted
    factories.make_hand_on(basis, figure(analyst, conclusion.facility, best=10, value_text="10"))
    assert "reopened" in kinds(conclusion, analyst)
    with factories.past_the_guard():
        ConclusionGround.objects.update(reason="The origin printed the number without its zeros.")
    assert "reopened" not in kinds(conclusion, analyst)


# ── setting aside ──


def test_a_finding_that_is_set_aside_comes_back_when_what_it_says_changes(analyst: User) -> None:
    prison = factories.make_facility(analyst)
    one, _ = figure(analyst, prison), figure(analyst, prison, best=7000, value_text="7,000")
    [found] = kinds(prison, analyst)["contradiction"]
    set_aside(found, by=analyst, reason="Two ways of counting.")
    assert found.key in set_aside_among(findings_on(prison, analyst), analyst)
    one.best = 900
    one.save_by(analyst)
    [changed] = kinds(prison, analyst)["contradiction"]
    assert changed.key not in set_aside_among([changed], analyst)


def test_what_is_said_of_two_records_is_set_aside_of_one_alone(client: Client, analyst: User) -> None:
    as_user(client, analyst)
    prison, source = factories.make_facility(analyst), factories.make_source(analyst)
    made = [
        factories.make_estimate(analyst, source=source, about_facility=prison, locator="", read_as="full_text", quotation="5,000")
        for _ in range(2)
    ]
    one, other = (found for found in findings_on(prison, analyst) if found.kind == "no_locator")
    assert one.said == other.said and {one.record.pk, other.record.pk} == {each.pk for each in made}
    aside = reverse("admin:cases_facility_set_aside", args=[prison.pk])
    client.post(aside, {"key": other.key, "reason": "It is a speech."})
    assert [*set_aside_among([one, other], analyst)] == [other.key]
    client.post(aside, {"key": one.key, "reason": "This one too."})
    assert {*set_aside_among([one, other], analyst)} == {one.key, other.key}


def test_what_was_set_aside_in_one_language_is_set_aside_in_the_other(analyst: User) -> None:
    prison = factories.make_facility(analyst, name_ar="سجن")
    figure(analyst, prison), figure(analyst, prison, best=7000, value_text="7,000")
    here = {found.key for found in findings_on(prison, analyst)}
    with translation.override("ar"):
        assert {found.key for found in findings_on(prison, analyst)} == here


def test_nobody_outside_is_told_what_was_set_aside(analyst: User, people: Any) -> None:
    statement = figure(analyst, factories.make_facility(analyst), read_as="not_read")
    [found] = findings_on(statement, analyst)
    set_aside(found, by=analyst, reason="Lost in the fire.")
    assert set_aside_among([found], people["anonymous"]) == {} == set_aside_among([found], people[Role.RESEARCHER])
    assert found.key in set_aside_among([found], people[Role.REVIEWER])


def test_a_finding_is_set_aside_in_the_admin_with_a_reason_and_not_without(client: Client, analyst: User) -> None:
    as_user(client, analyst)
    prison = factories.make_facility(analyst)
    statement = figure(analyst, prison, read_as="not_read", quotation="")
    page, listed, aside = (
        reverse(f"admin:cases_facility_{name}", args=[prison.pk]) for name in ("change", "findings", "set_aside")
    )
    assert f'hx-get="{listed}"' in client.get(page).content.decode()
    assert "Original not read" in client.get(listed).content.decode()
    [found] = findings_on(prison, analyst)
    for reason, number in (("", 0), ("It is lost.", 1)):
        client.post(aside, {"key": found.key, "reason": reason}, follow=True)
        assert SetAside.objects.filter(object_id=statement.source.pk).count() == number
    text = client.get(listed).content.decode()
    assert "It is lost." in text
    assert client.get(aside).status_code == 405


# ── who is told what, and over the API ──


def test_nothing_is_found_on_what_the_asker_may_not_see(analyst: User, people: Any) -> None:
    prison = factories.make_facility(analyst)
    figure(analyst, prison)
    figure(analyst, prison, best=7000, value_text="7,000")
    with pgtrigger.ignore("cases.Facility:moves_by_decision"):
        Facility.objects.filter(pk=prison.pk).update(state="published", sensitivity="public")
    assert findings_on(prison, people["anonymous"]) == []


def test_the_founding_case_finds_by_itself_what_it_has_to(founding_case: None, client: Client) -> None:
    [case] = get(client, "cases")["results"]
    found = get(client, f"cases/{case['uid']}/findings")["findings"]
    told = {each["kind"]: each["words"] for each in found}
    assert {"rate_contradicts", "rate_agrees", "copies_disagree", "single_origin", "drift", "never_asked", "scope"} <= set(told)
    assert all("set_aside" not in each for each in found)
    answered = [each for each in found if each["kind"] == "never_asked" and each["words"].startswith("Syrian Arab Republic")]
    hangings = get(client, "allegations", q="hangings", page_size=200)["results"]
    assert not {each["record"] for each in answered} & {row["uid"] for row in hangings if row["answers"]}


def test_a_case_gathers_the_findings_of_all_that_is_in_it(analyst: User) -> None:
    from cases.models import CaseFacility, CaseIncident

    case = Case(title_en="A case")
    case.save_by(analyst)
    prison, incident = factories.make_facility(analyst), factories.make_incident(analyst)
    figure(analyst, prison, read_as="not_read")
    CaseFacility.objects.create(case=case, facility=prison)
    CaseIncident.objects.create(case=case, incident=incident)
    assert {"not_read", "nobody_says_so"} <= set(kinds(case, analyst))


def test_of_very_many_statements_the_newest_are_looked_through_and_the_panel_says_so(
    analyst: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    facility, source = factories.make_facility(analyst), factories.make_source(analyst)
    made = [factories.make_estimate(analyst, source=source, about_facility=facility, locator="") for _ in range(3)]
    party = factories.make_party(analyst)
    accusing = factories.make_allegation(analyst, source=source, about_facility=facility)
    Accused.objects.create(allegation=accusing, party=party, modes=["ordered"])
    client.force_login(analyst)
    page = f"/admin/cases/facility/{facility.pk}/findings/"
    assert "newest statements and incidents were looked through" not in client.get(page).content.decode()
    monkeypatch.setattr("cases.dossier.MOST", 2)
    dossier = Dossier(facility, analyst)
    assert dossier.keys == [accusing.pk, made[-1].pk] and dossier.is_a_part == 2
    assert {figure.uid for figure in dossier.matter.figures} == {made[-1].uid}
    assert [found.record.pk for found in findings_in(dossier) if found.kind == "never_asked"] == [accusing.pk]
    assert "Only the 2 newest statements and incidents were looked through" in client.get(page).content.decode()


@pytest.mark.parametrize(("answer", "counts"), [
    ({"about_statement": "allegation", "spoken_for": "body"}, True), ({"about_source": "source", "spoken_for": "party"}, True),
    ({"about_statement": "allegation", "speaker": "party"}, True), ({"about_statement": "allegation", "speaker": "body"}, False),
    ({"about_incident": "incident", "spoken_for": "party"}, True), ({"about_incident": "other", "spoken_for": "party"}, False),
])  # fmt: skip
def test_an_answer_counts_that_is_given_in_the_name_of_the_accused(answer: dict[str, str], counts: bool, analyst: User) -> None:
    """To the statement, to its source as a whole, or to the incident that it is about."""
    there = {"party": factories.make_party(analyst), "body": factories.make_party(analyst), "source": factories.make_source(analyst),
             "incident": factories.make_incident(analyst), "other": factories.make_incident(analyst)}  # fmt: skip
    Affiliation(party=there["body"], to_party=there["party"], kind="part_of").save_by(analyst)
    there["allegation"] = factories.make_allegation(analyst, source=there["source"], about_incident=there["incident"])
    Accused.objects.create(allegation=there["allegation"], party=there["party"], modes=["ordered"])
    factories.make_response(analyst, **{link: there[name] for link, name in answer.items()})
    assert ("never_asked" in kinds(there["incident"], analyst)) != counts
