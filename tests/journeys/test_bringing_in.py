"""A sheet is brought, mended by what the desk says of it, and comes in: with a worker beside, as on a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from procrastinate.contrib.django.models import ProcrastinateJob

from cases import tasks
from cases.models import Import, Incident
from hrdocs.access import Role
from tests import factories
from tests.journeys.axe import barriers
from tests.journeys.conftest import SitDown

pytestmark = pytest.mark.browser

BAD = "ref,title_en,date,extent\ni1,Shelling of a market,2013-02-31,event\ni2,Arrests,2013-03,episode\ni3,A siege,2013-04,event\n"
JOBS = {"cases.tasks.look_at": tasks.look_at, "cases.tasks.bring_in": tasks.bring_in}


def work() -> None:
    """Do what waits, as a worker does."""
    for job in ProcrastinateJob.objects.filter(status="todo", task_name__in=JOBS).order_by("id"):
        JOBS[job.task_name](**job.args)
    ProcrastinateJob.objects.all()._raw_delete("default")


def bring(page: Page, path: Path) -> None:
    page.goto(reverse("admin:cases_upload_add"))
    page.get_by_label("File *").set_input_files(path)
    page.get_by_label("Data set").fill("market")
    page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("status")).to_contain_text("Waiting to be looked at")
    work()  # the page asks how far it is, and shows by itself what was found
    expect(page.get_by_role("status")).to_contain_text("Looked at: nothing is written yet")


def test_a_bad_sheet_is_mended_by_its_error_sheet_and_comes_in_and_goes_again(sit_down: SitDown, tmp_path: Path) -> None:
    page = sit_down(factories.make_user(Role.ANALYST))
    sheet = tmp_path / "incidents.csv"
    sheet.write_text(BAD)
    bring(page, sheet)
    assert not barriers(page)
    expect(page.get_by_role("button", name="Bring it in as drafts")).to_have_count(0)
    expect(page.get_by_text("“2013-02-31” is not a date")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Take incidents.csv with a column of what is wrong").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "import_errors" in text and "“episode” is not one of" in text
    mended = tmp_path / "mended" / download.value.suggested_filename
    mended.parent.mkdir()
    mended.write_text(text.replace("2013-02-31", "2013-02-28").replace(",episode,", ",pattern,"), encoding="utf-8-sig")
    assert Incident.objects.count() == 0

    bring(page, mended)
    page.get_by_role("button", name="Bring it in as drafts").click()
    expect(page.get_by_role("status")).to_contain_text("Waiting to come in")
    work()
    expect(page.get_by_role("status")).to_contain_text("Came in")
    assert {each.title_en: each.state for each in Incident.objects.all()} == {
        "Shelling of a market": "draft", "Arrests": "draft", "A siege": "draft"}  # fmt: skip

    page.get_by_role("link", name="The import that it became").click()
    page.get_by_label("Reason *").fill("It was the list of last year.")
    assert not barriers(page)
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("The import was undone.")).to_be_visible()
    assert Incident.objects.count() == 0 and Import.objects.get().undone_reason == "It was the list of last year."
