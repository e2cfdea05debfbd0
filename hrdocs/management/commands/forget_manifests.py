"""`manage.py forget_manifests`: delete old manifests of files that anybody could take."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from hrdocs.manifests import forget


class Command(BaseCommand):
    help = "Delete manifests of files of public data that are older than MANIFEST_DAYS. What must last is made a release."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=settings.MANIFEST_DAYS, help="how old they may be (MANIFEST_DAYS)")

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        self.stdout.write(f"{forget(days=days)} manifests older than {days} days are forgotten.")
