"""Only so many files leave at once, and no question works longer than it may."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test import Client
from psycopg.errors import QueryCanceled

from hrdocs import slots
from hrdocs.api import FORMATS, RecordViewSet
from tests.hrdocs.forms import signed_in

pytestmark = pytest.mark.django_db
LIST = "/api/v1/cases/"


@pytest.fixture
def elsewhere():
    """A connection of another process."""
    given = connection.get_connection_params()
    with psycopg.connect(
        **{name: given[name] for name in ("dbname", "user", "host", "port", "password") if name in given}
    ) as other:
        yield other


def take(other: psycopg.Connection, number: int) -> None:
    other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [slots._SLOTS, number])


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_refused_while_others_have_all_slots_and_leaves_when_one_is_free(form, elsewhere, settings):
    settings.EXPORTS_AT_ONCE = 2
    for number in range(2):
        take(elsewhere, number)
    refused = Client().get(LIST, {"format": form})
    assert refused.status_code == 503 and refused["Content-Type"] == "application/problem+json"
    assert refused["Retry-After"] == str(slots.TRY_AGAIN) and "Retry-After" in refused.json()["title"]
    assert Client().get(LIST).status_code == 200
    elsewhere.rollback()
    answer = Client().get(LIST, {"format": form})
    assert answer.status_code == 200 and list(answer.streaming_content)


@pytest.mark.parametrize("address", ["/facilities/FAC-AAAAA-AAAAAA/", "/admin/cases/facility/"])
def test_a_page_whose_question_is_given_up_says_so_and_when_to_ask_again(address, analyst):
    client = Client() if address[1] != "a" else signed_in(analyst)

    def given_up(execute, sql, *given):
        if "cases_facility" in sql:
            raise OperationalError from QueryCanceled()
        return execute(sql, *given)

    with connection.execute_wrapper(given_up):
        answer = client.get(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, str(slots.TRY_AGAIN))
    assert "took too long" in answer.content.decode()


def test_each_process_has_a_time_for_any_of_its_questions():
    code = "import django; django.setup(); from django.db import connection as c; x = c.cursor(); x.execute('SHOW statement_timeout'); print(*x.fetchone())"
    told = {
        **os.environ,
        "STATEMENT_SECONDS": "7",
        "DATABASE_POOL": "0",
        "DJANGO_SETTINGS_MODULE": "hrdocs.settings",
        "HRDOCS_LOCAL": "1",
    }
    said = subprocess.run([sys.executable, "-c", code], env=told, cwd=settings.ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["7s"]


def test_one_slot_is_enough_for_a_file(elsewhere, settings):
    settings.EXPORTS_AT_ONCE = 2
    take(elsewhere, 0)
    assert Client().get(LIST, {"format": "csv"}).status_code == 200


def test_a_slot_is_free_again_when_nobody_reads_on(elsewhere, settings):
    settings.EXPORTS_AT_ONCE = 1
    free = "SELECT pg_try_advisory_xact_lock(%s, 0)"
    with transaction.atomic():
        pieces = slots._in_a_slot(iter([b"one", b"two"]))
        assert next(pieces) == b"one"
        assert elsewhere.execute(free, [slots._SLOTS]).fetchone() == (False,)
        pieces.close()
        transaction.set_rollback(True)  # as the transaction of a file does that breaks off
    assert elsewhere.execute(free, [slots._SLOTS]).fetchone() == (True,)


def test_a_page_on_which_the_database_works_too_long_is_given_up_in_words(settings, monkeypatch):
    def slow(*args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    settings.PAGE_SECONDS = 1
    monkeypatch.setattr(RecordViewSet, "paginate_queryset", slow)
    answer = Client().get(LIST)
    assert answer.status_code == 503
    assert answer.json()["title"] == slots.TookTooLong.default_detail
    monkeypatch.undo()
    assert Client().get(LIST).status_code == 200
