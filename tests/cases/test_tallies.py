"""The work of a house drawn: heights to one scale, words for every row, nothing outside the picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from cases.tallies import Lasting, Tally, columns, lastings

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = pytest.mark.parametrize("width", [860, 360])
WEEKS = [f"{month:02}-01" for month in range(1, 13)]


def drawn(numbers: list[tuple[int, ...]], width: int = 860) -> ET.Element:
    tallies = [Tally(f"Row <{place}>", row) for place, row in enumerate(numbers)]
    return ET.fromstring(columns(tallies, WEEKS, title="Decisions", name="w", width=width))


def numbers_of(picture: ET.Element, name: str) -> list[float]:
    return [float(element.get(name, "nan")) for element in picture.iter(f"{SVG}rect")]


def test_all_rows_are_drawn_to_one_scale():
    high, low = numbers_of(drawn([(0,) * 11 + (100,), (0,) * 11 + (50,)]), "height")
    assert high == 2 * low


def test_an_empty_week_has_no_column_and_no_number():
    picture = drawn([(0,) * 11 + (3,)])
    assert len(numbers_of(picture, "height")) == 1
    assert [text.text for text in picture.iter(f"{SVG}text") if text.get("class") == "value"] == ["3"]


@WIDTHS
def test_no_column_leaves_the_picture(width):
    picture = drawn([(999,) * 12, (1,) * 12], width)
    ends = [x + w for x, w in zip(numbers_of(picture, "x"), numbers_of(picture, "width"), strict=True)]
    assert min(numbers_of(picture, "x")) >= 0 and max(ends) <= width and min(numbers_of(picture, "y")) >= 0


@WIDTHS
def test_a_picture_has_a_title_and_says_its_numbers(width):
    picture = drawn([(0,) * 11 + (7,)], width)
    title, said = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert title is not None and title.text == "Decisions"
    assert said is not None and said.text == f"Row <0>: {', '.join(['0'] * 11)}, 7"
    assert picture.get("aria-labelledby") == f"{title.get('id')} {said.get('id')}"


@WIDTHS
@pytest.mark.parametrize("oldest", [0.0, 0.4, 3, 4000])
def test_the_middle_one_stands_between_today_and_the_oldest(width, oldest):
    rows = [Lasting("Parties: Draft", oldest / 3, oldest)]
    picture = ET.fromstring(lastings(rows, title="Ages", name="a", days="days", key="Days.", width=width))
    (line,) = (each for each in picture.iter(f"{SVG}line") if each.get("class") == "span")
    (dot,) = picture.iter(f"{SVG}circle")
    assert 0 <= float(line.get("x1", "")) <= float(dot.get("cx", "")) <= float(line.get("x2", "")) <= width


def test_a_picture_holds_no_style_that_the_content_policy_would_refuse():
    assert "style" not in columns([Tally("x", (1,))], ["01-01"], title="x", name="x")
