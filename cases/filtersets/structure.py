"""Filters of operations, affiliations, official acts, alleged perpetrators and adopted figures."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from cases import shapes
from cases.choices import Mode
from cases.models import Accused, AdoptedFigure, Affiliation, AllegedPerpetrator, OfficialAct, Operation
from hrdocs.filtersets import EXEMPT, ChoicesFilter, RecordFilterSet, SearchFilter, UidFilter, lookups
from sources.filtersets import PartyFilterSet
from sources.models import Source


class OperationFilterSet(RecordFilterSet):
    shape = shapes.OPERATIONS

    class Meta:
        model = Operation
        fields = lookups(Operation)


class AffiliationFilterSet(RecordFilterSet):
    shape = shapes.AFFILIATIONS

    class Meta:
        model = Affiliation
        fields = lookups(Affiliation)


class OfficialActFilterSet(RecordFilterSet):
    shape = shapes.OFFICIAL_ACTS
    q = SearchFilter(names=["search"], texts=["outcome"], help_text="Titles, dockets and outcomes.")

    class Meta:
        model = OfficialAct
        fields = lookups(OfficialAct)


class PerpetratorFilterSet(PartyFilterSet):
    shape = shapes.PERPETRATORS
    mode = ChoicesFilter(method="of_mode", choices=Mode.choices, help_text="Accused of this mode of responsibility.")
    accused_by = UidFilter(field_name="id", method="by_source", to=Source, help_text="Accused by this source.")

    class Meta(PartyFilterSet.Meta):
        model = AllegedPerpetrator

    def of_mode(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(Exists(self._accusations().filter(modes__overlap=value))) if value else queryset

    def by_source(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        return queryset.filter(Exists(self._accusations().filter(allegation__source__uid=uid)))

    def _accusations(self) -> QuerySet:
        return Accused.objects.visible_to(self.reader.user).filter(party=OuterRef("pk"))


class FigureFilterSet(RecordFilterSet):
    shape = shapes.FIGURES
    exempt = {**EXEMPT, "kind": "the list holds adopted figures alone", "standing": "no figure has one"}

    class Meta:
        model = AdoptedFigure
        fields = lookups(AdoptedFigure, "kind", "standing")
