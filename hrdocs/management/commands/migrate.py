"""`manage.py migrate`: Django's own, and what follows the declarations of today: the readers' relations, those over history,
the indexes of both, quick triggers, grants."""

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from hrdocs import database_roles, past, past_tables, quick_filters, quick_triggers, relations


class Command(migrate.Command):
    help = "Bring the tables up to date, and the relations that readers from outside are served from (hrdocs/relations.py)."

    def handle(self, *args: Any, **options: Any) -> None:
        asks_only = options["plan"] or options["check_unapplied"] or options["database"] != DEFAULT_DB_ALIAS
        if not asks_only:
            past.drop()
            relations.drop()
        super().handle(*args, **options)
        if not asks_only:
            quick_triggers.build()
        if not asks_only and not options["app_label"]:
            relations.build()
            past.build()
            quick_filters.build()
            past_tables.index()
            database_roles.grant()
