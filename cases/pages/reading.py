"""What the pages ask of the data: figures with what joins them, and statements as the shapes let them out.

Nothing here draws or words anything. It is the one place where pages meet `figures` and `chains`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import override

from cases import chains, figures, shapes, shown
from cases.charts import Passing
from cases.drift import differences
from cases.models import (
    AdoptedFigure,
    Allegation,
    Case,
    CaseParty,
    Characterisation,
    Citation,
    Estimate,
    Facility,
    Incident,
    OfficialAct,
    Operation,
    Place,
    Response,
    Statement,
    Victim,
)
from cases.querysets import Rows
from cases.reconciliation import Figure, Group, Matter, comparable_groups
from hrdocs.models import Record
from hrdocs.pages import Row, in_own_language, rows
from hrdocs.shapes import Reader, Shape
from sources.models import Party
from sources.shapes import PARTIES

NAMED = (Party, Facility, Incident, Place, Victim, OfficialAct)

KINDS: dict[str, Shape] = {
    "estimate": shapes.ESTIMATES,
    "allegation": shapes.ALLEGATIONS,
    "characterisation": shapes.CHARACTERISATIONS,
    "response": shapes.RESPONSES,
    "citation": shapes.CITATIONS,
}
OF_PREFIX = {shape.model.uid_prefix: kind for kind, shape in KINDS.items()}


MOST_FIGURES = 40  # of a comparable group; the API gives them all


@dataclass
class Said:
    """All that visible sources say on one subject, by kind of statement; and what we concluded."""

    matter: Matter
    figures: dict[str, Row]
    allegations: list[Row]
    characterisations: list[Row]
    answers: list[Row]
    citations: list[Row]
    adopted: list[Row]
    sources: list[Row] = field(default_factory=list)


def said_on(subject: Record, user: Any) -> Said:
    """What is said on a facility with its parts, an incident, or all that a case gathers."""
    return said_where(figures.statements_on(subject, user), concluded_on(subject, user), user)


def said_where(about: Q, concluded: Q, user: Any) -> Said:
    """The statements that a clause names, with the answers to them, and the conclusions that another one names."""
    matter = matter_of(about, user)
    estimates = Estimate.objects.filter(uid__in=[figure.uid for group in comparable_groups(matter) for figure in latest(group)])
    told = {row["uid"]: row for row in statements(estimates, user)}
    allegations = statements(Allegation.objects.filter(about).order_by("source__published_earliest", "id"), user)
    words = statements(Characterisation.objects.filter(about).order_by("source__published_earliest", "id"), user)
    answered = Q(about_statement__uid__in=[row["uid"] for row in words])
    answers = Response.objects.filter(about | answers_to(allegations) | answered)
    answers = statements(answers.order_by("date_earliest", "id"), user)
    citations = statements(Citation.objects.filter(about).order_by("source__published_earliest", "id"), user)
    adopted = rows(shapes.FIGURES, AdoptedFigure.objects.visible_to(user).filter(concluded).order_by("-id"), user)
    found = Said(matter, told, allegations, words, answers, citations, adopted)
    found.sources = sources_of([*told.values(), *allegations, *words, *answers, *citations])
    in_own_language(user, NAMED, found.figures, allegations, words, answers, citations, adopted)
    return found


def latest(group: Group) -> list[Figure]:
    """The figures of a group that a page shows: all, or of a long running count those that reach furthest."""
    return sorted(group.figures, key=lambda figure: figure.last_day, reverse=True)[:MOST_FIGURES]


def answers_to(allegations: list[Row]) -> Q:
    """Which responses answer these allegations, or their sources as a whole."""
    accusing = {row["source"]["uid"] for row in allegations if row["source"]}
    return Q(about_statement__uid__in=[row["uid"] for row in allegations]) | Q(about_source__uid__in=accusing)


def matter_of(about: Q, user: Any) -> Matter:
    """These figures with what joins them. What the program says of them is English, so its names are too."""
    with override("en"):
        return figures.gather(Estimate.objects.visible_to(user).filter(about), user)


def concluded_on(subject: Record, user: Any) -> Q:
    """Which conclusions are about the subject itself, a facility's parts and incidents, or what a case gathers."""
    if isinstance(subject, Incident | Place | Victim):
        return Q(**{subject._meta.model_name: subject})
    if isinstance(subject, Case):
        parts = Facility.objects.gathered_in(subject, user).parts(user)
        incidents = Incident.objects.gathered_in(subject, user)
        return Q(facility__in=parts) | Q(incident__in=incidents) | Q(incident__in=incidents_at(parts, user).values("pk"))
    parts = Facility.objects.filter(pk=subject.pk).parts(user)
    return Q(facility__in=parts) | Q(incident__in=incidents_at(parts, user).values("pk"))


