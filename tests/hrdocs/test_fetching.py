"""Rows by their keys: one statement for all who are shown the same, and nobody is shown by it what only another may see."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from hrdocs import fetching
from hrdocs.access import Role, Sensitivity
from hrdocs.models import Grant
from hrdocs.shapes import Reader
from sources.shapes import PARTIES
from tests import factories

pytestmark = pytest.mark.django_db


def names(keys: list[int], user) -> list[str]:
    reader = Reader(user)
    return [row["name_en"] for row in PARTIES.printed(fetching.rows(PARTIES, keys, reader), reader)]


def test_rows_come_in_the_order_of_their_keys_and_without_those_that_are_gone(analyst) -> None:
    one, two = (factories.make_party(analyst, name_en=name) for name in ("Branch 215", "Branch 227"))
    assert names([two.pk, 10**9, one.pk], analyst) == ["Branch 227", "Branch 215"]
    assert names([], analyst) == []


def test_what_one_reader_was_shown_is_not_shown_to_the_next(analyst) -> None:
    draft = factories.make_party(analyst, name_en="Branch 215")
    assert names([draft.pk], analyst) == ["Branch 215"]
    assert names([draft.pk], factories.make_user(Role.RESEARCHER)) == names([draft.pk], AnonymousUser()) == []


def test_of_two_who_work_here_only_the_one_with_the_grant_is_shown_what_is_restricted(analyst) -> None:
    author, other = factories.make_user(), factories.make_user()
    hidden = factories.make_party(author, name_en="Branch 215", sensitivity=Sensitivity.RESTRICTED)
    assert names([hidden.pk], author) == ["Branch 215"]
    assert names([hidden.pk], other) == names([hidden.pk], analyst) == []
    given = {"uid": hidden.uid, "until": dt.date(2100, 1, 1), "granted_by": factories.make_user(Role.MANAGER), "reason": "Asked."}
    Grant.objects.create(user=other, **given)
    assert names([hidden.pk], other) == ["Branch 215"]
    assert names([hidden.pk], analyst) == []


def test_who_is_made_a_researcher_sees_drafts_no_longer(analyst) -> None:
    draft = factories.make_party(analyst, name_en="Branch 215")
    assert names([draft.pk], analyst)
    analyst.role = Role.RESEARCHER
    assert names([draft.pk], analyst) == []


def test_a_statement_is_put_together_once_for_all_who_are_shown_the_same(db) -> None:
    fetching.statement_of.cache_clear()
    for user in (AnonymousUser(), AnonymousUser(), factories.make_user(Role.RESEARCHER), factories.make_user(Role.RESEARCHER)):
        names([1], user)
    told = fetching.statement_of.cache_info()
    assert (told.misses, told.hits) == (2, 2)


def test_signs_that_mean_something_to_a_statement_are_only_signs(analyst) -> None:
    """What is in a statement is written into it: a % or a $1 in an address of ours must not be taken for a place to fill."""
    party = factories.make_party(analyst, name_en="100 % of $1 {}")
    reader = Reader(analyst, "http://localhost/%s$1")
    (row,) = PARTIES.printed(fetching.rows(PARTIES, [party.pk], reader), reader)
    assert row["url"].startswith("http://localhost/%s$1/api/v1/parties/")
    assert row["name_en"] == "100 % of $1 {}"
