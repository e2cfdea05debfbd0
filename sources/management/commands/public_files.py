"""`manage.py public_files FOLDER`: the files of releases and evidence that anybody may be given, for a public site."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sources.evidence import public_files


class Command(BaseCommand):
    help = "Lay out what a public site may give out in a folder that is shown to it, and take away what it may not any more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="its own: whatever else lies in it is deleted")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        added, gone, wrong = public_files.lay_out(folder)
        self.stdout.write(f"{added} files added, {gone} taken away.")
        for words in wrong:
            self.stderr.write(words)
        if wrong:
            sys.exit(1)
