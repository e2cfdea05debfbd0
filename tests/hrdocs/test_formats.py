"""Formats: no cell that a spreadsheet would run, no number bent, no text lost, and JSON that everybody can read."""

from __future__ import annotations

import csv as csv_reader
import datetime as dt
import io
import json
import re
import tracemalloc
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test import Client
from django.utils.module_loading import import_string
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrdocs.formats.export import PIECE, copied, printed, read
from hrdocs.formats.hxl import tag
from hrdocs.formats.json import JSONRenderer
from hrdocs.formats.sheet import CUT, LONGEST_TEXT, Rows
from hrdocs.models import User
from hrdocs.urls import ENDPOINTS
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]

RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
CELLS = [
    ("plain", "plain"),
    ("", None),
    (None, None),
    (0, "0"),
    (-5, "-5"),
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
    (dt.date(2011, 9, 1), "2011-09-01"),
    (dt.time(4, 30), "04:30:00"),
    (dt.datetime(2017, 2, 7, 12, 30, tzinfo=dt.UTC), "2017-02-07T12:30:00+00:00"),
    (dt.datetime(2017, 2, 7, 12, 30, 1, 5, tzinfo=dt.UTC), "2017-02-07T12:30:01.000005+00:00"),
    (["killed", "hanged"], "killed; hanged"),
    (["=killed"], "'=killed"),
    ([], None),
    ("5,000–13,000", "5,000–13,000"),
    ("صيدنايا", "صيدنايا"),
    *((f"{start}cmd|' /C calc'!A0", f"'{start}cmd|' /C calc'!A0") for start in RUN_BY_SPREADSHEETS),
    *((start, f"'{start}") for start in RUN_BY_SPREADSHEETS),
    ("-5", "'-5"),
    ("+963 11", "'+963 11"),
    ("a=b", "a=b"),
]
OF_JSON = [
    ("null", None, None),
    ('"=1"', "'=1", "=1"),
    ('""', None, ""),
    ("-5.50", "-5.5", -5.5),
    ("5000.0000", "5000", 5000),
    ("true", "yes", True),
    ('["ordered", "planned"]', "ordered; planned", "ordered; planned"),
    ('[{"uid": "PTY-1", "name": "AFP"}, {"uid": "PTY-2", "name": null}]', "AFP; PTY-2", "AFP; PTY-2"),
    ("[]", None, None),
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
    "\\N",
    "\\.",
    "back\\slash\\n",
    "\x01 start \x02 of heading",
    "_x0041_",
    "_x005F_x0041_ __x000D_ _x00g1_",
    "<r><t>half of a cell</t></r>",
    "</t></is></c></row></sheetData>",
    "&amp; &lt;b&gt; &#0; ]]> <![CDATA[",
    '{"uid": "INC-1"}',
    "\u2066isolated\u2069 \u202eturned round\u202c \u200e\u200f\u061c",
    "\u2400 \\0 \\u0000 %00 NULL null NaN \x7f \x1b[31m",
    " before and after \u00a0",
    "\n\n",
    "\ue000\ufffd\ufffe\U0001f1f8\U0001f1fe\U0010fffd",
    "سجن صيدنايا 👩‍👩‍👧 " * 55,  # as long as a title may be, or nearly
]
TITLES = [*HARD, *(f"{start}1+1" for start in RUN_BY_SPREADSHEETS)]


def asked(sql: str, value: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, [value])
        return cursor.fetchone()[0]


TYPES = {
    bool: "boolean",
    int: "integer",
    Decimal: "numeric",
    dt.date: "date",
    dt.datetime: "timestamptz",
    dt.time: "time",
    list: "text[]",
}


@pytest.mark.parametrize(("value", "cell"), CELLS, ids=repr)
def test_a_cell_is_safe_and_says_what_the_value_is(value, cell):
    assert asked(f"SELECT public.hrdocs_cell(%s::{TYPES.get(type(value), 'text')})", value) == cell


