"""What must be true of the database before anything is put into it."""

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections


@register(Tags.database)
def database_understands_every_script(databases: list[str] | None = None, **kwargs: Any) -> list[Error]:
    """A cluster made with LANG unset is SQL_ASCII or C: there, Arabic names are silently not found."""
    problems = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()")
            encoding, character_type = cursor.fetchone()
        if encoding != "UTF8" or character_type in ("C", "POSIX"):
            problems.append(
                Error(
                    f"The database is encoded in {encoding} with character type {character_type}: search would not find "
                    "Arabic names.",
                    hint="CREATE DATABASE hrdocs TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8';",
                    id="hrdocs.E001",
                )
            )
    return problems
