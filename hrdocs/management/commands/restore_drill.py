"""`manage.py restore_drill --key FILE`: whether the newest backup comes back, tried beside the running program."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from hrdocs.backups.making import LEDGER, backups_in
from hrdocs.backups.tools import address, reached
from hrdocs.embedded import CREATE

NAME = "hrdocs_restore_drill"


class Command(BaseCommand):
    help = "Bring a backup back into a database of its own on the same server, check all of it, and say how long it took."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="a backup; the newest of BACKUPS_ROOT, if none is named")
        parser.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key, as `backup_key` wrote it")

        parser.add_argument("--signer", type=Path, metavar="FILE", help="the public half of its signer, if it was signed")

    def handle(self, *args: Any, folder: Path | None, key: Path, signer: Path | None, **options: Any) -> None:
        root = folder.parent if folder else Path(settings.BACKUPS_ROOT)
        newest = folder or next(reversed(backups_in(root)), None)
        if newest is None:
            raise CommandError(f"There is no backup in {root}. Make one: manage.py backup")
        given = reached(connection.get_connection_params())
        connection.close()
        with psycopg.connect(**given, autocommit=True) as server, tempfile.TemporaryDirectory() as files:
            server.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            server.execute(CREATE.format(name=NAME))
            try:
                began = perf_counter()
                signed = ["--signer", str(signer.resolve())] if signer else ["--unsigned"]
                keys = ["--key", str(key.resolve()), *signed]
                # Erasing again deletes files: of the drill's own folder alone, never of a bucket.
                led_to = {"RELEASES_ROOT": f"{files}/releases", "EVIDENCE_ROOT": f"{files}/evidence", "EVIDENCE_BUCKET": ""}
                self._restore(newest, keys, {"DATABASE_URL": address({**given, "dbname": NAME}), **led_to})
                self.stdout.write(f"{newest.name} came back whole in {perf_counter() - began:.1f} s.")
            finally:
                server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")

    def _restore(self, folder: Path, keys: list[str], led_to: dict[str, str]) -> None:
        """In a process of its own, which knows no other database than that of the drill."""
        known = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL_FILE", "EVIDENCE_BUCKET_FILE")}
        command = [sys.executable, "manage.py", "restore", str(folder.resolve()), *keys]
        if (ledger := folder.parent / LEDGER).is_file():
            command += ["--ledger", str(ledger.resolve())]
        done = subprocess.run(command, cwd=settings.ROOT, env={**known, **led_to}, capture_output=True, text=True, check=False)
        self.stdout.write(done.stdout, ending="")
        if done.returncode:
            raise CommandError(f"The backup {folder} did not come back. {done.stderr.strip()}")
