"""What the pages ask of the data: figures with what joins them, and statements as the shapes let them out.

Nothing here draws or words anything. It is the one place where pages meet `figures` and `chains`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest
from django.utils.translation import override

from cases import chains, figures, shapes, shown
from cases.charts import Passing
from cases.choices import Measure
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
from cases.pages import bounds
from cases.querysets import Rows
from cases.reconciliation import Figure, Group, Matter, comparable_groups
from hrdocs.access import VisibleQuerySet
from hrdocs.first_keys import first_keys
from hrdocs.models import Record
from hrdocs.pages import Row, in_own_language, rows, rows_of
from hrdocs.shapes import Reader, Shape
from hrdocs.ties import among, one_of
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
MEASURES = [measure.value for measure in Measure]


@dataclass
class Said:
    """All that visible sources say on one subject, by kind of statement; and what we concluded."""

    matter: Matter
    groups: list[Group]
    figures: dict[str, Row]
    allegations: list[Row]
    characterisations: list[Row]
    answers: list[Row]
    citations: list[Row]
    adopted: list[Row]
    sources: list[Row] = field(default_factory=list)
    more: tuple[str, ...] = ()  # the lists in which there is more than stands here


def said_on(subject: Record, user: Any, *, whole: bool = True) -> Said:
    """What is said on a facility with its parts, an incident, or all that a case gathers: all of it, or what a page tells."""
    return said_where(figures.clauses_on(subject, user), concluded_on(subject, user), user, whole=whole)


def said_where(about: Iterable[Q], concluded: Q, user: Any, *, whole: bool = True) -> Said:
    """The statements that any of these clauses names, with the answers to them, and the conclusions that another one names."""
    most, compared = (None, None) if whole else (bounds.TOLD, bounds.COMPARED)
    matter, more_figures = matter_of(about, user, compared)
    every = comparable_groups(matter)
    groups = groups_told(every, most)
    more_figures = more_figures or len(groups) < len(every)
    shown = Estimate.objects.filter(uid__in=[figure.uid for group in groups for figure in latest(group)])
    estimates = {row["uid"]: row for row in statements(shown, user)}
    (allegations, more_accusing), (words, more_judging), (citations, more_citing) = (
        first(model.objects.order_by("source__published_earliest", "id"), user, most, about)
        for model in (Allegation, Characterisation, Citation)
    )
    answers, more_answers = answers_where([*about, *answers_to(allegations, words)], user, most)
    adopted = rows(shapes.FIGURES, AdoptedFigure.objects.visible_to(user).filter(concluded).order_by("-id"), user)
    found = Said(matter, groups, estimates, allegations, words, answers, citations, adopted)
    more = {"estimates": more_figures, "allegations": more_accusing, "characterisations": more_judging,
            "responses": more_answers, "citations": more_citing}  # fmt: skip
    found.more = tuple(name for name, is_more in more.items() if is_more)
    found.sources = sources_of([*estimates.values(), *allegations, *words, *answers, *citations])
    in_own_language(user, NAMED, found.figures, allegations, words, answers, citations, adopted)
    return found


def groups_told(every: Iterable[Group], most: int | None) -> list[Group]:
    """The comparable groups that a page shows, those with more in them first: all, or as many as hold the figures that it
    tells. What it leaves out stands alone, as a rule; all is compared."""
    groups = sorted(every, key=lambda group: (_rank(group), -len(group.figures)))
    before = accumulate((len(latest(group)) for group in groups), initial=0)
    return [group for group, told in zip(groups, before) if most is None or told < most]  # noqa: B905 - one more sum than groups


def _rank(group: Group) -> tuple[bool, int]:
    """Figures that stand beside others before those that stand alone, totals before rates."""
    return len(group.figures) == 1, MEASURES.index(group.measure) if group.measure in MEASURES else len(MEASURES)


def latest(group: Group) -> list[Figure]:
    """The figures of a group that a page shows: all, or of a long running count those that reach furthest."""
    return sorted(group.figures, key=lambda figure: figure.last_day, reverse=True)[:MOST_FIGURES]


def answers_to(allegations: list[Row], others: Iterable[Row] = ()) -> tuple[Q, Q]:
    """Which responses answer these statements; and which the sources of the allegations as a whole."""
    accusing = {row["source"]["uid"] for row in allegations if row["source"]}
    return (
        Q(about_statement__uid__in=[row["uid"] for row in (*allegations, *others)]),
        Q(about_source__uid__in=accusing),
    )


def answers_where(clauses: Iterable[Q], user: Any, most: int | None = None) -> tuple[list[Row], bool]:
    """The responses that any of these clauses names, and whether there are more."""
    return first(Response.objects.order_by("date_earliest", "id"), user, most, clauses)


def matter_of(about: Iterable[Q], user: Any, most: int | None = None) -> tuple[Matter, bool]:
    """These figures with what joins them, and whether there are more: of many those that reach furthest. What the program
    says of them is English, so its names are too."""
    furthest = Greatest("period_latest", "as_of_latest").desc(nulls_last=True)
    keys, more = first_keys(Estimate.objects.visible_to(user).order_by(furthest, "pk"), most, about)
    with override("en"):
        return figures.gather(Estimate.objects.visible_to(user).filter(one_of(keys, here="pk")), user), more


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
    parts = Place.objects.filter(pk=place.pk).parts(user)
    return model.objects.visible_to(user).filter(shown.place_is_shown(Reader(user)), among(parts, here="place"))


def incidents_at(facilities: Rows, user: Any) -> QuerySet:
    return Incident.objects.visible_to(user).at(facilities, user)


def oldest_first(incidents: QuerySet, user: Any) -> QuerySet:
    """Incidents in the order of the days that the reader is shown: their order must tell no day that a column hides."""
    return incidents.order_by(shown.bound("date_earliest", "date_shown", Reader(user)), "id")


def _of_the_oldest_years(incidents: QuerySet) -> QuerySet:
    """Those that begin in the years of the first that a page tells. Whichever of its days is shown, each is shown in its year,
    so that the first are the same; an index tells the years, and none the days that are shown."""
    dated = incidents.filter(date_earliest__isnull=False).order_by("date_earliest").values_list("date_earliest", flat=True)
    last = next(iter(dated[bounds.TOLD : bounds.TOLD + 1]), None)
    return incidents.filter(date_earliest__lte=last.replace(month=12, day=31)) if last else incidents


def first_incidents(incidents: QuerySet, user: Any, *, whole: bool) -> tuple[list[Row], bool]:
    """Incidents, the oldest first: all of them or those that a page tells, and whether there are more."""
    keys, more = first_keys(oldest_first(incidents, user), None if whole else bounds.TOLD, near=_of_the_oldest_years)
    return rows_of(shapes.INCIDENTS, keys, user), more


def statements(queryset: VisibleQuerySet, user: Any) -> list[Row]:
    """Statements of one kind as the API prints them, as far as the reader may see them."""
    return first(queryset, user, None)[0]


def first(queryset: VisibleQuerySet, user: Any, most: int | None, clauses: Iterable[Q] = (Q(),)) -> tuple[list[Row], bool]:
    """The first of these statements that any of the clauses names, and whether there are more."""
    kind = next(kind for kind, shape in KINDS.items() if shape.model is queryset.model)
    keys, more = first_keys(queryset.visible_to(user), most, clauses)
    return [{**row, "kind": kind} for row in rows_of(KINDS[kind], keys, user)], more


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


def gathered_by(case: Case, user: Any, most: int | None) -> tuple[list[Row], list[Row], list[Row], list[str]]:
    """The facilities, incidents and parties of a case, as their own shapes show them; and the lists that have more of them."""
    links = CaseParty.objects.visible_to(user).filter(case=case)
    gathered = {
        "facilities": (shapes.FACILITIES, Facility.objects.visible_to(user).gathered_in(case, user)),
        "incidents": (shapes.INCIDENTS, Incident.objects.visible_to(user).gathered_in(case, user)),
        "parties": (PARTIES, Party.objects.visible_to(user).filter(pk__in=links.values("party"))),
    }
    keys = {name: first_keys(found.order_by("id"), most) for name, (_, found) in gathered.items()}
    facilities, incidents, parties = (rows_of(shape, keys[name][0], user) for name, (shape, _) in gathered.items())
    return facilities, incidents, parties, [name for name, (_, more) in keys.items() if more]


def operators_of(facility: Facility, user: Any) -> list[Row]:
    """Who runs or guards a facility and when, with how each end is known."""
    running = Operation.objects.visible_to(user).filter(facility=facility).order_by("start_earliest", "id")
    found = rows(shapes.OPERATIONS, running, user)
    in_own_language(user, NAMED, found)
    return found
