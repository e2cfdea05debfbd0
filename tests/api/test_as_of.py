"""`as_of=`: what lists and records tell of a past moment, what they keep back, and how it is asked and cited."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from typing import Any

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from pyarrow import parquet

from cases.models import Facility, FacilityName, Incident, Statement
from cases.shapes import STATEMENTS
from hrdocs import erasing, fetching, review, sealing
from hrdocs.access import Everybody, Role, Sensitivity
from hrdocs.audit import acting_as
from hrdocs.erasable import places_of
from hrdocs.fetching import statement_of
from hrdocs.models import Grant, Release
from hrdocs.past import INSIDE, schema_for
from hrdocs.readers import reading_as
from hrdocs.shapes import Reader
from hrdocs.urls import ENDPOINTS
from sources.models import SourcePublisher
from tests import factories
from tests.hrdocs.twins import merged
from tests.moments import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
FORMATS = ("csv", "ndjson", "geojson", "xlsx", "parquet", "ftm")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def facility(analyst, reviewer) -> Facility:
    found = factories.make_facility(analyst)
    with acting_as(analyst, "As printed."):
        FacilityName.objects.create(facility=found, text="Sednaya")
    factories.publish(found, by=reviewer)
    return found


def client_of(user: Any = None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def rows(client: Client, name: str, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{name}/", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def problem(name: str, **asked: str) -> str:
    answer = client_of().get(f"/api/v1/{name}/", asked)
    assert answer.status_code == 400, answer.content
    return " ".join(answer.json()["errors"]["as_of"])


def change(record: Any, **fields: Any) -> None:
    """Write what review and the desk would refuse, or take long to do."""
    with factories.past_the_guard(), pgtrigger.ignore(f"{record._meta.label}:moves_by_decision"):
        type(record)._base_manager.filter(pk=record.pk).update(**fields)


def test_values_and_parts_are_those_of_then_and_a_single_record_too(facility, clock):
    before = rows(client_of(), "facilities")
    number = clock.passes()
    change(facility, name_en="Sednaya Prison")
    with factories.past_the_guard():
        FacilityName.objects.create(facility=facility, text="Saydnaya")
        FacilityName.objects.get(text="Sednaya").delete()
    moment = clock.before(number)
    assert rows(client_of(), "facilities", as_of=moment) == before != rows(client_of(), "facilities")
    answer = client_of().get(f"/api/v1/facilities/{facility.uid}/", {"as_of": moment})
    assert answer.json() == before[0]
    assert answer["Memento-Datetime"].endswith("GMT") and answer["ETag"]
    again = client_of().get(f"/api/v1/facilities/{facility.uid}/", {"as_of": moment}, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_filters_searches_and_orders_ask_the_values_of_then(facility, clock, analyst, reviewer):
    prison, branch = (factories.make_term("facility_kind", code) for code in ("prison", "branch"))
    other = factories.make_facility(analyst, name_en="Tadmor", name_ar="", kind=prison)
    factories.publish(other, by=reviewer)
    number = clock.passes()
    change(facility, name_en="Another name", name_ar="")
    change(other, kind=branch)
    asked = {"as_of": clock.before(number)}
    (found,) = rows(client_of(), "facilities", q="Saydnaya Military", **asked)
    assert found["uid"] == facility.uid and rows(client_of(), "facilities", q="Another name", **asked) == []
    assert [row["uid"] for row in rows(client_of(), "facilities", kind="prison", **asked)] == [other.uid]
    told = client_of().get("/api/v1/facilities/", {"facets": "kind", "count": "exact", "ordering": "-edited_at", **asked}).json()
    assert {cell["value"] for cell in told["facets"]["kind"]} == {"prison"} and told["count"] == 2
    assert dt.datetime.fromisoformat(told["as_of"]) == dt.datetime.fromisoformat(asked["as_of"])
    page = client_of().get("/api/v1/facilities/", {"page_size": "1", **asked}).json()
    assert client_of().get(page["next"]).json()["results"][0]["uid"] != page["results"][0]["uid"]


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_holds_the_past_and_its_manifest_says_which(facility, clock, form):
    then = b"".join(client_of().get("/api/v1/facilities/", {"format": form}).streaming_content)
    number = clock.passes()
    change(facility, name_en="Another name")
    moment = clock.before(number)
    answer = client_of().get("/api/v1/facilities/", {"format": form, "as_of": moment})
    past = b"".join(answer.streaming_content)
    if form == "parquet":
        assert parquet.read_table(io.BytesIO(past)).equals(parquet.read_table(io.BytesIO(then)))
    elif form != "xlsx":  # which says when it was taken
        assert past == then
    told = client_of().get(answer["Link"].split(">")[0].removeprefix("<http://testserver")).json()
    assert (told["state"], told["rows"], told["sha256"]) == ("complete", 1, hashlib.sha256(past).hexdigest())
    assert dt.datetime.fromisoformat(told["as_of"]) == dt.datetime.fromisoformat(moment)
    assert moment[:19] in told["cite_as"] and "as it was" in told["cite_as"]


def test_who_was_not_published_then_or_is_not_today_is_not_there(facility, clock, analyst, reviewer):
    later, gone = (factories.make_facility(analyst) for _ in range(2))
    factories.publish(gone, by=reviewer)
    number = clock.passes()
    factories.publish(later, by=reviewer)
    review.retract(gone, by=reviewer, reason="wrong", public_note="Two prisons were taken for one.")
    asked = {"as_of": clock.before(number)}
    assert [row["uid"] for row in rows(client_of(), "facilities", **asked)] == [facility.uid]
    inside = rows(client_of(analyst), "facilities", **asked)
    assert {(row["uid"], row["state"]) for row in inside} == {
        (facility.uid, "published"), (later.uid, "draft"), (gone.uid, "published")}  # fmt: skip
    for hidden in (later, gone):
        assert client_of().get(f"/api/v1/facilities/{hidden.uid}/", asked).status_code == 404


def test_of_days_and_places_the_past_shows_no_more_than_today_and_no_more_than_then(clock, analyst, reviewer):
    narrowed, widened = (factories.make_incident(analyst, date="2013-01-05", date_shown=shown) for shown in ("day", "month"))
    factories.publish(narrowed, widened, by=reviewer)
    number = clock.passes()
    change(narrowed, date_shown="year", date="2013-02-07")
    change(widened, date_shown="day")
    asked = {"as_of": clock.before(number)}
    told = {row["uid"]: row["date"] for row in rows(client_of(), "incidents", **asked)}
    assert told == {narrowed.uid: "2013", widened.uid: "2013-01"}
    found = {row["uid"] for row in rows(client_of(), "incidents", date__within="2013-01", **asked)}
    assert found == {widened.uid}


@pytest.mark.parametrize("model", [Facility, Incident])
def test_of_what_is_shown_of_a_place_the_less_counts(model, clock, analyst, reviewer):
    place = factories.make_place(analyst, latitude="33.66", longitude="36.32", precision="exact", level="settlement")
    record = {Facility: factories.make_facility, Incident: factories.make_incident}[model](
        analyst, place=place, place_shown="exact"
    )
    factories.publish(place, record, by=reviewer)
    number = clock.passes()
    change(record, place_shown="region")
    (told,) = rows(client_of(), "facilities" if model is Facility else "incidents", as_of=clock.before(number))
    assert told["point"] is None or told["point"]["precision"] == "region"


@pytest.mark.parametrize("inside", [False, True], ids=["anybody", "analyst"])
def test_a_box_finds_what_lay_in_it_then(inside, clock, analyst, reviewer):
    place = factories.make_place(analyst, latitude="33.66", longitude="36.32", precision="exact", level="site")
    record = factories.make_incident(analyst, place=place, place_shown="exact")
    factories.publish(place, record, by=reviewer)
    number = clock.passes()
    change(place, latitude="36.20", longitude="37.13")
    client, then, now = client_of(analyst if inside else None), "36,33,37,34", "37,36,38,37"
    for box, past, present in ((then, [record.uid], []), (now, [], [record.uid])):
        assert [row["uid"] for row in rows(client, "incidents", bbox=box, as_of=clock.before(number))] == past
        assert [row["uid"] for row in rows(client, "incidents", bbox=box)] == present
    asked = {"as_of": clock.before(number)}
    cells = client.get("/incidents/points/", asked).json()["cells"]
    assert [(cell["east"], cell["north"]) for cell in cells] == [(36.32, 33.66)]
    for look in ("map", "timeline", "entries"):
        shown = client.get(f"/incidents/{look}/", asked)
        text = b"".join(shown) if shown.streaming else shown.content
        assert shown.status_code == 200 and b"33.66" in text if look == "map" else b"This is the past" in text


def test_a_name_that_was_narrowed_since_is_not_told_and_one_that_was_not_open_then_neither(facility, clock, analyst):
    with factories.past_the_guard():
        FacilityName.objects.create(facility=facility, text="opened later", sensitivity=Sensitivity.INTERNAL)
        FacilityName.objects.create(facility=facility, text="taken away", sensitivity=Sensitivity.PUBLIC)
        FacilityName.objects.create(facility=facility, text="narrowed and taken away", sensitivity=Sensitivity.PUBLIC)
    number = clock.passes()
    with factories.past_the_guard():
        FacilityName.objects.filter(text="Sednaya").update(sensitivity=Sensitivity.RESTRICTED)
        FacilityName.objects.filter(text="opened later").update(sensitivity=Sensitivity.PUBLIC)
        FacilityName.objects.filter(text="narrowed and taken away").update(sensitivity=Sensitivity.INTERNAL)
        FacilityName.objects.filter(text__endswith="taken away").delete()
    (told,) = rows(client_of(), "facilities", as_of=clock.before(number))
    assert [name["text"] for name in told["names"]] == ["taken away"]


def test_a_link_of_then_to_what_is_hidden_today_tells_nothing_of_it(clock, analyst, reviewer):
    source, party, other = factories.make_source(analyst), factories.make_party(analyst), factories.make_party(analyst)
    estimate = factories.make_estimate(analyst, source=source)
    link = SourcePublisher.objects.create(source=source, party=party, role="publisher")
    factories.publish(source, party, other, estimate.about_facility, estimate, by=reviewer)
    number = clock.passes()
    with factories.past_the_guard():
        SourcePublisher.objects.filter(pk=link.pk).update(party=other)
    change(party, sensitivity=Sensitivity.RESTRICTED, name_en="Renamed")
    asked = {"as_of": clock.before(number)}
    for client in (client_of(), client_of(factories.make_user())):
        for name in ("sources", "estimates", "publishers", "parties"):
            assert party.uid not in json.dumps(rows(client, name, **asked)), name
    (row,) = rows(client_of(), "sources", **asked)
    assert row["publishers"] == []


def test_what_was_restricted_then_is_for_those_who_open_it(facility, clock, analyst):
    """To others who work here it is as if it had not been there, and so is all that hung on it."""
    other, granted = factories.make_user(), factories.make_user()
    estimate = factories.make_estimate(analyst, about_facility=facility)
    change(facility, sensitivity=Sensitivity.RESTRICTED)
    Grant.objects.create(
        user=granted,
        uid=facility.uid,
        until=timezone.now().date(),
        reason="To check.",
        granted_by=factories.make_user(Role.MANAGER),
    )
    number = clock.passes()
    change(facility, sensitivity=Sensitivity.INTERNAL)
    asked = {"as_of": clock.before(number)}
    for user, seen in ((analyst, True), (granted, True), (other, False)):
        assert bool(rows(client_of(user), "facilities", **asked)) is seen
        assert bool(rows(client_of(user), "estimates", **asked)) is seen
        assert rows(client_of(user), "estimates")[0]["uid"] == estimate.uid
    change(facility, sensitivity=Sensitivity.SEALED)
    assert rows(client_of(analyst), "facilities", **asked) == []


def test_two_records_that_are_one_today_were_two_then(clock, analyst, reviewer):
    kept, gone = (factories.make_facility(analyst, name_en=name) for name in ("Saydnaya", "Sednaya"))
    factories.publish(kept, by=reviewer)
    factories.publish(gone, by=reviewer, level=Sensitivity.REGISTERED)
    researcher = client_of(factories.make_user(Role.RESEARCHER))
    then = {row["uid"]: row for row in rows(researcher, "facilities")}
    number = clock.passes()
    with factories.past_the_guard():
        merged(kept, gone)
    asked = {"as_of": clock.before(number)}
    change(Facility.objects.get(uid=kept.uid), sensitivity=Sensitivity.PUBLIC, state="published")
    assert {row["uid"]: row for row in rows(researcher, "facilities", **asked)} == then
    assert researcher.get(f"/api/v1/facilities/{gone.uid}/", asked).json() == then[gone.uid]
    assert researcher.get(f"/api/v1/facilities/{gone.uid}/").status_code == 301
    assert [row["uid"] for row in rows(client_of(), "facilities", **asked)] == [kept.uid]
    change(Facility.objects.get(uid=kept.uid), sensitivity=Sensitivity.RESTRICTED)
    assert rows(researcher, "facilities", **asked) == []


def test_what_was_erased_was_never_there(clock, analyst, reviewer):
    facility = factories.make_facility(analyst)
    estimate = factories.make_estimate(analyst, about_facility=facility, quotation="Qanaria the baker saw it")
    factories.publish(estimate.source, facility, estimate, by=reviewer)
    number = clock.passes()
    managers = [factories.make_user(Role.MANAGER) for _ in range(2)]
    asked = erasing.ask(
        estimate, [place.key for place in places_of(estimate)], by=managers[0], ground="request", reason="Asked for."
    )
    erasing.erase(asked, by=managers[1])
    for client in (client_of(), client_of(analyst)):
        for name in ("estimates", "statements"):
            found = rows(client, name, as_of=clock.before(number))
            assert found and "Qanaria" not in json.dumps(found, ensure_ascii=False)
            assert rows(client, name, q="Qanaria", as_of=clock.before(number)) == []


def test_a_version_a_release_and_a_day_name_a_moment(facility, clock, analyst):
    made = sealing.seal()
    assert made is not None
    change(facility, name_en="Later")
    release = Release.objects.create(
        number=1, title="t", description="d", licence="CC0", caveats="c", audience=0, asked=[], version=made.number,
        made_by=analyst, sha256="0" * 64, bytes=1, files=[])  # fmt: skip
    for name in (str(made.number), "release-1"):
        told = client_of().get("/api/v1/facilities/", {"as_of": name})
        assert told.status_code == 200, told.content
        expected = release.made_at if name == "release-1" else dt.datetime.fromisoformat(str(made.sealed_at))
        assert dt.datetime.fromisoformat(told.json()["as_of"]) == expected
    today = timezone.now().date()
    assert "not known" in problem("facilities", as_of=(today - dt.timedelta(days=1)).isoformat())


@pytest.mark.parametrize(("asked", "said"), [
    ("2999-01-01", "still to come"), ("1999-01-01", "not known"), ("0", "not known"), ("7", "no version 7"),
    ("release-99999", "no release"), ("release-1", "no release"), ("yesterday", "Write a version"),
    ("2026-13-45", "Write a version"), ("2026-11-01T10:00:00Z'; RESET ROLE; --", "Write a version"), ("", "Write a version"),
    ("now()", "Write a version"), ("infinity", "Write a version"), ("\x00", "Write a version"), ("9" * 400, "Write a version"),
    ("0001-01-01T00:00:00+14:00", "not known"), ("٢٠١٦-١١-٠١", "not known"),
])  # fmt: skip
def test_what_is_no_past_moment_is_refused_with_what_to_write(facility, asked, said):
    assert said in problem("facilities", as_of=asked)


def test_a_moment_is_given_once(facility):
    answer = client_of().get("/api/v1/facilities/?as_of=2026-01-01&as_of=2026-01-02")
    assert answer.status_code == 400


def test_nothing_is_known_where_nothing_was_ever_open(analyst):
    factories.make_facility(analyst)
    assert "not yet" in problem("facilities", as_of=timezone.now().isoformat())


@pytest.mark.parametrize("address", ["vocabularies/", "changes/", "facilities/{uid}/comparison/", "facilities/{uid}/report/?format=pdf",
                                     "releases/", "exports/EXP-1/"])  # fmt: skip
def test_what_knows_no_past_says_so(facility, address):
    address = f"/api/v1/{address.format(uid=facility.uid)}"
    answer = client_of().get(f"{address}{'&' if '?' in address else '?'}as_of={timezone.now():%Y-%m-%dT%H:%M:%SZ}")
    assert answer.status_code == 400 and "as_of" in answer.json()["errors"], answer.content


@pytest.mark.parametrize("asked", [{"drift": "any"}, {"severity": "material"}, {"any": "drift=none"}, {"facets": "drift"},
                                   {"fields": "drift"}])  # fmt: skip
def test_what_the_program_works_out_and_does_not_keep_is_refused_by_name(facility, clock, asked):
    answer = client_of().get("/api/v1/estimates/", {**asked, "as_of": clock.before(clock.passes())})
    assert answer.status_code == 400 and asked.keys() == answer.json()["errors"].keys()


def test_a_running_count_is_found_by_the_day_that_it_counts_to(analyst, reviewer):
    estimate = factories.make_estimate(analyst, measure="cumulative", as_of="2014-03-05")
    factories.publish(estimate.source, estimate.about_facility, estimate, by=reviewer)
    assert [row["as_of"] for row in rows(client_of(), "estimates", counted_as_of="2014-03")] == ["2014-03-05"]
    assert rows(client_of(), "estimates", counted_as_of="2015") == []


@pytest.mark.parametrize("role", ["anonymous", Role.RESEARCHER, Role.ANALYST])
def test_without_a_moment_the_relations_over_history_answer_nothing(people, role):
    schema = schema_for(people[role])
    with pytest.raises(DatabaseError, match=r"hrdocs.as_of|invalid input syntax"), transaction.atomic(), reading_as(people[role]):
        connection.cursor().execute(f"SELECT count(*) FROM {schema}.cases_facility")


def test_readers_from_outside_have_no_right_to_history_or_to_the_past_of_others(people):
    moment = timezone.now()
    for forbidden in ("public.cases_facilityevent", f"{INSIDE}.cases_facility", "hrdocs_readers_registered_past.cases_facility"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            reading_as(people["anonymous"], moment),
        ):
            connection.cursor().execute(f"SELECT count(*) FROM {forbidden}")


def test_every_list_of_records_can_be_asked_for_the_past(facility, clock):
    asked = {"as_of": clock.before(clock.passes()), "count": "exact"}
    for name in ENDPOINTS.keys() - {"vocabularies"}:
        assert client_of().get(f"/api/v1/{name}/", asked).status_code == 200, name


def test_of_the_past_a_large_list_is_counted_as_far_as_a_page_has_time(clock, analyst, reviewer, monkeypatch):
    factories.publish(*(factories.make_facility(analyst) for _ in range(3)), by=reviewer)
    asked = {"as_of": clock.before(clock.passes()), "count": "exact", "facets": "state", "page_size": 1}
    told = client_of(analyst).get("/api/v1/facilities/", asked).json()
    assert (told["count"], told["count_is"]) == (3, "exact")
    assert [cell["count"] for cell in told["facets"]["state"]] == [3] and "facets_are" not in told
    monkeypatch.setattr("hrdocs.paging.COUNTED_THEN", 2)
    told = client_of(analyst).get("/api/v1/facilities/", {**asked, "page_size": 2}).json()
    assert (told["count"], told["count_is"], told["facets_are"]) == (2, "at_least", "at_least")
    assert [cell["count"] for cell in told["facets"]["state"]] == [2]


def test_a_page_says_of_how_many_rows_of_the_past_it_counts_the_values(clock, analyst, reviewer, monkeypatch):
    factories.publish(*(factories.make_facility(analyst) for _ in range(3)), by=reviewer)
    asked = {"as_of": clock.before(clock.passes()), "facets": "state"}
    for most, said in ((2, True), (3, False)):
        monkeypatch.setattr("hrdocs.paging.COUNTED_THEN", most)
        page = client_of().get("/facilities/", {**asked, "page_size": most}).content.decode()
        assert ("Counted among 2 of these rows" in page) is said, most
        asked["state"] = "published"  # another question: what was counted is kept


def test_the_page_of_a_list_says_that_it_shows_the_past(facility, clock):
    number = clock.passes()
    change(facility, name_en="Another name", name_ar="اسم آخر")
    asked = {"as_of": clock.before(number)}
    page = client_of().get("/facilities/", asked).content.decode()
    assert "This is the past" in page and "Saydnaya Military Prison" in page and "Another name" not in page
    today = client_of().get("/facilities/").content.decode()
    assert "This is the past" not in today and 'name="as_of"' in today
    assert 'name="as_of"' not in client_of().get("/vocabularies/").content.decode()
    refused = client_of().get("/facilities/", {"as_of": "2999-01-01"})
    assert refused.status_code == 400 and "still to come" in refused.content.decode()


def test_a_page_of_the_past_reads_of_history_what_is_on_it_and_no_more(analyst, reviewer, clock):
    facility = factories.make_facility(analyst)
    factories.publish(facility, by=reviewer)
    for _ in range(6):
        said, answered = factories.make_source(analyst, licence="CC0"), factories.make_source(analyst, licence="CC0")
        estimate = factories.make_estimate(analyst, about_facility=facility, source=said)
        answer = factories.make_response(analyst, about_statement=estimate, source=answered)
        factories.publish(said, answered, estimate, answer, by=reviewer)
    _as_many_more("sources_sourceevent", 5_000)
    number = clock.passes()
    moment = dt.datetime.fromisoformat(clock.before(number))
    for user in (Everybody(Sensitivity.PUBLIC), analyst):
        told = Reader(user, "http://testserver", as_of=moment)
        with transaction.atomic(), reading_as(user, moment):
            keys = list(Statement.objects.visible_to(user).values_list("pk", flat=True))
            sql, _ = statement_of(STATEMENTS, fetching._like(told))
            assert len(keys) == 12
            assert _read(sql.replace("$1", f"'{{{','.join(map(str, keys))}}}'"), "sources_sourceevent") < 5_000, user


def _as_many_more(table: str, rows: int) -> None:
    """History of records that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'", [table]
        )
        columns = ", ".join(name for (name,) in cursor.fetchall() if name not in ("pgh_id", "pgh_obj_id", "uid"))
        cursor.execute(f"""INSERT INTO {table} (pgh_obj_id, uid, {columns}) SELECT -n, 'SRC-' || n, {columns}
                           FROM (SELECT * FROM {table} LIMIT 1) e, generate_series(1, {rows}) n; ANALYZE {table}""")


def _read(sql: str, table: str) -> float:
    """How many rows of a table a query reads."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        plans, found = [cursor.fetchone()[0][0]["Plan"]], 0.0
    while plans:
        plan = plans.pop()
        plans += plan.get("Plans", ())
        found += plan["Actual Rows"] * plan["Actual Loops"] if plan.get("Relation Name") == table else 0
    return found
