"""The page of a source: what it is, what it draws on, and what it says."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from cases.pages import reading
from cases.pages.bounds import TOLD, lists_of
from hrdocs.pages import Row, in_own_language, page_of
from sources.models import Source
from sources.shapes import SOURCES


@page_of(SOURCES, "cases/pages/source.html")
def source(request: HttpRequest, record: Source, row: Row) -> dict[str, Any]:
    """One source, with every statement of it that the reader may see."""
    user = request.user
    found = {
        shape: reading.first(shape.model.objects.filter(source=record).order_by("id"), user, TOLD)
        for shape in reading.KINDS.values()
    }
    said = [each for told, _ in found.values() for each in told]
    answers, more = reading.answers_where([Q(about_source=record)], user, TOLD)
    in_own_language(user, reading.NAMED, row, said, answers)
    listed = [
        (shape.model._meta.verbose_name_plural, lists_of(record, [shape.path])[shape.path])
        for shape, (_, is_more) in found.items()
        if is_more
    ]
    return {"statements": said, "answers": answers, "more": listed, "more_answers": more}
