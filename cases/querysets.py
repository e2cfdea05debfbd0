"""Questions that the cases floor answers, as queryset methods that read as English and chain."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Exists, Func, IntegerField, OuterRef, Q, QuerySet

from hrdocs.access import VisibleQuerySet
from sources.querysets import PartyQuerySet

Rows = Collection[int] | QuerySet  # some rows, by their keys or by a query for them


class Origins(Func):
    """How many statements stand at the far end of a chain, by what the sources say themselves of whom they hand on.

    The same rule as independence.origins over stated links, for columns and filters; a test holds the two together.
    Its body names no schema: asked by a reader from outside, it counts among the hand-ons of her relations.
    """

    function = "public.cases_origins"
    output_field = IntegerField()


ORIGINS_SQL = """
CREATE OR REPLACE FUNCTION public.cases_origins(statement bigint, clearance integer) RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE AS $origins$
    WITH RECURSIVE behind (id) AS (
        SELECT statement
        UNION SELECT h.earlier_id FROM behind b JOIN cases_handon h ON h.later_id = b.id
        WHERE h.stated AND h.how <> 'claims_to_confirm' AND h.audience <= clearance)
    SELECT count(*)::integer FROM behind b WHERE NOT EXISTS (
        SELECT FROM cases_handon h
        WHERE h.later_id = b.id AND h.stated AND h.how <> 'claims_to_confirm' AND h.audience <= clearance)
$origins$;
"""


class NestedQuerySet(VisibleQuerySet):
    """Records that can be parts of one another, through `parent`."""

    def parts(self, user: Any) -> set[int]:
        """The keys of these and of all that lies within them, however deep: of those that `user` may know of."""
        shown = self.model._default_manager.visible_to(user)
        found: set[int] = set()
        ring = set(self.visible_to(user).values_list("pk", flat=True))
        while ring:
            found |= ring
            ring = set(shown.filter(parent__in=ring).values_list("pk", flat=True)) - found
        return found

    def with_parts(self, user: Any) -> NestedQuerySet:
        """These, and all that lies within them, however deep: those that `user` may know of."""
        return self.model._default_manager.visible_to(user).filter(pk__in=self.parts(user))


class PlaceQuerySet(NestedQuerySet):
    """Places."""


class FacilityQuerySet(NestedQuerySet):
    """Facilities."""

    def among(self, facilities: Rows, user: Any) -> FacilityQuerySet:
        """Those that are one of these."""
        return self.filter(pk__in=facilities)

    def gathered_in(self, case: Any, user: Any) -> FacilityQuerySet:
        """Facilities that a case gathers, by links that `user` may see."""
        from cases.models import CaseFacility

        return self.filter(pk__in=CaseFacility.objects.visible_to(user).filter(case=case).values("facility"))


class IncidentQuerySet(VisibleQuerySet):
    def gathered_in(self, case: Any, user: Any) -> IncidentQuerySet:
        """Incidents that a case gathers, by links that `user` may see."""
        from cases.models import CaseIncident

        return self.filter(pk__in=CaseIncident.objects.visible_to(user).filter(case=case).values("incident"))

    def at(self, facilities: Rows, user: Any) -> IncidentQuerySet:
        """Incidents linked to any of these facilities, by links that `user` may see."""
        from cases.models import IncidentFacility

        return self.filter(
            Exists(IncidentFacility.objects.visible_to(user).filter(incident=OuterRef("pk"), facility__in=facilities))
        )


class StatementQuerySet(VisibleQuerySet):
    def concerning(self, facilities: Rows, user: Any) -> StatementQuerySet:
        """Statements about any of these facilities, or about an incident at one of them."""
        return self.filter(said_at(facilities, user))


def said_at(facilities: Rows, user: Any) -> Q:
    """Which statements are about any of these facilities, or about an incident at one of them."""
    from cases.models import Incident

    return Q(about_facility__in=facilities) | Q(about_incident__in=Incident.objects.visible_to(user).at(facilities, user).few())


class AdoptedFigureQuerySet(VisibleQuerySet):
    """Conclusions that adopt a figure."""

    def visible_to(self, user: Any) -> AdoptedFigureQuerySet:
        return super().visible_to(user).filter(kind="figure")


class AllegedPerpetratorQuerySet(PartyQuerySet):
    """An alleged perpetrator is whoever a visible allegation accuses: a role, not a table."""

    def visible_to(self, user: Any) -> AllegedPerpetratorQuerySet:
        from cases.models import Accused

        accused = Accused.objects.visible_to(user).filter(party=OuterRef("pk"))
        return super().visible_to(user).filter(Exists(accused))
