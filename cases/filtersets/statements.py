"""Filters of statements: by what they are about, who says them, where they come from, and what they say."""

from __future__ import annotations

import django_filters as filters
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet

from cases import shapes
from cases.choices import Mode
from cases.difference import Kind, Severity
from cases.filtersets.common import FacilityFilter, FamilyFilter
from cases.filtersets.perpetrators import SubordinatesFilter, accused_for
from cases.filtersets.points import BoxFilter, NearFilter
from cases.models import (
    Allegation,
    Characterisation,
    Citation,
    Estimate,
    FacilityName,
    HandOn,
    Response,
    SeveralOrigins,
    Statement,
)
from hrdocs.filtersets import (
    EXEMPT,
    ChoicesFilter,
    DateFilter,
    RecordFilterSet,
    UidFilter,
    WholeNumberFilter,
    YesNoFilter,
    lookups,
)
from hrdocs.linked import LinkedFilter, Via
from hrdocs.searching import SearchFilter
from hrdocs.ties import tied
from sources.models import Party, SourcePublisher

STATEMENT_EXEMPT = {
    **EXEMPT,
    "statement_uid": "the uid again, which is asked by uid",
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


_THINGS = {"about_incident": "incidents", "about_facility": "facilities", "about_place": "places"}


class StatementFilterSet(RecordFilterSet):
    """What can be asked of statements of every kind."""

    exempt = STATEMENT_EXEMPT
    q = SearchFilter(
        names=["source__search", "about_facility__search", "about_incident__search", "about_place__search"],
        texts="words",
        parts=[("about_facility", FacilityName)],
        help_text="Titles of the source, names of what it is about in any script, words quoted.",
    )
    facility = FacilityFilter(
        field_name="about_facility",
        how="concerning",
        help_text="Statements about this facility, its parts, or incidents at one of them.",
    )
    publisher = UidFilter(field_name="id", method="published_by", to=Party, help_text="Statements in sources of this publisher.")
    publisher_kind = LinkedFilter(Via("sources", here="source", only="publisher_kind"),
                                  help_text="In sources of such a publisher: ngo, court, news_agency …")  # fmt: skip
    reliability = LinkedFilter(Via("sources", here="source", only="reliability"),
                               help_text="In sources that we grade so (A to F).")  # fmt: skip
    published = LinkedFilter(Via("sources", here="source", only="published"),
                             help_text="EDTF; in sources that can have been published on a day of it.")  # fmt: skip
    country = LinkedFilter(*(Via(name, here=here, only="country") for here, name in _THINGS.items()),
                           help_text="Country of the incident, facility or place that it is about.")  # fmt: skip
    place = LinkedFilter(
        Via("incidents", here="about_incident", only="place"), Via("facilities", here="about_facility", only="place"),
        Via("places", here="about_place", only="within"),
        help_text="About this place, one in it, or an incident or facility there.")  # fmt: skip
    bbox, near = BoxFilter(shapes.LIES), NearFilter(shapes.LIES)
    sources = LinkedFilter(Via("sources", here="source"), help_text="Filters of sources: its source is found by all of them.")
    incidents = LinkedFilter(Via("incidents", here="about_incident"), help_text="Filters of incidents: it is about one of those.")
    facilities = LinkedFilter(
        Via("facilities", here="about_facility"), help_text="Filters of facilities: it is about one of those."
    )
    passes_on = UidFilter(
        field_name="id", method="handing_on", to=Statement, help_text="Statements that hand this one on directly."
    )
    passed_on_by = UidFilter(
        field_name="id", method="handed_on", to=Statement, help_text="Statements that this one hands on directly."
    )
    is_origin = YesNoFilter(field_name="id", method="without_earlier", help_text="Whether it hands on no earlier statement.")

    drift = filters.CharFilter(
        method="drifted", help_text=f"Changed on the way from what it hands on: any, none, or of {', '.join(Kind)}."
    )
    severity = ChoicesFilter(
        method="drifted_so_far", choices=[(s.value, s.value) for s in Severity if s.rank],
        help_text="How much it changed: wording, material, reverses_meaning, or several.")  # fmt: skip
    origins = WholeNumberFilter(method="with_origins", help_text="How many statements stand at the far end of its chain.")

    def drifted(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        hops = self._hops_of_today(name)
        if value in ("any", "none"):
            changed = tied(hops.exclude(drift=[]), "later", anywhere=True)
            return queryset.filter(changed) if value == "any" else queryset.filter(tied(hops, "later")).exclude(changed)
        kinds = value.split(",")
        if unknown := set(kinds) - set(Kind):
            raise ValidationError({name: f"“{sorted(unknown)[0][:40]}” is no kind of drift. Use any, none, {', '.join(Kind)}."})
        return queryset.filter(tied(hops.filter(drift__overlap=kinds), "later", anywhere=True))

    def drifted_so_far(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return queryset.filter(tied(self._hops_of_today(name).filter(severity__in=value), "later")) if value else queryset

    def with_origins(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        several = SeveralOrigins.objects.visible_to(self.reader.user)
        if value < 2:
            return queryset.exclude(tied(several, "statement")) if value == 1 else queryset.none()
        return queryset.filter(tied(several.filter(origins=value), "statement"))

    def published_by(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        shown = SourcePublisher.objects.visible_to(self.reader.user).filter(party__uid=uid)
        return queryset.filter(tied(shown, "source", here="source"))

    def handing_on(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        return queryset.filter(tied(self._hops().filter(earlier__uid=uid), "later"))

    def handed_on(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        return queryset.filter(tied(self._hops().filter(later__uid=uid), "earlier"))

    def without_earlier(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        hands_on = Exists(self._hops().filter(later=OuterRef("pk")))
        return queryset.exclude(hands_on) if value else queryset.filter(hands_on)

    def _hops(self) -> QuerySet:
        return HandOn.objects.visible_to(self.reader.user)

    def _hops_of_today(self, name: str) -> QuerySet:
        if self.reader.as_of:
            raise ValidationError({name: "What changed on the way is worked out anew and not kept. Ask for it without as_of."})
        return self._hops()


_ESTIMATE_EXEMPT = {**STATEMENT_EXEMPT, "as_of": "asked by counted_as_of: the parameter as_of asks for the past"}


class EstimateFilterSet(StatementFilterSet):
    shape = shapes.ESTIMATES
    exempt = _ESTIMATE_EXEMPT
    could_exceed = filters.NumberFilter(
        method="may_exceed", help_text="Figures that leave more than this possible; an open upper bound does."
    )
    could_be_below = filters.NumberFilter(
        method="may_be_below", help_text="Figures that leave less than this possible; an open lower bound does."
    )

    category_family = FamilyFilter(
        field_name="categories", help_text="Figures of the family of this act: for hanged, or deaths, all ways to die."
    )

    counted_as_of = DateFilter(field_name="as_of", help_text="EDTF; running counts and stocks as of a day of it.")
    counted_as_of__within = DateFilter(field_name="as_of", lookup_expr="within", help_text="The same, wholly in it.")

    class Meta:
        model = Estimate
        fields = lookups(Estimate, *_ESTIMATE_EXEMPT)

    def may_exceed(self, queryset: QuerySet, name: str, value: float) -> QuerySet:
        open_above = Q(upper=None) & Q(lower__isnull=False)
        return queryset.filter(Q(upper__gt=value) | Q(best__gt=value) | open_above)

    def may_be_below(self, queryset: QuerySet, name: str, value: float) -> QuerySet:
        open_below = Q(lower=None) & Q(upper__isnull=False)
        return queryset.filter(Q(lower__lt=value) | Q(best__lt=value) | open_below)


class AllegationFilterSet(StatementFilterSet):
    shape = shapes.ALLEGATIONS
    accused = UidFilter(field_name="id", method="accusing", to=Party, help_text="Allegations against this party.")
    perpetrator = UidFilter(field_name="id", method="accusing", to=Party, help_text="The same as accused.")
    perpetrator_with_subordinates = SubordinatesFilter()
    mode = ChoicesFilter(method="of_mode", choices=Mode.choices, help_text="Mode of responsibility alleged, or several.")

    class Meta:
        model = Allegation
        fields = lookups(Allegation, *STATEMENT_EXEMPT)

    def accusing(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        return queryset.filter(tied(accused_for(self.reader).filter(party__uid=uid), "allegation"))

    def of_mode(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        accused = accused_for(self.reader)
        return queryset.filter(tied(accused.filter(modes__overlap=value), "allegation", anywhere=True)) if value else queryset


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


_ANY_EXEMPT = {name: why for name, why in STATEMENT_EXEMPT.items() if name != "kind"}


class AnyStatementFilterSet(StatementFilterSet):
    shape = shapes.STATEMENTS
    exempt = _ANY_EXEMPT

    class Meta:
        model = Statement
        fields = lookups(Statement, *_ANY_EXEMPT)
