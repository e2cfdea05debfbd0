"""Processes that are started as a server's files say, where they write, and how they end."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil
from django.conf import settings

from hrdocs.refusal import Refused

Said = TypeVar("Said")
_KEPT = ("PATH", "LANG", "HOME", "LC_ALL", "VIRTUAL_ENV")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(happened: Callable[[], Said], what: str, seconds: float = 60) -> Said:
    """Ask again and again until something came true."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with suppress(OSError):
            if said := happened():
                return said
        time.sleep(0.2)
    raise Refused(f"{what}: not within {seconds:.0f} seconds.")


def spent(main: psutil.Process) -> float:
    """Seconds of processor that a process took with those that it started, also those that have ended."""
    seconds = 0.0
    for each in [main, *main.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            seconds += sum(each.cpu_times()[:4])
    return seconds


class Processes:
    """What was started with an environment of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.running = folder, dict[str, subprocess.Popen[bytes]]()
        quiet = {name: value for name, value in os.environ.items() if name in _KEPT}
        self.environment = {**quiet, **environment, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def run(self, *command: str) -> str:
        """Run to its end. What it says."""
        done = subprocess.run(command, cwd=settings.ROOT, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Refused(f"{' '.join(command)} failed: {done.stderr.strip()[-2000:]}")
        return done.stdout

    def start(self, name: str, *command: str, **environment: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, cwd=settings.ROOT, env={**self.environment, **environment},
                                                  stdout=log, stderr=log, start_new_session=True)  # fmt: skip

    def log_of(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def stop(self) -> dict[str, int]:
        """End all of them as an operator would, the last first; their exit codes."""
        ended = {}
        for name, process in reversed(self.running.items()):
            process.terminate()
            try:
                ended[name] = process.wait(timeout=40)
            except subprocess.TimeoutExpired:
                process.kill()
                ended[name] = process.wait()
        return ended