@pytest.mark.parametrize(("value", "cell", "scalar"), OF_JSON)
def test_a_part_of_a_linked_record_has_room_in_one_cell(value, cell, scalar):
    assert asked("SELECT public.hrdocs_cell(%s::json)", value) == cell
    assert asked("SELECT public.hrdocs_scalar(%s::json)", value) == scalar


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT, min_size=2, max_size=8))
def test_any_text_comes_back_and_no_cell_is_run(texts):
    select = "SELECT public.hrdocs_cell(a), public.hrdocs_cell(a) FROM unnest(%s::text[]) AS a"
    data = b"".join(copied(select, (texts,), "FORMAT csv")).decode()
    back = list(csv_reader.reader(io.StringIO(data, newline="")))
    assert len(back) == len(texts)
    for row, text in zip(back, texts, strict=True):
        assert not row[0].startswith(RUN_BY_SPREADSHEETS)
        assert row == [f"'{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text] * 2


def test_a_large_file_comes_in_pieces_while_the_database_still_works():
    pieces = list(copied("SELECT repeat('x', 1000) FROM generate_series(1, %s)", (1000,), "FORMAT csv"))
    assert sum(map(len, pieces)) == 1_001_000
    assert max(map(len, pieces)) < PIECE + 2000
    assert len(pieces) > 5


@pytest.mark.parametrize("taken", [
    lambda select: copied(select, (), "FORMAT csv"),
    lambda select: (bytes(8) for _ in read(select, ())),
    lambda select: (bytes(8) for _ in printed(select, ())),
], ids=["by COPY", "by rows", "by rows of COPY"])  # fmt: skip
def test_memory_stays_flat_however_long_a_file_is(taken):
    tracemalloc.start()
    try:
        for _ in taken("SELECT repeat('x', 1000) AS text FROM generate_series(1, 40000)"):  # 40 MB
            pass
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8_000_000


# ── whole files ──


@pytest.fixture
def take(analyst: User) -> Callable[..., bytes]:
    """A file of the list of sources, with these columns."""
    client = Client()
    client.force_login(analyst)

    def taken(form: str, fields: str = "uid,title", **more: str) -> bytes:
        answer = client.get("/api/v1/sources/", {"format": form, "fields": fields, **more})
        assert answer.status_code == 200, answer.content
        return b"".join(answer.streaming_content)

    return taken


@pytest.fixture
def titles(analyst: User) -> dict[str, str]:
    """Sources with hard titles, by uid."""
    return {source.uid: source.title for source in (factories.make_source(analyst, title=title) for title in TITLES)}


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv_reader.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data: bytes) -> list[dict[str, object]]:
    header, *rows = openpyxl.load_workbook(io.BytesIO(data), read_only=True)["Data"].values
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_every_text_comes_back_from_every_format_as_it_went_in(take, titles):
    def unescaped(text: str) -> str:
        return text.removeprefix("'") if text.removeprefix("'").startswith(RUN_BY_SPREADSHEETS) else text

    assert {row["uid"]: unescaped(row["title"]) for row in read_csv(take("csv"))} == titles
    assert {row["uid"]: row["title"] for row in map(json.loads, take("ndjson").decode().split("\n")[:-1])} == titles
    assert {each["id"]: each["properties"]["title"] for each in json.loads(take("geojson"))["features"]} == titles
    table = pq.read_table(io.BytesIO(take("parquet"))).to_pylist()
    assert {row["uid"]: row["title"] for row in table} == titles
    sheet = {row["uid"]: openpyxl.utils.escape.unescape(row["title"]) for row in read_xlsx(take("xlsx"))}
    assert sheet == titles


