"""Reports over the API: an address below each record of a kind on which there are reports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from cases.reports import contents, gathering
from cases.reports.formats import FORMATS
from hrdocs import manifests
from hrdocs.api import RecordViewSet, file
from hrdocs.formats.export import Export
from hrdocs.labels import LANGUAGES
from hrdocs.slots import held

_LANG = OpenApiParameter("lang", str, enum=LANGUAGES, description="The language of the report; en where left out.")


class Reported(RecordViewSet):
    """A kind of record on which reports are made."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY}, filters=False, parameters=[_LANG])
    @action(detail=True, renderer_classes=[file(form) for form in FORMATS.values()])
    def report(self, request: Request, uid: str) -> StreamingHttpResponse:
        """A document to hand over: what the page of the record says, with footnotes, sources and how it was made."""
        self.takes("lang")
        self.takes_one_of(lang=LANGUAGES)
        language = self.reader.language or "en"
        record, form = self.record(uid), request.accepted_renderer.form
        export = Export(self.shape, self.found(uid), self.reader, request.build_absolute_uri(), timezone.now())
        manifest = manifests.of(export, form)
        manifest.columns = []  # it is text, and has none
        pieces = manifests.followed(held(_made(record.uid, form, language, export)), manifest, export)
        response = StreamingHttpResponse(pieces, content_type=form.media_type)
        response["Content-Disposition"] = f'attachment; filename="hrdocs-{record.uid}-{language}.{form.ending}"'
        if request.method == "GET":
            response["Link"] = f'<{self.reader.base_url}{manifest.path}>; rel="describedby"'
        return response


def _made(uid: str, form: Any, language: str, export: Export) -> Iterator[bytes]:
    """The file, made when it is read: as of one moment and as the role of its reader."""
    record = gathering.find(uid, export.reader.user)
    if record is not None and export.taken_at is not None:
        yield form.write(contents.report_on(record, export.reader.user, language=language, moment=export.taken_at))
