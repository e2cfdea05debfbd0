"""How much of a place readers outside are told: its country, its point, or nothing."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from cases.models import Facility, Incident, Place
from cases.pages import reading
from hrdocs.models import User
from tests import factories
from tests.api import asking

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
NOBODY = AnonymousUser()


@pytest.fixture
def syria() -> Any:
    return factories.make_term("country", "SY")


def prison(analyst: User, reviewer: User, *, in_place: Place, hidden: bool = False, **given: Any) -> Facility:
    """A published facility in a place that is published too, unless it is hidden."""
    made = factories.make_facility(analyst, place=in_place, **given)
    factories.publish(*([] if hidden else [in_place]), made, by=reviewer)
    return made


def test_a_hidden_place_does_not_tell_its_country(analyst, reviewer, client, syria):
    place = factories.make_place(analyst, country=syria)
    made = prison(analyst, reviewer, in_place=place, hidden=True, place_shown="exact")
    assert asking.get(client, f"facilities/{made.uid}")["country"] is None
    assert asking.filtered_uids("facilities", NOBODY, country="SY") == set()
    # As a word of its own: two letters also come up by chance inside the page's random token.
    assert not re.search(r"\bSY\b", client.get(f"/facilities/{made.uid}/").content.decode())
    assert asking.filtered_uids("facilities", analyst, country="SY") == {made.uid}


@pytest.mark.parametrize("shown", ["exact", "settlement", "district", "region", "country"])
def test_a_visible_place_tells_its_country_however_coarsely_it_is_shown(analyst, reviewer, client, syria, shown):
    place = factories.make_place(analyst, country=syria)
    made = prison(analyst, reviewer, in_place=place, place_shown=shown)
    assert asking.get(client, f"facilities/{made.uid}")["country"] == "SY"
    assert asking.filtered_uids("facilities", NOBODY, country="SY") == {made.uid}


def test_while_nobody_said_how_much_of_a_place_is_shown_nothing_of_it_is(analyst, reviewer, client, syria):
    place = factories.make_place(analyst, country=syria)
    made = prison(analyst, reviewer, in_place=place, place_shown="country")
    with factories.past_the_guard():
        Facility.objects.filter(pk=made.pk).update(place_shown="")
    assert asking.get(client, f"facilities/{made.uid}")["country"] is None
    assert asking.filtered_uids("facilities", NOBODY, country="SY") == set()


# ── days ──

DATED = [("2012-12-31", "year"), ("2012-01-02", "day"), ("2011-12-30", "day"), ("2012-03-09", "month"), ("2012-03-04", "day"),
         ("2011-05-20", "month"), ("2011-05-01", "day"), ("2013-01-01", "day"), ("2012-03", "day"), ("", "day")]  # fmt: skip


@pytest.mark.parametrize("told", range(1, len(DATED) + 1))
@pytest.mark.parametrize("few", [0, 2_000])
def test_the_first_incidents_stand_in_the_order_of_what_is_shown_however_many_there_are(
    told, few, analyst, reviewer, monkeypatch
):
    made = [factories.make_incident(analyst, date=date, date_shown=shown, title_en=f"{date} {shown}") for date, shown in DATED]
    factories.publish(*made, by=reviewer)
    for user in (NOBODY, analyst):
        whole, _ = reading.first_incidents(Incident.objects.visible_to(user), user, whole=True)
        monkeypatch.setattr("hrdocs.first_keys.FEW", few)
        monkeypatch.setattr("cases.pages.bounds.TOLD", told)
        found, more = reading.first_incidents(Incident.objects.visible_to(user), user, whole=False)
        assert found == whole[:told]
        assert more == (told < len(DATED))


# ── points ──

SAYDNAYA = {"latitude": "33.665000", "longitude": "36.328900", "precision": "exact", "radius_m": 300}
CELL_OF = {  # shown, the middle of its cell, how far the farthest corner is
    "settlement": (36.35, 33.65, 7880),
    "district": (36.25, 33.75, 39400),
    "region": (36.5, 33.5, 78800),
}


def told(client: Any, made: Facility) -> dict[str, Any] | None:
    """The point as the list tells it; the map's file and the spreadsheet tell the same."""
    found = asking.get(client, f"facilities/{made.uid}")["point"]
    (feature,) = json.loads(asking.file_of(client, f"facilities/{made.uid}", format="geojson"))["features"]
    (row,) = asking.csv_rows(asking.file_of(client, f"facilities/{made.uid}", format="csv"))
    assert feature["geometry"] == (found and {"type": "Point", "coordinates": [found["longitude"], found["latitude"]]})
    assert feature["properties"]["point"] == found
    assert row["point.longitude"] == (str(found["longitude"]) if found else "")
    return found


