"""`manage.py drill soak|restart|failover|replica|full_disk`: break what is below the program, on servers made for it alone."""

import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from hrdocs.drills import breaking, lasting, reading
from hrdocs.refusal import Refused

DRILLS = {"restart": breaking.restart, "failover": breaking.failover, "replica": reading.replica, "full_disk": breaking.full_disk}


class Command(BaseCommand):
    help = "Try what happens when a server is under load for long, or breaks. It makes servers of its own and touches no other."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("drill", choices=["soak", *DRILLS])
        parser.add_argument("--rate", type=float, default=10, help="questions of readers a second (default: 10)")
        parser.add_argument("--minutes", type=float, default=30, help="of the soak (default: 30)")

    def handle(self, *args: Any, drill: str, rate: float, minutes: float, **options: Any) -> None:
        with tempfile.TemporaryDirectory(prefix="hrdocs-drill-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # the account that PostgreSQL runs under has to pass
            try:
                if drill == "soak":
                    lasting.run(folder, self.stdout.write, minutes, rate)
                else:
                    DRILLS[drill](folder, self.stdout.write, rate)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
