"""Victims, and the harm that was done to them or to places and things."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.choices import (
    LEAST_DATE,
    AgeBand,
    Autopsy,
    Certificate,
    CivilStatus,
    DateMeaning,
    DateShown,
    Sex,
    Standing,
    VictimKind,
    YesNo,
)
from hrdocs.access import Sensitivity
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Identifier, Name, Record, fields
from hrdocs.models.record import search_index, stems_index, words_column


@recorded
class Victim(Record):
    """A person, a described group or an organisation to whom harm is said to have been done.

    The size of a group is an estimate about it. One person may be victim and party in two rows.
    """

    uid_prefix = "VIC"
    mergeable = True
    is_somebody = True
    identifying = ("label_en", "label_ar", "born", "age", "occupation", "home", "community", "member_of", "member_role", "health",
                   "also_party")  # fmt: skip

    kind = fields.choice(VictimKind, "Person, group or organisation.", default=VictimKind.PERSON)
    label_en = fields.line("How we speak of them where names are not shown: “a teacher from Homs”; never the name.",
                           verbose_name="public label", max_length=200)  # fmt: skip
    label_ar = fields.line("The same in Arabic.", verbose_name="public label in Arabic", max_length=200)
    part_of = fields.link("self", "The larger group that they belong to.", related_name="members")
    organisation = fields.link("sources.Party", "The organisation, where the victim is one.")
    also_party = fields.link("sources.Party", "The same person as a party; the stricter level of the two holds.")
    sex = fields.choice(Sex, "As stated by sources.")
    born = EdtfField(help_text="Date or year of birth.")
    born_earliest, born_latest, born_precision = derived_from("born")
    age = fields.line("Age at the time, as worded: “34”, “3 days”.", max_length=60)
    age_band = fields.choice(AgeBand, "Age band at the time, as stated.")
    status = fields.choice(CivilStatus, "What they were at the time, as stated.")
    occupation = fields.line("Occupation, as worded.", max_length=200)
    nationalities = fields.terms("country", "Nationalities.")
    home = fields.link("cases.Place", "Home place.")
    community = fields.line("Ethnic, religious or political group, as worded.", max_length=200)
    member_of = fields.link("sources.Party", "Organisation that they belonged to.")
    member_role = fields.line("Their role in it, as worded.", max_length=200)
    health = fields.line("Health or disability, as worded.", max_length=200)
    words = words_column("label_en", "label_ar")

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            *dates_in_order("born"),
            models.CheckConstraint(name="cases_victim_not_part_of_itself", condition=~Q(part_of=F("id")),
                                   violation_error_message="A group can't be a part of itself."),
            models.CheckConstraint(
                name="cases_victim_organisation",
                condition=Q(organisation=None) | Q(kind=VictimKind.ORGANISATION),
                violation_error_message="Only a victim of the kind organisation names an organisation."),
        ]  # fmt: skip
        indexes = [stems_index("cases_victim")]

    def __str__(self) -> str:
        return self.label_en or self.uid  # never a name: logs and lists keep this text


@recorded
class VictimName(Name):
    """A name of a victim. Not shown outside unless its own level says so."""

    hangs_on = ("victim",)
    identifying = ("text",)

    victim = fields.owner("cases.Victim", "Whose name it is.", "names")
    sensitivity = fields.choice(Sensitivity, "Who may see this name. Names of victims begin at internal.",
                                default=Sensitivity.INTERNAL)  # fmt: skip

    class Meta(Name.Meta):
        indexes = [search_index("cases_victimname")]
        constraints = [
            models.UniqueConstraint(name="cases_victimname_once", fields=["victim", "text", "kind"],
                                    violation_error_message="This victim has that name already."),
        ]  # fmt: skip


@recorded
class VictimIdentifier(Identifier):
    """A number by which a list or register knows a victim."""

    hangs_on = ("victim",)
    identifying = ("value", "scheme")

    victim = fields.owner("cases.Victim", "Whom it names.", "identifiers")
    sensitivity = fields.choice(Sensitivity, "Who may see this number. Numbers of victims begin at internal.",
                                default=Sensitivity.INTERNAL)  # fmt: skip

    class Meta(Identifier.Meta):
        constraints = [
            models.UniqueConstraint(name="cases_victimidentifier_once", fields=["victim", "scheme", "value"],
                                    violation_error_message="It has that identifier already."),
        ]  # fmt: skip


@recorded
class Harm(Record):
    """One act done to one victim, facility, place or thing: the row of "who did what to whom" for what was suffered.

    Custody is a row of harms. Rival versions of its details are citations with their value.
    """

    uid_prefix = "HRM"
    hangs_on = ("victim", "facility", "place", "incident")
    shown_as = {"date_shown": LEAST_DATE}

    victim = fields.link("cases.Victim", "To whom it was done.", related_name="harms")
    facility = fields.link("cases.Facility", "Or to which facility.", related_name="harms")
    place = fields.link("cases.Place", "Or to which place (a burnt village).", related_name="harms")
    object = fields.line("Or to which thing, as described.")
    object_quantity = fields.line("How many or how much of it, as worded.", max_length=120)
    object_owner = fields.line("Whose it was, as worded.", max_length=200)
    object_returned = fields.line("When it was given back, as worded.", max_length=120)
    act = fields.term("act", "What was done.", null=False, blank=False)
    incident = fields.link("cases.Incident", "The incident in which it was done, where there is one.", related_name="harms")
    grounds = fields.terms("ground", "Why this person, as far as stated.")
    grounds_wording = fields.line("The grounds in the words of the source.")
    held_at = fields.link("cases.Facility", "Where the person was held.", related_name="held")
    custody = fields.term("custody", "Kind or stage of custody.")
    date = EdtfField(help_text="When it was done.")
    date_earliest, date_latest, date_precision = derived_from("date")
    date_wording = fields.line("The words of the source.")
    date_meaning = fields.choice(DateMeaning, "What a span says: on every day of it, or on some day in it.")
    date_shown = fields.choice(DateShown, "How much of the date readers outside may see; asked before publishing.")
    duration = fields.line("How long, as worded.", max_length=120)
    frequency = fields.line("How often, as worded.", max_length=120)
    means = fields.terms("means", "Means and methods.")
    cause_of_death = fields.line("Cause of death as given.", max_length=300)
    extent = fields.line("Extent of the injury or damage, as worded.", max_length=300)
    last_seen = EdtfField(help_text="When the person was last seen.")
    last_seen_earliest, last_seen_latest, last_seen_precision = derived_from("last_seen")
    last_seen_where = fields.line("Where and by whom, as worded.")
    capture_acknowledged = fields.choice(YesNo, "Whether the authorities acknowledge holding the person.")
    place_disclosed = fields.choice(YesNo, "Whether the place of custody was disclosed.")
    family_contact = fields.choice(YesNo, "Whether contact with the family was allowed.")
    counsel_contact = fields.choice(YesNo, "Whether contact with a lawyer was allowed.")
    fate = fields.term("fate", "What became of the person; on the last harm.")
    fate_date = EdtfField(help_text="When that was known or happened.")
    fate_date_earliest, fate_date_latest, fate_date_precision = derived_from("fate_date")
    remains = fields.line("What became of the body.", max_length=300)
    autopsy = fields.choice(Autopsy, "Whether there was one.")
    death_certificate = fields.choice(Certificate, "Whether there is one.")
    standing = fields.choice(Standing, "Whether it happened as described; set by a conclusion alone.",
                             default=Standing.ALLEGED, editable=False)  # fmt: skip

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            *dates_in_order("date", "last_seen", "fate_date"),
            models.CheckConstraint(
                name="cases_harm_one_thing",
                condition=Q(victim__isnull=False, facility=None, place=None, object="")
                | Q(victim=None, facility__isnull=False, place=None, object="")
                | Q(victim=None, facility=None, place__isnull=False, object="")
                | Q(victim=None, facility=None, place=None) & ~Q(object=""),
                violation_error_message="Say one thing that was harmed: a victim, a facility, a place, or a thing as described."),
        ]  # fmt: skip

    def blockers(self, verb: str, level: object = None) -> list[str]:
        found = super().blockers(verb, level)
        if verb == "publish" and self.date and not self.date_shown:
            found.append("Say how much of its date readers outside may see (“date shown”).")
        return found
