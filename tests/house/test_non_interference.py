"""What is hidden has no influence: two worlds that differ in nothing else answer alike, byte for byte.

Each role asks 200 requests, made at random from a seed, and anybody may ask more:

    HRDOCS_REQUESTS=10000 HRDOCS_SEED=7 .venv/bin/python -m pytest tests/house/test_non_interference.py
"""

from __future__ import annotations

import datetime as dt
import json
import os
import random
from time import perf_counter

import pgtrigger
import pytest
from django.db import connection, transaction

from cases.reports import contents
from hrdocs.access import Role
from tests import factories
from tests.house import questions, twin
from tests.house.canaries import STAFF

pytestmark = pytest.mark.django_db
REQUESTS = int(os.environ.get("HRDOCS_REQUESTS", "200"))
SEED = int(os.environ.get("HRDOCS_SEED", "1"))


@pytest.fixture(scope="module")
def lively(world):
    twin.enliven(world, random.Random(SEED))
    with connection.cursor() as cursor, pgtrigger.ignore("hrdocs.News:stays_as_it_is"):
        cursor.execute("UPDATE hrdocs_news SET at = at - interval '1 day'")  # else all that follows is one act with it
    return world


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    """A report tells the second at which it was made: here it is always the same."""
    made, moment = contents.report_on, dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
    monkeypatch.setattr(contents, "report_on", lambda *given, **told: made(*given, **{**told, "moment": moment}))


@pytest.mark.parametrize("role", ["anonymous", Role.RESEARCHER, Role.ANALYST])
def test_what_is_hidden_has_no_influence_on_any_answer(role, lively, asker, capsys):
    began, client = perf_counter(), asker(role)
    questioner = questions.Questioner(lively, role, SEED)
    asked: list[tuple[str, str, questions.Answer]] = []
    while len(asked) < REQUESTS:
        address, language = questioner.question()
        for _ in range(1 + questions.FOLLOWED):
            answer = questions.answer_to(client, address, language)
            asked.append((address, language, answer))
            address = _next(answer)
            if not address or len(asked) >= REQUESTS:
                break
    with transaction.atomic():
        changing = perf_counter()
        with factories.past_the_guard():
            changed = twin.change_all_that_is_hidden(lively, role, random.Random(SEED + 1))
        changing = perf_counter() - changing
        told = [
            (address, language, answer, other)
            for address, language, answer in asked
            if (other := questions.answer_to(client, address, language)) != answer
        ]
        transaction.set_rollback(True)
    statuses = sorted({answer.status for _, _, answer in asked})
    with capsys.disabled():
        print(
            f"\n{role}: {len(asked)} requests, seed {SEED}, {perf_counter() - began:.1f} s ({changing:.1f} s for the twin); hidden and changed: {dict(changed)}"
        )
    assert told == [], "\n\n".join(_difference(*each) for each in told[:5])
    assert max(statuses) < 500
    assert all(number or role in STAFF for number in changed.values()), "a kind of change that changed nothing"


def _next(answer: questions.Answer) -> str:
    try:
        return (json.loads(answer.body)["next"] or "").removeprefix("http://testserver")
    except (ValueError, KeyError, TypeError):
        return ""


def _difference(address: str, language: str, one: questions.Answer, other: questions.Answer) -> str:
    """Where two answers begin to differ."""
    if one.body == other.body:
        return f"{address} ({language}): {one.status} {other.status} {sorted(set(one.headers) ^ set(other.headers))}"
    place = next((n for n, pair in enumerate(zip(one.body, other.body, strict=False)) if pair[0] != pair[1]), 0)
    near = slice(max(0, place - 120), place + 120)
    return f"{address} ({language}): {one.status} {other.status}\n  {one.body[near]!r}\n  {other.body[near]!r}"
