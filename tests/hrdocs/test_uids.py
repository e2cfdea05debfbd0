"""Public identifiers: read over the telephone, typed carelessly, and never taken for another one."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from hrdocs.models import Record
from hrdocs.uids import ALPHABET, PATTERN, new_uid, understood
from tests import factories

RECORDS = [model for model in apps.get_models() if issubclass(model, Record) and not model._meta.proxy]
LETTERS = st.text(ALPHABET, min_size=10, max_size=10)


def spelled(letters: str) -> str:
    return f"INC-{letters[:5]}-{letters[5:]}"


def completed(ten: str) -> str:
    """The uid with these ten letters, found from outside: the one check letter that is understood."""
    (found,) = [ten + letter for letter in ALPHABET if understood(spelled(ten + letter))]
    return found


@given(LETTERS)
def test_exactly_one_check_letter_belongs_to_ten_letters(ten):
    assert len([letter for letter in ALPHABET if understood(spelled(ten + letter))]) == 1


@given(LETTERS)
def test_every_single_wrong_letter_is_found(ten):
    letters = completed(ten)
    for place in range(11):
        for wrong in set(ALPHABET) - {letters[place]}:
            assert understood(spelled(letters[:place] + wrong + letters[place + 1 :])) is None


@given(LETTERS)
def test_every_swap_of_two_neighbours_is_found(ten):
    letters = completed(ten)
    for place in range(10):
        one, other = letters[place : place + 2]
        if one != other:
            assert understood(spelled(letters[:place] + other + one + letters[place + 2 :])) is None


@given(LETTERS)
def test_letters_left_out_or_doubled_are_found(ten):
    letters = completed(ten)
    for place in range(11):
        assert understood(spelled(letters[:place] + letters[place + 1 :])) is None
        assert understood(spelled(letters[:place] + letters[place] + letters[place:])) is None


@given(st.sampled_from(["INC", "SRC", "PTY"]))
def test_a_new_uid_has_the_form_that_the_database_demands_and_is_understood(prefix):
    uid = new_uid(prefix)
    assert re.fullmatch(PATTERN, uid)
    assert understood(uid) == uid


@given(LETTERS, st.data())
def test_a_uid_typed_carelessly_is_understood(ten, data):
    uid = spelled(completed(ten))
    typed = uid[:4] + "".join(
        data.draw(st.sampled_from({"0": "0Oo", "1": "1IiLl"}.get(letter, letter + letter.lower()))) for letter in uid[4:]
    )
    for variant in (typed, typed.replace("-", ""), typed.replace("-", " "), f"  {typed}\n", typed.lower()):
        assert understood(variant) == uid


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "INC",
        "INC-7K3M9",
        "INC-UUUUU-UUUUUU",
        "INC-ÄÄÄÄÄ-ÄÄÄÄÄÄ",
        "١٢٣",
        "' OR 1=1 --",
        "INC-00000-000000-0",
        "\x00" * 14,
    ],
)
def test_what_is_no_uid_is_not_understood(text):
    assert understood(text) is None


@pytest.mark.parametrize("prefix", ["\x00\x00\x00", "ÉÈÊ", "123", "I\x00C", "...", "صيد", "';-"])
def test_a_kind_that_is_not_three_letters_is_not_understood(prefix):
    """It would go on to the database, which answers a NUL with an error."""
    assert understood(f"{prefix}-00000-000000") is None


@given(st.text(max_size=30) | st.builds(lambda kind, ten: kind + completed(ten), st.text(min_size=3, max_size=3), LETTERS))
def test_whatever_is_understood_has_the_form_of_a_uid(text):
    uid = understood(text)
    assert uid is None or re.fullmatch(PATTERN, uid)


def test_uids_are_drawn_at_random_and_do_not_come_again():
    uids = [new_uid("INC") for _ in range(2000)]
    assert len(set(uids)) == 2000
    assert uids != sorted(uids)


def test_every_kind_of_record_has_a_kind_of_uid_to_itself():
    prefixes = [model.uid_prefix for model in RECORDS]
    assert len(set(prefixes)) == len(prefixes)
    assert all(re.fullmatch("[A-Z]{3}", prefix) for prefix in prefixes)


def test_a_record_gets_its_uid_when_first_saved_and_keeps_it(db):
    analyst = factories.make_user()
    incident = factories.make_incident(analyst)
    given_uid = incident.uid
    assert given_uid.startswith("INC-")
    assert understood(given_uid) == given_uid
    incident.title_en = "Another title"
    incident.save_by(analyst)
    incident.refresh_from_db()
    assert incident.uid == given_uid


@pytest.mark.parametrize("uid", ["", "INC-1", "inc-7k3m9-qxd4th", "INC-7K3M9-QXD4TU", "INC 7K3M9 QXD4TH"])
def test_the_database_refuses_a_uid_of_another_form(db, uid):
    incident = factories.make_incident(factories.make_user())
    with pytest.raises(IntegrityError, match="uid_form"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_incident SET uid = %s WHERE id = %s", [uid, incident.pk])


def test_the_database_refuses_the_same_uid_twice(db):
    analyst = factories.make_user()
    one, other = factories.make_incident(analyst), factories.make_incident(analyst)
    with pytest.raises(IntegrityError, match="uid"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_incident SET uid = %s WHERE id = %s", [one.uid, other.pk])
