"""Kinds of statement that say when: their lists are asked by those days, and walked along where the days stand."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models

from hrdocs.models import Record


class KnowsItsUid(pgtrigger.Trigger):
    """A kind of statement repeats the uid that its statement has, which never changes."""

    def __init__(self) -> None:
        super().__init__(
            name="knows_its_uid", operation=pgtrigger.Insert | pgtrigger.UpdateOf("statement_ptr_id", "statement_uid"),
            when=pgtrigger.Before,
            func="""
                NEW.statement_uid := (SELECT uid FROM cases_statement WHERE id = NEW.statement_ptr_id);
                RETURN NEW;
            """)  # fmt: skip


class Walked(models.Model):
    """A kind of statement that repeats its uid in its own table.

    The order of a list is that of the uids, which stand in the table of all kinds; the days that it is asked by stand in its
    own. To look up the days of each statement on the way took three times as long as the rest of a page.
    """

    not_in_history: ClassVar[tuple[str, ...]] = (*Record.not_in_history, "statement_uid")
    walked_by: ClassVar[str] = "statement_uid"

    statement_uid = models.CharField(
        max_length=16, default="", editable=False, help_text="The uid again, for lists in its order. Kept by the database."
    )

    class Meta:
        abstract = True
        triggers = [KnowsItsUid()]


def along(table: str, days: str) -> models.Index:
    """All that a walk asks of a row which is of a certain time."""
    told = [f"{days}_{part}" for part in ("earliest", "latest", "precision")]
    return models.Index(name=f"{table}_along", fields=["statement_uid"], include=["statement_ptr", *told])
