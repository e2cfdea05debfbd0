"""`manage.py worked_out`: whether what filters are answered from is what follows from the records."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from hrdocs.models.worked_out import WorkedOut
from hrdocs.wording import our_models


class Command(BaseCommand):
    help = "Name each record of which something else was worked out than follows from it. Exit code 1 if any, unless --mend."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="Work all of it out again.")

    def handle(self, *args: Any, mend: bool, **options: Any) -> None:
        differ = [self._differ(model, mend) for model in our_models() if issubclass(model, WorkedOut)]
        if any(differ) and not mend:
            sys.exit(1)

    def _differ(self, model: type[WorkedOut], mend: bool) -> bool:
        name, differing = model._meta.verbose_name, model.objects.differing()
        for uid, key in differing:
            self.stdout.write(f"{name}: {uid or f'a record that is gone ({key})'} differs from what follows from it.")
        if mend:
            with transaction.atomic():
                model.objects.anew()
        mended = " All were worked out again." if mend else " Run worked_out --mend." if differing else ""
        self.stdout.write(f"{name}: {model.objects.count()} rows, {len(differing)} records that differ.{mended}")
        return bool(differing)
