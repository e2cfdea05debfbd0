"""Filters of cases, places, facilities, incidents, victims and harms."""

from __future__ import annotations

from cases import shapes
from cases.filtersets.common import EXEMPT, FacilityFilter, PlaceFilter, ShownDateFilter, country
from cases.models import Case, Facility, FacilityName, Harm, Incident, Place, PlaceName, Victim, VictimName
from hrdocs.filtersets import RecordFilterSet, SearchFilter, UidFilter, lookups


class CaseFilterSet(RecordFilterSet):
    shape = shapes.CASES
    exempt = EXEMPT
    q = SearchFilter(names=["search"], texts=["question_en", "question_ar"], help_text="Titles and questions.")

    class Meta:
        model = Case
        fields = lookups(Case, *EXEMPT)


class PlaceFilterSet(RecordFilterSet):
    shape = shapes.PLACES
    exempt = EXEMPT
    q = SearchFilter(names=["search"], parts=[("names", PlaceName)], help_text="Names, in any script and spelling.")
    within = PlaceFilter(field_name="id", help_text="Places within this one, itself included.")

    class Meta:
        model = Place
        fields = lookups(Place, *EXEMPT)


class FacilityFilterSet(RecordFilterSet):
    shape = shapes.FACILITIES
    exempt = EXEMPT
    q = SearchFilter(names=["search"], parts=[("names", FacilityName)], help_text="Names, in any script and spelling.")
    place = PlaceFilter(field_name="place", shown_by="place_shown", help_text="Facilities in this place.")
    country = country("place__country")
    operator = UidFilter(
        field_name="operators__party", to=shapes.links.Party, help_text="Facilities that this party runs, guards or is based at."
    )

    class Meta:
        model = Facility
        fields = lookups(Facility, *EXEMPT)


class IncidentFilterSet(RecordFilterSet):
    shape = shapes.INCIDENTS
    exempt = EXEMPT
    q = SearchFilter(names=["search"], texts=["narrative_en", "narrative_ar"], help_text="Titles and narratives.")
    date = ShownDateFilter(field_name="date", help_text="EDTF; finds incidents that can share a day with it.")
    date__within = ShownDateFilter(field_name="date", lookup_expr="within", help_text="EDTF; finds incidents wholly inside it.")
    place = PlaceFilter(field_name="place", shown_by="place_shown", help_text="Incidents in this place and all that lies in it.")
    facility = FacilityFilter(field_name="facilities", how="at", help_text="Incidents at this facility or its parts.")
    country = country("place__country")

    class Meta:
        model = Incident
        fields = lookups(Incident, *EXEMPT)


class VictimFilterSet(RecordFilterSet):
    shape = shapes.VICTIMS
    exempt = EXEMPT
    q = SearchFilter(texts=["label_en", "label_ar"], parts=[("names", VictimName)],
                     help_text="Public labels, and those names that you may see.")  # fmt: skip

    class Meta:
        model = Victim
        fields = lookups(Victim, *EXEMPT)


class HarmFilterSet(RecordFilterSet):
    shape = shapes.HARMS
    exempt = EXEMPT
    date = ShownDateFilter(field_name="date", help_text="EDTF; finds harms that can share a day with it.")
    date__within = ShownDateFilter(field_name="date", lookup_expr="within", help_text="EDTF; finds harms wholly inside it.")

    class Meta:
        model = Harm
        fields = lookups(Harm, *EXEMPT)
