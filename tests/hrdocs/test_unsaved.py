"""What is typed and not saved: kept for her who typed it, had back on the same form, gone once it is saved."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.models import Incident
from hrdocs.models import Unsaved, User
from tests import factories
from tests.hrdocs.forms import entries_of, filled, page_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
ADD = "/admin/cases/incident/add/"


@pytest.fixture
def desk(analyst: User) -> Client:
    return signed_in(analyst)


def type_into(desk: Client, address: str, page: str = "p1", **changed: Any) -> dict[str, list[str]]:
    """Type into a form, as far as its script has sent it to be kept; what would be sent to save it."""
    standing = filled(entries_of(desk.get(address)), **changed, typed_on=page)
    entries = [[name, text] for name, texts in standing.items() for text in texts]
    answer = desk.post("/admin/unsaved/", json.dumps({"address": address, "page": page, "entries": entries}), "application/json")
    assert answer.status_code == 204, answer.content
    return standing


def test_what_was_typed_is_offered_on_the_same_form_and_stands_there_again(desk):
    type_into(desk, ADD, title_en="Hangings at night", narrative_en="An hour of typing.", date="early March 2012")
    html = desk.get(ADD).content.decode()
    assert "You typed here at" in html and "An hour of typing." not in html
    assert "You typed here at" not in desk.get("/admin/cases/facility/add/").content.decode()
    back = desk.get(ADD, {"restore": "p1"})
    html = back.content.decode()
    assert "It is not saved yet" in html and "You typed here at" not in html
    entries = entries_of(back)
    assert (entries["title_en"], entries["narrative_en"], entries["date"]) == (
        ["Hangings at night"], ["An hour of typing."], ["early March 2012"],
    )  # fmt: skip
    assert entries["typed_on"] == ["p1"]
    assert Incident.objects.count() == 0


def test_what_was_restored_is_saved_like_anything_else_and_is_kept_no_longer(desk):
    type_into(desk, ADD, title_en="Hangings at night")
    assert desk.post(ADD, entries_of(desk.get(ADD, {"restore": "p1"}))).status_code == 302
    assert Incident.objects.get().title_en == "Hangings at night"
    assert not Unsaved.objects.exists()


def test_a_form_that_is_refused_stays_kept_until_it_is_saved(desk):
    standing = type_into(desk, ADD, title_en="")
    assert desk.post(ADD, standing).status_code == 200
    assert Unsaved.objects.count() == 1
    assert desk.post(ADD, {**standing, "title_en": "Hangings"}).status_code == 302
    assert not Unsaved.objects.exists()


def test_restoring_writes_nothing_and_overwrites_no_colleague(desk, analyst):
    incident = factories.make_incident(analyst, title_en="Hangings")
    standing = type_into(desk, page_of(incident), title_en="Hangings at night")
    Incident.objects.get().save_by(factories.make_user())
    desk.get(page_of(incident), {"restore": "p1"})
    assert Incident.objects.get().title_en == "Hangings"
    assert "nothing is saved yet" in desk.post(page_of(incident), standing).content.decode()
    assert Incident.objects.get().title_en == "Hangings"


def test_two_windows_on_one_form_are_kept_apart(desk):
    type_into(desk, ADD, "p1", title_en="One")
    standing = type_into(desk, ADD, "p2", title_en="Two")
    desk.post(ADD, standing)
    assert [kept.page for kept in Unsaved.objects.all()] == ["p1"]


def test_nobody_reads_or_discards_what_another_typed(desk, analyst):
    type_into(desk, ADD, title_en="Mine alone")
    other = signed_in(factories.make_user("manager"))
    assert "You typed here" not in other.get(ADD).content.decode()
    assert "Mine alone" not in other.get(ADD, {"restore": "p1"}).content.decode()
    other.post("/admin/unsaved/discard/", {"discard": "p1"})
    type_into(other, ADD, "p1", title_en="Theirs")
    assert {kept.user: dict(kept.entries)["title_en"] for kept in Unsaved.objects.all()}[analyst] == "Mine alone"


def test_it_can_be_discarded(desk):
    type_into(desk, ADD, title_en="No")
    assert desk.post("/admin/unsaved/discard/", {"discard": "p1"})["Location"] == ADD
    assert not Unsaved.objects.exists()
    assert desk.post("/admin/unsaved/discard/", {"discard": "p1"})["Location"] == "/admin/"


def test_after_a_month_it_goes(desk, analyst):
    type_into(desk, ADD, "old", title_en="Long ago")
    Unsaved.objects.update(at=timezone.now() - dt.timedelta(days=31))
    type_into(desk, ADD, "new", title_en="Now")
    assert [kept.page for kept in Unsaved.objects.all()] == ["new"]


def test_passwords_and_tokens_are_never_kept(desk):
    entries = [["password1", "a secret"], ["csrfmiddlewaretoken", "x"], ["title_en", "y"]]
    sent = {"address": ADD, "page": "p", "entries": entries}
    desk.post("/admin/unsaved/", json.dumps(sent), "application/json")
    assert Unsaved.objects.get().entries == [["title_en", "y"]]


@pytest.mark.parametrize(
    "sent",
    [b"", b"no json", b"[]", b'{"address": "/admin/"}', b'{"address": "https://x.example/admin/", "page": "p", "entries": []}',
     b'{"address": "/sign-in/", "page": "p", "entries": []}', b'{"address": "/admin/", "page": "", "entries": []}',
     b'{"address": "/admin/", "page": "p", "entries": [1]}', b'{"address": "/admin/", "page": "p", "entries": [["a", "' + b"x" * 1_000_001 + b'"]]}'],
    ids=lambda sent: sent[:60].decode(),
)  # fmt: skip
def test_what_is_no_form_of_the_desk_is_not_kept(desk, sent):
    assert desk.post("/admin/unsaved/", sent, "application/json").status_code == 400
    assert not Unsaved.objects.exists()


def test_only_who_works_on_records_keeps_anything(people):
    sent = json.dumps({"address": ADD, "page": "p", "entries": []})
    for role, status in [("administrator", 403), ("researcher", 302), ("analyst", 204)]:
        assert signed_in(people[role]).post("/admin/unsaved/", sent, "application/json").status_code == status, role
    assert Client().post("/admin/unsaved/", sent, "application/json").status_code == 302


def test_the_screen_for_a_source_and_what_it_says_is_kept_too(desk, analyst):
    screen = "/admin/cases/statement/entering/"
    prison = factories.make_facility(analyst)
    entries = [["new-title", "Special briefing"], ["block", "3"], ["b3-kind", "estimate"], ["b3-value_text", "dozens"],
               ["b3-about_facility", str(prison.pk)],
               *([f"b3-{name}-{count}", "0"] for name in ("quoted", "passes") for count in ("TOTAL_FORMS", "INITIAL_FORMS"))]  # fmt: skip
    sent = {"address": screen, "page": "p1", "entries": entries}
    assert desk.post("/admin/unsaved/", json.dumps(sent), "application/json").status_code == 204
    assert "You typed here at" in desk.get(screen).content.decode()
    html = desk.get(screen, {"restore": "p1"}).content.decode()
    assert 'value="Special briefing"' in html and 'value="dozens"' in html and "It is not saved yet" in html
    assert f'<option value="{prison.pk}" selected>' in html
