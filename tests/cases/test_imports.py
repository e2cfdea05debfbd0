"""The importer: all of it or nothing, every row accounted for, every error in words at its row and column."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from cases.imports.kinds import SHEETS
from cases.imports.outcome import Outcome, Problem
from cases.imports.sheets import LARGEST_CELL
from cases.imports.write import import_records
from cases.models import (
    Accused,
    Allegation,
    Estimate,
    Facility,
    FacilityName,
    HandOn,
    Import,
    ImportedRow,
    Incident,
    Response,
    Victim,
)
from hrdocs import review
from hrdocs.access import Sensitivity
from hrdocs.audit import history_of
from hrdocs.models import User
from sources.models import Party, Source
from tests import factories

pytestmark = pytest.mark.django_db

DATASET = "test-set"
PARTIES = "ref,name_en,kind\nsyria,Syrian Arab Republic,state\nmoj,Ministry of Justice,state_organ\n"
SOURCES = "ref,title,kind,published\nS1,Human slaughterhouse,report,2017-02-07\nS2,Special briefing,speech,2017-05-15\n"
FACILITIES = "ref,name_en,name_ar\nprison,Saydnaya Military Prison,سجن صيدنايا العسكري\n"
ESTIMATES = (
    "ref,source,about_facility,value_text,lower,upper,counted,period\n"
    'e1,S1,prison,"5,000–13,000",5000,13000,persons,2011-09/2015-12\n'
    "e2,S2,prison,as many as 50,,50,persons,\n"
)
Bring = Callable[..., Outcome]


@pytest.fixture
def analyst() -> User:
    factories.make_term()
    for code in ("killed", "hanged", "detained"):
        factories.make_term("act", code)
    return factories.make_user()


@pytest.fixture
def bring(tmp_path: Path, analyst: User) -> Bring:
    """Import these sheets (name=text or bytes) as one folder; `by` and `dataset` may be given."""

    def bring(*, by: User = analyst, dataset: str = DATASET, dry_run: bool = False, **sheets: str | bytes) -> Outcome:
        folder = tmp_path / "sheets"
        folder.mkdir(exist_ok=True)
        for old in folder.glob("*"):
            old.unlink()
        for name, text in sheets.items():
            (folder / f"{name}.csv").write_bytes(text.encode() if isinstance(text, str) else text)
        return import_records(folder, by=by, dataset=dataset, dry_run=dry_run)

    return bring


def records(sheet: str) -> list[Any]:
    """What a sheet of the data set became, in the order of its rows."""
    return [row.target for row in ImportedRow.objects.filter(dataset=DATASET, sheet=sheet).order_by("row_number")]


def written() -> int:
    return Import.objects.filter(dataset=DATASET).count() + ImportedRow.objects.filter(dataset=DATASET).count()


def the_error(outcome: Outcome) -> Any:
    assert len(outcome.errors) == 1, [str(error) for error in outcome.errors]
    return outcome.errors[0]


def csv_of(*rows: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


# ── what comes in ──


def test_every_row_is_accounted_for_and_becomes_a_draft_of_the_one_who_imports(bring: Bring, analyst: User) -> None:
    outcome = bring(parties=PARTIES, sources=SOURCES, facilities=FACILITIES, estimates=ESTIMATES)
    assert outcome.account() == "7 read = 7 new + 0 changed + 0 unchanged + 0 flagged + 0 refused"
    run = Import.objects.get(dataset=DATASET)
    assert run.counts == {"read": 7, "new": 7, "changed": 0, "unchanged": 0, "flagged": 0, "refused": 0}
    for sheet in ("parties", "sources", "facilities", "estimates"):
        for record in records(sheet):
            assert (record.state, record.sensitivity) == ("draft", "internal")
            assert record.created_by == record.edited_by == analyst
    first, second = records("estimates")
    assert (first.lower, first.best, first.upper, first.period) == (5000, None, 13000, "2011-09/2015-12")
    assert (second.lower, second.best, second.upper, second.period) == (None, None, 50, "")
    assert first.source.title == "Human slaughterhouse" and first.about_facility == records("facilities")[0]


def test_sheets_are_read_in_the_order_of_what_links_to_what_whatever_their_names(bring: Bring) -> None:
    hops = "later,earlier,how\ne2,e1,cites\n"
    outcome = bring(estimates=ESTIMATES, sources=SOURCES, facilities=FACILITIES, hand_ons=hops)
    assert not outcome.errors
    assert HandOn.objects.get(later=records("estimates")[1].pk).earlier_id == records("estimates")[0].pk


def test_every_kind_of_record_and_part_has_a_sheet_whose_columns_are_the_fields_of_its_form(bring: Bring) -> None:
    for sheet in SHEETS:
        with pytest.raises(Problem) as problem:
            bring(**{sheet: "no_such_column\nx\n"})
        assert f"{sheet}.csv, row 1" in str(problem.value) and "Columns are " in str(problem.value)
        columns = set(re.findall(r"\w+", str(problem.value).split("Columns are ")[1]))
        assert not columns & {"id", "uid", "state", "version", "created_by", "edited_by", "statement_ptr", "search"}


def test_lists_are_parted_by_semicolons_and_a_semicolon_in_a_text_survives(bring: Bring) -> None:
    incidents = csv_of(
        ["ref", "title_en", "narrative_en", "violations"],
        ["i1", "Hangings; told together", "First; then\nsecond;", "killed ; hanged;"],
    )
    assert not bring(incidents=incidents).errors
    [incident] = records("incidents")
    assert incident.title_en == "Hangings; told together"
    assert incident.narrative_en == "First; then\nsecond;"
    assert {term.code for term in incident.violations.all()} == {"killed", "hanged"}


def test_line_breaks_and_quotation_marks_inside_a_quoted_cell_survive(bring: Bring) -> None:
    title = 'He said: "no",\nthen left\r\nthe room'
    assert not bring(incidents=csv_of(["ref", "title_en"], ["i1", title])).errors
    assert records("incidents")[0].title_en == title


def test_row_numbers_are_those_that_a_spreadsheet_shows_also_after_a_cell_of_several_lines(bring: Bring) -> None:
    text = csv_of(["ref", "title_en", "date"], ["i1", "one\ntwo\nthree", ""], ["", "", ""], ["i2", "x", "31/02/2023"])
    assert the_error(bring(incidents=text)).row == 4  # the header is row 1, a blank row counts


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://evil.example")', "+49 30 1234", "-5 people", "@SUM(A1)", "=1+1", "'=quoted", "|x"]
)
def test_a_cell_that_looks_like_a_formula_is_kept_verbatim(cell: str, bring: Bring) -> None:
    assert not bring(incidents=csv_of(["ref", "title_en", "narrative_en"], ["i1", cell, cell])).errors
    [incident] = records("incidents")
    assert (incident.title_en, incident.narrative_en) == (cell, cell)


def test_a_byte_order_mark_is_no_part_of_the_first_column(bring: Bring) -> None:
    assert not bring(facilities=b"\xef\xbb\xbf" + FACILITIES.encode()).errors
    assert records("facilities")[0].name_ar == "سجن صيدنايا العسكري"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_line_ending_is_understood(ending: str, bring: Bring) -> None:
    assert bring(parties=PARTIES.replace("\n", ending)).counts["new"] == 2


def test_blank_rows_are_no_rows(bring: Bring) -> None:
    assert bring(parties=PARTIES + ",,\n\n , ,\n").read == 2


@pytest.mark.parametrize(("cell", "value"), [
    ("١٣٠٠٠", 13000), ("۱۳۰۰۰", 13000), ("13000", 13000), ("13 000", 13000), ("13\u00a0000", 13000), ("0", 0), ("0.5", Decimal("0.5")),
    ("٠.٥", Decimal("0.5")), ("1.23456", Decimal("1.23456")),
])  # fmt: skip
def test_numbers_are_understood_in_arabic_indic_digits_too(cell: str, value: Any, bring: Bring) -> None:
    text = csv_of(
        ["ref", "source", "about_facility", "value_text", "upper", "counted"], ["e1", "S1", "prison", cell, cell, "persons"]
    )
    assert not bring(sources=SOURCES, facilities=FACILITIES, estimates=text).errors
    assert records("estimates")[0].upper == value
    assert records("estimates")[0].value_text == cell


@pytest.mark.parametrize("cell", ["٢٠١١-٠٩", "2011-09"])
def test_dates_are_understood_in_arabic_indic_digits_too(cell: str, bring: Bring) -> None:
    assert not bring(incidents=csv_of(["ref", "title_en", "date"], ["i1", "x", cell])).errors
    assert records("incidents")[0].date_earliest.isoformat() == "2011-09-01"


@pytest.mark.parametrize(
    ("cell", "value"), [("yes", True), ("نعم", True), ("1", True), ("TRUE", True), ("no", False), ("لا", False), ("", True)]
)
def test_yes_and_no_are_understood_in_both_languages(cell: str, value: bool, bring: Bring) -> None:
    hops = csv_of(["later", "earlier", "stated"], ["e2", "e1", cell])
    assert not bring(sources=SOURCES, facilities=FACILITIES, estimates=ESTIMATES, hand_ons=hops).errors
    assert HandOn.objects.get(later=records("estimates")[1].pk).stated is value


def test_a_term_is_found_by_code_or_label_and_a_choice_by_its_label(bring: Bring) -> None:
    factories.make_term("facility_kind", "test_prison", label_en="Test prison", label_ar="سجن تجريبي")
    rows = [["ref", "name_en", "kind"], ["a", "A", "test_prison"], ["b", "B", "TEST PRISON"], ["c", "C", "سجن تجريبي"]]
    assert not bring(facilities=csv_of(*rows), parties="ref,name_en,kind\np,P,Organ of state\n").errors
    assert {facility.kind.code for facility in records("facilities")} == {"test_prison"}
    assert records("parties")[0].kind == "state_organ"


def test_an_address_of_any_length_comes_in_whole(bring: Bring) -> None:
    url = "https://example.org/" + "a" * 4000
    assert not bring(sources=csv_of(["ref", "title", "url"], ["S1", "x", url])).errors
    assert records("sources")[0].url == url


def test_a_part_may_link_to_a_record_that_is_here_already_by_its_uid(bring: Bring, analyst: User) -> None:
    facility = factories.make_facility(analyst)
    text = f"facility,text,language,kind\n{facility.uid.lower()},Sednaya,ar-Latn,spelling\n"
    assert not bring(facility_names=text).errors
    assert FacilityName.objects.get(facility=facility).text == "Sednaya"


def test_history_has_the_import_as_its_reason_and_the_importer_as_its_author(bring: Bring, analyst: User) -> None:
    bring(facilities=FACILITIES)
    [event] = history_of(Facility, records("facilities")[0].pk)
    run = Import.objects.get(dataset=DATASET)
    assert event.pgh_label == "insert"
    assert event.pgh_context.metadata["user"] == analyst.pk
    assert event.pgh_context.metadata["reason"] == f"Import of {DATASET} (SHA-256 {run.sha256[:12]}…)"


# ── what is refused, and in which words ──

GOOD = {"sources": SOURCES, "facilities": FACILITIES}
BAD_CELLS = [
    # sheet, column, cell, words of the error
    ("incidents", "date", "31/02/2023", ["31/02/2023", "is not a date", "no such day"]),
    ("incidents", "date", "2023-02-31", ["2023-02-31", "is not a date"]),
    ("incidents", "date", "2015/2011", ["ends before it starts", "2011/2015"]),
    ("incidents", "date", "1432", ["Hijri"]),
    ("incidents", "date", "01/02/2013", ["can be 1 February 2013 or 2 January 2013", "Write the month as a word"]),
    ("incidents", "date", "41275", ["is not a date", "a day as spreadsheets count them"]),
    ("incidents", "date", "10 محرم 1435", ["Hijri"]),
    ("incidents", "violations", "killed; hangd", ["hangd", "is no term of the vocabulary “act”", "Did you mean hanged"]),
    ("incidents", "violations", "zzzzzz", ["zzzzzz", "is no term"]),
    ("incidents", "extent", "episode", ["episode", "is not one of event, aggregate, pattern"]),
    ("incidents", "extent", "patern", ["patern", "is not one of", "Did you mean pattern?"]),
    ("incidents", "time_earliest", "25:00", ["25:00"]),
    ("incidents", "utc_offset", "+3", ["Write the offset as +03:00"]),
    ("incidents", "sensitivity", "public", ["An import can't publish"]),
    ("incidents", "sensitivity", "registered", ["An import can't publish"]),
    ("incidents", "place", "nowhere", ["nowhere", "is no place of this import, nor a uid"]),
    ("incidents", "title_en", "x" * 301, ["300"]),
    ("incidents", "title_en", "", ["blank"]),
    ("facilities", "parent", "PTY-00000-000000", ["is no facility of this import, nor a uid"]),
    ("estimates", "lower", "13,000", ["13,000", "is not a number", "13000"]),
    ("estimates", "lower", "many", ["is not a number"]),
    ("estimates", "lower", "NaN", ["is not a number"]),
    ("estimates", "lower", "Infinity", ["is not a number"]),
    ("estimates", "lower", "1e400", ["too large a number"]),
    ("estimates", "lower", "1000000000001", ["less than or equal to"]),
    ("estimates", "lower", "-5", ["can't be negative"]),
    ("estimates", "lower_wording", "at_least", ["A wording belongs to a value"]),
    ("estimates", "counted", "person", ["person", "Did you mean persons"]),
    ("estimates", "counted", "", ["null"]),
    ("estimates", "source", "", ["null"]),
    ("estimates", "about_facility", "", ["exactly one thing"]),
    ("estimates", "measure", "rate", ["A rate needs its unit"]),
    ("estimates", "bases", "testimony; hearsay", ["hearsay", "is not one of"]),
    ("estimates", "interval_level", "95", ["between 0 and 1"]),
    ("estimates", "named_count", "12.7", ["12.7"]),
    ("estimates", "named_count", "-1", ["0"]),
    ("estimates", "named_count", "99999999999", ["2147483647"]),
    ("estimates", "rated_by", "nobody-here", ["nobody-here", "is no account here"]),
    ("places", "latitude", "91", ["Latitude runs from"]),
    ("places", "latitude", "36°17′E", ["36°17′E", "is a longitude", "exchanged"]),
    ("places", "longitude", "36°75′", ["36°75′", "minutes and seconds run from 0 to 59"]),
    ("parties", "placeholder", "perhaps", ["perhaps", "is neither yes nor no"]),
    ("parties", "country", "Syrien", ["Syrien", "is no term"]),
]  # fmt: skip
BASE_ROWS = {
    "incidents": {"ref": "x1", "title_en": "Hangings"},
    "facilities": {"ref": "x1", "name_en": "Block"},
    "places": {"ref": "x1", "name_en": "Site", "latitude": "33.6", "longitude": "36.3", "precision": "exact"},
    "parties": {"ref": "x1", "name_en": "Somebody"},
    "estimates": {"ref": "x1", "source": "S1", "about_facility": "prison", "value_text": "x", "counted": "persons"},
}


@pytest.mark.parametrize(("sheet", "column", "cell", "words"), BAD_CELLS, ids=[f"{s}-{c}-{v[:16]}" for s, c, v, _ in BAD_CELLS])
def test_a_bad_cell_is_named_by_row_column_and_value_with_what_to_write_instead(
    sheet: str, column: str, cell: str, words: list[str], bring: Bring
) -> None:
    row = {**BASE_ROWS[sheet], column: cell}
    sheets = {**GOOD, sheet: csv_of(list(row), list(row.values()))}
    if sheet == "facilities":
        sheets = {"facilities": sheets["facilities"]}
    outcome = bring(**sheets)
    error = the_error(outcome)
    assert (error.sheet, error.row) == (f"{sheet}.csv", 2)
    assert error.column == column or words[0] in (
        "can't be negative", "A wording belongs to a value", "exactly one thing", "A rate needs its unit",
        "between 0 and 1", "Latitude runs from", "Write the offset as +03:00")  # fmt: skip
    for word in words:
        assert word in error.words, error.words
    assert f"{sheet}.csv row 2" in str(error)
    assert outcome.counts["refused"] == 1
    assert written() == 0


def test_a_number_with_a_vast_exponent_is_refused_at_once(bring: Bring) -> None:
    """Written out, 1e200000 has two hundred thousand digits: nobody need ever write it out."""
    row = {**BASE_ROWS["estimates"], "named_count": "1e200000"}
    started = time.process_time()
    outcome = bring(**GOOD, estimates=csv_of(list(row), list(row.values())))
    assert time.process_time() - started < 1
    assert the_error(outcome).column == "named_count"


BAD_SHEETS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("empty", {"facilities": b""}, ["facilities.csv", "empty", "The first row names the columns"]),
    ("only a mark", {"facilities": b"\xef\xbb\xbf"}, ["facilities.csv", "empty"]),
    ("only blank lines", {"facilities": b"\n\n"}, ["facilities.csv", "empty"]),
    ("unknown column", {"facilities": "ref,name_en,nme\na,A,x\n"}, ["row 1", "no column “nme”", "Columns are ", "name_ar"]),
    ("column of the machine", {"facilities": "ref,name_en,state\na,A,published\n"}, ["no column “state”"]),
    ("a key of the machine", {"facilities": "ref,name_en,id\na,A,1\n"}, ["no column “id”"]),
    ("who entered it", {"facilities": "ref,name_en,created_by\na,A,x\n"}, ["no column “created_by”"]),
    ("a version", {"facilities": "ref,name_en,version\na,A,7\n"}, ["no column “version”"]),
    ("a uid of one's own", {"facilities": "ref,name_en,uid\na,A,FAC-00000-000000\n"}, ["no column “uid”"]),
    ("duplicate header", {"facilities": "ref,name_en,name_en\na,A,B\n"}, ["row 1", "“name_en” stands there twice"]),
    ("a translated header", {"facilities": "ref,الاسم\na,A\n"}, ["no column “الاسم”"]),
    ("a header without a name", {"facilities": "ref,name_en,\na,A,x\n"}, ["row 1"]),
    ("ragged row", {"facilities": "ref,name_en\na,A,too much\n"}, ["facilities.csv row 2", "3 cells under 2 columns", "quotation marks"]),
    ("unbalanced quote", {"facilities": 'ref,name_en\na,"A\nb,B\n'}, ["facilities.csv", "not readable as CSV"]),
    ("a cell beyond the limit", {"facilities": f"ref,name_en\na,{'x' * (LARGEST_CELL + 1)}\n"}, ["facilities.csv", "not readable as CSV"]),
    ("a web page", {"facilities": "<!DOCTYPE html>\n<html><body><table><tr><td>ref</td></tr></table></body></html>\n"}, ["facilities.csv"]),
    ("an unknown sheet", {"facilites": FACILITIES}, ["facilites.csv", "no kind of record", "Did you mean facilities.csv"]),
    ("a sheet like no other", {"xyz": FACILITIES}, ["xyz.csv", "Sheets are named parties"]),
    ("no sheet", {}, ["there is no CSV file here"]),
]  # fmt: skip


@pytest.mark.parametrize(("sheets", "words"), [row[1:] for row in BAD_SHEETS], ids=[row[0] for row in BAD_SHEETS])
def test_a_file_that_is_no_sheet_is_refused_in_words(sheets: dict[str, Any], words: list[str], bring: Bring) -> None:
    with pytest.raises(Problem) as problem:
        bring(**sheets)
    for word in words:
        assert word in str(problem.value)
    assert written() == 0


def test_a_cell_as_large_as_the_limit_is_read(bring: Bring) -> None:
    assert not bring(incidents=csv_of(["ref", "title_en", "narrative_en"], ["i1", "x", "y" * LARGEST_CELL])).errors


def test_a_sheet_with_a_header_alone_is_read_and_holds_nothing(bring: Bring) -> None:
    assert bring(facilities="ref,name_en\n").account() == "0 read = 0 new + 0 changed + 0 unchanged + 0 flagged + 0 refused"


@pytest.mark.parametrize("column", ["ref", "title_en", "narrative_en", "date", "extent", "violations"])
def test_a_nul_byte_is_refused_in_words_at_its_row(column: str, bring: Bring) -> None:
    row = {"ref": "i1", "title_en": "Hangings", column: "kil\x00led"}
    outcome = bring(incidents=csv_of(list(row), list(row.values())))
    assert {(error.sheet, error.row) for error in outcome.errors} == {("incidents.csv", 2)}
    assert outcome.counts["refused"] == 1 and written() == 0


def test_a_ref_that_stands_twice_is_refused_and_the_first_row_named(bring: Bring) -> None:
    error = the_error(bring(facilities="ref,name_en\na,A\nb,B\na,C\n"))
    assert (error.row, error.words) == (4, "The same as row 2. Keep one of the two.")


def test_a_record_without_a_ref_is_refused(bring: Bring) -> None:
    error = the_error(bring(facilities="ref,name_en\n,A\n"))
    assert (error.column, error.row) == ("ref", 2) and "needs a ref" in error.words


def test_a_part_that_belongs_to_nothing_is_refused_without_talk_of_a_ref_that_parts_do_not_have(bring: Bring) -> None:
    outcome = bring(facility_names="facility,text,kind,language\n,,,ar\n")
    assert outcome.counts["refused"] == 1
    assert "ref" not in the_error(outcome).words and the_error(outcome).column != "ref"


def test_two_parts_whose_long_texts_differ_only_at_their_ends_are_two(bring: Bring) -> None:
    """What tells parts apart is the whole of their key, not its first five hundred letters."""
    long = "u" * 495
    relays = csv_of(["source", "unnamed"], ["S1", long + "one"], ["S1", long + "two"])
    outcome = bring(sources=SOURCES, relays=relays)
    assert [str(error) for error in outcome.errors] == []
    assert outcome.counts["new"] == 4


def test_cells_that_hold_the_sign_between_keys_do_not_make_two_parts_one(bring: Bring) -> None:
    names = csv_of(["facility", "text", "kind"], ["prison", "A | alias", "spelling"], ["prison", "A", "alias"])
    assert bring(facilities=FACILITIES, facility_names=names).counts["new"] == 3


def test_a_link_to_a_refused_row_says_that_it_was_refused(bring: Bring) -> None:
    facilities = "ref,name_en,opened\nblock,Block,31/02/2023\n"
    outcome = bring(facilities=facilities, facility_names="facility,text\nblock,Red\n")
    assert [(error.sheet, error.row, error.column) for error in outcome.errors] == [
        ("facilities.csv", 2, "opened"), ("facility_names.csv", 2, "facility")]  # fmt: skip
    assert outcome.errors[1].words == "“block” is no facility of this import, nor a uid. It was refused above."


def test_a_link_to_a_record_of_another_kind_says_so(bring: Bring) -> None:
    estimates = ESTIMATES.replace("e2,S2,prison", "e2,prison,prison")
    error = the_error(bring(**GOOD, estimates=estimates))
    assert (error.row, error.column) == (3, "source") and "is no source of this import" in error.words


def test_a_response_can_not_give_an_allegation_as_its_own_number(bring: Bring) -> None:
    allegations = "ref,source,about_facility,acts_wording\na1,S1,prison,hangings\n"
    responses = "ref,source,about_statement,wording,own_number\nr1,S2,a1,untrue,a1\n"
    error = the_error(bring(**GOOD, allegations=allegations, responses=responses))
    assert error.column == "own_number" and "is a allegation, not a estimate" in error.words.replace("an ", "a ")


def hidden_from(analyst: User, kind: str) -> Any:
    """A restricted record of a colleague."""
    record = getattr(factories, f"make_{kind}")(factories.make_user("manager"), sensitivity="restricted")
    assert not type(record).objects.visible_to(analyst).filter(pk=record.pk).exists()
    return record


@pytest.mark.parametrize(("sheet", "column", "kind"), [
    ("facility_names", "facility", "facility"), ("estimates", "about_facility", "facility"), ("estimates", "source", "source"),
    ("allegations", "about_incident", "incident"), ("responses", "about_statement", "allegation"),
    ("hand_ons", "earlier", "estimate"), ("accused", "party", "party"), ("harms", "victim", "victim"),
])  # fmt: skip
def test_a_link_to_a_record_that_the_importer_may_not_see_fails_like_one_to_nothing(
    sheet: str, column: str, kind: str, bring: Bring, analyst: User
) -> None:
    hidden = hidden_from(analyst, kind)
    nothing = type(hidden)().__class__.uid_prefix + "-00000-000000"
    rows = {
        "facility_names": {"facility": "", "text": "Sednaya"},
        "estimates": BASE_ROWS["estimates"],
        "allegations": {"ref": "x", "source": "S1", "acts_wording": "hangings"},
        "responses": {"ref": "x", "source": "S1", "wording": "untrue"},
        "hand_ons": {"later": "e1"},
        "accused": {"allegation": "a1", "wording": "x"},
        "harms": {"ref": "x", "act": "killed"},
    }
    also = {"hand_ons": {"estimates": ESTIMATES},
            "accused": {"allegations": "ref,source,about_facility,acts_wording\na1,S1,prison,x\n"}}.get(sheet, {})  # fmt: skip
    said = []
    for uid in (hidden.uid, nothing):
        row = {**rows[sheet], column: uid}
        error = the_error(bring(**{**GOOD, **also, sheet: csv_of(list(row), list(row.values()))}))
        said.append((error.sheet, error.row, error.column, error.words.replace(uid, "UID")))
    assert said[0] == said[1]
    assert "nor a uid" in said[0][3]


def test_a_row_of_a_colleagues_import_that_the_importer_may_not_see_is_neither_told_nor_overwritten(
    bring: Bring, analyst: User
) -> None:
    manager = factories.make_user("manager")
    factories.make_team(manager, analyst)
    secret = "ref,name_en,sensitivity\nx1,Hidden Block,restricted\n"
    bring(by=manager, facilities=secret)
    [hidden] = records("facilities")
    assert not Facility.objects.visible_to(analyst).filter(pk=hidden.pk).exists()
    guess = bring(facilities=secret)
    assert guess.counts["unchanged"] == 0, "the count tells that the guess is right"
    bring(facilities="ref,name_en,sensitivity\nx1,Overwritten,restricted\n")
    hidden.refresh_from_db()
    assert hidden.name_en == "Hidden Block"


def test_a_ref_of_a_colleagues_import_that_the_importer_may_not_see_leads_nowhere(bring: Bring, analyst: User) -> None:
    manager = factories.make_user("manager")
    factories.make_team(manager, analyst)
    bring(by=manager, facilities="ref,name_en,sensitivity\nx1,Hidden Block,restricted\n")
    names = bring(facility_names="facility,text\nx1,Red\n")
    unknown = bring(facility_names="facility,text\nx2,Red\n")
    assert [error.words.replace("x1", "x2") for error in names.errors] == [error.words for error in unknown.errors]
    assert names.counts["refused"] == 1


# ── all or nothing ──


def test_one_bad_row_among_many_leaves_nothing_and_all_errors_are_told(bring: Bring) -> None:
    rows = [[f"p{n}", f"Party {n}", "state" if n not in (3, 17) else "sate"] for n in range(1, 41)]
    outcome = bring(parties=csv_of(["ref", "name_en", "kind"], *rows), facilities=FACILITIES)
    assert outcome.account() == "41 read = 39 new + 0 changed + 0 unchanged + 0 flagged + 2 refused"
    assert [(error.row, error.column) for error in outcome.errors] == [(4, "kind"), (18, "kind")]
    assert written() == 0
    assert not Party.objects.filter(name_en__startswith="Party ").exists()
    assert not Party.pgh_event_model.objects.filter(name_en__startswith="Party ").exists()


def test_several_bad_cells_of_one_row_are_all_told_at_once(bring: Bring) -> None:
    outcome = bring(incidents=csv_of(["ref", "title_en", "date", "extent", "violations"], ["i1", "x", "soon", "big", "hangd"]))
    assert {error.column for error in outcome.errors} == {"date", "extent", "violations"}
    assert outcome.counts["refused"] == 1


def test_what_the_database_refuses_is_told_in_its_words_and_does_not_hide_the_other_rows(bring: Bring) -> None:
    hops = "later,earlier\ne1,e2\ne2,e1\n"
    outcome = bring(**GOOD, estimates=ESTIMATES, hand_ons=hops)
    error = the_error(outcome)
    assert (error.sheet, error.row) == ("hand_ons.csv", 3)
    assert "would stand behind itself" in error.words and "CONTEXT" not in error.words
    assert outcome.counts["new"] == 6 and written() == 0


def test_a_dry_run_checks_every_row_and_writes_nothing(bring: Bring) -> None:
    before = Party.objects.count(), Import.objects.count()
    outcome = bring(parties=PARTIES, **GOOD, estimates=ESTIMATES, dry_run=True)
    assert outcome.account() == "7 read = 7 new + 0 changed + 0 unchanged + 0 flagged + 0 refused"
    assert (Party.objects.count(), Import.objects.count()) == before and written() == 0
    assert bring(parties=PARTIES, dry_run=True).counts["new"] == 2


@pytest.mark.parametrize("at", [1, 2, 3, 5, 8])
def test_an_import_that_breaks_off_in_the_middle_leaves_nothing_and_can_be_run_again(at: int, bring: Bring) -> None:
    writes = iter(range(1, 100))

    def breaking(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT INTO" in sql and next(writes) == at:
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    before = [model.objects.count() for model in (Party, Source, Facility, Estimate)]
    with connection.execute_wrapper(breaking), pytest.raises(KeyboardInterrupt):
        bring(parties=PARTIES, **GOOD, estimates=ESTIMATES)
    assert written() == 0
    assert [model.objects.count() for model in (Party, Source, Facility, Estimate)] == before
    assert bring(parties=PARTIES, **GOOD, estimates=ESTIMATES).counts["new"] == 7


# ── once more ──


def test_the_same_files_twice_change_nothing(bring: Bring) -> None:
    sheets = {"parties": PARTIES, **GOOD, "estimates": ESTIMATES, "facility_names": "facility,text\nprison,Sednaya\n",
              "incidents": "ref,title_en,violations\ni1,x,killed; hanged\n", "hand_ons": "later,earlier\ne2,e1\n"}  # fmt: skip
    bring(**sheets)
    before = {(sheet, r.pk): getattr(r, "version", 0) for sheet in SHEETS for r in records(sheet)}
    history = Facility.pgh_event_model.objects.count(), Estimate.pgh_event_model.objects.count()
    again = bring(**sheets)
    assert again.account() == "10 read = 0 new + 0 changed + 10 unchanged + 0 flagged + 0 refused"
    assert {(sheet, r.pk): getattr(r, "version", 0) for sheet in SHEETS for r in records(sheet)} == before
    assert (Facility.pgh_event_model.objects.count(), Estimate.pgh_event_model.objects.count()) == history


@pytest.mark.parametrize(("sheet", "old", "new", "check"), [
    ("parties", "Ministry of Justice", "Justice Ministry", lambda: Party.objects.filter(name_en="Justice Ministry").count() == 1),
    ("estimates", "13000,persons", "11000,persons", lambda: records("estimates")[0].upper == 11000),
    ("estimates", "e2,S2,prison,as many as 50,,50", "e2,S2,prison,as many as 50,50,", lambda: records("estimates")[1].upper is None),
    ("incidents", "killed; hanged", "hanged", lambda: records("incidents")[0].violations.count() == 1),
])  # fmt: skip
def test_one_changed_cell_changes_exactly_one_record(sheet: str, old: str, new: str, check: Any, bring: Bring) -> None:
    sheets = {"parties": PARTIES, **GOOD, "estimates": ESTIMATES, "incidents": "ref,title_en,violations\ni1,x,killed; hanged\n"}
    bring(**sheets)
    versions = {(name, r.pk): r.version for name in sheets for r in records(name)}
    outcome = bring(**{**sheets, sheet: sheets[sheet].replace(old, new)})
    assert outcome.account() == "8 read = 0 new + 1 changed + 7 unchanged + 0 flagged + 0 refused"
    assert check()
    changed = {
        key for key, version in versions.items() if version != {(n, r.pk): r.version for n in sheets for r in records(n)}[key]
    }
    assert len(changed) == 1 and changed.pop()[0] == sheet


def test_rows_in_another_order_and_sheets_that_are_left_out_change_nothing(bring: Bring) -> None:
    bring(parties=PARTIES, **GOOD)
    header, one, two, _ = PARTIES.split("\n")
    assert (
        bring(parties="\n".join([header, two, one, ""])).account()
        == "2 read = 0 new + 0 changed + 2 unchanged + 0 flagged + 0 refused"
    )
    assert len(records("sources")) == 2


def test_a_name_whose_vowel_signs_stand_in_another_order_comes_again_unchanged(bring: Bring) -> None:
    sheets = {"facilities": "ref,name_en\nF,A prison\n", "facility_names": "facility,text\nF,سجن\u0651\u064e\n"}
    assert bring(**sheets).counts["new"] == 2
    assert bring(**sheets).counts["unchanged"] == 2


def test_the_same_refs_of_another_data_set_are_other_records(bring: Bring) -> None:
    bring(parties=PARTIES)
    assert bring(parties=PARTIES, dataset="another").counts["new"] == 2


def test_a_column_that_is_left_out_keeps_what_it_held(bring: Bring) -> None:
    bring(facilities=FACILITIES)
    assert bring(facilities="ref,name_en\nprison,Sednaya Prison\n").counts["changed"] == 1
    assert (records("facilities")[0].name_en, records("facilities")[0].name_ar) == ("Sednaya Prison", "سجن صيدنايا العسكري")


def test_a_cell_that_is_emptied_empties_its_field(bring: Bring) -> None:
    bring(facilities=FACILITIES)
    assert bring(facilities="ref,name_en,name_ar\nprison,Saydnaya Military Prison,\n").counts["changed"] == 1
    assert records("facilities")[0].name_ar == ""


def test_an_import_does_not_open_a_draft_that_is_here_already(bring: Bring) -> None:
    bring(facilities=FACILITIES)
    outcome = bring(facilities="ref,name_en,sensitivity\nprison,Saydnaya Military Prison,public\n")
    assert the_error(outcome).words
    assert records("facilities")[0].sensitivity == "internal"


# ── what is in review or published ──


def publish(*kept: Any) -> User:
    reviewer = factories.make_user("reviewer")
    for record in kept:
        review.submit(record, by=record.created_by)
        review.approve(record, by=reviewer)
        review.publish(record, by=reviewer, level=Sensitivity.PUBLIC)
    return reviewer


@pytest.mark.parametrize("until", ["in_review", "approved", "published"])
def test_a_changed_row_of_a_closed_record_is_flagged_and_not_written(until: str, bring: Bring) -> None:
    bring(facilities=FACILITIES)
    [facility] = records("facilities")
    reviewer = factories.make_user("reviewer")
    review.submit(facility, by=facility.created_by)
    if until != "in_review":
        review.approve(facility, by=reviewer)
    if until == "published":
        review.publish(facility, by=reviewer, level=Sensitivity.PUBLIC)
    outcome = bring(facilities=FACILITIES.replace("Saydnaya Military", "Sednaya Military"), parties=PARTIES)
    assert outcome.account() == "3 read = 2 new + 0 changed + 0 unchanged + 1 flagged + 0 refused"
    [flag] = outcome.flags
    assert (flag.sheet, flag.row) == ("facilities.csv", 2)
    assert facility.uid in flag.words and "not overwritten" in flag.words
    facility.refresh_from_db()
    assert (facility.name_en, facility.state) == ("Saydnaya Military Prison", until)
    assert bring(facilities=FACILITIES).counts["unchanged"] == 1


def test_a_flagged_row_stays_flagged_however_often_it_comes(bring: Bring) -> None:
    bring(facilities=FACILITIES)
    publish(*records("facilities"))
    changed = FACILITIES.replace("Saydnaya Military", "Sednaya Military")
    assert [bring(facilities=changed).counts["flagged"] for _ in range(2)] == [1, 1]


def test_a_changed_list_of_a_published_record_is_flagged_and_not_written(bring: Bring) -> None:
    text = "ref,title_en,violations\ni1,x,killed; hanged\n"
    bring(incidents=text)
    publish(*records("incidents"))
    assert bring(incidents=text.replace("killed; hanged", "killed")).counts["flagged"] == 1
    assert records("incidents")[0].violations.count() == 2


@pytest.mark.parametrize(("sheet", "first", "then"), [
    ("facility_names", "facility,text,language\nprison,Sednaya,en\n", "facility,text,language\nprison,Sednaya,ar-Latn\n"),
    ("facility_names", "", "facility,text,language\nprison,Abattoir,en\n"),
    ("accused", "", "allegation,party,wording,modes\na1,syria,ordered them,ordered\n"),
    ("accused", "allegation,party,wording,modes\na1,syria,x,backed\n", "allegation,party,wording,modes\na1,syria,x,ordered\n"),
    ("hand_ons", "", "later,earlier\ne2,e1\n"),
])  # fmt: skip
def test_a_row_that_hangs_on_a_published_record_is_flagged_and_not_written(
    sheet: str, first: str, then: str, bring: Bring
) -> None:
    """A new accusation under a published allegation would be public at once, and nobody would have reviewed it."""
    sheets = {"parties": PARTIES, **GOOD, "estimates": ESTIMATES,
              "allegations": "ref,source,about_facility,acts_wording\na1,S1,prison,hangings\n"}  # fmt: skip
    bring(**sheets, **({sheet: first} if first else {}))
    publish(*(record for name in sheets for record in records(name)))
    before = [vars(part) for model in (FacilityName, Accused, HandOn) for part in model.objects.order_by("pk")]
    outcome = bring(**{sheet: then})
    after = [vars(part) for model in (FacilityName, Accused, HandOn) for part in model.objects.order_by("pk")]
    assert [{k: v for k, v in row.items() if k != "_state"} for row in after] == [
        {k: v for k, v in row.items() if k != "_state"} for row in before]  # fmt: skip
    assert outcome.counts["flagged"] == 1


# ── the command line ──


def run_command(*args: str) -> tuple[int, str, str]:
    """Exit code, standard output and error of `manage.py import_records`."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_records", *args, stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), err.getvalue() + str(error)
    except SystemExit as leaving:
        return int(leaving.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_ends_with_the_account_and_nought(tmp_path: Path, analyst: User) -> None:
    (tmp_path / "parties.csv").write_text(PARTIES)
    code, out, err = run_command(str(tmp_path), "--as", analyst.username, "--dataset", DATASET)
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "2 read = 2 new + 0 changed + 0 unchanged + 0 flagged + 0 refused"
    code, out, _ = run_command(str(tmp_path / "parties.csv"), "--as", analyst.username, "--dataset", DATASET)
    assert (code, out.splitlines()[-1]) == (0, "2 read = 0 new + 0 changed + 2 unchanged + 0 flagged + 0 refused")


def test_the_command_tells_every_error_and_ends_with_the_account_and_one(tmp_path: Path, analyst: User) -> None:
    (tmp_path / "parties.csv").write_text(PARTIES + "x,Somebody,sate\ny,Another,sate\n")
    code, out, err = run_command(str(tmp_path), "--as", analyst.username, "--dataset", DATASET)
    assert code == 1
    assert "parties.csv row 4, kind: “sate” is not one of" in err and "parties.csv row 5, kind" in err
    assert "Nothing was written" in err
    assert out.splitlines()[-1] == "4 read = 2 new + 0 changed + 0 unchanged + 0 flagged + 2 refused"
    assert written() == 0


def test_the_command_caps_the_errors_that_it_shows_and_says_how_many_there_are(tmp_path: Path, analyst: User) -> None:
    (tmp_path / "parties.csv").write_text(csv_of(["ref", "name_en", "kind"], *([f"p{n}", "x", "sate"] for n in range(503))))
    code, _, err = run_command(str(tmp_path), "--as", analyst.username, "--dataset", DATASET)
    assert code == 1 and err.count("is not one of") == 500 and "… and 3 errors more." in err


def test_a_dry_run_of_the_command_says_that_nothing_was_written(tmp_path: Path, analyst: User) -> None:
    (tmp_path / "parties.csv").write_text(PARTIES)
    code, out, _ = run_command(str(tmp_path), "--as", analyst.username, "--dataset", DATASET, "--dry-run")
    assert code == 0 and "Dry run: nothing was written." in out and written() == 0


@pytest.mark.parametrize("who", ["nobody-at-all", "gone"])
def test_the_command_refuses_who_is_no_active_account(who: str, tmp_path: Path, analyst: User) -> None:
    factories.make_user(username="gone", is_active=False)
    (tmp_path / "parties.csv").write_text(PARTIES)
    code, _, err = run_command(str(tmp_path), "--as", who, "--dataset", DATASET)
    assert code == 1 and "There is no active account" in err and written() == 0


@pytest.mark.parametrize("role", ["researcher", "administrator", "custodian"])
def test_only_those_who_work_on_records_import_them(role: str, tmp_path: Path, analyst: User) -> None:
    (tmp_path / "parties.csv").write_text(PARTIES)
    code, _, err = run_command(str(tmp_path), "--as", factories.make_user(role).username, "--dataset", DATASET)
    assert code == 1 and err and written() == 0


def test_the_command_says_where_a_file_can_not_be_read(tmp_path: Path, analyst: User) -> None:
    code, _, err = run_command(str(tmp_path / "nowhere"), "--as", analyst.username)
    assert code == 1 and "there is no CSV file here" in err


# ── every other record of the import stays what it is ──


def test_an_import_touches_no_record_that_it_does_not_name(bring: Bring, analyst: User) -> None:
    party = factories.make_party(analyst, name_en="Syrian Arab Republic")
    bring(parties=PARTIES)
    party.refresh_from_db()
    assert party.version == 1 and ImportedRow.objects.filter(object_id=party.pk, sheet="parties", dataset=DATASET).count() == 0


def test_allegations_responses_victims_and_their_links_come_in_through_the_same_door(bring: Bring) -> None:
    allegations = csv_of(
        ["ref", "source", "about_facility", "acts", "acts_wording", "victims"],
        ["a1", "S1", "prison", "killed; hanged", "mass hangings", "v1; v2"],
    )
    outcome = bring(
        parties=PARTIES, **GOOD, allegations=allegations,
        victims="ref,label_en\nv1,a teacher\nv2,a student\n",
        accused="allegation,party,wording,modes,modes_joined\na1,syria,aided or looked away,aided; acquiesced,alternatives\n",
        responses="ref,source,about_statement,answer,wording,date,spoken_for\nr1,S2,a1,denial,totally untrue,2017-02-08,moj\n",
        victim_names="victim,text\nv1,Zaynab\n",
    )  # fmt: skip
    assert not outcome.errors
    [allegation], [response] = records("allegations"), records("responses")
    assert isinstance(allegation, Allegation) and isinstance(response, Response)
    assert response.about.detail == allegation and response.spoken_for.name_en == "Ministry of Justice"
    assert allegation.accused.get().modes == ["aided", "acquiesced"]
    assert set(allegation.victims.all()) == set(Victim.objects.filter(label_en__in=["a teacher", "a student"]))
    assert Victim.objects.get(label_en="a teacher").names.get().sensitivity == "internal"
    assert Incident.objects.filter(title_en="never").count() == 0
