"""Jobs in the background: administrators see how they stand, try them again and cancel them; a mail is asked for again."""

from __future__ import annotations

import inspect
from types import SimpleNamespace

import pytest
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from cases.imports import uploading, working
from cases.models import Incident, Step
from hrdocs import beside, notices, tasks
from hrdocs.access import Role
from hrdocs.management.commands import run_local
from hrdocs.models import DoorEventKind, User
from tests import factories
from tests.hrdocs.forms import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    return factories.make_user(Role.ADMINISTRATOR)


def job_that(status: str, task: str = "hrdocs.tasks.seal", **given: int) -> ProcrastinateJob:
    pk = app.configure_task(task).defer(**given)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s", [status, pk])
    return ProcrastinateJob.objects.get(pk=pk)


def page(job: ProcrastinateJob, name: str = "change") -> str:
    return reverse(f"admin:procrastinate_procrastinatejob_{name}", args=[job.pk])


BUTTONS = {
    "todo": (True, False),
    "doing": (True, False),
    "failed": (False, True),
    "succeeded": (False, False),
    "cancelled": (False, False),
}


@pytest.mark.parametrize(("status", "buttons"), BUTTONS.items())
def test_a_job_offers_what_can_be_done_with_it(status, buttons, administrator):
    html = signed_in(administrator).get(page(job_that(status))).content.decode()
    assert ("Cancel the job" in html, "Try it again" in html) == buttons


@pytest.mark.parametrize(
    ("status", "verb", "then"),
    [("todo", "cancel", ("cancelled", True)), ("doing", "cancel", ("doing", True)), ("failed", "again", ("todo", False)),
     ("succeeded", "again", ("succeeded", False)), ("succeeded", "cancel", ("succeeded", False)), ("doing", "again", ("doing", False))],
)  # fmt: skip
def test_a_verb_does_what_can_be_done_and_nothing_else(status, verb, then, administrator):
    job, client = job_that(status), signed_in(administrator)
    assert client.get(page(job, verb)).status_code == 405
    told = client.post(page(job, verb), follow=True).content.decode()
    job.refresh_from_db()
    assert (job.status, job.abort_requested) == then
    assert ("The job has moved on meanwhile" in told) == (then == (status, False))


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_jobs_are_for_administrators_alone(role):
    job, client = job_that("failed"), signed_in(factories.make_user(role))
    for answer in (client.get(page(job)), client.post(page(job, "again")), client.post(page(job, "cancel"))):
        assert answer.status_code in (302, 403)
    job.refresh_from_db()
    assert job.status == "failed"


def test_a_mail_that_could_not_be_sent_is_asked_for_again_later_and_later_and_then_given_up():
    waits: list[float | None] = []
    for attempts in range(9):
        decision = tasks.mail_notice.retry_strategy.get_retry_decision(
            exception=OSError(), job=SimpleNamespace(attempts=attempts)
        )
        waits.append(decision and decision.retry_at.timestamp())
    assert waits[8] is None and all(waits[:8])
    assert sorted(waits[:8]) == waits[:8] and waits[7] - waits[0] > 3600


@pytest.mark.django_db(transaction=True)
def test_an_import_that_is_cancelled_while_it_runs_ends_and_writes_nothing(monkeypatch):
    monkeypatch.setattr(beside, "SECONDS", 0)
    upload = uploading.take_in(
        "incidents.csv", [b"ref,title_en,date\ni1,Never came in,2013-02\n"], by=factories.make_user(), dataset="x"
    )
    job_that("doing", "cases.tasks.look_at", upload=upload.pk + 1)
    working.look_at(upload.pk)
    upload.refresh_from_db()
    assert upload.step == Step.PLANNED
    uploading.order(upload, by=upload.by)
    job = job_that("doing", "cases.tasks.bring_in", upload=upload.pk)
    app.job_manager.cancel_job_by_id(job.pk, abort=True)
    working.bring_in(upload.pk)
    upload.refresh_from_db()
    assert upload.step == Step.FAILED and "was cancelled" in upload.trouble
    assert not Incident.objects.filter(title_en="Never came in").exists()


def test_a_worker_that_ended_is_started_again_while_the_server_runs(monkeypatch):
    started: list[str] = []

    class Process:
        def __init__(self, what: str) -> None:
            started.append(what)
            self.what, self.asked = what, 0

        def poll(self) -> int | None:
            self.asked += 1
            if self.what == "web":
                return 0 if self.asked > 3 else None
            return 1 if started.count("worker") == 1 else None

        def terminate(self) -> None: ...
        def wait(self) -> int:
            return 0

    monkeypatch.setattr(
        run_local.subprocess, "Popen", lambda command, **given: Process("web" if "gunicorn" in command else "worker")
    )
    monkeypatch.setattr(run_local.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(run_local.signal, "signal", lambda *given: None)
    assert run_local.Command()._serve(8000) == 0
    assert started == ["web", "worker", "worker"]


NUMBERS = {"file", "notice", "page", "person", "upload", "timestamp"}  # keys of rows, and the time at which it is done
WORDS = {"what"}  # what happened to an account, in words of the program


def test_jobs_are_told_numbers_alone_and_no_uid_name_or_address_since_administrators_see_them():
    own = [task for name, task in app.tasks.items() if name.startswith(("hrdocs.", "cases.", "sources."))]
    assert len(own) >= 10
    for task in own:
        for name, given in inspect.signature(inspect.unwrap(task.func)).parameters.items():
            assert (name in NUMBERS and given.annotation == "int") or (name in WORDS and given.annotation == "str"), task.name


def test_what_is_told_in_words_is_a_kind_of_thing_that_can_happen_to_any_account(administrator, settings):
    settings.NOTICES_BY_MAIL = True
    User.objects.filter(pk=administrator.pk).update(email="secret@example.org")
    administrator.refresh_from_db()
    with pytest.raises(AttributeError):
        notices.tell_person(administrator, f"{administrator.username} was here")
    notices.tell_person(administrator, DoorEventKind.LOCKED)
    assert ProcrastinateJob.objects.latest("id").args == {"person": administrator.pk, "what": "Locked out for a while"}
