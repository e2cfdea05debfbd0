"""What a reader has already is not asked for again, is never stale, and tells nothing of what is hidden."""

from __future__ import annotations

import random

import pgtrigger
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Facility
from hrdocs import erasing, stamps
from hrdocs.access import Role, Sensitivity, State
from hrdocs.erasable import places_of
from hrdocs.models import News, Term
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/api/v1/facilities/"


@pytest.fixture(autouse=True)
def none_kept(monkeypatch):
    monkeypatch.setattr(stamps, "_tags", stamps.Kept(100))
    monkeypatch.setattr(stamps, "_counts", stamps.Kept(100))


@pytest.fixture
def facility(analyst, reviewer):
    made = factories.make_facility(analyst, name_en="Branch 215")
    factories.publish(made, by=reviewer)
    return made


def asked(address: str, etag: str = "", client: Client | None = None):
    with CaptureQueriesContext(connection) as queries:
        answer = (client or Client()).get(address, headers={"If-None-Match": etag} if etag else {})
    return answer, [each["sql"] for each in queries if "cases_facility" in each["sql"]]


@pytest.mark.parametrize("address", [LIST, f"{LIST}?q=Branch&facets=kind&count=exact", "one"])
def test_a_page_that_is_there_already_costs_no_query_for_its_rows(facility, address):
    address = f"{LIST}{facility.uid}/" if address == "one" else address
    first, queries = asked(address)
    assert queries
    for _ in range(10):  # another process of the tests may begin a transaction in between, and then it is asked again
        again, queries = asked(address, first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        if not queries:
            break
    assert queries == []
    assert {name: again[name] for name in ("ETag", "Cache-Control", "Vary")} == {
        name: first[name] for name in ("ETag", "Cache-Control", "Vary")
    }
    assert asked(address, 'W/"x"')[0].status_code == 200


@pytest.mark.parametrize("what", ["edit", "close", "name", "term", "delete"])
def test_what_changed_is_sent_again(facility, analyst, what):
    term = factories.make_term("facility_kind", "prison")
    first, _ = asked(f"{LIST}?facets=kind")
    with factories.past_the_guard(), pgtrigger.ignore("cases.Facility:moves_by_decision"):
        match what:
            case "edit":
                Facility.objects.filter(pk=facility.pk).update(name_en="Branch 227")
            case "close":
                Facility.objects.filter(pk=facility.pk).update(state=State.RETRACTED)
            case "name":
                facility.names.create(text="الفرع")
            case "term":
                Term.objects.filter(pk=term.pk).update(label_en="Jail")
            case "delete":
                Facility.objects.filter(pk=facility.pk).delete()
    _, queries = asked(f"{LIST}?facets=kind", first["ETag"])
    assert queries, "asked of the database, whatever comes of it"


def test_a_hidden_write_leaves_the_stamp_as_it_is(facility, analyst, reviewer):
    before = stamps.now(0)
    hidden = factories.make_facility(analyst)
    registered = factories.make_facility(analyst)
    factories.publish(registered, by=reviewer, level=Sensitivity.REGISTERED)
    Facility.objects.filter(pk=hidden.pk).update(name_en="Hidden")
    with factories.past_the_guard():
        facility.names.create(text="Hidden", sensitivity=Sensitivity.INTERNAL)
    assert stamps.now(0).split()[0] == before.split()[0]
    assert stamps.now(1).split()[0] != before.split()[0]


def test_after_an_erasure_everything_is_counted_anew_though_it_was_no_news_to_the_reader(facility, analyst):
    asked, agrees = factories.make_user(Role.MANAGER), factories.make_user(Role.MANAGER)
    hidden = factories.make_victim(analyst, health="one arm")
    key = [place.key for place in places_of(hidden) if place.field == "health"]
    erasure = erasing.ask(hidden, key, by=asked, ground="request", reason="Asked for.")
    before = stamps.now(0).split()[0]
    erasing.erase(erasure, by=agrees)
    assert stamps.now(0).split()[0] != before


def test_news_of_a_former_server_do_not_hide_those_of_this_one(facility, analyst, reviewer, capsys):
    """As after a dump was loaded into a new server: what it brought has higher numbers than any transaction there."""
    factories.publish(factories.make_facility(analyst), by=reviewer)
    with pgtrigger.ignore("hrdocs.News:stays_as_it_is", "hrdocs.News:is_sealed_once"):
        News.objects.update(act=F("act") + 10**12)
    order = list(News.objects.order_by("act", "id").values_list("id", flat=True))

    def is_noticed() -> bool:
        before = stamps.now(0).split()[0]
        factories.publish(factories.make_facility(analyst), by=reviewer)
        return stamps.now(0).split()[0] != before

    assert not is_noticed()
    call_command("restamp")
    assert is_noticed()
    assert list(News.objects.filter(id__in=order).order_by("act", "id").values_list("id", flat=True)) == order
    call_command("restamp")
    assert "nothing is to be done" in capsys.readouterr().out


def test_who_works_here_is_answered_from_the_rows_each_time(facility, analyst):
    client = Client()
    client.force_login(analyst)
    first, _ = asked(LIST, client=client)
    assert asked(LIST, first["ETag"], client=client)[1]


def test_readers_of_different_levels_do_not_share_a_tag(facility, analyst, reviewer):
    factories.publish(factories.make_facility(analyst), by=reviewer, level=Sensitivity.REGISTERED)
    client = Client()
    client.force_login(factories.make_user(Role.RESEARCHER))
    inside, _ = asked(LIST, client=client)
    outside, _ = asked(LIST)
    assert inside["ETag"] != outside["ETag"]
    assert asked(LIST, inside["ETag"])[0].status_code == 200


def test_what_is_counted_of_a_list_is_counted_once_for_all_readers_of_a_level_until_there_is_news(facility, analyst, reviewer):
    def rows_asked(size: int) -> int:
        return len(asked(f"{LIST}?facets=kind&count=exact&page_size={size}")[1])

    first = rows_asked(1)
    # another process of the tests may begin a transaction in between, and then it is counted again
    assert first - 2 in map(rows_asked, range(2, 12)), "one query each for the count and the facet is spared"
    factories.publish(factories.make_facility(analyst), by=reviewer)
    assert rows_asked(12) == first
    assert Client().get(f"{LIST}?count=exact").json()["count"] == 2


def test_what_is_counted_for_a_higher_level_is_told_to_no_lower_one(facility, analyst, reviewer):
    factories.publish(factories.make_facility(analyst), by=reviewer, level=Sensitivity.REGISTERED)
    clients = [Client(), Client(), Client()]
    clients[1].force_login(factories.make_user(Role.RESEARCHER))
    clients[2].force_login(analyst)
    for _ in range(2):
        for client, number in zip(reversed(clients), (2, 2, 1), strict=True):
            answer = client.get(f"{LIST}?facets=state&count=exact").json()
            assert (answer["count"], sum(cell["count"] for cell in answer["facets"]["state"])) == (number, number)


@pytest.mark.parametrize("seed", range(2))
def test_no_answer_is_ever_stale(seed, analyst, reviewer):
    dice = random.Random(seed)
    facilities = [factories.make_facility(analyst) for _ in range(4)]
    addresses, had = [LIST, f"{LIST}?facets=kind&count=exact", *(f"{LIST}{each.uid}/" for each in facilities)], {}
    for _ in range(25):
        record = dice.choice(facilities)
        rows = Facility.objects.filter(pk=record.pk)
        with factories.past_the_guard(), pgtrigger.ignore("cases.Facility:moves_by_decision"):
            match dice.choice(["open", "close", "edit", "name", "rest"]):
                case "open":
                    rows.update(state=State.PUBLISHED, sensitivity=dice.choice([Sensitivity.PUBLIC, Sensitivity.REGISTERED]))
                case "close":
                    rows.update(state=State.DRAFT)
                case "edit":
                    rows.update(name_ar=str(dice.random()))
                case "name":
                    record.names.create(text=str(dice.random()))
        for address in addresses:
            kept, _ = asked(address, had.get(address, ('"x"', b""))[0])
            fresh = Client().get(address)
            if kept.status_code == 304:
                assert had[address][1] == fresh.content
            if fresh.status_code == 200:
                had[address] = (fresh["ETag"], fresh.content)
        shown = Facility.objects.visible_to(AnonymousUser()).count()
        assert Client().get(f"{LIST}?count=exact&page_size=1").json()["count"] == shown
    assert LIST in had and len(had) > 1


@pytest.mark.django_db(transaction=True)
def test_news_that_is_committed_late_changes_the_stamp_although_later_news_was_there_before():
    """Numbers are given when a row is written, and not when it is committed."""

    def write(cursor: object) -> None:
        cursor.execute(  # type: ignore[attr-defined]
            "INSERT INTO hrdocs_news (uid, part, level, state, changed, act, at)"
            " VALUES ('', '', 0, '', '{}', pg_current_xact_id()::text::bigint, now())"
        )

    slow = connections.create_connection("default")
    try:
        slow.connect()
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            write(cursor)
        with transaction.atomic(), connection.cursor() as cursor:
            write(cursor)
        while_open, seen = stamps.now(0), News.objects.count()
        slow.commit()
        assert News.objects.count() == seen + 1
        assert stamps.now(0) != while_open
    finally:
        slow.close()
