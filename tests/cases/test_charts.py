"""Charts and chains: what is open stays open, nothing leaves the picture, and no text breaks out of it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cases.charts import Passing, Row, changes, chart, scale, tree
from cases.claims import Figure
from cases.difference import Severity
from cases.drift import differences
from cases.lettering import reads_leftwards

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = pytest.mark.parametrize("width", [860, 360])


def figure(uid: str = "EST-1", **given: Any) -> Figure:
    numbers = {name: Decimal(value) for name, value in given.items() if name in ("lower", "best", "upper")}
    return Figure(uid=uid, **{**given, **numbers})


def drawn(*rows: Row, width: int = 860) -> ET.Element:
    return ET.fromstring(chart(rows, title="Deaths", name="c1", width=width))


def row_of(picture: ET.Element, place: int = 0) -> ET.Element:
    return [group for group in picture.findall(f"{SVG}g") if "row" in group.get("class", "")][place]


def classes(element: ET.Element) -> list[str]:
    return [found.get("class", "") for found in element.iter() if found.get("class")]


def test_a_range_is_a_closed_bar_with_a_cap_at_each_end():
    row = row_of(drawn(Row(figure(lower=5000, upper=13000), "Amnesty")))
    assert classes(row).count("cap") == 2
    assert "bar" in classes(row) and "bar open" not in classes(row) and "arrow" not in classes(row)


@pytest.mark.parametrize(("bound", "side"), [("lower", "up"), ("upper", "down")])
def test_a_bound_that_stands_alone_is_drawn_open_to_the_other_side(bound, side):
    picture = drawn(Row(figure(**{bound: 50}), "Hespress"))
    row = row_of(picture)
    assert classes(row).count("cap") == 1 and classes(row).count("arrow") == 1
    (bar,) = row.iter(f"{SVG}rect")
    assert bar.get("class") == "bar open" and bar.get("fill") == f"url(#c1-{side})"
    cap = float(next(found for found in row.iter(f"{SVG}line") if found.get("class") == "cap").get("x1"))
    start, end = float(bar.get("x")), float(bar.get("x")) + float(bar.get("width"))
    assert cap == pytest.approx(start if bound == "lower" else end, abs=0.2)


def test_an_open_floor_is_seen_to_go_on_beyond_its_number():
    (bar,) = row_of(drawn(Row(figure(lower=50), "Hespress"))).iter(f"{SVG}rect")
    assert float(bar.get("width")) > 40


def test_a_single_number_is_a_dot_and_no_bar():
    row = row_of(drawn(Row(figure(best=50), "Dnevnik")))
    assert [found.tag for found in row.iter() if found.tag in (f"{SVG}circle", f"{SVG}rect")] == [f"{SVG}circle"]


def test_a_best_value_within_a_range_is_a_dot_on_its_bar():
    row = row_of(drawn(Row(figure(lower=5, best=8, upper=10), "A")))
    (dot,), (bar,) = row.iter(f"{SVG}circle"), row.iter(f"{SVG}rect")
    assert float(bar.get("x")) < float(dot.get("cx")) < float(bar.get("x")) + float(bar.get("width"))


def test_words_without_a_number_draw_nothing_but_are_written():
    row = row_of(drawn(Row(figure(value_text="dozens"), "A")))
    assert not list(row.iter(f"{SVG}rect")) and not list(row.iter(f"{SVG}circle"))
    assert "dozens" in "".join(row.itertext())


def test_bounds_printed_out_of_order_are_drawn_as_the_span_between_them():
    (bar,) = row_of(drawn(Row(figure(lower=90, upper=10), "A"))).iter(f"{SVG}rect")
    assert float(bar.get("width")) > 100


@WIDTHS
@pytest.mark.parametrize(
    "numbers",
    [({"lower": 5000, "upper": 13000}, {"upper": 13000}, {"best": 1}), ({"lower": 50}, {"best": 50}), ({"best": 0},),
     ({"lower": 1, "upper": 9_000_000_000}, {"lower": 3}), ({"best": "0.2"}, {"upper": "0.7"})],
)  # fmt: skip
def test_nothing_lies_outside_the_picture(numbers, width):
    rows = [Row(figure(f"EST-{place}", **given), "A publisher " * 9, "1 January 2017", "") for place, given in enumerate(numbers)]
    picture = drawn(*rows, width=width)
    _, _, wide, high = (float(part) for part in picture.get("viewBox").split())
    for found in picture.iter():
        xs = [float(found.get(name)) for name in ("x", "x1", "x2", "cx") if found.get(name)]
        ys = [float(found.get(name)) for name in ("y", "y1", "y2", "cy") if found.get(name)]
        if found.tag == f"{SVG}rect":
            xs.append(float(found.get("x")) + float(found.get("width")))
        if found.get("class") == "arrow":
            xs += [float(number) for number in re.findall(r"[ML](-?[\d.]+) ", found.get("d"))]
        assert all(0 <= x <= wide for x in xs), (found.attrib, wide)
        assert all(0 <= y <= high for y in ys), (found.attrib, high)
    texts = [found for found in picture.iter(f"{SVG}text") if found.get("class") == "who"]
    assert texts and all(len(found.text) * 7 <= wide for found in texts)


def test_rows_keep_the_order_in_which_they_are_given():
    picture = drawn(Row(figure("EST-1", best=9), "Later"), Row(figure("EST-2", best=1), "Earlier"))
    heights = [float(found.get("y")) for found in picture.iter(f"{SVG}text") if found.get("class") == "who"]
    labels = [found.text for found in picture.iter(f"{SVG}text") if found.get("class") == "who"]
    assert labels == ["Later", "Earlier"] and heights == sorted(heights)


def test_numbers_near_one_another_stand_on_an_axis_of_equal_steps_from_zero():
    axis = scale([Decimal(5000), Decimal(13000)], 0, 100)
    assert not axis.logarithmic and axis.low == 0 and axis.high >= 13000
    assert {round(late - early) for early, late in zip(axis.ticks, axis.ticks[1:], strict=False)} == {5000}


def test_numbers_far_apart_stand_on_an_axis_of_powers():
    axis = scale([Decimal(50), Decimal(117_000)], 0, 100)
    assert axis.logarithmic and axis.low <= 50 and axis.high >= 117_000
    assert all(f"{tick:e}".startswith("1.0") for tick in axis.ticks) and len(axis.ticks) <= 6
    assert 0 <= axis.at(50) < axis.at(1000) < axis.at(117_000) <= 100


def test_zero_has_a_place_even_where_numbers_lie_far_apart():
    axis = scale([Decimal(0), Decimal(117_000)], 0, 100)
    assert axis.at(0) == 0 and not axis.logarithmic


def test_ticks_are_written_with_thousands_separators():
    picture = drawn(Row(figure(lower=5000, upper=13000), "A"))
    assert "10,000" in [found.text for found in picture.iter(f"{SVG}text")]


@WIDTHS
def test_texts_can_not_break_out_of_the_picture(width):
    nasty = '</title><script>alert("1")</script>&" onload=x'
    svg = chart([Row(figure(value_text=nasty), nasty, nasty, nasty)], title=nasty, name="c1", width=width)
    assert "<script" not in svg
    assert not re.search(r"\s(style|on\w+)=", re.sub(r">[^<]*<", "><", svg))
    assert nasty in "".join(ET.fromstring(svg).itertext())


def test_the_picture_has_a_title_and_tells_every_figure_in_its_description():
    rows = [
        Row(figure("EST-1", lower=5000, upper=13000), "Amnesty", "2017"),
        Row(figure("EST-2", upper=50, upper_wording="as_many_as"), "AP"),
    ]
    picture = drawn(*rows)
    assert picture.get("role") == "img"
    named = dict.fromkeys(picture.get("aria-labelledby").split())
    assert {found.get("id") for found in picture if found.tag in (f"{SVG}title", f"{SVG}desc")} == set(named)
    assert picture.find(f"{SVG}desc").text == "Amnesty, 2017: 5,000–13,000; AP: as many as 50"


@pytest.mark.parametrize(
    ("label", "words"), [("The Associated Press (AP)", "as many as 13,000"), ("وزارة الخارجية الأمريكية", "5,000")]
)
def test_a_name_over_a_narrow_bar_has_the_room_that_its_number_leaves(label, words):
    picture = drawn(Row(figure(value_text=words), label, "May 2017", words), width=360)
    assert label in [each.text for each in picture.iter()]


def test_an_arabic_label_is_read_from_the_right_and_stands_on_the_same_side():
    assert (
        reads_leftwards("منظمة العفو")
        and reads_leftwards("50 شخصًا")
        and not reads_leftwards("Amnesty")
        and not reads_leftwards("50")
    )
    texts = [
        found for found in drawn(Row(figure(best=1), "منظمة العفو الدولية")).iter(f"{SVG}text") if found.get("class") == "who"
    ]
    assert texts[0].attrib.items() >= {"direction": "rtl", "text-anchor": "end", "x": "0.0"}.items()


# ── chains ──


def passing(earlier: Figure, later: Figure, **given: Any) -> Passing:
    return Passing(earlier, later, differences(earlier, later), **given)


ORIGIN = figure("EST-A", lower=5000, upper=13000, published=date(2017, 2, 7), publisher="PTY-A")
COPY = figure("EST-B", lower=5000, upper=11000, published=date(2017, 5, 15), publisher="PTY-B", attributed_to=("PTY-A",))
LAST = figure("EST-C", lower=5000, upper=11000, published=date(2017, 5, 16), publisher="PTY-C", attributed_to=("PTY-A",))
OTHER = figure("EST-D", upper=13000, published=date(2017, 2, 8), publisher="PTY-D", attributed_to=("PTY-A",))


def test_a_chain_begins_at_its_origin_and_each_copy_stands_under_what_it_copies():
    steps = tree([passing(COPY, LAST), passing(ORIGIN, COPY), passing(ORIGIN, OTHER)])
    assert [(step.claim.uid, step.depth) for step in steps] == [("EST-A", 0), ("EST-D", 1), ("EST-B", 1), ("EST-C", 2)]
    assert steps[0].passing is None and steps[3].passing.earlier is COPY


def test_a_chain_can_be_told_from_one_statement_on():
    assert [step.claim.uid for step in tree([passing(ORIGIN, COPY), passing(COPY, LAST)], "EST-B")] == ["EST-B", "EST-C"]
    assert tree([passing(ORIGIN, COPY)], "EST-X") == ()


def test_what_hands_on_two_statements_stands_under_both_but_is_followed_once():
    steps = tree([passing(ORIGIN, LAST), passing(OTHER, LAST), passing(LAST, COPY)])
    assert [(step.claim.uid, step.again) for step in steps] == [
        ("EST-A", False), ("EST-C", False), ("EST-B", False), ("EST-D", False), ("EST-C", True),
    ]  # fmt: skip


def test_a_chain_of_thousands_of_hops_is_laid_out():
    figures = [figure(f"EST-{place:05}", best=place) for place in range(3000)]
    steps = tree([Passing(one, other) for one, other in zip(figures, figures[1:], strict=False)])
    assert len(steps) == 3000 and steps[-1].depth == 2999


def test_the_changes_of_a_chain_are_counted_gravest_first():
    counted = changes(tree([passing(ORIGIN, COPY), passing(ORIGIN, OTHER)]))
    assert list(counted) == [grade for grade in reversed(Severity) if grade in counted]
    assert counted[Severity.MATERIAL] >= 2 and Severity.NONE not in counted
