"""`manage.py backup_key FILE`: make the key that opens backups, to be kept away from the server."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs.backups import locked


class Command(BaseCommand):
    help = "Make a key for backups: the private half into FILE, which is not to stay on the server; the public half is printed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where the private half is written; nothing may lie there")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            public = locked.new_key(file)
        except FileExistsError:
            raise CommandError(f"{file} is there already, and a lost key opens nothing. Choose another name.") from None
        self.stdout.write(f"BACKUP_KEYS={public}")
        self.stdout.write(
            f"Print {file} or carry it to another place, in two copies, then delete it here. Without it no backup opens."
        )
