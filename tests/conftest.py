"""Fixtures for every test: people of each role, and the founding case loaded once."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from cases.models import DataSet, Import, ImportedChange, ImportedRow, Upload
from hrdocs.access import Role
from hrdocs.models import News, Record, User
from tests import factories


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays to the end: the collector need not walk it again and again (a fifth of the time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)


SHARED = ("built", "founding_case")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Who reads the same world goes to the same process (`--dist loadgroup`): there it is built once, not in each."""
    for item in items:
        for world in SHARED:
            if world in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(world))


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """An answer in Arabic leaves its language to the process; the next test begins in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def people(db) -> dict[str, User | AnonymousUser]:
    """One account per role, and nobody in particular under "anonymous"."""
    return {"anonymous": AnonymousUser(), **{role.value: factories.make_user(role) for role in Role}}


@pytest.fixture
def analyst(db) -> User:
    return factories.make_user()


@pytest.fixture
def reviewer(db) -> User:
    return factories.make_user(Role.REVIEWER)


@pytest.fixture
def alone(db) -> None:
    """No record is there, nor what tells of one, whatever another test of this process has loaded for many; all is back when
    the test ends."""
    records = [kind for kind in apps.get_models() if issubclass(kind, Record) and not kind._meta.proxy]
    tables = sorted({kind._meta.db_table for kind in (*records, News)})
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT 1 FROM {table} LIMIT 1)" for table in tables))
        if cursor.fetchone():
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            # Deleted, not truncated: that would lock out what says beside an import how far it is.
            for kind in (ImportedChange, ImportedRow, Upload, Import, DataSet):
                cursor.execute(f"DELETE FROM {kind._meta.db_table}")


@pytest.fixture(scope="session")
def founding_case(django_db_setup, django_db_blocker):
    """The founding case, imported and published through the front door, for tests that only read it."""
    with django_db_blocker.unblock():
        call_command("load_vocabularies", verbosity=0)
        call_command("demo_accounts", verbosity=0)
        call_command("load_demo", verbosity=0)
