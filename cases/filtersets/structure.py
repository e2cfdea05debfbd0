"""Filters of operations, affiliations, official acts, alleged perpetrators and adopted figures."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cases import shapes
from cases.choices import Mode
from cases.filtersets.told import told_of
from cases.models import (
    Accused,
    AdoptedFigure,
    Affiliation,
    AllegedPerpetrator,
    Concerned,
    ConclusionGround,
    Facility,
    OfficialAct,
    Operation,
    Statement,
    Victim,
)
from hrdocs.dates import Span
from hrdocs.filtersets import EXEMPT, ChoicesFilter, DateFilter, RecordFilterSet, UidFilter, lookups
from hrdocs.linked import LinkedFilter, PartFilter, Via
from hrdocs.searching import SearchFilter
from hrdocs.ties import tied
from sources.filtersets import PartyFilterSet
from sources.models import Party, Source

_NO_FIGURES = ("statements", "responses", "citations")


class DuringFilter(DateFilter):
    """What can have lasted on a day of the time asked for; an end that is open or not known ends nothing."""

    def __init__(self) -> None:
        super().__init__(field_name="start", help_text="EDTF; finds what can have held on a day of it, from start to end.")

    def filter(self, queryset: QuerySet, value: Span | None) -> QuerySet:
        if value is None:
            return queryset
        if value.latest:
            queryset = queryset.filter(Q(start_earliest__lte=value.latest) | Q(start_earliest=None))
        return queryset.filter(Q(end_latest__gte=value.earliest) | Q(end_latest=None)) if value.earliest else queryset


class OperationFilterSet(told_of("about_operation", lists=_NO_FIGURES)):
    shape = shapes.OPERATIONS
    q = LinkedFilter(*(Via(name, here=here, only="q") for here, name in
                       (("party", "parties"), ("facility", "facilities"), ("place", "places"))),
                     help_text="Names of who runs and what is run, in any script and spelling.")  # fmt: skip
    during = DuringFilter()
    country = LinkedFilter(Via("facilities", here="facility", only="country"), Via("places", here="place", only="country"),
                           help_text="Country of the facility or place.")  # fmt: skip
    at = LinkedFilter(Via("facilities", here="facility", only="within"), help_text="At this facility or its parts.")
    parties = LinkedFilter(Via("parties", here="party"), help_text="Filters of parties: who runs it is found by them.")

    class Meta:
        model = Operation
        fields = lookups(Operation)


class AffiliationFilterSet(told_of("about_affiliation", lists=("citations",))):
    shape = shapes.AFFILIATIONS
    q = LinkedFilter(Via("parties", here="party", only="q"), Via("parties", here="to_party", only="q"),
                     help_text="Names of both, in any script and spelling.")  # fmt: skip
    during = DuringFilter()
    of = LinkedFilter(Via("parties", here="party", only="uid"), Via("parties", here="to_party", only="uid"),
                      help_text="Affiliations of this party, whichever of the two it is.")  # fmt: skip

    class Meta:
        model = Affiliation
        fields = lookups(Affiliation)


class OfficialActFilterSet(told_of("about_official_act", lists=_NO_FIGURES)):
    shape = shapes.OFFICIAL_ACTS
    q = SearchFilter(names=["search"], texts="words", help_text="Titles, dockets, legal bases, outcomes and penalties.")
    party = PartFilter(to=Party, by=Concerned, here="act", there="party", help_text="Acts that concern this party.")
    victim = PartFilter(to=Victim, by=Concerned, here="act", there="victim", help_text="Acts that concern this victim.")
    facility = PartFilter(to=Facility, by=Concerned, here="act", there="facility", help_text="Acts that concern this facility.")
    country = LinkedFilter(Via("parties", here="authority", only="country"), help_text="Country of the authority.")

    class Meta:
        model = OfficialAct
        fields = lookups(OfficialAct)


class PerpetratorFilterSet(PartyFilterSet):
    shape = shapes.PERPETRATORS
    mode = ChoicesFilter(method="of_mode", choices=Mode.choices, help_text="Accused of this mode of responsibility.")
    accused_by = UidFilter(field_name="id", method="by_source", to=Source, help_text="Accused by this source.")
    allegations = LinkedFilter(Via("allegations", by=Accused, here="party", there="allegation"),
                               help_text="Filters of allegations: one against it is found by all of them.")  # fmt: skip

    class Meta(PartyFilterSet.Meta):
        model = AllegedPerpetrator

    def of_mode(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(tied(self._accusations().filter(modes__overlap=value), "party")) if value else queryset

    def by_source(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        return queryset.filter(tied(self._accusations().filter(allegation__source__uid=uid), "party"))

    def _accusations(self) -> QuerySet:
        return Accused.objects.visible_to(self.reader.user)


_SUBJECTS = {"incident": "incidents", "facility": "facilities", "place": "places", "victim": "victims"}


class FigureFilterSet(RecordFilterSet):
    shape = shapes.FIGURES
    exempt = {**EXEMPT, "kind": "the list holds adopted figures alone", "standing": "no figure has one"}
    q = LinkedFilter(*(Via(name, here=here, only="q") for here, name in _SUBJECTS.items()),
                     help_text="Names of what it is about, in any script and spelling.")  # fmt: skip
    country = LinkedFilter(*(Via(name, here=here, only="country") for here, name in _SUBJECTS.items() if here != "victim"),
                           help_text="Country of what it is about.")  # fmt: skip
    statement = PartFilter(to=Statement, by=ConclusionGround, here="conclusion", there="statement",
                           help_text="Figures that rest on this statement, or set it aside.")  # fmt: skip

    class Meta:
        model = AdoptedFigure
        fields = lookups(AdoptedFigure, "kind", "standing")
