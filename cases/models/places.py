"""Places: where something is, as precisely as anybody says."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from cases.choices import PlaceLevel, PlacePrecision
from cases.models.points import works_out_points
from cases.querysets import PlaceQuerySet
from hrdocs.audit import recorded
from hrdocs.dates import EdtfField, derived_from
from hrdocs.models import Identifier, Name, Record, fields
from hrdocs.models.record import search_column, search_index
from hrdocs.wording import own_text


def coordinate(help_text: str, **options: object) -> models.DecimalField:
    """Degrees of WGS 84 with six decimals (about 0.1 m)."""
    return models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True, help_text=help_text, **options)


@recorded
class Place(Record):
    """A country, region, settlement, site, area or sea to which sources refer."""

    uid_prefix = "PLC"
    mergeable = True

    name_en = models.CharField("name", max_length=300, help_text="Name by which we show it, in English or Latin letters.")
    name_ar = fields.line("Name by which we show it in Arabic.", verbose_name="name in Arabic", max_length=300)
    level = fields.choice(PlaceLevel, "What it is, from country down to site.", default=PlaceLevel.SETTLEMENT)
    country = fields.term("country", "The country it lies in.")
    parent = fields.link("self", "The wider place it lies in.", related_name="parts")
    latitude = coordinate("Degrees north (WGS 84), from −90 to 90.")
    longitude = coordinate("Degrees east (WGS 84), from −180 to 180.")
    precision = fields.choice(PlacePrecision, "How precise the point is.")
    radius_m = models.PositiveIntegerField("radius in metres", null=True, blank=True,
                                           help_text="The place lies within so many metres of the point.")  # fmt: skip
    coordinates_text = fields.line("Coordinates exactly as the source gives them, and in which system.",
                                   verbose_name="coordinates as given")  # fmt: skip
    coordinates_from = fields.link("sources.Source", "The source of the coordinates.")
    search = search_column("name_en", "name_ar")

    objects = PlaceQuerySet.as_manager()

    class Meta(Record.Meta):
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="cases_place_whole_point",
                condition=Q(latitude=None, longitude=None, precision="")
                | Q(latitude__isnull=False, longitude__isnull=False) & ~Q(precision=""),
                violation_error_message="A point has a latitude, a longitude and a precision; leave all three empty otherwise."),
            models.CheckConstraint(
                name="cases_place_on_earth",
                condition=Q(latitude=None) | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                violation_error_message="Latitude runs from −90 to 90, longitude from −180 to 180."),
            models.CheckConstraint(
                name="cases_place_not_in_itself", condition=~Q(parent=F("id")),
                violation_error_message="A place can't lie in itself."),
        ]  # fmt: skip
        indexes = [search_index("cases_place")]
        triggers = [*Record.Meta.triggers, *works_out_points()]

    def __str__(self) -> str:
        return own_text(self, "name")


@recorded
class PlaceName(Name):
    """A name or spelling by which a source calls a place."""

    hangs_on = ("place",)

    place = fields.owner("cases.Place", "Whose name it is.", "names")
    valid_from = EdtfField(help_text="First day that it bore the name.")
    valid_from_earliest, valid_from_latest, valid_from_precision = derived_from("valid_from")
    valid_to = EdtfField(help_text="Last day that it bore the name.")
    valid_to_earliest, valid_to_latest, valid_to_precision = derived_from("valid_to")

    class Meta(Name.Meta):
        indexes = [search_index("cases_placename")]
        constraints = [
            models.UniqueConstraint(name="cases_placename_once", fields=["place", "text", "kind"],
                                    violation_error_message="This place has that name already."),
        ]  # fmt: skip


@recorded
class PlaceIdentifier(Identifier):
    """A code by which another system knows a place: ISO 3166-2, P-code, GeoNames."""

    hangs_on = ("place",)

    place = fields.owner("cases.Place", "Which place it names.", "identifiers")

    class Meta(Identifier.Meta):
        constraints = [
            models.UniqueConstraint(name="cases_placeidentifier_once", fields=["place", "scheme", "value"],
                                    violation_error_message="It has that identifier already."),
        ]  # fmt: skip
