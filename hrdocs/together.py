"""A record with all that hangs on it, moved in one step: submitted, decided on, published."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db import models, transaction

from hrdocs import review
from hrdocs.access import Sensitivity
from hrdocs.models import Part, Record, reviewed_model
from hrdocs.models.triggers import links_that_hang_on

Key = tuple[type[models.Model], int]
Step = Callable[[type[Record], list[Record]], list[Record]]
MOST = 800  # records of one step; more are moved in several


def what_hangs_on(record: Record, user: Any) -> list[Record]:
    """The record, what hangs on it, what its parts lead to, and what all these hang on, as far as `user` may see it.

    What others hang on comes before them, so that each can be published after what it stands on.
    """
    hanging = _reached([record], lambda kind, rows: _below(kind, rows, user))
    return _sorted(_reached(hanging, lambda _, rows: _above(rows, user)))


def _reached(start: list[Record], step: Step) -> list[Record]:
    """These, and all that is reached from them by such steps, as far as one move can take it."""
    found: dict[Key, Record] = {}
    wave = {_key(each): each for each in start}
    while wave and len(found) < MOST:
        found |= wave
        near = (each for kind, rows in _by_kind(wave.values()) for each in step(kind, rows))
        wave = {_key(each): each for each in near if _key(each) not in found}
    return list(found.values())[:MOST]


def move(
    records: Iterable[tuple[Record, str, str]],
    *,
    by: Any,
    level: Sensitivity | None = None,
    seen: Mapping[str, int] | None = None,
) -> dict[str, list[str]]:
    """Make the move named beside each record, with its reason: all of them or none.

    `seen` are the versions that the deciding person read, by uid. Returns what stands in the way, by uid; empty where
    everything was moved.
    """
    refused: dict[str, list[str]] = {}
    with transaction.atomic():
        for record, verb, reason in records:
            given = {"level": level} if verb == "publish" else {}
            given["seen_version"] = (seen or {}).get(record.uid)
            try:
                # read anew: what it hangs on may have moved a moment ago
                review.VERBS[verb](type(record)._base_manager.get(pk=record.pk), by=by, reason=reason, **given)
            except review.Refused as error:
                refused[record.uid] = error.blockers
        transaction.set_rollback(bool(refused))
    return refused


def _by_kind(records: Iterable[Record]) -> Iterator[tuple[type[Record], list[Record]]]:
    """The records of one table together: what they hang on and what hangs on them is asked once for all."""
    kinds: dict[type[Record], list[Record]] = {}
    for record in records:
        kinds.setdefault(reviewed_model(record), []).append(record)
    yield from kinds.items()


def _below(kind: type[Record], records: list[Record], user: Any) -> list[Record]:
    """What hangs on records of one kind, and, for those that only gather, what their parts lead to."""
    found: list[Record] = []
    keys = [record.pk for record in records]
    for link in links_that_hang_on(kind):
        rows = link.model._default_manager.visible_to(user).filter(**{f"{link.name}__in": keys}).order_by("pk")[:MOST]
        rows = rows.select_related(*own_kinds(link.model))
        if not issubclass(link.model, Part):
            found += [getattr(each, "detail", each) for each in rows]
        elif not kind.hangs_on and link.model.hangs_on[0] == link.name:
            leads_to = link.model.hangs_on[1:]
            found += [getattr(part, name) for part in rows.select_related(*leads_to) for name in leads_to] if leads_to else []
    return [each for each in found if isinstance(each, Record)]


def own_kinds(model: type[models.Model]) -> list[str]:
    """The links to tables that say more of the same row, read along: a statement is an estimate, an allegation …"""
    return [link.name for link in model._meta.related_objects if link.one_to_one and link.parent_link]


def _above(records: list[Record], user: Any) -> list[Record]:
    """What records of one kind hang on."""
    found: list[Record] = []
    for name in records[0].hangs_on:
        link = records[0]._meta.get_field(name)
        keys = {key for record in records if (key := getattr(record, link.attname)) is not None}
        if keys and issubclass(link.related_model, Record):
            found += link.related_model._default_manager.visible_to(user).filter(pk__in=keys).order_by("pk")
    return found


def _sorted(records: list[Record]) -> list[Record]:
    """What others hang on first."""
    here, done, order = {_key(each): each for each in records}, set[Key](), list[Record]()

    def place(each: Record) -> None:
        key = _key(each)
        if key in done:
            return
        done.add(key)
        for name in each.hangs_on:
            link = each._meta.get_field(name)
            below = (link.related_model._meta.concrete_model, getattr(each, link.attname))
            if below in here:
                place(here[below])
        order.append(each)

    for each in records:
        place(each)
    return order


def _key(record: Record) -> Key:
    return reviewed_model(record), record.pk
