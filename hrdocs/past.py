"""As it was: relations over history, which show each table as it stood at a moment.

They bear the names and columns of the tables, so the same queries answer for a past moment once these schemas come first in
the search path (`readers.py`). The moment is a setting of the transaction, `hrdocs.as_of`; where it is not set they fail.

A row is there for whoever could see it then and may see it today. Who could see it then: for readers from outside news tells
it of each record (`news.py`), and a part, a link or a statement's details were seen where all that they hang on was. For
those who work here it follows from the levels in history. Who may see it today, the row of today knows. What was merged away
since is as open as what it was merged into; a part that was taken away is as open as its last level and its record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from hrdocs.access import Sensitivity, State, clearance, is_staff_reader
from hrdocs.models import Redirect
from hrdocs.models.worked_out import WorkedOut
from hrdocs.past_tables import MOMENT, History, Link, histories
from hrdocs.relations import OUTSIDE, columns_read, line_of, of_everybody
from hrdocs.wording import our_models

INSIDE = "hrdocs_past"
_RESTRICTED, _SEALED = Sensitivity.RESTRICTED, Sensitivity.SEALED
_NOBODY = "ARRAY['nobody']"  # a lock that opens to no one
# A relation over history is three or four, so few of them are more than the planner puts in order by itself; where it may not, it
# reads a whole history for each row of a page. And to put rows into a hash it asks of all of them what they hung on, which takes
# longer than it counts for it.
PLANNED = ("SET LOCAL from_collapse_limit = 12; SET LOCAL join_collapse_limit = 12; "
           "SET LOCAL enable_hashjoin = off")  # fmt: skip
_COST = 2_000  # of asking what a row hangs on, as the planner counts: it looks for few rows first


def schema_for(user: Any) -> str:
    """The schema that shows the past to a reader."""
    return INSIDE if is_staff_reader(user) else _schema_of(clearance(user))


def _schema_of(level: Sensitivity) -> str:
    return f"{line_of(level)}_past"


def drop() -> None:
    """Take the relations away: a column that is read by a view can't be altered."""
    with connection.cursor() as cursor:
        for schema in (INSIDE, *map(_schema_of, OUTSIDE)):
            cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def build() -> None:
    """Make them anew from the tables, shapes and history of today."""
    with transaction.atomic(), connection.cursor() as cursor:
        drop()
        for past in (Inside(), *map(Outside, OUTSIDE)):
            cursor.execute(f"CREATE SCHEMA {past.schema}")
            found = list(past.histories())
            for gate in (gate for each in found for gate in past.gates(each)):
                cursor.execute(gate)
            for each in found:
                cursor.execute(f"CREATE VIEW {past.schema}.{each.table} AS {past.rows(each)}")
            for table, rows in past.others():
                cursor.execute(f"CREATE VIEW {past.schema}.{table} AS {rows}")
        for level in OUTSIDE:
            schema, role = _schema_of(level), line_of(level)
            cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")


def _function(name: str, answer: str, body: str) -> str:
    """A function of a key. In PL/pgSQL, which looks up what it names when it is called, and keeps its plans."""
    return (f"CREATE FUNCTION {name}(key bigint) RETURNS {answer} LANGUAGE plpgsql STABLE PARALLEL SAFE COST {_COST:d} AS $past$ "
            f"BEGIN {body} END $past$")  # fmt: skip


def _redirects(audience: str) -> str:
    """Old uids as they led at the moment."""
    table = Redirect._meta.db_table
    return (f"SELECT t.* FROM public.{table} t WHERE {audience} AND EXISTS ("
            f"SELECT FROM public.{table}event e WHERE e.pgh_obj_id = t.id AND e.pgh_created_at <= {MOMENT})")  # fmt: skip


def _worked_out(schema: str, level: Sensitivity) -> Iterator[tuple[str, str]]:
    """What would have been worked out then for readers of a level."""
    for model in our_models():
        if issubclass(model, WorkedOut):
            yield model._meta.db_table, model.past(schema, level.rank)


