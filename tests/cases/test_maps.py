"""Maps as pictures: nothing is drawn more precisely than it is known."""

import math
import re

import pytest
from lxml import etree

from cases.maps import METRES, Spot, drawn, window


def shapes(*spots: Spot) -> etree._Element:
    return etree.fromstring(drawn(spots, title="Where", name="m"))


def one(picture: etree._Element, kind: str) -> etree._Element:
    (found,) = [each for each in picture.iter() if each.get("class") == kind]
    return found


def test_an_exact_place_is_a_dot_a_rough_one_a_circle_with_a_broken_edge_and_a_coarsened_one_a_square():
    dot, rough, square = Spot(1, 36.3, 33.6), Spot(2, 36.9, 33.9, radius=5000, rough=True), Spot(3, 37.5, 33.5, side=0.5)
    picture = shapes(dot, rough, square)
    assert one(picture, "dot").tag.endswith("circle")
    assert one(picture, "area rough").tag.endswith("ellipse")
    drawn_square, seen = one(picture, "area"), window([dot, rough, square], 860)
    assert float(drawn_square.get("width")) == pytest.approx(0.5 * seen.wide, abs=0.1)
    assert float(drawn_square.get("height")) == pytest.approx(0.5 * seen.high, abs=0.1)


@pytest.mark.parametrize("north", [0.0, 33.6, -60.0])
def test_a_circle_is_as_wide_as_its_radius_in_both_directions(north):
    circle = one(shapes(Spot(1, 36.0, north, radius=20_000)), "area")
    seen = window([Spot(1, 36.0, north, radius=20_000)], 860)
    assert float(circle.get("rx")) == pytest.approx(float(circle.get("ry")), rel=0.01)
    assert float(circle.get("ry")) == pytest.approx(20_000 / METRES * seen.high, abs=0.1)


@pytest.mark.parametrize("spots", [[Spot(1, 36.3, 33.6)], [Spot(1, -170.0, 60.0), Spot(2, 175.0, -50.0)], [Spot(1, 0.0, 89.9)],
                                   [Spot(1, 36.0, 33.0, radius=400_000, rough=True)]])  # fmt: skip
def test_every_place_lies_within_the_picture_and_lines_with_degrees_cross_it(spots):
    picture = shapes(*spots)
    wide, high = map(float, picture.get("viewBox").split()[2:])
    for spot in spots:
        x, y = window(spots, 860).at(spot.east, spot.north)
        assert 0 <= x <= wide and 0 <= y <= high
    names = [each for each in picture.iter() if each.get("class") == "tick-text"]
    assert all(float(each.get("x")) + len(each.text) * 3 < wide for each in names if each.get("text-anchor") == "middle")
    degrees = [each.text for each in names]
    assert 4 <= len(degrees) <= 24 and all(re.fullmatch(r"-?\d+(\.\d+)?°|[\d.e+]+ km", each) for each in degrees)


def test_a_text_in_a_picture_is_never_markup():
    assert "<script" not in drawn([Spot(1, 0, 0, described="<script>")], title="<script>", name="m")
    assert drawn([], title="Nothing", name="m") == "" and math.isfinite(window([Spot(1, 0, 0)], 360).high)
