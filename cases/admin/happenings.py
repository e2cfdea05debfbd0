"""Cases, incidents, facilities, places, victims and harms."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cases.admin.adopting import Adoptable
from cases.admin.findings import WithFindings
from cases.admin.inlines import allegations, characterisations, citations, estimates, responses
from cases.admin.mapped import Mapped
from cases.models import (
    Case,
    CaseFacility,
    CaseIncident,
    CaseParty,
    Facility,
    FacilityIdentifier,
    FacilityName,
    Harm,
    Incident,
    IncidentFacility,
    IncidentIdentifier,
    IncidentLink,
    IncidentParty,
    IncidentPlace,
    Place,
    PlaceIdentifier,
    PlaceName,
    Victim,
    VictimIdentifier,
    VictimName,
)
from hrdocs.admin.inlines import parts
from hrdocs.admin.records import RecordAdmin


@admin.register(Case)
class CaseAdmin(WithFindings):
    title_field = "title_en"
    list_before_state = ("title_ar", "lead")
    search_names = ("search",)
    lead_fieldsets = (
        (None, {"fields": (("title_en", "title_ar"), ("question_en", "question_ar"), ("lead", "original_language"))}),
    )
    inlines = (
        parts(CaseIncident, "incident", "note"),
        parts(CaseFacility, "facility", "note"),
        parts(CaseParty, "party", "note"),
    )


@admin.register(Incident)
class IncidentAdmin(Adoptable):
    """Top to bottom as an analyst thinks: what, when, where, who says so and how many, who is accused, what they answered."""

    title_field = "title_en"
    list_before_state = ("extent", "date", "place")
    list_filter = ("extent", "state", "sensitivity")
    search_names = ("search",)
    alike_names, alike_place, alike_date = ("title_en", "title_ar"), "place", "date"
    lead_fieldsets = (
        ("What", {"fields": (("title_en", "title_ar"), ("extent", "original_language"), ("violations", "means"),
                             "narrative_en", "narrative_ar")}),
        ("When", {"fields": (("date", "date_wording"), ("date_meaning", "date_shown"))}),
        ("Where", {"fields": (("place", "place_shown"), "place_wording")}),
        ("Time of day", {"classes": ["collapse"], "fields": (
            "local_time", ("time_earliest", "time_latest", "utc_offset"), "duration")}),
    )  # fmt: skip
    inlines = (
        parts(IncidentFacility, "facility", "role"),
        estimates("about_incident"),
        allegations("about_incident"),
        responses("about_incident"),
        characterisations("about_incident"),
        citations("about_incident"),
        parts(IncidentParty, "party", "role", "note"),
        parts(IncidentPlace, "place", "role", collapse=True),
        parts(IncidentLink, "kind", "other", "note", fk_name="incident", collapse=True),
        parts(IncidentIdentifier, "scheme", "value", collapse=True),
    )


@admin.register(Facility)
class FacilityAdmin(Adoptable):
    title_field = "name_en"
    list_before_state = ("name_ar", "kind", "parent", "standing")
    list_filter = ("standing", "state", "sensitivity")
    search_names = ("search",)
    search_parts = (FacilityName,)
    alike_names, alike_place = ("name_en", "name_ar"), "place"
    lead_fieldsets = (
        ("What", {"fields": (("name_en", "name_ar"), ("kind", "parent"), "description_en", "description_ar")}),
        ("Where and when", {"fields": (("place", "place_shown"), ("opened", "closed"))}),
    )
    inlines = (
        parts(FacilityName, "text", "language", "kind", "valid_from", "valid_to"),
        parts(FacilityIdentifier, "scheme", "value", collapse=True),
        estimates("about_facility"),
        allegations("about_facility"),
        responses("about_facility"),
        citations("about_facility"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("kind")


@admin.register(Place)
class PlaceAdmin(Mapped, Adoptable):
    title_field = "name_en"
    list_before_state = ("name_ar", "level", "parent")
    list_filter = ("level", "state", "sensitivity")
    search_names = ("search",)
    search_parts = (PlaceName,)
    alike_names = ("name_en", "name_ar")
    lead_fieldsets = (
        (None, {"fields": (("name_en", "name_ar"), ("level", "country", "parent"))}),
        ("Point", {"fields": (("latitude", "longitude"), ("precision", "radius_m"), "coordinates_text", "coordinates_from")}),
    )
    inlines = (
        parts(PlaceName, "text", "language", "kind"),
        parts(PlaceIdentifier, "scheme", "value"),
        estimates("about_place"),
        allegations("about_place"),
    )


@admin.register(Victim)
class VictimAdmin(Adoptable):
    list_before_state = ("label_en", "kind", "status")
    list_filter = ("kind", "status", "state", "sensitivity")
    search_parts = (VictimName,)
    search_fields = ("uid", "label_en")
    lead_fieldsets = (
        (None, {"fields": ("kind", ("label_en", "label_ar"), ("part_of", "organisation", "also_party"))}),
        ("Who they are, as sources say", {"fields": (
            ("sex", "born"), ("age", "age_band"), ("status", "occupation"), ("nationalities", "home"),
            ("community", "health"), ("member_of", "member_role"))}),
    )  # fmt: skip
    inlines = (
        parts(VictimName, "text", "language", "kind", "sensitivity"),
        parts(VictimIdentifier, "scheme", "value", "release"),
        estimates("about_victim"),
        allegations("about_victim"),
    )


@admin.register(Harm)
class HarmAdmin(RecordAdmin):
    list_before_state = ("act", "victim", "incident", "date", "standing")
    list_filter = ("standing", "state", "sensitivity")
    search_names = ("incident__search",)
    lead_fieldsets = (
        ("To whom or what", {"fields": (("victim", "facility", "place"), "object",
                                         ("object_quantity", "object_owner", "object_returned"))}),
        ("What was done", {"fields": (("act", "incident"), ("grounds", "grounds_wording"), "means",
                                      ("extent", "cause_of_death"))}),
        ("When and where held", {"fields": (("date", "date_wording"), ("date_meaning", "date_shown"), ("duration", "frequency"),
                                            ("held_at", "custody"))}),
        ("Safeguards and fate", {"classes": ["collapse"], "fields": (
            ("last_seen", "last_seen_where"), ("capture_acknowledged", "place_disclosed"),
            ("family_contact", "counsel_contact"), ("fate", "fate_date"), "remains", ("autopsy", "death_certificate"))}),
    )  # fmt: skip
    inlines = (allegations("about_harm"), citations("about_harm"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("act", "victim", "incident")
