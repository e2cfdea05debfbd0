"""Points that are worked out beforehand follow every change of the places that they come from."""

from __future__ import annotations

import random
from io import StringIO

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection

from cases.models import Place, ShownPoint
from hrdocs.access import Sensitivity, State
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
LEVELS = ["country", "region", "district", "settlement", "site"]
OPEN = {"state": State.PUBLISHED, "sensitivity": Sensitivity.PUBLIC}
CLOSED = {"state": State.DRAFT, "sensitivity": Sensitivity.INTERNAL}


@pytest.mark.parametrize("seed", [0, 2, 5])
def test_whatever_is_done_with_places_their_points_are_those_that_follow(seed, analyst):
    dice, most = random.Random(seed), 0
    places = [factories.make_place(analyst, level=level) for level in LEVELS for _ in range(2)]
    for _ in range(40):
        above, place = sorted(dice.sample(range(len(places)), 2))
        done = dice.choice([OPEN, OPEN, {**OPEN, "sensitivity": Sensitivity.REGISTERED}, CLOSED, {"parent": places[above]},
                            {"parent": None}, {"level": dice.choice(LEVELS)}, {"name_en": "Elsewhere"},
                            {"latitude": dice.randint(30, 40), "longitude": dice.randint(30, 40),
                             "precision": dice.choice(["exact", "district"]), "radius_m": dice.choice([None, 90, 7_000])},
                            {"latitude": None, "longitude": None, "precision": ""}])  # fmt: skip
        with factories.past_the_guard(), pgtrigger.ignore("cases.Place:moves_by_decision"):
            Place.objects.filter(pk__in={places[place].pk, *dice.choice([(), [each.pk for each in places[place:]]])}).update(
                **done
            )
        assert ShownPoint.objects.differing() == [], done
        most = max(most, ShownPoint.objects.count())
    assert most > 20
    with factories.past_the_guard():
        Place.objects.update(parent=None)
        Place.objects.all().delete()
    assert not ShownPoint.objects.exists()


def test_the_command_names_what_differs_and_mends_it(analyst, reviewer):
    place = factories.make_place(analyst, latitude="33.6", longitude="36.3", precision="exact")
    factories.publish(place, by=reviewer)
    kept = set(ShownPoint.objects.values_list("place", "shown", "audience", "longitude"))
    assert {far for _, far, *_ in kept} == {"exact", "settlement", "district", "region"}  # a country is too wide for a point
    ShownPoint.objects.filter(shown="exact").update(longitude=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_shownpoint (place, shown, audience, longitude, latitude, precision) "
            "VALUES (-1, 'exact', 0, 1, 1, 'exact')"
        )
    with pytest.raises(SystemExit):
        call_command("worked_out", stdout=(said := StringIO()))
    assert place.uid in said.getvalue() and "a record that is gone (-1)" in said.getvalue()
    call_command("worked_out", "--mend", stdout=StringIO())
    assert set(ShownPoint.objects.values_list("place", "shown", "audience", "longitude")) == kept
    call_command("worked_out", stdout=StringIO())
