"""The processes of a server, started as its files say: the command lines of the Dockerfile and of docker-compose.yml."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import yaml
from django.conf import settings
from django.db import connection

ROOT = Path(settings.ROOT)
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]


def command_of(service: str) -> list[str]:
    """The command line of a service; without one of its own, that of the image."""
    given = SERVICES[service].get("command")
    return given or json.loads(re.findall(r"^CMD (\[.*\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)[-1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database_of_its_own(name: str) -> Iterator[str]:
    """The address of a copy of the tests' database, which this process reads too until the block ends."""
    real, name = connection.settings_dict["NAME"], f"{name}_{os.getpid()}"  # another process may make one too
    given = {
        key: value for key, value in connection.get_connection_params().items() if key in ("host", "port", "user", "password")
    }
    connection.close()
    with psycopg.connect(**given, dbname="template1", autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name} TEMPLATE {real}")
    connection.settings_dict["NAME"] = name
    try:
        user, host, port = (quote(str(given.get(key) or ""), safe="") for key in ("user", "host", "port"))
        yield f"postgresql://{user}@/{name}?host={host}" + (f"&port={port}" if port else "")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real
        with psycopg.connect(**given, dbname="template1", autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Processes:
    """What was started, where it writes, and how it ends."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder, self.running = folder, dict[str, subprocess.Popen[bytes]]()
        quiet = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "HOME", "LC_ALL", "VIRTUAL_ENV")}
        self.environment = {**quiet, **environment, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}

    def run(self, *command: str) -> str:
        """Run to its end. What it says."""
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str, *command: str) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True)  # fmt: skip

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


def wait_for(happened: Any, what: str, seconds: float = 60) -> Any:
    """Ask again and again until something came true."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with suppress(OSError):
            if said := happened():
                return said
        time.sleep(0.2)
    raise AssertionError(f"{what}: not within {seconds} seconds")


def site_of(values: dict[str, str]) -> str:
    """The configuration of nginx, with what its image would put in."""
    template = (ROOT / "deploy" / "nginx.conf.template").read_text()
    return re.sub(r"\$\{([A-Z_]+)\}", lambda found: values[found[1]], template)


def nginx_in(folder: Path, values: dict[str, str]) -> list[str]:
    """The command that runs nginx over a folder of its own, with our site in it."""
    lines = ["daemon off;", f"pid {folder}/nginx.pid;", "events {}", "http {"]
    lines += [f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")]
    as_root = ["user root;"] if os.geteuid() == 0 else []
    (folder / "nginx.conf").write_text("\n".join([*as_root, *lines, site_of(values), "}"]))
    return [str(shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")), "-e", "stderr", "-c", str(folder / "nginx.conf")]
