"""The API's endpoints of sources and parties."""

from hrdocs.api import RecordViewSet
from sources import filtersets, shapes


class PartyViewSet(RecordViewSet):
    """Whoever publishes, speaks, counts, answers, decides or is accused."""

    shape, filterset_class = shapes.PARTIES, filtersets.PartyFilterSet


class PublisherViewSet(RecordViewSet):
    """Parties that publish, carry or republish a source which you may see."""

    shape, filterset_class = shapes.PUBLISHERS, filtersets.PublisherFilterSet


class SourceViewSet(RecordViewSet):
    """Documents and communications, who published them, and what they draw on."""

    shape, filterset_class = shapes.SOURCES, filtersets.SourceFilterSet
