"""Lines of time, plans and chains of command are drawn as precisely as they are known, and no more."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET

import pytest

from cases.hierarchies import Post, Tie, hierarchy, ranks
from cases.plans import Spot, plan
from cases.timelines import Line, timeline

DAY = dt.date


def marks(*lines: Line) -> list[str]:
    """The kinds of marks of the first line, in the order in which they are drawn."""
    drawn = timeline(lines, title="Times", name="t")
    first = re.search(r'<g class="marks[^"]*">(.*?)</g>', drawn)[1]
    return [re.search(r'class="([^"]*)"', mark)[0][7:-1] for mark in re.findall(r"<[a-z]+ [^>]*>", first)]


@pytest.mark.parametrize(("line", "drawn"), [
    (Line("", "", "2013-05-03"), ["dot"]),
    (Line("", "", "2013-05-03?"), ["dot doubted"]),
    (Line("", "", "2013"), ["maybe"]),
    (Line("", "", "2013~"), ["maybe doubted"]),
    (Line("", "", "2011/2015"), ["maybe", "sure"]),
    (Line("", "", "2011-09/.."), ["maybe", "open", "arrow"]),
    (Line("", "", "../2013"), ["maybe", "open", "arrow"]),
    (Line("", "", "1987", "2024-12-08"), ["maybe", "sure"]),
    (Line("", "", "1987", ""), ["maybe", "open", "arrow"]),
    (Line("", "", "2016-08", "2017-02", cited=(True, True)), ["sure", "open", "arrow", "open", "arrow"]),
])  # fmt: skip
def test_a_date_is_drawn_as_it_is_known(line, drawn):
    assert marks(line) == drawn


@pytest.mark.parametrize(("line", "earliest", "latest", "certain"), [
    (Line("", "", "2011/2015"), DAY(2011, 1, 1), DAY(2015, 12, 31), (DAY(2011, 12, 31), DAY(2015, 1, 1))),
    (Line("", "", "2013"), DAY(2013, 1, 1), DAY(2013, 12, 31), None),
    (Line("", "", "../2013-05"), None, DAY(2013, 5, 31), (None, DAY(2013, 5, 1))),
    (Line("", "", "2016-08", "2017-02", cited=(True, False)), None, DAY(2017, 2, 28), (DAY(2016, 8, 1), DAY(2017, 2, 1))),
])  # fmt: skip
def test_what_is_certain_is_told_from_what_is_possible(line, earliest, latest, certain):
    extent = line.extent
    assert (extent.earliest, extent.latest, extent.certain) == (earliest, latest, certain)


def test_a_longer_time_is_drawn_longer_and_a_later_one_further_on():
    drawn = timeline([Line("a", "", "2011/2015"), Line("b", "", "2013")], title="Times", name="t")
    places = [
        (float(x), float(width)) for x, width in re.findall(r'class="maybe" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', drawn)
    ]
    assert places[0][1] > 4 * places[1][1]
    assert places[0][0] < places[1][0]


def test_the_texts_of_a_line_are_escaped_linked_and_told_to_screen_readers():
    drawn = timeline([Line('<script>"', "May & June", "2017", address="/incidents/x/")], title="Times", name="t")
    link = ET.fromstring(drawn).find("{http://www.w3.org/2000/svg}a")
    assert link.get("href") == "/incidents/x/"
    assert link.find("{http://www.w3.org/2000/svg}title").text == '<script>": May & June'


@pytest.mark.parametrize(
    ("first", "last", "named"), [("1970", "2024", "2000"), ("2011", "2015", "2013"), ("2013-02", "2013-04", "2013-03")]
)
def test_an_axis_names_years_or_months(first, last, named):
    for width in (860, 360):
        drawn = timeline([Line("", "", first), Line("", "", last)], title="Times", name="t", width=width)
        assert f">{named}</text>" in drawn
        places = [float(x) for x in re.findall(r'class="tick-text" x="([\d.]+)"', drawn)]
        assert all(later - earlier > 40 for earlier, later in zip(places, places[1:], strict=False))


@pytest.mark.parametrize("width", [360, 860])
def test_no_name_below_an_axis_is_cut_off_at_the_edge_of_the_picture(width):
    drawn = timeline([Line("", "", "2016-08-01/2017-03-01")], title="Times", name="t", width=width)
    names = re.findall(r'class="tick-text" x="([\d.]+)"[^>]*>([^<]+)<', drawn)
    assert names and all(len(name) * 3.8 <= float(x) + 0.1 and float(x) + len(name) * 3.8 <= width + 0.1 for x, name in names)


def test_without_a_date_nothing_is_drawn():
    assert timeline([Line("", "", ""), Line("", "", "XXXX")], title="Times", name="t") == ""


# ── plans ──


def test_parts_lie_on_a_plan_as_far_from_one_another_as_on_the_ground_and_as_large_as_they_are_uncertain():
    spots = [Spot("Red", 36.3288, 33.6648, 100), Spot("White", 36.3288, 33.6658), Spot("Gate", 36.3298, 33.6648, 50, rough=True)]
    drawn = plan(spots, title="Parts")
    at = {
        name: (float(x), float(y))
        for x, y, name in re.findall(r'class="dot" cx="([\d.]+)" cy="([\d.]+)"[^>]*/><text[^>]*>(\w+)', drawn)
    }
    north, east = at["Red"][1] - at["White"][1], at["Gate"][0] - at["Red"][0]
    assert at["White"][1] < at["Red"][1]  # north is above
    assert 0.82 < east / north < 0.84  # a degree of longitude is as much shorter there
    radii = [float(r) for r in re.findall(r'class="area[^"]*" [^>]*r="([\d.]+)"', drawn)]
    assert radii[0] == pytest.approx(2 * radii[1], abs=0.2)
    assert 'class="area rough"' in drawn
    assert ET.fromstring(drawn) is not None


def test_of_parts_at_one_point_there_is_no_plan():
    assert plan([Spot("Red", 36.3, 33.6), Spot("White", 36.3, 33.6)], title="Parts") == ""


# ── chains of command ──

TIES = [
    Tie("minister", "police", ("from 2011",)),
    Tie("president", "minister", ()),
    Tie("police", "guard", ()),
    Tie("guard", "police", ()),
]


def test_each_stands_as_many_steps_below_as_the_chain_says_and_a_circle_ends():
    assert ranks(TIES, "police") == {"police": 0, "minister": -1, "guard": -1, "president": -2}


def test_who_commands_stands_above_with_the_dates_beside_the_line():
    drawn = hierarchy(
        [Post(uid, uid, f"/parties/{uid}/") for uid in ("police", "minister", "president")], TIES[:2], "police", title="Chain"
    )
    heights = {name: float(y) for name, y in re.findall(r"<title>(\w+)</title><rect [^>]*y=\"([\d.]+)\"", drawn)}
    assert heights["president"] < heights["minister"] < heights["police"]
    assert "from 2011" in drawn and drawn.count('class="tie"') == 2
    assert ET.fromstring(drawn) is not None
