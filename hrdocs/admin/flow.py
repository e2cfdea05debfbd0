"""How the work flows, in numbers: what was decided in each week, and how long records have lain where they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, TruncWeek
from django.utils import timezone

from hrdocs.access import State
from hrdocs.admin.queues import kind_of_work
from hrdocs.models import Record, ReviewDecision

WEEKS = 12
COUNTED = ("submit", "return", "approve", "publish")
LYING = (State.DRAFT, State.IN_REVIEW, State.RETURNED, State.APPROVED)  # where a record waits for somebody


class Median(Aggregate):
    """The middle one: half of the rows have less, half have more."""

    function = "percentile_cont"
    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class Week:
    """One week, by its Monday, and how many decisions of each kind were made in it."""

    monday: dt.date
    numbers: dict[str, int]


@dataclass(frozen=True)
class Age:
    """The records of one kind in one state: how many, and for how many days they have been there."""

    kind: type[Record]
    state: State
    number: int
    median: float
    oldest: float

    @property
    def kind_name(self) -> str:
        return str(self.kind._meta.verbose_name_plural)


def throughput() -> list[Week]:
    """How many records were submitted, returned, approved and published in each of the last weeks, the newest last.

    Numbers of decisions alone: they say nothing of any record.
    """
    today = timezone.now().date()
    mondays = [today - dt.timedelta(days=today.weekday(), weeks=back) for back in reversed(range(WEEKS))]
    since = dt.datetime.combine(mondays[0], dt.time(), dt.UTC)
    found = (ReviewDecision.objects.filter(decided_at__gte=since, verb__in=COUNTED)
             .annotate(week=TruncWeek("decided_at", tzinfo=dt.UTC))
             .order_by().values("week", "verb").annotate(number=Count("pk")))  # fmt: skip
    numbers = {(row["week"].date(), row["verb"]): row["number"] for row in found}
    return [Week(monday, {verb: numbers.get((monday, verb), 0) for verb in COUNTED}) for monday in mondays]


def ageing(kinds: Sequence[type[Record]], user: Any) -> list[Age]:
    """How long the records of each kind have lain in each state since they came there, as far as she may see them."""
    now, by_label = timezone.now(), {kind._meta.label: kind for kind in kinds}
    first, *rest = (_lain(kind, user, now) for kind in kinds)
    day = dt.timedelta(days=1)
    found = [
        Age(by_label[label], State(state), number, median / day, oldest / day)
        for label, state, number, median, oldest in first.union(*rest, all=True)
    ]
    places, order = {kind: place for place, kind in enumerate(kinds)}, list(State)
    return sorted(found, key=lambda age: (order.index(age.state), places[age.kind]))


def _lain(kind: type[Record], user: Any, now: dt.datetime) -> Any:
    came = ReviewDecision.objects.filter(content_type=kind_of_work(kind), object_id=OuterRef("pk")).order_by("-pk")
    since = Coalesce(Subquery(came.values("decided_at")[:1]), F("created_at"))  # a draft came by being entered
    rows = kind._default_manager.visible_to(user).filter(state__in=LYING).order_by()
    rows = rows.annotate(of_kind=Value(kind._meta.label), lain=ExpressionWrapper(now - since, output_field=DurationField()))
    return rows.values_list("of_kind", "state").annotate(lying=Count("pk"), lain_half=Median("lain"), lain_most=Max("lain"))
