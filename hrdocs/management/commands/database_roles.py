"""`manage.py database_roles`: make the roles that the program, a public site, the sealer and the backup sign in with."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hrdocs import database_roles

FOR = {
    "app": database_roles.APPLICATION,
    "site": database_roles.SITE,
    "sealer": database_roles.SEALER,
    "backup": database_roles.BACKUP,
}


class Command(BaseCommand):
    help = (
        "Make roles for the program, a public site, the sealer and the backup, and grant each what it must. Run it as the owner "
        "of the tables."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name in FOR:
            parser.add_argument(
                f"--{name}",
                type=Path,
                metavar="FILE",
                help="the file with its DATABASE_URL: the account is made, or gets this password",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        database_roles.make()
        for name, role in FOR.items():
            if options.get(name):
                account = database_roles.let_in(role, options[name].read_text(encoding="utf-8").strip())
                self.stdout.write(f"{account} signs in as {role}.")
            else:
                self.stdout.write(f"CREATE ROLE {name} LOGIN PASSWORD '…' IN ROLE {role};")
        self.stdout.write(
            "The roles are there. Where a line above begins with CREATE, run it with a password of your own. "
            "Name each account in the DATABASE_URL of its process."
        )
