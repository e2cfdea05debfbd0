"""The program with the founding case on a server of a drill's own: the web as it is served, and a worker."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

import psutil

from hrdocs.drills.asking import questions
from hrdocs.drills.load import Person, Visitors, Writer
from hrdocs.drills.processes import Processes, free_port, spent, wait_for
from hrdocs.drills.servers import Server, address

# What people ask for most: pages, lists under filters, files.
ADDRESSES = [
    "/", "/facilities/", "/estimates/?q=Saydnaya", "/explore/?q=Saydnaya", "/api/v1/estimates/", "/api/v1/incidents/?date=2013",
    "/api/v1/estimates/?format=csv", "/api/v1/sources/?format=bibtex", "/incidents/map/",
]  # fmt: skip


class Site:
    """The running program of a drill, and who is at it."""

    def __init__(self, folder: Path, url: str, **settings: str) -> None:
        self.port = free_port()
        self.processes = Processes(folder, {
            "DATABASE_URL": url, "HRDOCS_LOCAL": "1", "LOG_LEVEL": "ERROR",
            "STATIC_ROOT": str(folder / "static"), "RELEASES_ROOT": str(folder / "releases"),
            "EVIDENCE_ROOT": str(folder / "evidence"),
            "MADE_ROOT": str(folder / "made"),
            # All readers of a drill come from one address: they are counted, and none is refused. As many files may leave as the
            # web has hands.
            "LIMIT_ANONYMOUS": "9999999/hour", "LIMIT_ANONYMOUS_FILES": "9999999/hour", "EXPORTS_AT_ONCE": "8", **settings,
        })  # fmt: skip
        self.password = ""
        self._over = threading.Event()
        self._keeper: threading.Thread | None = None

    def prepare(self) -> None:
        """Tables, vocabularies, an account for each role, the founding case."""
        manage = ("python", "manage.py")
        self.processes.run(*manage, "migrate", "--verbosity", "0")
        self.processes.run(*manage, "load_vocabularies")
        accounts = self.processes.run(*manage, "demo_accounts")
        self.password = re.findall(r"demo-analyst\s+(\S+)", accounts)[0]
        self.processes.run(*manage, "load_demo")
        self.processes.run(*manage, "collectstatic", "--noinput", "--verbosity", "0")

    def start(self) -> None:
        commands = {
            "worker": ("python", "manage.py", "procrastinate", "worker", "--concurrency", "1"),
            "web": ("gunicorn", "--config", "python:hrdocs.serving", "hrdocs.wsgi", "--bind", f"127.0.0.1:{self.port}"),
        }
        for name, command in commands.items():
            self.processes.start(name, *command)
        self._keeper = threading.Thread(target=self._start_again, args=[commands], daemon=True)
        self._keeper.start()
        self.wait_until_ready()

    def _start_again(self, commands: dict[str, tuple[str, ...]]) -> None:
        """Whatever ended, as systemd and Docker do: a worker that lost its database ends."""
        while not self._over.wait(2):
            for name, command in commands.items():
                if self.processes.running[name].poll() is not None:
                    self.processes.start(name, *command)

    def stop(self) -> None:
        self._over.set()
        if self._keeper:
            self._keeper.join()
        self.processes.stop()

    def wait_until_ready(self) -> None:
        wait_for(lambda: Person(self.port).get("/health/ready")[0] == 200, "The program is ready")

    def visitors(self, each_second: float) -> Visitors:
        return Visitors(self.port, itertools.cycle(ADDRESSES), each_second)

    def all_kinds_of_visitors(self, each_second: float) -> Visitors:
        return Visitors(self.port, questions(self.port), each_second)

    def writer(self, record: str, **how: float) -> Writer:
        return Writer(self.port, self.password, record, **how)

    def spent(self) -> float:
        """Seconds of processor that the web took so far."""
        return spent(psutil.Process(self.processes.running["web"].pid))

    def memory(self) -> int:
        """What the processes of the web hold, in bytes, without what they share with one another."""
        web, held = psutil.Process(self.processes.running["web"].pid), 0
        for each in [web, *web.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):  # one that has answered its share of requests is replaced
                held += each.memory_full_info().uss
        return held


@contextmanager
def open_site(folder: Path, url: str, **settings: str) -> Iterator[Site]:
    site = Site(folder, url, **settings)
    try:
        site.prepare()
        site.start()
        yield site
    finally:
        site.stop()


@contextmanager
def served(data: Path, folder: Path | None = None, **settings: str) -> Iterator[tuple[Site, Server]]:
    """The program on one server, whose data may lie elsewhere than its own files."""
    data.mkdir(exist_ok=True)
    data.chmod(0o755)
    server = Server(data / "server", **settings)
    try:
        server.make()
        with open_site(folder or data, address(server)) as site:
            yield site, server
    finally:
        server.kill()


def quarters(held: list[int]) -> tuple[float, float]:
    """The medians of the first and of the last quarter."""
    share = max(1, len(held) // 4)
    return median(held[:share]), median(held[-share:])
