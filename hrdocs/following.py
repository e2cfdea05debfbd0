"""`changes/`: what was added, corrected, withdrawn and retracted between two versions, for programs that keep a copy in step.

Who works on the records is told what registered researchers are: the desk has the history of each record.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from hrdocs import changelog, versions
from hrdocs.access import Everybody, Sensitivity, clearance
from hrdocs.api import RecordViewSet, file
from hrdocs.formats import csv, ndjson
from hrdocs.formats.json import JSONRenderer
from hrdocs.models import Change, News
from hrdocs.openapi import serializer_of
from hrdocs.paging import page_size
from hrdocs.readers import as_ourselves, reading_as
from hrdocs.shapes import Column, Reader, Shape

STRETCH = 5_000  # rows of news that are put together at once
_BEYOND = "~"  # after every uid
_SIGNER = signing.Signer(salt="changes")
_LOST = "This is no place in these changes. Ask again without cursor, or follow “next” as it was given."


def _address(reader: Reader) -> Any:
    return Concat(Value(f"{reader.base_url}/api/v1/"), F("kind"), Value("/"), F("uid"), Value("/"), output_field=TextField())


CHANGES = Shape(
    Change,
    "changes",
    (
        Column("at"),
        Column("version"),
        Column("change"),
        Column("kind"),
        Column("uid"),
        Column("url", _address, "Where the record stands; of one that is withdrawn, where it stood.", type="text"),
        Column("fields", type="codes"),
    ),
)

_TOLD = {
    "since": "Only what changed after this: a version, as an answer or a manifest tells it; a release, as release-3; or a moment "
    "in ISO 8601. Without it: from the beginning.",
    "until": "Only what changed up to this; written like since.",
    "kind": "Lists, separated by commas: incidents,estimates. Parties in a role, and statements of all kinds, go by their own.",
    "cursor": "Where the page begins: taken from `next` of another page.",
    "page_size": "Changes on a page: 50 unless told, 200 at most.",
}


class ChangesPage(serializers.Serializer):
    """A page of changes, and between which versions they lie."""

    since = serializers.IntegerField(help_text="Only what changed after this version.")
    until = serializers.IntegerField(allow_null=True, help_text="Only what changed up to this version.")
    version = serializers.IntegerField(help_text="The version to ask from next time, when all pages were read.")
    next = serializers.URLField(allow_null=True, help_text="The next page.")
    results = serializer_of(CHANGES)(many=True)


class ChangeViewSet(RecordViewSet):
    """What readers see differently than before, act by act."""

    shape = CHANGES
    knows_the_past = frozenset()
    renderer_classes = [JSONRenderer, file(csv), file(ndjson)]
    pagination_class = None
    filter_backends = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.second_line.enter_context(reading_as(self.reader.user))  # who works here, too, reads as a role from outside

    @property
    def reader(self) -> Reader:
        level = min(clearance(self.request.user), Sensitivity.REGISTERED, key=lambda level: level.rank)
        return Reader(Everybody(level), super().reader.base_url)

    @extend_schema(
        operation_id="changes_list", filters=False,
        parameters=[OpenApiParameter(name, str, description=words) for name, words in _TOLD.items()],
        responses=ChangesPage,
    )  # fmt: skip
    def list(self, request: Request) -> Any:
        """Changes in the order of their acts. After the last page ask again with `since` as `version` says."""
        self.takes(*_TOLD)
        asked = self._asked()
        rows = self._among(asked)
        if request.accepted_renderer.format != "json":
            return self.stream(rows.order_by("at", "uid"))
        size = page_size(request)
        found = self._found(asked, size + 1)
        results = self.shape.printed(found[:size], self.reader)
        further = self._further(asked, results[-1]) if len(found) > size else None
        told = {name: asked[name] for name in ("since", "until", "version")}
        response = Response({**told, "next": further, "results": results})
        if further:
            response["Link"] = f'<{further}>; rel="next"'  # RFC 8288
        return response

    def _asked(self) -> dict[str, Any]:
        """Between which versions, and after which change. A later page keeps to what the first one found."""
        params = self.request.query_params
        if cursor := params.get("cursor"):
            try:
                return dict(_SIGNER.unsign_object(cursor))
            except (signing.BadSignature, ValueError, TypeError):
                raise exceptions.ValidationError({"cursor": _LOST}) from None
        found: dict[str, Any] = {"since": 0, "until": None, "version": versions.latest(), "kinds": self._kinds(), "after": None}
        for name, understood in (("since", versions.since), ("until", versions.until)):
            if text := params.get(name):
                try:
                    found[name] = understood(text, self.request.user)
                except ValidationError as error:
                    raise exceptions.ValidationError({name: error.messages}) from None
        if found["until"] is not None and found["until"] < found["since"]:
            raise exceptions.ValidationError({"until": "That lies before “since”. Write the earlier one as “since”."})
        return found

    def _kinds(self) -> list[str]:
        kinds = [kind for kind in self.request.query_params.get("kind", "").split(",") if kind]
        known = sorted(shape.path for shape in changelog.lists().values())
        if unknown := [kind for kind in kinds if kind not in known]:
            said = f"“{unknown[0][:40]}” is not followed by itself. Choose from {', '.join(known)}."
            raise exceptions.ValidationError({"kind": said})
        return kinds

    def _among(self, asked: dict[str, Any]) -> QuerySet:
        rows = self.get_queryset().filter(Q(version__gt=asked["since"]) | Q(version=None))
        if asked["until"] is not None:
            rows = rows.filter(version__lte=asked["until"])
        if asked["kinds"]:
            rows = rows.filter(kind__in=asked["kinds"])
        if asked["after"]:
            at, uid = dt.datetime.fromisoformat(asked["after"][0]), asked["after"][1]
            rows = rows.filter(at__gte=at).filter(Q(at__gt=at) | Q(uid__gt=uid))
        return rows

    def _found(self, asked: dict[str, Any], wanted: int) -> list[tuple[Any, ...]]:
        """So many changes, or as many as there are. They are looked for in stretches: to tell one, all news of its act is put
        together, and the database would do that with all acts to the end before it gave the first."""
        found: list[tuple[Any, ...]] = []
        while len(found) < wanted:
            end = self._end_of_stretch(asked)
            rows = self._among(asked) if end is None else self._among(asked).filter(at__lte=end)
            found += self.shape.select(rows.order_by("at", "uid")[: wanted - len(found)], self.reader)
            if end is None:
                break
            asked = {**asked, "after": [end.isoformat(), _BEYOND]}
        return found

    def _end_of_stretch(self, asked: dict[str, Any]) -> dt.datetime | None:
        """The act that is some thousands of news away; None where there are not so many."""
        news = News.objects.filter(level__lte=self.reader.clearance.rank)
        if asked["after"]:
            news = news.filter(at__gt=dt.datetime.fromisoformat(asked["after"][0]))
        with as_ourselves():
            news = news.filter(Q(version__gt=asked["since"]) | Q(version=None)).order_by("at")
            return news.values_list("at", flat=True)[STRETCH : STRETCH + 1].first()

    def _further(self, asked: dict[str, Any], last: dict[str, Any]) -> str:
        cursor = _SIGNER.sign_object({**asked, "after": [last["at"].isoformat(), last["uid"]]})
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)
