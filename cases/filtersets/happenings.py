"""Filters of cases, places, facilities, incidents, victims and harms."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from cases import shapes
from cases.filtersets.common import BoxFilter, CountryFilter, FacilityFilter, PlaceFilter, ShownDateFilter
from cases.models import Case, Facility, FacilityName, Harm, Incident, Operation, Place, PlaceName, Victim, VictimName
from hrdocs.filtersets import EXEMPT, RecordFilterSet, SearchFilter, UidFilter, lookups


class CaseFilterSet(RecordFilterSet):
    shape = shapes.CASES
    exempt = {**EXEMPT, "lead": EXEMPT["edited_by"]}
    q = SearchFilter(names=["search"], texts=["question_en", "question_ar"], help_text="Titles and questions.")

    class Meta:
        model = Case
        fields = lookups(Case, "lead")


class PlaceFilterSet(RecordFilterSet):
    shape = shapes.PLACES
    q = SearchFilter(names=["search"], parts=[("pk", PlaceName)], help_text="Names, in any script and spelling.")
    within = PlaceFilter(field_name="id", help_text="Places within this one, itself included.")
    bbox = BoxFilter()

    class Meta:
        model = Place
        fields = lookups(Place)


class FacilityFilterSet(RecordFilterSet):
    shape = shapes.FACILITIES
    q = SearchFilter(names=["search"], parts=[("pk", FacilityName)], help_text="Names, in any script and spelling.")
    place = PlaceFilter(field_name="place", shown_by="place_shown", help_text="Facilities in this place.")
    country = CountryFilter()
    bbox = BoxFilter()
    operator = UidFilter(
        field_name="id",
        method="run_by",
        to=shapes.links.Party,
        help_text="Facilities that this party runs, guards or is based at.",
    )  # fmt: skip

    class Meta:
        model = Facility
        fields = lookups(Facility)

    def run_by(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        shown = Operation.objects.visible_to(self.reader.user).filter(facility=OuterRef("pk"), party__uid=uid)
        return queryset.filter(Exists(shown))


class IncidentFilterSet(RecordFilterSet):
    shape = shapes.INCIDENTS
    q = SearchFilter(names=["search"], texts=["narrative_en", "narrative_ar"], help_text="Titles and narratives.")
    date = ShownDateFilter(field_name="date", help_text="EDTF; finds incidents that can share a day with it.")
    date__within = ShownDateFilter(field_name="date", lookup_expr="within", help_text="EDTF; finds incidents wholly inside it.")
    place = PlaceFilter(field_name="place", shown_by="place_shown", help_text="Incidents in this place and all that lies in it.")
    facility = FacilityFilter(field_name="facilities", how="at", help_text="Incidents at this facility or its parts.")
    country = CountryFilter()
    bbox = BoxFilter()

    class Meta:
        model = Incident
        fields = lookups(Incident)


class VictimFilterSet(RecordFilterSet):
    shape = shapes.VICTIMS
    q = SearchFilter(texts=["label_en", "label_ar"], parts=[("pk", VictimName)],
                     help_text="Public labels, and those names that you may see.")  # fmt: skip

    class Meta:
        model = Victim
        fields = lookups(Victim)


class HarmFilterSet(RecordFilterSet):
    shape = shapes.HARMS
    date = ShownDateFilter(field_name="date", help_text="EDTF; finds harms that can share a day with it.")
    date__within = ShownDateFilter(field_name="date", lookup_expr="within", help_text="EDTF; finds harms wholly inside it.")

    class Meta:
        model = Harm
        fields = lookups(Harm)
