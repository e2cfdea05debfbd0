"""`manage.py demo_accounts`: one account per role, for trying the program on one's own machine."""

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hrdocs.access import Role
from hrdocs.models import User


class Command(BaseCommand):
    help = "Make one demonstration account per role, with random passwords that are printed once. Local runs only."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL_RUN:
            raise CommandError("Demonstration accounts have no second factor and are for local runs (make run) alone.")
        made = [(role, _make(role)) for role in Role]
        for role, password in made:
            if password:
                self.stdout.write(f"  demo-{role.value:14} {password}   {role.label}")
        if not any(password for _, password in made):
            self.stdout.write("  demo-analyst, demo-reviewer … (their passwords were printed on the first run;\n"
                              "  manage.py changepassword demo-analyst sets a new one)")  # fmt: skip


def _make(role: Role) -> str | None:
    """The new account's password, or None where the account was there already."""
    name = f"demo-{role.value}"
    if User.objects.filter(username=name).exists():
        return None
    password = secrets.token_urlsafe(12)
    User.objects.create_user(name, password, role=role, full_name=f"Demo {role.value}")
    return password
