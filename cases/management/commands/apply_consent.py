"""`manage.py apply_consent`: close what ran out. For a timer at midnight (UTC), where nobody may ask for hours."""

from typing import Any

from django.core.management.base import BaseCommand

from cases.consent import close_what_ran_out


class Command(BaseCommand):
    help = "Close the statements whose consent has run out, and tell those who entered them."

    def handle(self, *args: Any, **options: Any) -> None:
        closed = close_what_ran_out()
        self.stdout.write(f"{len(closed)} statements closed: {' '.join(each.uid for each in closed) or 'none'}.")
