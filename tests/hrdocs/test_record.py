"""Saving a record: its version counts, and two editors can't overwrite one another."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from cases.imports import storing
from cases.models import Estimate, Incident
from hrdocs import uids
from hrdocs.models import StaleVersion
from tests import factories


def test_a_new_record_is_an_internal_draft_of_its_author_at_version_one(analyst):
    incident = factories.make_incident(analyst)
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.state, stored.sensitivity, stored.version) == ("draft", "internal", 1)
    assert stored.created_by == stored.edited_by == analyst


def test_each_save_counts_and_names_its_editor(analyst):
    incident, editor = factories.make_incident(analyst), factories.make_user()
    entered = incident.edited_at
    for version in (2, 3):
        incident.save_by(editor)
        incident.refresh_from_db()
        assert incident.version == version
    assert (incident.created_by, incident.edited_by) == (analyst, editor)
    assert incident.edited_at > entered


@pytest.mark.parametrize("make", [factories.make_incident, factories.make_estimate])
def test_a_uid_that_somebody_has_is_drawn_again(make, analyst, monkeypatch):
    given = {} if make is factories.make_incident else {"about_facility": factories.make_facility(analyst),
                                                        "source": factories.make_source(analyst)}  # fmt: skip
    drawn = iter(["AAAAA00000", "AAAAA00000", "BBBBB00000"])
    monkeypatch.setattr(uids.secrets, "token_bytes", lambda number: bytes(map(uids.ALPHABET.index, next(drawn))))
    first, second = make(analyst, **given), make(analyst, **given)
    assert [each.uid[4:15].replace("-", "")[:10] for each in (first, second)] == ["AAAAA00000", "BBBBB00000"]


def test_of_a_thousand_rows_those_are_drawn_again_whose_uid_somebody_has(analyst, monkeypatch):
    taken = factories.make_incident(analyst)
    draws = iter([taken.uid, "INC-00000-000000", "INC-CCCCC-CCCCCC"])
    monkeypatch.setattr(uids, "new_uid", lambda prefix: next(draws))
    monkeypatch.setattr(storing, "new_uid", lambda prefix: next(draws))
    rows = [Incident(title_en="x", created_by=analyst, edited_by=analyst) for _ in range(2)]
    storing.insert(rows)
    assert [row.uid for row in rows] == ["INC-CCCCC-CCCCCC", "INC-00000-000000"]


def test_a_statement_counts_its_versions_whichever_of_its_tables_changed(analyst):
    estimate = factories.make_estimate(analyst)
    estimate.value_text = "dozens"
    estimate.save_by(analyst, seen_version=1)
    estimate.quotation = "dozens of people"
    estimate.save_by(analyst, seen_version=2)
    assert Estimate.objects.get(pk=estimate.pk).version == 3


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (factories.make_incident, "title_en"),
        (factories.make_estimate, "value_text"),
        (factories.make_estimate, "quotation"),
        (factories.make_party, "name_en"),
    ],
)
def test_who_saves_on_an_old_version_is_refused_and_nothing_is_written(make, field, analyst):
    record = make(analyst)
    kind = type(record)
    mine, theirs = kind.objects.get(pk=record.pk), kind.objects.get(pk=record.pk)
    theirs.save_by(factories.make_user(), seen_version=1)
    before = kind.objects.filter(pk=record.pk).values().get()
    setattr(mine, field, "Overwritten")
    with pytest.raises(StaleVersion, match=record.uid):
        mine.save_by(analyst, seen_version=1)
    assert kind.objects.filter(pk=record.pk).values().get() == before


def test_a_save_that_the_database_refuses_leaves_the_version_as_it_was(analyst):
    estimate = factories.make_estimate(analyst)
    estimate.lower = -1
    with pytest.raises(IntegrityError, match="not_negative"), transaction.atomic():
        estimate.save_by(analyst)
    stored = Estimate.objects.get(pk=estimate.pk)
    assert (stored.version, stored.lower) == (1, 5000)


@pytest.mark.django_db(transaction=True)
def test_of_eight_editors_at_once_exactly_one_wins_and_the_others_are_told():
    analyst = factories.make_user()
    incident = factories.make_incident(analyst, title_en="Before")
    barrier, won, told, strange = threading.Barrier(8), [], [], []

    def edit(number: int) -> None:
        try:
            mine = Incident.objects.get(pk=incident.pk)
            mine.title_en = f"By editor {number}"
            barrier.wait(timeout=20)
            mine.save_by(analyst, seen_version=1)
            won.append(mine.title_en)
        except StaleVersion:
            told.append(number)
        except Exception as error:  # noqa: BLE001 - a thread would swallow it
            strange.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=edit, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (len(won), len(told), strange) == (1, 7, [])
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.version, [stored.title_en]) == (2, won)
