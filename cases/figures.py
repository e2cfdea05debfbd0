"""From records to the arithmetic and back: chains of hand-ons with their drift, and figures compared.

The arithmetic (drift.py, reconciliation.py) is pure. Here the ORM hands it what the asker may see, and nothing else:
a chain breaks where a statement is hidden, and a comparison does not know of a hidden figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Prefetch, QuerySet

from cases.claims import Figure
from cases.drift import Difference, differences
from cases.models import Estimate, EstimateRelation, Facility, HandOn, Place
from cases.reconciliation import Link, Matter, Relation
from hrdocs.models import Term, Vocabulary
from sources.models import Party, SourcePublisher

_WALK = """
    WITH RECURSIVE hop (id, later, earlier) AS ({hops}),
    behind (statement) AS (SELECT %s::bigint UNION SELECT h.earlier FROM behind b JOIN hop h ON h.later = b.statement),
    ahead (statement) AS (SELECT %s::bigint UNION SELECT h.later FROM ahead a JOIN hop h ON h.earlier = a.statement)
    SELECT id FROM hop WHERE later IN (SELECT statement FROM behind) OR earlier IN (SELECT statement FROM ahead)
"""

# Pure headings of the tree of acts: "released" and "detained" both stand under liberty, and are no family.
_HEADINGS = ("liberty",)


@dataclass(frozen=True)
class Hop:
    """One hand-on of a chain: the earlier and the later figure, how it came over, and what changed on the way."""

    link: HandOn
    earlier: Figure
    later: Figure
    differences: tuple[Difference, ...]


def chain(estimate: Estimate, user: Any) -> tuple[Hop, ...]:
    """Every hand-on between this figure and its origins, and all that descend from it, oldest source first."""
    visible = HandOn.objects.visible_to(user).values_list("id", "later_id", "earlier_id")
    sql, params = visible.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_WALK.format(hops=sql), [*params, estimate.pk, estimate.pk])
        found = [row[0] for row in cursor.fetchall()]
    links = HandOn.objects.filter(pk__in=found).select_related("earlier__source", "later__source")
    ends = {end for link in links for end in (link.earlier_id, link.later_id)}
    matter = gather(Estimate.objects.filter(pk__in=ends), user)
    known = {figure.uid: figure for figure in matter.figures}
    hops = (_hop(link, known[link.earlier.uid], known[link.later.uid], matter) for link in links)
    return tuple(sorted(hops, key=lambda hop: (str(hop.earlier.published), str(hop.later.published), hop.later.uid)))


def _hop(link: HandOn, earlier: Figure, later: Figure, matter: Matter) -> Hop:
    return Hop(link, earlier, later, differences(earlier, later, matter.tree, matter.labels))


def about_facility(facility: Facility, user: Any) -> Matter:
    """All visible figures about a facility, its parts, and incidents at one of them."""
    parts = Facility.objects.filter(pk=facility.pk).with_parts(user)
    return gather(Estimate.objects.visible_to(user).concerning(parts, user), user)


def gather(estimates: QuerySet, user: Any) -> Matter:
    """These figures as plain values, with the hand-ons and relations between them that `user` may see."""
    publishers = SourcePublisher.objects.visible_to(user).select_related("party").order_by("id")
    parties = Party.objects.visible_to(user)
    estimates = estimates.select_related(
        "source", "counted", "about_facility", "about_incident", "about_place", "about_victim"
    ).prefetch_related(
        "categories",
        Prefetch("done_by", parties),
        Prefetch("speaker", parties),
        Prefetch("attributed_to", parties),
        Prefetch("about_facility__parent", Facility.objects.visible_to(user)),
        Prefetch("about_place__parent", Place.objects.visible_to(user)),
        Prefetch("source__publishers", publishers, to_attr="shown_publishers"),
    )
    rows = list(estimates)
    keys = [row.pk for row in rows]
    links = HandOn.objects.visible_to(user).filter(later__in=keys, earlier__in=keys).select_related("later", "earlier")
    relations = EstimateRelation.objects.visible_to(user).filter(estimate__in=keys, other__in=keys)
    named = relations.select_related("estimate", "other")
    return Matter(
        figures=tuple(figure_of(row) for row in rows),
        links=tuple(Link(link.later.uid, link.earlier.uid, link.how, link.stated) for link in links),
        relations=tuple(Relation(each.estimate.uid, each.kind, each.other.uid) for each in named),
        tree=_tree(),
        labels={**_act_labels(), **dict(_names(rows))},
    )


def figure_of(row: Estimate) -> Figure:
    """One estimate as the plain value that drift and comparison work on."""
    thing = row.about
    wider = getattr(thing, "parent", None)
    publisher = next((link.party for link in row.source.shown_publishers), None)
    by_date = "as_of" if row.as_of and not row.period else "period"
    return Figure(
        uid=row.uid, source=row.source.uid, published=row.source.published_earliest,
        publisher=publisher.uid if publisher else "", speaker=row.speaker.uid if row.speaker else "",
        attributed_to=_attributed(row), evidence=frozenset(filter(None, [row.evidence])),
        only_unnamed=row.bases == ["unnamed"], was_read=row.read_as not in ("as_quoted", "not_read"),
        certainty=row.certainty, about=thing.uid, about_label=str(thing), about_kind=thing._meta.model_name,
        about_known=row.about_known, within=(wider.uid,) if wider else (),
        period=getattr(row, by_date), period_earliest=None if by_date == "as_of" else row.period_earliest,
        period_latest=getattr(row, f"{by_date}_latest"), period_length_text=row.period_length,
        lower=row.lower, lower_wording=row.lower_wording, best=row.best, best_wording=row.best_wording,
        upper=row.upper, upper_wording=row.upper_wording, value_text=row.value_text, counted=row.counted.code,
        currency=row.currency, measure=row.measure, per_time=row.per_time, per_persons=row.per_persons,
        categories=frozenset(term.code for term in row.categories.all()), who=_who(row),
        done_by=frozenset(party.uid for party in row.done_by.all()),
    )  # fmt: skip


def _attributed(row: Estimate) -> tuple[str, ...]:
    return tuple(filter(None, [row.attributed_to.uid if row.attributed_to else row.attributed_wording]))


def _who(row: Estimate) -> frozenset[tuple[str, str]]:
    said = {"sex": row.who_sex, "age": row.who_age, "status": row.who_status, "role": row.who_role,
            "community": row.who_community, "circumstance": row.who_circumstance}  # fmt: skip
    return frozenset((dimension, value) for dimension, value in said.items() if value)


def _names(rows: Iterable[Estimate]) -> Iterable[tuple[str, str]]:
    for row in rows:
        parties = [link.party for link in row.source.shown_publishers] + [row.speaker, row.attributed_to]
        yield from ((party.uid, str(party)) for party in parties if party)


def _tree() -> dict[str, str]:
    acts = Term.objects.filter(vocabulary=Vocabulary.ACT, parent__isnull=False).exclude(parent__code__in=_HEADINGS)
    return dict(acts.values_list("code", "parent__code"))


def _act_labels() -> dict[str, str]:
    return {term.code: str(term).lower() for term in Term.objects.filter(vocabulary=Vocabulary.ACT)}
