"""Accusations: who is accused of which part, in whose words; who answered; and who can't be accused at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from cases.choices import SUPPORT, Mode
from cases.drift import SUPPORT as SUPPORT_IN_DRIFT
from cases.models import Accused, Allegation, AllegedPerpetrator
from hrdocs.access import Sensitivity
from hrdocs.models import User
from tests import factories
from tests.cases.refusals import refused, run_sql, words_against

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def published_accusation(analyst: User, reviewer: User, **given: Any) -> tuple[Allegation, Any]:
    """An allegation against one party, published with all that it hangs on."""
    source, facility, party = factories.make_source(analyst), factories.make_facility(analyst), factories.make_party(analyst)
    allegation = factories.make_allegation(analyst, source=source, about_facility=facility)
    Accused.objects.create(allegation=allegation, party=party, **{"wording": "carried them out", **given})
    factories.publish(source, facility, party, allegation, by=reviewer)
    return allegation, party


# ── placeholders ──


def test_a_placeholder_can_not_be_accused(analyst: User) -> None:
    allegation, nobody = factories.make_allegation(analyst), factories.make_party(analyst, placeholder=True)
    with refused("placeholder can not be accused"):
        Accused.objects.create(allegation=allegation, party=nobody)
    with refused("placeholder can not be accused"):
        Accused.objects.bulk_create([Accused(allegation=allegation, party=nobody)])
    assert not allegation.accused.exists()


def test_a_placeholder_can_not_be_accused_by_raw_sql(analyst: User) -> None:
    allegation, nobody = factories.make_allegation(analyst), factories.make_party(analyst, placeholder=True)
    with refused("placeholder can not be accused"):
        run_sql(
            "INSERT INTO cases_accused (allegation_id, party_id, wording, modes, modes_joined, sensitivity)"
            " VALUES (%s, %s, 'x', '{}', 'together', 'public')",
            allegation.pk,
            nobody.pk,
        )


def test_an_accusation_can_not_be_moved_to_a_placeholder(analyst: User) -> None:
    accused = Accused.objects.create(allegation=factories.make_allegation(analyst), party=factories.make_party(analyst))
    nobody = factories.make_party(analyst, placeholder=True)
    with refused("placeholder can not be accused"):
        Accused.objects.filter(pk=accused.pk).update(party=nobody)
    with refused("placeholder can not be accused"):
        run_sql("UPDATE cases_accused SET party_id = %s WHERE id = %s", nobody.pk, accused.pk)


def test_a_party_that_stands_accused_can_not_be_turned_into_a_placeholder(analyst: User) -> None:
    party = factories.make_party(analyst)
    Accused.objects.create(allegation=factories.make_allegation(analyst), party=party)
    with refused():
        run_sql("UPDATE sources_party SET placeholder = true WHERE id = %s", party.pk)


def test_the_form_says_in_words_that_a_placeholder_can_not_be_accused(analyst: User) -> None:
    nobody = factories.make_party(analyst, placeholder=True)
    accused = Accused(allegation=factories.make_allegation(analyst), party=nobody)
    assert "placeholder" in words_against(accused).lower()


# ── who is accused ──


def test_an_accusation_names_somebody_or_quotes_how_the_source_describes_them(analyst: User) -> None:
    allegation = factories.make_allegation(analyst)
    nobody = Accused(allegation=allegation)
    assert "Name the accused" in words_against(nobody)
    with refused("cases_accused_somebody"):
        nobody.save()
    assert Accused.objects.create(allegation=allegation, wording="masked men").party is None


def test_the_same_accused_stands_once_in_an_allegation(analyst: User) -> None:
    allegation, party = factories.make_allegation(analyst), factories.make_party(analyst)
    Accused.objects.create(allegation=allegation, party=party, wording="backing")
    with refused("cases_accused_once"):
        Accused.objects.create(allegation=allegation, party=party, wording="backing", modes=["backed"])
    Accused.objects.create(allegation=allegation, wording="masked men")
    with refused("cases_accused_once"):
        Accused.objects.create(allegation=allegation, wording="masked men")


@pytest.mark.parametrize("mode", Mode.values)
def test_every_mode_is_kept_as_given_and_several_stand_together_or_as_alternatives(mode: str, analyst: User) -> None:
    allegation = factories.make_allegation(analyst)
    accused = Accused(allegation=allegation, wording=mode, modes=[mode, "acquiesced"], modes_joined="alternatives")
    assert words_against(accused) == ""
    accused.save()
    accused.refresh_from_db()
    assert (accused.modes, accused.modes_joined) == ([mode, "acquiesced"], "alternatives")


def test_a_mode_that_nobody_knows_is_refused_in_words(analyst: User) -> None:
    accused = Accused(allegation=factories.make_allegation(analyst), wording="x", modes=["perpetrated"])
    assert "not a valid choice" in words_against(accused)


# ── support is not perpetration ──

BACKING = {"financed", "armed", "backed", "sheltered", "covered_up", "acquiesced"}
TAKING_PART = {
    "carried_out", "co_perpetrated", "ordered", "planned", "induced", "aided", "common_purpose", "incited",
    "commander_failed", "superior_failed",
}  # fmt: skip


def test_each_mode_is_taking_part_or_support_or_not_said() -> None:
    assert {mode.value for mode in SUPPORT} == BACKING == set(SUPPORT_IN_DRIFT)
    assert set(Mode.values) == BACKING | TAKING_PART | {"unspecified"}


@pytest.mark.parametrize("mode", sorted(BACKING))
def test_who_is_accused_of_support_is_not_found_among_those_accused_of_taking_part(
    mode: str, analyst: User, reviewer: User, client: Client
) -> None:
    _, party = published_accusation(analyst, reviewer, modes=[mode])
    found = client.get("/api/v1/perpetrators/", {"mode": ",".join(sorted(TAKING_PART)), "page_size": 200}).json()
    assert party.uid not in {row["uid"] for row in found["results"]}
    asked = client.get("/api/v1/perpetrators/", {"mode": mode, "page_size": 200}).json()
    assert party.uid in {row["uid"] for row in asked["results"]}


# ── a role, not a verdict ──


def test_a_party_is_an_alleged_perpetrator_only_while_a_visible_allegation_accuses_it(analyst: User, reviewer: User) -> None:
    source, facility, party = factories.make_source(analyst), factories.make_facility(analyst), factories.make_party(analyst)
    allegation = factories.make_allegation(analyst, source=source, about_facility=facility)
    Accused.objects.create(allegation=allegation, party=party, wording="x")
    factories.publish(source, facility, party, by=reviewer)
    accused = AllegedPerpetrator.objects.filter(pk=party.pk)
    assert not accused.visible_to(NOBODY).exists()
    assert accused.visible_to(analyst).exists()
    factories.publish(allegation, by=reviewer)
    assert accused.visible_to(NOBODY).exists()
    from hrdocs import review

    review.retract(allegation, by=reviewer, reason="withdrawn", public_note="Withdrawn by its source.")
    assert not accused.visible_to(NOBODY).exists()


@pytest.mark.parametrize("level", [Sensitivity.REGISTERED, Sensitivity.INTERNAL, Sensitivity.RESTRICTED])
def test_an_accusation_row_of_a_stricter_level_makes_nobody_a_perpetrator_outside(
    level: Sensitivity, analyst: User, reviewer: User, client: Client
) -> None:
    allegation, party = published_accusation(analyst, reviewer, sensitivity=level)
    assert not AllegedPerpetrator.objects.visible_to(NOBODY).filter(pk=party.pk).exists()
    assert client.get(f"/api/v1/perpetrators/{party.uid}/").status_code == 404
    assert client.get(f"/api/v1/allegations/{allegation.uid}/").json()["accused"] == []


def test_publishing_or_answering_makes_nobody_an_alleged_perpetrator(analyst: User, reviewer: User) -> None:
    allegation, accused = published_accusation(analyst, reviewer)
    ministry, source = factories.make_party(analyst), factories.make_source(analyst)
    response = factories.make_response(analyst, source=source, about_statement_id=allegation.pk, spoken_for=ministry)
    factories.publish(ministry, source, response, by=reviewer)
    perpetrators = AllegedPerpetrator.objects.visible_to(NOBODY)
    assert perpetrators.filter(pk=accused.pk).exists()
    assert not perpetrators.filter(pk=ministry.pk).exists()


def test_the_answers_stand_beside_the_accusation_in_the_same_view(analyst: User, reviewer: User, client: Client) -> None:
    allegation, party = published_accusation(analyst, reviewer, modes=["backed"], wording="indirectly backing")
    response = factories.make_response(
        analyst, about_statement_id=allegation.pk, spoken_for=party, answer="clarification", wording="no"
    )
    draft = factories.make_response(analyst, about_statement_id=allegation.pk, wording="not yet reviewed")
    factories.publish(response.source, response, by=reviewer)
    [accusation] = client.get(f"/api/v1/perpetrators/{party.uid}/").json()["accusations"]
    assert (accusation["allegation"], accusation["modes"], accusation["wording"]) == (
        allegation.uid,
        ["backed"],
        "indirectly backing",
    )
    assert [(a["uid"], a["answer"], a["wording"]) for a in accusation["answers"]] == [(response.uid, "clarification", "no")]
    assert draft.uid not in str(accusation)
