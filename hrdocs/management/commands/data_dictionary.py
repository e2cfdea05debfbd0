"""`manage.py data_dictionary`: print the data dictionary, or write it to docs/data-dictionary.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from hrdocs.dictionary import markdown

FILE = settings.ROOT / "docs" / "data-dictionary.md"


class Command(BaseCommand):
    help = "Print the data dictionary, or write it to docs/data-dictionary.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/data-dictionary.md")

    def handle(self, *args: Any, write: bool, **options: Any) -> None:
        if write:
            FILE.write_text(markdown(), encoding="utf-8")
            self.stdout.write(f"Wrote {FILE.relative_to(settings.ROOT)}.")
        else:
            self.stdout.write(markdown())
