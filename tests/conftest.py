"""Fixtures for every test: people of each role, and the founding case loaded once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command

from hrdocs.access import Role
from hrdocs.models import User
from tests import factories


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


@pytest.fixture(scope="session")
def founding_case(django_db_setup, django_db_blocker):
    """The founding case, imported and published through the front door, for tests that only read it."""
    with django_db_blocker.unblock():
        call_command("load_vocabularies", verbosity=0)
        call_command("demo_accounts", verbosity=0)
        call_command("load_demo", verbosity=0)
