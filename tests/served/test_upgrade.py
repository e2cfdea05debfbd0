"""A database of an earlier version is brought up to this one: no row is lost, and history verifies up to the head noted then.

`earlier.sql.xz` is the founding case as commit d1e26c1 had it, sealed: `pg_dump --no-owner --no-privileges` without the readers'
schemas. When a version is tagged, take a dump of that one in its place.
"""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings

from hrdocs.backups.tools import tool
from hrdocs.embedded import CREATE

EARLIER = Path(__file__).parent / "earlier.sql.xz"
ITS_LAST = {"hrdocs": "0023_saved_searches", "cases": "0022_points_are_worked_out_beforehand"}
# Not of records: what the libraries and `migrate` keep for themselves.
OTHERS = ("django_", "procrastinate_", "auth_", "hrdocs_cache")

# What follows `migrate` needs no start of its own: it takes longer than the work.
IN_ORDER = """
import sys
from django.core.management import execute_from_command_line
for words in sys.argv[1:]:
    execute_from_command_line(["manage.py", *words.split()])
print("to the last")
"""


@pytest.fixture
def earlier() -> Iterator[str]:
    """A database as that version left it."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"earlier_{uuid.uuid4().hex[:12]}"
    address = urlunsplit(server._replace(path=f"/{name}"))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as session:
        session.execute(CREATE.format(name=name))
        told = subprocess.run(
            [tool("psql", session.info.server_version // 10000), "-X", "-q", "-v", "ON_ERROR_STOP=1", address],
            input=lzma.decompress(EARLIER.read_bytes()), capture_output=True, check=False)  # fmt: skip
        assert told.returncode == 0, told.stderr[-2000:]
        yield address
        session.execute(f"DROP DATABASE {name} WITH (FORCE)")


def counted(session: psycopg.Connection) -> dict[str, int]:
    tables = [name for (name,) in session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()]
    return {
        name: session.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # type: ignore[index, arg-type]
        for name in tables if not name.startswith(OTHERS)
    }  # fmt: skip


def test_a_database_of_an_earlier_version_is_brought_up_to_this_one_and_history_verifies(earlier, tmp_path):
    with psycopg.connect(earlier) as session:
        ran = set(session.execute("SELECT app, name FROM django_migrations").fetchall())
        assert ITS_LAST.items() <= ran
        before = counted(session)
        number, hash_ = session.execute("SELECT number, hash FROM hrdocs_seal ORDER BY number DESC LIMIT 1").fetchone()
    heads = tmp_path / "heads.txt"
    heads.write_text(f"{number} 2026-01-01 00:00:00+00 {hash_}\n")
    own = {**os.environ, "DATABASE_URL": earlier, "HRDOCS_LOCAL": "1", "DATABASE_POOL": "0"}
    afterwards = ("migrate --check", "load_vocabularies", "worked_out", f"verify_history --head {heads}")
    for told, said in ((["manage.py", "migrate", "--verbosity", "0"], ""), (["-c", IN_ORDER, *afterwards], "to the last\n")):
        done = subprocess.run([sys.executable, *told], cwd=settings.ROOT, env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and done.stdout.endswith(said), (told, done.stdout[-1500:], done.stderr[-1500:])
    with psycopg.connect(earlier) as session:
        after = counted(session)
        latest = session.execute("SELECT count(*) FROM django_migrations WHERE app = 'hrdocs'").fetchone()
        seen = session.execute("SELECT count(*) FROM hrdocs_readers_public.cases_estimate").fetchone()
    assert latest[0] > sum(app == "hrdocs" for app, _ in ran)
    assert before["cases_estimate"] > 20 and before["cases_estimateevent"] > 20
    assert {name: (rows, after.get(name, 0)) for name, rows in before.items() if after.get(name, 0) < rows} == {}
    assert seen[0] > 20
