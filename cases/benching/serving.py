"""A web server of its own for measuring: two workers with four threads, on this machine alone."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from cases.benching import database

HOST = "127.0.0.1"
PIECE = 1 << 20


@dataclass(frozen=True)
class Taken:
    """A file that was taken over HTTP."""

    seconds: float
    first_byte: float
    size: int


@dataclass(frozen=True)
class Server:
    port: int
    pid: int

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def take(self, path: str) -> Taken:
        """Read an answer to its end. Raises OSError where it is no file."""
        asking = http.client.HTTPConnection(HOST, self.port, timeout=600)
        started = time.perf_counter()
        asking.request("GET", path)
        answer = asking.getresponse()
        size = len(answer.read(1))
        first = time.perf_counter() - started
        if answer.status != 200:
            raise OSError(f"{path}: {answer.status} {answer.read(500)!r}")
        while piece := answer.read(PIECE):
            size += len(piece)
        asking.close()
        return Taken(time.perf_counter() - started, first, size)

    def workers(self) -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def forget_memory(self) -> None:
        """Let the highest memory so far be that of now."""
        for pid in self.workers():
            Path(f"/proc/{pid}/clear_refs").write_text("5")

    def most_memory(self) -> float:
        """The highest memory of a worker since then, in MB."""
        said = (Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0] for pid in self.workers())
        return max(map(int, said)) / 1024


@contextmanager
def serving() -> Iterator[Server]:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "hrdocs.wsgi", "--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4",
         "--timeout", "600", "--no-control-socket", "--log-level", "error"],
        env={**os.environ, "DATABASE_URL": database.url(), "KEPT_MB": "0",
             **{f"LIMIT_{who}": "" for who in ("ANONYMOUS", "ANONYMOUS_FILES")}},
        start_new_session=True,
    )  # fmt: skip
    try:
        server = Server(port, process.pid)
        for _ in range(300):
            with suppress(OSError):
                server.take("/api/v1/vocabularies/?page_size=1")
                break
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait()
