"""What this program writes, it reads: an export of any kind of record comes back, and changes nothing."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from django.test import Client

from cases.imports.kinds import SHEETS, model_of
from cases.imports.outcome import Outcome
from cases.imports.sheets import read_folder
from cases.imports.write import import_records
from cases.models import Estimate, Facility
from hrdocs.access import Role
from hrdocs.models import Record, User
from hrdocs.urls import ENDPOINTS
from tests import factories

KINDS = [name for name in SHEETS if issubclass(model_of(name), Record) and name.replace("_", "-") in ENDPOINTS]


@pytest.fixture
def staff(founding_case: None, db: None) -> User:
    return factories.make_user(Role.MANAGER)


def taken_out(user: User, kind: str, ending: str, folder: Path) -> Path:
    """The whole list of a kind, as a reader downloads it."""
    client = Client()
    client.force_login(user)
    answer = client.get(f"/api/v1/{kind.replace('_', '-')}/", {"format": ending})
    path = folder / f"{kind}-2031-03-01.{ending}"
    path.write_bytes(b"".join(answer.streaming_content) if answer.streaming else answer.content)
    return path


def back(path: Path, user: User) -> Outcome:
    return import_records(path, by=user, dataset="back")


@pytest.mark.parametrize("ending", ["csv", "xlsx", "ndjson"])
def test_an_export_of_every_kind_comes_back_unchanged(ending: str, staff: User, tmp_path: Path) -> None:
    came = {}
    for kind in KINDS:
        model = model_of(kind)
        there = model.objects.count()
        path = taken_out(staff, kind, ending, tmp_path)
        if not there:
            continue
        outcome = back(path, staff)
        assert not outcome.errors, (kind, outcome.errors[:3])
        came[kind] = (outcome.counts["unchanged"], outcome.read, there)
        assert model.objects.count() == there
    assert len(came) > 8
    assert {kind: counts for kind, counts in came.items() if len(set(counts)) > 1} == {}


def test_a_cell_that_was_changed_in_an_export_changes_that_record_alone(staff: User, tmp_path: Path) -> None:
    draft = factories.make_facility(staff, name_en="A branch")
    path = taken_out(staff, "facilities", "xlsx", tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book.active
    header = [cell.value for cell in sheet[1]]
    [row] = [row for row in sheet.iter_rows(min_row=2) if row[header.index("uid")].value == draft.uid]
    row[header.index("name_ar")].value = "فرع"
    book.save(path)
    outcome = back(path, staff)
    assert (outcome.counts["changed"], outcome.counts["new"]) == (1, 0)
    assert Facility.objects.get(pk=draft.pk).name_ar == "فرع"


def test_an_export_says_which_of_its_columns_do_not_come_in(staff: User, tmp_path: Path) -> None:
    [sheet] = read_folder(taken_out(staff, "estimates", "csv", tmp_path))[0]
    assert sheet.name == "estimates"
    assert "passes_on" in sheet.notes[-1] and "are for reading" in sheet.notes[-1]
    assert {"ref", "source", "about_facility", "lower", "categories", "done_by"} <= set(sheet.header)


def test_a_text_that_a_spreadsheet_would_run_comes_back_as_it_was(staff: User, tmp_path: Path) -> None:
    made = factories.make_estimate(staff, value_text="=1+1")
    for ending in ("csv", "xlsx", "ndjson"):
        assert back(taken_out(staff, "estimates", ending, tmp_path), staff).counts["changed"] == 0
    assert Estimate.objects.get(pk=made.pk).value_text == "=1+1"
