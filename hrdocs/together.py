"""A record with all that hangs on it, moved in one step: submitted, decided on, published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from hrdocs import review
from hrdocs.access import Sensitivity
from hrdocs.models import Part, Record, reviewed_model
from hrdocs.models.triggers import links_that_hang_on

MOST = 2000  # records of one step; more are moved in several


def what_hangs_on(record: Record, user: Any) -> list[Record]:
    """The record, what hangs on it, what its parts lead to, and what all these hang on, as far as `user` may see it.

    What others hang on comes before them, so that each can be published after what it stands on.
    """
    found: dict[tuple[type[models.Model], int], Record] = {}
    wave: list[Record] = [record]
    while wave and len(found) < MOST:
        new = [each for each in wave if _key(each) not in found]
        found |= {_key(each): each for each in new}
        wave = [other for each in new for other in (*_below(each, user), *_above(each, user))]
    return _sorted(list(found.values())[:MOST])


def move(records: Iterable[tuple[Record, str, str]], *, by: Any, level: Sensitivity | None = None) -> dict[str, list[str]]:
    """Make the move named beside each record, with its reason: all of them or none.

    Returns what stands in the way, by uid; empty where everything was moved.
    """
    refused: dict[str, list[str]] = {}
    with transaction.atomic():
        for record, verb, reason in records:
            given = {"level": level} if verb == "publish" else {}
            try:
                # read anew: what it hangs on may have moved a moment ago
                review.VERBS[verb](type(record)._base_manager.get(pk=record.pk), by=by, reason=reason, **given)
            except review.Refused as error:
                refused[record.uid] = error.blockers
        transaction.set_rollback(bool(refused))
    return refused


def _below(record: Record, user: Any) -> list[Record]:
    """What hangs on a record, and, for one that only gathers, what its parts lead to."""
    found: list[Record] = []
    for link in links_that_hang_on(reviewed_model(record)):
        rows = link.model._default_manager.visible_to(user).filter(**{link.name: record.pk})
        if not issubclass(link.model, Part):
            found += [getattr(each, "detail", each) for each in rows]
        elif not record.hangs_on and link.model.hangs_on[0] == link.name:
            found += [getattr(part, name) for part in rows for name in link.model.hangs_on[1:]]
    return [each for each in found if isinstance(each, Record)]


def _above(record: Record, user: Any) -> list[Record]:
    """What a record hangs on."""
    linked = [getattr(record, name) for name in record.hangs_on]
    shown = [each for each in linked if isinstance(each, Record)]
    return [each for each in shown if type(each)._default_manager.visible_to(user).filter(pk=each.pk).exists()]


def _sorted(records: list[Record]) -> list[Record]:
    """What others hang on first."""
    here, done, order = {_key(each): each for each in records}, set(), []

    def place(each: Record) -> None:
        key = _key(each)
        if key in done:
            return
        done.add(key)
        for name in each.hangs_on:
            below = getattr(each, name)
            if below is not None and _key(below) in here:
                place(here[_key(below)])
        order.append(each)

    for each in records:
        place(each)
    return order


def _key(record: Record) -> tuple[type[models.Model], int]:
    return reviewed_model(record), record.pk
