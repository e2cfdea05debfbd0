"""Each table of records, parts and links as history holds it: the rows of one moment, beside those of today."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.apps import apps
from django.db import connection, models

from hrdocs.history import recorded_links
from hrdocs.models import Redirect
from hrdocs.models.record import Guarded
from hrdocs.quick_filters import make
from hrdocs.relations import inputs
from hrdocs.wording import our_models

MOMENT = "current_setting('hrdocs.as_of')::timestamptz"


@dataclass(frozen=True)
class Link:
    """A link that must be seen for a row to be seen: its column, and the table that knows who sees what it leads to."""

    column: str
    home: str
    optional: bool = False
    is_record: bool = False


@dataclass(frozen=True)
class History:
    """A table with its history. `near` is the column of the declaring side, where it holds many-to-many links."""

    model: type[models.Model]
    recorded: type[models.Model]
    near: str = ""

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def events(self) -> str:
        return f"public.{self._event._meta.db_table}"

    @cached_property
    def _event(self) -> type[models.Model]:
        return apps.get_model(f"{self.recorded._meta.label}Event")

    @property
    def keeps_audience(self) -> bool:
        """Whether the table itself holds who may see a row; that of one kind of statement, or of links, does not."""
        return any(field.name == "audience" for field in self.model._meta.local_concrete_fields)

    @property
    def is_record(self) -> bool:
        return self.keeps_audience and hasattr(self.model, "state")

    @cached_property
    def hangs_on(self) -> tuple[Link, ...]:
        """What must be seen for a row to be seen; of one kind of statement its statement, of a link both its ends."""
        if self.keeps_audience:
            fields = [self.model._meta.get_field(path) for path in self.model.hangs_on]
        else:
            links = (field for field in self.model._meta.local_concrete_fields if self.near or field.primary_key)
            fields = [link for link in links if link.related_model and issubclass(link.related_model, Guarded)]
        return tuple(Link(field.column, _home(field.related_model), field.null, hasattr(field.related_model, "state"))
                     for field in fields)  # fmt: skip

    @property
    def last_level(self) -> str:
        """SQL for the level of a row as it was last written."""
        return f"(SELECT d.sensitivity FROM {self.events} d WHERE d.pgh_obj_id = e.pgh_obj_id ORDER BY d.pgh_id DESC LIMIT 1)"

    def select(self, kept: dict[str, str], asked: list[str], *, shown: Collection[tuple[str, str]] | None = None) -> str:
        """The rows of the moment (e) beside those of today (t). `kept` says the columns that history has not, `shown` which
        (table, column) there are for the reader; the others are empty."""
        told = ((field, field.db_parameters(connection)["type"]) for field in self.model._meta.local_concrete_fields)
        columns = ", ".join(f"{self._column(field, kept, shown)}::{kind} AS {field.column}" for field, kind in told)
        newer = (f"NOT EXISTS (SELECT FROM {self.events} later WHERE later.pgh_obj_id = e.pgh_obj_id "
                 f"AND later.pgh_id > e.pgh_id AND later.pgh_created_at <= {MOMENT})")  # fmt: skip
        where = " AND ".join([f"e.pgh_created_at <= {MOMENT}", "e.pgh_label <> 'delete'", newer, *asked])
        return f"SELECT {columns} FROM {self.events} e {self._today} WHERE {where}"

    def _column(self, field: models.Field, kept: dict[str, str], shown: Collection[tuple[str, str]] | None) -> str:
        if field.primary_key:
            return "e.pgh_obj_id"  # by which history is read
        if field.name in kept:
            return kept[field.name]
        always = self.near or field.name in ("uid", "state", "sensitivity", *getattr(self.model, "hangs_on", ()))
        if shown is not None and not always and not {(self.table, name) for name in inputs(field)} <= set(shown):
            return "NULL"
        if field.generated:
            return self._derived(field)
        if all(field.column != there.column for there in self._event._meta.concrete_fields):
            return "NULL"  # worked out by the program, and not kept
        least = getattr(self.model, "shown_as", {}).get(field.name)
        return f"e.{field.column}" if least is None else _less(field.column, least)

    def _derived(self, field: models.Field) -> str:
        """What the database derives of a row. Where the row of today has the same to derive it from, as it stands there: folding
        the names of a hundred thousand rows takes seconds."""
        anew = f"({connection.ops.compose_sql(*field.generated_sql(connection))})"
        if not self.keeps_audience:
            return anew
        same = (f"e.{name} IS NOT DISTINCT FROM t.now_{name}" for name in sorted(inputs(field)))
        return f"(CASE WHEN {' AND '.join(('t.now_id IS NOT NULL', *same))} THEN t.now_{field.column} ELSE {anew} END)"

    def _of_today(self) -> list[str]:
        """The columns of today's row that are read beside those of history."""
        derived = [field for field in self.model._meta.local_concrete_fields if field.generated]
        made_of = sorted(name for field in derived for name in inputs(field))
        kept = ("id", "audience", "locks", *getattr(self.model, "shown_as", {}))
        return list(dict.fromkeys((*kept, *made_of, *(field.column for field in derived))))

    @property
    def _today(self) -> str:
        """The row of today, under names that the columns of history do not have; of a record that was merged away since, what
        it was merged into, for who might have seen both."""
        if not self.keeps_audience:
            return ""
        now = ", ".join(f"{name} AS now_{name}" for name in self._of_today())
        if not getattr(self.model, "mergeable", False):
            return f"LEFT JOIN (SELECT {now} FROM public.{self.table}) t ON t.now_id = e.pgh_obj_id"
        now = now.replace("audience AS", "greatest(l.audience, r.audience) AS").replace("locks AS", "l.locks || r.locks AS")
        now = now.replace("id AS now_id", "l.id AS now_id")
        return (f"LEFT JOIN public.{Redirect._meta.db_table} r ON r.old_uid = e.uid "
                f"LEFT JOIN LATERAL (SELECT {now} FROM public.{self.table} l WHERE l.id = coalesce(r.object_id, e.pgh_obj_id)) "
                "t ON true")  # fmt: skip


def histories() -> Iterator[History]:
    """Every table of records, parts and their links."""
    for model in our_models():
        if not issubclass(model, Guarded) or model._meta.proxy:
            continue
        yield History(model, model)
        for many in model._meta.local_many_to_many:
            through = many.remote_field.through
            if through._meta.auto_created:
                yield History(through, recorded_links(many), many.m2m_column_name())


def index() -> None:
    """Make the indexes by which history is read: the rows of one thing in their order, and those that lead to another."""
    for each in histories():
        table = each.events.removeprefix("public.")
        make(f"{table}_of", table, "btree (pgh_obj_id, pgh_id)", "of one row, in order")
        for link in each.model._meta.local_concrete_fields:
            if link.related_model and issubclass(link.related_model, Guarded) and not link.primary_key:
                make(f"{table}_{link.column}"[:63], table, f"btree ({link.column}) WHERE {link.column} IS NOT NULL", "by a link")
        if each.is_record:
            make(f"{table}_uid", table, "btree (uid)", "by uid")


def _home(model: type[models.Model]) -> str:
    """The table that knows who may see a row: of an estimate, that of statements."""
    return model._meta.get_field("audience").model._meta.db_table


def _less(column: str, least: tuple[str, ...]) -> str:
    """Of what was shown then and what is today, the less."""
    ordered = "ARRAY[{}]".format(", ".join(f"'{value}'" for value in least))
    places = ", ".join(f"array_position({ordered}, {at}::text)" for at in (f"e.{column}", f"t.now_{column}"))
    return f"({ordered})[least({places})]"
