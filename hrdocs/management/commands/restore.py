"""`manage.py restore FOLDER --key FILE` (`make restore`): bring a backup back into an empty database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs.backups import signed
from hrdocs.backups.bringing_back import bring_back
from hrdocs.backups.making import HEADS, LEDGER
from hrdocs.refusal import Refused


class Command(BaseCommand):
    help = (
        "Fill the empty database of DATABASE_URL and the empty folders of files from a backup, erase again, and verify history."
    )
    requires_system_checks: list[str] = []  # they would ask an empty database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that `backup` made")
        parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key, as `backup_key` wrote it")
        by_whom = parser.add_mutually_exclusive_group(required=True)
        by_whom.add_argument("--signer", type=Path, metavar="FILE", help="what `backup_signer` wrote as FILE.pub")
        by_whom.add_argument("--unsigned", action="store_true", help="whoever could write to the folder may have made it")
        parser.add_argument(
            "--ledger", type=Path, metavar="FILE", help="the newest ledger of erasures; without it that beside the backup"
        )

        parser.add_argument(
            "--heads",
            type=Path,
            metavar="FILE",
            help="heads of history that were kept elsewhere; without it those beside the backup",
        )

    def handle(
        self, *args: Any, folder: Path, key: Path, signer: Path | None, ledger: Path | None, heads: Path | None = None,
        **options: Any,
    ) -> None:  # fmt: skip
        beside, noted = folder.resolve().parent / LEDGER, folder.resolve().parent / HEADS
        if ledger and not ledger.is_file():
            raise CommandError(f"There is no file {ledger}. Name the newest that was written.")
        try:
            erasures = ledger or (beside if beside.is_file() else None)
            if heads is None and noted.is_file():
                if signer:
                    signed.verify(noted, signer)
                heads = noted
            bring_back(folder, key, signer=signer, erasures=erasures, heads=heads, say=self.stdout.write)
        except Refused as refused:
            raise CommandError(str(refused)) from None
