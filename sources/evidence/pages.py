"""The one way by which files of evidence leave: asked each time who may see the copy, read through, and never opened in the
browser. A hidden copy answers like one that never was."""

from __future__ import annotations

import logging

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hrdocs.uids import understood
from sources.evidence import kinds, store
from sources.models import Capture

logger = logging.getLogger(__name__)
# What no program that shows it runs. Everything else is given out as mere bytes.
HARMLESS = (
    "image/png", "image/jpeg", "image/gif", "image/tiff", "image/webp", "image/heic", "image/avif", "text/plain",
    "application/pdf", "video/mp4", "video/webm", "video/quicktime", "audio/mpeg", "audio/mp4", "audio/wav", "audio/flac",
)  # fmt: skip


@require_safe
def kept_copy(request: HttpRequest, uid: str, sha256: str) -> HttpResponseBase:
    """The bytes of a copy, for who may see it."""
    shown = Capture.objects.visible_to(request.user).filter(source__uid=understood(uid) or "", sha256=sha256)
    found = shown.values("sha256", "media_type", "size", "redacted").first() if store.is_checksum(sha256) else None
    if found is None:
        raise Http404
    try:
        file = store.opened(found["sha256"])
    except store.NotWhole as error:
        logger.error("A file of evidence is missing or was changed. Run manage.py verify_files: %s", type(error).__name__)
        return HttpResponse(_("The file is missing or was changed since it was kept, and is not given out."), status=500,
                            content_type="text/plain; charset=utf-8")  # fmt: skip
    kind = found["media_type"] if found["media_type"] in HARMLESS else kinds.UNKNOWN
    answer = FileResponse(file, as_attachment=True, filename=named(uid, found), content_type=kind)
    answer["Content-Length"] = found["size"]
    answer["ETag"] = f'"{found["sha256"]}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"  # the next request is asked anew who may see it
    return answer


def named(uid: str, found: dict[str, str]) -> str:
    """A name that tells what it is a copy of, and nothing that somebody typed."""
    redacted = "-redacted" if found["redacted"] else ""
    return f"{understood(uid)}-{found['sha256'][:12]}{redacted}{kinds.ENDINGS.get(found['media_type'], '.bin')}"
