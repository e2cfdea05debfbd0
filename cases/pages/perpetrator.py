"""The page of a party. It leads with who accuses it of what, and with the answers; nobody is a perpetrator by that."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from cases import shapes
from cases.models import Accused, Affiliation, Allegation, Operation
from cases.pages import reading
from cases.pages.bounds import TOLD, lists_of
from cases.pages.command import command_of
from cases.pages.view import answers_to_sources, with_answers
from hrdocs.first_keys import first_keys
from hrdocs.pages import Row, in_own_language, page_of, rows_of
from hrdocs.shapes import Shape
from sources.models import Party, Source, SourcePublisher
from sources.shapes import PARTIES, SOURCES


@page_of(PARTIES, "cases/pages/party.html")
def party(request: HttpRequest, record: Party, row: Row) -> dict[str, Any]:
    """One party."""
    return {**what_is_said_of(record, request.user, whole=False), "command": command_of(record, request.user)}


def what_is_said_of(record: Party, user: Any, *, whole: bool = True) -> dict[str, Any]:
    """The accusations against a party with the answers, what ties it to others, what it said itself: all of it, or what a page
    tells."""
    most = None if whole else TOLD
    against = Accused.objects.visible_to(user).filter(party=record).values("allegation")
    oldest = ("source__published_earliest", "id")
    found = {"allegations": reading.first(Allegation.objects.filter(pk__in=against).order_by(*oldest), user, most)}
    allegations, _ = found["allegations"]
    answers, _ = reading.answers_where(reading.answers_to(allegations), user, most)
    found["responses"] = reading.answers_where([Q(spoken_for=record)], user, most)
    ties = Affiliation.objects.visible_to(user).filter(Q(party=record) | Q(to_party=record))
    found["affiliations"] = _first(shapes.AFFILIATIONS, ties.order_by("start_earliest", "id"), user, most)
    run = Operation.objects.visible_to(user).filter(party=record)
    found["operations"] = _first(shapes.OPERATIONS, run.order_by("start_earliest", "id"), user, most)
    published = SourcePublisher.objects.visible_to(user).filter(party=record).values("source")
    written = Source.objects.visible_to(user).filter(pk__in=published)
    found["sources"] = _first(SOURCES, written.order_by("published_earliest", "id"), user, most)
    own_answers, affiliations, operations, sources = (
        found[name][0] for name in ("responses", "affiliations", "operations", "sources")
    )
    in_own_language(user, reading.NAMED, allegations, answers, own_answers, affiliations, operations, sources)
    return {
        "accusations": with_answers(allegations, answers),
        "answers_to_sources": answers_to_sources(answers, allegations),
        "own_answers": own_answers, "affiliations": affiliations, "operations": operations, "sources": sources,
        "more": lists_of(record, [name for name, (_, is_more) in found.items() if is_more]),
    }  # fmt: skip


def _first(shape: Shape, found: QuerySet, user: Any, most: int | None) -> tuple[list[Row], bool]:
    """The first of these records, and whether there are more."""
    keys, more = first_keys(found, most)
    return rows_of(shape, keys, user), more
