"""`manage.py backup` (`make backup`): the database as of one moment and the files, locked, in a new folder."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs.backups import making
from hrdocs.refusal import Refused


class Command(BaseCommand):
    help = "Make a backup for BACKUP_KEYS, and delete those that are older than BACKUP_DAYS."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=Path(settings.BACKUPS_ROOT), metavar="FOLDER", help="where (BACKUPS_ROOT)")

    def handle(self, *args: Any, to: Path, **options: Any) -> None:
        try:
            made = making.make(to, settings.BACKUP_KEYS)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        except OSError as error:
            raise CommandError(
                f"There is no backup: {error.strerror} ({error.filename or to}). Make room, then run it again."
            ) from None
        self.stdout.write(f"{made.folder}: {made.rows:,} rows, {made.files} files, {made.size / 2**20:,.1f} MB locked, "
                          f"{made.seconds:.1f} s.")  # fmt: skip
        if settings.EVIDENCE_BUCKET:
            self.stdout.write(
                "Files of evidence lie in EVIDENCE_BUCKET and are not in it: let the store keep versions or a copy."
            )
        if not settings.BACKUP_SIGNER:
            self.stdout.write("It is not signed: whoever can write there can put another in its place. Make a key with "
                              "manage.py backup_signer FILE, and set BACKUP_SIGNER_FILE=FILE.")  # fmt: skip
        for folder in making.forget(to, settings.BACKUP_DAYS):
            self.stdout.write(f"{folder} was older than {settings.BACKUP_DAYS} days and is deleted.")
