"""`manage.py verify_files`: whether every file of evidence is there and is what was kept."""

import sys
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sources.evidence import checking


class Command(BaseCommand):
    help = "Read every file of evidence again, name what is missing, changed or unnamed, and note it. Exit code 1 if anything is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--forget-unnamed", action="store_true", help="delete files that no copy names, as broken uploads leave them"
        )

    def handle(self, *args: Any, forget_unnamed: bool, **options: Any) -> None:
        began = perf_counter()
        found = checking.check(self.stdout.write)
        self.stdout.write(f"{found} ({perf_counter() - began:.1f} s)")
        if forget_unnamed and found.unnamed:
            gone = checking.forget_unnamed(found.unnamed)
            self.stdout.write(f"{gone} of the unnamed files are deleted.")
            found.unnamed = found.unnamed[gone:]
        if not found.is_well:
            sys.exit(1)
