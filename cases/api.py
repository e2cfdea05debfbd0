"""The API's endpoints of cases, incidents, facilities, victims, structure, statements and conclusions."""

from django.http import Http404
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases import compared, filtersets, shapes
from hrdocs.api import RecordViewSet
from hrdocs.formats.json import JSONRenderer


class CaseViewSet(RecordViewSet):
    """Dossiers: a question, and the incidents, facilities and parties gathered to answer it."""

    shape, filterset_class = shapes.CASES, filtersets.CaseFilterSet


class IncidentViewSet(RecordViewSet):
    """What happened, as far as anyone says so."""

    shape, filterset_class = shapes.INCIDENTS, filtersets.IncidentFilterSet


class PlaceViewSet(RecordViewSet):
    """Countries, regions, settlements and sites to which sources refer."""

    shape, filterset_class = shapes.PLACES, filtersets.PlaceFilterSet


class FacilityViewSet(RecordViewSet):
    """Prisons, branches, hospitals, graves, and the buildings within them."""

    shape, filterset_class = shapes.FACILITIES, filtersets.FacilityFilterSet

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False)
    @action(detail=True, renderer_classes=[JSONRenderer])
    def comparison(self, request: Request, uid: str) -> Response:
        """All figures about the facility side by side: what may be compared, what contradicts what, and why."""
        facility = self.found(uid).first()
        if facility is None:
            raise Http404
        return Response(compared.comparison_of(facility, request.user))


class PerpetratorViewSet(RecordViewSet):
    """Alleged perpetrators: parties that a visible allegation accuses. An accusation is no verdict."""

    shape, filterset_class = shapes.PERPETRATORS, filtersets.PerpetratorFilterSet


class VictimViewSet(RecordViewSet):
    """Persons, groups and organisations to whom harm is said to have been done."""

    shape, filterset_class = shapes.VICTIMS, filtersets.VictimFilterSet


class HarmViewSet(RecordViewSet):
    """One act done to one victim, facility, place or thing."""

    shape, filterset_class = shapes.HARMS, filtersets.HarmFilterSet


class OperationViewSet(RecordViewSet):
    """Who runs, guards or is based at what, and when."""

    shape, filterset_class = shapes.OPERATIONS, filtersets.OperationFilterSet


class AffiliationViewSet(RecordViewSet):
    """Who belongs to, commands or supports whom, and when."""

    shape, filterset_class = shapes.AFFILIATIONS, filtersets.AffiliationFilterSet


class OfficialActViewSet(RecordViewSet):
    """What authorities did: charges, judgments, sanctions, inquiries."""

    shape, filterset_class = shapes.OFFICIAL_ACTS, filtersets.OfficialActFilterSet


class EstimateViewSet(RecordViewSet):
    """Numbers as sources give them, each with its bounds, wording, unit, period, place in the text and what it passes on."""

    shape, filterset_class = shapes.ESTIMATES, filtersets.EstimateFilterSet

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False)
    @action(detail=True, renderer_classes=[JSONRenderer])
    def chain(self, request: Request, uid: str) -> Response:
        """By which hands the figure came, and how it changed at each: from its origin to all that tell it on."""
        estimate = self.found(uid).first()
        if estimate is None:
            raise Http404
        return Response(compared.chain_of(estimate, request.user))


class AllegationViewSet(RecordViewSet):
    """Who accuses whom of which part in what, with the answers."""

    shape, filterset_class = shapes.ALLEGATIONS, filtersets.AllegationFilterSet


class CharacterisationViewSet(RecordViewSet):
    """Words of judgement by law or standard, as sources use them."""

    shape, filterset_class = shapes.CHARACTERISATIONS, filtersets.CharacterisationFilterSet


class ResponseViewSet(RecordViewSet):
    """Answers: denials, clarifications, corrections, no comment."""

    shape, filterset_class = shapes.RESPONSES, filtersets.ResponseFilterSet


class CitationViewSet(RecordViewSet):
    """Other supporting, contradicting or mentioning statements."""

    shape, filterset_class = shapes.CITATIONS, filtersets.CitationFilterSet


class FigureViewSet(RecordViewSet):
    """Figures that we adopted, what they rest on, and what was set aside."""

    shape, filterset_class = shapes.FIGURES, filtersets.FigureFilterSet
