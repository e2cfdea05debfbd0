"""The world that the tests of the house share: built once a process, taken back after the last of them."""

from __future__ import annotations

import copy

import pytest
from django.db import connection, transaction
from django.test import Client

from hrdocs import stamps
from tests.house import canaries


@pytest.fixture(autouse=True)
def counted_anew(monkeypatch):
    """What is kept of counts under a stamp would hide that something hidden has changed one."""
    monkeypatch.setattr(stamps, "_counts", stamps.Kept(0))


@pytest.fixture(scope="package")
def built(django_db_setup, django_db_blocker):
    """Records of every kind, in one transaction that is never committed. It takes some twenty seconds."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = canaries.build()
        with connection.cursor() as cursor:
            # What is not committed is analysed by nobody else, and plans are made on guesses. Table by table: ANALYZE alone
            # takes the server's own tables too, and would hold up the other test process until this transaction ends.
            cursor.execute(f"ANALYZE {', '.join(connection.introspection.table_names())}")
        connection.check_constraints()  # once: else each test asks again for every row of the world, in its own savepoint
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(built, django_db_blocker):
    """The world as it was built, for one module: what this adds to it, in rows or in what is known of them, goes again."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield copy.deepcopy(built)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def asker(world):
    """A signed-in client for each role."""
    clients = {role: Client() for role in world.people}
    for role, client in clients.items():  # all at once: a session made inside a test would be taken back with it
        if role != "anonymous":
            client.force_login(world.people[role])
    return clients.__getitem__
