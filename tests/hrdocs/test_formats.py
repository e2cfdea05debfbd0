"""Formats: no cell that a spreadsheet would run, no number bent, no text lost, and JSON that everybody can read."""

from __future__ import annotations

import csv as reader
import datetime as dt
import io
import json
from decimal import Decimal

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrdocs.formats import csv, geojson
from hrdocs.formats.json import JSONRenderer

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
CELLS = [
    ("plain", "plain"),
    ("", ""),
    (None, None),
    (0, 0),
    (-5, -5),
    (True, "yes"),
    (False, "no"),
    (Decimal("5000"), "5000"),
    (Decimal("5000.0000"), "5000"),
    (Decimal("0.9500"), "0.95"),
    (Decimal("0"), "0"),
    (Decimal("0.0000"), "0"),
    (Decimal("-5.50"), "-5.5"),
    (Decimal("1E+6"), "1000000"),
    (Decimal("117000"), "117000"),
    (Decimal("1000000000000"), "1000000000000"),
    (Decimal("0.0001"), "0.0001"),
    (Decimal("36.328800"), "36.3288"),
    (dt.date(2011, 9, 1), dt.date(2011, 9, 1)),
    (dt.datetime(2017, 2, 7, 12, 30, tzinfo=dt.UTC), "2017-02-07T12:30:00+00:00"),
    ("5,000–13,000", "5,000–13,000"),
    ("صيدنايا", "صيدنايا"),
    *((f"{start}cmd|' /C calc'!A0", f"'{start}cmd|' /C calc'!A0") for start in RUN_BY_SPREADSHEETS),
    *((start, f"'{start}") for start in RUN_BY_SPREADSHEETS),
    ("-5", "'-5"),
    ("+963 11", "'+963 11"),
    ("a=b", "a=b"),
]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
HARD = [
    'say "no"',
    "a,b",
    "a;b",
    "line\nbreak",
    "line\r\nbreak",
    "صيدنايا",
    "\u202bرسالة\u202c",
    "\u2028\u2029",
    "👩‍👩‍👧",
    "</script><script>",
    "\ufeffbom",
    "'",
    "''=1",
]


def file_of(header, rows) -> bytes:
    return b"".join(csv.write(header, rows))


def read(data: bytes) -> list[list[str]]:
    return list(reader.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(("value", "cell"), CELLS, ids=repr)
def test_a_cell_is_safe_and_says_what_the_value_is(value, cell):
    made = csv.cell(value)
    assert (made, type(made)) == (cell, type(cell))


@pytest.mark.parametrize("text", HARD)
def test_a_text_comes_back_from_a_csv_as_it_went_in(text):
    assert read(file_of(["a"], [[text]])) == [["a"], [text]]


@given(st.lists(st.lists(TEXT, min_size=3, max_size=3), max_size=8))
def test_any_text_comes_back_and_no_cell_is_run(rows):
    back = read(file_of(["a", "b", "c"], rows))
    assert back[0] == ["a", "b", "c"]
    assert len(back) == len(rows) + 1
    for row, given_row in zip(back[1:], rows, strict=True):
        for cell, text in zip(row, given_row, strict=True):
            assert not cell.startswith(RUN_BY_SPREADSHEETS)
            assert cell == (f"'{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text)


def test_a_csv_begins_with_one_byte_order_mark_and_is_utf_8():
    data = file_of(["name"], [["صيدنايا"], ["Saydnaya"]])
    assert data.startswith(b"\xef\xbb\xbfname\r\n")
    assert data.count(b"\xef\xbb\xbf") == 1


def test_a_csv_of_nothing_has_its_header():
    assert read(file_of(["uid", "title"], [])) == [["uid", "title"]]


@pytest.mark.parametrize("count", [1, 999, 1000, 1001, 2500])
def test_a_csv_of_any_length_has_every_row_once_and_in_order(count):
    pieces = list(csv.write(["n"], ([n] for n in range(count))))
    assert read(b"".join(pieces)) == [["n"], *([str(n)] for n in range(count))]
    assert len(pieces) <= count // csv.ROWS_A_PIECE + 2


def test_rows_are_taken_as_they_are_written_and_not_all_at_once():
    taken = []
    pieces = csv.write(["n"], (taken.append(n) or [n] for n in range(5000)))
    next(pieces), next(pieces)
    assert len(taken) == csv.ROWS_A_PIECE


# ── GeoJSON ──


def feature(uid: str = "INC-1", longitude: object = None, latitude: object = None, **properties: object) -> tuple:
    return ({"uid": uid, **properties}, longitude, latitude)


def collection(rows: list[tuple]) -> dict:
    return json.loads(b"".join(geojson.write(rows)))


def test_a_feature_has_its_longitude_first_its_uid_and_its_properties():
    found = collection([feature("FAC-1", Decimal("36.3288"), Decimal("33.6648"), name="صيدنايا")])
    assert found == {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "id": "FAC-1", "geometry": {"type": "Point", "coordinates": [36.3288, 33.6648]},
             "properties": {"uid": "FAC-1", "name": "صيدنايا"}},
        ],
    }  # fmt: skip


def test_without_a_known_point_the_geometry_is_null_and_the_record_is_there():
    assert [each["geometry"] for each in collection([feature("A"), feature("B")])["features"]] == [None, None]


def test_a_point_on_the_equator_or_the_meridian_is_a_point():
    (found,) = collection([feature("A", Decimal(0), Decimal(0))])["features"]
    assert found["geometry"]["coordinates"] == [0, 0]


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1200])
def test_a_collection_of_any_length_is_valid_and_has_every_record_once(count):
    assert [each["id"] for each in collection([feature(str(n)) for n in range(count)])["features"]] == [
        str(n) for n in range(count)
    ]


@pytest.mark.parametrize("text", HARD)
def test_a_text_comes_back_from_geojson_as_it_went_in(text):
    assert collection([feature(title=text)])["features"][0]["properties"]["title"] == text


@given(st.dictionaries(TEXT, TEXT, max_size=4))
def test_any_properties_come_back_from_geojson(properties):
    back = collection([({"uid": "A", **{f"p{name}": text for name, text in properties.items()}}, None, None)])
    assert back["features"][0]["properties"] == {"uid": "A", **{f"p{name}": text for name, text in properties.items()}}


def test_what_the_database_built_as_json_is_passed_on_and_not_quoted():
    assert collection([feature(source=orjson.Fragment('{"uid": "SRC-1"}'))])["features"][0]["properties"]["source"] == {
        "uid": "SRC-1"
    }


# ── JSON ──


@pytest.mark.parametrize(
    ("value", "printed"),
    [(Decimal("5000.0000"), b"5000"), (Decimal("0.95"), b"0.95"), (Decimal("-3"), b"-3"), (Decimal("1E+12"), b"1000000000000"),
     (None, b"null"), (True, b"true"), (dt.date(2011, 9, 1), b'"2011-09-01"'), ("\u2028", '"\u2028"'.encode())],
)  # fmt: skip
def test_json_prints_numbers_as_numbers_and_days_as_days(value, printed):
    assert JSONRenderer().render({"v": value}) == b'{"v":' + printed + b"}"


def test_json_of_nothing_is_nothing():
    assert JSONRenderer().render(None) == b""
