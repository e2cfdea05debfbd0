"""Every file that leaves can be cited: its manifest says what it is, whether it is whole, and never who took it."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone

from hrdocs import manifests
from hrdocs.access import Role, Sensitivity
from hrdocs.api import FORMATS
from hrdocs.formats.export import Export
from hrdocs.models import Manifest
from hrdocs.models.manifests import GIVEN_UP
from hrdocs.sealing import seal
from hrdocs.shapes import Reader
from tests import factories
from tests.hrdocs.forms import signed_in
from tests.hrdocs.test_access import put

pytestmark = pytest.mark.django_db


def taken(client: Client, address: str) -> tuple[bytes, str]:
    """A file, and the address of its manifest."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    link, _, relation = answer["Link"].partition("; ")
    assert relation == 'rel="describedby"'
    return b"".join(answer.streaming_content), link.strip("<>").removeprefix("http://testserver")


def hang_up(answer: Any) -> None:
    """Close an answer as a web server does when its reader has gone; the test client keeps its connection only this way."""
    answer._iterator.close()


def manifest_of(client: Client, address: str, status: int = 200) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def two_facilities(alone, analyst) -> list[Any]:
    found = [factories.make_facility(analyst) for _ in range(2)]
    for facility in found:
        put(facility, "published", Sensitivity.PUBLIC)
    return found


@pytest.mark.parametrize("form", FORMATS)
def test_a_manifest_has_the_rows_the_bytes_and_the_checksum_of_its_file(two_facilities, form):
    address = f"/api/v1/facilities/?format={form}"
    file, link = taken(Client(), address)
    told = manifest_of(Client(), link)
    assert (told["state"], told["rows"], told["format"], told["kind"]) == ("complete", 2, form, "facilities")
    assert (told["bytes"], told["sha256"]) == (len(file), hashlib.sha256(file).hexdigest())
    assert told["asked"] == f"http://testserver{address}"
    assert told["audience"] == "public"
    assert "uid" in told["columns"] and "created_by" not in told["columns"]
    assert told["sha256"] in told["cite_as"] and told["url"] in told["cite_as"]
    if form == "xlsx":  # it goes on to others without its headers
        about = openpyxl.load_workbook(io.BytesIO(file), read_only=True)["About"]
        assert ("Manifest", told["url"]) in {row[:2] for row in about.iter_rows(values_only=True)}


def test_a_manifest_names_the_last_sealed_batch(two_facilities):
    made = seal()
    assert manifest_of(Client(), taken(Client(), "/api/v1/facilities/?format=csv")[1])["version"] == made.number


def test_a_manifest_names_the_licences_of_the_documents_whose_words_are_in_it(analyst, settings):
    settings.DATA_LICENCE = "CC-BY-4.0"
    facility = factories.make_facility(analyst)
    put(facility, "published", Sensitivity.PUBLIC)
    for licence, level in (("CC0", Sensitivity.PUBLIC), ("Secret terms", Sensitivity.INTERNAL)):
        source = factories.make_source(analyst, licence=licence)
        put(source, "published", level)
        put(factories.make_estimate(analyst, source=source, about_facility=facility), "published", Sensitivity.PUBLIC)
    for name in ("estimates", "sources"):
        assert manifest_of(Client(), taken(Client(), f"/api/v1/{name}/?format=ndjson")[1])["licences"] == ["CC-BY-4.0", "CC0"]


def test_a_file_that_is_cut_says_that_it_broke(two_facilities):
    answer = Client().get("/api/v1/facilities/?format=csv")
    link = answer["Link"].partition(">")[0].removeprefix("<http://testserver")
    assert next(iter(answer.streaming_content))
    assert Manifest.objects.get().state == "running"
    hang_up(answer)
    told = manifest_of(Client(), link)
    assert (told["state"], told["rows"], told["cite_as"]) == ("broken", None, None)
    assert told["bytes"] > 0


def test_a_file_that_fails_says_that_it_broke(two_facilities):
    export = _export_of(two_facilities)

    def failing():
        yield b"half of it"
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")

    manifest = manifests.of(export, FORMATS["csv"].form)
    with pytest.raises(Exception, match="division by zero"):
        list(manifests.followed(failing(), manifest, export))
    manifest.refresh_from_db()
    assert (manifest.state, manifest.bytes, manifest.rows) == ("broken", 10, None)


def _export_of(rows: list[Any]) -> Export:
    from cases.shapes import FACILITIES
    from hrdocs.access import Everybody

    everybody = Everybody(Sensitivity.PUBLIC)
    return Export(FACILITIES, type(rows[0]).objects.visible_to(everybody).order_by("uid"), Reader(everybody))


def test_one_that_nobody_ended_is_told_as_broken(two_facilities):
    old = Manifest(kind="facilities", form="csv", address="/", audience=0, columns=[], taken_at=timezone.now() - GIVEN_UP)
    old.save()
    assert manifest_of(Client(), old.path)["state"] == "broken"


