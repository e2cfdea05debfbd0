"""How a test says "this is refused": by the form, in words for people, and by the database, whoever writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction


@contextmanager
def refused(*words: str) -> Iterator[None]:
    """The database refuses what is written inside, naming these words; nothing of it stays."""
    with pytest.raises(DatabaseError) as refusal, transaction.atomic():
        yield
    for word in words:
        assert word in str(refusal.value)


def words_against(record: models.Model) -> str:
    """What the form says against a record; empty where it says nothing."""
    try:
        record.full_clean(exclude=["created_by", "edited_by"])
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def refused_in_words_and_by_the_database(record: Any, by: Any, constraint: str, words: str) -> None:
    """One rule of one row: the form says it in words, and the database holds it without the form."""
    assert words in words_against(record)
    with refused(constraint):
        record.save_by(by) if hasattr(record, "save_by") else record.save()


def kept(record: Any, by: Any) -> Any:
    """The record as it stands in the database after it passed form and database."""
    assert words_against(record) == ""
    record.save_by(by)
    return type(record).objects.get(pk=record.pk)


def run_sql(sql: str, *values: Any) -> None:
    """Write past the ORM."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
