"""Halves: a batch is written at once; where the database refuses, by halves, down to the row that it refuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from cases.imports import storing
from cases.imports.batch import Batch, Item
from cases.imports.behind import Behind

NOT_OF_A_ROW = ("08", "40", "53", "55", "57", "58")  # connection, rollback, resources, locks, operator, system


class Writing:
    """Rows of a batch that are ready to be written, after a savepoint: one bad row does not hide the others.

    What is to be said of rows that are all new needs no answer. It is put together beforehand, while the database is at work
    on the rows before them, which then waits for nothing.
    """

    def __init__(self, batch: Batch, items: list[Item], behind: Behind) -> None:
        self.batch, self.items, self.behind = batch, items, behind
        self.refusal: Exception | None = None
        self.ready: list[tuple[str, Sequence[Any]]] = []
        if self._all_new:
            batch.store(items, lambda sql, params: self.ready.append((sql, params)))

    @property
    def _all_new(self) -> bool:
        return all(item.fate == "new" for item in self.items)

    def begin(self) -> None:
        """Let the database begin."""
        self.savepoint = transaction.savepoint()
        if self._all_new:
            for sql, params in self.ready:
                self.behind.say(sql, params)
            self.ready.clear()
            return
        try:
            self.batch.store(self.items, self.behind.say)
        except (ValidationError, DatabaseError) as error:
            self.refusal = error

    def refused(self) -> list[tuple[Item, Exception]]:
        """Wait for the end. Returns the rows that the database refuses, each with why; the others are there."""
        try:
            self.behind.wait()
        except DatabaseError as error:
            self.refusal = error
        if self.refusal is None:
            transaction.savepoint_commit(self.savepoint)
            return []
        transaction.savepoint_rollback(self.savepoint)
        return list(self._halved(self.items, self.refusal))

    def _halved(self, items: list[Item], refusal: Exception) -> Iterator[tuple[Item, Exception]]:
        if isinstance(refusal, DatabaseError) and getattr(refusal.__cause__, "sqlstate", "")[:2] in NOT_OF_A_ROW:
            raise refusal
        if len(items) == 1:
            yield items[0], _in_words(items[0], refusal)
            return
        half = len(items) // 2
        yield from self._stored(items[:half])
        yield from self._stored(items[half:])

    def _stored(self, items: list[Item]) -> Iterator[tuple[Item, Exception]]:
        try:
            with transaction.atomic():
                self.batch.store(items, storing.say)
        except (ValidationError, DatabaseError) as error:
            yield from self._halved(items, error)


def _in_words(item: Item, refusal: Exception) -> Exception:
    """The database holds the constraints; Django is asked only for their words."""
    if isinstance(refusal, IntegrityError) and item.record is not None:
        try:
            item.record.validate_constraints(exclude=["created_by", "edited_by"])
        except ValidationError as said:
            return said
    return refusal
