"""Facilities: prisons, branches, checkpoints, hospitals, graves, and the buildings within them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.choices import LEAST_PLACE, PlaceShown, Standing
from cases.querysets import FacilityQuerySet
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, dates_in_order, derived_from
from hrdocs.models import Identifier, Name, Record, fields
from hrdocs.models.record import search_column, search_index, stems_index, words_column
from hrdocs.wording import own_text


@recorded
class Facility(Record):
    """A built place with a function – prison, branch, hospital, grave – or a building within one.

    That it exists at all can be an allegation; capacity and occupancy are estimates.
    """

    uid_prefix = "FAC"
    mergeable = True
    shown_as = {"place_shown": LEAST_PLACE}

    name_en = models.CharField("name", max_length=300, help_text="Name by which we show it, in English or Latin letters.")
    name_ar = fields.line("Name by which we show it in Arabic.", verbose_name="name in Arabic", max_length=300)
    kind = fields.term("facility_kind", "What kind of facility it is.")
    parent = fields.link("self", "The facility that it is a part of.", related_name="parts")
    place = fields.link("cases.Place", "Where it stands.", related_name="facilities")
    place_shown = fields.choice(PlaceShown, "How much of the place readers outside may see; asked before publishing.")
    opened = EdtfField(help_text="When it came into use.")
    opened_earliest, opened_latest, opened_precision = derived_from("opened")
    closed = EdtfField(help_text="When it went out of use.")
    closed_earliest, closed_latest, closed_precision = derived_from("closed")
    standing = fields.choice(Standing, "Whether it exists as described; set by a conclusion alone.",
                             default=Standing.ALLEGED, editable=False)  # fmt: skip
    description_en = fields.prose("What it is, in our own words; what sources say of it are statements.",
                                  verbose_name="description")  # fmt: skip
    description_ar = fields.prose("The same in Arabic.", verbose_name="description in Arabic")
    search = search_column("name_en", "name_ar")
    words = words_column("name_en", "name_ar", texts=("description_en", "description_ar"))

    objects = FacilityQuerySet.as_manager()

    class Meta(Record.Meta):
        verbose_name_plural = "facilities"
        constraints = [
            *Record.Meta.constraints,
            *dates_in_order("opened", "closed"),
            models.CheckConstraint(
                name="cases_facility_not_in_itself", condition=~Q(parent=F("id")),
                violation_error_message="A facility can't be a part of itself."),
        ]  # fmt: skip
        indexes = [search_index("cases_facility"), stems_index("cases_facility")]

    def __str__(self) -> str:
        return own_text(self, "name")

    def blockers(self, verb: str, level: object = None) -> list[str]:
        found = super().blockers(verb, level)
        if verb == "publish" and self.place_id and not self.place_shown:
            found.append("Say how much of its place readers outside may see (“place shown”).")
        return found


@recorded
class FacilityName(Name):
    """A name or spelling by which a source calls a facility."""

    hangs_on = ("facility",)

    facility = fields.owner("cases.Facility", "Whose name it is.", "names")
    valid_from = EdtfField(help_text="First day that it bore the name.")
    valid_from_earliest, valid_from_latest, valid_from_precision = derived_from("valid_from")
    valid_to = EdtfField(help_text="Last day that it bore the name.")
    valid_to_earliest, valid_to_latest, valid_to_precision = derived_from("valid_to")

    class Meta(Name.Meta):
        indexes = [search_index("cases_facilityname")]
        constraints = [
            models.UniqueConstraint(name="cases_facilityname_once", fields=["facility", "text", "kind"],
                                    violation_error_message="This facility has that name already."),
        ]  # fmt: skip


@recorded
class FacilityIdentifier(Identifier):
    """A number or code by which another system knows a facility."""

    hangs_on = ("facility",)

    facility = fields.owner("cases.Facility", "Which facility it names.", "identifiers")

    class Meta(Identifier.Meta):
        constraints = [
            models.UniqueConstraint(name="cases_facilityidentifier_once", fields=["facility", "scheme", "value"],
                                    violation_error_message="It has that identifier already."),
        ]  # fmt: skip
