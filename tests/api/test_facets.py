"""Facets: each number is that of the rows which the filter of its value finds, beside the other filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils.module_loading import import_string

from hrdocs import facets
from hrdocs.filtersets import TermFilter
from hrdocs.linked import LinkedFilter
from hrdocs.models import User
from hrdocs.shapes import Reader
from hrdocs.urls import ENDPOINTS
from tests import factories
from tests.api.asking import as_user, filtered_uids, get

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()
VIEWS = {name: import_string(path) for name, path in ENDPOINTS.items() if name != "vocabularies"}
# A filter beside which facets are counted, where the list has one that leaves some of the founding case.
BESIDE = {"incidents": "extent=event", "estimates": "measure=total", "allegations": "mode=ordered", "sources": "read_as=full_text",
          "facilities": "country=SY", "parties": "placeholder=false", "statements": "kind=estimate", "perpetrators": "mode=backed"}  # fmt: skip


def counted(client: Client, path: str, names: list[str], **params: Any) -> Iterator[tuple[str, dict[str, int]]]:
    """(facet, its values with their numbers), as many requests as it takes."""
    for start in range(0, len(names), facets.MOST):
        told = get(client, path, page_size=1, facets=",".join(names[start : start + facets.MOST]), **params)["facets"]
        for name, cells in told.items():
            yield name, {cell["value"]: cell["count"] for cell in cells if cell["count"] is not None}


def asked_by(path: str, name: str) -> tuple[str, Any]:
    """The filter that asks for the values of a facet."""
    key = facets.asks_for(facets.countable(VIEWS[path].shape, Reader(NOBODY))[name])[0]
    given = VIEWS[path].filterset_class.base_filters[key]
    return key, next(given.asked(), given) if isinstance(given, LinkedFilter) else given


@pytest.mark.parametrize("path", VIEWS)
def test_a_facet_tells_how_many_rows_the_filter_of_its_value_finds(path: str, founding_case: None, client: Client) -> None:
    beside = dict([BESIDE[path].split("=")]) if path in BESIDE else {}
    names = list(facets.countable(VIEWS[path].shape, Reader(NOBODY)))
    seen = 0
    for name, cells in counted(client, path, names, **beside):
        key, given = asked_by(path, name)
        others = {other: value for other, value in beside.items() if other != key}
        for value, number in list(cells.items())[:6]:
            found = len(filtered_uids(path, NOBODY, **{key: str(value).lower() if isinstance(value, bool) else value}, **others))
            exactly = not isinstance(given, TermFilter) and name != "year"  # those find narrower terms, and open ends
            assert number == found if exactly else number <= found, (name, value)
            seen += 1
    assert seen or not any(filtered_uids(path, NOBODY))


def test_what_somebody_chose_does_not_hide_what_she_could_choose_instead(founding_case: None, client: Client) -> None:
    free = dict(counted(client, "estimates", ["measure", "publisher_kind", "year"], measure="rate"))
    assert len(free["measure"]) > 1
    chosen = dict(
        counted(client, "estimates", ["measure", "publisher_kind", "year"], publisher_kind="ngo", period="2013", lower__gte=1)
    )
    whole = dict(counted(client, "estimates", ["publisher_kind"], period="2013", lower__gte=1))
    assert chosen["publisher_kind"] == whole["publisher_kind"]
    assert chosen["year"] == dict(counted(client, "estimates", ["year"], publisher_kind="ngo", lower__gte=1))["year"]


def test_a_date_counts_in_each_year_that_it_touches_as_far_as_it_is_shown(
    analyst: User, reviewer: User, client: Client, alone: None
) -> None:
    for date in ("2011/2013", "2012-12-31", "2013/..", "../2010", "", "2012-06-01"):
        factories.publish(factories.make_incident(analyst, date=date, date_shown="year" if date else ""), by=reviewer)
    (told,) = counted(client, "incidents", ["year"])
    assert told == ("year", {"2010": 1, "2011": 1, "2012": 3, "2013": 2})


def test_publishers_are_told_by_name_and_no_hidden_one_is_counted(
    analyst: User, reviewer: User, client: Client, alone: None
) -> None:
    from sources.models import SourcePublisher

    source, shown, hidden = (
        factories.make_source(analyst),
        factories.make_party(analyst, name_en="Amnesty"),
        factories.make_party(analyst),
    )
    SourcePublisher.objects.create(source=source, party=shown)
    SourcePublisher.objects.create(source=source, party=hidden, sensitivity="internal")
    factories.publish(source, shown, hidden, by=reviewer)
    asked = {"facets": "publisher", "page_size": 1}
    assert get(client, "sources", **asked)["facets"]["publisher"] == [{"value": shown.uid, "count": 1, "label": "Amnesty"}]
    inside = get(as_user(client, analyst), "sources", **asked)["facets"]["publisher"]
    assert {cell["value"] for cell in inside} == {shown.uid, hidden.uid}


def test_where_the_filters_exclude_one_another_nothing_is_counted():
    shape, reader = VIEWS["incidents"].shape, Reader(NOBODY)
    for column in facets.countable(shape, reader).values():
        assert facets.counted(column, shape.model._default_manager.none(), shape, reader) == []
