"""Making a backup: the database as of one moment and the files beside it, each locked before it touches the disk."""

from __future__ import annotations

import datetime as dt
import functools
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import IO, Any

import psycopg
from django.conf import settings
from django.db import connection

from hrdocs import ledger, past
from hrdocs.backups import account, locked, signed
from hrdocs.backups.tools import environment, reached, tool
from hrdocs.models import Seal
from hrdocs.refusal import Refused
from hrdocs.sealing import head_line

DATABASE, FILES, EVIDENCE, ACCOUNT, SUMS, LEDGER, HEADS = (
    "database.age",
    "files.age",
    "evidence.age",
    "account.age",
    "SHA256SUMS",
    "erasures.jsonl",
    "heads.txt",
)
_NAMED = "%Y%m%dT%H%M%SZ"
BUILT_ANEW = ("hrdocs_readers_*", past.INSIDE)  # schemas of views, which `migrate` makes


@dataclass(frozen=True)
class Made:
    """A backup that was made, with its figures."""

    folder: Path
    rows: int
    files: int
    size: int
    seconds: float


def folders() -> dict[str, tuple[str, Path]]:
    """The folders that a backup holds: under the name of the archive, what the account calls its files, and where they lie.
    Evidence that lies in a bucket is not among them."""
    found = {FILES: ("files", Path(settings.RELEASES_ROOT))}
    if not settings.EVIDENCE_BUCKET:
        found[EVIDENCE] = ("evidence", Path(settings.EVIDENCE_ROOT))
    return found


def make(root: Path, keys: Iterable[str]) -> Made:
    """Make a backup in a new folder below `root`, which gets its name when all of it is on the disk."""
    began, open_for = perf_counter(), locked.recipients(keys)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    _keep_outside(root)
    folder = root / dt.datetime.now(dt.UTC).strftime(_NAMED)
    part = root / f"{folder.name}.part"
    part.mkdir(mode=0o700)
    try:
        told = _fill(part, open_for)
        _rename(part, folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    size = sum(path.stat().st_size for path in folder.iterdir())
    rows = sum(number for number, _ in told["tables"].values())
    files = sum(len(told[name]) for name, _ in folders().values())
    return Made(folder, rows, files, size, perf_counter() - began)


def backups_in(root: Path) -> list[Path]:
    """The backups below a folder that are whole, the oldest first."""
    return sorted(path.parent for path in root.glob(f"*/{SUMS}") if not path.parent.name.endswith(".part"))


def forget(root: Path, days: int) -> list[Path]:
    """Delete backups that are older: each still holds what was erased since. The newest stays in any case."""
    before = (dt.datetime.now(dt.UTC) - dt.timedelta(days=days)).strftime(_NAMED)
    old = [folder for folder in backups_in(root)[:-1] if folder.name < before]
    for folder in old:
        shutil.rmtree(folder)
    return old


def _fill(part: Path, keys: list[Any]) -> dict[str, Any]:
    given = connection.get_connection_params()
    with psycopg.connect(**reached(given)) as beside:
        beside.isolation_level, beside.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        snapshot = beside.execute("SELECT pg_export_snapshot()").fetchone()
        tables = account.of_tables(beside)
        given |= {"host": beside.info.host, "port": str(beside.info.port)}  # of several, that which holds the snapshot
        _dump(given, str(snapshot and snapshot[0]), beside.info.server_version // 10000, part / DATABASE, keys)
    told: dict[str, Any] = {"made_at": part.name.removesuffix(".part"), "tables": tables}
    for archive, (name, folder) in folders().items():  # after the snapshot: each file that a row of it names is there by now
        told[name] = account.of_files(folder)
        locked.lock_what(functools.partial(_pack, folder, told[name]), part / archive, keys)
    locked.lock(io.BytesIO(json.dumps(told).encode()), part / ACCOUNT, keys)
    sums = "".join(f"{account.sum_of(part / name)}  {name}\n" for name in sorted((ACCOUNT, DATABASE, *folders())))
    with (part / SUMS).open("x") as file:
        file.write(sums)
        file.flush()
        os.fsync(file.fileno())
    signed.sign(part / SUMS, settings.BACKUP_SIGNER)
    return told


def _dump(given: dict[str, Any], snapshot: str, version: int, path: Path, keys: list[Any]) -> None:
    command = [tool("pg_dump", version), "--format=custom", "--no-owner", "--no-privileges", "--no-unlogged-table-data"]
    command += [*(f"--exclude-schema={schema}" for schema in BUILT_ANEW), f"--snapshot={snapshot}"]
    with subprocess.Popen(command, env=environment(given), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as dump:
        assert dump.stdout and dump.stderr
        locked.lock(dump.stdout, path, keys)
        said = dump.stderr.read().decode(errors="replace")
    if dump.returncode:
        raise Refused(f"pg_dump stopped; there is no backup. It said: {said.strip()[-500:]}")


def _pack(folder: Path, names: Iterable[str], target: IO[bytes]) -> None:
    with tarfile.open(fileobj=target, mode="w|") as archive:
        for name in names:
            archive.add(folder / name, arcname=name)


def _keep_outside(root: Path) -> None:
    """What must be newer than any backup that is brought back: the ledger of erasures, and the heads of history."""
    ledger.write(root / LEDGER)
    signed.sign(root / LEDGER, settings.BACKUP_SIGNER)
    if head := Seal.objects.order_by("number").last():
        with (root / HEADS).open("a", encoding="utf-8") as heads:
            heads.write(f"{head_line(head)}\n")
        signed.sign(root / HEADS, settings.BACKUP_SIGNER)


def _rename(part: Path, folder: Path) -> None:
    part.rename(folder)
    for place in (folder, folder.parent):
        at = os.open(place, os.O_RDONLY)
        os.fsync(at)
        os.close(at)
