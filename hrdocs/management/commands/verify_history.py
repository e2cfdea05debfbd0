"""`manage.py verify_history`: whether sealed history is as it was sealed."""

import sys
from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from hrdocs.proof import heads_in
from hrdocs.sealing import verify


class Command(BaseCommand):
    help = "Check history against its seals; names every row that was altered, removed or put in. Exit code 1 if any was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--head", type=Path, metavar="FILE", help="heads kept outside; finds a cut end and an older copy")

    def handle(self, *args: Any, head: Path | None, **options: Any) -> None:
        began = perf_counter()
        report = verify(heads_in(head) if head else ())
        for problem in report.problems:
            self.stdout.write(problem)
        self.stdout.write(f"{report} ({perf_counter() - began:.1f} s)")
        if report.problems:
            sys.exit(1)
