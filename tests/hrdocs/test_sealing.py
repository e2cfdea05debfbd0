"""Sealed history in the database: what is sealed, what tampering is found, what is erased, and how fast it goes."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from pathlib import Path
from time import perf_counter

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from cases.models import Incident
from hrdocs import sealing
from hrdocs.audit import acting_as, history_of
from hrdocs.models import SealedRow, Tombstone
from hrdocs.proof import heads_in
from hrdocs.sealing import CannotErase, erase, head_line, seal, verify
from tests import factories


@pytest.fixture
def sealed(analyst):
    """Two seals over a few records, some of them changed in between."""
    with acting_as(analyst, "Entered."):
        incidents = [factories.make_incident(analyst, title_en=f"No. {n}", narrative_en="Said\tso.\n\\N") for n in range(5)]
        incidents[0].violations.add(factories.make_term("act", "killed_here"))
    first = seal()
    with acting_as(analyst, "Changed."):
        for incident in incidents:
            incident.title_en = "سجن صيدنايا"
            incident.save_by(analyst)
    return incidents, first, seal()


def by_hand(*sql):
    """As a superuser who switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        for each in sql:
            cursor.execute(each)
        cursor.execute("SET session_replication_role = origin")


def test_all_history_is_sealed_once_and_found_whole(sealed):
    incidents, first, second = sealed
    assert (first.number, second.number, second.previous) == (1, 2, first.hash)
    assert second.rows == len(incidents)
    report = verify()
    assert (report.problems, report.waiting, report.head) == ([], 0, second.hash)
    assert report.rows == first.rows + second.rows
    assert seal() is None


def test_what_is_not_sealed_yet_is_counted_and_no_problem(sealed, analyst):
    factories.make_incident(analyst)
    report = verify()
    assert report.waiting == 1
    # In this test everything is one transaction, which began before the seals; that is what the sentence says.
    assert all("does not know it" in problem for problem in report.problems)


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE cases_incidentevent SET title_en = title_en || '.' WHERE pgh_id = {pk}", "it is not as it was sealed"),
        ("UPDATE cases_incidentevent SET title_ar = 'x' WHERE pgh_id = {pk}", "it is not as it was sealed"),
        ("UPDATE cases_incidentevent SET pgh_created_at = pgh_created_at + interval '1 microsecond' WHERE pgh_id = {pk}", "not as it was sealed"),
        ("UPDATE cases_incidentevent SET pgh_context_id = NULL WHERE pgh_id = {pk}", "it is not as it was sealed"),
        ("DELETE FROM cases_incidentevent WHERE pgh_id = {pk}", "it was removed"),
        ("UPDATE cases_incidentevent SET pgh_id = pgh_id + 1000000 WHERE pgh_id = {pk}", "it was removed"),
        ("UPDATE hrdocs_sealedrow SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE events = 'cases_incidentevent' AND row = {pk}", "its list of rows"),
        ("UPDATE hrdocs_sealedrow SET salt = NULL WHERE events = 'cases_incidentevent' AND row = {pk}", "nothing says that it was erased"),
        ("DELETE FROM hrdocs_sealedrow WHERE events = 'cases_incidentevent' AND row = {pk}", "its list of rows"),
        ("UPDATE hrdocs_sealedrow SET position = position + 1000 WHERE events = 'cases_incidentevent' AND row = {pk}", "its list of rows"),
    ],
)  # fmt: skip
def test_what_a_superuser_does_with_triggers_off_is_found(sql, said, number, sealed):
    incidents, *_ = sealed
    event = history_of(Incident, incidents[number].pk).first()
    by_hand(sql.format(pk=event.pk))
    problems = " ".join(verify().problems)
    assert said in problems
    if "not as it was sealed" in said:
        assert incidents[number].uid in problems


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("""UPDATE pghistory_context SET metadata = '{"user": 1, "reason": "another"}'""", "it is not as it was sealed"),
        ("UPDATE hrdocs_seal SET rows = rows - 1 WHERE number = 2", "is not as it was made"),
        ("UPDATE hrdocs_seal SET sealed_at = sealed_at - interval '1 day' WHERE number = 1", "is not as it was made"),
        ("UPDATE hrdocs_seal SET hash = root WHERE number = 1", "does not follow"),
        ("DELETE FROM hrdocs_seal WHERE number = 1", "Seal 1 is missing"),
    ],
)
def test_who_and_why_and_the_seals_themselves_are_bound_too(sql, said, sealed):
    by_hand(sql)
    assert said in " ".join(verify().problems)


CUT = (
    "DELETE FROM cases_incidentevent USING hrdocs_sealedrow s WHERE s.events = 'cases_incidentevent' AND s.row = pgh_id AND s.seal_id = 2",
    "DELETE FROM hrdocs_sealedrow WHERE seal_id = 2",
    "DELETE FROM hrdocs_seal WHERE number = 2",
)


