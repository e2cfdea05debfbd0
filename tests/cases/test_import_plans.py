"""The plan of an import: what would be new, what would change from what to what, and every row that is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from cases.imports import outcome as outcomes
from cases.imports import plan as plans
from cases.models import Facility, Import, ImportedChange, ImportedRow, Incident
from hrdocs.models import User
from sources.models import Party
from tests import factories
from tests.cases.brought import became, bring, csv_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]

FACILITIES = "ref,name_en,name_ar,parent\nprison,Saydnaya,,\nred,Red building,,prison\nwhite,White building,,prison\n"


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "ROWS", 3)


def many(number: int, **bad: str) -> str:
    """A sheet of so many incidents; `bad` gives the date of some of them: row_7="31/02/2023"."""
    rows = [[f"i{n}", f"Incident {n}", bad.get(f"row_{n}", "2012-03")] for n in range(2, number + 2)]
    return csv_of(["ref", "title_en", "date"], *rows)


def test_a_plan_tells_field_by_field_what_would_change_from_what_to_what(tmp_path: Path, analyst: User) -> None:
    for code in ("killed", "hanged"):
        factories.make_term("act", code)
    sheets = {"facilities": FACILITIES, "incidents": "ref,title_en,date,violations\ni1,x,2012-03,killed\n"}
    bring(tmp_path, analyst, sheets=sheets)
    changed = {"facilities": FACILITIES.replace("White building,,prison", "White block,مبنى,red"),
               "incidents": "ref,title_en,date,violations\ni1,x,2012-04,killed; hanged\n"}  # fmt: skip
    planned = bring(tmp_path, analyst, sheets=changed, dry_run=True)
    facilities = became("facilities")
    assert {(d.sheet, d.row, d.column, d.old, d.new) for d in planned.differences} == {
        ("facilities.csv", 4, "name_en", "White building", "White block"),
        ("facilities.csv", 4, "name_ar", "", "مبنى"),
        ("facilities.csv", 4, "parent", facilities["prison"].uid, facilities["red"].uid),
        ("incidents.csv", 2, "date", "2012-03", "2012-04"),
        ("incidents.csv", 2, "violations", "killed", "killed; hanged"),
    }
    assert {d.uid for d in planned.differences} == {facilities["white"].uid, became("incidents")["i1"].uid}
    assert planned.sheets["facilities"] == {"new": 0, "changed": 1, "unchanged": 2, "flagged": 0, "refused": 0}
    assert facilities["white"].name_en == "White building" and ImportedChange.objects.count() == 0


def test_an_error_names_the_value_beside_what_to_do(tmp_path: Path, analyst: User) -> None:
    planned = bring(tmp_path, analyst, sheets={"incidents": many(3, row_3="31/02/2023")})
    assert [(e.sheet, e.row, e.column, e.value) for e in planned.errors] == [("incidents.csv", 3, "date", "31/02/2023")]


def test_a_point_whose_coordinates_seem_exchanged_comes_in_as_it_is_and_is_flagged_each_time(
    tmp_path: Path, analyst: User
) -> None:
    factories.make_term("country", "SY", label_en="Syria")
    rows = [["right", "Douma", "33.57", "36.4", "exact", "SY"], ["exchanged", "Douma", "36.4", "33.57", "exact", "SY"],
            ["nowhere", "Douma", "36.4", "33.57", "exact", ""], ["Paris", "Paris", "48.9", "2.4", "exact", "SY"]]  # fmt: skip
    sheet = csv_of(["ref", "name_en", "latitude", "longitude", "precision", "country"], *rows)
    for fate in ("new", "unchanged"):
        told = bring(tmp_path, analyst, sheets={"places": sheet})
        assert told.counts[fate] == 4
        [flag] = told.flags
        assert (flag.row, flag.column) == (3, "latitude")
        assert flag.words.startswith("36.400000, 33.570000 lies outside Syria; exchanged, it lies within")
    assert float(became("places")["exchanged"].latitude) == 36.4


@pytest.mark.usefixtures("small_batches")
def test_a_row_may_point_to_any_row_above_it_wherever_a_batch_ends(tmp_path: Path, analyst: User) -> None:
    rows = [[f"f{n}", f"Block {n}", f"f{n // 2}" if n > 1 else ""] for n in range(1, 12)]
    planned = bring(tmp_path, analyst, sheets={"facilities": csv_of(["ref", "name_en", "parent"], *rows)})
    assert planned.counts["new"] == 11 and not planned.errors
    facilities = became("facilities")
    assert all(facilities[f"f{n}"].parent == facilities[f"f{n // 2}"] for n in range(2, 12))


@pytest.mark.usefixtures("small_batches")
def test_a_row_below_the_one_that_points_to_it_is_not_there_yet(tmp_path: Path, analyst: User) -> None:
    planned = bring(tmp_path, analyst, sheets={"facilities": "ref,name_en,parent\nred,Red,prison\nprison,Prison,\n"})
    assert [(e.row, e.column) for e in planned.errors] == [(2, "parent")]


@pytest.mark.usefixtures("small_batches")
def test_a_row_twice_is_found_also_in_another_batch_and_after_one_that_was_refused(tmp_path: Path, analyst: User) -> None:
    rows = [["a", "A", ""], ["b", "B", "never"], ["c", "C", ""], ["d", "D", ""], ["a", "A", ""], ["b", "B", ""], ["d", "D", ""]]
    planned = bring(tmp_path, analyst, sheets={"incidents": csv_of(["ref", "title_en", "date"], *rows)})
    assert [(e.row, e.words) for e in planned.errors if e.row > 4] == [
        (row, f"The same as row {first}. Keep one of the two.") for row, first in ((6, 2), (7, 3), (8, 5))]  # fmt: skip


@pytest.mark.parametrize("bad", [(2,), (7,), (41,), (2, 3, 20, 41), tuple(range(2, 42))])
def test_what_the_database_refuses_is_found_among_many_rows(bad: tuple[int, ...], tmp_path: Path, analyst: User) -> None:
    rows = [[f"p{n}", f"Place {n}", "91" if n in bad else "33", "36", "exact"] for n in range(2, 42)]
    planned = bring(tmp_path, analyst, sheets={"places": csv_of(["ref", "name_en", "latitude", "longitude", "precision"], *rows)})
    assert [e.row for e in planned.errors] == list(bad)
    assert all("Latitude runs from" in e.words for e in planned.errors)
    assert planned.counts == {"new": 40 - len(bad), "changed": 0, "unchanged": 0, "flagged": 0, "refused": len(bad)}


@pytest.mark.usefixtures("small_batches")
def test_rows_and_what_is_refused_are_the_same_where_one_batch_is_written_while_the_next_is_checked(
    tmp_path: Path, analyst: User
) -> None:
    places = [[f"p{n}", f"Place {n}", "91" if n in (4, 5, 9) else "33", "36", "exact"] for n in range(2, 12)]
    incidents = [[f"i{n}", f"Incident {n}", f"p{2 + n % 10}", "never" if n == 8 else "2012-03"] for n in range(2, 16)]
    incidents.insert(5, ["i4", "Incident 4 again", "p2", ""])
    sheets = {"places": csv_of(["ref", "name_en", "latitude", "longitude", "precision"], *places),
              "incidents": csv_of(["ref", "title_en", "place", "date"], *incidents)}  # fmt: skip
    told = bring(tmp_path, analyst, sheets=sheets, valid_rows=True)
    here = {f"i{n}" for n in range(2, 16)} - {"i8"} - {f"i{n}" for n in range(2, 16) if 2 + n % 10 in (4, 5, 9)}
    assert set(became("incidents")) == here and set(became("places")) == {f"p{n}" for n in (2, 3, 6, 7, 8, 10, 11)}
    assert all(incident.place == became("places")[f"p{2 + int(key[1:]) % 10}"] for key, incident in became("incidents").items())
    assert told.sheets["places"]["refused"] == 3 and told.sheets["incidents"]["refused"] == len(incidents) - len(here)
    assert bring(tmp_path, analyst, sheets=sheets, valid_rows=True).counts["unchanged"] == 7 + len(here)


def test_a_bad_change_among_good_ones_leaves_their_versions_right(tmp_path: Path, analyst: User) -> None:
    header = ["ref", "name_en", "latitude", "longitude", "precision"]
    bring(tmp_path, analyst, sheets={"places": csv_of(header, *([f"p{n}", "x", "33", "36", "exact"] for n in range(8)))})
    again = csv_of(header, *([f"p{n}", "y", "91" if n == 5 else "33", "36", "exact"] for n in range(8)))
    planned = bring(tmp_path, analyst, sheets={"places": again}, valid_rows=True)
    assert planned.counts["changed"] == 7 and [e.row for e in planned.errors] == [7]
    assert {key: (place.version, place.name_en) for key, place in became("places").items()} == {
        f"p{n}": (1, "x") if n == 5 else (2, "y") for n in range(8)}  # fmt: skip


def test_a_sheet_twice_as_long_does_not_ask_the_database_more_often(tmp_path: Path, analyst: User) -> None:
    asked = []
    for number in (50, 400):
        for _again in range(2):
            with CaptureQueriesContext(connection) as queries:
                bring(tmp_path, analyst, dataset=f"d{number}", sheets={"incidents": many(number)})
            asked.append(len(queries))
    new, same, new_of_more, same_of_more = asked
    assert new_of_more <= new and same_of_more <= same < 25


def test_what_is_told_one_by_one_has_an_end_and_the_rest_is_counted(
    tmp_path: Path, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "KEPT", 4)
    planned = bring(tmp_path, analyst, sheets={"incidents": many(9, **{f"row_{n}": "never" for n in range(2, 11)})})
    assert (len(planned.errors), planned.left_out["errors"], planned.counts["refused"]) == (4, 5, 9)


def test_what_a_trigger_refuses_and_what_is_odd_are_told_in_the_language_of_whoever_brings_it(
    tmp_path: Path, analyst: User
) -> None:
    factories.make_term()
    factories.make_term("country", "SY", label_en="Syria", label_ar="سوريا")
    sheets = {"sources": "ref,title,kind\ns,Report,report\n",
              "places": "ref,name_en,latitude,longitude,precision,country\np,Douma,36.4,33.57,exact,SY\n",
              "estimates": "ref,source,about_place,value_text,counted\ne,s,p,50,persons\n",
              "allegations": "ref,source,about_place,acts_wording\na,s,p,hangings\n",
              "hand_ons": "later,earlier\ne,a\n"}  # fmt: skip
    with translation.override("ar"):
        told = bring(tmp_path, analyst, sheets=sheets, valid_rows=True)
    [flag], [error] = told.flags, told.errors
    uids = [became("estimates")["e"].uid, became("allegations")["a"].uid]
    assert "هل استُبدل خط العرض" in flag.words and "سوريا" in flag.words
    assert "يجب أن تكونا من نوع واحد" in error.words and all(uid in error.words for uid in uids)


# ── valid rows alone, by choice ──


def test_valid_rows_alone_come_in_by_choice_and_the_mended_ones_later(tmp_path: Path, analyst: User) -> None:
    bad = {"facilities": "ref,name_en,opened\nprison,Prison,\nblock,Block,never\n",
           "facility_names": "facility,text\nprison,Sednaya\nblock,Red\n"}  # fmt: skip
    assert not bring(tmp_path, analyst, sheets=bad).written
    assert Facility.objects.count() == Import.objects.count() == 0
    first = bring(tmp_path, analyst, sheets=bad, valid_rows=True)
    assert first.written and first.account() == "4 read = 2 new + 0 changed + 0 unchanged + 0 flagged + 2 refused"
    assert set(became("facilities")) == {"prison"}
    mended = {name: text.replace("never", "1987") for name, text in bad.items()}
    then = bring(tmp_path, analyst, sheets=mended, valid_rows=True)
    assert then.account() == "4 read = 2 new + 0 changed + 2 unchanged + 0 flagged + 0 refused"


def test_a_dry_run_of_valid_rows_writes_nothing_either(tmp_path: Path, analyst: User) -> None:
    assert not bring(tmp_path, analyst, sheets={"incidents": many(3, row_3="never")}, valid_rows=True, dry_run=True).written
    assert Incident.objects.count() == 0


# ── what is written is what a form would have written ──


def test_a_record_that_an_import_makes_equals_one_that_is_saved_by_hand(tmp_path: Path, analyst: User) -> None:
    """Column by column: what fields derive, what the database keeps, who entered it and which version it is."""
    bring(tmp_path, analyst, sheets={"incidents": "ref,title_en,date\ni1,Hangings,2011-09/2015-12\n"})
    brought, typed = became("incidents")["i1"], Incident(title_en="Hangings", date="2011-09/2015-12").save_by(analyst)
    typed = Incident.objects.get(pk=typed.pk)
    own: set[str] = {"id", "uid", "created_at", "edited_at"}
    told = [
        {f.attname: getattr(each, f.attname) for f in Incident._meta.concrete_fields if f.name not in own}
        for each in (brought, typed)
    ]
    assert told[0] == told[1]


def test_a_changed_record_is_another_version_by_whoever_imports(tmp_path: Path, analyst: User, reviewer: User) -> None:
    bring(tmp_path, analyst, sheets={"incidents": many(1)})
    colleague = factories.make_user()
    factories.make_team(analyst, colleague)
    bring(tmp_path, colleague, sheets={"incidents": many(1, row_2="2012-04/2012-05")})
    incident: Any = became("incidents")["i2"]
    assert (incident.version, incident.created_by, incident.edited_by) == (2, analyst, colleague)
    assert (str(incident.date_earliest), str(incident.date_latest), incident.date_precision) == (
        "2012-04-01",
        "2012-05-31",
        "interval",
    )
    [change] = ImportedChange.objects.all()
    assert change.before == {"date": "2012-03"} and change.raw["date"] == "2012-03"
    row = ImportedRow.objects.get()
    assert (row.first_import, row.last_import) == (Import.objects.last(), change.run)


def test_a_record_that_somebody_saved_since_it_was_looked_up_is_not_overwritten(
    tmp_path: Path, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(tmp_path, analyst, sheets={"parties": "ref,name_en\np,One\n"})
    prepare = plans.Batch.prepare

    def saved_meanwhile(self: Any, item: Any) -> Any:
        found = prepare(self, item)
        Party.objects.filter(pk=item.record.pk).update(version=7, name_en="By hand")
        return found

    with monkeypatch.context() as patch:
        patch.setattr(plans.Batch, "prepare", saved_meanwhile)
        planned = bring(tmp_path, analyst, sheets={"parties": "ref,name_en\np,Two\n"}, valid_rows=True)
    assert "changed the record just now" in planned.errors[0].words
    assert became("parties")["p"].name_en == "By hand"
