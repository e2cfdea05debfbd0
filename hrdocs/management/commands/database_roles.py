"""`manage.py database_roles`: make the roles of the database that the program, its sealer and its backup sign in with."""

from typing import Any

from django.core.management.base import BaseCommand

from hrdocs import database_roles


class Command(BaseCommand):
    help = (
        "Make roles for the program, its sealer and its backup, and grant each what it must. Run it as the owner of the tables."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        database_roles.make()
        for name in database_roles.ROLES:
            self.stdout.write(f"CREATE ROLE {name.removeprefix('hrdocs_')} LOGIN PASSWORD '…' IN ROLE {name};")
        self.stdout.write(
            "The roles are there. Make one account in each, as above, and name it in the DATABASE_URL of its process."
        )
