"""`lang=`: labels in place of codes, in every format and in linked records; headings, notes and dictionary in that language."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.test import Client
from django.utils.module_loading import import_string

from hrdocs.labels import LANGUAGES, InWords, Terms, codes_of, headings
from hrdocs.openapi import NOBODY
from hrdocs.shapes import Nested
from hrdocs.urls import ENDPOINTS
from tests.api.asking import file_of, get

pytestmark = pytest.mark.django_db

SHAPES = {name: import_string(view).shape for name, view in ENDPOINTS.items()}


@pytest.fixture
def reader(founding_case) -> Client:
    return Client()


def is_arabic(text: str) -> bool:
    return any("\u0600" <= letter <= "\u06ff" for letter in text)


def in_words(name: str, language: str) -> dict[str, dict[str, str]]:
    """For each column of a list that holds codes, what each code is called."""
    words = InWords(type(NOBODY)(NOBODY.user, "", language), Terms(language))
    shape = SHAPES[name]
    columns = [column for column in shape.seen_by(NOBODY) if not isinstance(column, Nested)]
    tables = {column.name: words.table(*codes_of(shape.model, column)) for column in columns}
    return {name: table[0] for name, table in tables.items() if table is not None}


@pytest.mark.parametrize("part", ["comparison", "findings", "chain"])
def test_what_the_program_says_itself_is_said_in_the_language_and_all_else_stays_as_it_was(part, reader):
    uid = get(reader, "facilities", q="Saydnaya Military Prison")["results"][0]["uid"]
    address = f"facilities/{uid}/{part}"
    if part == "chain":
        [estimate] = get(reader, "estimates", drift="any", page_size=1)["results"]
        address = f"estimates/{estimate['uid']}/chain"
    english, arabic = get(reader, address), get(reader, address, lang="ar")
    assert get(reader, address, lang="en") == english
    changed = [(name, was, now) for (name, was), (_, now) in zip(texts(english), texts(arabic), strict=True) if was != now]
    assert all(is_arabic(now) for _, _, now in changed), changed
    assert (
        {"notice", "words"} <= {name for name, _, _ in changed} <= {"notice", "words", "arithmetic", "publisher", "about", "per"}
    )
    assert not [was for name, was in texts(arabic) if name == "words" and not is_arabic(was)]
    assert list(get(reader, address, 400, lang="fr")["errors"]) == ["lang"]


def texts(answer: Any, name: str = "") -> list[tuple[str, str]]:
    """Every text of an answer, with what it is called there."""
    if isinstance(answer, dict):
        return [each for key, value in answer.items() for each in texts(value, key)]
    if isinstance(answer, list):
        return [each for value in answer for each in texts(value, name)]
    return [(name, answer)] if isinstance(answer, str) else []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_code_of_a_list_is_told_in_words_and_all_else_stays_as_it_was(name, language, reader):
    tables = in_words(name, language)
    codes, words = (get(reader, name, page_size=40, **given)["results"] for given in ({}, {"lang": language}))
    told = 0
    for coded, worded in zip(codes, words, strict=True):
        assert coded.keys() == worded.keys()
        for column, value in coded.items():
            if column in tables:
                of = tables[column]
                expected = [of.get(each, each) for each in value] if isinstance(value, list) else of.get(value, value)
                assert worded[column] == expected, column
                told += expected != value
            elif not isinstance(value, dict | list):
                assert worded[column] == value, column
    assert told or not codes


def test_linked_records_are_told_in_words_too(reader):
    (coded, *_), (worded, *_) = (get(reader, "estimates", page_size=5, **given)["results"] for given in ({}, {"lang": "ar"}))
    assert coded["source"]["kind"] != worded["source"]["kind"]
    assert coded["source"]["publishers"][0]["role"] != worded["source"]["publishers"][0]["role"]
    whole = get(reader, f"sources/{coded['source']['uid']}", lang="ar")
    (expanded, *_) = get(reader, "estimates", page_size=5, lang="ar", expand="source")["results"]
    assert expanded["source"] == whole
    assert whole["kind"] == worded["source"]["kind"]
    assert [each["role"] for each in whole["publishers"]] == [each["role"] for each in worded["source"]["publishers"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_tells_the_same_words(language, reader):
    fields = "uid,measure,categories,source.kind"
    given = {"lang": language, "fields": fields}
    page = {row["uid"]: row for row in get(reader, "estimates", page_size=200, **given)["results"]}

    def flat(row: dict[str, Any]) -> list[Any]:
        return [row["uid"], row["measure"] or None, "; ".join(row["categories"]) or None, row["source"]["kind"]]

    expected = [flat(row) for row in page.values()]
    assert [json.loads(line) for line in file_of(reader, "estimates", format="ndjson", **given).splitlines()] == [*page.values()]
    features = json.loads(file_of(reader, "estimates", format="geojson", **given))["features"]
    assert [each["properties"] for each in features] == [*page.values()]
    table = pq.read_table(io.BytesIO(file_of(reader, "estimates", format="parquet", **given)))
    assert table.column_names == fields.split(",")  # for programs names stay names
    assert [[row["uid"], row["measure"] or None, "; ".join(row["categories"]) or None, row["source.kind"]]
            for row in table.to_pylist()] == expected  # fmt: skip
    sheet = csv.reader(io.StringIO(file_of(reader, "estimates", format="csv", **given).decode("utf-8-sig")))
    heading, *rows = sheet
    assert [[cell or None for cell in row] for row in rows] == expected
    book = openpyxl.load_workbook(io.BytesIO(file_of(reader, "estimates", format="xlsx", **given)))
    above, *below = book.worksheets[0].values
    assert (list(above), [list(row) for row in below]) == (heading, expected)
    assert heading[1:] == {"en": ["measure", "categories", "source: kind"], "ar": ["نوع القياس", "فئات", "مصدر: نوع"]}[language]


def test_a_workbook_in_arabic_is_in_arabic_throughout_and_runs_from_right_to_left(reader):
    given = {"format": "xlsx", "fields": "uid,kind,published,published_earliest,publishers"}
    english, arabic = (
        openpyxl.load_workbook(io.BytesIO(file_of(reader, "sources", **given, **more))) for more in ({}, {"lang": "ar"})
    )
    assert not any(sheet.sheet_view.rightToLeft for sheet in english)
    assert all(sheet.sheet_view.rightToLeft for sheet in arabic)
    assert english.sheetnames == ["Data", "About", "Columns"]
    assert not {*english.sheetnames} & {*arabic.sheetnames}
    data, about, columns = ([list(row) for row in sheet.values] for sheet in arabic)
    read = (data[0][1], data[1][1], *(row[0] for row in about), *(row[1] for row in columns))
    assert [cell for cell in read if not is_arabic(cell or "")] == []
    assert [row[0] for row in columns[1:]] == data[0]
    assert [row[2] for row in columns[1:]] == given["fields"].split(",")


def test_yes_and_no_are_told_in_the_language_too(reader):
    told = {row["placeholder"] for row in get(reader, "parties", page_size=200, lang="ar")["results"]}
    assert told <= {True, False}  # in JSON they are no words
    sheet = csv.reader(io.StringIO(file_of(reader, "parties", format="csv", lang="ar", fields="placeholder").decode("utf-8-sig")))
    assert {row[0] for row in list(sheet)[1:]} <= {"نعم", "لا"}


def test_a_facet_tells_its_labels(reader):
    cells = get(reader, "estimates", facets="measure,country,publisher_kind", lang="ar")["facets"]
    assert all(is_arabic(cell["label"]) for of in cells.values() for cell in of)
    assert all("label" not in cell for cell in get(reader, "estimates", facets="measure")["facets"]["measure"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ENDPOINTS)
def test_no_two_columns_have_one_heading(name, language):
    found = headings(SHAPES[name].columns, SHAPES[name].model, language)
    assert len(set(found)) == len(found)
    assert all(found)


@pytest.mark.parametrize("asked", ["lang=fr", "lang=", "lang=AR", "lang=ar,en", "format=csv&lang=fr"])
@pytest.mark.parametrize("path", ["estimates/", "vocabularies/", "vocabularies/act:killed/"])
def test_an_unknown_language_is_refused_by_name(asked, path, reader):
    answer = reader.get(f"/api/v1/{path}?{asked}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["lang"]


@pytest.mark.parametrize("form", ["ftm", "bibtex", "ris", "csl-json"])
def test_formats_with_words_of_their_own_take_no_language(form, reader):
    assert reader.get("/api/v1/sources/", {"format": form, "lang": "ar"}).json()["errors"] == {
        "lang": [f"The format {form} takes no such parameter."]}  # fmt: skip


def test_a_filter_asks_by_codes_in_every_language(reader):
    found = get(reader, "estimates", measure="rate", lang="ar")["results"]
    assert found and len({row["measure"] for row in found}) == 1
    assert get(reader, "estimates", 400, measure=found[0]["measure"], lang="ar")["errors"]["measure"]


def test_without_a_language_a_file_is_in_english_whatever_the_browser_speaks(reader):
    answer = reader.get("/api/v1/sources/", {"format": "xlsx", "fields": "uid"}, headers={"accept-language": "ar"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["Data", "About", "Columns"]
