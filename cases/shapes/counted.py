"""What lists are counted by besides their columns: years, countries, publishers, modes of responsibility."""

from __future__ import annotations

from django.db.models import F, Func, OuterRef, QuerySet, TextField
from django.db.models.functions import Coalesce

from cases import shown
from cases.models import Accused, Facility, Incident, Place, Statement
from hrdocs.expressions import Reader
from hrdocs.facets import Facet, Years, values_of
from hrdocs.shapes import value_of
from sources.models import SourcePublisher
from sources.shapes import publishers_counted


def years(name: str) -> Facet:
    """The years that an EDTF field touches."""
    return Facet("year", Years(F(f"{name}_earliest"), F(f"{name}_latest")), asked=(name,))


def years_shown(name: str = "date") -> Facet:
    """The same of a date that readers outside see only as precisely as was decided."""
    ends = (f"{name}_earliest", f"{name}_latest")
    return Facet("year", lambda reader: Years(*(shown.bound(end, f"{name}_shown", reader) for end in ends)), asked=(name,))


def modes(allegation: str) -> Facet:
    """The modes of responsibility of which parties are accused, by the path from an accusation to the row."""

    def accused(reader: Reader) -> QuerySet:
        return Accused.objects.visible_to(reader.user).filter(**{allegation: OuterRef("pk")})

    return Facet(
        "mode",
        values_of(accused, Func("modes", function="unnest", output_field=TextField(), set_returning=True)),
        asked=("mode",),
        of=(Accused, "modes"),
    )


def told(about: str) -> tuple[Facet, ...]:
    """Who publishes something on a thing, and of what parties are accused in it."""

    def publishers(reader: Reader) -> QuerySet:
        telling = Statement.objects.visible_to(reader.user).filter(**{about: OuterRef(OuterRef("pk"))})
        return SourcePublisher.objects.visible_to(reader.user).filter(source__in=telling.values("source"))

    return (*publishers_counted(publishers), modes(f"allegation__{about}"))


def _country_of_what_it_is_about(reader: Reader) -> Coalesce:
    return Coalesce(
        value_of(Incident, "about_incident", shown.country)(reader),
        value_of(Facility, "about_facility", shown.country)(reader),
        value_of(Place, "about_place", "country__code")(reader),
    )


def _publishers_of_its_source(reader: Reader) -> QuerySet:
    return SourcePublisher.objects.visible_to(reader.user).filter(source=OuterRef("source"))


SAID = (
    Facet("country", _country_of_what_it_is_about, type="text", asked=("country",), of=(Place, "country__code")),
    *publishers_counted(_publishers_of_its_source),
)
