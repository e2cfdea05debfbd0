"""What looks alike while a name is typed: across scripts, by place and date, and only of what she may see."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cases.models import FacilityName
from hrdocs.models import User
from sources.models import PartyName
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def ask(user: User, kind: str, **typed: Any) -> list[str]:
    client = Client()
    client.force_login(user)
    answer = client.get(f"/admin/{kind}/alike/", typed)
    assert answer.status_code == 200
    return [each["name"] for each in answer.json()["alike"]]


@pytest.mark.parametrize("typed", ["Saydnaya", "Sednaya prison", "sidnaya", "سجن صيدنايا", "Military prison of Saidnaya"])
def test_a_prison_is_found_by_any_spelling_of_its_name(analyst, typed):
    factories.make_facility(analyst)
    factories.make_facility(analyst, name_en="Mezzeh airbase", name_ar="")
    assert ask(analyst, "cases/facility", name=typed) == ["Saydnaya Military Prison"]


def test_a_name_of_which_less_than_half_is_shared_is_not_alike(analyst):
    factories.make_facility(analyst)
    assert ask(analyst, "cases/facility", name="Military Police Branch 248 Damascus") == []
    assert ask(analyst, "cases/facility", name="") == []


def test_among_very_many_records_all_words_but_one_are_shared(analyst, monkeypatch):
    factories.make_facility(analyst)
    FacilityName.objects.create(
        facility=factories.make_facility(analyst, name_en="Mezzeh", name_ar=""), text="Airbase of the west"
    )
    half = "Military Police Prison Branch"
    assert ask(analyst, "cases/facility", name=half) == ["Saydnaya Military Prison"]
    monkeypatch.setattr("hrdocs.duplicates.NEWEST", 0)
    assert ask(analyst, "cases/facility", name=half) == ask(analyst, "cases/facility", name="Military airbase") == []
    assert ask(analyst, "cases/facility", name="سجن صيدنايا") == ["Saydnaya Military Prison"]
    assert ask(analyst, "cases/facility", name="Military Prison Damascus") == ["Saydnaya Military Prison"]
    assert ask(analyst, "cases/facility", name="west airbase") == ["Mezzeh"]


def test_further_names_count_as_far_as_she_may_see_them(analyst):
    party = factories.make_party(analyst, name_en="Branch 215")
    PartyName.objects.create(party=party, text="Death Branch")
    assert ask(analyst, "sources/party", name="Death Branch") == ["Branch 215"]
    prison = factories.make_facility(factories.make_user(), name_en="Red building", name_ar="")
    FacilityName.objects.create(facility=prison, text="Hidden alias", sensitivity="restricted")
    assert ask(analyst, "cases/facility", name="Hidden alias") == []


def test_an_incident_of_the_same_place_and_time_is_alike_whatever_it_is_called(analyst):
    place = factories.make_place(analyst)
    factories.make_incident(analyst, title_en="Hangings", place=place, date="2013-05")
    assert ask(analyst, "cases/incident", name="Executions", place=place.pk, date="May 2013") == ["Hangings"]
    assert ask(analyst, "cases/incident", name="Executions", place=place.pk, date="2015") == []
    assert ask(analyst, "cases/incident", name="Executions", place=place.pk, date="half a da") == []


def test_a_source_with_the_same_address_comes_first(analyst):
    factories.make_source(analyst, title="Special briefing")
    factories.make_source(analyst, title="Briefing, as archived", url="https://example.org/briefing")
    found = ask(analyst, "sources/source", name="Special briefing", same="https://example.org/briefing")
    assert found == ["Briefing, as archived", "Special briefing"]


def test_a_record_is_not_like_itself_and_what_is_hidden_is_like_nothing(analyst):
    own = factories.make_facility(analyst)
    factories.make_facility(factories.make_user(), name_en="Saydnaya annex", sensitivity="restricted")
    assert ask(analyst, "cases/facility", name="Saydnaya", **{"except": own.pk}) == []


def test_only_who_works_on_records_asks(people):
    for role, status in [("administrator", 403), ("researcher", 302), ("reviewer", 200)]:
        client = Client()
        client.force_login(people[role])
        assert client.get("/admin/cases/facility/alike/", {"name": "x"}).status_code == status, role


def test_forms_ask_with_the_fields_that_tell(analyst):
    client = Client()
    client.force_login(analyst)
    assert (
        'data-names="id_title_en id_title_ar" data-place="id_place" data-date="id_date"'
        in client.get("/admin/cases/incident/add/").content.decode()
    )
    assert 'data-names="id_new-title id_new-title_en"' in client.get("/admin/cases/statement/entering/").content.decode()
    assert "data-alike" not in client.get("/admin/cases/harm/add/").content.decode()
