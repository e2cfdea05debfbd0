"""The list of incidents as Django REST framework's own documentation would have it, to compare ours with."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, pagination, renderers, serializers, viewsets

from cases.models import Incident, IncidentFacility, IncidentIdentifier, IncidentLink, IncidentParty, IncidentPlace


def _nested(of: type, *columns: str) -> serializers.ModelSerializer:
    meta = type(
        "Meta", (), {"model": of, "fields": [column.split("__")[-1] + "_" if "__" in column else column for column in columns]}
    )
    linked = {
        column.split("__")[-1] + "_": serializers.CharField(source=column.replace("__", "."))
        for column in columns
        if "__" in column
    }
    return type(f"{of.__name__}Row", (serializers.ModelSerializer,), {"Meta": meta, **linked})(many=True)


class StockSerializer(serializers.ModelSerializer):
    place = serializers.SerializerMethodField()
    facilities = _nested(IncidentFacility, "facility__uid", "facility__name_en", "role")
    further_places = _nested(IncidentPlace, "place__uid", "place__name_en", "role")
    parties_present = _nested(IncidentParty, "party__uid", "party__name_en", "role")
    links = _nested(IncidentLink, "kind", "other__uid", "other__title_en")
    identifiers = _nested(IncidentIdentifier, "scheme", "value", "release")
    violations = serializers.SlugRelatedField("code", many=True, read_only=True)
    means = serializers.SlugRelatedField("code", many=True, read_only=True)
    created_by = serializers.CharField(source="created_by.username")
    edited_by = serializers.CharField(source="edited_by.username")

    class Meta:
        model = Incident
        exclude = ["id", "search", "audience", "locks"]

    def get_place(self, row: Incident) -> dict[str, Any] | None:
        place = row.place
        return place and {"uid": place.uid, "name": place.name_en, "name_ar": place.name_ar, "level": place.level,
                          "country": place.country and place.country.code}  # fmt: skip


class _Pages(pagination.PageNumberPagination):
    page_size = 50


class StockViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """The usual way, with everything fetched beforehand that can be. It is routed nowhere."""

    serializer_class, pagination_class = StockSerializer, _Pages
    renderer_classes, filter_backends = [renderers.JSONRenderer], []

    def get_queryset(self) -> QuerySet:
        linked = ("facilities__facility", "further_places__place", "parties_present__party", "links__other", "identifiers",
                  "violations", "means")  # fmt: skip
        rows = Incident.objects.visible_to(self.request.user).select_related("place__country", "team", "created_by", "edited_by")
        return rows.prefetch_related(*linked).order_by("uid")
