"""The page of a source: what it is, what it draws on, and what it says."""

from typing import Any

from django.http import HttpRequest

from cases.models import Response
from cases.pages import reading
from hrdocs.pages import Row, in_own_language, page_of
from sources.models import Source
from sources.shapes import SOURCES


@page_of(SOURCES, "cases/pages/source.html")
def source(request: HttpRequest, record: Source, row: Row) -> dict[str, Any]:
    """One source, with every statement of it that the reader may see."""
    user = request.user
    said = [
        each
        for shape in reading.KINDS.values()
        for each in reading.statements(shape.model.objects.filter(source=record).order_by("id"), user)
    ]
    answers = reading.statements(Response.objects.filter(about_source=record).order_by("date_earliest", "id"), user)
    in_own_language(user, reading.NAMED, row, said, answers)
    return {"statements": said, "answers": answers}
