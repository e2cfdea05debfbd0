"""`manage.py rotate_keys`: after SECRET_KEY was changed, with the earlier key in SECRET_KEY_FALLBACKS."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from hrdocs.door.closing_anew import close_anew


class Command(BaseCommand):
    help = "Encrypt the secrets of second factors under the SECRET_KEY of today, so that the earlier one can be thrown away."

    def handle(self, *args: Any, **options: Any) -> None:
        told = close_anew()
        self.stdout.write(f"{told.found} second factors have a secret; {told.anew} lay under an earlier key and lie under "
                          "today's now.")  # fmt: skip
        if told.lost:
            raise CommandError(f"No key opens the second factors of: {', '.join(sorted(set(told.lost)))}. Name the key under "
                               "which they lie in SECRET_KEY_FALLBACKS and run this again, or take the factors away on the "
                               "accounts' pages: their owners set up new ones.")  # fmt: skip
        if settings.SECRET_KEY_FALLBACKS:
            self.stdout.write("In twelve hours, when every session from before has ended, take the earlier key out of "
                              "SECRET_KEY_FALLBACKS, start web and worker again, and write backup_secrets anew.")  # fmt: skip