def test_every_text_of_a_linked_record_comes_back_from_every_format_as_it_went_in(analyst):
    sources = [factories.make_source(analyst, title=title) for title in TITLES]
    facility = factories.make_facility(analyst)
    told = {factories.make_estimate(analyst, source=source, about_facility=facility).uid: source.title for source in sources}
    client = Client()
    client.force_login(analyst)

    def taken(form: str) -> bytes:
        answer = client.get(f"/api/v1/estimates/?fields=uid,source.title&format={form}")
        return b"".join(answer.streaming_content)

    assert {row["uid"]: row["source.title"] for row in read_csv(taken("csv&raw=1"))} == told
    assert {row["uid"]: row["source"]["title"] for row in map(json.loads, taken("ndjson").decode().split("\n")[:-1])} == told
    features = json.loads(taken("geojson"))["features"]
    assert {each["id"]: each["properties"]["source"]["title"] for each in features} == told
    assert {row["uid"]: row["source.title"] for row in pq.read_table(io.BytesIO(taken("parquet"))).to_pylist()} == told
    sheet = read_xlsx(taken("xlsx"))
    assert {row["uid"]: openpyxl.utils.escape.unescape(row["source.title"]) for row in sheet} == told


def test_no_cell_of_a_workbook_is_a_formula(take, titles):
    book = openpyxl.load_workbook(io.BytesIO(take("xlsx")))
    assert {cell.data_type for row in book["Data"].iter_rows(max_col=2) for cell in row} == {"s"}


def test_a_csv_begins_with_one_byte_order_mark_and_ends_each_line_alike(take, titles):
    data = take("csv")
    assert data.startswith(b"\xef\xbb\xbfuid,title\n")
    assert data.count(b"\xef\xbb\xbf") == 2  # one title begins with it


def test_a_file_of_nothing_has_its_header(take):
    assert take("csv") == b"\xef\xbb\xbfuid,title\n"
    assert take("ndjson") == b""
    assert json.loads(take("geojson")) == {"type": "FeatureCollection", "features": []}
    assert pq.read_table(io.BytesIO(take("parquet"))).column_names == ["uid", "title"]
    assert read_xlsx(take("xlsx")) == []


def test_numbers_and_days_are_what_they_are_in_typed_formats(analyst):
    factories.make_estimate(analyst, lower=Decimal("0.95"), upper=Decimal("13000"), period="2013", period_earliest=None)
    client = Client()
    client.force_login(analyst)
    address = "/api/v1/estimates/?fields=lower,upper,period,period_earliest,source.title,bases&format="
    (row,) = pq.read_table(io.BytesIO(b"".join(client.get(f"{address}parquet").streaming_content))).to_pylist()
    assert row == {"lower": 0.95, "upper": 13000, "period": "2013", "period_earliest": dt.date(2013, 1, 1),
                   "source.title": "Human slaughterhouse", "bases": []}  # fmt: skip
    (row,) = read_xlsx(b"".join(client.get(f"{address}xlsx").streaming_content))
    assert row == {"lower": 0.95, "upper": 13000, "period": "2013", "period_earliest": dt.datetime(2013, 1, 1),
                   "source.title": "Human slaughterhouse", "bases": None}  # fmt: skip


