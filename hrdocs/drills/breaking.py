"""What breaks below the running program: its database is restarted, its primary dies, its disk is full.

Each drill keeps readers and an analyst at the program, breaks it, waits until it serves again by itself, and then holds what is
in the database against what the analyst was told is saved.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hrdocs.drills.load import Answer, Person, in_words, without_service
from hrdocs.drills.processes import wait_for
from hrdocs.drills.servers import Server, address
from hrdocs.drills.site import Site, open_site, served
from hrdocs.refusal import Refused

Say = Callable[[str], object]
BEFORE = AFTER = 10  # seconds of load before anything breaks, and after it is whole again
DETECTION = 3  # seconds that whoever watches the primary waits before the standby takes over
DISK = "900m"


class People:
    """Readers and an analyst at the program, and what is told of them in the end."""

    def __init__(self, site: Site, server: Server, rate: float) -> None:
        record = f"/admin/cases/facility/{server.ask('SELECT min(id) FROM cases_facility')[0][0]}/"
        self._site, self._writer, self._visitors = site, site.writer(record), site.visitors(rate)
        time.sleep(BEFORE)
        if not self._writer.acknowledged:
            raise Refused(f"The analyst can't write: {self._writer.failed[:1]}")

    def account(self, server: Server, say: Say) -> None:
        """Wait until it serves again; then tell what was asked and what was lost."""
        self._site.wait_until_ready()
        had = len(self._writer.acknowledged)
        wait_for(lambda: len(self._writer.acknowledged) > had + 2, "The analyst can write again")
        time.sleep(AFTER)
        answers, told = self._visitors.leave(), self._writer.leave()
        there = {text for (text,) in server.ask("SELECT text FROM hrdocs_comment")}
        lost = [text for text in told if text not in there]
        say(f"Readers: {in_words(answers)}; at most {without_service(answers):.1f} s without a good answer")
        say(f"The analyst: {len(told)} remarks were acknowledged, {len(self._writer.failed)} refused; lost: {len(lost)}")
        _last_are_good(answers)
        if lost:
            raise Refused(f"{len(lost)} acknowledged remarks are lost, the first is “{lost[0]}”")


def restart(folder: Path, say: Say, rate: float) -> None:
    """The database is restarted under load, as after an update."""
    with served(folder) as (site, server):
        people = People(site, server, rate)
        began = time.monotonic()
        server.restart()
        say(f"PostgreSQL was restarted under load, in {time.monotonic() - began:.1f} s")
        people.account(server, say)


def failover(folder: Path, say: Say, rate: float) -> None:
    """The primary is killed under load, and its synchronous standby takes over."""
    primary, standby = Server(folder / "first"), Server(folder / "second")
    try:
        primary.make()
        with open_site(folder, address(primary, standby)) as site:
            standby.copy_of(primary)
            people = People(site, primary, rate)
            primary.kill()
            time.sleep(DETECTION)
            standby.promote()
            say(f"The primary was killed with -9 under load; its synchronous standby took over after {DETECTION} s")
            people.account(standby, say)
    finally:
        primary.kill()
        standby.kill()


def full_disk(folder: Path, say: Say, rate: float) -> None:
    """The disk of the database fills up under load, and is given room again."""
    disk, began = folder / "disk", time.monotonic()
    with _small_disk(disk):
        ballast = disk / "ballast"
        with served(disk / "data", folder, max_wal_size="64MB", min_wal_size="32MB") as (site, server):
            people = People(site, server, rate)
            with ballast.open("wb") as file, _until_full():
                while True:
                    file.write(b"\0" * 2**20)
                    file.flush()
            began = time.monotonic()
            time.sleep(20)
            reads = Person(site.port).get("/facilities/")[0]
            say(f"The disk was full for 20 s: pages then answered {reads or 'nothing'}; PostgreSQL "
                f"{'went on' if server.runs() else 'stopped'}")  # fmt: skip
            ballast.unlink()
            if not server.runs():
                server.start()  # as systemd does
            people.account(server, say)
            say(f"From the first full moment until all was counted: {time.monotonic() - began:.0f} s")


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    if os.geteuid() or not shutil.which("mount"):
        raise Refused("A small disk in memory is needed, which root alone may make. Run this drill as root.")
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=755", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Refused(f"No small disk could be made: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


@contextmanager
def _until_full() -> Iterator[None]:
    try:
        yield
    except OSError as full:
        if full.errno != 28:  # ENOSPC
            raise


def _last_are_good(answers: list[Answer]) -> None:
    last = answers[-AFTER * 2 :]
    if wrong := [answer for answer in last if answer.status != 200]:
        raise Refused(f"In the end {len(wrong)} of {len(last)} questions still failed, the first was {wrong[0].address}.")
