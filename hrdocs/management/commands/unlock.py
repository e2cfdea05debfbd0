"""`manage.py unlock NAME`: lift the lock-out of an account, where no administrator can sign in to do it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from hrdocs.door import lock_out
from hrdocs.models import DoorEvent, DoorEventKind, User


class Command(BaseCommand):
    help = "Forget the failed sign-ins of an account and of the addresses where it failed, so that it may try again at once."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("name", help="the name that the person signs in with")

    def handle(self, name: str, **options: Any) -> None:
        account = User.objects.filter(username=name).first()
        if account is None:
            raise CommandError(f"There is no account {name}.")
        forgotten = lock_out.forget(account)
        DoorEvent.objects.note(DoorEventKind.UNLOCKED, account=account, reason="By manage.py unlock.")
        self.stdout.write(f"{forgotten} failed sign-ins no longer count; {name} may try again.")
