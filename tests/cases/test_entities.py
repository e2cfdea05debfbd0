"""FollowTheMoney: every entity is of its schema, everything that it names is there, and nobody accused is told as guilty."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.utils.module_loading import import_string

from cases import entities
from hrdocs.urls import ENDPOINTS
from sources.entities import PARTY_SCHEMAS
from tests import factories

pytestmark = pytest.mark.django_db

# What version 4 of the schema has of what we use: of which kinds each schema is, and its properties; > names whose uid it is.
_THING = (
    "name alias country wikidataId notes sourceUrl modifiedAt keywords description summary addressEntity>Address proof>Document"
)
_BODY = f"{_THING} incorporationDate dissolutionDate"
_DOCUMENT = f"{_THING} title fileName author publisher publishedAt language"
_TIE = "sourceUrl modifiedAt description summary startDate endDate date role status recordId proof>Document"
SCHEMAS: dict[str, tuple[set[str], str]] = {
    "LegalEntity": ({"Thing"}, _BODY),
    "Person": ({"Thing", "LegalEntity"}, f"{_BODY} birthDate deathDate gender"),
    "Organization": ({"Thing", "LegalEntity"}, _BODY),
    "Company": ({"Thing", "LegalEntity", "Organization"}, _BODY),
    "PublicBody": ({"Thing", "LegalEntity", "Organization"}, _BODY),
    "Document": ({"Thing"}, _DOCUMENT),
    "Article": ({"Thing", "Document"}, _DOCUMENT),
    "Address": ({"Thing"}, f"{_THING} full latitude longitude remarks"),
    "Event": ({"Thing"}, f"{_THING} startDate endDate date recordId"),
    "CourtCase": ({"Thing"}, f"{_THING} status type caseNumber court fileDate"),
    "CourtCaseParty": (set(), f"{_TIE} party>Thing case>CourtCase"),
    "UnknownLink": (set(), f"{_TIE} subject>Thing object>Thing"),
    "Membership": (set(), f"{_TIE} member>LegalEntity organization>Organization"),
    "Directorship": (set(), f"{_TIE} director>LegalEntity organization>Organization"),
    "Succession": (set(), f"{_TIE} predecessor>LegalEntity successor>LegalEntity"),
    "Sanction": (set(), f"{_TIE} entity>Thing authority program listingDate reason provisions"),
}  # fmt: skip
NEEDED = {"CourtCaseParty": {"party", "case"}, "UnknownLink": {"subject", "object"}, "Membership": {"member", "organization"},
          "Directorship": {"director", "organization"}, "Succession": {"predecessor", "successor"}, "Sanction": {"entity"},
          "Document": {"fileName"}, "Article": {"fileName"}, "Address": set()}  # fmt: skip
LISTS = [name for name, view in ENDPOINTS.items() if "ftm" in {each.format for each in import_string(view).renderer_classes}]


def file_of(address: str, client: Client | None = None) -> list[dict[str, Any]]:
    answer = (client or Client()).get(f"{address}?format=ftm")
    assert answer.status_code == 200, answer.content
    return [json.loads(line) for line in b"".join(answer.streaming_content).decode().split("\n")[:-1]]


def properties_of(schema: str) -> dict[str, str]:
    """The kind of entity that each property of a schema names; empty where it is a text."""
    return dict(each.split(">") if ">" in each else (each, "") for each in SCHEMAS[schema][1].split())


def fits(entity: dict[str, Any]) -> None:
    known = properties_of(entity["schema"])
    given = entity["properties"]
    assert given.keys() <= known.keys(), entity
    assert NEEDED.get(entity["schema"], {"name"}) <= given.keys(), entity
    assert all(texts and all(isinstance(text, str) and text for text in texts) for texts in given.values()), entity


@pytest.mark.parametrize("name", LISTS)
def test_every_row_of_a_list_is_entities_of_the_schema(name, founding_case):
    found = file_of(f"/api/v1/{name}/")
    for entity in found:
        fits(entity)
    held = {entity["id"] for entity in found} | {text for each in found for text in each["properties"].get("recordId", ())}
    rows = Client().get(f"/api/v1/{name}/?page_size=200&fields=uid").json()["results"]
    assert {row["uid"] for row in rows} <= held


def test_whatever_an_entity_names_is_in_another_list_and_of_the_kind_that_it_must_be(founding_case):
    found = [entity for name in LISTS for entity in file_of(f"/api/v1/{name}/")]
    schema = {entity["id"]: entity["schema"] for entity in found}
    assert {"Event", "UnknownLink", "Address", "Article", "Document", "PublicBody"} <= set(schema.values())
    for entity in found:
        for property, kind in properties_of(entity["schema"]).items():
            for uid in entity["properties"].get(property, ()) if kind else ():
                assert kind in SCHEMAS[schema[uid]][0] | {schema[uid]}, (entity, uid)


@pytest.mark.parametrize("name", ["allegations", "perpetrators"])
def test_who_is_accused_is_tied_as_alleged_with_the_source_named_and_by_nothing_else(name, founding_case):
    found = file_of(f"/api/v1/{name}/")
    ties = [entity["properties"] for entity in found if entity["schema"] == "UnknownLink"]
    events = {entity["id"]: entity["properties"] for entity in found if entity["schema"] == "Event"}
    assert ties and events
    assert {tie["status"][0] for tie in ties} == {entities.ALLEGED}
    for event in events.values():
        assert event["name"][0].startswith("Alleged by “")
        assert "status: alleged" in event["notes"]
        assert "no finding of ours" in event["summary"][0]
        assert event["proof"]
    accusing = [tie for tie in ties if tie["object"][0] in events]
    assert accusing
    for tie in accusing:
        assert tie["role"][0].startswith("alleged: ")
        assert tie["summary"][0].startswith("Accused by “")
    assert any("no_comment" in note or "denies" in note or "“" in note for event in events.values() for note in event["notes"])
    assert not {"Sanction", "CourtCase"} & {entity["schema"] for entity in found}


def test_an_accusation_is_the_same_entity_in_both_lists(founding_case):
    told = {entity["id"]: entity["properties"] for entity in file_of("/api/v1/allegations/")}
    accusing = [each for each in file_of("/api/v1/perpetrators/") if each["schema"] in ("Event", "UnknownLink")]
    assert {each["schema"] for each in accusing} == {"Event", "UnknownLink"}
    for entity in accusing:
        assert told[entity["id"]].get("name") == entity["properties"].get("name")


def test_entities_tell_only_what_their_reader_may_see(analyst, reviewer):
    allegation = factories.make_allegation(analyst)
    hidden = factories.make_party(analyst, name_en="HIDDENPARTY")
    allegation.accused.create(party=hidden, modes=["ordered"], wording="HIDDENWORDS")
    factories.publish(allegation.source, allegation.about_facility, allegation, by=reviewer)
    address = f"/api/v1/allegations/{allegation.uid}/"
    assert not any("HIDDEN" in json.dumps(entity) or hidden.uid in json.dumps(entity) for entity in file_of(address))
    browser = Client()
    browser.force_login(analyst)
    assert any(hidden.uid in entity["properties"].get("subject", ()) for entity in file_of(address, browser))


@pytest.mark.parametrize("name", [name for name in ENDPOINTS if name not in LISTS])
def test_what_has_no_kind_there_is_not_offered(name, db):
    assert Client().get(f"/api/v1/{name}/?format=ftm").status_code == 404


# ── rows ──

RECORD = {"url": "http://test/", "edited_at": "2026-01-01T00:00:00+00:00"}


@pytest.mark.parametrize(("kind", "one", "other", "schema"), [
    ("member_of", "person", "police", "Membership"), ("member_of", "person", "crowd", "UnknownLink"),
    ("commands", "person", "armed_forces", "Directorship"), ("commands", "armed_forces", "armed_forces", "UnknownLink"),
    ("successor_of", "police", "police", "Succession"), ("same_as", "person", "person", "UnknownLink"),
    ("supports", "state", "armed_group", "UnknownLink"),
])  # fmt: skip
def test_a_tie_is_what_its_kind_and_its_ends_let_it_be(kind, one, other, schema):
    row = {"uid": "AFF-1", "kind": kind, "party": {"uid": "A", "kind": one}, "to_party": {"uid": "B", "kind": other}, "post": "",
           "rank": "colonel", "start": "2011-03~", "end": "2014", "start_wording": "", "end_wording": "", "meaning": "", **RECORD}  # fmt: skip
    (entity,) = entities.affiliation(row)
    fits(entity)
    assert entity["schema"] == schema
    assert entity["properties"]["endDate"] == ["2014"]
    assert "startDate" not in entity["properties"]
    assert entity["properties"]["description"] == ["Start: 2011-03~ (EDTF)"]


def act(kind: str) -> list[dict[str, Any]]:
    part = {"name": "", "facility": None, "victim": None, "count": "", "mode": "", "outcome": "", "penalty": ""}
    concerned = [{**part, "party": "PTY-1", "role": "designated"}, {**part, "party": None, "role": "object"}]
    row = {"uid": "ACT-1", "title_en": "An act", "title_ar": "", "kind": kind, "authority": {"name": "Council"}, "date": "2017-05-15",
           "docket": "", "legal_basis": "", "outcome": "", "final": "", "penalty": "", "concerned": concerned, **RECORD}  # fmt: skip
    return list(entities.official_act(row))


def test_a_sanction_is_one_of_each_that_it_names_and_another_act_a_case_with_its_parties():
    (sanction,) = act("sanction")
    assert (sanction["schema"], sanction["properties"]["entity"]) == ("Sanction", ["PTY-1"])
    case, tie = act("charge")
    assert (case["schema"], tie["schema"], tie["properties"]["case"]) == ("CourtCase", "CourtCaseParty", ["ACT-1"])
    for entity in (sanction, case, tie):
        fits(entity)


def test_every_kind_of_party_is_thought_of():
    from sources.choices import PartyKind

    assert set(PartyKind.values) - PARTY_SCHEMAS.keys() == {"crowd", "unknown"}
