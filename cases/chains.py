"""Chains of hand-ons: from a statement back to its origins and on to all that tell it on, with the drift of each hop.

The walk is SQL, so that a chain of a thousand hops or ten thousand descendants is found at once. The words of a hop
are worked out when it is shown; the kinds of its drift are kept with it, for filters and columns.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from cases.claims import Accusation, Figure, Remark
from cases.drift import Difference, differences, worst
from cases.figures import act_tree, claims_of
from cases.models import HandOn, Statement
from cases.sentences import Named
from hrdocs.access import Everybody, Sensitivity
from hrdocs.readers import as_ourselves

KINDS = {kind.statement_kind: kind for kind in Statement.__subclasses__()}
HOPS_AT_ONCE = 200

_WALK = """
    WITH RECURSIVE
    behind (statement) AS (
        SELECT %(start)s::bigint
        UNION SELECT h.earlier_id FROM behind b JOIN cases_handon h ON h.later_id = b.statement WHERE {shown}),
    ahead (statement) AS (
        SELECT %(start)s::bigint
        UNION SELECT h.later_id FROM ahead a JOIN cases_handon h ON h.earlier_id = a.statement WHERE {shown})
    SELECT h.id FROM cases_handon h
    WHERE (h.later_id IN (SELECT statement FROM behind) OR h.earlier_id IN (SELECT statement FROM ahead)) AND {shown}
"""


@dataclass(frozen=True)
class Hop:
    """One hand-on of a chain: the earlier and the later claim, how it came over, and what changed on the way."""

    link: HandOn
    earlier: Figure | Accusation | Remark
    later: Figure | Accusation | Remark
    differences: tuple[Difference, ...]


def walk(statement: Statement, user: Any) -> list[int]:
    """The keys of every visible hand-on between a statement and its origins, and of all that descend from it."""
    shown, params = _shown(user)
    with connection.cursor() as cursor:
        cursor.execute(_WALK.format(shown=shown), {"start": statement.pk, **params})
        return [row[0] for row in cursor.fetchall()]


def _shown(user: Any) -> tuple[str, dict[str, Any]]:
    """The rule of `visible_to`, as it says it itself, for a hand-on called h."""
    visible = HandOn.objects.visible_to(user).values("pk")
    sql, values = visible.query.sql_with_params()
    named = {f"v{number}": value for number, value in enumerate(values)}
    return f"EXISTS ({sql % tuple(f'%({name})s' for name in named)} AND cases_handon.id = h.id)", named


def chain(statement: Statement, user: Any, *, start: int = 0) -> tuple[Hop, ...]:
    """The hops of a statement's chain, oldest source first, at most HOPS_AT_ONCE from `start` on."""
    return hops_among(walk(statement, user), user, start=start)


def hops_among(keys: list[int], user: Any, *, start: int = 0) -> tuple[Hop, ...]:
    """The same, of hand-ons that a walk has found."""
    if not keys:
        return ()
    order = ("earlier__source__published_earliest", "later__source__published_earliest", "pk")
    links = HandOn.objects.filter(pk__in=keys).order_by(*order)
    return _hops(links[start : start + HOPS_AT_ONCE], user)


def _hops(links: QuerySet, user: Any) -> tuple[Hop, ...]:
    """These hand-ons with both ends as claims and what changed between them."""
    links = list(links.select_related("earlier__source", "later__source"))
    ends = {end for link in links for end in (link.earlier_id, link.later_id)}
    claims: dict[int, Figure | Accusation | Remark] = {}
    labels: dict[str, Named] = {}
    for kind in {link.later.kind for link in links}:
        found, names = claims_of(KINDS[kind].objects.filter(pk__in=ends), user)
        claims, labels = claims | found, {**labels, **names}
    tree = act_tree()
    return tuple(
        Hop(link, claims[link.earlier_id], claims[link.later_id],
            differences(claims[link.earlier_id], claims[link.later_id], tree, labels))
        for link in links if link.later_id in claims and link.earlier_id in claims
    )  # fmt: skip


def settle_drift() -> int:
    """Work out the drift of each hop that was entered, or whose ends changed, since it was last asked for.

    What is kept must tell no reader more than she may see: each hop is worked out from what everybody sees who sees
    the hop. Returns how many were worked out. A public site, which changes no record, leaves it to the worker.
    """
    settled = 0
    if settings.PUBLIC_SITE:
        return settled
    with as_ourselves():  # readers from outside write nothing
        stale = HandOn.objects.filter(drift=None).order_by("audience", "pk").values_list("audience", "pk")
        while found := list(stale[:HOPS_AT_ONCE]):
            for audience, rows in groupby(found, key=itemgetter(0)):
                _settle([pk for _, pk in rows], Everybody(list(Sensitivity)[min(audience, Sensitivity.INTERNAL.rank)]))
            settled += len(found)
    return settled


def _settle(keys: list[int], readers: Everybody) -> None:
    with transaction.atomic():
        hops = _hops(HandOn.objects.filter(pk__in=keys).select_for_update(of=("self",)), readers)
        _keep(hops)
        HandOn.objects.filter(pk__in=set(keys) - {hop.link.pk for hop in hops}).update(drift=[], severity="")


def _keep(hops: Iterable[Hop]) -> None:
    for hop in hops:
        drift = [found for found in hop.differences if found.is_drift]
        hop.link.drift = sorted({str(found.kind) for found in drift})
        hop.link.severity = str(worst(tuple(drift))) if drift else ""
    HandOn.objects.bulk_update([hop.link for hop in hops], ["drift", "severity"])
