"""Bringing a backup back into an empty database: all of it, checked against its account, or nothing."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import Max

from hrdocs import ledger
from hrdocs.backups import account, locked, signed
from hrdocs.backups.making import ACCOUNT, DATABASE, SUMS, folders
from hrdocs.backups.tools import environment, reached, tool
from hrdocs.models import Seal
from hrdocs.refusal import Refused
from hrdocs.sealing import seal, verify
from hrdocs.stamps import put_behind

Say = Callable[[str], object]
IN_BETWEEN = dt.timedelta(minutes=15)  # a seal that was begun so long before a backup may have been committed after it


class Head(NamedTuple):
    """The head of sealed history, as somebody noted it outside."""

    number: int
    at: dt.datetime
    sha256: str


def bring_back(
    folder: Path, key_file: Path, *, signer: Path | None, erasures: Path | None, heads: Path | None = None, say: Say
) -> None:
    """Fill the empty database and the empty folder of files that the settings name. Raises Refused where anything differs.

    With the public half of a signer nothing is opened, loaded or erased but what it signed. Heads of history that were noted
    outside have to be in it.
    """
    noted = heads_noted(heads) if heads else []
    key = locked.key_in(key_file)
    for file in filter(None, (folder / SUMS, erasures)):
        if signer:
            signed.verify(file, signer)
    erased = ledger.read(erasures) if erasures else None
    _is_as_written(folder)
    _is_empty()
    with locked.opened(folder / ACCOUNT, key) as source:
        said = json.loads(source.read())
    say(f"This backup was made at {said['made_at']}. An older one that was put in place of the newest is signed as well.")
    _load(folder / DATABASE, key)
    with psycopg.connect(**reached(connection.get_connection_params())) as beside:
        _same({name: tuple(told) for name, told in said["tables"].items()}, account.of_tables(beside), "Table")
    say(f"{len(said['tables'])} tables with {sum(rows for rows, _ in said['tables'].values()):,} rows are as they were.")
    for archive, (name, files) in folders().items():
        if name in said:  # a backup from before there was evidence has none
            _unpack(folder / archive, key, files)
            _same(said[name], account.of_files(files), "File")
    say(f"{sum(len(said.get(name, ())) for name, _ in folders().values())} files are as they were.")
    if said.get("evidence") and settings.EVIDENCE_BUCKET:
        say("This backup holds files of evidence, and EVIDENCE_BUCKET is set: bring it back without, and move them there.")
    _as_of_today(erased, noted, dt.datetime.fromisoformat(said["made_at"]), say)


def _as_of_today(erased: list[ledger.Told] | None, noted: list[Head], made_at: dt.datetime, say: Say) -> None:
    """Bring the tables up to this code, erase again what was erased since, and hold history against its seals and heads."""
    call_command("migrate", verbosity=0)
    last = Seal.objects.aggregate(last=Max("number"))["last"] or 0
    known = [head for head in noted if head.number <= last or head.at < made_at - IN_BETWEEN]
    put_behind()
    seal()  # what is not sealed yet can't be erased from history
    if erased is None:
        done = "No ledger of erasures was named: what was erased after this backup is back. Run reapply_erasures."
    else:
        done = str(ledger.apply(erased))
    seal()
    report = verify([(head.number, head.sha256) for head in known])
    if report.problems:
        raise Refused("\n".join(["History is not as it was sealed:", *report.problems]))
    say(str(report))
    if noted:
        say(f"{len(known)} heads that were noted outside are in it; {len(noted) - len(known)} were noted later.")
    else:
        say("No heads were named. Those that were kept elsewhere show whether the end of history was cut off: --heads FILE")
    say(done)  # at the end, where it is read: something may be left to do


def heads_noted(path: Path) -> list[Head]:
    """The heads in a file, each a line: number, moment, SHA-256."""
    try:
        lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [Head(int(parts[0]), _moment(" ".join(parts[1:-1])), parts[-1]) for parts in lines]
    except (OSError, ValueError, IndexError):
        raise Refused(f"{path} holds no heads. Name the file that backup or seal_history --head-to wrote.") from None


def _moment(text: str) -> dt.datetime:
    at = dt.datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)


def _is_as_written(folder: Path) -> None:
    try:
        lines = [line.split() for line in (folder / SUMS).read_text(encoding="utf-8").splitlines()]
        said = {name: sha256 for sha256, name in lines}
    except (OSError, ValueError):
        raise Refused(f"{folder} is no backup that was finished. Name a folder that manage.py backup made.") from None
    _same(said, {name: account.sum_of(folder / name) for name in said if (folder / name).is_file()}, "Part")


def _unpack(path: Path, key: Any, files: Path) -> None:
    files.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked.opened(path, key) as source, tarfile.open(fileobj=source, mode="r|") as archive:
        archive.extractall(files, filter="data")


def _is_empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        tables = cursor.fetchone()[0]
    connection.close()
    if tables:
        name = connection.settings_dict["NAME"]
        raise Refused(f"The database {name} has {tables} tables. Make an empty one, and name it in DATABASE_URL.")
    for name, files in folders().values():
        if files.exists() and any(files.iterdir()):
            setting = "RELEASES_ROOT" if name == "files" else "EVIDENCE_ROOT"
            raise Refused(f"The folder {files} is not empty. Move it away, or name another one in {setting}.")


def _load(path: Path, key: Any) -> None:
    """Nothing of the dump stays if a line of it fails."""
    given = connection.get_connection_params()
    with psycopg.connect(**reached(given)) as beside:
        version = beside.info.server_version // 10000
    command = [
        tool("pg_restore", version),
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={given['dbname']}",
    ]
    with locked.opened(path, key) as source:
        done = subprocess.run(command, env=environment(given), stdin=source, capture_output=True, check=False)
    if done.returncode:
        raise Refused(
            f"pg_restore stopped, and nothing was brought back. It said: {done.stderr.decode(errors='replace').strip()[-800:]}"
        )


def _same(said: dict[str, Any], found: dict[str, Any], what: str) -> None:
    if wrong := account.differences(said, found, what):
        raise Refused("\n".join(["This is not what the backup held:", *wrong[:20]]))
