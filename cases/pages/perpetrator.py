"""The page of a party. It leads with who accuses it of what, and with the answers; nobody is a perpetrator by that."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from cases import shapes
from cases.models import Accused, Affiliation, Allegation, Operation, Response
from cases.pages import reading
from cases.pages.command import command_of
from cases.pages.view import answers_to_sources, with_answers
from hrdocs.pages import Row, in_own_language, page_of, rows
from sources.models import Party, Source, SourcePublisher
from sources.shapes import PARTIES, SOURCES


@page_of(PARTIES, "cases/pages/party.html")
def party(request: HttpRequest, record: Party, row: Row) -> dict[str, Any]:
    """One party."""
    return {**what_is_said_of(record, request.user), "command": command_of(record, request.user)}


def what_is_said_of(record: Party, user: Any) -> dict[str, Any]:
    """The accusations against a party with the answers, what ties it to others, what it said itself."""
    against = Accused.objects.visible_to(user).filter(party=record).values("allegation")
    oldest = ("source__published_earliest", "id")
    allegations = reading.statements(Allegation.objects.filter(pk__in=against).order_by(*oldest), user)
    answers = Response.objects.filter(reading.answers_to(allegations)).order_by("date_earliest", "id")
    answers = reading.statements(answers, user)
    own_answers = reading.statements(Response.objects.filter(spoken_for=record).order_by("date_earliest", "id"), user)
    ties = Affiliation.objects.visible_to(user).filter(Q(party=record) | Q(to_party=record)).order_by("start_earliest", "id")
    affiliations = rows(shapes.AFFILIATIONS, ties, user)
    run = Operation.objects.visible_to(user).filter(party=record).order_by("start_earliest", "id")
    operations = rows(shapes.OPERATIONS, run, user)
    published = SourcePublisher.objects.visible_to(user).filter(party=record).values("source")
    sources = rows(SOURCES, Source.objects.visible_to(user).filter(pk__in=published).order_by("published_earliest", "id"), user)
    in_own_language(user, reading.NAMED, allegations, answers, own_answers, affiliations, operations, sources)
    return {
        "accusations": with_answers(allegations, answers),
        "answers_to_sources": answers_to_sources(answers, allegations),
        "own_answers": own_answers, "affiliations": affiliations, "operations": operations, "sources": sources,
    }  # fmt: skip
