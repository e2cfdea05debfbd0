"""`manage.py reapply_erasures FILE`: after an older backup was restored, erase again what had been erased since."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from hrdocs.ledger import apply
from hrdocs.models import User


class Command(BaseCommand):
    help = "Erase again what the ledger names and this database still holds. All of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ledger", type=Path, help="the file that `erasures --export` wrote")

    def handle(self, *args: Any, ledger: Path, **options: Any) -> None:
        if not ledger.is_file():
            raise CommandError(f"There is no file {ledger}. Take the newest that `erasures --export` wrote.")
        try:
            found = apply(ledger.read_text(encoding="utf-8").splitlines())
        except User.DoesNotExist:
            raise CommandError("An account that the ledger names is not in this backup. Make it again, then repeat.") from None
        except (ValueError, KeyError) as error:
            raise CommandError(f"This is not a ledger of erasures, or it was cut short ({error}). Nothing was erased.") from None
        except DatabaseError as error:
            raise CommandError(f"Nothing was erased: {error}") from None
        self.stdout.write(f"{found.done} erased again, {found.known} erased in this database already.")
        if found.missing:
            self.stdout.write(f"Of records that this database does not hold: {' '.join(found.missing)}.")
