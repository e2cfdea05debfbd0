"""`manage.py lay_out_release`: a release as folders of Parquet by year, for DuckDB, Spark or Trino."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs.models import Release
from hrdocs.refusal import Refused
from hrdocs.releasing import by_year
from hrdocs.releasing.store import NotWhole


class Command(BaseCommand):
    help = "Write the lists of a release into a folder, each as Parquet files by year, which other engines read as tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)
        parser.add_argument("--into", required=True, type=Path, metavar="FOLDER", help="an empty folder, or one that is made")

    def handle(self, *args: Any, number: int, into: Path, **options: Any) -> None:
        release = Release.objects.filter(number=number, withdrawn_at=None).first()
        if release is None:
            raise CommandError(f"There is no release {number}, or it was withdrawn.")
        try:
            for name, rows in by_year.lay_out(release.sha256, into):
                self.stdout.write(f"{name}: {rows:,} rows")
        except (Refused, NotWhole) as error:
            raise CommandError(str(error)) from None
