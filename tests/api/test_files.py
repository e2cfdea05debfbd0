"""Every list in every format: the rows of the filter, the columns that were asked for, and the values of the API's page."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils.module_loading import import_string

from cases.choices import Measure
from hrdocs import facets
from hrdocs.api import FORMATS, shapes_of_lists
from hrdocs.shapes import Reader
from hrdocs.urls import ENDPOINTS
from tests import factories

pytestmark = pytest.mark.django_db

EVERYBODY = Reader(AnonymousUser())
SHAPES = {name: import_string(view).shape for name, view in ENDPOINTS.items()}


def file_of(address: str, form: str) -> bytes:
    answer = Client().get(f"{address}{'&' if '?' in address else '?'}format={form}")
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def csv_of(address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file_of(address, "csv").decode("utf-8-sig"), newline="")))


def ndjson_of(address: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file_of(address, "ndjson").decode().split("\n")[:-1]]


def page(address: str, **given: Any) -> dict[str, Any]:
    answer = Client().get(address, given)
    assert answer.status_code == 200, answer.content
    return answer.json()


# ── formats ──


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_format_has_the_rows_of_the_list_once(name, founding_case):
    address = f"/api/v1/{name}/"
    total = page(address, count="exact", page_size=1)["count"]
    uids = [row["uid"] for row in ndjson_of(address)]
    assert len(set(uids)) == len(uids) == total
    assert [row["uid"] for row in csv_of(address)] == uids
    assert [each["id"] for each in json.loads(file_of(address, "geojson"))["features"]] == uids
    assert pq.read_table(io.BytesIO(file_of(address, "parquet")))["uid"].to_pylist() == uids
    sheet = openpyxl.load_workbook(io.BytesIO(file_of(address, "xlsx")), read_only=True)["Data"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, max_col=1, values_only=True)] == uids


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_line_of_ndjson_and_the_properties_of_a_feature_are_what_the_page_has(name, founding_case):
    rows = page(f"/api/v1/{name}/", page_size=200)["results"]
    lines = ndjson_of(f"/api/v1/{name}/")
    assert lines[: len(rows)] == rows
    assert [each["properties"] for each in json.loads(file_of(f"/api/v1/{name}/", "geojson"))["features"]] == lines


def test_a_single_record_leaves_in_every_format(founding_case):
    (first,) = page("/api/v1/facilities/", page_size=1)["results"]
    for form in FORMATS:
        assert file_of(f"/api/v1/facilities/{first['uid']}/", form)


def test_linked_records_have_room_in_one_row_of_a_sheet(founding_case):
    (row,) = [row for row in csv_of("/api/v1/estimates/") if row["value_text"] == "at least 50 a day"]
    assert row["source.publishers"] == "Business Standard"
    assert row["categories"] == "executed"
    assert row["drift"] == "attribution; bound; category"
    assert (row["lower"], row["upper"]) == ("50", "")


# ── fields ──


def test_fields_chooses_columns_and_parts_of_them_in_the_order_given(founding_case):
    address = "/api/v1/estimates/?fields=value_text,source.uid,uid,about.kind,passes_on.severity"
    row = page(address)["results"][0]
    assert list(row) == ["value_text", "source", "uid", "about", "passes_on"]
    assert list(row["source"]) == ["uid"]
    assert list(row["about"]) == ["kind"]
    assert all(list(hop) == ["severity"] for hop in row["passes_on"])
    assert list(csv_of(address)[0]) == ["value_text", "source.uid", "uid", "about.kind", "passes_on"]
    assert ndjson_of(address)[0] == row


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_column_and_every_part_of_it_can_be_chosen(name, founding_case):
    whole = {row["uid"]: row for row in page(f"/api/v1/{name}/", page_size=20)["results"]}
    shape = SHAPES[name]
    parts = [f"{c.name}.{part}" for c in shape.seen_by(EVERYBODY) for part, _ in getattr(c, "values", ())]
    plain = [column.name for column in shape.seen_by(EVERYBODY) if not getattr(column, "values", ())]
    for row in page(f"/api/v1/{name}/", page_size=20, fields=",".join(["uid", *plain[1:], *parts]))["results"]:
        assert row == whole[row["uid"]]


@pytest.mark.parametrize("field", ["uidd", "created_by", "version", "source.nothing", "uid.part", "passes_on.created_by", ""])
def test_a_column_that_is_hidden_is_refused_like_one_that_is_not_there(field, founding_case):
    answer = Client().get("/api/v1/estimates/", {"fields": f"uid,{field}"})
    assert answer.status_code == 400
    near = " Did you mean uid?" if field == "uidd" else ""
    assert answer.json()["errors"]["fields"] == [
        f"There is no column “{field}” here.{near} /api/v1/schema/ tells of each column."
    ]


# ── expand ──


@pytest.mark.parametrize("name", [name for name in ENDPOINTS if name != "vocabularies"])
def test_every_link_to_a_record_with_a_list_can_be_expanded(name, founding_case):
    for column in SHAPES[name].seen_by(EVERYBODY):
        target = shapes_of_lists().get(column.leads_to(EVERYBODY))
        answer = Client().get(f"/api/v1/{name}/", {"expand": column.name, "fields": f"uid,{column.name}"})
        assert answer.status_code == (200 if target else 400), (column.name, answer.content)
        for row in answer.json()["results"] if target else ():
            linked = row[column.name]
            for record in linked if isinstance(linked, list) else [linked] if linked else []:
                assert record == page(f"/api/v1/{target.path}/{record['uid']}/")


def test_what_is_expanded_shows_no_more_than_its_own_page(analyst, reviewer):
    source = factories.make_source(analyst, obtained="leaked")
    estimate = factories.make_estimate(analyst, source=source)
    factories.publish(source, estimate.about_facility, estimate, by=reviewer)
    (row,) = page("/api/v1/estimates/", expand="source", source=source.uid)["results"]
    assert row["source"] == page(f"/api/v1/sources/{source.uid}/")
    assert "obtained" not in row["source"]


@pytest.mark.parametrize("name", ["uid", "created_by", "nothing", "source.publishers", "names"])
def test_what_is_no_link_is_not_expanded(name, founding_case):
    assert Client().get("/api/v1/estimates/", {"expand": name}).status_code == 400


# ── groups of filters ──


def uids(**given: Any) -> set[str]:
    return {row["uid"] for row in page("/api/v1/estimates/", page_size=200, **given)["results"]}


def test_groups_join_filters_by_or_and_leave_out(founding_case):
    rates, large = uids(measure="rate"), uids(lower__gte="5000")
    assert rates and large and not rates & large
    assert uids(any="measure=rate|lower__gte=5000") == rates | large
    assert uids(**{"not": "measure=rate"}) == uids() - rates
    assert uids(any="measure=rate&per_time=day|lower__gte=5000") == uids(measure="rate", per_time="day") | large
    assert uids(any="measure=rate|lower__gte=5000", **{"not": "lower__gte=5000"}) == rates
    assert uids(any=["measure=rate|lower__gte=5000", "measure=rate"]) == rates


def test_terms_can_be_grouped_as_records_can(founding_case):
    codes = [row["uid"] for row in page("/api/v1/vocabularies/", any="code=killed|code=hanged", vocabulary="act")["results"]]
    assert sorted(codes) == ["act:hanged", "act:killed"]


@pytest.mark.parametrize("given", [{"any": "nothing=1"}, {"any": ""}, {"any": "measure=rate|"}, {"not": "any=measure=rate"},
                                   {"any": "measure=wrong"}, {"not": "page_size=1"}, {"any": "created_by=1"}])  # fmt: skip
def test_a_group_that_makes_no_sense_is_refused_by_name(given, founding_case):
    answer = Client().get("/api/v1/estimates/", given)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == list(given)


# ── counts ──


def test_a_count_is_told_where_it_is_asked_for(founding_case, monkeypatch):
    total = len(ndjson_of("/api/v1/estimates/"))
    assert "count" not in page("/api/v1/estimates/")
    assert page("/api/v1/estimates/", count="exact")["count"] == total
    assert page("/api/v1/estimates/", count="estimate") | {"results": []} == {
        "count": total, "count_is": "exact", "next": None, "previous": None, "results": []}  # fmt: skip
    monkeypatch.setattr("hrdocs.paging.COUNTED", 10)
    found = page("/api/v1/estimates/", count="estimate")
    assert (found["count"], found["count_is"]) == (10, "at_least")
    assert Client().get("/api/v1/estimates/?count=yes").status_code == 400


@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_facet_counts_what_the_rows_hold(name, founding_case):
    rows = ndjson_of(f"/api/v1/{name}/")
    names = [facet for facet in facets.countable(SHAPES[name], EVERYBODY) if SHAPES[name].column(facet)]
    for start in range(0, len(names), facets.MOST):
        told = page(f"/api/v1/{name}/", page_size=1, facets=",".join(names[start : start + facets.MOST]))["facets"]
        for facet, cells in told.items():
            held: dict[Any, int] = {}
            for row in rows:
                value = row[facet]
                for each in value if isinstance(value, list) else [value]:
                    if each not in ("", None):
                        held[each] = held.get(each, 0) + 1
            if facet in facets.PROTECTED:
                held = {value: count for value, count in held.items() if count >= facets.FEWEST}
            counts = {cell["value"]: cell["count"] for cell in cells if cell["count"] is not None}
            assert counts.items() <= held.items()
            assert len(counts) == min(len(held), facets.LONGEST)


def test_facets_follow_the_filters_of_others(founding_case):
    told = page("/api/v1/estimates/", measure="rate", facets="measure,per_time")["facets"]
    assert {cell["value"]: cell["count"] for cell in told["measure"]} == {
        measure: len(uids(measure=measure)) for measure in Measure.values if uids(measure=measure)}  # fmt: skip
    assert {cell["value"]: cell["count"] for cell in told["per_time"]} == {
        unit: len(uids(measure="rate", per_time=unit)) for unit in ("day", "week")}  # fmt: skip


@pytest.mark.parametrize("asked", ["uid", "created_by", "nothing", "measure,nothing", ",".join(["measure"] * 11)])
def test_a_facet_that_can_not_be_is_refused(asked, founding_case):
    assert Client().get("/api/v1/estimates/", {"facets": asked}).status_code == 400


def test_small_numbers_of_people_are_told_to_nobody_outside(analyst, reviewer):
    made = [*["male"] * 6, *["female"] * 5, "intersex"]
    victims = [factories.make_victim(analyst, label_en=f"victim {number}", sex=sex) for number, sex in enumerate(made)]
    factories.publish(*victims, by=reviewer)
    told = page("/api/v1/victims/", facets="sex")["facets"]["sex"]
    # One small number alone could be worked out from the total, so the next larger is not told either.
    assert told == [{"value": "male", "count": 6}, {"value": "female", "count": None}, {"value": "intersex", "count": None}]
    client = Client()
    client.force_login(analyst)
    assert [cell["count"] for cell in client.get("/api/v1/victims/?facets=sex").json()["facets"]["sex"]] == [6, 5, 1]
