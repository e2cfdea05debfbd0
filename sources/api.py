"""The API's endpoints of sources and parties."""

from hrdocs.api import RecordViewSet, file
from hrdocs.formats.ftm import Ftm
from sources import entities, filtersets, shapes
from sources.citing import bibtex, csl, ris


class PartyViewSet(RecordViewSet):
    """Whoever publishes, speaks, counts, answers, decides or is accused."""

    shape, filterset_class = shapes.PARTIES, filtersets.PartyFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, file(Ftm(entities.party))]


class PublisherViewSet(RecordViewSet):
    """Parties that publish, carry or republish a source which you may see."""

    shape, filterset_class = shapes.PUBLISHERS, filtersets.PublisherFilterSet
    renderer_classes = PartyViewSet.renderer_classes


class SourceViewSet(RecordViewSet):
    """Documents and communications, who published them, and what they draw on."""

    shape, filterset_class = shapes.SOURCES, filtersets.SourceFilterSet
    renderer_classes = [*RecordViewSet.renderer_classes, *map(file, (csl, bibtex, ris, Ftm(entities.source)))]
