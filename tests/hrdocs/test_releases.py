"""Releases: one file with all that a stranger needs, the same bytes for the same data, never changed, only withdrawn."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.test import Client

from hrdocs import releases, tokens
from hrdocs.access import Role, Sensitivity
from hrdocs.models import Release, Scope
from hrdocs.refusal import Refused
from hrdocs.releasing import store
from hrdocs.releasing.making import exports, named, write
from hrdocs.sealing import seal
from tests import factories
from tests.hrdocs.forms import signed_in
from tests.hrdocs.test_access import put

pytestmark = pytest.mark.django_db
PUBLIC, REGISTERED = Sensitivity.PUBLIC, Sensitivity.REGISTERED
SAID = {"title": "Saydnaya, figures", "description": "What is said of numbers.", "licence": "CC-BY-4.0",
        "caveats": "Do not add them up."}  # fmt: skip


@pytest.fixture(autouse=True)
def kept_apart(settings, tmp_path):
    settings.RELEASES_ROOT = str(tmp_path / "releases")


@pytest.fixture
def manager(db):
    return factories.make_user(Role.MANAGER)


@pytest.fixture
def facilities(alone, analyst) -> dict[str, Any]:
    """A facility of each level that readers see, and one that none does."""
    found = {}
    for level in (PUBLIC, REGISTERED, Sensitivity.INTERNAL):
        found[level] = factories.make_facility(analyst, name_en=f"Prison, {level}")
        put(found[level], "published", level)
    return found


def made(manager: Any, audience: Sensitivity = PUBLIC, **asked: str) -> Release:
    return releases.make(by=manager, audience=audience, asked=asked or {"facilities": "", "places": ""}, **SAID)


def opened(release: Release) -> dict[str, bytes]:
    with zipfile.ZipFile(store.whole(release.sha256)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def download(client: Client, number: int = 1) -> Any:
    return client.get(f"/api/v1/releases/{number}/download/")


def test_a_release_holds_the_lists_in_three_formats_for_its_audience_alone(facilities, manager):
    seal()
    held = opened(made(manager))
    assert [name for name in held if name.startswith("data/")] == [
        f"data/{name}.{ending}" for name in ("facilities", "places") for ending in ("csv", "ndjson", "parquet")
    ]
    uid = facilities[PUBLIC].uid
    rows = csv.DictReader(io.StringIO(held["data/facilities.csv"].decode("utf-8-sig")))
    assert [row["uid"] for row in rows] == [uid]
    assert [json.loads(line)["uid"] for line in held["data/facilities.ndjson"].splitlines()] == [uid]
    assert pq.read_table(io.BytesIO(held["data/facilities.parquet"]))["uid"].to_pylist() == [uid]
    assert b"Prison, registered" not in b"".join(held.values()) and b"Prison, internal" not in b"".join(held.values())
    assert b"Prison, registered" in opened(made(manager, REGISTERED))["data/facilities.ndjson"]


def test_duckdb_reads_the_parquet_of_a_release_as_it_is(facilities, manager, analyst, tmp_path):
    wing = factories.make_facility(analyst, name_en="A wing", parent=facilities[PUBLIC])
    for record in (wing, factories.make_place(analyst, name_en="Saydnaya")):
        put(record, "published", PUBLIC)
    with zipfile.ZipFile(store.whole(made(manager).sha256)) as archive:
        archive.extractall(tmp_path)
    with duckdb.connect() as session:
        session.sql(f"CREATE VIEW facilities AS FROM '{tmp_path}/data/facilities.parquet'")
        kinds = {name: kind for name, kind, *_ in session.sql("DESCRIBE facilities").fetchall()}
        assert (kinds["uid"], kinds["edited_at"]) == ("VARCHAR", "TIMESTAMP WITH TIME ZONE")
        within = 'SELECT f.uid, p.name_en FROM facilities f JOIN facilities p ON p.uid = f."parent.uid"'
        assert session.sql(within).fetchall() == [(wing.uid, "Prison, public")]
        everything = f"SELECT count(*) FROM read_parquet('{tmp_path}/data/*.parquet', union_by_name = true)"
        assert session.sql(everything).fetchall() == [(3,)]


def test_a_release_is_laid_out_by_year_as_engines_read_it(facilities, manager, analyst, tmp_path, capsys):
    days = ["2012-03", "2012/2014", "2013-05-12", ""]
    for day in days:
        put(factories.make_incident(analyst, date=day), "published", PUBLIC)
    number, lake = made(manager, incidents="", facilities="").number, tmp_path / "lake"
    call_command("lay_out_release", number, into=lake)
    assert capsys.readouterr().out.splitlines() == ["facilities: 1 rows", "incidents: 4 rows"]
    assert {folder.name for folder in (lake / "incidents").iterdir()} == {
        "year=2012",
        "year=2013",
        "year=__HIVE_DEFAULT_PARTITION__",
    }
    with duckdb.connect() as session:
        told = f"FROM read_parquet('{lake}/incidents/*/*.parquet', hive_partitioning = true)"
        assert session.sql(f"SELECT year, count(*) {told} GROUP BY 1 ORDER BY 1").fetchall() == [(2012, 2), (2013, 1), (None, 1)]
        assert session.sql(f"SELECT date {told} WHERE year = 2013").fetchall() == [("2013-05-12",)]
    with pytest.raises(CommandError, match="not empty"):
        call_command("lay_out_release", number, into=lake)
    releases.withdraw(Release.objects.get(), by=manager, why="x")
    with pytest.raises(CommandError, match="withdrawn"):
        call_command("lay_out_release", number, into=tmp_path / "other")


def test_a_filter_narrows_a_release_and_a_wrong_one_makes_none(facilities, manager):
    assert opened(made(manager, facilities="q=nowhere at all"))["data/facilities.ndjson"] == b""
    for asked in ({"facilities": "colour=red"}, {"nosuch": ""}, {"facilities": "created_by=somebody"}):
        with pytest.raises(Refused):
            made(manager, **asked)
    assert Release.objects.count() == 1


def test_checksums_hold_and_say_everything_but_themselves(facilities, manager):
    release = made(manager)
    held = opened(release)
    listed = dict(reversed(line.split("  ")) for line in held.pop("SHA256SUMS").decode().splitlines())
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in held.items()}
    assert {file["path"]: file["sha256"] for file in release.files} == listed


def test_a_release_reads_as_its_row_says(facilities, manager):
    number = seal().number
    held = opened(made(manager))
    readme = held["README.md"].decode()
    for words in (SAID["title"], SAID["caveats"], SAID["licence"], "Release 1", f"Version {number}", "/api/v1/releases/1/"):
        assert words in readme
    dictionary = list(csv.DictReader(io.StringIO(held["data-dictionary.csv"].decode())))
    header = next(csv.reader(io.StringIO(held["data/facilities.csv"].decode("utf-8-sig"))))
    assert [row["column"] for row in dictionary if row["file"] == "data/facilities.csv"] == header
    assert all(row["meaning"] for row in dictionary)


def test_the_data_package_is_one_by_the_rules_of_frictionless(facilities, manager):
    held = opened(made(manager))
    package = json.loads(held["datapackage.json"])
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"]) and package["resources"] and package["profile"] == "data-package"
    assert all(re.fullmatch(r"[-a-zA-Z0-9._]+", each["name"]) for each in package["licenses"])
    for resource in package["resources"]:
        content = held[resource["path"]]
        assert (resource["bytes"], resource["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")
        assert re.fullmatch(r"[-a-z0-9._/]+", resource["name"]) and not resource["path"].startswith(("/", "."))
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == next(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert {field["type"] for field in fields} <= {"string", "number", "integer", "boolean", "date", "datetime"}
        assert resource["schema"]["primaryKey"] in {field["name"] for field in fields}


def test_the_crate_is_one_by_the_rules_of_ro_crate(facilities, manager):
    release = made(manager)
    held = opened(release)
    crate = json.loads(held["ro-crate-metadata.json"])
    assert crate["@context"] == "https://w3id.org/ro/crate/1.1/context"
    known = {each["@id"]: each for each in crate["@graph"]}
    assert len(known) == len(crate["@graph"]) and all("@type" in each for each in known.values())
    descriptor, root = known["ro-crate-metadata.json"], known["./"]
    assert descriptor["about"] == {"@id": "./"} and descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["@type"] == "Dataset"
    assert all(root[name] for name in ("name", "description", "datePublished", "license"))
    assert {part["@id"] for part in root["hasPart"]} == {name for name in held if name.startswith("data/")}
    pointers = [value["@id"] for each in known.values() for value in each.values() if isinstance(value, dict)]
    assert [each for each in pointers if each not in known and not each.startswith("https://")] == []


def test_the_same_data_make_the_same_bytes(facilities, manager, tmp_path):
    release = made(manager, places="", facilities="", vocabularies="")
    release.refresh_from_db()
    about = named(release, "hrdocs", "http://localhost:8000")
    again = tmp_path / "again.zip"
    write(again, about, exports(release.asked, PUBLIC, "http://localhost:8000"))
    assert store.sum_of(again) == release.sha256


@pytest.mark.parametrize("change", [{"title": "Another"}, {"sha256": "0" * 64}, {"files": []}, {"audience": 1}, {"number": 9}])
def test_the_database_lets_no_release_be_changed_or_deleted(facilities, manager, change):
    release = made(manager)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(**change)
    with pytest.raises(ProgrammingError, match="Cannot delete"), transaction.atomic():
        Release.objects.filter(pk=release.pk).delete()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
def test_only_a_manager_makes_and_withdraws_releases(facilities, manager, people, role):
    with pytest.raises(Refused, match="A manager"):
        made(people[role])
    with pytest.raises(Refused, match="A manager"):
        releases.withdraw(made(manager), by=people[role], why="x")


def test_everybody_reads_a_public_release_and_downloads_what_was_stored(facilities, manager):
    release = made(manager)
    assert [each["number"] for each in Client().get("/api/v1/releases/").json()["results"]] == [1]
    told = Client().get("/api/v1/releases/1/").json()
    assert (told["title"], told["sha256"], told["withdrawn"]) == (SAID["title"], release.sha256, None)
    assert release.sha256 in told["cite_as"] and told["url"] in told["cite_as"]
    answer = Client().get(told["download"])
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/zip"
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (told["sha256"], told["bytes"])


def test_a_release_for_registered_researchers_is_not_there_for_others(facilities, manager, people):
    made(manager, REGISTERED)
    for more in ("", "download/"):
        hidden, never = (Client().get(f"/api/v1/releases/{number}/{more}") for number in (1, 7))
        assert (hidden.status_code, hidden.content) == (404, never.content)
    assert Client().get("/api/v1/releases/").json() == {"results": []}
    assert download(signed_in(people[Role.RESEARCHER])).status_code == 200


def test_a_token_needs_the_scope_for_files(facilities, manager, people):
    made(manager)
    for scopes, status in (([], 403), ([Scope.EXPORT], 200)):
        key = tokens.make(people[Role.RESEARCHER], "notebook", scopes, 7)[1]
        assert download(Client(headers={"Authorization": f"Bearer {key}"})).status_code == status


def test_a_file_that_was_changed_or_lost_is_not_given_out(facilities, manager):
    place = store.place_of(made(manager).sha256)
    place.chmod(0o600)
    place.write_bytes(place.read_bytes()[:-1] + b"x")
    client = Client(raise_request_exception=False)
    assert download(client).status_code == 500
    place.unlink()
    assert download(client).status_code == 500


def test_a_withdrawn_release_stays_citeable_and_its_file_is_gone(facilities, manager, django_capture_on_commit_callbacks):
    release = made(manager)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("withdraw_release", "1", by=manager.username, why="A name stood in it.")
    assert not store.place_of(release.sha256).exists()
    answer = download(Client())
    assert answer.status_code == 410 and "A name stood in it." in answer.json()["title"]
    told = Client().get("/api/v1/releases/1/").json()
    assert told["withdrawn"]["why"] == "A name stood in it." and told["sha256"] == release.sha256 and told["download"] is None
    with pytest.raises(CommandError, match="already"):
        call_command("withdraw_release", "1", by=manager.username, why="Again.")
    assert made(manager).number == 2


def test_erasing_withdraws_the_releases_that_hold_the_record(facilities, manager, analyst, django_capture_on_commit_callbacks):
    with_it, without = made(manager), made(manager, places="")
    with django_capture_on_commit_callbacks(execute=True):
        assert releases.withdraw_what_holds(facilities[REGISTERED], by=analyst) == []
        assert releases.withdraw_what_holds(facilities[PUBLIC], by=analyst) == [with_it]
    assert not store.place_of(with_it.sha256).exists() and store.whole(without.sha256)
    assert Client().get("/api/v1/releases/1/").json()["withdrawn"]["why"].startswith("Something that it held was erased")


def test_a_release_is_made_by_command(facilities, manager, capsys):
    taking = ["--take", "facilities?q=prison", "--take", "places"]
    call_command("make_release", *taking, by=manager.username, **SAID)
    release = Release.objects.get()
    assert release.asked == {"facilities": "q=prison", "places": ""} and release.sha256 in capsys.readouterr().out
    assert Path(store.place_of(release.sha256)).stat().st_mode & 0o077 == 0
    with pytest.raises(CommandError, match="colour"):
        call_command("make_release", by=manager.username, take=["facilities?colour=red"], **SAID)


def test_the_page_of_a_release_says_how_to_cite_it_and_why_it_was_withdrawn(facilities, manager):
    release = made(manager)
    made(manager, REGISTERED)
    assert SAID["title"] in Client().get("/releases/").content.decode()
    page = Client().get("/releases/1/").content.decode()
    for words in (SAID["caveats"], SAID["licence"], release.sha256, "/api/v1/releases/1/download/", "data/facilities.csv"):
        assert words in page
    assert Client().get("/releases/2/").status_code == Client().get("/releases/9/").status_code == 404
    releases.withdraw(release, by=manager, why="A name stood in it.")
    page = Client().get("/releases/1/").content.decode()
    assert "A name stood in it." in page and release.sha256 in page and "download" not in page


@pytest.mark.parametrize(("asked", "start", "end"), [("bytes=0-99", 0, 100), ("bytes=100-", 100, None), ("bytes=-50", -50, None)])
def test_a_download_that_broke_off_goes_on_where_it_ended(asked, start, end, facilities, manager):
    whole = b"".join(download(Client(), made(manager).number).streaming_content)
    answer = Client().get("/api/v1/releases/1/download/", headers={"Range": asked})
    part = b"".join(answer.streaming_content)
    assert (answer.status_code, part) == (206, whole[start:end])
    assert answer["Content-Length"] == str(len(part)) and answer["Content-Range"].endswith(f"/{len(whole)}")
    assert answer["ETag"] == f'"{Release.objects.get().sha256}"'


@pytest.mark.parametrize(("asked", "status"), [("bytes=99999999-", 416), ("lines=1-2", 200), ("bytes=0-1,5-6", 200)])
def test_a_part_that_there_is_not_is_refused_and_what_is_no_range_is_not_heard(asked, status, facilities, manager):
    made(manager)
    assert Client().get("/api/v1/releases/1/download/", headers={"Range": asked}).status_code == status


# ── from the desk ──

MAKE = "/admin/hrdocs/release/make/"
FORM = {**SAID, "audience": "public", "lists": "facilities?name_en=public\nhttp://testserver/places/?q=x"}


def test_a_manager_sees_what_a_release_would_hold_makes_it_and_withdraws_it_at_the_desk(facilities, manager):
    client = signed_in(manager)
    page = client.post(MAKE, FORM).content.decode()
    assert "facilities</code>: 1" in page and "places</code>: 0" in page
    assert not Release.objects.exists()
    answer = client.post(MAKE, {**FORM, "make": "1"})
    release = Release.objects.get()
    assert answer["Location"] == f"/admin/hrdocs/release/{release.pk}/change/"
    assert (release.made_by, release.asked) == (manager, {"facilities": "name_en=public", "places": "q=x"})
    withdraw = f"/admin/hrdocs/release/{release.pk}/withdraw/"
    assert withdraw in client.get(answer["Location"]).content.decode()
    assert "field is required" in client.post(withdraw, {"why": ""}).content.decode()
    client.post(withdraw, {"why": "A name was in it."})
    release.refresh_from_db()
    assert release.withdrawn_why == "A name was in it."
    assert "withdrawn already" in client.post(withdraw, {"why": "Again."}).content.decode()


@pytest.mark.parametrize(("changed", "said"), [
    ({"lists": "nolist?x=1"}, "There is no list"), ({"lists": "facilities?colour=red"}, "colour"),
    ({"lists": "facilities\nfacilities?q=x"}, "named twice"), ({"title": ""}, "required"), ({"audience": "internal"}, "valid choice"),
])  # fmt: skip
def test_the_form_says_what_is_wrong_and_makes_nothing(changed, said, facilities, manager):
    assert said in signed_in(manager).post(MAKE, {**FORM, **changed, "make": "1"}).content.decode()
    assert not Release.objects.exists()


def test_what_is_too_large_for_a_page_is_left_to_the_command(facilities, manager, monkeypatch):
    monkeypatch.setattr("hrdocs.admin.releases.MOST_ROWS", 0)
    page = signed_in(manager).post(MAKE, {**FORM, "make": "1"}).content.decode()
    assert "make_release" in page and 'name="make"' not in page
    assert not Release.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.MANAGER])
def test_nobody_else_makes_or_withdraws_one_at_the_desk(role, facilities, manager):
    release, client = made(manager), signed_in(factories.make_user(role))
    client.post(MAKE, {**FORM, "make": "1"})
    client.post(f"/admin/hrdocs/release/{release.pk}/withdraw/", {"why": "No."})
    assert [(each.pk, each.withdrawn_at) for each in Release.objects.all()] == [(release.pk, None)]
