"""Questions that the cases floor answers, as queryset methods that read as English and chain."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Exists, OuterRef, Q, QuerySet

from hrdocs.access import VisibleQuerySet
from hrdocs.ties import NONE, Keys, tied
from sources.querysets import PartyQuerySet

Rows = Collection[int] | QuerySet  # some rows, by their keys or by a query for them


# How many statements stand at the far end of a chain, by what the sources say themselves of whom they hand on: the same rule
# as independence.origins over stated links, which a test holds together. Its body names no schema: asked by a reader from
# outside, it counts among the hand-ons of her relations.
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

    def parts(self, user: Any) -> Keys:
        """The keys of these and of all that lies within them, however deep: of those that `user` may know of."""
        shown, one = self.model._default_manager.visible_to(user).values_list("pk", "parent"), self.visible_to(user)
        try:
            each, of_each = shown.order_by().query.sql_with_params()
            start, of_start = one.order_by().values_list("pk").query.sql_with_params()
        except EmptyResultSet:
            return NONE
        return Keys.found(
            f"WITH RECURSIVE found (key) AS ({start} UNION SELECT part.key FROM found "
            f"JOIN ({each}) AS part (key, parent) ON part.parent = found.key) SELECT key FROM found",
            (*of_start, *of_each),
        )

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
    def visible_to(self, user: Any) -> StatementQuerySet:
        """All kinds stand in one table: the kind is asked too, or the database would pass by all others on its way."""
        return super().visible_to(user).of_kind(self.model.statement_kind)

    def of_kind(self, kind: str) -> StatementQuerySet:
        """Those of one kind; without a kind, all."""
        return self.filter(kind=kind) if kind else self

    def concerning(self, facilities: Rows, user: Any) -> StatementQuerySet:
        """Statements about any of these facilities, or about an incident at one of them."""
        return self.filter(said_at(facilities, user))


def said_at(facilities: Rows, user: Any) -> Q:
    """Which statements are about any of these facilities, or about an incident at one of them."""
    return reduce(or_, said_of_either(facilities, user))


def said_of_either(facilities: Rows, user: Any) -> tuple[Q, Q]:
    """Which statements are about any of these facilities; and which about an incident at one of them."""
    from cases.models import Incident

    at_one = tied(Incident.objects.visible_to(user).at(facilities, user), here="about_incident")
    return Q(about_facility__in=facilities), at_one


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
