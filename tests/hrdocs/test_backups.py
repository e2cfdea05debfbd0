"""Backups: locked for a key that is elsewhere, whole or not there, and back again byte for byte, with what was erased since erased."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cases.models import Victim, VictimName
from hrdocs import erasing, ledger
from hrdocs.access import Role
from hrdocs.backups import account, bringing_back, locked, making, signed, tools
from hrdocs.backups.bringing_back import bring_back
from hrdocs.embedded import CREATE
from hrdocs.erasable import places_of
from hrdocs.models import News
from hrdocs.refusal import Refused
from hrdocs.sealing import seal
from sources.evidence.keeping import keep
from tests import factories
from tests.served.processes import database_of_its_own

pytestmark = pytest.mark.django_db
CANARY = "Qanaria"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[SimpleNamespace]:
    """A database with a victim's name and a file, backed up; afterwards the name was erased."""
    root, files = tmp_path_factory.mktemp("backups"), tmp_path_factory.mktemp("files")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    key = elsewhere / "key"
    with django_db_blocker.unblock(), database_of_its_own("hrdocs_backed_up"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "RELEASES_ROOT", str(files))
        patch.setattr(settings, "EVIDENCE_ROOT", str(files.parent / "evidence"))
        patch.setattr(settings, "BACKUP_KEYS", [locked.new_key(key)])
        patch.setattr(settings, "BACKUPS_ROOT", str(root))
        signer = signed.new_signer(elsewhere / "signer")
        patch.setattr(settings, "BACKUP_SIGNER", (elsewhere / "signer").read_text())
        analyst, managers = factories.make_user(), [factories.make_user(Role.MANAGER) for _ in range(2)]
        victim = factories.make_victim(analyst)
        VictimName.objects.create(victim=victim, text=f"{CANARY} Zeinab", kind="official")
        source = factories.make_source(analyst)
        copies = [keep(source, SimpleUploadedFile("a.pdf", b"%PDF-1.7 " + text), by=analyst) for text in (b"stays", b"goes")]
        (files / "ab").mkdir()
        (files / "ab" / "abc.zip").write_bytes(CANARY.encode() * 100_000)
        News.objects.create(part="hrdocs_term", was=0, now=0, level=0, act=10**15, at=timezone.now())  # of a server long ago
        seal()
        made = making.make(root, settings.BACKUP_KEYS)
        asked = erasing.ask(
            victim, [place.key for place in places_of(victim)], by=managers[0], ground="request", reason="Asked for."
        )
        erasing.erase(asked, by=managers[1])
        file = [place.key for place in places_of(source) if (place.pk, place.field) == (copies[1].pk, "sha256")]
        erasing.erase(erasing.ask(source, file, by=managers[0], ground="court", reason="By order."), by=managers[1])
        newest = elsewhere / "erasures.jsonl"
        ledger.write(newest)
        signed.sign(newest, settings.BACKUP_SIGNER)
        connection.close()
        yield SimpleNamespace(
            root=root,
            files=files,
            key=key,
            signer=signer,
            made=made,
            uid=victim.uid,
            newest=newest,
            patch=patch,
            stays=copies[0].sha256,
        )


@pytest.fixture
def copy(world: SimpleNamespace, tmp_path: Path) -> Path:
    """The backup again, to be spoilt."""
    return Path(shutil.copytree(world.made.folder, tmp_path / world.made.folder.name))


def sum_anew(folder: Path) -> None:
    """Say of spoilt files that they were so from the first, as whoever can write to the folder can."""
    names = (making.ACCOUNT, making.DATABASE, making.EVIDENCE, making.FILES)
    (folder / making.SUMS).write_text("".join(f"{account.sum_of(folder / name)}  {name}\n" for name in names))


# ── made ──


def test_nothing_of_it_stands_in_clear_and_only_its_owner_may_look(world):
    for path in world.made.folder.iterdir():
        assert CANARY.encode() not in path.read_bytes() and b"cases_victim" not in path.read_bytes()
    assert world.root.stat().st_mode & 0o777 == world.made.folder.stat().st_mode & 0o777 == 0o700
    assert world.made.rows > 1000 and world.made.files == 3
    assert [path.name for path in making.backups_in(world.root)] == [world.made.folder.name]


@pytest.mark.skipif(
    not shutil.which("age") or not shutil.which("sha256sum"), reason="There is no age here. On Debian: apt install age"
)
def test_standard_tools_open_it_without_the_program(world, tmp_path):
    folder = world.made.folder
    assert subprocess.run(["sha256sum", "--check", "--quiet", making.SUMS], cwd=folder, check=False).returncode == 0
    opened = subprocess.run(["age", "--decrypt", "-i", world.key, folder / making.FILES], capture_output=True, check=True).stdout
    listed = subprocess.run(["tar", "--list"], input=opened, capture_output=True, check=True).stdout
    assert listed.split() == [b"ab/abc.zip"]


def test_without_a_key_there_is_no_backup_and_it_is_said_how_to_make_one(world, settings):
    settings.BACKUP_KEYS = []
    with pytest.raises(CommandError, match="manage.py backup_key FILE"):
        call_command("backup")
    settings.BACKUP_KEYS = [world.key.read_text().splitlines()[1]]
    with pytest.raises(CommandError, match="public keys alone"):
        call_command("backup")


