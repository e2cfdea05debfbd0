"""`manage.py import_records PATH`: bring in a folder of CSV sheets, one sheet, or a known data set, as drafts."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.imports.mappings import MAPPINGS
from cases.imports.outcome import Outcome, Problem
from cases.imports.sheets import Asked
from cases.imports.write import import_records
from hrdocs.access import STAFF
from hrdocs.models import User

SHOWN = 500


class Command(BaseCommand):
    help = (
        "Bring in a folder of CSV sheets (parties.csv, sources.csv, estimates.csv …), or one such file, as drafts. "
        "All of it or nothing; every row is accounted for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="folder of CSV sheets, one sheet, or the file that a mapping reads")
        parser.add_argument("--mapping", default="", help=f"how to read a published data set: {', '.join(MAPPINGS)}")
        parser.add_argument("--as", dest="username", required=True, help="user name of who enters the records")
        parser.add_argument("--dataset", default="", help="name under which the rows are known when they come again")
        parser.add_argument("--release", default="", help="the release of which the file is the whole: its name or date")
        parser.add_argument("--encoding", default="", help="of a text, where what is recognised is wrong: utf-8, cp1256 …")
        parser.add_argument("--separator", default="", help="what parts its columns, where that is wrong: ; or tab …")
        parser.add_argument("--dry-run", action="store_true", help="check every row, tell what would change, write nothing")
        parser.add_argument("--valid-rows", action="store_true", help="write the rows that are right, although others are not")

    def handle(self, *args: Any, path: Path, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account “{username}”. Name the person who enters these records.")
        if user.role not in STAFF:
            raise CommandError(
                f"“{username}” is a {user.get_role_display().lower()}. Only analysts, reviewers and managers enter records."
            )
        asked = {name: options[name] for name in ("dataset", "mapping", "release", "dry_run", "valid_rows")}
        try:
            reading = Asked(encoding=options["encoding"], separator=options["separator"])
            outcome = import_records(path, by=user, asked=reading, **asked)
        except Problem as problem:
            raise CommandError(str(problem)) from None
        self._tell(outcome, dry_run=asked["dry_run"])
        if outcome.errors:
            raise SystemExit(1)

    def _tell(self, outcome: Outcome, *, dry_run: bool) -> None:
        for line in outcome.read_as:
            self.stdout.write(f"Read: {line}")
        for error in outcome.errors[:SHOWN]:
            self.stderr.write(str(error))
        if more := max(len(outcome.errors) - SHOWN, 0) + outcome.left_out["errors"]:
            self.stderr.write(f"… and {more} errors more.")
        for flag in outcome.flags:
            self.stdout.write(f"Flagged: {flag}")
        for withdrawal in outcome.withdrawn[:SHOWN]:
            self.stdout.write(f"Withdrawn by its source: {withdrawal}")
        if outcome.withdrawn:
            self.stdout.write(f"{len(outcome.withdrawn) + outcome.left_out['withdrawn']} withdrawn; their records stay.")
        if dry_run:
            for difference in outcome.differences[:SHOWN]:
                self.stdout.write(f"Changed: {difference}")
        if outcome.errors and outcome.written:
            self.stderr.write("All other rows were written. Mend these and import again: what is here already stays as it is.")
        elif outcome.errors:
            self.stderr.write("Nothing was written. Mend these rows and import again.")
        elif dry_run:
            self.stdout.write("Dry run: nothing was written.")
        self.stdout.write(outcome.account())