@dataclass(frozen=True)
class Outside:
    """The past as it is shown to readers of one level."""

    level: Sensitivity

    @property
    def schema(self) -> str:
        return _schema_of(self.level)

    def histories(self) -> Iterator[History]:
        """The tables of which readers of the level are shown rows."""
        shown = columns_read(self.level)
        tables = {table for table, _ in shown}
        for each in histories():
            if each.table in tables and (not each.near or (each.table, each.near) in shown):
                yield each

    def others(self) -> Iterator[tuple[str, str]]:
        yield from of_everybody(self.level)
        yield Redirect._meta.db_table, _redirects(f"t.audience <= {self.level.rank}")
        yield from _worked_out(self.schema, self.level)

    def gates(self, each: History) -> Iterator[str]:
        """True for a row that is shown, and otherwise nothing: of “is not null” the planner thinks that nearly all pass, and
        walks along a list instead of working out all of it."""
        if each.keeps_audience:
            found = f"SELECT true FROM {self.schema}.{each.table} WHERE id = key"
            yield _function(f"{self.schema}.sees_{each.table}", "boolean", f"RETURN ({found});")

    def rows(self, each: History) -> str:
        kept = {"audience": f"{self.level.rank}", "locks": "'{}'"}
        return each.select(kept, [*self._shown(each), *self._hangs_on_shown(each)], shown=columns_read(self.level))

    def _shown(self, each: History) -> Iterator[str]:
        """That the row itself was open then, and is today."""
        rank = self.level.rank
        levels = ", ".join(f"'{level}'" for level in Sensitivity if level.rank <= rank)
        if each.is_record:
            # What was written while it was closed, by a transaction that began while it was open, has the time of that.
            yield f"e.state = '{State.PUBLISHED}' AND e.sensitivity IN ({levels})"
            closed = (f"SELECT coalesce(n.was, 9) > {rank} FROM public.hrdocs_news n WHERE n.uid = e.uid AND n.part = '' "
                      f"AND n.at > {MOMENT} ORDER BY n.id LIMIT 1")  # fmt: skip
            yield f"nullif(coalesce(({closed}), false), true) IS NOT NULL"
            yield f"t.now_audience <= {rank}"
        elif each.keeps_audience:
            yield f"e.sensitivity IN ({levels})"
            yield f"CASE WHEN t.now_id IS NULL THEN {each.last_level} IN ({levels}) ELSE t.now_audience <= {rank} END"

    def _hangs_on_shown(self, each: History) -> Iterator[str]:
        for link in each.hangs_on:
            seen = f"{self.schema}.sees_{link.home}(e.{link.column}) IS NOT NULL"
            yield f"(e.{link.column} IS NULL OR {seen})" if link.optional else seen


@dataclass(frozen=True)
class Inside:
    """The past as it is shown to those who work on the records, as far as they open what was or is restricted."""

    schema: str = INSIDE

    def histories(self) -> Iterator[History]:
        yield from histories()

    def others(self) -> Iterator[tuple[str, str]]:
        yield Redirect._meta.db_table, _redirects("true")
        yield from _worked_out(self.schema, Sensitivity.INTERNAL)

    def gates(self, each: History) -> Iterator[str]:
        """What stands before a row, for what hangs on it; and whose a restricted record was."""
        if each.keeps_audience:
            found = f"SELECT locks FROM {self.schema}.{each.table} WHERE id = key"
            yield _function(f"{self.schema}.locks_of_{each.table}", "text[]", f"RETURN coalesce(({found})::text[], {_NOBODY});")
        if each.is_record:
            whose = f"SELECT {_lock('e')} FROM {each.events} e WHERE e.pgh_obj_id = key AND e.pgh_created_at <= {MOMENT}"
            yield _function(f"{self.schema}.lock_of_{each.table}", "text", f"RETURN ({whose} ORDER BY e.pgh_id DESC LIMIT 1);")

    def rows(self, each: History) -> str:
        if not each.keeps_audience:
            return each.select({}, [])
        open_, closed = Sensitivity.INTERNAL.rank, _RESTRICTED.rank
        links = (self._of_link(link) for link in each.hangs_on)
        # Written out twice: of what a joined row of its own works out, the planner leaves out what it costs.
        locks = f"({' || '.join([self._own(each, 'e.sensitivity'), self._of_today(each), *links])})::varchar(40)[]"
        kept = {"audience": f"(CASE WHEN {locks} = '{{}}' THEN {open_} ELSE {closed} END)", "locks": locks}
        return each.select(kept, [])

    def _of_link(self, link: Link) -> str:
        """The locks of what a row hung on. Most links are empty, and a call takes longer than to see that."""
        locks = f"{self.schema}.locks_of_{link.home}(e.{link.column})"
        return f"CASE WHEN e.{link.column} IS NULL THEN '{{}}' ELSE {locks} END" if link.optional else locks

    def _own(self, each: History, level: str) -> str:
        """The lock that a level puts before a row."""
        if each.is_record:
            lock = _lock("e")
        else:
            owner = each.hangs_on[0]
            lock = f"{self.schema}.lock_of_{owner.home}(e.{owner.column})" if owner.is_record else "'nobody'"
        return (f"CASE {level} WHEN '{_RESTRICTED}' THEN ARRAY[{lock}] WHEN '{_SEALED}' THEN {_NOBODY} "
                "ELSE '{}'::text[] END")  # fmt: skip

    def _of_today(self, each: History) -> str:
        gone = _NOBODY if each.is_record else self._own(each, each.last_level)
        return (f"CASE WHEN t.now_id IS NULL THEN {gone} WHEN t.now_audience >= {_SEALED.rank} THEN {_NOBODY} "
                "ELSE t.now_locks::text[] END")  # fmt: skip


def _lock(record: str) -> str:
    """Who may pass a restricted record, as `access.OPENS_SQL` reads it."""
    return f"concat_ws('@', {record}.uid, {record}.created_by_id, {record}.team_id)"
