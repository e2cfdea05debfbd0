"""Filters of cases, incidents, facilities, victims, structure, statements and conclusions."""

from cases.filtersets.happenings import CaseFilterSet, FacilityFilterSet, IncidentFilterSet, PlaceFilterSet
from cases.filtersets.people import HarmFilterSet, VictimFilterSet
from cases.filtersets.statements import (
    AllegationFilterSet,
    AnyStatementFilterSet,
    CharacterisationFilterSet,
    CitationFilterSet,
    EstimateFilterSet,
    ResponseFilterSet,
)
from cases.filtersets.structure import (
    AffiliationFilterSet,
    FigureFilterSet,
    OfficialActFilterSet,
    OperationFilterSet,
    PerpetratorFilterSet,
)

__all__ = [
    "AffiliationFilterSet",
    "AllegationFilterSet",
    "AnyStatementFilterSet",
    "CaseFilterSet",
    "CharacterisationFilterSet",
    "CitationFilterSet",
    "EstimateFilterSet",
    "FacilityFilterSet",
    "FigureFilterSet",
    "HarmFilterSet",
    "IncidentFilterSet",
    "OfficialActFilterSet",
    "OperationFilterSet",
    "PerpetratorFilterSet",
    "PlaceFilterSet",
    "ResponseFilterSet",
    "VictimFilterSet",
]