@pytest.mark.parametrize(("of", "printed", "cell"), [
    ("bool", "t", 't="inlineStr"><is><t>Yes &amp; no</t></is>'),
    ("bool", "f", 't="inlineStr"><is><t>No</t></is>'),
    ("int4", "0", "><v>0</v>"),
    ("numeric(12,4)", "0.9500", "><v>0.9500</v>"),
    ("date", "1900-03-01", 's="7"><v>61</v>'),
    ("date", "1899-12-31", 't="inlineStr"><is><t>1899-12-31</t></is>'),
    ("timestamptz", "2017-02-07 12:30:01.5+00", 't="inlineStr"><is><t>2017-02-07T12:30:01.500000+00:00</t></is>'),
    ("text[]", "killed; hanged", 't="inlineStr"><is><t>killed; hanged</t></is>'),
    ("json", "-5.50", "><v>-5.50</v>"),
    ("json", "false", 't="inlineStr"><is><t>No</t></is>'),
    ("json", '"say \\"no\\""', 't="inlineStr"><is><t>say "no"</t></is>'),
    ("json", '{"longitude" : 36.3}', 't="inlineStr"><is><t>{"longitude" : 36.3}</t></is>'),
    ("text", " x", 't="inlineStr"><is><t xml:space="preserve"> x</t></is>'),
    ("text", "_x0041_ \x01", 't="inlineStr"><is><t>_x005F_x0041_ _x0001_</t></is>'),
    ("varchar(20)", "12", 't="inlineStr"><is><t>12</t></is>'),
])  # fmt: skip
def test_a_cell_of_a_workbook_is_of_the_type_that_the_database_has(of, printed, cell):
    """Beside another one in the same batch, of which there is nothing."""
    xml = Rows([of, "text"], after=1, day=7, words=("Yes & no", "No")).xml([(printed, "x"), ("", "")])
    assert xml.startswith(f'<row r="2"><c r="A2"{" " * (not cell.startswith(">"))}{cell}</c><c r="B2" t="inlineStr">')
    assert xml.endswith('<row r="3"><c r="B3"/></row>')


def test_a_linked_record_within_a_linked_record_stands_in_one_cell_as_it_does_in_a_csv(analyst):
    place = factories.make_place(analyst, parent=factories.make_place(analyst))
    factories.make_facility(analyst, place=place)
    client = Client()
    client.force_login(analyst)
    address = "/api/v1/facilities/?expand=place&fields=place&format="
    (sheet,) = read_xlsx(b"".join(client.get(f"{address}xlsx").streaming_content))
    (line,) = read_csv(b"".join(client.get(f"{address}csv").streaming_content))
    assert json.loads(sheet["place.parent"])["uid"] == place.parent.uid
    assert sheet["place.parent"] == line["place.parent"]


def test_a_workbook_says_what_was_asked_what_it_holds_and_what_each_column_means(take, titles):
    book = openpyxl.load_workbook(io.BytesIO(take("xlsx")), read_only=True)
    about = dict(list(book["About"].values)[1:])
    assert about["Rows"] == str(len(titles))
    assert "/api/v1/sources/?format=xlsx" in about["Asked"]
    assert "Internal" in about["For"]
    assert [row[0] for row in book["Columns"].values] == ["Column", "uid", "title"]
    assert all(row[1] for row in book["Columns"].values)


def test_a_workbook_begins_to_leave_before_its_rows_are_read(analyst, titles, monkeypatch):
    monkeypatch.setattr("hrdocs.formats.export.ROWS_A_BATCH", 2)
    client = Client()
    client.force_login(analyst)
    pieces = list(client.get("/api/v1/sources/?format=xlsx&fields=uid,title").streaming_content)
    assert len(pieces) > len(titles) // 2
    assert len(read_xlsx(b"".join(pieces))) == len(titles)


def test_a_text_too_long_for_a_cell_is_cut_and_the_workbook_says_so(take, analyst):
    factories.make_source(analyst, title="short", method="x" * 40_000)
    data = take("xlsx", "uid,method")
    (row,) = read_xlsx(data)
    assert len(row["method"]) == LONGEST_TEXT
    assert row["method"].endswith(CUT)
    assert "1 texts were longer" in dict(openpyxl.load_workbook(io.BytesIO(data), read_only=True)["About"].values)["Cut"]


