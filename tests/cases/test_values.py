"""What people write becomes a value in one way, or is refused with what to do: figures, coordinates, dates, terms, names."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import models

from cases.imports.columns import value_of
from cases.imports.values.coordinates import degrees_of, odd_point, point_of
from cases.imports.values.countries import boxes, seems_exchanged
from cases.imports.values.figures import figure_of
from cases.imports.values.named import named
from cases.models import Estimate, Facility, FacilityIdentifier, FacilityName, Incident
from hrdocs.access import Role, Sensitivity
from hrdocs.models import User
from tests import factories

VOCABULARIES = Path(__file__).parents[2] / "cases" / "vocabularies"
FIGURES = [
    ("13000", {"best": "13000"}),
    ("0", {"best": "0"}),
    ("0.5", {"best": "0.5"}),
    ("13,000", {"best": "13000"}),
    ("13 000", {"best": "13000"}),
    ("1’234’567", {"best": "1234567"}),
    ("١٣٬٠٠٠", {"best": "13000"}),
    ("۱۳۰۰۰", {"best": "13000"}),
    ("3.5 million", {"best": "3500000"}),
    ("5,000–13,000", {"lower": "5000", "lower_wording": "between", "upper": "13000", "upper_wording": "between"}),
    ("5-13 thousand", {"lower": "5000", "lower_wording": "between", "upper": "13000", "upper_wording": "between"}),
    ("between 20 and 30", {"lower": "20", "lower_wording": "between", "upper": "30", "upper_wording": "between"}),
    ("من 5 إلى 10", {"lower": "5", "lower_wording": "between", "upper": "10", "upper_wording": "between"}),
    ("بين ٢٠ و٣٠ قتيلاً", {"lower": "20", "lower_wording": "between", "upper": "30", "upper_wording": "between"}),
    ("at least 50", {"lower": "50", "lower_wording": "at_least"}),
    ("At least 50 people", {"lower": "50", "lower_wording": "at_least"}),
    ("50 or more", {"lower": "50", "lower_wording": "at_least"}),
    ("50+", {"lower": "50", "lower_wording": "at_least"}),
    ("ما لا يقل عن ٥٠", {"lower": "50", "lower_wording": "at_least"}),
    ("more than 1,200", {"lower": "1200", "lower_wording": "more_than"}),
    ("أكثر من 5 آلاف", {"lower": "5000", "lower_wording": "more_than"}),
    ("up to 50", {"upper": "50", "upper_wording": "up_to"}),
    ("as many as 50", {"upper": "50", "upper_wording": "as_many_as"}),
    ("أقل من ٥٠", {"upper": "50", "upper_wording": "fewer_than"}),
    ("about 300", {"best": "300", "best_wording": "about"}),
    ("c. 300", {"best": "300", "best_wording": "about"}),
    ("حوالي ١٣٬٠٠٠ شخصاً", {"best": "13000", "best_wording": "about"}),
    ("nearly 100", {"best": "100", "best_wording": "nearly"}),
]


@pytest.mark.parametrize(("text", "cells"), FIGURES, ids=[text for text, _ in FIGURES])
def test_a_figure_has_the_bounds_that_its_words_give_and_no_others(text: str, cells: dict[str, str]) -> None:
    assert {name: value for name, value in figure_of(text).cells().items() if value} == cells


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dozens", "names no number"), ("dozens of people", "names no number"), ("عشرات القتلى", "names no number"),
        ("several", "names no number"), ("13.000", "can be 13000 or a fraction"), ("12,5", "parts no thousands"),
        ("30–20", "from the higher number to the lower"), ("50 %", "not a number that is understood"),
        ("50 of 80", "not a number"), ("three", "not a number"), ("5 families", "not a number"), ("-5", "not a number"),
        ("3 dozen", "not a number"), ("", "not a number"),
    ],
)  # fmt: skip
def test_what_is_no_number_or_two_is_refused_with_advice(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        figure_of(text)


@pytest.mark.parametrize(
    ("text", "axis", "degrees"),
    [
        ("33.513805", "latitude", "33.513805"), ("33,51", "latitude", "33.510000"), ("33°30′49.7″N", "latitude", "33.513806"),
        ("33° 30' 49.7\" N", "latitude", "33.513806"), ("N 33° 30.5'", "latitude", "33.508333"), ("36 17 E", "longitude", "36.283333"),
        ("W 5.5", "longitude", "-5.500000"), ("-5.5", "longitude", "-5.500000"), ("٣٣°٣٠′ شمالاً", "latitude", "33.500000"),
        ("٣٦٫٢٧٦٥ شرق", "longitude", "36.276500"), ("180", "longitude", "180.000000"),
    ],
)  # fmt: skip
def test_degrees_are_read_in_every_way_in_which_maps_give_them(text: str, axis: str, degrees: str) -> None:
    assert str(degrees_of(text, axis)) == degrees


@pytest.mark.parametrize(
    ("text", "axis", "words"),
    [
        ("36°17′E", "latitude", "is a longitude.*exchanged"), ("95", "latitude", "runs from −90 to 90.*exchanged"),
        ("181", "longitude", "runs from −180 to 180"), ("-33 S", "latitude", "a sign and a side"),
        ("33 70 N", "latitude", "from 0 to 59"), ("N 33 N", "latitude", "not a latitude"), ("near Homs", "latitude", "not a latitude"),
    ],
)  # fmt: skip
def test_degrees_that_can_not_be_are_refused(text: str, axis: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        degrees_of(text, axis)


@pytest.mark.parametrize(
    "text",
    ["33.5, 36.25", "33.5 36.25", "(33.5; 36.25)", "33°30′N 36°15′E", "36°15′E, 33°30′N", "POINT (36.25 33.5)", "33 30 00 N 36 15 00 E",
     "٣٣٫٥، ٣٦٫٢٥"],
)  # fmt: skip
def test_a_point_in_one_cell_is_latitude_and_longitude_however_it_is_written(text: str) -> None:
    assert point_of(text) == (Decimal("33.5"), Decimal("36.25"))


SYRIA = (32.0, 35.0, 38.0, 43.0)


@pytest.mark.parametrize(
    ("point", "words"),
    [((33.5, 36.3), ""), ((36.3, 33.5), "exchanged"), ((0, 0), "0, 0 lies in the sea"), ((48.9, 2.4), "outside the area")],
)
def test_a_point_that_is_implausible_is_told(point: tuple[float, float], words: str) -> None:
    told = odd_point(*(Decimal(str(each)) for each in point), SYRIA)
    assert words in told and bool(told) == bool(words)


def never(target: type[models.Model], cell: str) -> models.Model:
    raise AssertionError


@pytest.mark.parametrize(("point", "country", "seems"), [
    ((33.5138, 36.2765), "SY", False), ((36.2765, 33.5138), "SY", True), ((48.9, 2.4), "SY", False), ((36.5, 36.9), "SY", False),
    ((-17.8, 178.4), "FJ", False), ((-17.8, -179.9), "FJ", False), ((178.4, -17.8), "FJ", True), ((15.35, 44.2), "YE", False),
    ((44.2, 15.35), "YE", True), ((36.2765, 33.5138), "", False), ((36.2765, 33.5138), "ZZ", False),
])  # fmt: skip
def test_a_point_outside_its_country_that_lies_within_when_exchanged_raises_a_question(
    point: tuple[float, float], country: str, seems: bool
) -> None:
    latitude, longitude = (Decimal(str(each)) for each in point)
    assert seems_exchanged(latitude, longitude, country) is seems


def test_every_box_is_of_a_country_of_the_vocabulary_and_on_earth() -> None:
    known = {row["code"] for row in csv.DictReader((VOCABULARIES / "country.csv").open(encoding="utf-8"))}
    assert boxes().keys() <= known and len(boxes()) > 230
    for south, west, north, east in boxes().values():
        assert -90 <= south < north <= 90 and -180 <= west <= 180 and -180 <= east <= 180


@pytest.mark.parametrize(
    ("cell", "edtf"),
    [("4 آذار 2011", "2011-03-04"), ("كانون الثاني ٢٠١٢", "2012-01"), ("early March 2012", "2012-03-01/2012-03-10"), ("2011-2015", "2011/2015"),
     ("15.03.2012", "2012-03-15"), ("about 2011", "2011~"), ("2011-09/2015-12", "2011-09/2015-12")],
)  # fmt: skip
def test_a_date_is_read_as_a_form_reads_it(cell: str, edtf: str) -> None:
    assert value_of(Incident._meta.get_field("date"), cell, never) == edtf


@pytest.mark.parametrize("cell", ["at_least", "At least", "AT LEAST"])
def test_a_choice_is_found_by_its_code_or_label_in_whatever_case(cell: str) -> None:
    assert value_of(Estimate._meta.get_field("lower_wording"), cell, never) == "at_least"


def test_a_choice_is_found_by_its_arabic_label() -> None:
    assert value_of(Estimate._meta.get_field("who_sex"), "أنثى", never) == "female"


@pytest.fixture
def killed(db: None) -> None:
    factories.make_term("act", "killed", label_en="Killed", label_ar="قتل")
    factories.make_term("act", "arrested", label_en="Arrest", label_ar="توقيف")


@pytest.mark.usefixtures("killed")
@pytest.mark.parametrize("cell", ["killed", "KILLED", "قتل", "قَتْل"])
def test_a_term_is_found_by_code_or_label_with_or_without_vowel_signs(cell: str) -> None:
    [term] = value_of(Incident._meta.get_field("violations"), cell, never)
    assert term.code == "killed"


@pytest.mark.usefixtures("killed")
@pytest.mark.parametrize(("cell", "code"), [("kiled", "killed"), ("Arested", "arrested"), ("توقف", "arrested")])
def test_an_unknown_term_is_answered_with_those_that_are_written_alike_in_either_language(cell: str, code: str) -> None:
    with pytest.raises(ValueError, match=f"Did you mean .*{code}"):
        value_of(Incident._meta.get_field("violations"), cell, never)


# ── links by name ──


@pytest.fixture
def prisons(alone: None, analyst: User) -> dict[str, Facility]:
    made = {name: factories.make_facility(analyst, name_en=name, name_ar=arabic)
            for name, arabic in {"Saydnaya": "سجن صيدنايا", "Branch 215": "فرع الأمن", "Branch 227": "فرع الأمن"}.items()}  # fmt: skip
    FacilityName.objects.create(facility=made["Saydnaya"], text="Sednaya", language="en")
    FacilityIdentifier.objects.create(facility=made["Saydnaya"], scheme="wikidata", value="Q28220")
    return made


@pytest.mark.parametrize(
    "cell", ["Saydnaya", "SAYDNAYA", "Sednaya", "سجن صيدنايا", "سِجن صيدنايا", "wikidata:Q28220", "Wikidata: Q28220"]
)
def test_a_link_is_found_by_any_name_or_identifier(cell: str, prisons: dict[str, Facility], analyst: User) -> None:
    assert named(Facility, cell, by=analyst) == prisons["Saydnaya"]


def test_of_several_that_bear_a_name_none_is_chosen_and_all_are_told(prisons: dict[str, Facility], analyst: User) -> None:
    with pytest.raises(ValueError) as told:
        named(Facility, "فرع الأمن", by=analyst)
    for branch in ("Branch 215", "Branch 227"):
        assert f"{prisons[branch].uid} ({branch})" in str(told.value)


@pytest.mark.parametrize("cell", ["Sayd", "sdn", "wikidata:", "Q28220", "", "?", "%"])
def test_a_part_of_a_name_or_its_sound_is_not_enough(cell: str, prisons: dict[str, Facility], analyst: User) -> None:
    assert named(Facility, cell, by=analyst) is None


def test_what_the_importer_may_not_see_is_neither_found_nor_told(prisons: dict[str, Facility], analyst: User) -> None:
    other = factories.make_user(Role.ANALYST)
    Facility.objects.filter(pk=prisons["Branch 215"].pk).update(sensitivity=Sensitivity.RESTRICTED)
    assert named(Facility, "فرع الأمن", by=other) == prisons["Branch 227"]
    assert named(Facility, "Branch 215", by=other) is None


def test_a_title_leads_to_its_source(analyst: User, tmp_path: Any) -> None:
    source = factories.make_source(analyst, title="Human Slaughterhouse")
    assert named(type(source), "human slaughterhouse", by=analyst) == source
