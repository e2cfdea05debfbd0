"""What the database works out beforehand for readers of one level, so that no question has to wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pgtrigger
from django.db import connection, models

from hrdocs.access import clearance


class WorkedOutQuerySet(models.QuerySet):
    """Rows that were worked out for readers of a level."""

    def visible_to(self, user: Any) -> WorkedOutQuerySet:
        """What was worked out for the level that `user` is cleared for, and for no other."""
        return self.filter(audience=clearance(user).rank)

    def anew(self) -> None:
        """Work all of them out again."""
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM public.{table}; SELECT public.{self.model.anew}(array_agg(key)) FROM ({self._keys}) k")
            cursor.execute(f"ANALYZE public.{table}")

    def differing(self) -> list[tuple[str | None, int]]:
        """The uid and key of each record whose rows are not what they should be; without uid where it is gone."""
        columns = ", ".join(field.column for field in self.model._meta.concrete_fields if not field.primary_key)
        with connection.cursor() as cursor:
            cursor.execute(f"""
                WITH kept AS (SELECT {columns} FROM public.{self.model._meta.db_table}),
                    worked AS (SELECT {columns} FROM public.{self.model.rule}(
                        ARRAY(SELECT key FROM ({self._keys}) k UNION SELECT {self.model.key} FROM kept)))
                SELECT DISTINCT r.uid, d.{self.model.key}
                FROM ((TABLE kept EXCEPT TABLE worked) UNION ALL (TABLE worked EXCEPT TABLE kept)) AS d
                LEFT JOIN public.{self.model.of} r ON r.id = d.{self.model.key} ORDER BY 2""")
            return cursor.fetchall()

    @property
    def _keys(self) -> str:
        return f"SELECT DISTINCT {self.model.changed} AS key FROM public.{self.model.followed}"


class WorkedOut(models.Model):
    """A row that triggers keep in step with what it follows from. It is no record: it can be thrown away and made again."""

    of: ClassVar[str]  # the table of the records that it tells something of,
    key: ClassVar[str]  # and the column that holds their key
    followed: ClassVar[str]  # the table that it follows from,
    changed: ClassVar[str]  # and the column of that which says where something changed
    rule: ClassVar[str]  # the function that works out the rows of some records,
    anew: ClassVar[str]  # and the one that makes those anew, and all that follow from them

    audience = models.PositiveSmallIntegerField(
        help_text="The level, as a number, for whose readers it was worked out: 0 for anybody, 1 for researchers.")  # fmt: skip

    objects = WorkedOutQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def past(cls, schema: str, rank: int) -> str:
        """What would have been worked out at a past moment for a level, as SQL over the relations of `schema`."""
        raise NotImplementedError


class WorksOut(pgtrigger.Trigger):
    """When a row comes, goes, or changes in one of some `columns`, what was worked out of it is made anew: `anew` is called
    with the `key` of each. Where readers of the level `most` see it neither before nor afterwards, nothing follows from it."""

    def __init__(self, name: str, operation: Any, *, key: str, anew: str, columns: Sequence[str], most: int) -> None:
        new = None if operation is pgtrigger.Delete else "now"
        old = None if operation is pgtrigger.Insert else "was"
        before, after = (f"({', '.join(f'{rows}.{column}' for column in columns)})" for rows in (old, new))
        changed = (f"SELECT {new}.{key} FROM {old} JOIN {new} ON {new}.id = {old}.id "
                   f"WHERE least({old}.audience, {new}.audience) <= {most} AND {before} IS DISTINCT FROM {after}"
                   if old and new else f"SELECT {key} FROM {old or new} WHERE audience <= {most}")  # fmt: skip
        super().__init__(
            name=f"{name}_of_{'more' if old is None else 'less' if new is None else 'change'}",
            level=pgtrigger.Statement, operation=operation, when=pgtrigger.After,
            referencing=pgtrigger.Referencing(old=old, new=new), func=f"""
                PERFORM public.{anew}(array_agg({key})) FROM ({changed}) AS changed;
                RETURN NULL;
            """)  # fmt: skip


def works_out(name: str, **how: Any) -> list[pgtrigger.Trigger]:
    """The triggers of a table that keep in step what follows from it."""
    return [WorksOut(name, operation, **how) for operation in (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)]
