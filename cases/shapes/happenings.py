"""What leaves of cases, places, facilities and incidents."""

from __future__ import annotations

from cases import shown
from cases.models import (
    Case,
    CaseFacility,
    CaseIncident,
    CaseParty,
    Facility,
    FacilityIdentifier,
    FacilityName,
    Incident,
    IncidentFacility,
    IncidentIdentifier,
    IncidentLink,
    IncidentParty,
    IncidentPlace,
    Operation,
    Place,
    PlaceIdentifier,
    PlaceName,
)
from cases.shapes import links
from cases.shapes.counted import told, years_shown
from hrdocs.access import Sensitivity
from hrdocs.columns import coded, dated, plain, record
from hrdocs.shapes import Codes, Column, Link, Many, Shape
from sources.models import Source
from sources.shapes import identifiers, names, rows_of

CASES = Shape(
    Case,
    "cases",
    (
        *record("cases"),
        *plain("title_en", "title_ar", "question_en", "question_ar", "original_language"),
        Column("lead", "lead__username", guard=Sensitivity.INTERNAL, type="text"),
        Many("incidents", values=(("uid", "incident__uid"), ("title", "incident__title_en"), ("note", "note")),
             rows=rows_of(CaseIncident, "case"), help="Incidents that the case gathers."),
        Many("facilities", values=(("uid", "facility__uid"), ("name", "facility__name_en"), ("note", "note")),
             rows=rows_of(CaseFacility, "case"), help="Facilities that the case gathers."),
        Many("parties", values=(("uid", "party__uid"), ("name", "party__name_en"), ("note", "note")),
             rows=rows_of(CaseParty, "case"), help="Parties that the case gathers; none is accused by that."),
    ),
    lead=("title_en", "question_en"),
)  # fmt: skip

PLACES = Shape(
    Place,
    "places",
    (
        *record("places"),
        *plain("name_en", "name_ar", "level"),
        *coded("country"),
        links.place("parent"),
        *plain("latitude", "longitude", "precision", "radius_m", "coordinates_text"),
        Link("coordinates_from", to=Source, values=(("uid", "uid"), ("title", "title"))),
        names(PlaceName, "place"),
        identifiers(PlaceIdentifier, "place"),
    ),
    point=lambda reader: ("longitude", "latitude"),
    lead=("name_en", "level", "country", "parent"),
)

FACILITIES = Shape(
    Facility,
    "facilities",
    (
        *record("facilities"),
        *plain("name_en", "name_ar"),
        *coded("kind"),
        links.facility("parent"),
        Column("standing"),
        links.place("place", where=shown.place_is_shown),
        Column("country", shown.country, "Country in which it stands.", type="text", few=True, of=(Place, "country__code")),
        Column("place_shown"),
        shown.point_column(),
        *dated("opened", "closed"),
        *plain("description_en", "description_ar"),
        names(FacilityName, "facility"),
        identifiers(FacilityIdentifier, "facility"),
        Many("parts", values=links.NAMED, rows=rows_of(Facility, "parent"), help="Facilities within it."),
        Many("operators", rows=rows_of(Operation, "facility"), text="{party} {role}", help="Who runs or guards it, and when.",
             values=(("uid", "uid"), ("party", "party__uid"), ("name", "party__name_en"), ("role", "role"),
                     ("start", "start"), ("end", "end"))),
    ),
    point=lambda reader: shown.located(shown.point("place", "place_shown", reader)),
    facets=told("about_facility"),
    lead=("name_en", "kind", "country", "parent", "standing"),
)  # fmt: skip

INCIDENTS = Shape(
    Incident,
    "incidents",
    (
        *record("incidents"),
        *plain("title_en", "title_ar", "extent"),
        *shown.date(),
        Column("date_wording", guard=Sensitivity.INTERNAL),
        *plain("date_meaning", "date_shown"),
        *plain("local_time", "time_earliest", "time_latest", "utc_offset", guard=Sensitivity.INTERNAL),
        *plain("duration", "narrative_en", "narrative_ar", "original_language"),
        Codes("violations"),
        Codes("means"),
        links.place("place", where=shown.place_is_shown),
        Column("place_wording", guard=Sensitivity.INTERNAL),
        Column("country", shown.country, "Country in which it happened.", type="text", few=True, of=(Place, "country__code")),
        Column("place_shown"),
        shown.point_column(),
        Many("facilities", values=(("uid", "facility__uid"), ("name", "facility__name_en"), ("role", "role")),
             rows=rows_of(IncidentFacility, "incident"), help="Facilities where it happened, or that it struck."),
        Many("further_places", values=(("uid", "place__uid"), ("name", "place__name_en"), ("role", "role")),
             rows=rows_of(IncidentPlace, "incident"), help="Further places, with their role."),
        Many("parties_present", values=(("uid", "party__uid"), ("name", "party__name_en"), ("role", "role")),
             rows=rows_of(IncidentParty, "incident"), help="Parties that were there, without any accusation."),
        Many("links", values=(("kind", "kind"), ("uid", "other__uid"), ("title", "other__title_en")), text="{kind} {uid}",
             rows=rows_of(IncidentLink, "incident"), help="How it is tied to other incidents."),
        identifiers(IncidentIdentifier, "incident"),
    ),
    point=lambda reader: shown.located(shown.point("place", "place_shown", reader)),
    facets=(years_shown(), *told("about_incident")),
    lead=("title_en", "date", "country", "violations", "place"),
)  # fmt: skip
