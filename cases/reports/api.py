"""Reports over the API: an address below each record of a kind on which there are reports, and below each of the lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from cases.reports import contents, gathering, listing
from cases.reports.formats import FORMATS
from hrdocs import manifests
from hrdocs.api import RecordViewSet, file
from hrdocs.filtersets import SHAPING
from hrdocs.formats.export import Export
from hrdocs.slots import held

_LANG = OpenApiParameter(
    "lang", str, enum=contents.LANGUAGES, description="The language, or both side by side; en where left out."
)


class ReportedAsList(RecordViewSet):
    """A kind of record on whose lists reports are made."""

    reported_at_most = listing.AT_ONCE.records, listing.AT_ONCE.said

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY}, parameters=[_LANG])
    @action(
        detail=False, url_path="report", url_name="reported", pagination_class=None,
        renderer_classes=[file(form) for form in FORMATS.values()],
    )  # fmt: skip
    def report_on_list(self, request: Request) -> StreamingHttpResponse:
        """A document to hand over, on what the filters of the list find, and what is said on them: 500 records at most, of a file
        made in the background 2,000."""
        self.takes_one_of(lang=contents.LANGUAGES)
        if refused := request.query_params.keys() & (SHAPING - {"lang"}):
            raise ValidationError(dict.fromkeys(sorted(refused), "A report has no columns. Leave it out."))
        bounds = listing.IN_BACKGROUND if getattr(request, "in_background", False) else listing.AT_ONCE
        asked = listing.Listing(self.basename, request.query_params, request.user, bounds)
        rows = self.filter_queryset(self.get_queryset())
        try:
            asked.keys()
        except listing.TooMuch as error:
            raise ValidationError({"format": str(error)}) from None
        return self.sent(asked, asked.name, rows)

    def sent(self, subject: Any, called: str, rows: QuerySet) -> StreamingHttpResponse:
        """The report in the format and language that are asked for, with a manifest of it."""
        request, language = self.request, self.reader.language or "en"
        form = request.accepted_renderer.form
        export = Export(self.shape, rows, self.reader, request.build_absolute_uri(), timezone.now())
        manifest = manifests.of(export, form)
        manifest.columns = []  # it is text, and has none
        pieces = manifests.followed(held(_made(subject, form, language, export)), manifest, export)
        response = StreamingHttpResponse(pieces, content_type=form.media_type)
        response["Content-Disposition"] = f'attachment; filename="hrdocs-{called}-{language.replace(",", "-")}.{form.ending}"'
        response.export, response.pieces = export, pieces
        if request.method == "GET":
            response["Link"] = f'<{self.reader.base_url}{manifest.path}>; rel="describedby"'
        return response


class Reported(ReportedAsList):
    """A kind of record on which reports are made."""

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY}, filters=False, parameters=[_LANG])
    @action(detail=True, renderer_classes=[file(form) for form in FORMATS.values()])
    def report(self, request: Request, uid: str) -> StreamingHttpResponse:
        """A document to hand over: what the page of the record says, with footnotes, sources and how it was made."""
        self.takes("lang")
        self.takes_one_of(lang=contents.LANGUAGES)
        record = self.record(uid)
        return self.sent(record.uid, record.uid, self.found(uid))


def _made(subject: str | listing.Listing, form: Any, language: str, export: Export) -> Iterator[bytes]:
    """The file, made when it is read: as of one moment and as the role of its reader."""
    user = export.reader.user
    found = gathering.find(subject, user) if isinstance(subject, str) else subject
    if found is not None and export.taken_at is not None:
        yield form.write(contents.report_on(found, user, language=language, moment=export.taken_at))
