"""`manage.py shown_points`: whether the points that filters ask for are those that follow from the places."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from cases.models import ShownPoint


class Command(BaseCommand):
    help = "Name each place whose shown points are not what they should be. Exit code 1 if any are, unless --mend."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--mend", action="store_true", help="Work all of them out again.")

    def handle(self, *args: Any, mend: bool, **options: Any) -> None:
        differing = ShownPoint.objects.differing()
        for uid, key in differing:
            self.stdout.write(f"The points of {uid or f'a place that is gone ({key})'} differ from where it lies.")
        if mend:
            with transaction.atomic():
                ShownPoint.objects.anew()
        mended = " All were worked out again." if mend else " Run shown_points --mend." if differing else ""
        self.stdout.write(f"{ShownPoint.objects.count()} points, {len(differing)} places that differ.{mended}")
        if differing and not mend:
            sys.exit(1)
