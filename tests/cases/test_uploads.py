"""Files brought to the desk: taken in, looked at in the background, mended by the error sheet, brought in by choice."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from procrastinate.contrib.django.models import ProcrastinateJob

from cases import tasks
from cases.imports import uploading, working
from cases.imports.error_sheets import with_errors
from cases.imports.mappings.saved import save_mapping
from cases.imports.outcome import ERRORS, Problem
from cases.models import Import, Incident, RemarkSort, Step, Upload, UploadPiece, UploadRemark
from hrdocs.access import Role
from hrdocs.models import User
from hrdocs.refusal import Refused
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]

BAD = 'ref,title_en,date\ni1,"Shelling, it is said",2013-02-31\n,,\ni2,Second,2013-03\ni3,,never\n'
GOOD = "ref,title_en,date\ni1,Shelling,2013-02\ni2,Second,2013-03\n"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def brought(by: User, text: str | bytes = GOOD, name: str = "incidents.csv", **given: Any) -> Upload:
    content = text.encode() if isinstance(text, str) else text
    return uploading.take_in(name, [content], by=by, dataset="brought", **given)


def looked_at(by: User, text: str | bytes = GOOD, **given: Any) -> Upload:
    upload = brought(by, text, **given)
    working.look_at(upload.pk)
    upload.refresh_from_db()
    return upload


def come_in(upload: Upload, **given: Any) -> Upload:
    uploading.order(upload, by=upload.by, **given)
    working.bring_in(upload.pk)
    upload.refresh_from_db()
    return upload


# ── taken in ──


def test_a_file_is_kept_in_pieces_and_put_together_again_byte_for_byte(analyst: User) -> None:
    content = b"ref,title_en\n" + bytes(range(1, 256)) * 10_000
    upload = uploading.take_in("incidents.csv", [content[:7], content[7:]], by=analyst, dataset="x")
    assert upload.size == len(content) and upload.pieces.count() == 3
    with uploading.as_file(upload) as path:
        assert path.read_bytes() == content and path.name == "incidents.csv"
        assert path.parent.stat().st_mode & 0o077 == 0
    assert not path.exists()


@pytest.mark.parametrize(("name", "content", "words"), [
    ("a.exe", b"MZ", "is no sheet that can be read"), ("a", b"ref", "is no sheet that can be read"),
    ("a.csv", b"PK\x03\x04....", "is not what its name says"), ("a.xlsx", b"ref,title\n", "is not what its name says"),
    ("a.csv", b"<!DOCTYPE html><html>", "web page"), ("a.csv", b"\xef\xbb\xbf  <HTML>", "web page"), ("a.csv", b"%PDF-1.7", "a PDF"), ("a.csv", b"SQLite format 3", "a database"),
    ("a.csv", b"ref\0title", "no text"), ("a.csv", b"", "empty"),
])  # fmt: skip
def test_a_file_that_is_no_sheet_by_its_content_is_not_taken_in(name: str, content: bytes, words: str, analyst: User) -> None:
    with pytest.raises(Problem, match=words):
        uploading.take_in(name, [content] if content else [], by=analyst, dataset="x")
    assert Upload.objects.count() == UploadPiece.objects.count() == 0


def test_a_text_of_two_bytes_a_letter_is_taken_in_with_or_without_its_mark(analyst: User) -> None:
    for encoding in ("utf-16", "utf-16-le"):
        assert looked_at(analyst, GOOD.encode(encoding)).counts["all"]["new"] == 2


def test_a_file_that_is_too_large_is_not_taken_in(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "LARGEST", 3 * uploading.PIECE)
    with pytest.raises(Problem, match="larger than 3 MB"):
        uploading.take_in("a.csv", [b"x" * uploading.PIECE] * 4, by=analyst, dataset="x")
    assert UploadPiece.objects.count() == 0


# ── looked at ──


def test_a_plan_is_kept_with_every_error_and_nothing_is_written(analyst: User) -> None:
    upload = looked_at(analyst, BAD)
    assert (upload.step, upload.rows_done) == (Step.PLANNED, 3)
    assert upload.counts["all"] == {"read": 3, "new": 1, "changed": 0, "unchanged": 0, "flagged": 0, "refused": 2}
    told = list(upload.remarks.filter(sort=RemarkSort.ERROR).values_list("sheet", "row", "column", "value"))
    assert told == [
        ("incidents.csv", 2, "date", "2013-02-31"),
        ("incidents.csv", 5, "title_en", ""),
        ("incidents.csv", 5, "date", "never"),
    ]
    assert Incident.objects.count() == Import.objects.count() == 0


def test_what_can_not_be_read_at_all_is_said_as_the_trouble_of_the_file(analyst: User) -> None:
    upload = looked_at(analyst, "ref,nme\na,b\n")
    assert upload.step == Step.FAILED and "there is no column “nme”" in upload.trouble


def test_what_the_rows_are_may_be_said_for_a_file_of_any_name(analyst: User) -> None:
    assert looked_at(analyst, name="sheet 1 (copy).csv", sheet="incidents").counts["all"]["new"] == 2


def test_a_plan_says_how_the_file_was_read(analyst: User) -> None:
    upload = looked_at(analyst, "ref;title_en;title_ar\ni1;Shelling;قصف على المدينة\n".encode("cp1256"))
    assert upload.counts["read_as"] == ["incidents.csv: CSV, Windows-1256, separated by semicolons."]


def test_a_file_is_read_as_whoever_brought_it_asks(analyst: User) -> None:
    client = signed_in(analyst)
    file = SimpleUploadedFile("incidents.csv", "ref|title_en\ni1|Café, at night\n".encode("cp1252"))
    asked = {"file": file, "dataset": "asked", "encoding": "cp1256", "separator": "|"}
    client.post(reverse("admin:cases_upload_add"), asked)
    upload = Upload.objects.get(dataset="asked")
    working.look_at(upload.pk)
    upload.refresh_from_db()
    assert upload.counts["read_as"] == ["incidents.csv: CSV, Windows-1256, separated by bars."]


def test_a_workbook_with_several_kinds_is_brought_mended_and_comes_in(analyst: User) -> None:
    def book(date: str) -> bytes:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file) as made:
            made.add_worksheet("places").write_row(0, 0, ["ref", "name_en"])
            made.worksheets()[0].write_row(1, 0, ["p1", "Aleppo"])
            page = made.add_worksheet("incidents")
            page.write_row(0, 0, ["ref", "title_en", "date", "place"])
            page.write_row(1, 0, ["i1", "Shelling", date, "p1"])
        return file.getvalue()

    bad = looked_at(analyst, book("2013-02-31"), name="field office.xlsx")
    assert bad.counts["all"]["refused"] == 1
    [sheet] = set(bad.remarks.filter(sort=RemarkSort.ERROR).values_list("sheet", flat=True))
    mended = openpyxl.load_workbook(io.BytesIO(b"".join(with_errors(bad, sheet)))).active
    assert "2013-02-31" in mended["E2"].value
    upload = come_in(looked_at(analyst, book("2013-02-28"), name="field office.xlsx"))
    assert upload.step == Step.DONE
    assert str(Incident.objects.get(title_en="Shelling").place) == "Aleppo"


def test_a_saved_mapping_is_offered_where_files_are_brought_and_reads_them(analyst: User) -> None:
    save_mapping(
        "our-sheet", {"title": "Ours", "rows": [{"sheet": "places", "cells": {"ref": "{no}", "name_en": "{where}"}}]}, by=analyst
    )
    client = signed_in(analyst)
    assert 'value="mapping:our-sheet"' in client.get(reverse("admin:cases_upload_add")).content.decode()
    assert looked_at(analyst, "no,where\n1,Douma\n", name="list.csv", mapping="our-sheet").counts["all"]["new"] == 1


def test_a_row_that_looks_like_a_record_here_is_told_beside_it(analyst: User) -> None:
    here = factories.make_party(analyst, name_en="Military Intelligence Branch 215")
    upload = looked_at(analyst, "ref,name_en\np,Military Intelligence, Branch 215\n".replace("ce, B", "ce B"), name="parties.csv")
    [twin] = upload.remarks.filter(sort=RemarkSort.TWIN)
    assert (twin.row, twin.uid, twin.words) == (2, here.uid, str(here))


def test_a_change_is_told_with_what_the_record_holds_now(analyst: User) -> None:
    come_in(looked_at(analyst))
    upload = looked_at(analyst, GOOD.replace("Second", "The second"))
    [change] = upload.remarks.all()
    assert (change.sort, change.row, change.column, change.old, change.value) == (
        "difference",
        3,
        "title_en",
        "Second",
        "The second",
    )


# ── mended ──


def test_who_brings_a_file_in_arabic_is_told_in_arabic_what_is_wrong_and_gets_the_sheet_so(analyst: User) -> None:
    bad = "ref,title_en,date,extent\ni1,x,2013-02-31,episode\n,y,,\n"
    with translation.override("ar"):
        upload = looked_at(analyst, bad)
    told = {remark.column: remark.words for remark in upload.remarks.filter(sort=RemarkSort.ERROR)}
    assert "«2013-02-31» ليس تاريخًا" in told["date"] and "ليس واحدًا من" in told["extent"] and "كل سجل يحتاج" in told["ref"]
    assert "كل سجل يحتاج إلى مرجع" in b"".join(with_errors(upload, "incidents.csv")).decode()
    assert all("is not" in each.words for each in looked_at(analyst, bad).remarks.filter(column__in=["date", "extent"]))


def test_the_sheet_comes_back_with_a_column_of_errors_and_mended_it_comes_in(analyst: User) -> None:
    upload = looked_at(analyst, BAD)
    text = b"".join(with_errors(upload, "incidents.csv")).decode("utf-8-sig")
    header, first, blank, second, third = csv.reader(io.StringIO(text))
    assert header == ["ref", "title_en", "date", ERRORS] and blank == []
    assert first[:3] == ["i1", "Shelling, it is said", "2013-02-31"] and first[3].startswith("date: “2013-02-31” is not a date")
    assert second == ["i2", "Second", "2013-03", ""] and third[3].count("|") == 1
    mended = text.replace("2013-02-31", "2013-02-28").replace("i3,,never", "i3,Third,2013")
    again = looked_at(analyst, mended.encode("utf-8-sig"))
    assert again.counts["all"]["refused"] == 0
    assert come_in(again).step == Step.DONE
    assert set(Incident.objects.values_list("title_en", flat=True)) == {"Shelling, it is said", "Second", "Third"}


# ── brought in ──


def test_a_file_comes_in_once_however_often_the_job_is_run(analyst: User) -> None:
    upload = come_in(looked_at(analyst))
    assert upload.run == Import.objects.get() and upload.run.file_name == "incidents.csv"
    working.bring_in(upload.pk)
    working.look_at(upload.pk)
    assert Import.objects.count() == 1 and Incident.objects.count() == 2
    assert upload.pieces.count() == 0  # what it held is in the records now


def test_a_file_with_wrong_rows_comes_in_only_by_the_choice_of_its_valid_rows(analyst: User) -> None:
    upload = looked_at(analyst, BAD)
    with pytest.raises(Refused, match="Rows of it are wrong"):
        uploading.order(upload, by=analyst)
    upload = come_in(upload, valid_rows=True)
    assert upload.step == Step.DONE and Incident.objects.get().title_en == "Second"
    assert b"".join(with_errors(upload, "incidents.csv"))  # the others can still be mended


def test_what_broke_off_is_begun_again_once_and_then_not_any_more(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = looked_at(analyst)
    uploading.order(upload, by=analyst)

    def dying(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(working, "import_records", dying)
        for _time in range(working.TRIES):
            with pytest.raises(KeyboardInterrupt):
                working.bring_in(upload.pk)
    working.bring_in(upload.pk)
    upload.refresh_from_db()
    assert upload.step == Step.FAILED and "broke off twice" in upload.trouble and Incident.objects.count() == 0


def test_a_job_that_broke_off_once_ends_in_the_same_data(analyst: User, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = looked_at(analyst)
    uploading.order(upload, by=analyst)
    with monkeypatch.context() as patch:
        patch.setattr(working, "_keep", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            working.bring_in(upload.pk)  # after all was written, before anything was said of it
    working.bring_in(upload.pk)
    assert Import.objects.count() == 1 and Incident.objects.count() == 2


def test_who_may_not_enter_records_any_more_brings_nothing_in(analyst: User) -> None:
    upload = looked_at(analyst)
    uploading.order(upload, by=analyst)
    User.objects.filter(pk=analyst.pk).update(role=Role.RESEARCHER)
    working.bring_in(upload.pk)
    upload.refresh_from_db()
    assert upload.step == Step.FAILED and Incident.objects.count() == 0


def test_a_discarded_file_leaves_nothing_behind(analyst: User) -> None:
    uploading.discard(looked_at(analyst, BAD), by=analyst)
    assert Upload.objects.count() == UploadPiece.objects.count() == UploadRemark.objects.count() == 0
    with pytest.raises(Refused, match="came in already"):
        uploading.discard(come_in(looked_at(analyst)), by=analyst)


# ── at the desk ──


def test_a_file_that_is_brought_at_the_desk_waits_for_a_worker(analyst: User) -> None:
    file = SimpleUploadedFile("incidents.csv", GOOD.encode())
    answer = signed_in(analyst).post(reverse("admin:cases_upload_add"), {"file": file, "rows": "", "dataset": ""})
    upload = Upload.objects.get()
    assert answer.url == reverse("admin:cases_upload_change", args=[upload.pk]) and upload.dataset == "incidents"
    job = ProcrastinateJob.objects.get()
    assert (job.task_name, job.args) == ("cases.tasks.look_at", {"upload": upload.pk})
    tasks.look_at(**job.args)
    page = signed_in(analyst).get(answer.url).content.decode()
    assert 'name="bring_in"' in page and "Looked at: nothing is written yet" in page


def test_a_file_that_is_refused_leaves_no_job(analyst: User) -> None:
    file = SimpleUploadedFile("incidents.csv", b"<html>")
    answer = signed_in(analyst).post(reverse("admin:cases_upload_add"), {"file": file, "rows": ""})
    assert "web page" in answer.content.decode() and not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize("role", ["reviewer", "manager", "administrator", "custodian", "researcher"])
@pytest.mark.parametrize("page", ["change", "errors", "progress"])
def test_what_somebody_brought_nobody_else_sees(role: str, page: str, analyst: User) -> None:
    upload = looked_at(analyst, BAD)
    address = reverse(f"admin:cases_upload_{page}", args=[upload.pk]) + "?sheet=incidents.csv"
    answer = signed_in(factories.make_user(role)).get(address)
    assert answer.status_code in (302, 403, 404) and b"it is said" not in getattr(answer, "content", b"")
    assert signed_in(analyst).get(address).status_code == 200


def test_an_import_is_undone_from_its_page_with_a_reason(analyst: User) -> None:
    run = come_in(looked_at(analyst)).run
    address = reverse("admin:cases_import_change", args=[run.pk])
    assert b"This field is required" in signed_in(analyst).post(address, {"undo": "1", "reason": ""}).content
    assert Incident.objects.count() == 2
    signed_in(analyst).post(address, {"undo": "1", "reason": "Trial."})
    assert Incident.objects.count() == 0


def test_an_import_is_handed_in_from_its_page(analyst: User) -> None:
    run = come_in(looked_at(analyst)).run
    signed_in(analyst).post(reverse("admin:cases_import_change", args=[run.pk]), {"verb": "submit", "move_reason": "All."})
    assert set(Incident.objects.values_list("state", flat=True)) == {"in_review"}


def test_a_name_of_a_file_is_no_way_out_of_its_folder(analyst: User) -> None:
    upload = brought(analyst, name="../../incidents.csv")
    with uploading.as_file(upload) as path:
        assert path.name == "incidents.csv" and Path(path).parent.name.startswith("hrdocs-")


def test_what_was_brought_is_forgotten_after_a_month_but_for_work_under_way_and_what_came_in(analyst: User) -> None:
    planned, done, waiting = looked_at(analyst, BAD), come_in(looked_at(analyst, BAD), valid_rows=True), brought(analyst)
    tasks.forget_files(0)
    assert Upload.objects.count() == 3
    Upload.objects.update(at=timezone.now() - dt.timedelta(days=31))
    tasks.forget_files(0)
    assert set(Upload.objects.values_list("pk", flat=True)) == {done.pk, waiting.pk}
    assert UploadRemark.objects.count() == 0 and {piece.upload for piece in UploadPiece.objects.all()} == {waiting}
    assert planned.pk not in {done.pk, waiting.pk}
