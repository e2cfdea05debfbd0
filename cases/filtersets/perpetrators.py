"""Filters by who is accused: a party alone, or with all who were under its command at the time."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from cases.command import under
from cases.models import Accused
from hrdocs.dates import overlapping
from hrdocs.filtersets import UidFilter
from hrdocs.shapes import Reader
from hrdocs.ties import tied
from sources.models import Party


def accused_for(reader: Reader) -> QuerySet:
    """Who is accused, as far as the reader may see it."""
    return Accused.objects.visible_to(reader.user)


class SubordinatesFilter(UidFilter):
    """Allegations against a party, or against one that was under its command when it is said to have been done.

    Where an allegation states no time, or affiliations leave their ends open, it is found as far as the times can meet.
    """

    def __init__(self) -> None:
        super().__init__(
            field_name="id", to=Party, help_text="Against this party, or one that can have been under its command at the time."
        )

    def filter(self, queryset: QuerySet, value: str | None) -> QuerySet:
        if not value:
            return queryset
        reader, clause = self.parent.reader, Q(pk__in=())
        for during, parties in under(self.found(value).values_list("pk", flat=True), reader.user).items():
            then = Q(period_precision__in=("", "unknown")) | overlapping("period", during)
            always = during.earliest is None and during.latest is None
            clause |= tied(accused_for(reader).filter(party__in=parties), "allegation") & (Q() if always else then)
        return queryset.filter(clause)
