"""`manage.py withdraw_release`: take the file of a release away for good."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs import releases
from hrdocs.models import Release, User
from hrdocs.refusal import Refused


class Command(BaseCommand):
    help = "Delete the file of a release. Its number, checksum and the reason stay where it stood."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int)
        parser.add_argument("--by", required=True, metavar="NAME", help="the manager who withdraws it")
        parser.add_argument("--why", required=True, help="what readers are told in its place")

    def handle(self, *args: Any, number: int, by: str, why: str, **options: Any) -> None:
        release, manager = Release.objects.filter(number=number).first(), User.objects.filter(username=by).first()
        if release is None or manager is None:
            raise CommandError(f"There is no release {number}." if release is None else f"There is no account {by}.")
        try:
            releases.withdraw(release, by=manager, why=why)
        except Refused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Release {number} is withdrawn.")
