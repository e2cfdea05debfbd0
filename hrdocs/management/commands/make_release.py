"""`manage.py make_release`: freeze a data set into a numbered release."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs import releases
from hrdocs.access import Sensitivity
from hrdocs.models import User
from hrdocs.refusal import Refused


class Command(BaseCommand):
    help = "Freeze lists, each with its filters, into one numbered file that is never changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", required=True, metavar="NAME", help="the manager who makes it")
        for name in ("title", "description", "licence", "caveats"):
            parser.add_argument(f"--{name}", required=True)
        parser.add_argument("--audience", choices=["public", "registered"], default="public")
        told = 'a list with its filters, as in an address: "estimates?facility=FAC-…"; once for each list'
        parser.add_argument("--take", action="append", required=True, metavar="LIST?FILTERS", help=told)

    def handle(self, *args: Any, by: str, take: list[str], audience: str, **options: Any) -> None:
        manager = User.objects.filter(username=by).first()
        if manager is None:
            raise CommandError(f"There is no account {by}.")
        said = {name: options[name] for name in ("title", "description", "licence", "caveats")}
        try:
            made = releases.make(by=manager, audience=Sensitivity(audience), asked=releases.asked_for(take), **said)
        except Refused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Release {made.number}: {made.bytes} bytes, SHA-256 {made.sha256}\n{made.path}")
