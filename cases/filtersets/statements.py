"""Filters of statements: by what they are about, who says them, where they come from, and what they say."""

from __future__ import annotations

import django_filters as filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from cases import shapes
from cases.choices import Mode
from cases.filtersets.common import FacilityFilter
from cases.models import (
    Accused,
    Allegation,
    Characterisation,
    Citation,
    Estimate,
    FacilityName,
    HandOn,
    Response,
    Statement,
)
from hrdocs.filtersets import EXEMPT, ChoicesFilter, RecordFilterSet, SearchFilter, UidFilter, YesNoFilter, lookups
from sources.models import Party, SourcePublisher

STATEMENT_EXEMPT = {
    **EXEMPT,
    "kind": "each kind has its own list",
    "capture": "kept copies come with their own list",
    "speaker_informant": "informants are not a subject of search",
    "speaker_victim": "who speaks is guarded",
    "attributed_informant": "informants are not a subject of search",
    "attributed_victim": "who speaks is guarded",
    "pronounced_in": "asked of the official act",
    "about_affiliation": "asked of the affiliation",
    "about_incident_link": "asked of the incident",
}


class StatementFilterSet(RecordFilterSet):
    """What can be asked of statements of every kind."""

    exempt = STATEMENT_EXEMPT
    q = SearchFilter(
        names=["source__search", "about_facility__search", "about_incident__search", "about_place__search"],
        texts=["quotation", "translation"],
        parts=[("about_facility__names", FacilityName)],
        help_text="Titles of the source, names of what it is about in any script, words quoted.",
    )
    facility = FacilityFilter(
        field_name="about_facility",
        how="concerning",
        help_text="Statements about this facility, its parts, or incidents at one of them.",
    )
    publisher = UidFilter(field_name="id", method="published_by", to=Party, help_text="Statements in sources of this publisher.")
    passes_on = UidFilter(
        field_name="id", method="handing_on", to=Statement, help_text="Statements that hand this one on directly."
    )
    passed_on_by = UidFilter(
        field_name="id", method="handed_on", to=Statement, help_text="Statements that this one hands on directly."
    )
    is_origin = YesNoFilter(field_name="id", method="origins", help_text="Whether it hands on no earlier statement.")

    def published_by(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        shown = SourcePublisher.objects.visible_to(self.reader.user).filter(source=OuterRef("source"), party__uid=uid)
        return queryset.filter(Exists(shown))

    def handing_on(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        return queryset.filter(Exists(self._hops().filter(later=OuterRef("pk"), earlier__uid=uid)))

    def handed_on(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        return queryset.filter(Exists(self._hops().filter(earlier=OuterRef("pk"), later__uid=uid)))

    def origins(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        hands_on = Exists(self._hops().filter(later=OuterRef("pk")))
        return queryset.exclude(hands_on) if value else queryset.filter(hands_on)

    def _hops(self) -> QuerySet:
        return HandOn.objects.visible_to(self.reader.user)


class EstimateFilterSet(StatementFilterSet):
    shape = shapes.ESTIMATES
    could_exceed = filters.NumberFilter(
        method="may_exceed", help_text="Figures that leave more than this possible; an open upper bound does."
    )
    could_be_below = filters.NumberFilter(
        method="may_be_below", help_text="Figures that leave less than this possible; an open lower bound does."
    )

    class Meta:
        model = Estimate
        fields = lookups(Estimate, *STATEMENT_EXEMPT)

    def may_exceed(self, queryset: QuerySet, name: str, value: float) -> QuerySet:
        open_above = Q(upper=None) & Q(lower__isnull=False)
        return queryset.filter(Q(upper__gt=value) | Q(best__gt=value) | open_above)

    def may_be_below(self, queryset: QuerySet, name: str, value: float) -> QuerySet:
        open_below = Q(lower=None) & Q(upper__isnull=False)
        return queryset.filter(Q(lower__lt=value) | Q(best__lt=value) | open_below)


class AllegationFilterSet(StatementFilterSet):
    shape = shapes.ALLEGATIONS
    accused = UidFilter(field_name="id", method="accusing", to=Party, help_text="Allegations against this party.")
    mode = ChoicesFilter(method="of_mode", choices=Mode.choices, help_text="Mode of responsibility alleged, or several.")

    class Meta:
        model = Allegation
        fields = lookups(Allegation, *STATEMENT_EXEMPT)

    def accusing(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        return queryset.filter(Exists(self._accused().filter(party__uid=uid)))

    def of_mode(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(Exists(self._accused().filter(modes__overlap=value))) if value else queryset

    def _accused(self) -> QuerySet:
        return Accused.objects.visible_to(self.reader.user).filter(allegation=OuterRef("pk"))


class CharacterisationFilterSet(StatementFilterSet):
    shape = shapes.CHARACTERISATIONS

    class Meta:
        model = Characterisation
        fields = lookups(Characterisation, *STATEMENT_EXEMPT)


class ResponseFilterSet(StatementFilterSet):
    shape = shapes.RESPONSES

    class Meta:
        model = Response
        fields = lookups(Response, *STATEMENT_EXEMPT)


class CitationFilterSet(StatementFilterSet):
    shape = shapes.CITATIONS

    class Meta:
        model = Citation
        fields = lookups(Citation, *STATEMENT_EXEMPT)
