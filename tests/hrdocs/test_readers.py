"""The second line: the database itself shows readers from outside the rows of their audience, and nothing else."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError

from cases.models import Facility, Incident
from hrdocs import past, relations
from hrdocs.access import Everybody, Role, Sensitivity
from hrdocs.models import Term
from hrdocs.readers import as_ourselves, reading_as
from hrdocs.relations import OUTSIDE, line_of
from tests import factories

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


def asked(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def whoever_serves() -> tuple[str, str]:
    return asked("SELECT current_user, current_setting('search_path')")[0]


TABLES = ("cases_facility", "sources_source", "hrdocs_user", "hrdocs_team", "hrdocs_grant", "cases_facilityevent", "sources_informant",
          "hrdocs_reviewdecision", "hrdocs_proposedchange", "hrdocs_seal", "django_session", "pghistory_context", "hrdocs_term")  # fmt: skip


@pytest.mark.parametrize("sql", ["SELECT * FROM public.{}", "DELETE FROM public.{}", "UPDATE {} SET id = id", "TRUNCATE public.{}",
                                 "SELECT count(*) FROM {}_id_seq"])  # fmt: skip
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("role", [None, Role.RESEARCHER])
def test_a_reader_from_outside_reads_no_table_and_writes_none(role, table, sql, db):
    user = factories.make_user(role) if role else NOBODY
    with pytest.raises(ProgrammingError, match=r"permission denied|does not exist|cannot"), reading_as(user):
        run(sql.format(table))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CUSTODIAN, Role.RESEARCHER])
def test_who_does_not_work_on_records_is_a_reader_from_outside(role):
    ours = whoever_serves()
    with reading_as(factories.make_user(role)):
        line = line_of(Sensitivity.REGISTERED if role == Role.RESEARCHER else Sensitivity.PUBLIC)
        assert whoever_serves() == (line, f"{line}, public")
        with as_ourselves():
            assert whoever_serves() == ours
        assert whoever_serves()[0] == line
    assert whoever_serves() == ours


def test_who_works_on_records_keeps_the_programs_role(people):
    for role in (Role.ANALYST, Role.REVIEWER, Role.MANAGER):
        ours = whoever_serves()
        with reading_as(people[role]):
            assert whoever_serves() == ours


@pytest.mark.parametrize("step_back", [False, True])
def test_after_an_error_the_programs_role_is_back(step_back):
    ours = whoever_serves()
    with pytest.raises((ProgrammingError, TransactionManagementError)), reading_as(NOBODY):
        if step_back:
            with pytest.raises(ProgrammingError), as_ourselves():
                run("SELECT nothing_such")
        run("SELECT nothing_such")
    assert whoever_serves() == ours
    assert connection.reads_as is None


def test_after_a_refused_answer_the_programs_role_is_back(client):
    ours = whoever_serves()
    for address in ("/api/v1/facilities/FAC-00000-000000/", "/api/v1/facilities/?levle=0", "/facilities/FAC-00000-000000/"):
        assert client.get(address).status_code in (400, 404)
        assert whoever_serves() == ours


def test_a_query_that_forgets_who_may_see_is_shown_what_is_open_alone(alone, analyst, reviewer):
    hidden, shown = factories.make_facility(analyst), factories.make_facility(analyst)
    factories.publish(shown, by=reviewer)
    with reading_as(NOBODY):
        assert set(Facility.objects.values_list("uid", flat=True)) == {shown.uid}
        found = Facility.objects.get(uid=shown.uid)
        assert (found.created_by_id, found.edited_by_id, found.team_id, found.version) == (None, None, None, None)
    assert Facility.objects.filter(uid=hidden.uid).exists()


def test_a_query_that_forgets_a_guard_is_told_nothing(analyst, reviewer):
    made = factories.make_incident(
        analyst, date_wording="in the third week", place_wording="behind the mill", narrative_en="told"
    )
    factories.publish(made, by=reviewer)
    with reading_as(NOBODY):
        found = Incident.objects.get(uid=made.uid)
    assert (found.date_wording, found.place_wording, found.narrative_en) == (None, None, "told")


def test_migrating_again_changes_nothing(alone):
    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)
    with reading_as(NOBODY):
        assert list(Facility.objects.all()) == []


def test_a_column_that_readers_are_shown_can_be_altered_between(db):
    term = factories.make_term(code="made-here", definition_en="made")
    alter = "ALTER TABLE hrdocs_term ALTER COLUMN definition_en TYPE varchar(4000)"
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="view"), transaction.atomic():
        run(alter)
    past.drop()
    relations.drop()
    run(alter)
    relations.build()
    with reading_as(NOBODY):
        assert list(Term.objects.filter(pk=term.pk).values_list("definition_en", flat=True)) == ["made"]


def test_while_there_are_no_relations_readers_are_refused_and_not_served_otherwise():
    relations.drop()
    with pytest.raises(ProgrammingError, match="permission denied"), reading_as(NOBODY):
        list(Facility.objects.all())


@pytest.mark.parametrize("level", OUTSIDE)
def test_a_line_holds_no_right_but_to_read_its_own_relations(level):
    held = asked(f"""
        SELECT n.nspname, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND c.relkind <> 'i' AND CASE c.relkind
            WHEN 'S' THEN has_sequence_privilege('{line_of(level)}', c.oid, 'USAGE, SELECT, UPDATE')
            ELSE has_table_privilege('{line_of(level)}', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') END
    """)
    assert {schema for schema, _, _ in held} == {line_of(level), past.schema_for(Everybody(level))}
    assert {kind for _, _, kind in held} == {"v"}
    assert len(held) > 80
