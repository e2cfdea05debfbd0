"""Mappings: what they may say, what they make of a file, how they are suggested, kept and used."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from cases.imports.mappings import MAPPINGS, read_mapped
from cases.imports.mappings.cells import flagged, said, spread
from cases.imports.mappings.ready import READY, ready_spec
from cases.imports.mappings.saved import save_mapping, saved_spec
from cases.imports.mappings.schema import checked
from cases.imports.mappings.spreading import spread_out
from cases.imports.mappings.suggest import suggested
from cases.imports.outcome import Problem
from cases.imports.reading import read
from cases.imports.write import import_records
from cases.models import Estimate, Facility, FacilityName, Incident, Mapping
from hrdocs.access import Role
from hrdocs.models import User
from tests import factories

WIDE = (
    "no,what,when,prison,old names,coords,dead,who says,NA column\n"
    '1,Hangings,آذار 2012,Saydnaya,Sednaya | Seidnaya,33.66 36.32,"5,000–13,000",Amnesty,NA\n'
    "2,Deaths,2013,Saydnaya,,,at least 50,Amnesty,NA\n"
    "3,Torture,2014,Branch 215,,36.3 33.5,dozens,A paper,x\n"
)
SPEC: dict[str, Any] = {
    "title": "One wide sheet of a field office",
    "empty": ["NA"],
    "needs": ["no", "prison"],
    "left_out": {"NA column": "Nobody knows."},
    "fixed": {"parties": [{"ref": "us", "name_en": "Our office", "kind": "ngo"}]},
    "rows": [
        {"sheet": "sources", "once": True, "cells": {"ref": "{who says}", "title": "{who says}", "kind": "report"}},
        {"sheet": "facilities", "once": True, "cells": {"ref": "{prison}", "name_en": "{prison}"}},
        {"sheet": "facility_names", "each": {"column": "old names", "by": "|"}, "cells": {"facility": "{prison}", "text": "{part}"}},
        {"sheet": "places", "when": {"column": "coords"}, "spread": [{"text": "{coords}", "as": "point"}],
         "cells": {"ref": "at {prison}", "name_en": "{prison}", "precision": "exact"}},
        {"sheet": "incidents", "cells": {"ref": "i{no}", "title_en": "{what}, {prison}", "date": "{when}"}},
        {"sheet": "incident_facilities", "cells": {"incident": "i{no}", "facility": "{prison}"}},
        {"sheet": "estimates", "spread": [{"text": "{dead}", "as": "figure"}],
         "cells": {"ref": "e{no}", "source": "{who says}", "about_incident": "i{no}", "counted": "persons"},
         "flags": [{"column": "dead", "is": ["dozens"], "words": "no number"}]},
    ],
}  # fmt: skip


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    path = tmp_path / "office.csv"
    path.write_text(WIDE, encoding="utf-8")
    return path


@pytest.fixture
def analyst(alone: None) -> User:
    factories.make_term()
    return factories.make_user()


def made(path: Path, spec: dict[str, Any] = SPEC) -> dict[str, list[dict[str, str]]]:
    return {sheet.name: [row.cells for row in sheet.rows] for sheet in spread_out(path, checked(spec))}


def test_one_wide_sheet_becomes_several_kinds_of_record(wide: Path) -> None:
    found = made(wide)
    assert list(found) == [
        "parties",
        "sources",
        "places",
        "facilities",
        "facility_names",
        "incidents",
        "incident_facilities",
        "estimates",
    ]
    assert [row["ref"] for row in found["facilities"]] == ["Saydnaya", "Branch 215"]
    assert [row["text"] for row in found["facility_names"]] == ["Sednaya", "Seidnaya"]
    first, second, _ = found["estimates"]
    assert (first["lower"], first["upper"], first["best"], first["value_text"]) == ("5000", "13000", "", "5,000–13,000")
    assert (second["lower"], second["lower_wording"]) == ("50", "at_least")
    assert (found["places"][0]["latitude"], found["places"][0]["coordinates_text"]) == ("33.660000", "33.66 36.32")


def test_rows_keep_the_number_that_they_have_in_the_file_and_what_is_odd_in_them(wide: Path) -> None:
    estimates = {sheet.name: sheet for sheet in spread_out(wide, SPEC)}["estimates"]
    assert [(row.number, [flag.words for flag in row.flags]) for row in estimates.rows] == [
        (2, []),
        (3, []),
        (4, ["“dozens”: no number"]),
    ]


def test_what_a_mapping_does_not_name_is_told(wide: Path) -> None:
    spec = {**SPEC, "left_out": {}}
    [notes] = [sheet.notes for sheet in spread_out(wide, spec) if sheet.notes]
    assert notes == ["The mapping does not say what these columns mean, and they do not come in: NA column."]
    [notes] = [sheet.notes for sheet in spread_out(wide, SPEC) if sheet.notes]
    assert notes == ["NA column: left out. Nobody knows."]


def test_a_file_without_a_column_that_the_mapping_needs_is_another_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("no,prisons\n1,x\n")
    with pytest.raises(Problem, match="no column “prison”.*Did they rename it to “prisons”"):
        made(path)


def test_a_column_that_this_release_does_not_supply_leaves_its_field_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("no,prison\n1,x\n")
    assert made(path)["incidents"] == [{"ref": "i1", "title_en": ", x"}]


CELLS = [
    ("{a}-{b:02}", {"a": "2012", "b": "3"}, "2012-03"),
    ("{a}: {b}", {"a": "", "b": "x"}, ": x"),
    ("{a}: {b}", {"a": "", "b": ""}, ""),
    ("fixed", {}, "fixed"),
    ("{a.__class__}", {"a": "x"}, ""),
    ({"text": "{s}", "codes": {"m": "male"}}, {"s": "m"}, "male"),
    ({"text": "{s}", "codes": {"m": "male"}}, {"s": "z"}, "z"),
    ({"text": "{s}", "codes": {"m": "male"}, "otherwise": "unknown"}, {"s": "z"}, "unknown"),
]


@pytest.mark.parametrize(("cell", "row", "text"), CELLS)
def test_a_cell_says_what_its_columns_hold(cell: Any, row: dict[str, str], text: str) -> None:
    assert said(cell, row) == text


@pytest.mark.parametrize(
    ("flag", "row", "odd"),
    [
        ({"rise": ["l", "b", "h"], "words": "w"}, {"l": "136", "b": "136", "h": "135"}, True),
        ({"rise": ["l", "b", "h"], "words": "w"}, {"l": "9", "b": "10", "h": "10"}, False),
        ({"rise": ["l", "b", "h"], "words": "w"}, {"l": "", "b": "0", "h": "10"}, False),
        ({"column": "age", "within": [0, 100], "words": "w"}, {"age": "102"}, True),
        ({"column": "age", "within": [0, 100], "words": "w"}, {"age": "Less than a day"}, True),
        ({"column": "age", "within": [0, 100], "words": "w"}, {"age": ""}, False),
        ({"point": ["y", "x"], "box": [32, 35, 38, 43]}, {"y": "36.3", "x": "33.5"}, True),
        ({"point": ["y", "x"]}, {"y": "0", "x": "0"}, True),
        ({"point": ["y", "x"]}, {"y": "nowhere", "x": "0"}, False),
    ],
)  # fmt: skip
def test_a_flag_finds_what_is_odd(flag: dict[str, Any], row: dict[str, str], odd: bool) -> None:
    assert bool(flagged([flag], row)) == odd


@pytest.mark.parametrize(
    ("each", "row", "cells"),
    [
        ({"text": "{a} {b}", "as": "days"}, {"a": "2016-01-01", "b": "2016-01-01"}, {"period": "2016-01-01"}),
        ({"text": "{a} {b}", "as": "days", "into": "date"}, {"a": "2016-01-01", "b": "2016-01-03"}, {"date": "2016-01-01/2016-01-03"}),
        ({"text": "{a} {b}", "as": "hours"}, {"a": "2031-03-04", "b": "48"}, {"period": "2031-03-03/2031-03-04"}),
        ({"text": "{a} {b}", "as": "hours"}, {"a": "soon", "b": "x"}, {"period": "soon x"}),
        ({"text": "{a}", "as": "figure"}, {"a": ""}, {}),
    ],
)  # fmt: skip
def test_a_text_spreads_over_the_columns_of_what_it_is(each: dict[str, str], row: dict[str, str], cells: dict[str, str]) -> None:
    assert spread(each, row) == cells


RULE = {"sheet": "victims", "cells": {"ref": "{id}"}}
BAD = [
    ({}, "'title' is a required property"),
    ({"title": "x", "rows": []}, "rows"),
    ({"title": "x", "rows": [{"sheet": "victim", "cells": {}}]}, "rows → 0 → sheet: 'victim' is not one of"),
    ({"title": "x", "rows": [{**RULE, "cells": {"nme": "{n}"}}]}, r"rows → 0 \(victims\): there is no column “nme”"),
    ({"title": "x", "rows": [{**RULE, "cells": {"labl_en": "{n}"}}]}, "Did you mean label_en"),
    ({"title": "x", "rows": [{**RULE, "cells": {"uid": "{n}"}}]}, "no column “uid”"),
    ({"title": "x", "rows": [{**RULE, "cells": {"ref": "{id"}}]}, "a brace is not closed in “{id”"),
    ({"title": "x", "rows": [{**RULE, "script": "x"}]}, "'script' was unexpected"),
    ({"title": "x", "rows": [RULE], "fixed": {"persons": [{}]}}, "fixed → persons: no kind of record"),
    ({"title": "x", "rows": [{**RULE, "each": {"column": "a", "splitter": "os.system"}}]}, "'os.system' is not one of"),
    ({"title": "x", "rows": [{**RULE, "spread": [{"text": "{a}", "as": "figure"}]}]}, "no column “value_text” for victims"),
    ("text", "is not of type 'object'"),
]


@pytest.mark.parametrize(("spec", "words"), BAD, ids=[words for _, words in BAD])
def test_what_is_no_mapping_is_refused_with_its_place(spec: Any, words: str) -> None:
    with pytest.raises(Problem, match=words):
        checked(spec)


@pytest.mark.parametrize("name", READY)
def test_every_mapping_that_comes_with_the_program_is_one(name: str) -> None:
    assert ready_spec(name)["title"]
    assert name in MAPPINGS


# ── suggested ──


@pytest.mark.parametrize(
    ("header", "sheet", "cells"),
    [
        ("id,full name,الجنس,العمر,سنة الولادة", "victims", {"ref": "{id}", "sex": "{الجنس}", "age": "{العمر}", "born": "{سنة الولادة}"}),
        ("Event ID,Title,التاريخ,Narrative", "incidents", {"ref": "{Event ID}", "title_en": "{Title}", "date": "{التاريخ}", "narrative_en": "{Narrative}"}),
        ("key,Name,name in Arabic,Latitude,lon,Precison", "places", {"ref": "{key}", "name_en": "{Name}", "name_ar": "{name in Arabic}", "latitude": "{Latitude}", "longitude": "{lon}", "precision": "{Precison}"}),
        ("ref,about_facility,period", "estimates", {"ref": "{ref}", "about_facility": "{about_facility}", "period": "{period}"}),
    ],
)  # fmt: skip
def test_a_mapping_is_suggested_from_the_names_of_columns_in_both_languages(
    header: str, sheet: str, cells: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "f.csv"
    path.write_text(header + "\n", encoding="utf-8")
    spec = suggested(read(path)[0], sheet)
    assert spec["rows"][0]["cells"] == cells
    checked(spec)


def test_figures_and_points_in_one_cell_are_suggested_as_such_and_strange_columns_are_left_to_a_person(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("ref,Deaths,Quux\n")
    spec = suggested(read(path)[0], "estimates")
    assert spec["rows"][0]["spread"] == [{"text": "{Deaths}", "as": "figure"}]
    assert spec["left_out"] == {"Quux": "Nobody has said yet what it means."}
    path.write_text("ref,الإحداثيات\n", encoding="utf-8")
    assert suggested(read(path)[0], "places")["rows"][0]["spread"] == [{"text": "{الإحداثيات}", "as": "point"}]


# ── kept and used ──


@pytest.mark.django_db
def test_a_changed_mapping_is_a_new_version_and_the_old_one_stays(analyst: User) -> None:
    first = save_mapping("field-office", SPEC, by=analyst)
    assert save_mapping("field-office", SPEC, by=analyst) == first
    second = save_mapping("field-office", {**SPEC, "title": "Better"}, by=analyst, note="A better title")
    assert (str(first), str(second)) == ("field-office@1", "field-office@2")
    assert saved_spec("field-office")["title"] == saved_spec("field-office@2")["title"] == "Better"
    assert saved_spec("field-office@1") == SPEC
    assert saved_spec("field-office@3") is None
    for wrong in (lambda: Mapping.objects.update(note="x"), first.delete):
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            wrong()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "spec", "words"),
    [
        ("Field office", SPEC, "small letters"),
        ("x", {"title": "x"}, "required property"),
        ("ucdp-ged", SPEC, "comes with the program"),
    ],
)
def test_what_is_no_mapping_or_has_no_name_of_its_own_is_not_kept(name: str, spec: Any, words: str, analyst: User) -> None:
    with pytest.raises((ValidationError, Problem), match=words):
        save_mapping(name, spec, by=analyst)


@pytest.mark.django_db
def test_a_saved_mapping_brings_a_wide_sheet_in_and_dozens_are_refused_at_their_column(wide: Path, analyst: User) -> None:
    save_mapping("field-office", SPEC, by=analyst)
    outcome = import_records(wide, by=analyst, mapping="field-office")
    assert [(error.row, error.column) for error in outcome.errors] == [(4, "best")]
    assert "names no number" in " ".join(error.words for error in outcome.errors)
    assert not Incident.objects.exists()
    wide.write_text(WIDE.replace("dozens", "about 24"), encoding="utf-8")
    outcome = import_records(wide, by=analyst, mapping="field-office")
    assert not outcome.errors
    assert (Incident.objects.count(), Facility.objects.count(), FacilityName.objects.count()) == (3, 2, 2)
    assert set(Estimate.objects.values_list("lower", "best", "upper")) == {
        (5000, None, 13000),
        (50, None, None),
        (None, 24, None),
    }
    assert Incident.objects.get(title_en="Hangings, Saydnaya").date == "2012-03"
    again = import_records(wide, by=analyst, mapping="field-office")
    assert again.counts["unchanged"] == again.read


def test_a_name_that_no_mapping_has_is_answered_with_those_that_there_are(db: None, wide: Path) -> None:
    with pytest.raises(Problem, match="Mappings are casualties-daily, .*ucdp-ged.* saved here"):
        read_mapped(wide, "nothing")
    with pytest.raises(Problem, match="number of a version"):
        read_mapped(wide, "field-office@last")


@pytest.mark.django_db
def test_a_mapping_goes_from_suggestion_to_import_by_commands_alone(tmp_path: Path, analyst: User) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id;name;الاسم\n1;Saydnaya;صيدنايا\n", encoding="cp1256")
    told, aside = StringIO(), StringIO()
    call_command("mappings", "suggest", str(path), "facilities", stdout=told, stderr=aside)
    assert "Windows-1256, separated by semicolons" in aside.getvalue()
    (tmp_path / "spec.json").write_text(told.getvalue(), encoding="utf-8")
    call_command("mappings", "save", "list", str(tmp_path / "spec.json"), "--as", analyst.username, stdout=(said := StringIO()))
    assert said.getvalue() == "Saved as list@1.\n"
    call_command("import_records", str(path), "--mapping", "list", "--as", analyst.username, stdout=StringIO())
    assert Facility.objects.get().name_ar == "صيدنايا"
    call_command("mappings", "list", stdout=(listed := StringIO()))
    assert "list@1: list.csv (saved by" in listed.getvalue() and "ucdp-ged: UCDP GED" in listed.getvalue()
    call_command("mappings", "show", "list@1", stdout=(shown := StringIO()))
    assert json.loads(shown.getvalue()) == json.loads(told.getvalue())
    call_command("mappings", "schema", stdout=(schema := StringIO()))
    assert json.loads(schema.getvalue())["title"] == "Mapping"


@pytest.mark.django_db
def test_a_reader_saves_no_mapping(tmp_path: Path) -> None:
    reader = factories.make_user(Role.RESEARCHER)
    (tmp_path / "spec.json").write_text(json.dumps(SPEC))
    with pytest.raises(CommandError, match="no active analyst"):
        call_command("mappings", "save", "x", str(tmp_path / "spec.json"), "--as", reader.username)
