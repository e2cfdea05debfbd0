"""Filters of sources and parties."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet

from hrdocs.filtersets import EXEMPT, ChoicesFilter, RecordFilterSet, lookups
from hrdocs.linked import LinkedFilter, PartFilter, Via
from hrdocs.searching import SearchFilter
from hrdocs.ties import tied
from sources import shapes
from sources.choices import PartyKind
from sources.models import Party, PartyName, Publisher, Relay, Source, SourceAuthor, SourcePublisher


class PartyFilterSet(RecordFilterSet):
    shape = shapes.PARTIES
    q = SearchFilter(names=["search"], texts="words", parts=[("pk", PartyName)],
                     help_text="Names, in any script and spelling, and notes.")  # fmt: skip
    sources = LinkedFilter(Via("sources", by=SourcePublisher, here="party", there="source"),
                           help_text="Filters of sources: it publishes or carries one that they find.")  # fmt: skip

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
    q = SearchFilter(names=["search"], texts="words",
                     help_text="Titles and numbers, in any script and spelling; its method, what it says of itself.")  # fmt: skip
    publisher = PartFilter(to=Party, by=SourcePublisher, here="source", there="party",
                           help_text="Sources that this party publishes or carries.")  # fmt: skip
    publisher_kind = ChoicesFilter(method="published_by_such", choices=PartyKind.choices,
                                   help_text="Sources that such a party publishes or carries.")  # fmt: skip
    author = PartFilter(to=Party, by=SourceAuthor, here="source", there="party", help_text="Sources with this author or speaker.")
    draws_on = PartFilter(to=Source, by=Relay, here="source", there="draws_on",
                          help_text="Sources that draw on this one directly.")  # fmt: skip
    publishers = LinkedFilter(Via("parties", by=SourcePublisher, here="source", there="party"),
                              help_text="Filters of parties: one that publishes or carries it is found by them.")  # fmt: skip
    statements = LinkedFilter(Via("statements", there="source"), help_text="Filters of statements: it says one that they find.")
    estimates = LinkedFilter(Via("estimates", there="source"), help_text="Filters of estimates: it gives one that they find.")
    allegations = LinkedFilter(Via("allegations", there="source"), help_text="Filters of allegations: it makes one of those.")

    class Meta:
        model = Source
        fields = lookups(Source, "url")

    def published_by_such(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        shown = SourcePublisher.objects.visible_to(self.reader.user).filter(party__kind__in=value or [])
        return queryset.filter(tied(shown, "source")) if value else queryset