def test_what_is_only_announced_is_no_export(two_facilities):
    answer = Client().head("/api/v1/facilities/?format=csv")
    assert answer.status_code == 200 and "Link" not in answer
    assert not Manifest.objects.exists()


@pytest.mark.parametrize(
    ("by", "readers"),
    [
        ("anonymous", ["anonymous", *Role]),
        (Role.RESEARCHER, [Role.RESEARCHER, Role.ANALYST, Role.REVIEWER, Role.MANAGER]),
        (Role.ANALYST, [Role.ANALYST, Role.REVIEWER, Role.MANAGER]),
    ],
)
def test_a_manifest_is_for_whoever_may_see_the_data_of_its_audience(two_facilities, people, by, readers):
    def client(role: str) -> Client:
        return Client() if role == "anonymous" else signed_in(people[role])

    _, link = taken(client(by), "/api/v1/facilities/?format=csv")
    found = [role for role in ("anonymous", *Role) if client(role).get(link).status_code == 200]
    assert found == readers
    never = client("anonymous").get("/api/v1/exports/EXP-00000-000000/")
    if "anonymous" not in readers:
        assert client("anonymous").get(link).content == never.content


def test_a_manifest_names_nobody(two_facilities, people):
    signed_in(people[Role.RESEARCHER])
    _, link = taken(signed_in(people[Role.RESEARCHER]), "/api/v1/facilities/?format=csv")
    kept = str(Manifest.objects.values().get())
    assert people[Role.RESEARCHER].username not in kept and "127.0.0.1" not in kept


@pytest.mark.parametrize(
    "change",
    [{"rows": 9}, {"sha256": "0" * 64}, {"state": "running"}, {"address": "/elsewhere/"}, {"audience": 2}, {"version": 7}],
)
def test_what_a_manifest_says_stays(two_facilities, change):
    taken(Client(), "/api/v1/facilities/?format=csv")
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Manifest.objects.update(**change)


def test_old_manifests_of_public_files_are_forgotten_and_others_kept(two_facilities, capsys):
    long_ago = timezone.now() - dt.timedelta(days=800)
    for level, at in ((0, long_ago), (1, long_ago), (0, timezone.now())):
        Manifest(kind="facilities", form="csv", address="/", audience=level, columns=[], taken_at=at).save()
    call_command("forget_manifests")
    assert sorted(Manifest.objects.values_list("audience", flat=True)) == [0, 1]


def test_a_manager_reads_the_list_of_files_and_an_analyst_does_not(two_facilities, people):
    _, link = taken(Client(), "/api/v1/facilities/?format=csv")
    page = signed_in(people[Role.MANAGER]).get("/admin/hrdocs/manifest/")
    assert page.status_code == 200 and link.split("/")[-2] in page.content.decode()
    assert signed_in(people[Role.ANALYST]).get("/admin/hrdocs/manifest/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_an_export_that_runs_while_rows_change_is_one_moment(analyst):
    from threading import Thread

    facilities = [factories.make_facility(analyst) for _ in range(2)]
    for facility in facilities:
        put(facility, "published", Sensitivity.PUBLIC)
    export = _export_of(facilities)
    before = export.rows.count()
    manifest = manifests.of(export, FORMATS["csv"].form)

    def counted_twice():
        for _ in range(2):
            yield str(export.rows.count()).encode()

    pieces = manifests.followed(counted_twice(), manifest, export)
    first = next(pieces)

    def retract() -> None:
        put(facilities[0], "retracted", Sensitivity.PUBLIC)
        connection.close()

    meanwhile = Thread(target=retract)
    meanwhile.start()
    meanwhile.join()
    assert [first, *pieces] == [str(before).encode()] * 2
    manifest.refresh_from_db()
    assert (manifest.state, manifest.rows) == ("complete", before)
    assert export.rows.count() == before - 1


@pytest.mark.django_db(transaction=True)
def test_a_long_file_tells_how_much_of_it_was_sent_so_far(analyst, monkeypatch):
    from threading import Thread

    monkeypatch.setattr(manifests, "SAID_EVERY", 0)
    export = _export_of([factories.make_facility(analyst)])
    manifest, seen = manifests.of(export, FORMATS["csv"].form), []

    def look() -> None:
        seen.append(Manifest.objects.values_list("state", "bytes").get(uid=manifest.uid))
        connection.close()

    pieces = manifests.followed((piece for piece in (b"abc", b"de", b"f")), manifest, export)
    assert [next(pieces), next(pieces)] == [b"abc", b"de"]
    meanwhile = Thread(target=look)
    meanwhile.start()
    meanwhile.join()
    assert seen == [("running", 3)]
    assert [*pieces] == [b"f"]
    manifest.refresh_from_db()
    assert (manifest.state, manifest.bytes) == ("complete", 6)