def test_a_cut_end_is_found_by_the_head_that_was_kept_outside(sealed, tmp_path, capsys):
    heads = tmp_path / "heads.txt"
    heads.write_text("".join(head_line(made) + "\n" for made in sealed[1:]))
    by_hand(*CUT)
    call_command("verify_history")  # from inside nothing is missing
    with pytest.raises(SystemExit) as ended:
        call_command("verify_history", head=heads)
    assert ended.value.code == 1
    assert "Seal 2 was noted outside and is not here" in capsys.readouterr().out


def test_each_head_is_noted_once_in_the_file(sealed, analyst, tmp_path):
    heads = tmp_path / "heads.txt"
    for _ in range(2):
        call_command("seal_history", head_to=heads)
    factories.make_incident(analyst)
    call_command("seal_history", head_to=heads)
    assert [number for number, _ in heads_in(heads)] == [2, 3]
    with pytest.raises(SystemExit, match="There is no file"):
        call_command("verify_history", head=tmp_path / "lost.txt")


def test_history_that_was_sealed_anew_is_found_by_the_head(sealed):
    _, first, second = sealed
    by_hand(*CUT)
    factories.make_incident(factories.make_user())
    seal()
    found = " ".join(verify([(1, first.hash), (2, second.hash)]).problems)
    assert "Seal 2 is not the one that was noted outside" in found


@pytest.mark.parametrize(
    "sql",
    ["UPDATE hrdocs_seal SET rows = 0", "DELETE FROM hrdocs_seal", "DELETE FROM hrdocs_sealedrow", "UPDATE hrdocs_sealedrow SET row = 0",
     "UPDATE hrdocs_sealedrow SET salt = 'x'", "UPDATE hrdocs_sealedrow SET hash = 'x', salt = NULL"],
)  # fmt: skip
def test_the_database_refuses_to_change_a_seal(sql, sealed):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# ── erasing ──


def test_what_is_erased_is_gone_and_the_rest_still_verifies(sealed, analyst):
    incident = sealed[0][0]
    event = history_of(Incident, incident.pk).first()
    erase(event, ["title_en", "narrative_en"], by=analyst, reason="Asked for by the person named.")
    report = verify()
    assert (report.problems, report.erased) == ([], 1)
    event.refresh_from_db()
    assert (event.title_en, event.narrative_en) == ("", "")
    row = SealedRow.objects.get(events="cases_incidentevent", row=event.pk)
    assert row.salt is None
    assert "No. 0" not in str(Tombstone.objects.values_list())


@pytest.mark.parametrize("column", ["title_en", "extent", "uid"])
def test_nothing_is_written_into_a_row_of_which_something_was_erased(column, sealed, analyst):
    event = history_of(Incident, sealed[0][0].pk).first()
    erase(event, ["title_en"], by=analyst, reason="x")
    by_hand(f"UPDATE cases_incidentevent SET {column} = 'forged' WHERE pgh_id = {event.pk}")
    assert "is not as it was sealed" in " ".join(verify().problems)


def test_erasing_says_what_stands_in_its_way(sealed, analyst):
    new = history_of(Incident, factories.make_incident(analyst).pk).first()
    with pytest.raises(CannotErase, match="run seal_history first"):
        erase(new, ["title_en"], by=analyst, reason="x")
    event = history_of(Incident, sealed[0][0].pk).first()
    with pytest.raises(CannotErase, match="can't be emptied"):
        erase(event, ["version"], by=analyst, reason="x")


def test_more_is_erased_from_a_row_later_and_no_salt_of_it_is_left(sealed, analyst):
    event = history_of(Incident, sealed[0][0].pk).first()
    first = erase(event, ["title_en"], by=analyst, reason="x")
    assert "narrative_en" in first.salts
    for columns in (["narrative_en"], ["narrative_en", "title_en"], ["narrative_ar"]):
        erase(event, columns, by=analyst, reason="y")
    event.refresh_from_db()
    assert (event.title_en, event.narrative_en, verify().problems) == ("", "", [])
    left = Tombstone.objects.get(row=event.pk, events="cases_incidentevent")
    assert not {"title_en", "narrative_en", "narrative_ar"} & set(left.salts)
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM hrdocs_tombstone t UNION ALL SELECT t::text FROM hrdocs_tombstoneevent t")
        kept = " ".join(text for (text,) in cursor.fetchall())
    assert first.salts["narrative_en"] not in kept
    seal()
    assert verify().problems == []


@pytest.mark.parametrize(
    "sql", ["UPDATE hrdocs_tombstone SET reason = 'other'", "UPDATE hrdocs_tombstone SET row = 0", "DELETE FROM hrdocs_tombstone"]
)
def test_the_database_refuses_to_change_what_was_noted_of_an_erasure(sql, sealed, analyst):
    erase(history_of(Incident, sealed[0][0].pk).first(), ["title_en"], by=analyst, reason="x")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


