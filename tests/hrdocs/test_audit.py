"""History: every way of writing leaves who, when, why, before and after; and nobody changes it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client

from cases.models import Accused, Allegation, Incident, IncidentFacility
from hrdocs.access import Role
from hrdocs.audit import acting_as, history_of
from hrdocs.models import Grant, User
from tests import factories

EVENTS = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]


def told(model: type, pk: int) -> list[tuple[str, str, int | None, str]]:
    """Of each change of one row: what happened, the title after it, who, why."""
    rows = []
    for event in history_of(model, pk):
        context = event.pgh_context.metadata if event.pgh_context else {}
        title = getattr(event, "title_en", "")
        rows.append((event.pgh_label, title, context.get("user"), context.get("reason", "")))
    return rows


def by_save(incident: Incident) -> None:
    incident.title_en = "After"
    incident.save()


def by_save_by(incident: Incident) -> None:
    incident.title_en = "After"
    incident.save_by(incident.created_by)


def by_update(incident: Incident) -> None:
    Incident.objects.filter(pk=incident.pk).update(title_en="After")


def by_bulk_update(incident: Incident) -> None:
    incident.title_en = "After"
    Incident.objects.bulk_update([incident], ["title_en"])


def by_raw_sql(incident: Incident) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_incident SET title_en = %s WHERE id = %s", ["After", incident.pk])


@pytest.mark.parametrize("write", [by_save, by_save_by, by_update, by_bulk_update, by_raw_sql])
def test_every_way_of_changing_a_record_leaves_who_why_before_and_after(write, analyst):
    with acting_as(analyst, "Entered from page 17."):
        incident = factories.make_incident(analyst, title_en="Before")
    editor = factories.make_user()
    started = dt.datetime.now(dt.UTC)
    with acting_as(editor, "The source corrected itself."):
        write(incident)
    assert told(Incident, incident.pk) == [
        ("insert", "Before", analyst.pk, "Entered from page 17."),
        ("update", "After", editor.pk, "The source corrected itself."),
    ]
    assert abs(history_of(Incident, incident.pk).last().pgh_created_at - started) < dt.timedelta(minutes=5)


def test_many_records_made_at_once_leave_a_row_of_history_each(analyst):
    with acting_as(analyst, "Import of 3."):
        made = Incident.objects.bulk_create(
            [Incident(title_en=f"No. {n}", created_by=analyst, edited_by=analyst) for n in range(3)]
        )
    for number, incident in enumerate(made):
        assert told(Incident, incident.pk) == [("insert", f"No. {number}", analyst.pk, "Import of 3.")]


def test_a_record_made_by_raw_sql_leaves_its_row_of_history(analyst):
    copied = factories.make_incident(analyst, title_en="Copied")
    columns = ", ".join(
        f'"{f.column}"' for f in Incident._meta.local_concrete_fields if not f.primary_key and not f.generated and f.name != "uid"
    )
    with acting_as(analyst, "By hand."), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO cases_incident (uid, {columns}) SELECT 'INC-00000-000000', {columns} FROM cases_incident WHERE id = %s RETURNING id",
            [copied.pk],
        )
        (pk,) = cursor.fetchone()
    assert told(Incident, pk) == [("insert", "Copied", analyst.pk, "By hand.")]


def test_what_is_deleted_past_everything_stays_in_history(analyst):
    incident = factories.make_incident(analyst, title_en="Gone")
    with acting_as(analyst, "By hand."), connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_incident WHERE id = %s", [incident.pk])
    assert told(Incident, incident.pk)[-1] == ("delete", "Gone", analyst.pk, "By hand.")


def test_a_change_of_many_rows_in_one_statement_leaves_a_row_each(analyst):
    incidents = [factories.make_incident(analyst, title_en=f"No. {n}") for n in range(3)]
    with acting_as(analyst, "All at once."):
        Incident.objects.filter(pk__in=[each.pk for each in incidents]).update(title_en="Same")
    assert all(told(Incident, each.pk)[-1] == ("update", "Same", analyst.pk, "All at once.") for each in incidents)


def test_a_write_that_is_taken_back_leaves_nothing(analyst):
    incident = factories.make_incident(analyst, title_en="Before")
    with pytest.raises(RuntimeError), transaction.atomic(), acting_as(analyst, "Never."):
        by_update(incident)
        raise RuntimeError
    assert [row[:2] for row in told(Incident, incident.pk)] == [("insert", "Before")]


def test_links_of_many_to_many_fields_leave_history(analyst):
    incident = factories.make_incident(analyst)
    term = factories.make_term("act", "killed_in_test")
    through = Incident.violations.through
    with acting_as(analyst, "Linked."):
        incident.violations.add(term)
    link = through.objects.get(incident=incident)
    with acting_as(analyst, "Unlinked."):
        incident.violations.clear()
    with connection.cursor() as cursor:
        event = apps.get_model("cases", "IncidentViolationsEvent")._meta.db_table
        cursor.execute(f"SELECT pgh_label, incident_id, term_id, c.metadata->>'user', c.metadata->>'reason' FROM {event} "
                       "LEFT JOIN pghistory_context c ON c.id = pgh_context_id WHERE pgh_obj_id = %s ORDER BY pgh_id", [link.pk])  # fmt: skip
        assert cursor.fetchall() == [
            ("insert", incident.pk, term.pk, str(analyst.pk), "Linked."),
            ("delete", incident.pk, term.pk, str(analyst.pk), "Unlinked."),
        ]


def test_an_act_within_another_keeps_its_own_name_and_reason(analyst):
    """An import that publishes what it brought in: two people, two reasons, one transaction."""
    incident, other = factories.make_incident(analyst), factories.make_user()
    with acting_as(analyst, "Import."):
        Incident.objects.filter(pk=incident.pk).update(title_en="By the first")
        with acting_as(other, "Mended."):
            Incident.objects.filter(pk=incident.pk).update(title_en="By the second")
        Incident.objects.filter(pk=incident.pk).update(title_en="By the first again")
    assert told(Incident, incident.pk)[1:] == [
        ("update", "By the first", analyst.pk, "Import."),
        ("update", "By the second", other.pk, "Mended."),
        ("update", "By the first again", analyst.pk, "Import."),
    ]


def test_both_tables_of_a_statement_leave_history(analyst):
    with acting_as(analyst, "Entered."):
        allegation = factories.make_allegation(analyst, acts_wording="hangings", quotation="they were hanged")
    assert [(event.pgh_label, event.acts_wording) for event in history_of(Allegation, allegation.pk)] == [("insert", "hangings")]
    parent = Allegation._meta.get_field("quotation").model
    assert [(event.pgh_label, event.quotation) for event in history_of(parent, allegation.pk)] == [("insert", "they were hanged")]


def test_parts_accounts_and_grants_leave_history_too(analyst):
    manager = factories.make_user(Role.MANAGER)
    with acting_as(manager, "Set up."):
        allegation = factories.make_allegation(analyst)
        accused = Accused.objects.create(allegation=allegation, wording="masked men")
        link = IncidentFacility.objects.create(
            incident=factories.make_incident(analyst), facility=factories.make_facility(analyst)
        )
        grant = Grant.objects.create(
            user=analyst, uid=allegation.uid, reason="Needs it.", until=dt.date.today(), granted_by=manager
        )
        User.objects.filter(pk=analyst.pk).update(role=Role.REVIEWER)
    for row in (accused, link, grant):
        assert told(type(row), row.pk)[-1][2:] == (manager.pk, "Set up.")
    assert told(User, analyst.pk)[-1][2:] == (manager.pk, "Set up.")
    assert [event.role for event in history_of(User, analyst.pk)] == [Role.ANALYST, Role.REVIEWER]


def test_a_form_leaves_who_was_signed_in_and_the_reason_given(analyst):
    incident = factories.make_incident(analyst, title_en="Before")
    client = Client()
    client.force_login(analyst)
    from tests.hrdocs.forms import fill

    answer = fill(client, f"/admin/cases/incident/{incident.pk}/change/", title_en="After", reason="Page 17 has it so.")
    assert answer.status_code == 302
    assert told(Incident, incident.pk)[-1] == ("update", "After", analyst.pk, "Page 17 has it so.")


# ── what is not in it ──


def test_no_password_stands_in_history(analyst):
    assert not {"password", "last_login"} & {field.name for field in apps.get_model("hrdocs", "UserEvent")._meta.fields}
    analyst.set_password("a long pass phrase 2")
    analyst.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM hrdocs_userevent AS e WHERE e::text LIKE %s OR e::text LIKE %s",
            [f"%{analyst.password}%", "%pbkdf2%"],
        )
        assert cursor.fetchone() == (0,)


# ── who can change it ──


@pytest.mark.parametrize("events", EVENTS, ids=lambda model: model.__name__)
def test_the_database_protects_each_table_of_history(events, db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgenabled = 'O'",
            [events._meta.db_table],
        )
        assert any("append_only" in name for (name,) in cursor.fetchall())


@pytest.mark.parametrize(
    "sql", ["UPDATE {table} SET title_en = 'x'", "UPDATE {table} SET pgh_created_at = now()", "DELETE FROM {table}"]
)
def test_history_can_not_be_changed_or_deleted(sql, analyst):
    incident = factories.make_incident(analyst, title_en="Before")
    table = apps.get_model("cases", "IncidentEvent")._meta.db_table
    with pytest.raises(DatabaseError, match="[Cc]annot update or delete"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table=table))
    assert [row[:2] for row in told(Incident, incident.pk)] == [("insert", "Before")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "sql",
    ["""UPDATE pghistory_context SET metadata = '{"user": 1, "reason": "another"}'""", "DELETE FROM pghistory_context"],
)
def test_who_and_why_can_not_be_changed_afterwards(sql):
    analyst = factories.make_user()
    with acting_as(analyst, "Entered."):
        incident = factories.make_incident(analyst, title_en="Before")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(sql)
    assert told(Incident, incident.pk) == [("insert", "Before", analyst.pk, "Entered.")]


def test_history_can_not_be_deleted_with_its_record(analyst):
    incident = factories.make_incident(analyst)
    before = history_of(Incident, incident.pk).count()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_incident WHERE id = %s", [incident.pk])
    assert history_of(Incident, incident.pk).count() == before + 1


def test_an_account_with_history_can_not_be_deleted(analyst):
    factories.make_incident(analyst)
    with pytest.raises((DatabaseError, ProtectedError)), transaction.atomic():
        analyst.delete()
    assert User.objects.filter(pk=analyst.pk).exists()


# ── past the program ──


def by_copy(analyst: User) -> int:
    """As a restore or a bulk load writes."""
    like = factories.make_incident(analyst, title_en="Loaded")
    columns = ", ".join(f'"{f.column}"' for f in Incident._meta.local_concrete_fields if not f.primary_key and not f.generated)
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE loaded ON COMMIT DROP AS SELECT {columns} FROM cases_incident WHERE id = %s", [like.pk]
        )
        cursor.execute("UPDATE loaded SET uid = 'INC-00000-000000'")
        with cursor.copy("COPY loaded TO STDOUT") as copy:
            lines = b"".join(bytes(block) for block in copy)
        with cursor.copy(f"COPY cases_incident ({columns}) FROM STDIN") as copy:
            copy.write(lines)
        cursor.execute("DROP TABLE loaded")
    return Incident.objects.get(uid="INC-00000-000000").pk


def by_insert_and_update(analyst: User) -> int:
    incident = factories.make_incident(analyst, title_en="Before")
    by_raw_sql(incident)
    return incident.pk


@pytest.mark.parametrize(("write", "last"), [(by_copy, ("insert", "Loaded")), (by_insert_and_update, ("update", "After"))])
def test_what_is_written_past_the_program_leaves_its_row_without_a_name_and_the_desk_says_so(write, last, analyst):
    pk = write(analyst)
    assert told(Incident, pk)[-1] == (*last, None, "")
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(analyst)
    assert "outside the program" in client.get(f"/admin/cases/incident/{pk}/history/").content.decode()
