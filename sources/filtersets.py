"""Filters of sources and parties."""

from __future__ import annotations

import django_filters as filters
from django.db.models import Exists, OuterRef, QuerySet

from hrdocs.filtersets import EXEMPT, RecordFilterSet, SearchFilter, UidFilter, lookups
from sources import shapes
from sources.models import Party, PartyName, Publisher, Relay, Source, SourcePublisher


class PartyFilterSet(RecordFilterSet):
    shape = shapes.PARTIES
    q = SearchFilter(names=["search"], parts=[("pk", PartyName)], help_text="Names, in any script and spelling.")

    class Meta:
        model = Party
        fields = lookups(Party)


class PublisherFilterSet(PartyFilterSet):
    shape = shapes.PUBLISHERS

    class Meta(PartyFilterSet.Meta):
        model = Publisher


class SourceFilterSet(RecordFilterSet):
    shape = shapes.SOURCES
    exempt = {**EXEMPT, "url": "asked as source_url: url is the record's own address"}
    source_url = filters.CharFilter(field_name="url", lookup_expr="icontains", help_text="Part of the document's address.")
    q = SearchFilter(names=["search"], help_text="Titles and numbers, in any script and spelling.")
    publisher = UidFilter(
        field_name="id", method="published_by", to=Party, help_text="Sources that this party publishes or carries."
    )
    draws_on = UidFilter(field_name="id", method="drawing_on", to=Source, help_text="Sources that draw on this one directly.")

    class Meta:
        model = Source
        fields = lookups(Source, "url")

    def published_by(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        shown = SourcePublisher.objects.visible_to(self.reader.user).filter(source=OuterRef("pk"), party__uid=uid)
        return queryset.filter(Exists(shown))

    def drawing_on(self, queryset: QuerySet, name: str, uid: str) -> QuerySet:
        shown = Relay.objects.visible_to(self.reader.user).filter(source=OuterRef("pk"), draws_on__uid=uid)
        return queryset.filter(Exists(shown))
