"""Pages of lists: against the usual way, under each filter and pairs of them, by name and by word; and how they grow."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.db import OperationalError, connection
from django.urls import resolve
from rest_framework.test import APIRequestFactory, force_authenticate

from cases.api import EstimateViewSet, IncidentViewSet
from cases.benching import words
from cases.benching.results import Line, interleaved, nth, processor, ratio, seconds, worked
from cases.benching.stock import StockViewSet
from cases.filtersets.common import CountryFilter
from cases.filtersets.points import BoxFilter, NearFilter
from hrdocs import filtersets as kinds
from hrdocs.access import Role
from hrdocs.linked import LinkedFilter
from hrdocs.models import User
from hrdocs.searching import SearchFilter
from hrdocs.shapes import Reader

LONGEST = 10  # seconds for one query; what takes longer is told as that
PLANNED = 12  # pages after which a session of the database has planned what it serves, and keeps the plan
PAIRS = 40
SLOWEST = "the slowest page under one filter against one without, processor"
LISTS = {"incidents": IncidentViewSet, "estimates": EstimateViewSet}


READERS: dict[str, Callable[[], Any]] = {
    "anonymous": AnonymousUser,
    "researcher": lambda: User.objects.get_or_create(username="bench-researcher", defaults={"role": Role.RESEARCHER})[0],
    "analyst": lambda: User.objects.get(username="bench-analyst"),
}


def ask(view: Callable[..., Any], path: str, user: Any) -> bytes:
    """What a view answers, asked inside this process: without the network, sessions and limits."""
    request = APIRequestFactory().get(path, headers={"host": "localhost"})
    request.user = user  # which server is asked depends on it
    force_authenticate(request, user)
    response = view(request)
    assert response.status_code == 200, (path, response.data)
    return response.render().content


def page(name: str, user: Any, **asked: str) -> float:
    """Seconds for the first page of a list, or LONGEST."""
    address = f"/api/v1/{name}/?{urlencode(asked)}"
    view = resolve(f"/api/v1/{name}/").func
    try:
        return seconds(lambda: ask(view, address, user))
    except OperationalError:  # the statement was cancelled
        return float(LONGEST)


def against_stock(rounds: int) -> list[Line]:
    user = READERS["analyst"]()
    ours, stock = IncidentViewSet.as_view({"get": "list"}), StockViewSet.as_view({"get": "list"})
    ways = {"ours": lambda: ask(ours, "/api/v1/incidents/", user), "stock": lambda: ask(stock, "/", user)}
    interleaved(ways, 2)
    found = interleaved(ways, rounds)
    return [
        Line("pages", "50 incidents with all nested", nth(found["ours"], 50) * 1000, "ms",
             note=f"fastest {min(found['ours']) * 1000:.1f}"),
        Line("pages", "the same by a ModelSerializer with prefetch", nth(found["stock"], 50) * 1000, "ms",
             note=f"fastest {min(found['stock']) * 1000:.1f}"),
        Line("pages", "how many times as fast ours is", ratio(found, "stock", "ours"), "×", at_least=4),
    ]  # fmt: skip


def under_filters(name: str, who: str, rounds: int) -> list[Line]:
    """The slowest pages of a list under one filter and under two. What takes a second is asked twice."""
    user, view = READERS[who](), LISTS[name]
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{LONGEST}s'")
    asked = dict(examples(view, user))
    pairs = random.Random(5).sample(list(itertools.combinations(asked.items(), 2)), PAIRS)
    _costs(name, user, {}, PLANNED)
    once = {f"{key}={value}": _costs(name, user, {key: value}, rounds) for key, value in asked.items()}
    twice = {urlencode(two): _costs(name, user, dict(two), rounds) for two in pairs}
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = DEFAULT")
    where = f"{name} for {who}"
    return [*_slowest(where, "one filter", once, 0.06), *_slowest(where, "two filters", twice, 0.3)]


def under_each_filter(name: str, who: str, rounds: int) -> list[Line]:
    """How many times as long as a page without filters the slowest page under one filter takes."""
    user = READERS[who]()
    work = {f"{key}={value}": min(cost for _, cost in _costs(name, user, {key: value}, rounds))
            for key, value in examples(LISTS[name], user)}  # fmt: skip
    plain = min(cost for _, cost in _costs(name, user, {}, 5))
    slowest = max(work, key=lambda asked: work[asked])
    return [Line("filters", SLOWEST, work[slowest] / plain, "×", note=f"{slowest}, of {len(work)}")]


def _costs(name: str, user: Any, asked: dict[str, str], rounds: int) -> list[tuple[float, float]]:
    """Seconds, and seconds of processor time, of each round."""
    found: list[tuple[float, float]] = []
    while len(found) < rounds and (len(found) < 2 or found[-1][0] < 1):  # the first may have read from the disk
        before = processor()
        took = page(name, user, **asked)
        found.append((took, processor() - before))
    return found


def _slowest(where: str, under: str, found: dict[str, list[tuple[float, float]]], most: float) -> list[Line]:
    """The middle of all, by the clock and by processor time, and the slowest few by the least processor time that they took:
    what is slow because others ran too is not told."""
    every = [took for costs in found.values() for took, _ in costs]
    least = {asked: min(work for _, work in costs) for asked, costs in found.items()}
    best = sorted(((work, asked) for asked, work in least.items()), reverse=True)
    slow = [f"{asked} {work * 1000:.0f}" for work, asked in best[:8] if work > most]
    return [
        Line("filters", f"{where}, {under}: half of all pages", nth(every, 50) * 1000, "ms",
             note=f"95 of 100: {nth(every, 95) * 1000:.0f}"),
        Line("filters", f"{where}, {under}: half of {len(best)}, processor", nth(list(least.values()), 50) * 1000, "ms"),
        Line("filters", f"{where}, {under}: 95 of 100, processor", nth(list(least.values()), 95) * 1000, "ms", most=most * 1000,
             note="; ".join(slow) or best[0][1]),
        Line("filters", f"{where}, {under}: the slowest, processor", best[0][0] * 1000, "ms", most=300),
    ]  # fmt: skip


def examples(view: Any, user: Any) -> Iterator[tuple[str, str]]:
    """A value for each filter of a list."""
    for name, given in view.filterset_class({}, reader=Reader(user)).filters.items():
        value = _example(given, user)
        if value:
            yield name, value


def _example(given: Any, user: Any) -> str:
    """A value to filter by. Of linked records the first one, which holds most: the popular source, the country."""
    fixed = {BoxFilter: "36,33,37,34", NearFilter: "36.3,33.5,20", CountryFilter: "SY", SearchFilter: "Saydnaya",
             kinds.DateFilter: "2014-03",
             kinds.YesNoFilter: "true", kinds.WholeNumberFilter: "1"}  # fmt: skip
    for kind, value in fixed.items():
        if isinstance(given, kind):
            return value
    if isinstance(given, LinkedFilter):
        handed = next(given.asked(), None)
        return _example(handed, user) if handed else "state=published"
    if isinstance(given, kinds.TermFilter):
        codes = kinds.Term.objects.filter(vocabulary=given.vocabulary).order_by("code").values_list("code", flat=True)
        return "killed" if "killed" in codes else codes[0]
    if isinstance(given, kinds.UidFilter):
        return _first_uid(given.to, user)
    if isinstance(given, kinds.OwnUidFilter):
        return _first_uid(given.model, user) if hasattr(given, "model") else "PTY-7K3M9-QXD4TH"
    if given.extra.get("choices"):
        return next(code for code, _ in given.extra["choices"] if code)
    if isinstance(given, kinds.filters.NumberFilter):
        return "100"
    if isinstance(given, kinds.filters.IsoDateTimeFilter | kinds.filters.DateTimeFilter):
        return "2021-01-01T00:00:00Z"
    if isinstance(given, kinds.filters.TimeFilter):
        return "12:00"
    return {"drift": "value"}.get(given.label or "", "value" if given.method == "drifted" else "residents")


def _first_uid(model: Any, user: Any) -> str:
    return model._default_manager.visible_to(user).order_by("pk").values_list("uid", flat=True).first() or ""


def searches(rounds: int) -> list[Line]:
    """Names across scripts, and words of narratives, usual and rare, by a reader from outside."""
    user, lines = AnonymousUser(), []
    drawn = random.Random(7)
    people = [[drawn.choice(words.PEOPLE)[script] for _ in range(3)] for script in (0, 1) for _ in range(rounds * 2)]
    asked = [*words.RARE, "helicopter", "minaret", "مدرسة"]
    for what, name, typed, most in (
        ("a whole name of a party, either script", "parties", [" ".join(name) for name in people], 80),
        ("one name of it", "parties", [name[0] for name in people], 80),
        ("a word in titles and narratives", "incidents", asked * rounds, 100)):  # fmt: skip
        page(name, user, q=typed[0])  # the first question of a process is no measure
        costs = [_costs(name, user, {"q": q}, 1)[0] for q in typed]
        times, work = ([cost[at] for cost in costs] for at in (0, 1))
        lines += [Line("search", f"{what}: half of {len(times)}", nth(times, 50) * 1000, "ms",
                       note=f"95 of 100: {nth(times, 95) * 1000:.0f}"),
                  Line("search", f"{what}: 95 of 100, processor", nth(work, 95) * 1000, "ms", most=most)]  # fmt: skip
    ranked = [min(work for _, work in _costs("incidents", user, {"q": q, "ordering": "relevance"}, rounds)) for q in asked]
    return [*lines, Line("search", "the same, best first: the slowest word, processor", max(ranked) * 1000, "ms", most=300)]


def sizes(rounds: int) -> dict[str, float]:
    """Seconds of processor time of some pages, to be asked again when there is more."""
    user = AnonymousUser()
    asked = {
        "incidents": {}, "incidents of a month": {"date": "2014-03"}, "incidents that name Saydnaya": {"q": "Saydnaya"},
        "incidents in a box": {"bbox": "36,33,37,34"},
        "estimates": {}, "estimates of a month": {"period": "2014-03"}, "estimates under a kind of act": {"categories": "death"},
    }  # fmt: skip
    found = {what: lambda what=what, by=by: page(what.split()[0], user, **by) for what, by in asked.items()}
    interleaved(found, 6)  # what is asked often is planned once (psycopg prepares it)
    return {what: nth(times, 50) for what, times in interleaved(found, rounds, worked).items()}
