"""`manage.py run_local` (`make run`): the whole program on one machine, with the founding case loaded."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = "Migrate, load the vocabularies and the founding case, and serve on PORT (default 8000), on this machine alone."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.LOCAL_RUN:
            raise CommandError("run_local serves without TLS and without a second factor. On a server see docs/operations.md.")
        port = _free_port()
        Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # static files are served from where they lie
        call_command("migrate", verbosity=0)
        call_command("load_vocabularies", verbosity=0, stdout=self.stdout)
        self.stdout.write("Accounts:")
        call_command("demo_accounts", stdout=self.stdout)
        call_command("load_demo", stdout=self.stdout)
        call_command("seal_history", stdout=self.stdout)
        raise SystemExit(self._serve(port))

    def _serve(self, port: int) -> int:
        """Run the web server, and a worker for jobs, until Ctrl-C or SIGTERM; return its exit code."""
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "python:hrdocs.serving", "hrdocs.wsgi", "--bind", f"{HOST}:{port}"],
            cwd=settings.ROOT,
            start_new_session=True,
        )
        worker = _worker()
        self.stdout.write(f"\nhrdocs is ready on http://localhost:{port}/   (Ctrl-C stops it)\n"
                          f"  the analysts' desk   http://localhost:{port}/admin/\n"
                          f"  the API              http://localhost:{port}/api/v1/estimates/?q=Saydnaya\n")  # fmt: skip
        self.stdout.flush()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: server.terminate())
        while (code := server.poll()) is None:
            if worker.poll() is not None:
                self.stderr.write("The worker has ended, and is started again.")
                worker = _worker()
            time.sleep(1)
        worker.terminate()
        worker.wait()
        self.stdout.write("hrdocs has stopped, and its database with it.")
        return max(code, 0)


def _worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "procrastinate", "worker", "--concurrency", "1"]
    return subprocess.Popen(command, cwd=settings.ROOT, start_new_session=True)


def _free_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CommandError(f'PORT is "{given}". Write a number between 1 and 65535: PORT=8001 make run')
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(given)))
        except OSError as error:
            raise CommandError(f"Port {given} can't be used ({error.strerror}). Choose another one: PORT=8001 make run") from None
    return int(given)
