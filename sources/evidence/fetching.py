"""Keeping a page of the web: an analyst names its address, a worker fetches it, and what came is kept as two copies.

The WARC holds all that was asked and answered, with headers and moment; beside it lies the page alone, to be read.
"""

from __future__ import annotations

import tempfile
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from hrdocs.access import is_staff_reader
from hrdocs.audit import acting_as
from hrdocs.refusal import Refused
from sources.evidence import keeping, warcs, web
from sources.models import PageFetch, Source


def ask(source: Source, address: str, *, by: Any) -> PageFetch:
    """Note that a page is to be fetched. Raises Refused where that is off here, or the address is none that may be asked."""
    if not settings.FETCH_PAGES:
        raise Refused(_("Fetching pages is switched off here. Save the page in your browser, and keep the file."))
    if not is_staff_reader(by):
        raise Refused(_("Who works on the records keeps copies, and looks through them."))
    try:
        address = web.looked_at(address).geturl()
    except web.NotFetched as error:
        raise Refused(str(error)) from None
    with acting_as(by, _("To be fetched")):
        return PageFetch.objects.create(source=source, address=address, asked_by=by)


@transaction.atomic
def fetch(number: int) -> None:
    """Fetch a page that was asked for, and keep it; or note why there is none. Done once, however often it is tried."""
    page = PageFetch.objects.select_for_update().select_related("source", "asked_by").get(pk=number)
    if page.ended_at:
        return
    with translation.override("en"), acting_as(page.asked_by, "Fetched"):  # what is stored is translated when it is shown
        try:
            with transaction.atomic():
                _kept(page)
        except (web.NotFetched, Refused) as error:
            page.trouble = str(error)
        page.ended_at = timezone.now()
        page.save()


def _kept(page: PageFetch) -> None:
    with web.fetched(page.address, largest=settings.EVIDENCE_LARGEST) as exchanges, tempfile.TemporaryFile() as warc:
        warcs.write(exchanges, warc)
        last = exchanges[-1]
        told = {"by": page.asked_by, "taken_from": last.url, "tool": warcs.TOOL, "taken_at": last.at}
        reason = f"Fetched from {last.machine}"
        warc.seek(0)
        keeping.keep(page.source, File(warc, "page.warc.gz"), reason=reason, **told)
        if last.size and not page.source.captures.filter(sha256=keeping.store.read_through(File(last.body)).sha256).exists():
            keeping.keep(page.source, File(last.body, "page"), reason=f"{reason}: the page alone", **told)