def placed_in(model: type[Facility] | type[Incident], place: Place, user: Any) -> QuerySet:
    """Facilities or incidents in a place or its parts; outside only those whose place is shown as it is."""
    parts = Place.objects.filter(pk=place.pk).with_parts(user)
    return model.objects.visible_to(user).filter(shown.place_is_shown(Reader(user)), place__in=parts)


def incidents_at(facilities: Rows, user: Any) -> QuerySet:
    return Incident.objects.visible_to(user).at(facilities, user)


def oldest_first(incidents: QuerySet, user: Any) -> QuerySet:
    """Incidents in the order of the days that the reader is shown: their order must tell no day that a column hides."""
    return incidents.order_by(shown.bound("date_earliest", "date_shown", Reader(user)), "id")


def statements(queryset: QuerySet, user: Any) -> list[Row]:
    """Statements of one kind as the API prints them, as far as the reader may see them."""
    kind = next(kind for kind, shape in KINDS.items() if shape.model is queryset.model)
    shown = queryset.filter(pk__in=queryset.model.objects.visible_to(user).values("pk"))
    return [{**row, "kind": kind} for row in rows(KINDS[kind], shown, user)]


def by_uid(uids: Iterable[str], user: Any) -> dict[str, Row]:
    """Statements of any kind by their uids, one query for each kind."""
    asked = set(uids)
    found: dict[str, Row] = {}
    for prefix, kind in OF_PREFIX.items():
        mine = {uid for uid in asked if uid.startswith(f"{prefix}-")}
        if mine:
            found |= {row["uid"]: row for row in statements(KINDS[kind].model.objects.filter(uid__in=mine), user)}
    return found


def sources_of(statements: Iterable[Row]) -> list[Row]:
    """The sources of these statements, each once, oldest first; what is undated stands last."""
    found = {row["source"]["uid"]: row["source"] for row in statements if row["source"]}
    return sorted(found.values(), key=lambda source: (source["published"] or "9", source["title"]))


def passings_in(matter: Matter, told: dict[str, Row]) -> tuple[Passing, ...]:
    """The hand-ons between the figures of a matter, with what changed at each."""
    known = {figure.uid: figure for figure in matter.figures if figure.uid in told}
    notes = {
        (uid, hop["uid"]): hop["note"] for uid, row in told.items() for hop in row["passes_on"]
    }  # fmt: skip
    return tuple(
        Passing(
            known[link.earlier], known[link.later],
            differences(known[link.earlier], known[link.later], matter.tree, matter.labels),
            link.how, link.stated, notes.get((link.later, link.earlier), ""),
        )
        for link in matter.links if link.later in known and link.earlier in known
    )  # fmt: skip


def chain_of(statement: Statement, user: Any) -> tuple[Passing, ...]:
    """The hand-ons between a statement and its origins, and to all that tell it on."""
    with override("en"):  # as in matter_of
        hops = chains.chain(statement.detail, user)
    return tuple(
        Passing(hop.earlier, hop.later, hop.differences, hop.link.how, hop.link.stated, hop.link.note) for hop in hops
    )  # fmt: skip


def gathered_by(case: Case, user: Any) -> tuple[list[Row], list[Row], list[Row]]:
    """The facilities, incidents and parties of a case, as their own shapes show them."""
    facilities = Facility.objects.visible_to(user).gathered_in(case, user).order_by("id")
    incidents = Incident.objects.visible_to(user).gathered_in(case, user).order_by("id")
    links = CaseParty.objects.visible_to(user).filter(case=case)
    parties = Party.objects.visible_to(user).filter(pk__in=links.values("party")).order_by("id")
    return rows(shapes.FACILITIES, facilities, user), rows(shapes.INCIDENTS, incidents, user), rows(PARTIES, parties, user)


def operators_of(facility: Facility, user: Any) -> list[Row]:
    """Who runs or guards a facility and when, with how each end is known."""
    running = Operation.objects.visible_to(user).filter(facility=facility).order_by("start_earliest", "id")
    found = rows(shapes.OPERATIONS, running, user)
    in_own_language(user, NAMED, found)
    return found
