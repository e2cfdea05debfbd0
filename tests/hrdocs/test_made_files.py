"""Files that are made in the background: what the API gives, for who ordered it, while she may still see all of it."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from cases.models import Facility
from hrdocs import beside, review
from hrdocs.access import Role, Sensitivity
from hrdocs.making_files import holding, ordering, store, working
from hrdocs.models import MadeFile, Making, Manifest, User
from hrdocs.refusal import Refused
from tests import factories
from tests.hrdocs.forms import signed_in

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/facilities/?q=Branch&format=csv"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(beside, "SECONDS", 1e12)  # how far it is, is told by a connection that sees what is committed alone
    settings.MADE_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def facility() -> Facility:
    made = factories.make_facility(factories.make_user(), name_en="Branch 215")
    factories.publish(made, by=factories.make_user(Role.REVIEWER))
    made.refresh_from_db()
    return made


@pytest.fixture
def reader() -> User:
    return factories.make_user(Role.RESEARCHER)


def made(address: str, by: User) -> MadeFile:
    file = ordering.order(address, by=by)
    working.make(file.pk)
    file.refresh_from_db()
    return file


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.ANALYST])
def test_a_file_that_was_ordered_is_what_the_api_gives_and_is_had_by_who_ordered_it_alone(role, facility, folder):
    reader, other = factories.make_user(role), signed_in(factories.make_user(role))
    client, asked = signed_in(reader), {"address": f"http://localhost:8000{ADDRESS}&manifest=x"}
    page = client.post(reverse("files"), asked, follow=True)
    file = MadeFile.objects.get(by=reader)
    assert "Waits for a worker" in page.content.decode() and page["Refresh"]
    assert ProcrastinateJob.objects.latest("id").args == {"file": file.pk}
    working.make(file.pk)
    working.make(file.pk)  # once, however often it is asked
    file.refresh_from_db()
    assert (file.step, file.tries, file.trouble) == (Making.READY, 1, "")
    manifest = Manifest.objects.get(uid=file.manifest)
    assert (manifest.state, manifest.sha256, manifest.rows) == ("complete", file.sha256, 1)
    got = client.get(reverse("download-file", args=[file.pk]))
    told = b"".join(got.streaming_content)
    direct = client.get(ADDRESS, headers={"host": "localhost:8000"}).getvalue()
    assert told == direct and b"Branch 215" in told and hashlib.sha256(told).hexdigest() == file.sha256
    assert got["Content-Disposition"] == 'attachment; filename="hrdocs-facilities.csv"'
    assert file.sha256 in client.get(reverse("files")).content.decode()
    for name, ask in (("download-file", other.get), ("change-file", other.post)):
        assert ask(reverse(name, args=[file.pk])).status_code == 404
    assert file.sha256 not in other.get(reverse("files")).content.decode()
    assert Client().get(reverse("download-file", args=[file.pk])).status_code == 302
    client.post(reverse("change-file", args=[file.pk]), {"forget": ""})
    assert not MadeFile.objects.filter(pk=file.pk).exists() and not any(folder.iterdir())


def test_a_report_is_made_likewise(facility, reader):
    file = made(f"/api/v1/facilities/{facility.uid}/report/?format=html&lang=ar", reader)
    assert file.step == Making.READY, file.trouble
    assert file.file_name == f"hrdocs-{facility.uid}-ar.html" and file.media_type.startswith("text/html")


def _retracted(facility: Facility, file: MadeFile, folder: Any) -> None:
    review.retract(facility, by=factories.make_user(Role.MANAGER), reason="It was wrong.", public_note="It was wrong.")


def _restricted(facility: Facility, file: MadeFile, folder: Any) -> None:
    with factories.past_the_guard():
        Facility.objects.filter(pk=facility.pk).update(sensitivity=Sensitivity.RESTRICTED, version=F("version") + 1)


def _of_another_role(facility: Facility, file: MadeFile, folder: Any) -> None:
    User.objects.filter(pk=file.by_id).update(role=Role.CUSTODIAN)


def _switched_off(facility: Facility, file: MadeFile, folder: Any) -> None:
    User.objects.filter(pk=file.by_id).update(is_active=False)


def _erased(facility: Facility, file: MadeFile, folder: Any) -> None:
    holding.take_all_away()


def _damaged(facility: Facility, file: MadeFile, folder: Any) -> None:
    store.place_of(file.pk).chmod(0o600)
    store.place_of(file.pk).write_bytes(b"another")


def _past_its_day(facility: Facility, file: MadeFile, folder: Any) -> None:
    MadeFile.objects.filter(pk=file.pk).update(until=timezone.now() - dt.timedelta(seconds=1))


TO_ALL = [_restricted, _of_another_role, _switched_off, _erased, _damaged, _past_its_day]
CLOSED = [(_retracted, Role.RESEARCHER), *itertools.product(TO_ALL, (Role.RESEARCHER, Role.ANALYST))]


@pytest.mark.parametrize(("closes", "role"), CLOSED)
def test_a_file_is_not_given_out_once_something_in_it_was_closed_to_her(
    closes, role, facility, folder, django_capture_on_commit_callbacks
):
    file = made(ADDRESS, factories.make_user(role))
    factories.publish(factories.make_facility(factories.make_user(), name_en="Branch 227"), by=factories.make_user(Role.REVIEWER))
    assert ordering.had(file).read_bytes()  # what was added since takes nothing away
    with django_capture_on_commit_callbacks(execute=True):
        closes(facility, file, folder)
        with pytest.raises(Refused):
            ordering.had(MadeFile.objects.get(pk=file.pk))
    holding.forget()
    assert not any(folder.iterdir())
    assert not MadeFile.objects.filter(address__contains="Branch").exists()


REFUSED = ["/api/v1/facilities/", "/api/v1/facilities/?format=json", "/api/v1/facilities/?format=exe", "/admin/", "/nowhere/",
           "/api/v1/exports/EXP-00000-000000/?format=csv", "/api/v1/changes/?format=csv", "https://example.org", "", "x" * 5000]  # fmt: skip


def test_what_is_no_file_of_the_api_can_not_be_ordered_and_what_is_misspelt_says_so(reader):
    for address in REFUSED:
        with pytest.raises(Refused):
            ordering.order(address, by=reader)
    file = made("/api/v1/facilities/?colour=red&format=csv", reader)
    assert file.step == Making.FAILED and file.trouble
    for _ in range(ordering.MOST):
        last = ordering.order(ADDRESS, by=reader)
    with pytest.raises(Refused, match="already"):
        ordering.order(ADDRESS, by=reader)
    ordering.cancel(last)
    working.make(last.pk)
    last.refresh_from_db()
    assert (last.step, last.tries) == (Making.CANCELLED, 0)


def test_work_that_was_broken_off_is_begun_once_more_and_not_again(facility, reader, monkeypatch, folder):
    def dies(*given: Any) -> Iterator[bytes]:
        yield b"half"
        raise OSError(5)

    file = ordering.order(ADDRESS, by=reader)
    (folder / "999999.part").write_bytes(b"of a worker that was killed")
    holding.forget()
    assert not any(folder.iterdir())
    with monkeypatch.context() as broken:
        broken.setattr("hrdocs.formats.csv.write", dies)
        for step in (Making.WORKING, Making.WORKING):
            with pytest.raises(OSError):
                working.make(file.pk)
            file.refresh_from_db()
            assert file.step == step
        working.make(file.pk)
    file.refresh_from_db()
    assert (file.step, file.tries) == (Making.FAILED, 3) and "broke off twice" in file.trouble
    assert not any(folder.iterdir())


def test_administrators_see_how_far_files_are_and_neither_whose_nor_of_what(reader):
    ordering.order(ADDRESS, by=reader)
    page = reverse("admin:hrdocs_madefile_changelist")
    html = signed_in(factories.make_user(Role.ADMINISTRATOR)).get(page).content.decode()
    assert "Waits for a worker" in html and "Branch" not in html and reader.username not in html
    assert signed_in(factories.make_user(Role.MANAGER)).get(page).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_cancelled_while_it_is_made_ends_within_seconds(facility, reader, monkeypatch, folder):
    monkeypatch.setattr(beside, "SECONDS", 0)
    by_her, by_an_administrator, wanted = (ordering.order(ADDRESS, by=reader) for _ in range(3))
    job = ProcrastinateJob.objects.get(args__file=by_an_administrator.pk)
    begin = working._begin

    def begun(pk: int) -> MadeFile | None:
        file = begin(pk)
        if pk == by_her.pk:
            ordering.cancel(by_her)
        elif pk == by_an_administrator.pk:
            app.job_manager.cancel_job_by_id(job.pk, abort=True)
        return file

    monkeypatch.setattr(working, "_begin", begun)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.pk])
    for file in (by_her, by_an_administrator, wanted):
        working.make(file.pk)
        file.refresh_from_db()
    assert [each.step for each in (by_her, by_an_administrator, wanted)] == [Making.CANCELLED, Making.CANCELLED, Making.READY]
    assert [path.name for path in folder.iterdir()] == [str(wanted.pk)]
