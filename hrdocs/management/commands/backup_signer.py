"""`manage.py backup_signer FILE`: make the key by which the server signs its backups."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs.backups.signed import new_signer


class Command(BaseCommand):
    help = "Make a key that signs backups: the private half into FILE, for this server alone; the public half into FILE.pub."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where the private half is written, outside the folder of backups")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            public = new_signer(file)
        except FileExistsError:
            raise CommandError(f"{file} is there already. Choose another name.") from None
        self.stdout.write(f"BACKUP_SIGNER_FILE={file.resolve()}")
        self.stdout.write(f"Keep {public} beside the private key of the backups, not on this server: restore asks for it.")
