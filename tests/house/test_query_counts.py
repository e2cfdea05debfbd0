"""A list of ten costs as many queries as a list of one, in every format; and putting a query together costs no time."""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string

from hrdocs.shapes import Reader
from hrdocs.urls import ENDPOINTS

pytestmark = pytest.mark.django_db
VIEWS = {name: import_string(view) for name, view in ENDPOINTS.items() if name != "vocabularies"}
MOST_SECONDS = 0.5  # of processor time, to compose the query of one list; 0.03 is what it takes when nothing is composed twice


@pytest.mark.parametrize("role", ["anonymous", "analyst"])
@pytest.mark.parametrize("name", VIEWS)
def test_a_list_of_ten_costs_as_many_queries_as_a_list_of_one(name, role, world, asker):
    assert len(world.visible(VIEWS[name].shape.model, role)) >= 1

    def cost(size: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(asker(role).get(f"/api/v1/{name}/?page_size={size}").json()["results"]) <= size
        return len(queries)

    cost(1)  # content types are read once
    assert cost(10) == cost(1)


@pytest.mark.parametrize("form", ["csv", "geojson"])
@pytest.mark.parametrize("name", VIEWS)
def test_a_file_costs_a_few_queries_however_long_it_is(name, form, world, asker):
    asker("analyst").get("/")  # a session notes once a minute that it is used
    with CaptureQueriesContext(connection) as queries:
        b"".join(asker("analyst").get(f"/api/v1/{name}/?format={form}").streaming_content)
    assert len(queries) <= 16  # of one moment, as one role, in a slot, with its manifest before and after


@pytest.mark.parametrize("role", ["anonymous", "researcher", "analyst"])
@pytest.mark.parametrize("name", VIEWS)
def test_the_query_of_a_list_is_composed_in_no_time(name, role, world):
    """Composed, not run: a list of statements asks some 700 times who may see what, and once took Django 2 s."""
    view, user = VIEWS[name], world.people[role]

    def seconds() -> float:
        started = time.process_time()
        rows = view.shape.model._default_manager.visible_to(user)
        view.shape.select(rows, Reader(user)).query.sql_with_params()
        return time.process_time() - started

    assert min(seconds() for _ in range(3)) < MOST_SECONDS
