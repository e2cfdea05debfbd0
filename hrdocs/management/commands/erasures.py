"""`manage.py erasures --export FILE`: write the ledger of erasures, to be kept outside beside the backups."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs.backups.signed import sign
from hrdocs.ledger import write
from hrdocs.refusal import Refused


class Command(BaseCommand):
    help = "Write what was erased, without what stood there: one line each, for reapply_erasures after an older backup."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--export", type=Path, required=True, metavar="FILE", help="the file to write")

    def handle(self, *args: Any, export: Path, **options: Any) -> None:
        try:
            number = write(export)
            sign(export, settings.BACKUP_SIGNER)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(f"{number} erasures written to {export}.")
