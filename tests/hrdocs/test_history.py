"""The history that people read: acts with their parts, by today's levels; versions compared and brought back."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client

from cases.models import FacilityName, Incident, IncidentFacility
from hrdocs import review
from hrdocs.access import Role
from hrdocs.admin.told import Telling, words
from hrdocs.audit import acting_as
from hrdocs.history import History
from hrdocs.models import Grant
from hrdocs.restoring import plan
from tests import factories
from tests.hrdocs.forms import fill, page_of


@pytest.fixture
def desk(analyst):
    client = Client()
    client.force_login(analyst)
    return client


def told(record, user):
    """(reason, [(title, became, {field: (before, after)})]) of each act, oldest first."""
    telling = Telling(user)
    return [
        (act.reason, [(b.title, b.became, {f.name: (f.before, f.after) for f in b.fields}) for b in telling.blocks(act.changes)])
        for act in History(record, user).acts
    ]


@pytest.fixture
def facility(transactional_db, analyst):
    """Entered, then named, renamed and unnamed again, each in a transaction of its own."""
    with acting_as(analyst, "Entered."):
        facility = factories.make_facility(analyst, description_en="First.")
    with acting_as(analyst, "Named."):
        name = FacilityName.objects.create(facility=facility, text="Sednaya", kind="spelling")
    with acting_as(analyst, "Renamed."):
        FacilityName.objects.filter(pk=name.pk).update(text="Sidnaya")
        facility.description_en = "Second."
        facility.save_by(analyst)
    with acting_as(analyst, "Unnamed."):
        name.delete()
    return facility


def restore(client, record, number, **given):
    page = client.get(page_of(record, "restore", number))
    assert page.status_code == 200, page.get("Location")
    form = page.context["form"]
    entries = {
        "reason": "The source has it so.",
        "seen_version": form["seen_version"].value(),
        "seen_acts": form["seen_acts"].value(),
    }
    return client.post(page_of(record, "restore", number), {**entries, **given})


# ── what is told ──


def test_the_changes_of_its_parts_are_told_in_the_history_of_a_record(facility, analyst):
    (_, entered), (_, named), (_, renamed), (_, unnamed) = told(facility, analyst)
    assert [block[:2] for block in entered] == [("", "")]
    assert named[0][:2] == ("facility name", "added") and named[0][2]["text"] == ("", "Sednaya")
    assert [block[1] for block in renamed] == ["", "changed"]
    assert renamed[1][2] == {"text": ("Sednaya", "Sidnaya")}
    assert unnamed[0][1] == "removed" and unnamed[0][2]["text"] == ("Sidnaya", "")


def test_links_of_many_to_many_fields_are_told_with_what_came_and_what_went(transactional_db, analyst):
    incident = factories.make_incident(analyst)
    first, second = factories.make_term("act", "killed_here"), factories.make_term("act", "held_here")
    with acting_as(analyst, "Linked."):
        incident.violations.add(first)
    with acting_as(analyst, "Changed."):
        incident.violations.set([second])
    assert [fields for _, blocks in told(incident, analyst)[1:] for _, _, fields in blocks] == [
        {"violations": ("", "killed_here")},
        {"violations": ("killed_here", "held_here")},
    ]


def test_both_tables_of_a_statement_and_its_hand_ons_are_one_history(analyst):
    earlier = factories.make_estimate(analyst)
    with acting_as(analyst, "Entered."):
        later = factories.make_estimate(analyst, quotation="Thousands.")
        factories.make_hand_on(later, earlier)
    ((reason, blocks),) = told(later, analyst)
    assert reason == "Entered."
    assert {"number as printed", "quotation"} <= set(blocks[0][2])
    assert [block[0] for block in blocks] == ["", "hand-on"]
    assert earlier.uid in blocks[1][2]["earlier"][1]


def test_a_form_with_a_new_part_is_one_act(desk, analyst):
    facility = factories.make_facility(analyst)
    fill(
        desk,
        page_of(facility, "change"),
        FacilityName,
        {"text": "Sednaya", "kind": "alias"},
        name_en="Saydnaya",
        reason="Page 4.",
    )
    reason, blocks = told(facility, analyst)[-1]
    assert (reason, [block[1] for block in blocks]) == ("Page 4.", ["", "added"])


def test_what_nobody_signed_is_told_too(analyst):
    facility = factories.make_facility(analyst)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_facility SET name_en = 'By hand' WHERE id = %s", [facility.pk])
    page = Client()
    page.force_login(analyst)
    assert "By hand" in page.get(page_of(facility, "history")).content.decode()


def test_of_a_long_text_the_words_that_changed_are_told():
    before = "In the night of the first of May they were taken from the red building and hanged " + "and so on " * 30
    found = words(before, before.replace("first", "second"))
    assert [pair for pair in found if pair[0] != "same"] == [("gone", " first"), ("come", " second")]
    assert sum(len(text) for _, text in found) < len(before) / 2
    assert words("five thousand", "six thousand") == []


def test_a_long_history_is_paged(desk, facility, analyst):
    for number in range(25):
        facility.description_en = f"Version {number}"
        facility.save_by(analyst)
    for number in range(40):
        with acting_as(analyst, f"Change {number}"):
            type(facility).objects.filter(pk=facility.pk).update(name_en=f"No. {number}")
    first, last = (desk.get(page_of(facility, "history"), {"page": page}).content.decode() for page in (1, 99))
    assert "Change 39" in first and "Entered." not in first
    assert "Entered." in last and "Change 39" not in last


# ── by today's levels ──


def test_a_link_to_what_the_reader_may_not_see_looks_like_none(analyst, reviewer):
    place = factories.make_place(reviewer, name_en="Hidden village", sensitivity="restricted")
    with acting_as(reviewer, "Placed."):
        incident = factories.make_incident(reviewer, place=place)
    assert "place" not in told(incident, analyst)[-1][1][0][2]
    assert place.uid in told(incident, reviewer)[-1][1][0][2]["place"][1]


@pytest.mark.parametrize("gone", [False, True])
@pytest.mark.parametrize("level", ["restricted", "sealed"])
def test_a_part_above_the_readers_level_is_not_told_of_even_when_it_is_gone(level, gone, analyst, reviewer):
    facility = factories.make_facility(reviewer)
    with acting_as(reviewer, "A name from the witness."):
        name = FacilityName.objects.create(facility=facility, text="Canary", kind="alias", sensitivity=level)
    if gone:
        with acting_as(reviewer, "Taken back."):
            name.delete()
    assert "Canary" not in str(told(facility, analyst)) and "witness" not in str(told(facility, analyst))
    assert ("Canary" in str(told(facility, reviewer))) == (level == "restricted")
    Grant.objects.create(user=analyst, uid=facility.uid, reason="x", until="2999-01-01", granted_by=reviewer)
    assert ("Canary" in str(told(facility, analyst))) == (level == "restricted")


def test_a_part_that_is_gone_and_joined_something_hidden_is_not_told_of(transactional_db, analyst, reviewer):
    hidden, incident = factories.make_facility(reviewer, sensitivity="restricted"), factories.make_incident(reviewer)
    with acting_as(reviewer, "Joined."):
        link = IncidentFacility.objects.create(incident=incident, facility=hidden)
    with acting_as(reviewer, "Parted."):
        link.delete()
    assert "Parted." not in str(told(incident, analyst))
    assert "Parted." in str(told(incident, reviewer))


# ── two versions ──


def test_any_two_versions_stand_side_by_side(desk, facility):
    page = desk.get(page_of(facility, "compare"), {"from": 4, "to": 1}).content.decode()
    assert re.search(r"<del>First.</del></td>\s*<td[^>]*><ins>Second.</ins>", page)
    assert "Sidnaya" not in page  # it came and went in between
    assert "Sidnaya" in desk.get(page_of(facility, "compare"), {"from": 3, "to": 4}).content.decode()


@pytest.mark.parametrize("asked", ["", "?from=x&to=-1", "?from=99999999999999&to=0", "?from=%00"])
def test_no_question_for_versions_breaks_the_page(asked, desk, facility):
    assert desk.get(page_of(facility, "compare") + asked).status_code == 200


# ── bringing back ──


def test_an_earlier_version_comes_back_as_a_new_change_with_its_parts(desk, facility, analyst):
    before = len(History(facility, analyst).acts)
    assert restore(desk, facility, 2).status_code == 302
    facility.refresh_from_db()
    assert facility.description_en == "First."
    assert [name.text for name in facility.names.all()] == ["Sednaya"]
    acts = told(facility, analyst)
    assert len(acts) == before + 1 and acts[-1][0] == "The source has it so."
    assert (facility.edited_by, facility.version) == (analyst, 3)


def test_a_part_that_was_added_since_goes_and_links_come_back(transactional_db, desk, analyst):
    incident, term = factories.make_incident(analyst), factories.make_term("act", "killed_here")
    with acting_as(analyst, "Linked."):
        incident.violations.add(term)
    with acting_as(analyst, "More."):
        incident.violations.clear()
        IncidentFacility.objects.create(incident=incident, facility=factories.make_facility(analyst))
    assert restore(desk, incident, 2).status_code == 302
    assert list(incident.violations.all()) == [term]
    assert not IncidentFacility.objects.filter(incident=incident).exists()


def test_both_tables_of_a_statement_come_back(transactional_db, desk, analyst):
    with acting_as(analyst, "Entered."):
        estimate = factories.make_estimate(analyst, quotation="Before")
    with acting_as(analyst, "Changed."):
        estimate.quotation, estimate.upper = "After", 20000
        estimate.save_by(analyst)
    assert restore(desk, estimate, 1).status_code == 302
    estimate.refresh_from_db()
    assert (estimate.quotation, estimate.upper) == ("Before", 13000)


def test_a_reason_is_needed(desk, facility):
    assert restore(desk, facility, 1, reason=" ").status_code == 200
    facility.refresh_from_db()
    assert facility.description_en == "Second."


def test_nothing_comes_back_over_a_change_that_was_not_seen(desk, facility, analyst):
    page = desk.get(page_of(facility, "restore", 1)).context["form"]
    seen = {"seen_version": page["seen_version"].value(), "seen_acts": page["seen_acts"].value(), "reason": "x"}
    facility.description_en = "A colleague's."
    facility.save_by(analyst)
    answer = desk.post(page_of(facility, "restore", 1), seen)
    assert "was changed after you opened this page" in answer.content.decode()
    facility.refresh_from_db()
    assert facility.description_en == "A colleague's."


def test_a_closed_record_brings_nothing_back(desk, facility, analyst):
    review.submit(facility, by=analyst)
    answer = desk.post(page_of(facility, "restore", 1), {"reason": "x", "seen_version": facility.version, "seen_acts": 5})
    assert answer.status_code == 302
    facility.refresh_from_db()
    assert facility.description_en == "Second."


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.ADMINISTRATOR, Role.CUSTODIAN])
def test_who_does_not_work_on_records_brings_nothing_back(role, facility):
    client = Client()
    client.force_login(factories.make_user(role))
    client.post(page_of(facility, "restore", 1), {"reason": "x", "seen_version": facility.version, "seen_acts": 4})
    facility.refresh_from_db()
    assert facility.description_en == "Second."


def test_what_breaks_a_rule_of_today_does_not_come_back(desk, analyst):
    one, two = factories.make_place(analyst), factories.make_place(analyst)
    with acting_as(analyst, "Below."):
        one.parent = two
        one.save_by(analyst)
    with acting_as(analyst, "Above."):
        one.parent = None
        one.save_by(analyst)
        two.parent = one
        two.save_by(analyst)
    answer = restore(desk, one, 2)
    assert answer.status_code == 200 and "lead back to the record itself" in answer.content.decode()
    one.refresh_from_db()
    assert one.parent is None


def test_many_links_to_what_the_reader_may_not_see_are_not_told_of(analyst, reviewer):
    hidden = factories.make_party(reviewer, name_en="Hidden party", sensitivity="restricted")
    estimate = factories.make_estimate(reviewer)
    before = told(estimate, analyst)
    estimate.done_by.add(hidden)
    assert told(estimate, analyst) == before
    assert any("Hidden party" in str(blocks) for _, blocks in told(estimate, reviewer))


def test_a_link_to_what_she_may_not_see_does_not_come_back_and_is_not_told_of(desk, analyst, reviewer):
    hidden = factories.make_place(reviewer, name_en="Hidden village", sensitivity="restricted")
    incident = factories.make_incident(analyst, place=hidden, title_en="Before")
    with acting_as(analyst, "Changed."):
        incident.place, incident.title_en = None, "After"
        incident.save_by(analyst)
    made = plan(History(incident, analyst), 1)
    assert [(line.table, now["title_en"], then["title_en"]) for line, now, then in made.rows] == [(Incident, "After", "Before")]
    assert made.rows[0][2]["place_id"] is None and made.kept == []
    assert "Hidden village" not in desk.get(page_of(incident, "restore", 1)).content.decode()
    restore(desk, incident, 1)
    incident.refresh_from_db()
    assert (incident.title_en, incident.place) == ("Before", None)


def test_a_link_of_today_that_she_may_not_see_stays_where_she_sees_no_difference(desk, analyst, reviewer):
    incident = factories.make_incident(analyst, title_en="Before")
    with acting_as(reviewer, "Placed."):
        incident.place = factories.make_place(reviewer, sensitivity="restricted")
        incident.title_en = "After"
        incident.save_by(reviewer)
    place = incident.place
    restore(desk, incident, 1)
    incident.refresh_from_db()
    assert (incident.title_en, incident.place) == ("Before", place)


def test_bringing_back_opens_nothing(desk, analyst):
    incident = factories.make_incident(analyst, title_en="Before")
    Incident.objects.filter(pk=incident.pk).update(sensitivity="restricted")
    with acting_as(analyst, "Changed."):
        incident.refresh_from_db()
        incident.title_en = "After"
        incident.save_by(analyst)
    restore(desk, incident, 1)
    incident.refresh_from_db()
    assert (incident.title_en, incident.sensitivity) == ("Before", "restricted")
