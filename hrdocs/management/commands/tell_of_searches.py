"""`manage.py tell_of_searches`: mail those who want it that there is something new in a search of theirs."""

from typing import Any

from django.core.management.base import BaseCommand

from hrdocs import searches


class Command(BaseCommand):
    help = "Mail those who asked for it that something is new in a search that they keep. A worker does it once an hour."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{searches.tell_of_news()} people were told.")
