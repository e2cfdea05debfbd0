"""`manage.py mappings`: list mappings, suggest one for a file, show one, save one for all who work here."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.imports.kinds import SHEETS
from cases.imports.mappings import MAPPINGS
from cases.imports.mappings.ready import READY, ready_spec
from cases.imports.mappings.saved import save_mapping, saved_spec
from cases.imports.mappings.schema import SCHEMA
from cases.imports.mappings.suggest import suggested
from cases.imports.outcome import Problem
from cases.imports.reading import read
from cases.models import Mapping
from hrdocs.access import STAFF
from hrdocs.models import User


class Command(BaseCommand):
    help = "Mappings say how the columns of a file become sheets: list them, suggest one, show one, save one."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="those that come with the program, and those that were saved here")
        verbs.add_parser("schema", help="what a mapping may say, as JSON Schema")
        suggest = verbs.add_parser("suggest", help="a first mapping for a file, from the names of its columns")
        suggest.add_argument("path", type=Path, help="the file")
        suggest.add_argument("sheet", choices=SHEETS, metavar="SHEET", help="the kind of record that its rows are: victims")
        show = verbs.add_parser("show", help="one mapping, as JSON")
        show.add_argument("name", help="its name; name@2 for a version")
        save = verbs.add_parser("save", help="keep a mapping as the next version under its name")
        save.add_argument("name", help="small letters, digits and hyphens: field-office-2031")
        save.add_argument("path", type=Path, help="the mapping, a JSON file")
        save.add_argument("--as", dest="username", required=True, help="user name of who saves it")
        save.add_argument("--note", default="", help="what changed, and why")

    def handle(self, *args: Any, verb: str, **given: Any) -> None:
        try:
            getattr(self, f"_{verb}")(
                **{name: value for name, value in given.items() if name in ("path", "sheet", "name", "username", "note")}
            )
        except Problem as problem:
            raise CommandError(str(problem)) from None
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None

    def _list(self) -> None:
        for name in MAPPINGS:
            self.stdout.write(f"{name}: {ready_spec(name)['title'] if name in READY else 'comes with the program'}")
        for mapping in Mapping.objects.all():
            self.stdout.write(f"{mapping}: {mapping.spec['title']} (saved by {mapping.by}, {mapping.at:%Y-%m-%d})")

    def _schema(self) -> None:
        self._print(SCHEMA)

    def _suggest(self, path: Path, sheet: str) -> None:
        table = read(path)[0]
        for note in (table.how, *table.notes):
            self.stderr.write(note)
        self._print(suggested(table, sheet))

    def _show(self, name: str) -> None:
        spec = ready_spec(name) if name in READY else saved_spec(name)
        if spec is None:
            raise Problem(f"There is no mapping “{name}” to show. `manage.py mappings list` names them.")
        self._print(spec)

    def _save(self, name: str, path: Path, username: str, note: str) -> None:
        user = User.objects.filter(username=username, is_active=True, role__in=STAFF).first()
        if user is None:
            raise Problem(f"“{username}” is no active analyst, reviewer or manager. Name the person who saves it.")
        try:
            spec = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise Problem(f"{path}: not readable as JSON ({error}).") from None
        self.stdout.write(f"Saved as {save_mapping(name, spec, by=user, note=note)}.")

    def _print(self, value: Any) -> None:
        self.stdout.write(json.dumps(value, ensure_ascii=False, indent=2))
