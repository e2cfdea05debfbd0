"""Which sheet holds which kind of row, in the order in which they are read: what is linked to comes first."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from hrdocs.models import Record

SHEETS: dict[str, str] = {
    "parties": "sources.Party",
    "party_names": "sources.PartyName",
    "party_identifiers": "sources.PartyIdentifier",
    "sources": "sources.Source",
    "source_publishers": "sources.SourcePublisher",
    "source_authors": "sources.SourceAuthor",
    "source_identifiers": "sources.SourceIdentifier",
    "relays": "sources.Relay",
    "informants": "sources.Informant",
    "places": "cases.Place",
    "place_names": "cases.PlaceName",
    "place_identifiers": "cases.PlaceIdentifier",
    "facilities": "cases.Facility",
    "facility_names": "cases.FacilityName",
    "facility_identifiers": "cases.FacilityIdentifier",
    "operations": "cases.Operation",
    "affiliations": "cases.Affiliation",
    "victims": "cases.Victim",
    "victim_names": "cases.VictimName",
    "victim_identifiers": "cases.VictimIdentifier",
    "incidents": "cases.Incident",
    "incident_identifiers": "cases.IncidentIdentifier",
    "incident_places": "cases.IncidentPlace",
    "incident_facilities": "cases.IncidentFacility",
    "incident_parties": "cases.IncidentParty",
    "incident_links": "cases.IncidentLink",
    "harms": "cases.Harm",
    "official_acts": "cases.OfficialAct",
    "concerned": "cases.Concerned",
    "estimates": "cases.Estimate",
    "allegations": "cases.Allegation",
    "accused": "cases.Accused",
    "characterisations": "cases.Characterisation",
    "responses": "cases.Response",
    "citations": "cases.Citation",
    "quoted_in": "cases.QuotedIn",
    "hand_ons": "cases.HandOn",
    "estimate_relations": "cases.EstimateRelation",
    "cases": "cases.Case",
    "case_incidents": "cases.CaseIncident",
    "case_facilities": "cases.CaseFacility",
    "case_parties": "cases.CaseParty",
    "conclusions": "cases.Conclusion",
    "conclusion_grounds": "cases.ConclusionGround",
}


def model_of(sheet: str) -> type[models.Model]:
    """The model whose rows a sheet holds."""
    return apps.get_model(SHEETS[sheet])


def key_columns(model: type[models.Model]) -> tuple[str, ...]:
    """What tells the rows of a sheet apart: `ref` for records, for parts the columns that may stand there once."""
    if issubclass(model, Record):
        return ("ref",)
    return next(tuple(c.fields) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint))


def owner_of(record: models.Model) -> Record:
    """The record that a row belongs to: itself, or of a part the record (through another part) that it hangs on."""
    while not isinstance(record, Record):
        record = getattr(record, record.hangs_on[0])
    return record


def path_to_owner(model: type[models.Model]) -> str:
    """The way from a row of this kind to the record that it belongs to, as a lookup; empty for a record itself."""
    steps = []
    while not issubclass(model, Record):
        steps.append(model.hangs_on[0])
        model = model._meta.get_field(steps[-1]).related_model
    return "__".join(steps)
