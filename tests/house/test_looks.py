"""A map counts what the API tells, for every reader: at the points that she is shown, and at no others."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from typing import Any

import pytest

from cases.choices import PlaceShown
from cases.looks.in_time import InTime
from cases.looks.on_a_map import window_of
from cases.models import Place
from hrdocs.access import Role
from hrdocs.lists.looks import looks_of
from tests import factories
from tests.house.questions import VIEWS

pytestmark = pytest.mark.django_db
ON_MAPS = [name for name, view in VIEWS.items() if view.shape.point]
IN_TIME = [name for name, view in VIEWS.items() if any(look.name == "timeline" for look in looks_of(view.shape))]
READERS = ["anonymous", Role.RESEARCHER, Role.ANALYST]


@pytest.fixture(scope="module", autouse=True)
def placed(world: Any) -> None:
    """Every place of the world has a point, hidden places too. Beside its records stand incidents that show theirs as coarsely
    as they can be shown, each with an estimate, in a place that all see and in one that is hidden."""
    with factories.past_the_guard():
        for number, place in enumerate(Place.objects.order_by("pk")):
            Place.objects.filter(pk=place.pk).update(
                longitude=30 + number * 0.037, latitude=10 + number * 0.013, precision="exact"
            )
    analyst, reviewer = world.people[Role.ANALYST], world.people[Role.REVIEWER]
    degrees = {"precision": "vicinity", "latitude": "33.665", "longitude": "36.3289"}
    seen, hidden = (factories.make_place(analyst, **degrees) for _ in range(2))
    made: list[Any] = []
    for place, shown in itertools.product((seen, hidden), PlaceShown.values):
        incident = factories.make_incident(analyst, title_en="Placed", place=place, place_shown=shown)
        made += [incident, factories.make_estimate(analyst, about_incident=incident)]
    sources = [record.source for record in made if hasattr(record, "source")]
    factories.publish(seen, *sources, *made, by=reviewer)


def told(asker: Any, role: str, name: str, **given: str) -> list[tuple[float, float]]:
    """The points of a list as GeoJSON tells them."""
    answer = asker(role).get(f"/api/v1/{name}/?format=geojson", given)
    features = json.loads(b"".join(answer.streaming_content))["features"]
    return [tuple(each["geometry"]["coordinates"]) for each in features if each["geometry"]]


def counted(asker: Any, role: str, name: str, **given: str) -> dict[str, Any]:
    answer = asker(role).get(f"/{name}/points/", given)
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("name", ON_MAPS)
def test_the_cells_of_a_map_hold_the_points_of_the_api_and_no_others(name, role, world, asker):
    points = told(asker, role, name)
    cells = counted(asker, role, name)
    assert cells["here"] == len(points) and cells["elsewhere"] == 0
    for point in set(points):
        assert any(
            cell["box"][0] <= point[0] <= cell["box"][2] and cell["box"][1] <= point[1] <= cell["box"][3]
            for cell in cells["cells"]
        )
    alone = Counter({(cell["east"], cell["north"]): cell["number"] for cell in cells["cells"] if cell["points"] == 1})
    assert alone == Counter({point: number for point, number in Counter(points).items() if point in alone})


@pytest.mark.parametrize("role", READERS)
def test_a_window_counts_what_lies_in_it_and_how_much_lies_elsewhere(role, world, asker):
    points = told(asker, role, "incidents")
    inside = sum(36.32 <= east <= 36.34 and 33.66 <= north <= 33.67 for east, north in points)
    assert 0 < inside < len(points)
    cells = counted(asker, role, "incidents", window="36.32,33.66,36.34,33.67")
    assert (cells["here"], cells["elsewhere"]) == (inside, len(points) - inside)


def test_what_is_shown_coarsely_is_drawn_as_the_square_of_its_grid_and_what_is_exact_as_large_as_it_is(world, asker):
    areas = [cell["area"] for cell in counted(asker, "anonymous", "incidents", q="Placed", window="36,33,37,34")["cells"]]
    squares = sorted(round(area["square"][2] - area["square"][0], 6) for area in areas if "square" in area)
    assert squares == [0.5, 1.0]  # it is a settlement itself, and stands for itself where that much is shown
    inside = counted(asker, Role.ANALYST, "incidents", q="Placed", window="36,33,37,34")["cells"]
    assert [cell["area"] for cell in inside] == [{"radius": 1000, "rough": True}]


@pytest.mark.parametrize("role", READERS)
def test_the_list_of_a_cell_holds_as_many_rows_as_the_cell_says(role, world, asker):
    for cell in counted(asker, role, "incidents")["cells"][:5]:
        address, _, question = cell["list"].partition("?")
        answer = asker(role).get(f"/api/v1{address}?{question}&count=exact&page_size=1").json()
        assert answer["count"] == cell["number"], cell


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("look", ["entries", "map", "timeline"])
@pytest.mark.parametrize("name", ["incidents", "estimates", "operations"])
def test_no_look_of_a_list_shows_anything_hidden(name, look, role, world, asker):
    if not any(each.name == look for each in looks_of(VIEWS[name].shape)):
        return
    answer = asker(role).get(f"/{name}/{look}/", headers={"Accept-Language": "ar"})
    text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
    assert answer.status_code == 200
    assert world.secrets_in(text, role) == []


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("look", ["", "table/", "map/", "timeline/", "points/"])
def test_the_search_over_all_lists_shows_nothing_hidden(look, role, world, asker):
    dated = factories.make_incident(
        factories.make_user(), date="2013-05", date_shown="month"
    )  # so that there is a line of time to be drawn
    factories.publish(dated, by=factories.make_user(Role.REVIEWER))
    answer = asker(role).get(f"/explore/{look}")
    text = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
    assert {"map/": "<table", "timeline/": "<svg", "points/": '"cells": [{'}.get(look, 'id="g-incidents"') in text
    assert world.secrets_in(text, role) == []


def test_the_dates_of_a_line_of_time_are_those_by_which_a_list_is_counted():
    assert {name: InTime.dates.fget(type("", (), {"shape": VIEWS[name].shape})) for name in IN_TIME}.items() >= {
        "incidents": ("date",), "estimates": ("period",), "sources": ("published",), "operations": ("start", "end"),
        "facilities": ("opened", "closed")}.items()  # fmt: skip


@pytest.mark.parametrize(("text", "window"), [
    ("30,30,40,40", (30, 30, 40, 40)), ("170,-5,190,5", (170, -5, -170, 5)), ("-400,-100,400,100", (-180, -90, 180, 90)),
    ("40,30,30,40", None), ("a,b,c,d", None), ("", None), ("nan,0,1,1", None),
])  # fmt: skip
def test_a_window_is_read_as_maps_tell_it(text, window):
    assert window_of(text) == window
