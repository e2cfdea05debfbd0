"""The API's endpoints of cases, incidents, facilities, victims, structure, statements and conclusions."""

import re
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cases import compared, entities, filtersets, shapes
from cases.chains import settle_drift
from cases.models import Statement
from cases.reports.api import Reported, ReportedAsList
from hrdocs.api import RecordViewSet, file
from hrdocs.formats.ftm import Ftm
from hrdocs.formats.json import JSONRenderer
from hrdocs.labels import LANGUAGES

_LANG = OpenApiParameter("lang", str, enum=LANGUAGES, description="The language of its sentences and names; en where left out.")


class Worded(RecordViewSet):
    """A kind of record of which the program says something in sentences."""

    def worded(self, answer: dict[str, Any]) -> Response:
        """The answer, in the language that is asked for."""
        self.takes_one_of(lang=LANGUAGES)
        return Response(compared.in_words(answer, self.reader.language))


class Compared(Worded):
    """A kind of record on which figures are said, and can be set side by side."""

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False, parameters=[_LANG])
    @action(detail=True, renderer_classes=[JSONRenderer])
    def comparison(self, request: Request, uid: str) -> Response:
        """All figures on it side by side: what may be compared, what contradicts what, and how many origins stand behind."""
        self.takes("lang")
        return self.worded(compared.comparison_of(self.record(uid), request.user))

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False, parameters=[_LANG])
    @action(detail=True, renderer_classes=[JSONRenderer])
    def findings(self, request: Request, uid: str) -> Response:
        """What it still lacks, and what a careful reader would ask: each finding on the record where it can be mended."""
        self.takes("lang")
        return self.worded(compared.findings_of(self.record(uid), request.user))


class Chained(Worded, ReportedAsList):
    """A kind of statement that hands others on."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        settle_drift()

    def walked_along(self) -> QuerySet:
        """All kinds stand in one table, and so does their order. Told how their uids begin, the database passes by no other."""
        kind = self.shape.model
        every = Statement.objects.visible_to(self.request.user).of_kind(kind.statement_kind)
        return every.filter(uid__startswith=f"{kind.uid_prefix}-") if kind.statement_kind else every

    @extend_schema(
        responses=OpenApiTypes.OBJECT, filters=False,
        parameters=[_LANG, OpenApiParameter("start", int, description="From which hop on; long chains are answered in parts.")],
    )  # fmt: skip
    @action(detail=True, renderer_classes=[JSONRenderer])
    def chain(self, request: Request, uid: str) -> Response:
        """By which hands it came, and how it changed at each: from its origins to all that tell it on."""
        self.takes("start", "lang")
        start = request.query_params.get("start", "0")
        if not re.fullmatch("[0-9]{1,7}", start):
            raise ValidationError({"start": "Write a number, or follow “next_start”."})
        return self.worded(compared.chain_of(self.record(uid), request.user, start=int(start)))


class CaseViewSet(Compared, Reported):
    """Dossiers: a question, and the incidents, facilities and parties gathered to answer it."""

    shape, filterset_class = shapes.CASES, filtersets.CaseFilterSet


class IncidentViewSet(Compared, Reported):
    """What happened, as far as anyone says so."""

    shape, filterset_class = shapes.INCIDENTS, filtersets.IncidentFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.incident))]


class PlaceViewSet(Compared):
    """Countries, regions, settlements and sites to which sources refer."""

    shape, filterset_class = shapes.PLACES, filtersets.PlaceFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.place))]


class FacilityViewSet(Compared, Reported):
    """Prisons, branches, hospitals, graves, and the buildings within them."""

    shape, filterset_class = shapes.FACILITIES, filtersets.FacilityFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.facility))]


class PerpetratorViewSet(Reported):
    """Alleged perpetrators: parties that a visible allegation accuses. An accusation is no verdict."""

    shape, filterset_class = shapes.PERPETRATORS, filtersets.PerpetratorFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.perpetrator))]


class VictimViewSet(Compared):
    """Persons, groups and organisations to whom harm is said to have been done."""

    shape, filterset_class = shapes.VICTIMS, filtersets.VictimFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.victim))]


class HarmViewSet(RecordViewSet):
    """One act done to one victim, facility, place or thing."""

    shape, filterset_class = shapes.HARMS, filtersets.HarmFilterSet


class OperationViewSet(RecordViewSet):
    """Who runs, guards or is based at what, and when."""

    shape, filterset_class = shapes.OPERATIONS, filtersets.OperationFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.operation))]


class AffiliationViewSet(RecordViewSet):
    """Who belongs to, commands or supports whom, and when."""

    shape, filterset_class = shapes.AFFILIATIONS, filtersets.AffiliationFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.affiliation))]


class OfficialActViewSet(RecordViewSet):
    """What authorities did: charges, judgments, sanctions, inquiries."""

    shape, filterset_class = shapes.OFFICIAL_ACTS, filtersets.OfficialActFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.official_act))]


class EstimateViewSet(Chained):
    """Numbers as sources give them, each with its bounds, wording, unit, period, place in the text and what it passes on."""

    shape, filterset_class = shapes.ESTIMATES, filtersets.EstimateFilterSet


class AllegationViewSet(Chained):
    """Who accuses whom of which part in what, with the answers."""

    shape, filterset_class = shapes.ALLEGATIONS, filtersets.AllegationFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.allegation))]


class CharacterisationViewSet(Chained):
    """Words of judgement by law or standard, as sources use them."""

    shape, filterset_class = shapes.CHARACTERISATIONS, filtersets.CharacterisationFilterSet


class ResponseViewSet(Chained):
    """Answers: denials, clarifications, corrections, no comment."""

    shape, filterset_class = shapes.RESPONSES, filtersets.ResponseFilterSet


class CitationViewSet(Chained):
    """Other supporting, contradicting or mentioning statements."""

    shape, filterset_class = shapes.CITATIONS, filtersets.CitationFilterSet


class StatementViewSet(Chained):
    """Statements of every kind, with what they are about and where they stand; each kind has a list of its own with more."""

    shape, filterset_class = shapes.STATEMENTS, filtersets.AnyStatementFilterSet


class FigureViewSet(RecordViewSet):
    """Figures that we adopted, what they rest on, and what was set aside."""

    shape, filterset_class = shapes.FIGURES, filtersets.FigureFilterSet