@pytest.mark.parametrize("letter", ["x", "ص", "👧"], ids=["Latin", "Arabic", "two units of UTF-16"])
def test_the_longest_text_that_a_cell_holds_comes_back_whole_from_every_format(take, analyst, letter):
    text = letter * (LONGEST_TEXT // len(letter.encode("utf-16-le")) * 2)
    factories.make_source(analyst, method=text)
    assert read_csv(take("csv", "uid,method", raw="1"))[0]["method"] == text
    assert json.loads(take("ndjson", "uid,method"))["method"] == text
    assert json.loads(take("geojson", "uid,method"))["features"][0]["properties"]["method"] == text
    assert pq.read_table(io.BytesIO(take("parquet", "uid,method"))).to_pylist()[0]["method"] == text
    assert read_xlsx(take("xlsx", "uid,method"))[0]["method"] == text


def test_a_text_is_cut_between_two_letters_and_not_within_one(take, analyst):
    factories.make_source(analyst, method="x" + "👧" * LONGEST_TEXT)
    (row,) = read_xlsx(take("xlsx", "uid,method"))
    assert row["method"] == "x" + "👧" * ((LONGEST_TEXT - len(CUT)) // 2) + CUT


def test_more_rows_than_a_sheet_holds_are_refused_and_csv_is_named(take, titles, analyst, monkeypatch):
    monkeypatch.setattr("hrdocs.formats.xlsx.MOST_ROWS", len(titles) - 1)
    client = Client()
    client.force_login(analyst)
    answer = client.get("/api/v1/sources/?format=xlsx")
    assert answer.status_code == 400
    assert "Take csv" in answer.json()["errors"]["format"][0]


# ── for machines ──


def test_a_raw_csv_has_every_text_as_it_is(take, titles):
    assert {row["uid"]: row["title"] for row in read_csv(take("csv", raw="1"))} == titles


def test_raw_and_tagged_cells_of_numbers_days_and_lists_are_those_of_the_safe_file(analyst):
    factories.make_estimate(analyst, lower=Decimal("0.95"), upper=Decimal("13000"), period="2013", bases=["testimony", "unnamed"])
    client = Client()
    client.force_login(analyst)
    safe, raw = (b"".join(client.get(f"/api/v1/estimates/?format=csv{how}").streaming_content) for how in ("", "&raw=1"))
    assert safe == raw


def test_tags_stand_below_the_header_and_nowhere_else(analyst):
    factories.make_estimate(analyst, lower=Decimal("50"), period="2013")
    client = Client()
    client.force_login(analyst)
    address = "/api/v1/estimates/?hxl=1&fields=uid,lower,period,period_earliest,period_latest,point.latitude,bases&format="
    tags = ["#meta+id", "#affected+num+min", "#date+edtf+period", "#date+start+period", "#date+end+period", "#geo+lat", ""]
    sheet = b"".join(client.get(f"{address}csv").streaming_content).decode("utf-8-sig").split("\n")
    assert sheet[1] == ",".join(tags)
    assert sheet[2].split(",")[1:3] == ["50", "2013"]
    alone = b"".join(client.get("/api/v1/estimates/?hxl=1&format=csv&fields=uid,period").streaming_content).decode("utf-8-sig")
    assert alone.split("\n")[1] == "#meta+id,#date+edtf+period"
    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{address}xlsx").streaming_content)), read_only=True)
    rows = list(book["Data"].values)
    assert [cell or "" for cell in rows[1]] == tags
    assert len(rows) == 3
    assert dict(list(book["About"].values)[1:])["Rows"] == "1"


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_tag_is_written_as_hxl_writes_tags(name):
    shape = import_string(ENDPOINTS[name]).shape
    header = [cell for column in shape.columns for cell in column.cells()]
    tags = [found for found in (tag(cell, header) for cell in header) if found]
    assert "#meta+id" in tags
    assert all(re.fullmatch(r"#[a-z][a-z0-9_]*([+][a-z][a-z0-9_]*)*", found) for found in tags)


@pytest.mark.parametrize("asked", ["format=ndjson&raw=1", "format=xlsx&raw=1", "hxl=1", "format=csv&hxl=yes", "format=csv&raw="])
def test_what_a_format_does_not_do_is_refused(asked, db):
    assert Client().get(f"/api/v1/sources/?{asked}").status_code == 400


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
