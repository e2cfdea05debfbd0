"""What was taken, at addresses of its own: the manifest of each file."""

from __future__ import annotations

from django.http import Http404
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from hrdocs import manifests
from hrdocs.api import ForReaders
from hrdocs.formats.json import JSONRenderer
from hrdocs.models import Manifest
from hrdocs.uids import understood


class ManifestViewSet(ForReaders):
    """Manifests of files that were taken, each under the address that its file named."""

    renderer_classes = [JSONRenderer]

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False)
    def retrieve(self, request: Request, uid: str) -> Response:
        """What was asked, which version of the data was seen, how many rows and bytes there were, and their checksum."""
        self.takes()
        manifest = Manifest.objects.visible_to(request.user).filter(uid=understood(uid) or "").first()
        if manifest is None:
            raise Http404
        return Response(manifests.told(manifest, self.reader.base_url))
