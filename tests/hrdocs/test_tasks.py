"""What the worker does by the clock: nobody has to remember it."""

from __future__ import annotations

import datetime as dt

import pytest
from asgiref.sync import async_to_sync
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from hrdocs import tasks
from hrdocs.models import Seal
from tests import factories

pytestmark = pytest.mark.django_db


def test_each_is_known_to_the_worker_with_its_hours():
    known = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert known["hrdocs.tasks.seal"] == "*/15 * * * *"
    assert known["cases.tasks.keep_consent"] == "0 0 * * *"
    assert {"hrdocs.tasks.forget", "hrdocs.tasks.forget_jobs"} <= set(known)


def test_what_is_new_in_history_is_sealed_and_what_is_over_is_forgotten():
    factories.make_place(factories.make_user())
    before = Seal.objects.count()
    Session.objects.create(session_key="over", session_data="", expire_date=timezone.now() - dt.timedelta(minutes=1))
    tasks.seal(0)
    tasks.forget(0)
    assert Seal.objects.count() == before + 1
    assert not Session.objects.filter(session_key="over").exists()


@pytest.mark.django_db(transaction=True)
def test_finished_jobs_go_after_a_week_and_failed_ones_stay():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        for name, status, days in (("old", "succeeded", 8), ("new", "succeeded", 6), ("wrong", "failed", 8)):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (task_name, queue_name, args, status) VALUES (%s, 'x', '{}', %s) RETURNING id",
                [name, status],
            )
            cursor.execute(
                "UPDATE procrastinate_events SET at = now() - make_interval(days => %s) WHERE job_id = %s",
                [days, cursor.fetchone()[0]],
            )
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at) SELECT max(id), %s, now() - make_interval(days => %s) FROM procrastinate_jobs",
                [status, days],
            )
    async_to_sync(tasks.forget_jobs.func)(0)
    assert set(ProcrastinateJob.objects.values_list("task_name", flat=True)) == {"new", "wrong"}
