"""`changes/`: what a program that follows it ends up with is what the lists show, for each reader, and no more is told."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from typing import Any

import pgtrigger
import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils.module_loading import import_string

from cases.models import Facility
from hrdocs import changelog, following, review, sealing
from hrdocs.access import Role, Sensitivity, State
from hrdocs.models import News, Release, Seal, Told
from hrdocs.models.worked_out import WorkedOut
from hrdocs.relations import relations
from hrdocs.urls import ENDPOINTS
from hrdocs.wording import our_models
from sources.models import PartyName
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
ADDRESS = "/api/v1/changes/"


@pytest.fixture
def researcher(db):
    return factories.make_user(Role.RESEARCHER)


def client_of(user: Any = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def changes(client: Client, **params: Any) -> dict[str, Any]:
    """All pages of an answer as one."""
    answer = client.get(ADDRESS, params)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    further = told["next"]
    while further:
        page = client.get(further).json()
        assert page["version"] == told["version"]
        told["results"] += page["results"]
        further = page["next"]
    return told


def of(record: Any, told: dict[str, Any]) -> list[str]:
    return [change["change"] for change in told["results"] if change["uid"] == record.uid]


def test_a_record_is_added_corrected_and_retracted(analyst, reviewer):
    facility = factories.make_facility(analyst)
    assert changes(client_of())["results"] == []
    factories.publish(facility, by=reviewer)
    sealing.seal()
    first = changes(client_of())
    (added,) = first["results"]
    assert (added["change"], added["kind"], added["fields"], added["version"]) == ("added", "facilities", [], first["version"])
    assert client_of().get(added["url"]).json()["uid"] == facility.uid
    assert changes(client_of(), since=first["version"])["results"] == []
    with factories.past_the_guard():
        Facility.objects.filter(pk=facility.pk).update(name_en="Sednaya")
        Facility.objects.filter(pk=facility.pk).update(name_ar="صيدنايا")
    (corrected,) = changes(client_of(), since=first["version"])["results"]
    assert (corrected["change"], corrected["fields"], corrected["version"]) == ("corrected", ["name_ar", "name_en"], None)


@pytest.fixture
def act(db):
    """Begin another act: a test is one transaction, and all that happens in it has one moment."""

    def begin() -> None:
        with connection.cursor() as cursor, pgtrigger.ignore("hrdocs.News:stays_as_it_is", "hrdocs.News:is_sealed_once"):
            cursor.execute("UPDATE hrdocs_news SET at = at - interval '1 minute'")

    return begin


def test_a_retraction_is_told_to_who_saw_the_record_and_to_nobody_else(analyst, reviewer, researcher, act):
    seen, registered, hidden = (factories.make_facility(analyst) for _ in range(3))
    factories.publish(seen, by=reviewer)
    factories.publish(registered, by=reviewer, level=Sensitivity.REGISTERED)
    act()
    for record in (seen, registered):
        review.retract(record, by=reviewer, reason="wrong", public_note="Two prisons were taken for one.")
    outside, inside = changes(client_of()), changes(client_of(researcher))
    assert of(seen, outside) == of(seen, inside) == ["added", "retracted"]
    assert of(registered, outside) == [] and of(registered, inside) == ["added", "retracted"]
    assert of(hidden, inside) == []
    gone = next(change for change in outside["results"] if change["change"] == "retracted")
    assert gone["fields"] == []


def test_what_opens_because_its_source_did_is_added_and_closes_with_it(analyst, reviewer, act):
    estimate = factories.make_estimate(analyst)
    source, facility = estimate.source, estimate.about_facility
    factories.publish(source, facility, estimate, by=reviewer)
    act()
    type(source).objects.filter(pk=source.pk).update(sensitivity=Sensitivity.RESTRICTED)
    assert of(estimate, changes(client_of())) == ["added", "withdrawn"]
    act()
    with pgtrigger.ignore("sources.Source:moves_by_decision"):
        type(source).objects.filter(pk=source.pk).update(sensitivity=Sensitivity.PUBLIC)
    assert of(estimate, changes(client_of())) == ["added", "withdrawn", "added"]


def test_a_name_that_comes_or_goes_corrects_its_record_for_who_sees_it(analyst, reviewer, researcher, act):
    party = factories.make_party(analyst)
    factories.publish(party, by=reviewer)
    act()
    with factories.past_the_guard():
        PartyName.objects.create(party=party, text="Justice", sensitivity=Sensitivity.REGISTERED)
        PartyName.objects.create(party=party, text="Hidden", sensitivity=Sensitivity.INTERNAL)
    assert of(party, changes(client_of())) == ["added"]
    told = changes(client_of(researcher))["results"][-1]
    assert (told["change"], told["fields"]) == ("corrected", ["names"])


def test_what_a_reader_is_not_shown_is_no_correction(analyst, reviewer, act):
    place = factories.make_place(analyst)
    facility = factories.make_facility(analyst, place=place, place_shown="country")
    incident = factories.make_incident(analyst, date="2013-01-05", date_shown="month")
    factories.publish(place, facility, incident, by=reviewer)
    other = factories.make_place(analyst, name_en="Homs")
    act()
    with factories.past_the_guard():
        type(incident).objects.filter(pk=incident.pk).update(date="2013-01-06", version=7, edited_by=reviewer)
        Facility.objects.filter(pk=facility.pk).update(place=other, created_by=reviewer)
    told = changes(client_of())
    assert of(incident, told) == ["added"]


def test_what_opened_and_closed_in_one_act_was_never_seen(analyst, reviewer):
    facility = factories.make_facility(analyst)
    factories.publish(facility, by=reviewer)  # the test's own transaction is one act
    Facility.objects.filter(pk=facility.pk).update(sensitivity=Sensitivity.RESTRICTED)
    assert changes(client_of())["results"] == []


def test_files_hold_what_the_pages_hold(analyst, reviewer, act, monkeypatch):
    monkeypatch.setattr(following, "STRETCH", 1)
    for _ in range(3):
        act()
        factories.publish(factories.make_facility(analyst), by=reviewer)
    pages = changes(client_of(), page_size=1)["results"]
    lines = b"".join(client_of().get(f"{ADDRESS}?format=ndjson").streaming_content).decode().splitlines()
    sheet = b"".join(client_of().get(f"{ADDRESS}?format=csv").streaming_content).decode("utf-8-sig")
    assert [line["uid"] for line in map(json.loads, lines)] == [change["uid"] for change in pages]
    assert [row["change"] for row in csv.DictReader(io.StringIO(sheet))] == [change["change"] for change in pages]
    assert len(pages) == 3


@pytest.mark.parametrize(
    ("asked", "named"),
    [("since=99", "since"), ("since=yesterday", "since"), ("until=release-9", "until"), ("kind=publishers", "kind"),
     ("cursor=x", "cursor"), ("page_size=0", "page_size"), ("levle=1", "levle"), ("since=2025-13-01", "since")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_by_name(asked, named):
    answer = client_of().get(f"{ADDRESS}?{asked}")
    assert answer.status_code == 400 and named in answer.json()["errors"]


def test_versions_releases_and_moments_name_a_beginning_and_an_end(analyst, reviewer, act):
    records = []
    for _ in range(3):
        act()
        records.append(factories.make_facility(analyst))
        factories.publish(records[-1], by=reviewer)
        seal = sealing.seal()
    asked = client_of()
    assert [c["uid"] for c in changes(asked, since=seal.number - 1)["results"]] == [records[2].uid]
    assert [c["uid"] for c in changes(asked, until=seal.number - 1)["results"]] == [records[0].uid, records[1].uid]
    # a moment never leaves out what was committed after it
    made = Seal.objects.get(number=seal.number).sealed_at
    assert [c["uid"] for c in changes(asked, since=made.isoformat())["results"]] == [records[2].uid], "never less than was asked"
    assert len(changes(asked, since=(made - dt.timedelta(days=1)).isoformat(), until=made.isoformat())["results"]) == 3
    release = Release(number=1, title="All", description="All", licence="CC", caveats="None", audience=0, asked={}, bytes=1, files=[],
                      version=seal.number - 1, made_by=reviewer, sha256="0" * 64)  # fmt: skip
    release.save()
    assert [c["uid"] for c in changes(asked, since="release-1")["results"]] == [records[2].uid]
    assert changes(asked, kind="parties")["results"] == []


# ── a copy that is kept in step ──


class Mirror:
    """A program that follows `changes/` and asks for each record that they name."""

    def __init__(self, user: Any = None) -> None:
        self.client, self.since, self.held = client_of(user), 0, {}

    def follow(self) -> None:
        told = changes(self.client, since=self.since, page_size=7)
        for kind, uid in {(change["kind"], change["uid"]) for change in told["results"]}:
            answer = self.client.get(f"/api/v1/{kind}/{uid}/")
            if answer.status_code == 200:
                self.held[kind, uid] = answer.json()
            else:
                self.held.pop((kind, uid), None)
        self.since = told["version"]


def shown(user: Any, kinds: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    client = client_of(user)
    return {(kind, row["uid"]): row for kind in kinds for row in client.get(f"/api/v1/{kind}/?page_size=200").json()["results"]}


@pytest.mark.parametrize("seed", range(2))
def test_a_copy_that_follows_is_the_list(seed, analyst, reviewer, researcher, act):
    dice, kinds = random.Random(seed), ["sources", "facilities", "parties", "estimates"]
    mirrors = [(None, Mirror()), (researcher, Mirror(researcher))]
    records = _records(analyst, dice)
    opened = 0
    for step in range(12):
        act()
        for record in dice.sample(records, 3):
            _something_happens(record, dice, reviewer)
        if dice.random() < 0.3:
            sealing.seal()
        for user, mirror in mirrors:
            before = set(mirror.held)
            mirror.follow()
            assert set(mirror.held) == set(shown(user, kinds)), step
            opened += len(set(mirror.held) - before)
            for key, row in shown(user, kinds).items():
                own = {
                    name: row[name] for name in ("edited_at", "state", "sensitivity", "name_en", "title", "names") if name in row
                }
                assert {name: mirror.held[key][name] for name in own} == own, (step, key)
    assert opened > 8


def _records(analyst: Any, dice: random.Random) -> list[Any]:
    sources = [factories.make_source(analyst) for _ in range(3)]
    facilities = [factories.make_facility(analyst) for _ in range(3)]
    parties = [factories.make_party(analyst) for _ in range(3)]
    estimates = [
        factories.make_estimate(analyst, source=dice.choice(sources), about_facility=dice.choice(facilities)) for _ in range(8)
    ]
    return [*sources, *facilities, *parties, *estimates]


def _something_happens(record: Any, dice: random.Random, by: Any) -> None:
    """A record opens, closes, changes or gets a name, in whatever order, as a bulk update would do it."""
    table = record._meta.get_field("state").model
    rows, label = table._base_manager.filter(pk=record.pk), table._meta.label
    with factories.past_the_guard(), pgtrigger.ignore(f"{label}:moves_by_decision"):
        what = dice.choice(["open", "open", "close", "word", "name"])
        if what == "open":
            rows.update(state=State.PUBLISHED, sensitivity=dice.choice([Sensitivity.PUBLIC, Sensitivity.REGISTERED]))
        elif what == "close":
            rows.update(**dice.choice([{"state": State.RETRACTED}, {"sensitivity": Sensitivity.RESTRICTED}]))
        elif what == "name" and hasattr(record, "names"):
            level = dice.choice([Sensitivity.PUBLIC, Sensitivity.REGISTERED, Sensitivity.INTERNAL])
            record.names.create(text=f"Name {dice.random()}", sensitivity=level)
        else:
            field = next(name for name in ("name_en", "title", "quotation") if hasattr(record, name))
            rows.update(**{field: f"Word {dice.random()}"})


def test_everything_that_an_outside_answer_reads_is_watched(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'pgtrigger_news_of_%'")
        watched = {name for (name,) in cursor.fetchall()}
    of_no_page = {"hrdocs_change", "hrdocs_manifest", "hrdocs_release", "hrdocs_redirect", "django_content_type"}
    of_no_page |= {each._meta.db_table for each in our_models() if issubclass(each, WorkedOut)}  # from rows that are watched
    # Terms of data sets and what their sources withdrew, which stand in manifests and on pages and are no news of a record.
    of_no_page |= {each._meta.db_table for each in our_models() if issubclass(each, Told)}
    nothing = {table for table, rows in relations(Sensitivity.REGISTERED) if rows.endswith("WHERE false")}
    assert {table for table, _ in relations(Sensitivity.REGISTERED)} - watched - nothing == of_no_page


def test_news_is_only_added(analyst, reviewer):
    factories.publish(factories.make_facility(analyst), by=reviewer)
    for what in (lambda: News.objects.update(uid="FAC-00000-000000"), lambda: News.objects.all().delete()):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            what()


@pytest.mark.parametrize("kind", sorted({import_string(view).shape.path for view in ENDPOINTS.values()}))
def test_each_list_of_records_is_followed_under_one_name(kind):
    answer = client_of().get(f"{ADDRESS}?kind={kind}")
    followed = {shape.path for shape in changelog.lists().values()}
    assert answer.status_code == (200 if kind in followed else 400)
