"""Fixtures for every test: people of each role, and the founding case loaded once."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.template import Context, RequestContext, Template
from django.test.signals import template_rendered
from django.utils import translation

from cases.chains import settle_drift
from cases.models import Import
from hrdocs.access import Role
from hrdocs.models import News, Record, User
from tests import database, factories


def pytest_configure() -> None:
    """A static file is looked for when it is asked for. Else each client of a test would look through all of them first."""
    settings.WHITENOISE_AUTOREFRESH = True


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays to the end: the collector need not walk it again and again (a fifth of the time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1000)


@pytest.fixture(scope="session")
def django_db_setup(worker_id: str, django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """This process has a database of its own: a copy of the one that was migrated."""
    name = f"{database.MIGRATED}_{worker_id}"
    database.copy(name)
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(scope="session", autouse=True)
def told_of_pages(django_test_environment: None) -> None:
    """The client keeps a copy of the context of each template that is rendered: a thousand for a form of the desk, a quarter
    of the time. The page's own is the one that tests ask for."""

    def render(page: Template, context: Context) -> str:
        if context.template is page and isinstance(context, RequestContext):
            template_rendered.send(sender=page, template=page, context=context)
        return page.nodelist.render(context)

    Template._render = render  # Django's own comes back with the end of `django_test_environment`


@pytest.fixture(scope="session", autouse=True)
def emptied_row_by_row(django_test_environment: None) -> Iterator[None]:
    """What a test committed is deleted after it. Django would truncate all tables: it makes the files of 300 of them anew."""

    def sql_flush(ops: Any, style: Any, tables: list[str], **how: Any) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in tables))
            filled = [table for (table,) in cursor.fetchall()]
        no_trigger_asks_why = "SET LOCAL session_replication_role = replica"  # Django sends all of it in one transaction
        return [no_trigger_asks_why, *(f"DELETE FROM {table}" for table in filled)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


WORLDS = ("founding_case", "built")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Who reads a world that is built for many comes last: it stays, and all others begin with a database without a record."""
    yield
    items.sort(
        key=lambda item: max(WORLDS.index(name) if name in WORLDS else -1 for name in ["", *getattr(item, "fixturenames", ())])
    )


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
    """No record is there, nor what tells of one: whoever leans on it is told so where the order above has been broken."""
    tables = {
        kind._meta.db_table for kind in apps.get_models() if issubclass(kind, (Record, News, Import)) and not kind._meta.proxy
    }
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in sorted(tables)))
        assert not cursor.fetchall()


@pytest.fixture(scope="session")
def founding_case(django_db_setup, django_db_blocker):
    """The founding case, imported and published through the front door, for tests that only read it."""
    with django_db_blocker.unblock():
        call_command("load_vocabularies", verbosity=0)
        call_command("demo_accounts", verbosity=0)
        call_command("load_demo", verbosity=0)
        settle_drift()  # once; in a test it would be taken back with it
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # the server would come to it in a minute, in the middle of some test
