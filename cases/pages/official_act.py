"""The page of an official act: what an authority did, when and concerning whom, and who says so."""

from typing import Any

from django.http import HttpRequest

from cases import shapes
from cases.models import Citation, OfficialAct
from cases.pages import reading
from cases.pages.bounds import TOLD, lists_of
from hrdocs.pages import Row, in_own_language, page_of


@page_of(shapes.OFFICIAL_ACTS, "cases/pages/official_act.html")
def official_act(request: HttpRequest, record: OfficialAct, row: Row) -> dict[str, Any]:
    """One act of an authority, with what is cited for and against it."""
    cited = Citation.objects.filter(about_official_act=record).order_by("source__published_earliest", "id")
    citations, more = reading.first(cited, request.user, TOLD)
    in_own_language(request.user, reading.NAMED, row, citations)
    return {"citations": citations, "sources": reading.sources_of(citations),
            "more": lists_of(record, ["citations"] if more else [])}  # fmt: skip
