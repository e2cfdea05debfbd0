"""The processes of a server, started as its files say: the command lines of the Dockerfile and of docker-compose.yml."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
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
