"""Filters of cases, places, facilities and incidents."""

from __future__ import annotations

from django.db.models import QuerySet

from cases import shapes
from cases.filtersets.common import CountryFilter, FacilityFilter, PlaceFilter, ShownDateFilter
from cases.filtersets.points import BoxFilter, NearFilter
from cases.filtersets.told import told_of
from cases.models import (
    Case,
    CaseFacility,
    CaseIncident,
    CaseParty,
    Facility,
    FacilityName,
    Harm,
    Incident,
    IncidentFacility,
    IncidentParty,
    Operation,
    Place,
    PlaceName,
)
from hrdocs.filtersets import EXEMPT, RecordFilterSet, UidFilter, lookups
from hrdocs.linked import LinkedFilter, PartFilter, Via
from hrdocs.searching import SearchFilter
from hrdocs.ties import tied
from sources.models import Party

_GATHERED = {
    "incidents": Via("incidents", by=CaseIncident, here="case", there="incident"),
    "facilities": Via("facilities", by=CaseFacility, here="case", there="facility"),
    "parties": Via("parties", by=CaseParty, here="case", there="party"),
}
_IN_COUNTRY = [Via(name, by=tie.by, here=tie.here, there=tie.there, only="country")
               for name, tie in _GATHERED.items() if name != "parties"]  # fmt: skip


class CaseFilterSet(RecordFilterSet):
    shape = shapes.CASES
    exempt = {**EXEMPT, "lead": EXEMPT["edited_by"]}
    q = SearchFilter(names=["search"], texts="words", help_text="Titles and questions.")
    incident = PartFilter(to=Incident, by=CaseIncident, here="case", there="incident", help_text="Cases that gather it.")
    facility = PartFilter(to=Facility, by=CaseFacility, here="case", there="facility", help_text="Cases that gather it.")
    party = PartFilter(to=Party, by=CaseParty, here="case", there="party", help_text="Cases that gather it.")
    country = LinkedFilter(*_IN_COUNTRY, help_text="Country of an incident or a facility that the case gathers.")
    incidents = LinkedFilter(_GATHERED["incidents"], help_text="Filters of incidents: the case gathers one that they find.")
    facilities = LinkedFilter(_GATHERED["facilities"], help_text="Filters of facilities: the case gathers one that they find.")
    parties = LinkedFilter(_GATHERED["parties"], help_text="Filters of parties: the case gathers one that they find.")

    class Meta:
        model = Case
        fields = lookups(Case, "lead")


class PlaceFilterSet(told_of("about_place")):
    shape = shapes.PLACES
    q = SearchFilter(names=["search"], parts=[("pk", PlaceName)], help_text="Names, in any script and spelling.")
    within = PlaceFilter(field_name="id", help_text="Places within this one, itself included.")
    bbox = BoxFilter({})
    near = NearFilter({})

    class Meta:
        model = Place
        fields = lookups(Place)


class FacilityFilterSet(told_of("about_facility")):
    shape = shapes.FACILITIES
    q = SearchFilter(names=["search"], texts="words", parts=[("pk", FacilityName)],
                     help_text="Names, in any script and spelling, and descriptions.")  # fmt: skip
    within = FacilityFilter(field_name="id", how="among", help_text="Facilities within this one, itself included.")
    place = PlaceFilter(field_name="place", shown_by="place_shown", help_text="Facilities in this place.")
    country = CountryFilter()
    bbox = BoxFilter()
    near = NearFilter()
    operator = UidFilter(
        field_name="id",
        method="run_by",
        to=shapes.links.Party,
        help_text="Facilities that this party runs, guards or is based at.",
    )  # fmt: skip
    operations = LinkedFilter(Via("operations", there="facility"), help_text="Filters of operations: one there is found by them.")
    incidents = LinkedFilter(Via("incidents", by=IncidentFacility, here="facility", there="incident"),
                             help_text="Filters of incidents: one there is found by them.")  # fmt: skip
    case = PartFilter(to=Case, by=CaseFacility, here="facility", there="case", help_text="Facilities that this case gathers.")

    class Meta:
        model = Facility
        fields = lookups(Facility)

    def run_by(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        shown = Operation.objects.visible_to(self.reader.user).filter(party__uid=uid)
        return queryset.filter(tied(shown, "facility"))


class IncidentFilterSet(told_of("about_incident")):
    shape = shapes.INCIDENTS
    q = SearchFilter(names=["search"], texts="words", help_text="Titles and narratives.")
    date = ShownDateFilter(field_name="date", help_text="EDTF; finds incidents that can share a day with it.")
    date__within = ShownDateFilter(field_name="date", lookup_expr="within", help_text="EDTF; finds incidents wholly inside it.")
    place = PlaceFilter(field_name="place", shown_by="place_shown", help_text="Incidents in this place and all that lies in it.")
    facility = FacilityFilter(field_name="facilities", how="at", help_text="Incidents at this facility or its parts.")
    country = CountryFilter()
    bbox = BoxFilter()
    near = NearFilter()
    case = PartFilter(to=Case, by=CaseIncident, here="incident", there="case", help_text="Incidents that this case gathers.")
    present = PartFilter(to=Party, by=IncidentParty, here="incident", there="party",
                         help_text="Incidents at which this party was, without any accusation.")  # fmt: skip
    harms = LinkedFilter(Via("harms", there="incident"), help_text="Filters of harms: one done in it is found by them.")
    victims = LinkedFilter(Via("victims", by=Harm, here="incident", there="victim"),
                           help_text="Filters of victims: one harmed in it is found by them.")  # fmt: skip

    class Meta:
        model = Incident
        fields = lookups(Incident)
