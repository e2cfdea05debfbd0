"""`manage.py reapply_erasures FILE`: after an older backup was restored, erase again what had been erased since."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from hrdocs.ledger import apply, read
from hrdocs.refusal import Refused


class Command(BaseCommand):
    help = "Erase again what the ledger names and this database still holds, and say what is left to do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ledger", type=Path, help="the file that `erasures --export` wrote")

    def handle(self, *args: Any, ledger: Path, **options: Any) -> None:
        try:
            found = apply(read(ledger))
        except Refused as refused:
            raise CommandError(f"{refused} Nothing was erased.") from None
        except DatabaseError as error:
            raise CommandError(f"Nothing was erased: {error}") from None
        self.stdout.write(str(found))
