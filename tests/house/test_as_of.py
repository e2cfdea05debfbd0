"""`as_of=`: what lists showed at a past moment is what they show of it today, less what may not be seen any more.

A small world of planted secrets is changed at random, round after round. What each reader's lists really answered after a
round is kept, and asked for again at the end. More rounds, with another seed:

    HRDOCS_ROUNDS=20 HRDOCS_SEED=7 .venv/bin/python -m pytest tests/house/test_as_of.py
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pgtrigger
import pytest
from django.db import models, transaction
from django.test import Client

from cases.chains import settle_drift
from hrdocs.access import Role, State
from hrdocs.models import Part, Record
from hrdocs.urls import ENDPOINTS
from tests.house import canaries
from tests.house.canaries import INTERNAL, OPEN, PUBLIC, REGISTERED, RESTRICTED
from tests.moments import Clock

pytestmark = pytest.mark.django_db
ROUNDS = int(os.environ.get("HRDOCS_ROUNDS", "2"))
SEED = int(os.environ.get("HRDOCS_SEED", "1"))
LISTS = [name for name in ENDPOINTS if name != "vocabularies"]
ROLES = ("anonymous", Role.RESEARCHER, Role.ANALYST)
HOW = (OPEN, OPEN, (State.PUBLISHED, REGISTERED), (State.PUBLISHED, INTERNAL), (State.PUBLISHED, RESTRICTED),
       (State.RETRACTED, PUBLIC), (State.DRAFT, INTERNAL))  # fmt: skip
WORKED_OUT = {
    "drift",
    "severity",
    "origins",
    "withdrawn_by_source",
}  # what is not kept; origins follow from hops that may be hidden today
RULES = ("begins_closed", "moves_by_decision", "stays_as_approved", "nothing_is_added", "nothing_is_taken", "never_removed",
         "stays_as_it_is", "is_never_deleted", "kept_as_it_came_in")  # fmt: skip


def past_all_rules() -> Any:
    """What stands in history came there by the rules of its day; here it comes at random."""
    return pgtrigger.ignore(*(f"{model._meta.label}:{each.name}" for model, each in pgtrigger.registered()
                              if each.name in RULES and model._meta.app_label != "pghistory"))  # fmt: skip


def answered(client: Client, name: str, **asked: str) -> dict[str, Any]:
    """A whole list by uid."""
    answer = client.get(f"/api/v1/{name}/", {"page_size": "200", **asked})
    assert answer.status_code == 200, (name, answer.content)
    told = answer.json()
    assert told["next"] is None
    return {row["uid"]: row for row in told["results"]}


@pytest.fixture(scope="module")
def changed(django_db_setup, django_db_blocker) -> Iterator[tuple[canaries.World, list[Any]]]:
    """The world after all rounds; and for each round its moment, and what each reader was shown of each list."""
    with django_db_blocker.unblock(), transaction.atomic():
        world, choose, kept = _small_world(), random.Random(SEED), []
        clock = Clock()
        clients = _clients(world)
        with past_all_rules():
            for _ in range(ROUNDS):
                settle_drift()
                shown = {(role, name): answered(clients[role], name) for role in ROLES for name in LISTS}
                kept.append((clock.passes(), shown))
                _change(world, choose)
        world._seen.clear()
        yield world, [(clock.before(number), lists) for number, lists in kept]
        transaction.set_rollback(True)


def _clients(world: canaries.World) -> dict[str, Client]:
    clients = {role: Client() for role in ROLES}
    for role in ROLES[1:]:
        clients[role].force_login(world.people[role])
    return clients


def _small_world() -> canaries.World:
    world = canaries.World(canaries.factories.make_user(username="mirror-author"), {})
    world.people = {role: canaries.factories.make_user(role, username=f"mirror-{role}") for role in ROLES[1:]}
    with past_all_rules():
        for model in canaries.KINDS:
            for how in (OPEN, (State.PUBLISHED, REGISTERED), (State.PUBLISHED, RESTRICTED)):
                world.make(model, how)
        for part, _ in itertools.product(canaries.PARTS, range(2)):
            world.part(part, **world.ends(part))
    return world


def _change(world: canaries.World, choose: random.Random) -> None:
    """Publish, retract, narrow, edit and take away at random."""
    for row in list(world.rows):
        if hasattr(row, "gone") or choose.random() < 0.6:
            continue
        rows, texts = type(row)._base_manager.filter(pk=row.pk), world.texts(type(row))
        edited = {name: token for name, token in texts.items() if getattr(row, name, "") and choose.random() < 0.5}
        if isinstance(row, Record):
            state, level = choose.choice(HOW)
            rows.update(state=state, sensitivity=level, **edited)
        elif choose.random() < 0.3 and not _is_led_to(row):
            rows.delete()
            row.gone = True
            continue
        else:
            rows.update(sensitivity=choose.choice((PUBLIC, PUBLIC, REGISTERED, INTERNAL, RESTRICTED)), **edited)
        row.refresh_from_db(fields=["sensitivity", *(["state"] if isinstance(row, Record) else [])])
        for name, token in edited.items():
            world.tokens.setdefault(token, []).append(canaries.Planted(row, name))


def _is_led_to(row: models.Model) -> bool:
    return any(relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).exists()
               for relation in row._meta.related_objects if not hasattr(relation.related_model, "pgh_tracked_model"))  # fmt: skip


def untied(world: canaries.World, role: str) -> set[tuple[str, str]]:
    """The uids of records that were tied to one another by a row that the role may not see today, or any more."""
    found: set[tuple[str, str]] = set()
    for row in world.rows:
        if isinstance(row, Part) and not world.may_see(row, role):
            ends = (getattr(row, path) for path in row.hangs_on)
            found |= set(itertools.permutations([end.uid for end in ends if isinstance(end, Record)], 2))
    return found


def differences(then: Any, past: Any, hidden: Callable[[Any], bool], at: str = "") -> Iterator[str]:
    """Where a value of then is told otherwise, though nothing in it is hidden today; and where more is told than then."""
    if isinstance(then, dict) and isinstance(past, dict):
        for key in then.keys() - WORKED_OUT:
            yield from differences(then[key], past.get(key), hidden, f"{at}.{key}")
    elif isinstance(then, list) and isinstance(past, list):
        seen = [each for each in then if not hidden(each)]
        left = [each for each in past if not any(_same(each, other) for other in seen)]
        missing = [each for each in seen if not any(_same(each, other) for other in past)]
        yield from (f"{at} lacks {each}" for each in missing)
        if len(left) > len(then) - len(seen):
            yield f"{at} tells more: {left}"
    elif then != past and not hidden(then):
        yield f"{at}: {past} and not {then}"


def _same(one: Any, other: Any) -> bool:
    return _plain(one) == _plain(other)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key not in WORKED_OUT}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def test_the_past_is_what_was_shown_less_what_may_not_be_seen_today(changed, subtests):
    """One test for all readers: each process that is given one of them would go through all rounds for it."""
    for role in ROLES:
        with subtests.test(role=role):
            _the_past_holds(*changed, role)


def _the_past_holds(world: canaries.World, rounds: list[Any], role: str) -> None:
    client, compared, severed = _clients(world)[role], 0, untied(world, role)
    for moment, lists in rounds:
        for name in LISTS:
            then, past = lists[role, name], answered(client, name, as_of=moment)
            assert not world.secrets_in(json.dumps(past), role), name
            assert past.keys() <= then.keys(), name

            def hidden(value: Any, uid: str = "") -> bool:
                text = json.dumps(value)
                return bool(world.secrets_in(text, role)) or any(
                    (uid, other) in severed for other in canaries.TOKEN.findall(text)
                )

            by_role = name in ("publishers", "perpetrators")  # they are one by a link, which may be hidden today
            missing = [uid for uid in then.keys() - past.keys() if not (hidden(then[uid], uid) if by_role else hidden(uid))]
            assert not missing, (name, missing)
            for uid, row in past.items():
                assert not list(differences(then[uid], row, functools.partial(hidden, uid=uid))), (name, uid)
                compared += 1
    assert compared > 50
