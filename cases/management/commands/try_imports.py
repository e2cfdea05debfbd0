"""`manage.py try_imports FOLDER`: published data sets, whole, into a database of their own: in, in again, and out."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.benching import trials
from cases.benching.database import own_database
from hrdocs.models import User

NAME = "hrdocs_trial"


class Command(BaseCommand):
    help = f"Bring published data sets into a database of their own ({NAME}, dropped afterwards). DATABASE_URL's is not touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help=f"where the files lie: {', '.join(file.path for file in trials.FILES)}")
        parser.add_argument("--only", default="", help="files of this mapping alone")
        parser.add_argument("--keep", action="store_true", help=f"leave {NAME} there, to look at")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        files = [file for file in trials.FILES if options["only"] in ("", file.mapping)]
        missing = [file.path for file in files if not (folder / file.path).exists()]
        if missing or not files:
            raise CommandError(f"{folder}: there is no {', '.join(missing) or options['only']}. Fetch it, or name one by --only.")
        with own_database(NAME, keep=options["keep"]):
            self.stdout.write(trials.HEADING)
            wrong = [told.what for told in self._tried(folder, files) if not self._as_it_should(told)]
        if wrong:
            raise CommandError(f"Not as it should be: {', '.join(wrong)}.")

    def _tried(self, folder: Path, files: list[trials.File]) -> Iterator[trials.Told]:
        by = User.objects.get()
        for file in files:
            yield trials.brought(folder, file, by=by)
            yield replace(trials.brought(folder, file, by=by), again=True)
        with tempfile.TemporaryDirectory(prefix="hrdocs-") as out:
            yield from trials.taken_out(Path(out), by=by)

    def _as_it_should(self, told: trials.Told) -> bool:
        self.stdout.write(told.line)
        self.stdout.flush()
        for each in (*told.outcome.errors[:5], *(told.outcome.differences[:5] if told.again else ())):
            self.stderr.write(str(each))
        return not told.outcome.errors and (told.changes_nothing or not told.again)