# ── outside ──


def plain_dump(path):
    """The rows as pg_dump writes them, of all that a check needs."""
    tables = [model._meta.db_table for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    with path.open("w", encoding="utf-8") as out, connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'UTC'")
        for table in [*tables, "hrdocs_seal", "hrdocs_sealedrow", "hrdocs_tombstone", "pghistory_context"]:
            cursor.execute("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
                           "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped", [table])  # fmt: skip
            columns = cursor.fetchone()[0]
            out.write(f"COPY public.{table} ({columns}) FROM stdin;\n")
            with cursor.copy(f"COPY {table} ({columns}) TO STDOUT") as copy:
                out.write(b"".join(bytes(block) for block in copy).decode())
            out.write("\\.\n\n")


def outsider(*given):
    script = Path(settings.ROOT) / "hrdocs" / "proof.py"
    return subprocess.run(
        [sys.executable, "-I", "-S", str(script), *map(str, given)], capture_output=True, text=True, check=False
    )


def test_an_outsider_checks_a_plain_dump_without_the_program(sealed, tmp_path):
    path, heads = tmp_path / "history.sql", tmp_path / "heads.txt"
    plain_dump(path)
    heads.write_text("".join(head_line(made) + "\n" for made in sealed[1:]))
    whole = outsider(path, "--head", heads)
    assert (whole.returncode, whole.stderr) == (0, "") and "0 problems" in whole.stdout
    path.write_text(path.read_text().replace("No. 3", "No. 4", 1))
    found = outsider(path)
    assert found.returncode == 1 and sealed[0][3].uid in found.stdout


def test_a_dump_in_another_zone_is_said_to_be_one(sealed, tmp_path):
    path = tmp_path / "history.sql"
    plain_dump(path)
    path.write_text(re.sub(r"\+00\b", "+02", path.read_text()))
    assert (outsider(path).returncode, "PGTZ=UTC" in outsider(path).stdout) == (2, True)


@pytest.mark.django_db(transaction=True)
def test_a_transaction_still_open_is_sealed_with_the_next_and_is_no_problem(analyst):
    """Rows of a long import began before the seal and come after it."""
    import psycopg

    incident = factories.make_incident(analyst)
    given = connection.get_connection_params()
    given = {name: given[name] for name in ("dbname", "user", "password", "host", "port") if given.get(name)}
    with psycopg.connect(**given) as slow:
        slow.execute("UPDATE cases_incident SET title_en = 'Slow' WHERE id = %s", [incident.pk])
        first = seal()
        assert first.rows == verify().rows
        slow.commit()
    assert (verify().problems, verify().waiting) == ([], 1)
    assert seal().rows == 1
    assert verify().problems == []


@pytest.mark.django_db(transaction=True)
def test_a_row_put_in_with_an_earlier_date_is_found(analyst):
    incident = factories.make_incident(analyst)
    seal()
    columns = ", ".join(
        f'"{field.column}"'
        for field in Incident.pgh_event_model._meta.concrete_fields
        if field.name not in ("pgh_id", "pgh_created_at")
    )
    by_hand(
        f"INSERT INTO cases_incidentevent (pgh_created_at, {columns}) SELECT pgh_created_at - interval '1 day', {columns} FROM cases_incidentevent WHERE pgh_obj_id = {incident.pk}"
    )
    assert f"incident {incident.uid}" in verify().problems[0] and "it was put in later" in verify().problems[0]
    seal()  # once sealed it still speaks
    assert "it was put in later" in verify().problems[0]


def test_sealing_and_checking_keep_up_with_a_bulk_import(analyst, capsys):
    Incident.objects.bulk_create([Incident(title_en=f"No. {n}", created_by=analyst, edited_by=analyst) for n in range(3000)])
    began = perf_counter()
    made = seal()
    sealing, began = perf_counter() - began, perf_counter()
    report = verify()
    checking = perf_counter() - began
    with capsys.disabled():
        print(f"\nsealed {made.rows / sealing:,.0f} rows/s, checked {report.rows / checking:,.0f} rows/s")
    assert not report.problems and made.rows / sealing > 500


def test_a_long_import_is_sealed_in_pieces_as_one_list_and_takes_no_more_memory(analyst, monkeypatch):
    def peak(number: int) -> int:
        Incident.objects.bulk_create([Incident(title_en="x", created_by=analyst, edited_by=analyst) for _ in range(number)])
        tracemalloc.start()
        made = seal()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert made.rows == number
        return found

    monkeypatch.setattr(sealing, "PIECE", 50)
    seal()
    few, many = peak(100), peak(1000)
    assert many < 1.5 * few
    assert verify().problems == []
