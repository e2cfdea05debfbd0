"""What was taken, at addresses of its own: the manifest of each file, and the releases."""

from __future__ import annotations

import re

from django.http import FileResponse, Http404
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from whitenoise.responders import StaticFile

from hrdocs import manifests
from hrdocs.api import ForReaders
from hrdocs.formats.json import JSONRenderer
from hrdocs.models import Manifest, Release
from hrdocs.releases import told
from hrdocs.releasing import store
from hrdocs.uids import understood


class ManifestViewSet(ForReaders):
    """Manifests of files that were taken, each under the address that its file named."""

    renderer_classes = [JSONRenderer]
    asked_at_the_primary = True

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False)
    def retrieve(self, request: Request, uid: str) -> Response:
        """What was asked, which version of the data was seen, how many rows and bytes there were, and their checksum."""
        self.takes()
        manifest = Manifest.objects.visible_to(request.user).filter(uid=understood(uid) or "").first()
        if manifest is None:
            raise Http404
        return Response(manifests.told(manifest, self.reader.base_url))


class ZipRenderer(BaseRenderer):
    """What tells the framework that the file of a release is no page: a token needs the scope for files."""

    media_type, format = "application/zip", "zip"


class Withdrawn(exceptions.APIException):
    """The release was there and its file is gone for good."""

    status_code = 410


class Damaged(exceptions.APIException):
    """What is stored is not what was released; nothing is given out in its place."""

    status_code = 500
    default_detail = "The file of this release is damaged and is not given out. Tell whoever runs this site."


class ReleaseViewSet(ForReaders):
    """Frozen, numbered data sets, to be cited and found again as they were."""

    renderer_classes = [JSONRenderer]
    lookup_field = "number"
    errors = {"416": "The header Range asks for what lies behind the end of the file.",
              "410": "The release was withdrawn: its file is gone, its number and checksum stay.",
              "500": "The stored file is damaged and is not given out."}  # fmt: skip

    def release(self, number: str) -> Release:
        """The release with this number, if it is for this reader; what is withdrawn too."""
        known = re.fullmatch("[1-9][0-9]{0,8}", number)
        found = Release.objects.visible_to(self.request.user).filter(number=number).first() if known else None
        if found is None:
            raise Http404
        return found

    @extend_schema(operation_id="releases_list", responses=OpenApiTypes.OBJECT, filters=False)
    def list(self, request: Request) -> Response:
        """All releases, the latest first, withdrawn ones too."""
        self.takes()
        return Response({"results": [told(each, self.reader.base_url) for each in Release.objects.visible_to(request.user)]})

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False)
    def retrieve(self, request: Request, number: str) -> Response:
        """What it holds, its licence and caveats, its checksum, how to cite it, and whether it was withdrawn."""
        self.takes()
        return Response(told(self.release(number), self.reader.base_url))

    @extend_schema(
        responses=dict.fromkeys([(200, "application/zip"), (206, "application/zip")], OpenApiTypes.BINARY), filters=False
    )
    @action(detail=True, renderer_classes=[ZipRenderer])
    def download(self, request: Request, number: str) -> FileResponse:
        """The file: CSV, NDJSON and Parquet of each list, with a dictionary, checksums and descriptions; or the part of it that
        the header Range asks for, so that a download that broke off can go on."""
        self.takes()
        release = self.release(number)
        if release.withdrawn_at:
            raise Withdrawn(f"Release {release.number} was withdrawn: {release.withdrawn_why}")
        try:
            path = store.whole(release.sha256)
        except store.NotWhole as error:
            raise Damaged from error
        known = [("Content-Type", ZipRenderer.media_type), ("ETag", f'"{release.sha256}"'), ("Accept-Ranges", "bytes")]
        file = StaticFile(str(path), known).get_response(request.method, request.META)  # the whole, or the part asked for
        answer = FileResponse(file.file or (), as_attachment=True, filename=f"hrdocs-release-{number}.zip", status=file.status)
        for name, value in file.headers:
            answer[name] = value
        answer["Link"] = f'<{self.reader.base_url}{release.path}>; rel="describedby"'
        return answer
