"""What is news for readers from outside: triggers that note each row which opens to them, closes, or changes while open.

An audience is in no history, since it follows from what is (decision 0008), so who could see a row at an earlier moment
is written down here while it is known. Only of what somebody outside sees: a draft leaves nothing, and no bulk insert
feels it. Everything that an outside answer can be made of is watched, so that an answer without news is the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pgtrigger
from django.apps import apps
from django.db import models
from pgtrigger import Condition

from hrdocs.access import Sensitivity
from hrdocs.closing import belongs_by, owner_of

OUTSIDE = Sensitivity.REGISTERED.rank  # the strictest level that somebody outside is cleared for
_COLUMNS = "INSERT INTO public.hrdocs_news (uid, part, was, now, level, state, changed, act, at)"
DIFFERING_SQL = """
CREATE OR REPLACE FUNCTION public.hrdocs_differing(told text, was jsonb, now jsonb, worked_out text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $differing$
    SELECT coalesce(array_agg(told || '.' || key ORDER BY key), '{}') FROM jsonb_each(now) AS after (key, value)
    WHERE key <> ALL (worked_out) AND value IS DISTINCT FROM was -> key
$differing$;
"""
_ACT = "pg_current_xact_id()::text::bigint, transaction_timestamp()"


class NewsOfChange(pgtrigger.Trigger):
    """A row that is open, or was a moment before, is different now."""

    def __init__(self) -> None:
        super().__init__(name="news_of_change", operation=pgtrigger.Update, when=pgtrigger.After)

    def get_condition(self, model: type[models.Model]) -> Condition:
        different = "OLD.* IS DISTINCT FROM NEW.*"
        if not _keeps_audience(model):
            return Condition(different)
        return Condition(f"((OLD.audience <= {OUTSIDE} OR NEW.audience <= {OUTSIDE}) AND {different})")

    def get_func(self, model: type[models.Model]) -> str:
        rows = _rows(model, "OLD", "NEW")
        was = "OLD.audience" if _keeps_audience(model) else rows.audience
        both = f"greatest({was}, {rows.audience})"
        return _written(rows, was, rows.audience, _changed(apps.get_model(model._meta.label), both))


class NewsOfMore(pgtrigger.Trigger):
    """Rows that are open as soon as they are there: names and links of what is published. Once per statement."""

    def __init__(self) -> None:
        super().__init__(
            name="news_of_more", level=pgtrigger.Statement, operation=pgtrigger.Insert, when=pgtrigger.After,
            referencing=pgtrigger.Referencing(new="rows"))  # fmt: skip

    def get_func(self, model: type[models.Model]) -> str:
        rows = _rows(model, "r")
        return _written(rows, "NULL", rows.audience)


class NewsOfLess(pgtrigger.Trigger):
    """Rows that were open and are gone."""

    def __init__(self) -> None:
        super().__init__(
            name="news_of_less", level=pgtrigger.Statement, operation=pgtrigger.Delete, when=pgtrigger.After,
            referencing=pgtrigger.Referencing(old="rows"))  # fmt: skip

    def get_func(self, model: type[models.Model]) -> str:
        rows = _rows(model, "r")
        return _written(rows, rows.audience, "NULL")


class NewsOfTerms(pgtrigger.Trigger):
    """A term is shown to everybody, in any answer. It is no record, and `changes/` does not tell of it."""

    def __init__(self) -> None:
        super().__init__(
            name="news_of_terms", operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete, when=pgtrigger.After,
            func=f"{_COLUMNS} VALUES ('', 'hrdocs_term', 0, 0, 0, '', '{{}}', {_ACT}); RETURN NULL;")  # fmt: skip


def watch(model: type[models.Model]) -> None:
    """Note what readers from outside see of the rows of this table: a record's own, a part's, or a link's."""
    if model._meta.concrete_model._meta.auto_created:  # the rows of links come and go, and never change
        found = [NewsOfMore(), NewsOfLess()]
    elif _keeps_audience(model):
        found = [NewsOfChange(), NewsOfMore(), NewsOfLess()]
    else:  # one kind of statement: of its coming and going the statement's own row tells
        found = [NewsOfChange()]
    pgtrigger.register(*found)(model)


@dataclass(frozen=True)
class _Rows:
    """Where a trigger reads its rows from, as SQL: whose they are, and how far they are open."""

    uid: str
    audience: str
    state: str = "''"
    part: str = ""
    tables: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


def _rows(model: type[models.Model], *names: str) -> _Rows:
    """The rows that a trigger knows by these names, each with the record that it is of or belongs to."""
    model = apps.get_model(model._meta.label)
    row, whole = names[-1], ("rows r",) if names == ("r",) else ()
    if hasattr(model, "state") and _keeps_audience(model):
        return _Rows(f"{row}.uid", f"{row}.audience", f"{row}.state", tables=whole)
    owner = owner_of(model, row)[0]
    keys = ", ".join(owner_of(model, name)[1] for name in names)
    found = _Rows("o.uid", "o.audience", tables=(*whole, f"public.{owner} o"), where=(f"o.id IN ({keys})",))
    if hasattr(model, "state"):
        return replace(found, state="o.state")
    found = replace(found, part=model._meta.db_table, audience=f"{row}.audience" if _keeps_audience(model) else found.audience)
    if far := _far_end(model):
        home = far.related_model._meta.get_field("audience").model._meta.db_table
        return replace(found, audience="greatest(o.audience, f.audience)", tables=(*found.tables, f"public.{home} f"),
                       where=(*found.where, f"f.id = {row}.{far.column}"))  # fmt: skip
    return found


def _written(rows: _Rows, was: str, now: str, changed: str = "'{}'") -> str:
    """Write down those rows that somebody outside sees, or saw before."""
    told = f"{rows.uid}, '{rows.part}', {was}, {now}, least({was}, {now}), {rows.state}, {changed}, {_ACT}"
    tables = f"FROM {', '.join(rows.tables)} " if rows.tables else ""
    where = " AND ".join([f"least({was}, {now}) <= {OUTSIDE}", *rows.where])
    return f"{_COLUMNS}\nSELECT {told}\n{tables}WHERE {where};\nRETURN NULL;"


def _changed(model: type[models.Model], strictest: str) -> str:
    """SQL for the columns of a row that differ, but those that the database works out. What opens or closes is told whole."""
    kept = {"id", *getattr(model, "not_in_history", ())}
    worked_out = [f.column for f in model._meta.local_concrete_fields if f.generated or f.name in kept]
    names = f"public.hrdocs_differing('{model._meta.db_table}', to_jsonb(OLD), to_jsonb(NEW), '{{{','.join(worked_out)}}}')"
    return f"CASE WHEN {strictest} <= {OUTSIDE} THEN {names} ELSE '{{}}' END"


def _keeps_audience(model: type[models.Model]) -> bool:
    return any(field.name == "audience" for field in model._meta.local_concrete_fields)


def _far_end(model: type[models.Model]) -> models.ForeignKey | None:
    """Of a many-to-many link the end that does not declare it, where that is something that not everybody sees."""
    through = model._meta.concrete_model
    if not through._meta.auto_created:
        return None
    near = belongs_by(model)
    ends = (field for field in through._meta.concrete_fields if field.related_model and field.name != near.name)
    return next((end for end in ends if hasattr(end.related_model, "hangs_on")), None)
