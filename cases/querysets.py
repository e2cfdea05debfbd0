"""Questions that the cases floor answers, as queryset methods that read as English and chain."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from hrdocs.access import VisibleQuerySet
from hrdocs.folding import fold, skeleton
from sources.querysets import PartyQuerySet


class PlaceQuerySet(VisibleQuerySet):
    """Places."""


class FacilityQuerySet(VisibleQuerySet):
    """Facilities."""


class IncidentQuerySet(VisibleQuerySet):
    """Incidents."""


class StatementQuerySet(VisibleQuerySet):
    """Statements of every kind."""


class AdoptedFigureQuerySet(VisibleQuerySet):
    def visible_to(self, user: Any, *, _depth: int = 0) -> AdoptedFigureQuerySet:
        return super().visible_to(user, _depth=_depth).filter(kind="figure")
