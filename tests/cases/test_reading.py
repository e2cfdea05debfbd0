"""Files of every kind become tables, or a sentence that says what to do. No file here is what its writer promised."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import re
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from cases.imports.outcome import Problem
from cases.imports.reading import Asked, read, rows
from cases.imports.reading.rows import LARGEST_CELL
from cases.imports.sheets import read_folder
from cases.imports.tables import Sheet

ARABIC = "ref,name_ar\na,سجن صيدنايا العسكري\nb,فرع فلسطين\n"
NS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)


def file(tmp_path: Path, content: bytes | str, name: str = "facilities.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def table(path: Path, asked: Asked | None = None) -> Sheet:
    [sheet] = read(path, asked)
    return sheet


def cells(sheet: Sheet) -> list[list[str]]:
    return [list(row.cells.values()) for row in sheet.rows]


def book(tmp_path: Path, *lines: list[Any], name: str = "facilities.xlsx", **changes: Any) -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    for line in lines:
        sheet.append(line)
    for change, value in changes.items():
        setattr(made, change, value)
    made.save(tmp_path / name)
    return tmp_path / name


def ods(tmp_path: Path, body: str, *, styles: str = "", manifest: str = "", head: str = "") -> Path:
    path = tmp_path / "facilities.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0"?>{head}<office:document-content {NS}><office:automatic-styles>{styles}'
            f"</office:automatic-styles><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def ods_row(*values: str, more: str = "") -> str:
    return (
        f"<table:table-row{more}>"
        + "".join(f"<table:table-cell><text:p>{v}</text:p></table:table-cell>" for v in values)
        + "</table:table-row>"
    )


# ── text: encodings and separators ──


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8 with a byte-order mark"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"),
     ("utf-16-be", "UTF-16"), ("utf-32", "UTF-32"), ("cp1256", "Windows-1256")],
)  # fmt: skip
def test_arabic_is_read_in_any_encoding_and_the_encoding_is_said(encoding: str, told: str, tmp_path: Path) -> None:
    sheet = table(file(tmp_path, ARABIC.encode(encoding)))
    assert cells(sheet) == [["a", "سجن صيدنايا العسكري"], ["b", "فرع فلسطين"]]
    assert sheet.how == f"CSV, {told}, separated by commas"


@pytest.mark.parametrize("text", ["سجن", "فرع الأمن", "قُتل 5 أشخاص، في درعا", "Saydnaya صيدنايا", "a;حلب;b"])
def test_a_few_arabic_words_are_enough_to_tell_their_encoding(text: str, tmp_path: Path) -> None:
    sheet = table(file(tmp_path, f"ref\tname\nx\t{text}\n".encode("cp1256")))
    assert cells(sheet) == [["x", text]]


@pytest.mark.parametrize("text", ["Café", "Château d’If", "Zürich, Köln und Görlitz", "Señor Muñoz – «sí»"])
def test_latin_letters_with_accents_are_not_taken_for_arabic(text: str, tmp_path: Path) -> None:
    sheet = table(file(tmp_path, f"ref\tname\nx\t{text}\n".encode("cp1252")))
    assert cells(sheet) == [["x", text]]
    assert "Windows-1252" in sheet.how


def test_an_encoding_and_a_separator_can_be_said_where_they_are_recognised_wrongly(tmp_path: Path) -> None:
    path = file(tmp_path, "ref|name,x\na|Łódź,1\n".encode("cp1250"))
    assert cells(table(path, Asked(encoding="cp1250", separator="|"))) == [["a", "Łódź,1"]]
    with pytest.raises(Problem, match="no encoding “klingon”"):
        table(path, Asked(encoding="klingon"))
    with pytest.raises(Problem, match="row 2: not UTF-8"):
        table(path, Asked(encoding="utf-8"))
    with pytest.raises(Problem, match="can't part columns"):
        table(path, Asked(separator="||"))


def test_two_encodings_in_one_file_are_refused_at_the_row_that_differs(tmp_path: Path) -> None:
    mixed = b"ref,name\n" + "a,سجن صيدنايا العسكري\nb,درعا البلد\n".encode() + "c,حلب\n".encode("cp1256")
    with pytest.raises(Problem, match="row 4: most of this file is UTF-8.*two encodings"):
        table(file(tmp_path, mixed))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "،"])
def test_the_separator_is_the_sign_that_parts_the_lines_into_columns(separator: str, tmp_path: Path) -> None:
    lines = [["ref", "name"], ["a", "one, two; three"], ["b", "x"]]
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)
    assert cells(table(file(tmp_path, text.getvalue()))) == lines[1:]


def test_lists_by_semicolons_within_cells_do_not_make_semicolons_the_separator(tmp_path: Path) -> None:
    assert cells(table(file(tmp_path, "ref,means\na,x;y;z\nb,x;y\n"))) == [["a", "x;y;z"], ["b", "x;y"]]


def test_the_line_that_tells_excel_the_separator_is_no_row(tmp_path: Path) -> None:
    [row] = table(file(tmp_path, "sep=;\nref;name\na;x\n")).rows
    assert (row.number, row.cells) == (3, {"ref": "a", "name": "x"})


def test_a_notice_above_the_header_is_passed_over_and_said(tmp_path: Path) -> None:
    sheet = table(file(tmp_path, "Do not share\n\nref,name\na,x\n"))
    assert (sheet.header, cells(sheet), sheet.notes) == (["ref", "name"], [["a", "x"]], ["The header stands in row 3."])
    with pytest.raises(Problem, match="empty"):
        table(file(tmp_path, "Do not share\nref,name\n"), Asked(header_row=7))


def test_a_row_of_tags_below_the_header_is_no_row(tmp_path: Path) -> None:
    assert cells(table(file(tmp_path, "ref,name\n#event+id,#loc+name\na,x\n"))) == [["a", "x"]]


def test_signs_that_nobody_sees_are_no_part_of_a_column_s_name(tmp_path: Path) -> None:
    assert table(file(tmp_path, "\ufeff\u200fref,na\u00adme,full\u00a0name\r\na,x,y\r\n")).header == ["ref", "name", "full name"]


def test_columns_that_a_spreadsheet_leaves_empty_at_the_end_are_none(tmp_path: Path) -> None:
    sheet = table(file(tmp_path, "ref,name,,\na,x,,\n"))
    assert (sheet.header, cells(sheet)) == (["ref", "name"], [["a", "x"]])
    with pytest.raises(Problem, match="row 2: “y” stands in a column without a name"):
        cells(table(file(tmp_path, "ref,name,,\na,x,y,\n")))


def test_rows_are_read_again_each_time_and_never_held(tmp_path: Path) -> None:
    sheet = table(file(tmp_path, "ref,name\n" + "a,x\n" * 3))
    assert len(list(sheet.rows)) == len(list(sheet.rows)) == 3
    assert not isinstance(sheet.rows, list)


def test_a_packed_file_is_read_and_one_that_breaks_off_says_where(tmp_path: Path) -> None:
    packed = gzip.compress(b"ref,name\n" + b"a,x\n" * 50_000, mtime=0)
    assert len(cells(table(file(tmp_path, packed, "facilities.csv.gz")))) == 50_000
    with pytest.raises(Problem, match="Fetch or send it again"):
        cells(table(file(tmp_path, packed[:-200], "facilities.csv.gz")))


def test_more_rows_than_are_read_at_once_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 2)
    with pytest.raises(Problem, match="more than 2 rows. Cut the file"):
        cells(table(file(tmp_path, "ref,name\n" + "a,x\n" * 3)))


TEXTS: list[tuple[str, bytes, str]] = [
    ("empty", b"", "empty. The first row names the columns"),
    ("a header twice", b"ref,name,ref\n", "row 1: the column “ref” stands there twice"),
    ("a header twice but for a sign nobody sees", "ref,name,na\u00adme\n".encode(), "“name” stands there twice"),
    ("ragged", b"ref,name\na,x\nb,x,y\n", "row 3: 3 cells under 2 columns"),
    ("an open quotation mark", b'ref,name\na,"x\nb,y\n', "row 2: not readable as CSV .* quotation mark"),
    ("a huge cell", b"ref,name\na," + b"x" * (LARGEST_CELL + 1), "row 2: not readable as CSV .*too large"),
    ("a huge number of columns", b",".join(b"c%d" % n for n in range(2001)) + b"\n", "2,001 c.*At most 2,000"),
    ("a web page", b"<!DOCTYPE html><table><tr><td>ref</td></tr></table>", "a web page or XML"),
    ("a web page behind a mark", b"\xef\xbb\xbf\r\n <HTML><body>", "a web page or XML"),
    ("XML", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "a web page or XML"),
    ("a PDF", b"%PDF-1.7 ...", "a PDF. Take the table out"),
    ("a program", b"MZ\x90\x00", "a program. Do not open it"),
    ("Parquet", b"PAR1....", "Save it as CSV"),
    ("an archive cut off", b"PK\x03\x04........", "broken, or not all of it has arrived"),
    ("old Excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Excel 97–2003"),
    ("a locked workbook", b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "words"), [each[1:] for each in TEXTS], ids=[each[0] for each in TEXTS])
@pytest.mark.parametrize("name", ["facilities.csv", "facilities.xlsx"])
def test_a_file_is_what_its_bytes_say_and_what_can_not_be_read_says_what_to_do(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    with pytest.raises(Problem, match=f"{name}.*{words}"):
        cells(table(file(tmp_path, content, name)))


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="there is no file here. Files may be CSV"):
        read(tmp_path / "none.csv")


# ── workbooks ──


@pytest.mark.parametrize("name", ["facilities.xlsx", "facilities.xlsm", "facilities.csv"])
def test_the_values_of_a_workbook_are_what_a_person_would_have_typed(name: str, tmp_path: Path) -> None:
    line = ["a", 13.0, 0.5, True, dt.date(2012, 3, 15), dt.datetime(2012, 3, 15, 5, 30), dt.time(7, 5), " سجن ", None, -5, 1e20]
    path = book(tmp_path, [f"c{n}" for n in range(len(line))], line, name="made.xlsx").rename(tmp_path / name)
    assert cells(table(path)) == [["a", "13", "0.5", "yes", "2012-03-15", "2012-03-15 05:30", "07:05", "سجن", "", "-5", "1e+20"]]


def test_days_of_a_workbook_that_counts_from_1904_are_the_days_that_it_shows(tmp_path: Path) -> None:
    path = book(tmp_path, ["ref", "opened"], ["a", dt.date(2011, 3, 15)], epoch=CALENDAR_MAC_1904)
    assert cells(table(path)) == [["a", "2011-03-15"]]


def test_each_sheet_of_a_workbook_is_a_table_and_a_hidden_one_is_said_to_be_left_out(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for name, lines in {"facilities": ["ref", "a"], "الحوادث": ["ref", "b"], "lists": ["x", "y"], "empty": []}.items():
        sheet = made.create_sheet(name)
        for value in lines:
            sheet.append([value])
    made["lists"].sheet_state = "hidden"
    made.save(tmp_path / "office.xlsx")
    found = read(tmp_path / "office.xlsx")
    assert [sheet.name for sheet in found] == ["facilities", "الحوادث"]
    assert "The sheet “lists” is hidden and was not read. Show it in the workbook to read it." in found[0].notes
    assert [sheet.name for sheet in read(tmp_path / "office.xlsx", Asked(sheet="facilities"))] == ["facilities"]


def test_a_sheet_is_called_as_the_desk_calls_its_kind_in_either_language(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    made.active.title = "Incident parties"
    made.active.append(["incident", "party"])
    made.create_sheet("حوادث").append(["ref", "title_en"])
    made.save(tmp_path / "office.xlsx")
    assert {sheet.name for sheet in read_folder(tmp_path / "office.xlsx")[0]} == {"incidents", "incident_parties"}


def test_a_workbook_of_one_sheet_may_be_named_for_its_kind_by_the_file(tmp_path: Path) -> None:
    [sheet] = read_folder(book(tmp_path, ["ref", "name_en"], ["a", "A"]))[0]
    assert sheet.name == "facilities"
    made = book(tmp_path, ["ref"], ["a"], name="list of ours.xlsx")
    with pytest.raises(Problem, match="no kind of record has this name"):
        read_folder(made)


def test_rows_keep_the_numbers_that_the_spreadsheet_shows(tmp_path: Path) -> None:
    path = book(tmp_path, ["ref", "name"], [None, None], ["a", "x"])
    assert [row.number for row in table(path).rows] == [3]


def changed(path: Path, member: str, pattern: bytes, by: bytes) -> Path:
    """The same workbook with something else in one of its files."""
    with zipfile.ZipFile(path) as archive:
        held = {info.filename: archive.read(info) for info in archive.infolist()}
    assert re.search(pattern, held[member]), held[member][:500]
    held[member] = re.sub(pattern, lambda _: by, held[member], count=1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("said", [b'<dimension ref="A1"/>', b'<dimension ref="A1:XFD1048576"/>'])
def test_a_sheet_that_lies_about_its_size_is_read_whole_and_at_once(said: bytes, tmp_path: Path) -> None:
    path = changed(book(tmp_path, ["ref", "name"], ["a", "x"]), SHEET, rb"<dimension [^>]*>", said)
    started = time.process_time()
    assert cells(table(path)) == [["a", "x"]]
    assert time.process_time() - started < 2


@pytest.mark.parametrize("number", [b"2000000000", b"1048577"])
def test_a_row_beyond_the_last_that_a_sheet_can_have_is_refused(number: bytes, tmp_path: Path) -> None:
    path = changed(book(tmp_path, ["ref", "name"], ["a", "x"]), SHEET, rb'<row r="2"', b'<row r="%s"' % number)
    with pytest.raises(Problem, match="more rows than a sheet can have"):
        cells(table(path))


def test_merged_cells_are_refused_below_the_header_and_passed_over_above_it(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for line in (["Notice"], ["ref", "name"], ["a", "x"], ["b", None]):
        made.active.append(line)
    made.active.merge_cells("A1:B1")
    made.save(tmp_path / "f.xlsx")
    assert len(cells(table(tmp_path / "f.xlsx"))) == 2
    made.active.merge_cells("B3:B4")
    made.save(tmp_path / "f.xlsx")
    with pytest.raises(Problem, match="the cells B3:B4 are merged.*Unmerge them"):
        table(tmp_path / "f.xlsx")


def test_a_formula_gives_its_last_value_and_one_never_worked_out_is_refused_by_its_cell(tmp_path: Path) -> None:
    path = book(tmp_path, ["ref", "n"], ["a", "=1+1"])
    with pytest.raises(Problem, match="cell B2: a formula that was never worked out.*save it"):
        table(path)
    worked_out = changed(path, SHEET, rb"<f>1\+1</f><v ?/?>(</v>)?", b"<f>1+1</f><v>2</v>")
    assert cells(table(worked_out)) == [["a", "2"]]


def test_an_error_of_the_spreadsheet_is_no_value(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="row 2, column B: #REF! is an error of the spreadsheet"):
        cells(table(book(tmp_path, ["ref", "n"], ["a", "#REF!"])))


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    for line in (["ref", "name"], ["a", "x"], ["b", "y"]):
        made.active.append(line)
    made.active.row_dimensions[2].hidden = True
    made.save(tmp_path / "f.xlsx")
    sheet = table(tmp_path / "f.xlsx")
    assert len(cells(sheet)) == 2
    assert "1 rows are hidden" in sheet.notes[0]


def test_a_workbook_that_would_unpack_to_far_more_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = book(tmp_path, ["ref"], ["a"])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet2.xml", b"0" * 20_000_000)
    started = time.process_time()
    with pytest.raises(Problem, match="would unpack to 19 MB"):
        read(path)
    assert time.process_time() - started < 1


def test_a_directory_that_lies_about_a_size_hands_out_no_more_than_it_says(tmp_path: Path) -> None:
    path = book(tmp_path, ["ref", "name"], *[["a", "x" * 50]] * 500)
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SHEET).file_size
    path.write_bytes(path.read_bytes().replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    with pytest.raises(Problem, match="not readable as a workbook"):
        cells(table(path))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\x"])
def test_names_that_lead_out_of_the_archive_are_refused(name: str, tmp_path: Path) -> None:
    path = book(tmp_path, ["ref"], ["a"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "x")
    with pytest.raises(Problem, match="leads out of the archive"):
        read(path)


BOMB = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("doctype", [BOMB, OUTSIDE], ids=["bomb", "outside"])
@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_xml_that_defines_entities_is_refused_in_a_workbook(member: str, doctype: str, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "f.xlsx") as made:
        made.add_worksheet().write_row(0, 0, ["ref", "name"])
    path = changed(tmp_path / "f.xlsx", member, rb"^(<\?xml[^>]*>)?", doctype.encode())
    with pytest.raises(Problem, match="not readable as a workbook"):
        cells(read(path)[0])


def test_an_archive_that_is_no_workbook_says_so(tmp_path: Path) -> None:
    path = tmp_path / "facilities.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("facilities.csv", "ref\na\n")
    with pytest.raises(Problem, match="an archive, not a workbook. Unpack it"):
        read(path)


def test_an_empty_workbook_says_so(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="empty"):
        read(book(tmp_path))


# ── ODS ──


def test_the_cells_of_an_ods_sheet_are_read_with_their_repeats_and_types(tmp_path: Path) -> None:
    typed = (
        "<table:table-row><table:table-cell><text:p>b</text:p></table:table-cell>"
        '<table:table-cell office:value-type="float" office:value="13000"><text:p>13.000</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="2012-03-15"><text:p>15/3/12</text:p></table:table-cell>'
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p></table:table-cell>'
        '<table:table-cell><text:p>two<text:s text:c="2"/>words</text:p><text:p>سجن</text:p></table:table-cell></table:table-row>'
    )
    blank = ods_row("", more=' table:number-rows-repeated="1048000"')
    body = f'<table:table table:name="facilities">{ods_row("ref", "n", "day", "is", "text")}{typed}{blank}</table:table>'
    sheet = table(ods(tmp_path, body))
    assert cells(sheet) == [["b", "13000", "2012-03-15", "yes", "two  words\nسجن"]]
    assert sheet.how == "ODS, sheet “facilities”"


def test_a_hidden_ods_sheet_is_left_out_and_said(tmp_path: Path) -> None:
    style = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>'
    body = "".join(
        f'<table:table table:name="{name}" table:style-name="{s}">{ods_row("ref")}{ods_row(name)}</table:table>'
        for name, s in (("facilities", "ta1"), ("lists", "ta2"))
    )
    sheet = table(ods(tmp_path, body, styles=style))
    assert cells(sheet) == [["facilities"]]
    assert "“lists” is hidden" in sheet.notes[0]


@pytest.mark.parametrize(
    ("row", "more", "words"),
    [
        ('<table:table-row><table:table-cell table:number-columns-spanned="2"><text:p>x</text:p></table:table-cell></table:table-row>', {}, "row 2: merged cells"),
        (ods_row("x", more=' table:number-rows-repeated="2000000000"'), {}, "row 2: repeated 2,000,000,000 times"),
        ('<table:table-row><table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>', {}, "more than 2,000 cells"),
        ("", {"head": BOMB}, "not readable as a workbook"),
        ("", {"head": OUTSIDE}, "not readable as a workbook"),
        ("", {"manifest": "<manifest:encryption-data/>"}, "protected by a password"),
    ],
)  # fmt: skip
def test_an_ods_file_that_can_not_be_read_without_guessing_is_refused(
    row: str, more: dict[str, str], words: str, tmp_path: Path
) -> None:
    path = ods(tmp_path, f'<table:table table:name="facilities">{ods_row("ref", "name")}{row}</table:table>', **more)
    with pytest.raises(Problem, match=words):
        cells(read(path)[0])


# ── JSON ──


def test_objects_of_a_list_or_of_lines_are_rows_and_what_stands_within_has_a_dot(tmp_path: Path) -> None:
    found = [{"ref": "a", "n": 0.10, "source": {"uid": "S", "deep": {"x": None}}, "codes": ["b", "c"], "is": True},
             {"ref": "b", "late": 13000, "names": [{"text": "x;y"}]}]  # fmt: skip
    for name, text in {
        "f.json": json.dumps(found),
        "page.json": json.dumps({"results": found}),
        "f.ndjson": "\n".join(map(json.dumps, found)),
    }.items():
        sheet = table(file(tmp_path, text, name))
        first, second = sheet.rows
        assert first.cells == {"ref": "a", "n": "0.1", "source.uid": "S", "source.deep.x": "", "codes": "b; c", "is": "yes"}
        assert second.cells["late"] == "13000"
        assert json.loads(second.cells["names"]) == [{"text": "x;y"}]
        assert sheet.header == [*first.cells, "late", "names"]


def test_numbers_keep_the_digits_that_were_written(tmp_path: Path) -> None:
    [row] = table(file(tmp_path, '[{"a": 0.10, "b": 12345678901234567890.123}]', "f.json")).rows
    assert row.cells == {"a": "0.10", "b": "12345678901234567890.123"}


@pytest.mark.parametrize(
    ("text", "words"),
    [('[{"a": 1}, 2]', "object 2: not an object"), ('[{"a": NaN}]', "NaN is no number"), ('[{"a": 1}', "not readable as JSON"),
     ("[" * 100_000, "not readable as JSON"), ('{"a": 1}\n{"a": \n', "line 2: not readable"), ("[]", "empty"),
     ('[{"a": "' + "x" * (LARGEST_CELL + 1) + '"}]', "object 1, a: 1,000,001 letters")],
    ids=["number", "NaN", "cut", "deep", "line", "empty", "huge"],
)  # fmt: skip
def test_json_that_can_not_be_read_says_where(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=words):
        cells(table(file(tmp_path, text, "f.json")))
