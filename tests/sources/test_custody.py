"""Sealed identities: written by who works here, read by two custodians together, by nobody else, and kept nowhere in clear."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
import sys

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import pwhash
from nacl.public import PrivateKey

from hrdocs import erasing
from hrdocs.access import STAFF, Role
from hrdocs.erasable import places_of
from hrdocs.logs import WithoutValues
from hrdocs.models import Notice
from hrdocs.refusal import Refused
from hrdocs.sealing import seal, verify
from sources import boxes, custody
from sources.models import CustodianKey, Identity, Informant
from tests import factories
from tests.hrdocs.forms import signed_in

WORDS = "barley lantern orbit saddle willow"
SAID = {"name": "CANARY-Zeinab", "contact": "CANARY-phone", "notes": "CANARY-brother"}


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch):
    monkeypatch.setattr(boxes, "COST", (pwhash.argon2id.OPSLIMIT_MIN, pwhash.argon2id.MEMLIMIT_MIN))


@pytest.fixture
def manager(db):
    return factories.make_user(Role.MANAGER)


@pytest.fixture
def three(manager):
    """Three custodians, each with a key in use."""
    people = [factories.make_user(Role.CUSTODIAN) for _ in range(3)]
    for person in people:
        custody.admit(custody.make_key(f"{WORDS} {person.pk}", by=person), by=manager)
    return people


def words_of(person):
    return f"{WORDS} {person.pk}"


@pytest.fixture
def identity(three, analyst):
    return custody.seal(Informant(pseudonym="Basil", role="former guard").save_by(analyst), SAID, by=analyst)


def opened(identity, asks, agrees):
    opening = custody.ask(identity, by=asks, reason="A court asks whether she is safe.")
    custody.agree(opening, words_of(agrees), by=agrees)
    opening.refresh_from_db()
    return opening


# ── boxes ──


KEYS = {number: PrivateKey.generate() for number in range(1, 5)}
PUBLIC = {number: bytes(key.public_key) for number, key in KEYS.items()}


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=3000).filter(lambda text: not text.endswith("\0")))
def test_any_two_keys_together_open_what_was_sealed_and_its_length_tells_nothing(text):
    sealed = boxes.seal(text, "INF-1", PUBLIC)
    assert (len(sealed.ciphertext) - 40) % 1024 == 0
    for agrees, reads in itertools.permutations(KEYS, 2):
        inner = boxes.agree(sealed.boxes[f"{agrees}>{reads}"], "INF-1", KEYS[agrees])
        assert boxes.read(sealed.ciphertext, boxes.key_in(inner, "INF-1", KEYS[reads]), "INF-1") == text


@pytest.mark.parametrize("pair", list(itertools.permutations(KEYS, 2)))
def test_no_key_alone_opens_any_box_and_no_third_one_reads(pair):
    sealed = boxes.seal("who", "INF-1", PUBLIC)
    agrees, reads = pair
    box = sealed.boxes[f"{agrees}>{reads}"]
    for number, key in KEYS.items():
        if number != agrees:
            with pytest.raises(boxes.CannotOpen):
                boxes.agree(box, "INF-1", key)
    inner = boxes.agree(box, "INF-1", KEYS[agrees])
    for number, key in KEYS.items():
        if number != reads:
            with pytest.raises(boxes.CannotOpen):
                boxes.key_in(inner, "INF-1", key)


def test_boxes_and_texts_exchanged_between_two_people_are_refused():
    one, other = boxes.seal("one", "INF-1", PUBLIC), boxes.seal("other", "INF-2", PUBLIC)
    with pytest.raises(boxes.CannotOpen, match="was exchanged"):
        boxes.agree(other.boxes["1>2"], "INF-1", KEYS[1])
    key = boxes.key_in(boxes.agree(one.boxes["1>2"], "INF-1", KEYS[1]), "INF-1", KEYS[2])
    with pytest.raises(boxes.CannotOpen, match="was damaged or exchanged"):
        boxes.read(other.ciphertext, key, "INF-1")
    with pytest.raises(boxes.CannotOpen):
        boxes.read(one.ciphertext, key, "INF-2")


@pytest.mark.parametrize("slip", ["", "abc", "AAAA " * 13, "0189" * 13])
def test_a_slip_in_a_printed_key_is_said(slip):
    with pytest.raises(boxes.CannotOpen, match="slip"):
        boxes.from_paper(slip, PUBLIC[1])
    assert bytes(boxes.from_paper(boxes.printed(KEYS[1]).lower(), PUBLIC[1])) == bytes(KEYS[1])


# ── the story ──


def test_two_custodians_read_an_identity_together(identity, three):
    for asks, agrees in itertools.permutations(three, 2):
        opening = opened(identity, asks, agrees)
        assert custody.read(opening, words_of(asks), by=asks) == SAID


def test_everybody_concerned_is_told_at_each_step(identity, three, manager):
    opening = opened(identity, three[0], three[1])
    custody.read(opening, words_of(three[0]), by=three[0])
    told = set(Notice.objects.values_list("kind", "to"))
    for kind, by in (("identity_asked", three[0]), ("identity_agreed", three[1]), ("identity_opened", three[0])):
        assert {(kind, person.pk) for person in (*three, manager) if person != by} <= told


@pytest.mark.parametrize("role", [role for role in Role if role != Role.CUSTODIAN])
def test_nobody_but_a_custodian_asks_agrees_or_reads(role, identity, three, people):
    other = people[role]
    opening = opened(identity, three[0], three[1])
    fresh = custody.ask(identity, by=three[0], reason="x")
    for deed in (lambda: custody.ask(identity, by=other, reason="x"), lambda: custody.agree(fresh, WORDS, by=other),
                 lambda: custody.read(opening, WORDS, by=other), lambda: custody.make_key(WORDS, by=other)):  # fmt: skip
        with pytest.raises(Refused):
            deed()


@pytest.mark.parametrize("role", Role)
def test_who_works_here_seals_and_nobody_else(role, three, people, analyst):
    informant = Informant(pseudonym="Basil").save_by(analyst)
    if role in STAFF:
        assert custody.seal(informant, SAID, by=people[role]).pk
    else:
        with pytest.raises(Refused, match="entered by analysts"):
            custody.seal(informant, SAID, by=people[role])


def test_each_step_is_refused_out_of_its_turn(identity, three):
    asks, agrees, third = three
    opening = custody.ask(identity, by=asks, reason="x")
    with pytest.raises(Refused, match="Another custodian agrees"):
        custody.agree(opening, words_of(asks), by=asks)
    with pytest.raises(Refused, match="Nobody has agreed"):
        custody.read(opening, words_of(asks), by=asks)
    with pytest.raises(boxes.CannotOpen, match="not the passphrase"):
        custody.agree(opening, "wrong", by=agrees)
    custody.agree(opening, words_of(agrees), by=agrees)
    with pytest.raises(Refused, match="agreed to already"):
        custody.agree(opening, words_of(third), by=third)
    with pytest.raises(Refused, match="Only the custodian who asked"):
        custody.read(opening, words_of(agrees), by=agrees)
    with pytest.raises(boxes.CannotOpen, match="not the passphrase"):
        custody.read(opening, "wrong", by=asks)
    with pytest.raises(Refused, match="Say why"):
        custody.ask(identity, by=asks, reason=" ")


@pytest.mark.parametrize(("minutes", "open_still"), [(14, True), (16, False)])
def test_it_is_read_for_a_quarter_of_an_hour(minutes, open_still, identity, three, monkeypatch):
    opening = opened(identity, three[0], three[1])
    custody.read(opening, words_of(three[0]), by=three[0])
    later = timezone.now() + dt.timedelta(minutes=minutes)
    monkeypatch.setattr(timezone, "now", lambda: later)
    custody.forget_what_is_over()
    opening.refresh_from_db()
    assert bool(opening.box) == open_still
    if open_still:
        assert custody.read(opening, words_of(three[0]), by=three[0]) == SAID
    else:
        with pytest.raises(Refused, match="the time is over"):
            custody.read(opening, words_of(three[0]), by=three[0])


@pytest.mark.parametrize(
    "sql",
    ["UPDATE sources_opening SET agreed_by_id = asked_by_id, agreed_at = now()", "UPDATE sources_opening SET reason = 'other'",
     "UPDATE sources_opening SET opened_at = now()", "DELETE FROM sources_opening", "UPDATE sources_identity SET digest = ''",
     "UPDATE sources_opening SET agreed_by_id = (SELECT min(id) FROM hrdocs_user WHERE role = 'manager'), agreed_at = now()",
     r"UPDATE sources_identity SET ciphertext = '\x00'", "DELETE FROM sources_identity", "DELETE FROM sources_custodiankey",
     r"UPDATE sources_custodiankey SET public = '\x00'", "UPDATE sources_custodiankey SET admitted_by_id = made_by_id"],
)  # fmt: skip
def test_the_database_refuses_what_the_verbs_would_never_do(sql, identity, three):
    custody.ask(identity, by=three[0], reason="x")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_an_identity_stands_nowhere_in_clear(identity, three):
    opening = opened(identity, three[0], three[1])
    custody.read(opening, words_of(three[0]), by=three[0])
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ~ %s OR t::text ~ %s', ["CANARY", "barley"])
            assert cursor.fetchone() == (0,), table
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name IN "
                       "('sources_identityevent', 'sources_openingevent', 'sources_custodiankeyevent')")  # fmt: skip
        assert not {"ciphertext", "boxes", "box", "locked"} & {name for (name,) in cursor.fetchall()}


# ── keys ──


def test_a_key_counts_once_somebody_else_let_it_in(manager):
    one, other = factories.make_user(Role.CUSTODIAN), factories.make_user(Role.CUSTODIAN)
    key = custody.make_key(words_of(one), by=one)
    for by in (one, other, factories.make_user(), factories.make_user(Role.ADMINISTRATOR)):
        with pytest.raises(Refused):
            custody.admit(key, by=by)
    assert not CustodianKey.objects.in_use().exists()
    custody.admit(key, by=manager)
    assert CustodianKey.objects.in_use().get() == key
    with pytest.raises(Refused, match="keys of two custodians"):
        custody.seal(Informant(pseudonym="Basil").save_by(manager), SAID, by=manager)


@pytest.mark.parametrize("passphrase", ["", "short", "fifteen letters"])
def test_a_short_passphrase_is_refused(passphrase, db):
    with pytest.raises(Refused, match="at least 16"):
        custody.make_key(passphrase, by=factories.make_user(Role.CUSTODIAN))


def test_a_new_custodian_opens_what_was_sealed_before_once_two_have_sealed_it_anew(identity, three, manager):
    new = factories.make_user(Role.CUSTODIAN)
    custody.admit(custody.make_key(words_of(new), by=new), by=manager)
    opening = custody.ask(identity, by=new, reason="x")
    with pytest.raises(Refused, match="seal anew"):
        custody.agree(opening, words_of(three[0]), by=three[0])
    second = CustodianKey.objects.get(owner=three[1])
    told = "1 identity is not sealed for just the keys"
    assert told in signed_in(manager).get("/custody/").content.decode()
    assert custody.seal_anew(words_of(three[0]), second, words_of(three[1]), by=three[0]) == (1, 0)
    assert told not in signed_in(manager).get("/custody/").content.decode()
    assert custody.read(opened(identity, new, three[2]), words_of(new), by=new) == SAID


def test_the_printed_key_brings_back_who_lost_her_passphrase_and_reads_nothing_alone(three, manager, analyst):
    kept, lost, gone = three
    paper, printed = custody.make_printed_key(by=kept)
    custody.admit(paper, by=manager)
    identity = custody.seal(Informant(pseudonym="Basil").save_by(analyst), SAID, by=analyst)
    for person in (lost, gone):
        custody.withdraw(CustodianKey.objects.get(owner=person, withdrawn_at=None), by=manager)
    custody.admit(custody.make_key("another five words to keep", by=lost), by=manager)
    custody.drill(paper, printed, by=kept)
    assert custody.seal_anew(words_of(kept), paper, printed, by=kept) == (1, 0)
    opening = custody.ask(identity, by=kept, reason="x")
    custody.agree(opening, "another five words to keep", by=lost)
    assert custody.read(opening, words_of(kept), by=kept) == SAID
    paper.refresh_from_db()
    assert paper.drilled_at and paper.locked is None
    assert not CustodianKey.objects.filter(locked__icontains=printed[:4]).exists()


def test_a_key_that_was_taken_out_of_use_opens_nothing_any_more(identity, three, manager):
    opening = custody.ask(identity, by=three[0], reason="x")
    custody.withdraw(CustodianKey.objects.get(owner=three[1]), by=manager)
    with pytest.raises(Refused, match="no custodian's key"):
        custody.agree(opening, words_of(three[1]), by=three[1])
    assert len(Identity.objects.get().boxes) == 2


def test_the_last_two_keys_can_not_be_taken_out_of_use(identity, three, manager):
    custody.withdraw(CustodianKey.objects.get(owner=three[1]), by=manager)
    with pytest.raises(Refused, match="Nobody could open INF-"):
        custody.withdraw(CustodianKey.objects.get(owner=three[2]), by=manager)


@pytest.mark.parametrize("change", [{"role": Role.ANALYST}, {"is_active": False}])
def test_who_is_no_custodian_any_more_opens_nothing(change, identity, three):
    opening = custody.ask(identity, by=three[0], reason="x")
    for name, value in change.items():
        setattr(three[1], name, value)
    three[1].save()
    with pytest.raises(Refused):
        custody.agree(opening, words_of(three[1]), by=three[1])


# ── pages ──


@pytest.mark.parametrize("role", ["anonymous", *Role])
@pytest.mark.parametrize(
    ("address", "allowed"), [("/custody/", {Role.CUSTODIAN, Role.MANAGER}), ("/custody/seal-anew/", {Role.CUSTODIAN})]
)
def test_the_custodians_place_is_there_for_them_alone(address, allowed, role, people):
    browser = Client()
    if role == "anonymous":
        assert browser.get(address).status_code == 302
        return
    browser.force_login(people[role])
    answer = browser.get(address)
    assert answer.status_code == (200 if role in allowed else 404)
    if role in allowed:
        assert "no-store" in answer["Cache-Control"]


def test_what_was_typed_of_an_identity_never_comes_back(three, analyst):
    informant = Informant(pseudonym="Basil").save_by(analyst)
    browser = Client()
    browser.force_login(analyst)
    address = f"/admin/sources/informant/{informant.pk}/identity/"
    refused = browser.post(address, {**SAID, "name": SAID["name"] * 100})
    assert refused.status_code == 200 and b"CANARY" not in refused.content
    saved = browser.post(address, SAID, follow=True)
    assert b"Only two" not in saved.content and b"CANARY" not in saved.content and Identity.objects.count() == 1
    for page in (
        address,
        f"/admin/sources/informant/{informant.pk}/change/",
        f"/admin/sources/informant/{informant.pk}/history/",
    ):
        answer = browser.get(page)
        assert answer.status_code == 200 and b"CANARY" not in answer.content
    assert "no-store" in browser.get(address)["Cache-Control"]


def test_the_page_of_an_opening_shows_it_to_the_one_who_asked_and_empties_itself(identity, three):
    opening = opened(identity, three[0], three[1])
    address = f"/custody/openings/{opening.pk}/"
    browsers = []
    for person in three:
        browser = Client()
        browser.force_login(person)
        browsers.append(browser)
    assert b"CANARY" not in browsers[1].post(address, {"passphrase": words_of(three[1])}).content
    shown = browsers[0].post(address, {"passphrase": words_of(three[0])})
    assert SAID["name"].encode() in shown.content and "no-store" in shown["Cache-Control"]
    assert 890 <= int(shown["Refresh"].split(";")[0]) <= 900
    assert all(b"CANARY" not in browser.get(address).content for browser in browsers)


def test_a_custodian_agrees_to_erase_an_identity_and_then_nobody_opens_it(identity, three, manager):
    asked = erasing.ask(
        identity.informant,
        [place.key for place in places_of(identity.informant)],
        by=manager,
        ground="consent",
        reason="She asks.",
    )
    opening = custody.ask(identity, by=three[0], reason="x")
    browser = Client()
    browser.force_login(three[1])
    assert identity.informant.uid in browser.get("/custody/").content.decode()
    browser.post(f"/custody/erasures/{asked.pk}/")
    identity.refresh_from_db()
    identity.informant.refresh_from_db()
    assert bytes(identity.ciphertext) == b"" and identity.informant.pseudonym.startswith("[erased")
    custody.agree(opening, words_of(three[1]), by=three[1])
    with pytest.raises(boxes.CannotOpen, match="damaged or exchanged"):
        custody.read(opening, words_of(three[0]), by=three[0])
    seal()
    assert verify().problems == []


# ── logs ──


def test_a_log_names_the_error_and_no_value(analyst, db):
    value = "-".join(["CANARY", "Basil"])  # a traceback quotes the lines of the program
    Informant(pseudonym=value).save_by(analyst)
    try:
        with transaction.atomic():
            Informant(pseudonym=value).save_by(analyst)
    except DatabaseError:
        told = WithoutValues().format(
            logging.LogRecord("x", logging.ERROR, __file__, 1, "Internal Server Error", (), sys.exc_info())
        )
    assert "IntegrityError" in told and "save_by" in told and "pseudonym" in told
    assert "CANARY" not in told


def test_no_error_is_mailed():
    mailed = [handler for name in ("django", "django.request", None) for handler in logging.getLogger(name).handlers
              if "Mail" in type(handler).__name__]  # fmt: skip
    assert mailed == []
