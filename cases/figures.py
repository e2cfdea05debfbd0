"""From records to the arithmetic: statements as the plain values that drift, independence and comparison work on.

The arithmetic (drift.py, reconciliation.py) is pure. Here the ORM hands it what the asker may see, and nothing else:
a chain breaks where a statement is hidden, and a comparison does not know of a hidden figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from cases.choices import HEADINGS, Joined
from cases.claims import Accusation, Figure, Remark
from cases.claims import Accused as NamedAccused
from cases.models import (
    ABOUT_BY_KIND,
    Accused,
    Allegation,
    Case,
    Characterisation,
    Estimate,
    EstimateRelation,
    Facility,
    HandOn,
    Incident,
    Place,
    Response,
    Statement,
)
from cases.naming import labels_with, named
from cases.querysets import said_of_either
from cases.reconciliation import Link, Matter, Relation
from cases.sentences import Named
from hrdocs.models import Record, Term, Vocabulary
from hrdocs.ties import one_of, tied
from sources.models import Party, Relay, SourcePublisher


def statements_on(subject: Record, user: Any) -> Q:
    """Which statements speak of a facility with its parts, an incident, a place, a victim, or all that a case gathers."""
    return reduce(or_, clauses_on(subject, user))


def clauses_on(subject: Record, user: Any) -> tuple[Q, ...]:
    """The same as clauses to be asked one by one: an index serves each of them, and none serves all."""
    if isinstance(subject, Facility):
        return said_of_either(Facility.objects.filter(pk=subject.pk).parts(user), user)
    if isinstance(subject, Place):
        return (one_of(Place.objects.filter(pk=subject.pk).parts(user), here="about_place"),)
    if isinstance(subject, Case):
        parts = Facility.objects.gathered_in(subject, user).parts(user)
        return *said_of_either(parts, user), tied(Incident.objects.gathered_in(subject, user), here="about_incident")
    return (Q(**{f"about_{subject._meta.model_name}": subject}),)


def matter_of(subject: Record, user: Any) -> Matter:
    """All visible figures on a subject, with the hand-ons and relations between them."""
    return gather(Estimate.objects.visible_to(user).filter(statements_on(subject, user)), user)


def accusations_on(subject: Record, user: Any) -> tuple[tuple[Accusation, ...], tuple[Link, ...]]:
    """All visible allegations on a subject, and the hand-ons between them."""
    rows = list(_read(Allegation.objects.visible_to(user).filter(statements_on(subject, user)), user))
    return tuple(accusation_of(row) for row in rows), links_among(rows, user)


def gather(estimates: QuerySet, user: Any) -> Matter:
    """These figures as plain values, with the hand-ons and relations between them that `user` may see."""
    rows = list(_read(estimates, user))
    keys = [row.pk for row in rows]
    relations = EstimateRelation.objects.visible_to(user).filter(estimate__in=keys, other__in=keys)
    pairs = relations.select_related("estimate", "other")
    return Matter(
        figures=tuple(figure_of(row) for row in rows),
        links=links_among(rows, user),
        relations=tuple(Relation(each.estimate.uid, each.kind, each.other.uid) for each in pairs),
        tree=act_tree(),
        labels=labels_with(parties_in(rows)),
    )


def links_among(rows: Iterable[Statement], user: Any) -> tuple[Link, ...]:
    """The hand-ons between these statements that `user` may see."""
    keys = [row.pk for row in rows]
    links = HandOn.objects.visible_to(user).filter(later__in=keys, earlier__in=keys)
    found = links.order_by("id").values_list("later__uid", "earlier__uid", "how", "stated")
    return tuple(Link(*values) for values in found)


def claims_of(statements: QuerySet, user: Any) -> tuple[dict[int, Figure | Accusation | Remark], Mapping[str, Named]]:
    """Claims of one kind by the key of their statement, and what the codes and uids in them are called."""
    rows = list(_read(statements, user))
    make: Any = {Estimate: figure_of, Allegation: accusation_of}.get(statements.model, remark_of)
    return {row.pk: make(row) for row in rows}, labels_with(parties_in(rows))


def _read(statements: QuerySet, user: Any) -> QuerySet:
    """Statements with all that their claims are made of, as far as `user` may see it. What is many stands in plain lists: to ask
    each statement for its own took as long as to find them."""
    publishers = SourcePublisher.objects.visible_to(user).select_related("party").order_by("id")
    parties = Party.objects.visible_to(user)
    shared = [
        Prefetch("speaker", parties),
        Prefetch("attributed_to", parties),
        Prefetch("about_facility__parent", Facility.objects.visible_to(user)),
        Prefetch("about_place__parent", Place.objects.visible_to(user)),
        Prefetch("source__publishers", publishers, to_attr="shown_publishers"),
        Prefetch("source__draws", Relay.objects.visible_to(user).select_related("draws_on", "party"), to_attr="shown_relays"),
    ]
    statements = statements.order_by("source__published_earliest", "uid").select_related(
        "source", "about_facility", "about_incident", "about_place", "about_victim", "about_harm"
    )  # fmt: skip
    if statements.model is Estimate:
        return statements.select_related("counted").prefetch_related(
            Prefetch("categories", to_attr="shown_categories"), Prefetch("done_by", parties, to_attr="shown_doers"), *shared
        )
    if statements.model is not Allegation:
        links = ABOUT_BY_KIND[statements.model.statement_kind]
        return statements.select_related(*(f"about_{name}" for name in links)).prefetch_related(*shared)
    accused = Accused.objects.visible_to(user).select_related("party").order_by("id")
    return statements.prefetch_related(
        Prefetch("acts", to_attr="shown_acts"), Prefetch("accused", accused, to_attr="shown_accused"), *shared
    )


def figure_of(row: Estimate) -> Figure:
    """One estimate as the plain value that drift and comparison work on."""
    by_date = "as_of" if row.as_of and not row.period else "period"
    return Figure(
        **_said(row),
        period=getattr(row, by_date), period_earliest=None if by_date == "as_of" else row.period_earliest,
        period_latest=getattr(row, f"{by_date}_latest"), period_length_text=row.period_length,
        lower=row.lower, lower_wording=row.lower_wording, best=row.best, best_wording=row.best_wording,
        upper=row.upper, upper_wording=row.upper_wording, value_text=row.value_text, counted=row.counted.code,
        currency=row.currency, measure=row.measure, per_time=row.per_time, per_persons=row.per_persons,
        categories=frozenset(term.code for term in row.shown_categories), who=_who(row),
        done_by=frozenset(party.uid for party in row.shown_doers),
    )  # fmt: skip


def accusation_of(row: Allegation) -> Accusation:
    """One allegation as the plain value that drift works on."""
    return Accusation(
        **_said(row),
        period=row.period, period_earliest=row.period_earliest, period_latest=row.period_latest,
        acts=frozenset(term.code for term in row.shown_acts), wording=row.acts_wording,
        alternatives=row.joined == Joined.ALTERNATIVES,
        accused=tuple(
            NamedAccused(each.party.uid if each.party else each.wording, frozenset(each.modes),
                         each.modes_joined == Joined.ALTERNATIVES)
            for each in row.shown_accused
        ),
    )  # fmt: skip


def remark_of(row: Statement) -> Remark:
    """One characterisation, response or citation as the plain value that drift works on."""
    if isinstance(row, Characterisation):
        own = {"sense": row.polarity, "topic": named(row.norm) if row.norm else "", "wording": row.wording}
    elif isinstance(row, Response):
        own = {"sense": row.answer, "wording": row.wording}
    else:
        own = {"sense": row.stance, "topic": row.field, "value": row.value}
    return Remark(**_said(row), **own)


def _said(row: Statement) -> dict[str, Any]:
    """What every claim has: who says it where, of what, on what grounds."""
    thing = row.about
    wider = getattr(thing, "parent", None)
    publisher = next((link.party for link in row.source.shown_publishers), None)
    voice = row.attributed_to.uid if row.attributed_to else row.attributed_wording
    return {
        "uid": row.uid, "source": row.source.uid, "published": row.source.published_earliest,
        "publisher": publisher.uid if publisher else "", "speaker": row.speaker.uid if row.speaker else "",
        "attributed_to": (voice,) if voice else (), "evidence": frozenset(filter(None, [row.evidence])),
        "draws_on": frozenset(drawn.uid for relay in row.source.shown_relays if (drawn := relay.draws_on or relay.party)),
        "only_unnamed": row.bases == ["unnamed"], "was_read": row.read_as not in ("as_quoted", "not_read"),
        "certainty": row.certainty, "about": thing.uid, "about_label": named(thing), "about_kind": thing._meta.model_name,
        "about_known": row.about_known, "within": (wider.uid,) if wider else (),
    }  # fmt: skip


def _who(row: Estimate) -> frozenset[tuple[str, str]]:
    said = {"sex": row.who_sex, "age": row.who_age, "status": row.who_status, "role": row.who_role,
            "community": row.who_community, "circumstance": row.who_circumstance}  # fmt: skip
    return frozenset((dimension, value) for dimension, value in said.items() if value)


def parties_in(rows: Iterable[Statement]) -> Iterator[Party]:
    """The parties that these statements name, as often as they name them."""
    for row in rows:
        publishers = (link.party for link in row.source.shown_publishers)
        yield from filter(None, (*publishers, row.speaker, row.attributed_to, *_doers(row)))


def _doers(row: Any) -> Iterable[Party | None]:
    return row.shown_doers if isinstance(row, Estimate) else (each.party for each in getattr(row, "shown_accused", ()))


def act_tree() -> dict[str, str]:
    """Each act under the wider one: executed under killed under died."""
    acts = Term.objects.filter(vocabulary=Vocabulary.ACT, parent__isnull=False).exclude(parent__code__in=HEADINGS)
    return dict(acts.values_list("code", "parent__code"))
