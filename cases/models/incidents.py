"""Incidents: what happened, as far as anyone says so."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.choices import (
    LEAST_DATE,
    LEAST_PLACE,
    DateMeaning,
    DateShown,
    Extent,
    IncidentFacilityRole,
    IncidentLinkKind,
    IncidentPlaceRole,
    Language,
    PlaceShown,
    PresenceRole,
)
from cases.querysets import IncidentQuerySet
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Identifier, Part, Record, fields
from hrdocs.models.record import search_column, search_index, stems_index, words_column
from hrdocs.wording import own_text


@recorded
class Incident(Record):
    """An event, many events told together, or a pattern, of which statements speak."""

    uid_prefix = "INC"
    mergeable = True
    shown_as = {"date_shown": LEAST_DATE, "place_shown": LEAST_PLACE}

    title_en = models.CharField("title", max_length=300, help_text="What is said to have happened, in a few words of ours.")
    title_ar = fields.line("The same in Arabic.", verbose_name="title in Arabic", max_length=300)
    narrative_en = fields.prose("What is said to have happened, in our own words, naming who says so.",
                                verbose_name="narrative")  # fmt: skip
    narrative_ar = fields.prose("The same in Arabic.", verbose_name="narrative in Arabic")
    original_language = fields.choice(Language, "The language in which our texts were first written.", default=Language.EN)
    extent = fields.choice(Extent, "One event, many told together, or a pattern.", default=Extent.EVENT)
    date = EdtfField(help_text="When (EDTF): 2012-03-15, 2012-03, 2011-09/2015-12.")
    date_earliest, date_latest, date_precision = derived_from("date")
    date_wording = fields.line("The words of the source, where they say more: “in the first month”.")
    date_meaning = fields.choice(DateMeaning, "What a span says: on every day of it, or on some day in it.")
    date_shown = fields.choice(DateShown, "How much of the date readers outside may see; asked before publishing.")
    local_time = fields.line("Time of day as worded.", max_length=120)
    time_earliest = models.TimeField(null=True, blank=True, help_text="Earliest local time.")
    time_latest = models.TimeField(null=True, blank=True, help_text="Latest local time.")
    utc_offset = fields.line("Offset of the local time from UTC: +03:00.", max_length=6, verbose_name="UTC offset")
    duration = fields.line("How long it took, as worded.", max_length=200)
    violations = fields.terms("act", "What kind of acts it is said to consist of.")
    means = fields.terms("means", "Means and methods, as far as stated.")
    place = fields.link("cases.Place", "Where it happened, the narrowest place named.", related_name="incidents", db_index=False)
    place_wording = fields.line("The place in the words of the source.")
    place_shown = fields.choice(PlaceShown, "How much of the place readers outside may see; asked before publishing.")
    search = search_column("title_en", "title_ar")
    words = words_column("title_en", "title_ar", texts=("narrative_en", "narrative_ar"))

    objects = IncidentQuerySet.as_manager()

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            *dates_in_order("date"),
            models.CheckConstraint(
                name="cases_incident_utc_offset", condition=Q(utc_offset="") | Q(utc_offset__regex=r"^[+-]\d\d:\d\d$"),
                violation_error_message="Write the offset as +03:00."),
        ]  # fmt: skip
        indexes = [
            search_index("cases_incident"),
            stems_index("cases_incident"),
            # Maps and filters look up what lies at a place as far as it is shown: it tells all that is asked then.
            models.Index(name="cases_incident_at_a_place", fields=["place", "place_shown", "audience"], include=["id"]),
        ]

    def __str__(self) -> str:
        return own_text(self, "title")

    def blockers(self, verb: str, level: object = None) -> list[str]:
        found = super().blockers(verb, level)
        if verb == "publish" and self.place_id and not self.place_shown:
            found.append("Say how much of its place readers outside may see (“place shown”).")
        if verb == "publish" and self.date and not self.date_shown:
            found.append("Say how much of its date readers outside may see (“date shown”).")
        return found


@recorded
class IncidentIdentifier(Identifier):
    """A number by which another system or data set knows an incident."""

    hangs_on = ("incident",)

    incident = fields.owner("cases.Incident", "Which incident it names.", "identifiers")

    class Meta(Identifier.Meta):
        constraints = [
            models.UniqueConstraint(name="cases_incidentidentifier_once", fields=["incident", "scheme", "value"],
                                    violation_error_message="It has that identifier already."),
        ]  # fmt: skip


@recorded
class IncidentPlace(Part):
    """A further place of an incident, with its role."""

    hangs_on = ("incident", "place")

    incident = fields.owner("cases.Incident", "The incident.", "further_places")
    place = fields.owner("cases.Place", "The place.", "+")
    role = fields.choice(IncidentPlaceRole, "What the place was to it.", default=IncidentPlaceRole.FURTHER)

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(name="cases_incidentplace_once", fields=["incident", "place", "role"],
                                    violation_error_message="This place is entered already."),
        ]  # fmt: skip


@recorded
class IncidentFacility(Part):
    """A facility where an incident happened, or that it struck."""

    hangs_on = ("incident", "facility")

    incident = fields.owner("cases.Incident", "The incident.", "facilities")
    facility = fields.owner("cases.Facility", "The facility.", "incidents")
    role = fields.choice(IncidentFacilityRole, "What the facility was to it.", default=IncidentFacilityRole.SITE)

    class Meta(Part.Meta):
        verbose_name_plural = "incident facilities"
        constraints = [
            models.UniqueConstraint(name="cases_incidentfacility_once", fields=["incident", "facility", "role"],
                                    violation_error_message="This facility is entered already."),
        ]  # fmt: skip


@recorded
class IncidentParty(Part):
    """A party that was there, without any accusation: it fought, was the target, was present."""

    hangs_on = ("incident", "party")

    incident = fields.owner("cases.Incident", "The incident.", "parties_present")
    party = fields.owner("sources.Party", "The party.", "+")
    role = fields.choice(PresenceRole, "In which role, without accusing it.", default=PresenceRole.PRESENT)
    note = fields.prose("How we know.")

    class Meta(Part.Meta):
        verbose_name_plural = "incident parties"
        constraints = [
            models.UniqueConstraint(name="cases_incidentparty_once", fields=["incident", "party", "role"],
                                    violation_error_message="This party is entered already."),
        ]  # fmt: skip


@recorded
class IncidentLink(Part):
    """One incident is part of another, repeats it, or leads to it."""

    hangs_on = ("incident", "other")

    incident = fields.owner("cases.Incident", "The incident.", "links")
    kind = fields.choice(IncidentLinkKind, "How they stand to one another.", default=IncidentLinkKind.PART_OF)
    other = fields.owner("cases.Incident", "The other incident.", "linked_from")
    note = fields.prose("How we know.")

    class Meta(Part.Meta):
        constraints = [
            models.CheckConstraint(name="cases_incidentlink_two", condition=~Q(incident=F("other")),
                                   violation_error_message="An incident can't be linked to itself."),
            models.UniqueConstraint(name="cases_incidentlink_once", fields=["incident", "kind", "other"],
                                    violation_error_message="This link is entered already."),
        ]  # fmt: skip
