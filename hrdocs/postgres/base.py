"""Django's PostgreSQL, with what reading through relations of other rights needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base, features

from hrdocs.postgres.schema import DatabaseSchemaEditor


class DatabaseFeatures(features.DatabaseFeatures):
    allows_group_by_selected_pks = False  # readers from outside group rows of a view, which has no primary key


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    SchemaEditorClass = DatabaseSchemaEditor
    stands_in_for: DatabaseWrapper | None = None  # the primary, of a replica that is asked in its place (hrdocs/replicas.py)
    reads_as: tuple[str | None, str] | None = None  # the role and schema that serve a reader just now (hrdocs/readers.py)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.SLOW_QUERY_MS:
            from hrdocs.watching import queries  # which counts, and asks about jobs: models, that need a database

            self.execute_wrappers.append(queries.noted)
