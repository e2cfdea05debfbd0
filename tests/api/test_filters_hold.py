"""Filters against plain predicates, and their algebra on every list: tried with values made at random from a seed."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.module_loading import import_string

from cases.filtersets.points import PointFilter
from cases.models import Facility, Incident
from hrdocs import dates
from hrdocs.filtersets import DateFilter, OwnUidFilter, TermFilter, UidFilter, YesNoFilter
from hrdocs.linked import LinkedFilter
from hrdocs.models import Term, User
from hrdocs.urls import ENDPOINTS
from tests import factories
from tests.api.asking import filtered_uids

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
VIEWS = {name: import_string(path) for name, path in ENDPOINTS.items() if name != "vocabularies"}
SEED = 20


class Asker:
    """Filters with values that people could ask, most of them of records that there are."""

    def __init__(self, seed: object) -> None:
        self.dice = random.Random(str(seed))

    def filter_of(self, path: str) -> dict[str, str]:
        offered = VIEWS[path].filterset_class.base_filters
        guarded = {column.name for column in VIEWS[path].shape.columns if column.guard != "public"}
        name = self.dice.choice(sorted(key for key in offered if key.split("__")[0] not in guarded))
        return {name: self.value(offered[name], name)}

    def value(self, given: Any, name: str = "") -> str:
        dice = self.dice
        if isinstance(given, LinkedFilter):
            handed = next(given.asked(), None)
            return self.value(handed, given.ties[0].only) if handed else urlencode(self.simple(given.ties[0].to))
        if name in ("drift", "category_family"):
            return {"drift": dice.choice(["any", "none", "bound,unit"]), "category_family": "deaths"}[name]
        if isinstance(given, PointFilter):
            return dice.choice(["36,33,37,34", "30,30,40,40"]) if given.name == "bbox" else dice.choice(["36.3,33.6,50", "0,0,1"])
        if isinstance(given, UidFilter):
            uids = list(given.to._default_manager.visible_to(NOBODY).order_by("uid").values_list("uid", flat=True))
            return dice.choice(uids) if uids else f"{getattr(given.to, 'uid_prefix', 'STM')}-7K3M9-QXD4TH"
        if isinstance(given, OwnUidFilter):
            rows = dice.choice([Facility, Incident])._default_manager.visible_to(NOBODY)
            return ",".join(rows.order_by("uid").values_list("uid", flat=True)[: dice.choice([1, 3])])
        if isinstance(given, DateFilter):
            return dice.choice(["2013", "2011/2015", "2017-05", "../2016", "2017-02-07"])
        if isinstance(given, YesNoFilter):
            return dice.choice(["true", "false"])
        if isinstance(given, TermFilter):
            return dice.choice(
                list(Term.objects.filter(vocabulary=given.vocabulary).order_by("code").values_list("code", flat=True))
            )
        if choices := given.extra.get("choices"):
            return str(dice.choice([value for value, _ in choices if value]))
        if isinstance(given, filters.TimeFilter):
            return "12:00"
        if isinstance(given, filters.DateTimeFilter):
            return dice.choice(["2020-01-01", "2199-01-01"])
        if isinstance(given, filters.NumberFilter):
            return str(dice.choice([0, 1, 5, 50, 5000]))
        return dice.choice(["prison", "Saydnaya", "a", "صيدنايا", "killed -hanged"])

    def simple(self, path: str) -> dict[str, str]:
        """A filter of another list that asks no third one."""
        while isinstance(VIEWS[path].filterset_class.base_filters[next(iter(asked := self.filter_of(path)))], LinkedFilter):
            pass
        return asked


@pytest.mark.parametrize("path", VIEWS)
def test_filters_are_joined_as_sets_are_and_widen_nothing(path: str, founding_case: None) -> None:
    asker = Asker((SEED, path))
    whole = set(VIEWS[path].shape.model._default_manager.visible_to(NOBODY).values_list("uid", flat=True))
    for _ in range(5):
        one, other = asker.filter_of(path), asker.filter_of(path)
        a, b = filtered_uids(path, NOBODY, **one), filtered_uids(path, NOBODY, **other)
        assert a | b <= whole, (one, other)
        assert filtered_uids(path, NOBODY, any=f"{urlencode(one)}|{urlencode(other)}") == a | b, (one, other)
        assert filtered_uids(path, NOBODY, **{"not": urlencode(one)}) == whole - a, one
        assert filtered_uids(path, NOBODY, **{"not": urlencode({**one, **other})}) == whole - (
            b if one.keys() == other.keys() else a & b
        )
        if one.keys() != other.keys():
            assert filtered_uids(path, NOBODY, **one, **other) == a & b, (one, other)


def shares_a_day(one: dates.Span, other: dates.Span) -> bool:
    first, last = dt.date.min, dt.date.max
    return (one.earliest or first) <= (other.latest or last) and (other.earliest or first) <= (one.latest or last)


def edtf(dice: random.Random) -> str:
    year, month = dice.randint(2010, 2016), dice.randint(1, 12)
    return dice.choice([f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{dice.randint(1, 28):02}", f"{year}~", "201X", f"{year}/..",
                        f"../{year}", f"{year}-{month:02}/{year + dice.randint(1, 3)}"])  # fmt: skip


def test_dates_bounds_and_boxes_find_what_a_plain_predicate_finds(analyst: User, alone: None) -> None:
    dice = random.Random(SEED)
    incidents = [factories.make_incident(analyst, date=edtf(dice)) for _ in range(25)]
    places = [factories.make_place(analyst, longitude=dice.randint(-1800, 1800) / 10, latitude=dice.randint(-900, 900) / 10,
                                   precision="exact") for _ in range(25)]  # fmt: skip
    about, source = factories.make_facility(analyst), factories.make_source(analyst)
    bounds = [sorted(dice.sample(range(0, 200, 5), 3)) for _ in range(25)]
    figures = [factories.make_estimate(analyst, source=source, about_facility=about, value_text="x",
                                       **{name: value if dice.random() < 0.6 else None
                                          for name, value in zip(("lower", "best", "upper"), given, strict=True)})
               for given in bounds]  # fmt: skip
    for _ in range(10):
        asked = edtf(dice)
        wanted = {row.uid for row in incidents if shares_a_day(dates.parse(row.date), dates.parse(asked))}
        assert filtered_uids("incidents", analyst, date=asked) == wanted, asked
        number = dice.randint(0, 200)
        above = {row.uid for row in figures if any(v is not None and v > number for v in (row.best, row.upper))
                 or (row.upper is None and row.lower is not None)}  # fmt: skip
        assert filtered_uids("estimates", analyst, could_exceed=number) == above, number
        west, east, south, north = dice.randint(-180, 180), dice.randint(-180, 180), dice.randint(-90, 0), dice.randint(0, 90)
        across = west > east
        inside = {row.uid for row in places if south <= row.latitude <= north
                  and ((row.longitude >= west or row.longitude <= east) if across else west <= row.longitude <= east)}  # fmt: skip
        assert filtered_uids("places", analyst, bbox=f"{west},{south},{east},{north}") == inside
