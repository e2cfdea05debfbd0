"""`manage.py restamp`: after a dump was loaded into a new server by PostgreSQL's own tools."""

from typing import Any

from django.core.management.base import BaseCommand

from hrdocs.stamps import put_behind


class Command(BaseCommand):
    help = "Put news of a former server behind what this one writes, so that readers are told of what changes. restore does it."

    def handle(self, *args: Any, **options: Any) -> None:
        moved = put_behind()
        self.stdout.write(f"{moved:,} news of a former server were put behind what this one writes." if moved
                          else "All news are behind what this server writes: nothing is to be done.")  # fmt: skip
