from cases.models.accusations import Accused, Allegation, AllegedPerpetrator, Characterisation, Citation, Response
from cases.models.acts import Concerned, OfficialAct
from cases.models.cases import Case, CaseFacility, CaseIncident, CaseParty
from cases.models.conclusions import AdoptedFigure, Conclusion, ConclusionGround
from cases.models.estimates import Estimate, EstimateRelation
from cases.models.facilities import Facility, FacilityIdentifier, FacilityName
from cases.models.imports import DataSet, Import, ImportedChange, ImportedRow, TwinVerdict
from cases.models.incidents import (
    Incident,
    IncidentFacility,
    IncidentIdentifier,
    IncidentLink,
    IncidentParty,
    IncidentPlace,
)
from cases.models.mappings import Mapping
from cases.models.origins import SeveralOrigins
from cases.models.places import Place, PlaceIdentifier, PlaceName
from cases.models.points import ShownPoint
from cases.models.statements import ABOUT, ABOUT_BY_KIND, HandOn, QuotedIn, Statement
from cases.models.structure import Affiliation, Operation
from cases.models.uploads import RemarkSort, Step, Upload, UploadPiece, UploadRemark
from cases.models.victims import Harm, Victim, VictimIdentifier, VictimName

__all__ = [
    "ABOUT",
    "ABOUT_BY_KIND",
    "Accused",
    "AdoptedFigure",
    "Affiliation",
    "Allegation",
    "AllegedPerpetrator",
    "Case",
    "CaseFacility",
    "CaseIncident",
    "CaseParty",
    "Characterisation",
    "Citation",
    "Concerned",
    "Conclusion",
    "ConclusionGround",
    "DataSet",
    "Estimate",
    "EstimateRelation",
    "Facility",
    "FacilityIdentifier",
    "FacilityName",
    "HandOn",
    "Harm",
    "Import",
    "ImportedChange",
    "ImportedRow",
    "Mapping",
    "Incident",
    "IncidentFacility",
    "IncidentIdentifier",
    "IncidentLink",
    "IncidentParty",
    "IncidentPlace",
    "OfficialAct",
    "Operation",
    "Place",
    "PlaceIdentifier",
    "PlaceName",
    "QuotedIn",
    "RemarkSort",
    "Response",
    "SeveralOrigins",
    "ShownPoint",
    "Statement",
    "Step",
    "TwinVerdict",
    "Upload",
    "UploadPiece",
    "UploadRemark",
    "Victim",
    "VictimIdentifier",
    "VictimName",
]
