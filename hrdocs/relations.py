"""The readers' relations: what the database shows to the roles that serve readers from outside.

Each role has a schema of its own, with a relation of the same name for every table that readers are shown: the rows of
its audience, and of their columns those alone that a shape lets out to it. So the same queries run.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, models, transaction

from hrdocs.access import Everybody, Sensitivity, shown_rows
from hrdocs.changelog import relation_of
from hrdocs.endpoints import views
from hrdocs.models import Change, Manifest, Redirect, Release, Term, Told
from hrdocs.models.record import Guarded
from hrdocs.models.worked_out import WorkedOut
from hrdocs.shapes import Reader
from hrdocs.walks import walk
from hrdocs.wording import our_models

OUTSIDE = (Sensitivity.PUBLIC, Sensitivity.REGISTERED)

# What a relation always holds, beside what the shapes read: which row it is, and who may see it.
_ALWAYS = ("uid", "state", "sensitivity", "audience")


def line_of(level: Sensitivity) -> str:
    """The name of the role that serves readers of a level, and of the schema that it reads."""
    return f"hrdocs_readers_{level}"


def drop() -> None:
    """Take the readers' relations away: a column that is read by a view can't be altered."""
    with connection.cursor() as cursor:
        for level in OUTSIDE:
            cursor.execute(f"DROP SCHEMA IF EXISTS {line_of(level)} CASCADE")


def build() -> None:
    """Make the roles, and their relations anew from the tables and shapes of today."""
    with transaction.atomic():
        drop()
        for level in OUTSIDE:
            line = line_of(level)
            _make_role(line)
            with connection.cursor() as cursor:
                cursor.execute(f"CREATE SCHEMA {line}")
                for name, rows in relations(level):
                    cursor.execute(f"CREATE VIEW {line}.{name} AS {rows}")
                cursor.execute(f"GRANT USAGE ON SCHEMA {line} TO {line}; GRANT SELECT ON ALL TABLES IN SCHEMA {line} TO {line}")


def _make_role(name: str) -> None:
    """A role is the whole server's: another database may have made it, or be just making it."""
    may = "SET" if connection.pg_version >= 160000 else "MEMBER"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"""
                DO $make$ BEGIN
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name} NOLOGIN; END IF;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                END $make$;
                DO $grant$ BEGIN
                    IF NOT pg_has_role('{name}', '{may}') THEN GRANT {name} TO CURRENT_USER; END IF;
                END $grant$;
            """)
    except ProgrammingError as error:
        both = ", ".join(map(line_of, OUTSIDE))
        raise CommandError(
            f"The database role {name}, which serves readers from outside, can't be made ({str(error).splitlines()[0]}). Let "
            f"whoever runs the server make both of them once, then migrate again:\n"
            + "".join(f"  CREATE ROLE {line_of(level)} NOLOGIN;\n" for level in OUTSIDE)
            + f"  GRANT {both} TO {connection.settings_dict['USER'] or 'the role of DATABASE_URL'};"
        ) from error


def relations(level: Sensitivity) -> Iterator[tuple[str, str]]:
    """(table, the rows and columns of it that readers of this level are shown), for every table that they are shown."""
    shown = columns_read(level)
    tables = {table for table, _ in shown}
    yield from of_everybody(level)
    for model in (Redirect, Manifest, Release):
        yield model._meta.db_table, f"SELECT * FROM public.{model._meta.db_table} WHERE audience <= {level.rank}"
    yield Change._meta.db_table, relation_of(level)
    for model in our_models():
        if issubclass(model, WorkedOut):
            yield model._meta.db_table, f"SELECT * FROM public.{model._meta.db_table} WHERE audience = {level.rank}"
        if not issubclass(model, Guarded) or model._meta.proxy or model._meta.db_table not in tables:
            continue
        yield model._meta.db_table, _rows(model, level, shown)
        for many in model._meta.local_many_to_many:
            through = many.remote_field.through
            if (through._meta.db_table, many.m2m_column_name()) in shown:
                yield through._meta.db_table, _links(many, level)


def of_everybody(level: Sensitivity) -> Iterator[tuple[str, str]]:
    """The relations in which readers of this level see the same: what is open to all, a few columns of what is no record, and
    what only guarded columns lead to."""
    guarded = {table for table, _ in columns_read(Sensitivity.INTERNAL)} - {table for table, _ in columns_read(level)}
    whole = {model._meta.db_table for model in (Term, ContentType)}
    told = {model._meta.db_table: model for model in our_models() if issubclass(model, Told)}
    for table in sorted(guarded - whole - set(told)):
        yield table, f"SELECT * FROM public.{table} WHERE false"
    for table in sorted(whole):
        yield table, f"SELECT * FROM public.{table}"
    for table, model in sorted(told.items()):
        columns = ", ".join(
            _told(field, shown=field.primary_key or field.name in model.told) for field in model._meta.local_concrete_fields
        )
        yield table, f"SELECT {columns} FROM public.{table} t WHERE {model.told_where}"


@cache
def columns_read(level: Sensitivity) -> frozenset[tuple[str, str]]:
    """Every (table, column) that the shapes read for readers cleared for this level: the one list of what is open to them."""
    everybody = Everybody(level)
    found: set[tuple[str, str]] = set()
    for shape in (view.shape for view in views().values()):
        rows = shown_rows(shape.model, everybody)
        found |= walk(shape.select(rows, Reader(everybody), *shape.located(Reader(everybody)))).columns()
    return frozenset(found)


def _rows(model: type[models.Model], level: Sensitivity, shown: frozenset[tuple[str, str]]) -> str:
    columns = ", ".join(_column(field, shown) for field in model._meta.local_concrete_fields)
    table = f"public.{model._meta.db_table} t"
    home = model._meta.get_field("audience").model
    if home is not model:  # of an estimate the statement knows who may see it
        table += f" JOIN public.{home._meta.db_table} h ON h.id = t.{model._meta.pk.column}"
    return f"SELECT {columns} FROM {table} WHERE {'t' if home is model else 'h'}.audience <= {level.rank}"


def _column(field: models.Field, shown: frozenset[tuple[str, str]]) -> str:
    model = field.model
    read = {(model._meta.db_table, name) for name in inputs(field)} <= shown
    always = (*_ALWAYS, model.walked_by, *model.hangs_on)
    return _told(field, shown=read or field.primary_key or field.name in always)


def _told(field: models.Field, *, shown: bool) -> str:
    """A column as it is, or nothing under its name and type."""
    return f"t.{field.column}" if shown else f"NULL::{field.db_type(connection)} AS {field.column}"


def inputs(field: models.Field) -> set[str]:
    """The columns that a column is made of: itself, or for one that the database derives those that it is derived from."""
    if not field.generated:
        return {field.column}
    return {part.name for part in field.expression.flatten() if isinstance(part, models.F)}


def _links(many: models.ManyToManyField, level: Sensitivity) -> str:
    """The rows behind a many-to-many field, where both ends are shown."""
    ends = [(many.model, many.m2m_column_name()), (many.related_model, many.m2m_reverse_name())]
    seen = " AND ".join(
        f"EXISTS (SELECT FROM public.{end._meta.get_field('audience').model._meta.db_table} e "
        f"WHERE e.id = t.{column} AND e.audience <= {level.rank})"
        for end, column in ends if issubclass(end, Guarded)
    )  # fmt: skip
    return f"SELECT * FROM public.{many.remote_field.through._meta.db_table} t WHERE {seen}"