def test_what_breaks_off_leaves_nothing_that_looks_like_a_backup(world, tmp_path, monkeypatch):
    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device", "files.age")

    monkeypatch.setattr(locked, "lock_what", full)
    with pytest.raises(CommandError, match="No space left on device .*Make room"):
        call_command("backup", to=tmp_path)
    assert not list(tmp_path.glob("2*"))


def test_of_several_servers_a_backup_is_made_of_the_one_that_is_asked_for(world, monkeypatch):
    """The first host is not there; of what is there, none but a standby is wanted, and this is none."""
    given = connection.get_connection_params()
    several = {**given, "host": f"/nowhere,{given['host']}", "port": f"5432,{given.get('port') or 5432}", "connect_timeout": 3}
    monkeypatch.setattr(connection, "get_connection_params", lambda: dict(several))
    assert making.make(world.root.parent / "several", settings.BACKUP_KEYS).rows > 1000
    several["target_session_attrs"] = "standby"
    with pytest.raises(psycopg.OperationalError, match="standby"):
        making.make(world.root.parent / "several", settings.BACKUP_KEYS)
    assert tools.environment(several)["PGTARGETSESSIONATTRS"] == "standby"
    assert "target_session_attrs=standby" in tools.address(several)


def test_old_ones_are_deleted_and_never_the_newest(tmp_path):
    for name in ("20200101T000000Z", "20200102T000000Z", "20200103T000000Z.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / making.SUMS).touch()
    assert [folder.name for folder in making.forget(tmp_path, days=30)] == ["20200101T000000Z"]
    assert making.forget(tmp_path, days=30) == []


def test_the_servers_keys_lie_apart_and_are_locked_too(world, tmp_path):
    with pytest.raises(CommandError, match="apart from backups"):
        call_command("backup_secrets", world.root / "secrets.age")
    file = tmp_path / "secrets.age"
    call_command("backup_secrets", file)
    assert settings.SECRET_KEY.encode() not in file.read_bytes()
    with locked.opened(file, locked.key_in(world.key)) as source:
        assert json.loads(source.read())["SECRET_KEY"] == settings.SECRET_KEY


def test_a_key_is_its_owners_alone_and_is_never_written_over(tmp_path):
    call_command("backup_key", tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup_key", tmp_path / "key")
    call_command("backup_signer", tmp_path / "signer")
    assert (tmp_path / "signer").stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup_signer", tmp_path / "signer")


# ── brought back ──


@pytest.fixture
def empty(world: SimpleNamespace, tmp_path: Path) -> Iterator[None]:
    """An empty database, to which this process is led, and an empty folder for files."""
    beside = psycopg.connect(**tools.reached(connection.get_connection_params()), autocommit=True)
    before, name = connection.settings_dict["NAME"], f"hrdocs_brought_back_{os.getpid()}"
    connection.close()
    beside.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    beside.execute(CREATE.format(name=name))
    connection.settings_dict["NAME"] = name
    world.patch.setattr(settings, "RELEASES_ROOT", str(tmp_path / "new"))
    world.patch.setattr(settings, "EVIDENCE_ROOT", str(tmp_path / "evidence"))
    yield
    world.patch.setattr(settings, "RELEASES_ROOT", str(world.files))
    world.patch.setattr(settings, "EVIDENCE_ROOT", str(world.files.parent / "evidence"))
    connection.close()
    connection.settings_dict["NAME"] = before
    beside.execute(f"DROP DATABASE {name} WITH (FORCE)")
    beside.close()


@pytest.mark.django_db(transaction=True)
def test_every_row_and_file_comes_back_history_verifies_and_what_was_erased_since_is_erased_again(world, empty, tmp_path):
    said: list[str] = []
    heads = tmp_path / "heads.txt"
    kept = (world.root / making.HEADS).read_text()
    heads.write_text(f"{kept}9999 2999-01-01 00:00:00+00 {'0' * 64}\n")
    bring_back(world.made.folder, world.key, signer=world.signer, erasures=world.newest, heads=heads, say=said.append)
    assert f"{len(kept.splitlines())} heads that were noted outside are in it; 1 were noted later." in said
    assert f"with {world.made.rows:,} rows are as they were." in said[1]
    assert said[2] == "3 files are as they were." and "2 erasures were done again" in said[-1]
    assert [path.name for path in account.files_in(tmp_path / "evidence")] == [world.stays]  # erased with its file
    assert (tmp_path / "new" / "ab" / "abc.zip").read_bytes() == CANARY.encode() * 100_000
    assert not VictimName.objects.filter(text__contains=CANARY).exists()
    assert Victim.objects.get().uid == world.uid
    assert not News.objects.filter(act__gte=10**15).exists()
    with pytest.raises(Refused, match="has .* tables"):
        bring_back(world.made.folder, world.key, signer=world.signer, erasures=None, say=said.append)
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    for head, words in (
        (bringing_back.Head(1, long_ago, "0" * 64), "not the one that was noted outside"),
        (bringing_back.Head(9999, long_ago, "0" * 64), "the end was cut off"),
    ):
        with pytest.raises(Refused, match=words):
            bringing_back._as_of_today(None, [head], dt.datetime.now(dt.UTC), said.append)


def test_make_restore_wants_to_be_told_by_whom_a_backup_was_signed_or_that_nobody_did():
    for given in ([], ["UNSIGNED=1"]):
        done = subprocess.run(["make", "-o", ".venv/installed", "restore", "FROM=x", "KEY=y", *given], cwd=settings.ROOT,
                              capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode and "SIGNER=" in done.stdout and "UNSIGNED=yes" in done.stdout
    told = subprocess.run(["make", "-n", "-o", ".venv/installed", "restore", "FROM=x", "KEY=y", "UNSIGNED=yes"], cwd=settings.ROOT,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert "--unsigned" in told.stdout


@pytest.mark.django_db(transaction=True)
def test_another_key_opens_nothing_and_a_changed_byte_is_found_also_where_its_checksum_was_changed_along(
    world, empty, copy, tmp_path
):
    locked.new_key(tmp_path / "other")
    with pytest.raises(Refused, match="This key does not open"):
        bring_back(copy, tmp_path / "other", signer=world.signer, erasures=None, say=print)
    with pytest.raises(Refused, match="holds no key"):
        bring_back(copy, tmp_path / "none", signer=world.signer, erasures=None, say=print)
    for name in (making.ACCOUNT, making.DATABASE, making.EVIDENCE):
        whole = (copy / name).read_bytes()
        (copy / name).write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
        with pytest.raises(Refused, match=f"Part {name}: not the same"):
            bring_back(copy, world.key, signer=world.signer, erasures=None, say=print)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            assert cursor.fetchone() == (0,)
        sum_anew(copy)
        with pytest.raises(Refused, match="not as the server signed it"):
            bring_back(copy, world.key, signer=world.signer, erasures=None, say=print)
        with pytest.raises(Refused, match="damaged or cut short|pg_restore stopped"):
            bring_back(copy, world.key, signer=None, erasures=None, say=print)
        (copy / name).write_bytes(whole)
        sum_anew(copy)


def test_what_another_put_there_is_not_opened_though_it_is_locked_for_the_right_key(world, copy, tmp_path):
    """Whoever can write to the folder knows the public keys; he has no key that signs."""
    forged = tmp_path / "erasures.jsonl"
    forged.write_text("")  # which forgets what was erased
    bring = functools.partial(bring_back, world.made.folder, world.key, signer=world.signer, say=print)
    with pytest.raises(Refused, match="has no signature beside it"):
        bring(erasures=forged)
    other = signed.new_signer(tmp_path / "other")
    signed.sign(forged, (tmp_path / "other").read_text())
    with pytest.raises(Refused, match="not as the server signed it"):
        bring(erasures=forged)
    with pytest.raises(Refused, match="not as the server signed it"):
        bring_back(copy, world.key, signer=other, erasures=None, say=print)
    (copy / f"{making.SUMS}.sig").unlink()
    with pytest.raises(CommandError, match="has no signature beside it"):
        call_command("restore", copy, key=world.key, signer=world.signer)
    with pytest.raises(CommandError, match="--signer --unsigned"):
        call_command("restore", str(copy), "--key", str(world.key))
    for name in (making.LEDGER, making.HEADS):
        signed.verify(world.root / name, world.signer)


@pytest.mark.skipif(not shutil.which("openssl"), reason="There is no openssl here. On Debian: apt install openssl")
def test_openssl_finds_the_same_of_a_signature(world, copy):
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", world.signer, "-rawin", "-in", making.SUMS]
    command += ["-sigfile", f"{making.SUMS}.sig"]
    assert subprocess.run(command, cwd=copy, capture_output=True, check=False).returncode == 0
    (copy / making.SUMS).write_text("")
    assert subprocess.run(command, cwd=copy, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("told", [{}, {"a": (1, "5")}, {"a": (2, "4")}, {"a": (1, "4"), "b": (0, "0")}])
def test_a_table_that_is_missing_more_or_otherwise_is_named(told):
    assert len(account.differences({"a": (1, "4")}, told, "Table")) == 1
    assert account.differences(told, told, "Table") == []


def test_one_character_in_one_row_changes_the_checksum_of_its_table(world):
    with psycopg.connect(**tools.reached(connection.get_connection_params())) as beside:
        before = account.of_tables(beside)
        beside.execute("UPDATE django_content_type SET model = 'casf' WHERE app_label = 'cases' AND model = 'case'")
        after = account.of_tables(beside)
        beside.rollback()
    assert account.differences(dict(before), dict(after), "Table") == ["Table public.django_content_type: not the same."]


def test_the_drill_tries_the_newest_and_says_how_long_it_took(world, capsys, monkeypatch):
    monkeypatch.setitem(os.environ, "DATABASE_POOL", "0")
    call_command("restore_drill", key=world.key, signer=world.signer)
    said = capsys.readouterr().out
    assert "rows are as they were" in said and "came back whole in" in said
