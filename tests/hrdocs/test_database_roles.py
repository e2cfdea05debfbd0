"""The roles of the database: each does all that it must, and is refused everything else by the database itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from procrastinate.contrib.django import app

from cases.imports.write import import_records
from cases.models import VictimName
from hrdocs import database_roles, erasing, review, tasks
from hrdocs.access import Role, Sensitivity
from hrdocs.backups import account, making
from hrdocs.erasable import places_of
from hrdocs.sealing import seal, verify
from tests import factories
from tests.hrdocs.forms import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in_as() -> Iterator[Callable[[str], None]]:
    """Go on as one of the roles, until the test ends."""
    database_roles.make()

    def become(role: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL SESSION AUTHORIZATION {role}")

    yield become
    with connection.cursor() as cursor:
        cursor.execute("RESET SESSION AUTHORIZATION")


def run(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else None


def test_the_program_does_all_its_work_with_its_own_role(sign_in_as, tmp_path: Path):
    analyst, reviewer = factories.make_user(), factories.make_user(Role.REVIEWER)
    managers = [factories.make_user(Role.MANAGER) for _ in range(2)]
    victim = factories.make_victim(analyst)
    VictimName.objects.create(victim=victim, text="Zeinab", kind="official")
    seal()
    sign_in_as(database_roles.APPLICATION)
    place = factories.make_place(analyst)
    review.submit(place, by=analyst)
    review.approve(place, by=reviewer)
    review.publish(place, by=reviewer, level=Sensitivity.PUBLIC)
    assert Client().get(f"/api/v1/places/{place.uid}/").status_code == 200
    assert b"".join(Client().get("/api/v1/places/?format=csv").streaming_content).count(place.uid.encode())
    assert signed_in(analyst).get(f"/admin/cases/victim/{victim.pk}/change/").status_code == 200
    (tmp_path / "incidents.csv").write_text("ref,title_en,date\ni1,Shelling,2013-02\n")
    assert import_records(tmp_path, by=analyst, dataset="roles").written
    erased = erasing.ask(victim, [place.key for place in places_of(victim)], by=managers[0], ground="request", reason="x")
    erasing.erase(erased, by=managers[1])
    app.configure_task("hrdocs.tasks.seal").defer(timestamp=0)
    cache.set("x", 1)
    tasks.seal(0)
    tasks.forget(0)
    assert verify(()).problems == []


REFUSED = {
    database_roles.APPLICATION: [
        "DELETE FROM cases_incidentevent", "DELETE FROM hrdocs_reviewdecision", "TRUNCATE cases_incident",
        "ALTER TABLE cases_incident DISABLE TRIGGER ALL", "SET LOCAL session_replication_role = replica", "DROP TABLE cases_incident CASCADE",
        "DELETE FROM hrdocs_seal", "UPDATE hrdocs_seal SET hash = hash", "DELETE FROM hrdocs_sealedrow",
        "UPDATE hrdocs_sealedrow SET hash = hash", "CREATE TABLE public.x ()", "DELETE FROM django_migrations",
        "CREATE OR REPLACE FUNCTION hrdocs_opens() RETURNS int LANGUAGE sql AS 'SELECT 1'", "SELECT pg_read_file('/etc/passwd')",
        f"SET LOCAL ROLE {database_roles.BACKUP}", "COPY hrdocs_user TO PROGRAM 'cat'",
    ],
    database_roles.SITE: [
        "SELECT password FROM hrdocs_user", "SELECT session_data FROM django_session", "SELECT digest FROM hrdocs_apitoken",
        "SELECT title_en FROM cases_incident", "SELECT quotation FROM cases_statement", "SELECT pseudonym FROM sources_informant",
        "SELECT * FROM sources_identity", "SELECT reason FROM hrdocs_reviewdecision", "SELECT address FROM hrdocs_manifest",
        "SELECT title_en FROM cases_incidentevent", "SELECT raw FROM cases_importedrow", "UPDATE cases_incident SET audience = 0",
        "INSERT INTO hrdocs_user DEFAULT VALUES", "DELETE FROM hrdocs_manifest", "CREATE TABLE public.x ()",
        "SET LOCAL ROLE hrdocs_readers_registered", f"SET LOCAL ROLE {database_roles.APPLICATION}", "SELECT args FROM procrastinate_jobs",
    ],
    database_roles.SEALER: [
        "SELECT * FROM hrdocs_user", "SELECT * FROM sources_identity", "SELECT * FROM cases_victim", "UPDATE cases_incidentevent SET pgh_label = ''",
        "DELETE FROM cases_incidentevent", "UPDATE hrdocs_seal SET hash = hash", "DELETE FROM hrdocs_sealedrow", "INSERT INTO hrdocs_user DEFAULT VALUES",
    ],
    database_roles.BACKUP: [
        "UPDATE hrdocs_user SET role = 'manager'", "DELETE FROM django_session", "INSERT INTO hrdocs_seal SELECT * FROM hrdocs_seal",
        "TRUNCATE cases_incident", "SELECT nextval('cases_upload_id_seq')", "CREATE TABLE public.x ()", "DELETE FROM procrastinate_jobs",
    ],
}  # fmt: skip


@pytest.mark.parametrize("role", REFUSED)
def test_a_role_is_refused_what_it_need_not_do(role, sign_in_as):
    sign_in_as(role)
    for sql in REFUSED[role]:
        with (
            pytest.raises(DatabaseError, match="permission denied|must be (able|owner|superuser)") as refused,
            transaction.atomic(),
        ):
            run(sql)
        assert refused, sql


def test_the_sealer_seals_and_verifies_and_the_next_seal_follows_the_last(sign_in_as):
    factories.make_place(factories.make_user())
    sign_in_as(database_roles.SEALER)
    assert seal() is not None and seal() is None
    assert verify(()).problems == []


def test_the_backup_reads_every_table(sign_in_as):
    sign_in_as(database_roles.BACKUP)
    for schema, name in run(account._TABLES):
        if schema == "public":
            run(f'SELECT count(*) FROM "{name}"')
    assert list(making.ledger.lines()) == []


def test_a_table_that_is_new_is_granted_when_the_database_is_migrated(sign_in_as):
    run("CREATE TABLE public.quite_new (id int)")
    assert run("SELECT has_table_privilege('hrdocs_backup', 'quite_new', 'SELECT')") == [(False,)]
    database_roles.grant()
    assert run(
        "SELECT has_table_privilege('hrdocs_backup', 'quite_new', 'SELECT'), has_table_privilege('hrdocs_app', 'quite_new', 'DELETE')"
    ) == [(True, True)]


def test_an_account_is_made_of_the_address_that_its_process_uses_and_gets_a_changed_password(tmp_path: Path):
    names, kept = {"app": "hrdocs_app", "site": "hrdocs_site", "backup": "hrdocs_backup", "sealer": "hrdocs_sealer"}, []
    for password in ("first", "sec%2Fond"):
        for name in names:
            (tmp_path / name).write_text(f"postgresql://of_a_test_{name}:{password}@database/hrdocs\n")
        call_command("database_roles", **{name: tmp_path / name for name in names}, verbosity=0)
        kept.append(run("SELECT rolname, rolpassword FROM pg_authid WHERE rolname ~ '^of_a_test_' AND rolcanlogin ORDER BY 1"))
    assert [account for account, _ in kept[1]] == [f"of_a_test_{name}" for name in sorted(names)]
    assert all(secret.startswith("SCRAM-SHA-256$") for _, secret in kept[0] + kept[1])
    assert not set(kept[0]) & set(kept[1])
    for name, role in names.items():
        assert run(f"SELECT pg_has_role('of_a_test_{name}', '{role}', 'MEMBER')") == [(True,)]
        assert run(f"SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'of_a_test_{name}'") == [
            (False,)
        ]
    owner = run("SELECT current_user")[0][0]
    for url, words in (
        (f"postgresql://{owner}:x@h/d", "not an account of its own"),
        ("postgresql://a@h/d", "no password"),
        ("postgresql://h/d", "no account"),
    ):
        with pytest.raises(CommandError, match=words):
            database_roles.let_in(database_roles.APPLICATION, url)
