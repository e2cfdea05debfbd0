"""Who was under whose command, and when: affiliations walked downwards, each way as long as all ties on it lasted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from cases.choices import AffiliationClass, AffiliationKind
from cases.models import Affiliation
from hrdocs.dates import Span

_DEEPEST = 12  # from a minister to a guard; no real chain of command comes near

# By these ties the party is under the other; by commanding, the other is under it.
_UNDER = (AffiliationKind.SUBORDINATE, AffiliationKind.PART, AffiliationKind.ATTACHED)
_OF_COMMAND = Q(tie__in=("", AffiliationClass.COMMAND)) & Q(kind__in=(*_UNDER, AffiliationKind.COMMANDS))


def under(parties: Iterable[int], user: Any) -> dict[Span, set[int]]:
    """These parties at any time, and for each span of time those who can have been under their command in it.

    A circle (a president who is his own superior) ends where it closes; only ties that `user` may see are followed.
    """
    always = Span(None, None, "interval")
    found: dict[Span, set[int]] = defaultdict(set)
    found[always] |= set(parties)
    ring = {(party, always) for party in found[always]}
    for _ in range(_DEEPEST):
        ring = {(below, during) for below, during in _next(ring, user)
                if below not in found[during] and below not in found[always]}  # fmt: skip
        for below, during in ring:
            found[during].add(below)
    return {during: keys for during, keys in found.items() if keys}


def _next(ring: set[tuple[int, Span]], user: Any) -> Iterator[tuple[int, Span]]:
    """Those right below, as long as both ties last."""
    above = {party for party, _ in ring}
    ties = Affiliation.objects.visible_to(user).filter(_OF_COMMAND).filter(
        Q(kind=AffiliationKind.COMMANDS, party__in=above) | Q(kind__in=_UNDER, to_party__in=above)
    )  # fmt: skip
    below: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    for kind, party, other, start, end in ties.values_list("kind", "party_id", "to_party_id", "start_earliest", "end_latest"):
        upper, lower = (party, other) if kind == AffiliationKind.COMMANDS else (other, party)
        below[upper].append((lower, Span(start, end, "interval")))
    for party, during in ring:
        for lower, tied in below[party]:
            if (both := _shared(during, tied)) is not None:
                yield lower, both


def _shared(one: Span, other: Span) -> Span | None:
    """The time that two spans share; None where there is none."""
    starts: list[dt.date] = [span.earliest for span in (one, other) if span.earliest]
    ends: list[dt.date] = [span.latest for span in (one, other) if span.latest]
    earliest, latest = max(starts, default=None), min(ends, default=None)
    if earliest and latest and earliest > latest:
        return None
    return Span(earliest, latest, "interval")


NEAR = 3  # steps up and down that a page shows


def ties_around(party: int, user: Any) -> set[int]:
    """The ties of command by which one goes up from a party, and those by which one goes down from it, some steps each way."""
    ties = Affiliation.objects.visible_to(user).filter(_OF_COMMAND)
    found: set[int] = set()
    for lower, upper in (("party", "to_party"), ("to_party", "party")):  # upwards, downwards
        ring, seen = {party}, {party}
        for _step in range(NEAR):
            reached = Q(kind__in=_UNDER, **{f"{lower}__in": ring}) | Q(kind=AffiliationKind.COMMANDS, **{f"{upper}__in": ring})
            step = list(ties.filter(reached).values_list("pk", "kind", lower, upper))
            found |= {pk for pk, *_ in step}
            ring = {here if kind == AffiliationKind.COMMANDS else there for _, kind, here, there in step} - seen
            seen |= ring
    return found
