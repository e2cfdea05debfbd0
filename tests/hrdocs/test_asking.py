"""The desk's lists take the filters of the API: the same rows, the same refusals, nothing more than the person may see."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from cases.models import Estimate, Facility, Incident, IncidentFacility
from hrdocs.admin.asking import filterset_of
from hrdocs.admin.records import RecordAdmin
from hrdocs.models import User
from tests import factories
from tests.api.asking import filtered_uids

pytestmark = pytest.mark.django_db
ASKED = [model for model, its in admin.site._registry.items() if isinstance(its, RecordAdmin) and filterset_of(model)]


def listed(client: Client, model: type, **params: str) -> set[str]:
    """The uids that a list of the desk shows."""
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    answer = client.get(address, params)
    assert answer.status_code == 200, (params, getattr(answer, "url", ""))
    return {record.uid for record in answer.context["cl"].result_list}


@pytest.mark.parametrize("model", ASKED, ids=lambda model: model.__name__)
def test_each_list_has_a_form_with_every_filter_of_its_api(model: type, client: Client, analyst: User) -> None:
    client.force_login(analyst)
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    page = client.get(address).content.decode()
    assert [name for name in filterset_of(model).base_filters if f'name="f_{name}"' not in page] == []


def test_a_list_of_the_desk_finds_what_the_api_finds(founding_case: None, client: Client, analyst: User) -> None:
    client.force_login(analyst)
    for asked in ({"measure": "rate", "per_time": "day"}, {"could_exceed": "100"}, {"publisher_kind": "ngo"}, {"period": "2013"},
                  {"any": "measure=rate|lower__gte=5000"}, {"not": "measure=rate"}, {"q": "صيدنايا"}, {"sources": "reliability=A"}):  # fmt: skip
        found = listed(client, Estimate, **{f"f_{name}": value for name, value in asked.items()})
        assert found == filtered_uids("estimates", analyst, **asked), asked


def test_they_are_joined_with_the_filters_beside_the_list(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    prison = factories.make_facility(analyst)
    incident, other = factories.make_incident(analyst, title_en="Raid"), factories.make_incident(analyst, title_en="Raid")
    IncidentFacility.objects.create(incident=incident, facility=prison)
    assert listed(client, Incident, f_facility=prison.uid, state__exact="draft", q="Raid") == {incident.uid}
    assert listed(client, Incident, f_facility=prison.uid, state__exact="published") == set()
    assert listed(client, Incident, f_case="CAS-00000-000000") == set() and other.uid in listed(client, Incident, f_q="raid")


@pytest.mark.parametrize(("name", "value", "said"), [
    ("bbox", "1,2", "35.5,32.3,42.4,37.4"), ("country", "ZZ", "ZZ"), ("colour", "red", "no such parameter"), ("place", "x", "A uid looks like"),
])  # fmt: skip
def test_what_makes_no_sense_is_said_beside_the_field_and_finds_nothing(
    name: str, value: str, said: str, client: Client, analyst: User
) -> None:
    client.force_login(analyst)
    factories.make_facility(analyst)
    answer = client.get(reverse("admin:cases_facility_changelist"), {f"f_{name}": value})
    assert said in answer.content.decode() and not answer.context["cl"].result_list


def test_empty_fields_leave_the_address(client: Client, analyst: User) -> None:
    client.force_login(analyst)
    address = reverse("admin:cases_facility_changelist")
    answer = client.get(address, {"f_country": "", "f_kind": "prison", "state__exact": "draft"})
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?f_kind=prison&state__exact=draft")


def test_a_restricted_record_is_not_found_by_any_filter(client: Client, analyst: User) -> None:
    other = factories.make_user()
    hidden = factories.make_facility(other, sensitivity="restricted", name_en="Qalthoum")
    incident = factories.make_incident(analyst)
    IncidentFacility.objects.create(incident=incident, facility=hidden)
    client.force_login(analyst)
    assert listed(client, Facility, f_q="Qalthoum") == set()
    assert listed(client, Incident, f_facility=hidden.uid) == set()