def test_a_point_is_shown_as_it_is_where_that_was_decided(analyst, reviewer, client):
    made = prison(analyst, reviewer, in_place=factories.make_place(analyst, level="site", **SAYDNAYA), place_shown="exact")
    assert told(client, made) == {"longitude": 36.3289, "latitude": 33.665, "precision": "exact", "radius_m": 300}


@pytest.mark.parametrize(("shown", "cell"), CELL_OF.items())
def test_a_point_that_is_shown_coarser_is_the_middle_of_its_cell(analyst, reviewer, client, shown, cell):
    longitude, latitude, radius = cell
    made = prison(analyst, reviewer, in_place=factories.make_place(analyst, level="site", **SAYDNAYA), place_shown=shown)
    assert told(client, made) == {"longitude": longitude, "latitude": latitude, "precision": shown, "radius_m": radius}
    assert told(asking.as_user(client, analyst), made)["longitude"] == 36.3289


def test_all_points_of_a_cell_are_shown_as_one(analyst, reviewer, client):
    shown = set()
    for latitude, longitude in (("33.600001", "36.300001"), ("33.699999", "36.399999"), ("33.650000", "36.350000")):
        place = factories.make_place(analyst, level="site", precision="exact", latitude=latitude, longitude=longitude)
        found = told(client, prison(analyst, reviewer, in_place=place, place_shown="settlement"))
        shown.add((found["longitude"], found["latitude"], found["radius_m"]))
    assert len(shown) == 1


def test_the_place_around_it_stands_for_it_where_the_reader_may_see_that_one(analyst, reviewer, client):
    district = factories.make_place(analyst, level="district", latitude="33.8", longitude="36.6", precision="district")
    village = factories.make_place(analyst, parent=district)
    factories.publish(district, village, by=reviewer)
    site = factories.make_place(analyst, level="site", parent=village, **SAYDNAYA)
    made = prison(analyst, reviewer, in_place=site, place_shown="district")
    assert told(client, made) == {"longitude": 36.6, "latitude": 33.8, "precision": "district", "radius_m": None}


def test_a_hidden_place_around_it_does_not_stand_for_it(analyst, reviewer, client):
    district = factories.make_place(analyst, level="district", latitude="33.8", longitude="36.6", precision="district")
    site = factories.make_place(analyst, level="site", parent=district, **SAYDNAYA)
    made = prison(analyst, reviewer, in_place=site, place_shown="district")
    assert told(client, made)["longitude"] == CELL_OF["district"][0]


def test_a_wide_place_is_not_made_to_look_narrower(analyst, reviewer, client):
    region = factories.make_place(analyst, level="region", latitude="33.5", longitude="36.4", precision="region")
    made = prison(analyst, reviewer, in_place=region, place_shown="settlement")
    assert told(client, made) == {"longitude": 36.4, "latitude": 33.5, "precision": "region", "radius_m": None}


def test_of_a_hidden_place_and_of_one_shown_by_its_country_no_point_is_told(analyst, reviewer, client):
    for hidden, shown in ((True, "exact"), (True, "region"), (False, "country")):
        place = factories.make_place(analyst, level="site", **SAYDNAYA)
        assert told(client, prison(analyst, reviewer, in_place=place, hidden=hidden, place_shown=shown)) is None


@pytest.mark.parametrize("shown", CELL_OF)
def test_a_box_finds_the_point_that_is_shown_and_not_the_one_behind_it(analyst, reviewer, shown):
    longitude, latitude, _ = CELL_OF[shown]
    made = prison(analyst, reviewer, in_place=factories.make_place(analyst, level="site", **SAYDNAYA), place_shown=shown)

    def found(user: Any, lon: float, lat: float) -> bool:
        box = f"{lon - 0.005},{lat - 0.005},{lon + 0.005},{lat + 0.005}"
        return made.uid in asking.filtered_uids("facilities", user, bbox=box)

    assert found(NOBODY, longitude, latitude) and not found(NOBODY, 36.3289, 33.665)
    assert found(analyst, 36.3289, 33.665) and not found(analyst, longitude, latitude)


def test_a_box_may_cross_the_date_line(analyst):
    place = factories.make_place(analyst, latitude="-17", longitude="179.5", precision="settlement")
    assert asking.filtered_uids("places", analyst, bbox="170,-20,-170,-10") == {place.uid}
    assert asking.filtered_uids("places", analyst, bbox="-170,-20,170,-10") == set()


@pytest.mark.parametrize(
    "box", ["1,2,3", "a,b,c,d", "35,37,42,32", "35,32,420,37", "nan,32,42,37", "35,-91,42,37", "1e400,0,2,2"]
)
def test_what_is_no_box_is_refused_with_an_example(client, box):
    assert "35.5,32.3,42.4,37.4" in asking.get(client, "facilities", 400, bbox=box)["errors"]["bbox"][0]
