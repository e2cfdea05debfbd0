"""`manage.py erasures --export FILE`: write the ledger of erasures, to be kept outside beside the backups."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hrdocs.ledger import lines


class Command(BaseCommand):
    help = "Write what was erased, without what stood there: one line each, for reapply_erasures after an older backup."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--export", type=Path, required=True, metavar="FILE", help="the file to write")

    def handle(self, *args: Any, export: Path, **options: Any) -> None:
        told = list(lines())
        new = export.with_name(f"{export.name}.new")
        new.write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
        new.replace(export)  # a ledger cut short would forget
        self.stdout.write(f"{len(told)} erasures written to {export}.")
