"""What is taken tells no secret either: every list as a file of every format for every role, releases of everything, and
manifests, over planted secrets."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable

import orjson
import pyarrow.parquet as pq
import pytest
from django.utils.module_loading import import_string

from hrdocs import releases
from hrdocs.access import Role, Sensitivity
from hrdocs.releasing import store
from hrdocs.urls import ENDPOINTS
from tests.house.canaries import GUARDED, GUARDED_EVERYWHERE, ROLES, STAFF, World

pytestmark = pytest.mark.django_db
VIEWS = {name: import_string(view) for name, view in ENDPOINTS.items()}

# What a file of each format says: all texts in it, and the uids of its rows in their order.
Told = tuple[str, list[str]]


def _csv(data: bytes) -> Told:
    text = data.decode("utf-8-sig")
    return text, [row["uid"] for row in csv.DictReader(io.StringIO(text, newline=""))]


def _ndjson(data: bytes) -> Told:
    return data.decode(), [orjson.loads(line)["uid"] for line in data.splitlines()]


def _geojson(data: bytes) -> Told:
    return data.decode(), [feature["id"] for feature in orjson.loads(data)["features"]]


def _parquet(data: bytes) -> Told:
    rows = pq.read_table(io.BytesIO(data))
    return f"{rows.schema} {rows.to_pylist()}", rows["uid"].to_pylist()


def _xlsx(data: bytes) -> Told:
    """Every part of the workbook, the names of its parts too; the first cell of each row below the header, whose texts stand
    elsewhere, is the uid."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        parts = {name: book.read(name).decode() for name in book.namelist()}
    first = re.findall(r'<row [^>]*><c r="A\d+"[^>]*><is><t[^>]*>([^<]*)', parts["xl/worksheets/sheet1.xml"])
    return " ".join((*parts, *parts.values())), first


def _ftm(data: bytes) -> Told:
    """A row is one entity or several, whose ids begin with a uid."""
    return data.decode(), [entity["id"][:16] for entity in map(orjson.loads, data.splitlines())]


def _csl(data: bytes) -> Told:
    return data.decode(), [item["id"] for item in orjson.loads(data)]


def _bibtex(data: bytes) -> Told:
    return data.decode(), re.findall(r"^@\w+\{(SRC-[-\w]+),$", data.decode(), re.M)


def _ris(data: bytes) -> Told:
    return data.decode(), re.findall(r"^ID  - (SRC-[-\w]+)\r?$", data.decode(), re.M)


READ: dict[str, Callable[[bytes], Told]] = {
    "csv": _csv, "xlsx": _xlsx, "ndjson": _ndjson, "geojson": _geojson, "parquet": _parquet, "ftm": _ftm, "csl-json": _csl,
    "bibtex": _bibtex, "ris": _ris,
}  # fmt: skip


def formats_of(name: str) -> list[str]:
    """The formats in which a list leaves as a file."""
    return [renderer.format for renderer in VIEWS[name].renderer_classes if renderer.format != "json"]


def test_every_format_is_read_here():
    assert {form for name in VIEWS for form in formats_of(name)} == READ.keys()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", VIEWS)
def test_every_file_holds_the_rows_of_the_list_and_no_secret_in_any_byte(name, role, world, asker):
    client, address = asker(role), f"/api/v1/{name}/"
    total = client.get(address, {"count": "exact", "page_size": 1, "fields": "uid"}).json()["count"]
    model = VIEWS[name].shape.model
    guarded = GUARDED_EVERYWHERE | GUARDED.get(model._meta.concrete_model, set())
    rows: list[str] = []
    for form in formats_of(name):
        answer = client.get(address, {"format": form})
        assert answer.status_code == 200, (form, answer.content)
        text, uids = READ[form](b"".join(answer.streaming_content))
        assert world.secrets_in(text, role) == [], form
        rows = rows or uids
        if form == "ftm":  # what a row is tied to is there too
            uids = list(dict.fromkeys(uid for uid in uids if uid.startswith(model.uid_prefix)))
        assert uids == rows, form
        assert len(rows) == total
        if form == "csv" and role not in STAFF:
            assert not {cell.split(".")[0] for cell in text.split("\n", 1)[0].split(",")} & guarded
    if name != "vocabularies":  # terms are open to all
        assert set(rows) & world.tokens.keys() == world.visible(model, role)


@pytest.mark.parametrize(("audience", "role"), [(Sensitivity.PUBLIC, "anonymous"), (Sensitivity.REGISTERED, Role.RESEARCHER)])
def test_no_file_of_a_release_holds_a_secret(audience: Sensitivity, role: str, world: World, settings, tmp_path) -> None:
    settings.RELEASES_ROOT = str(tmp_path)
    made = releases.make(by=world.people[Role.MANAGER], audience=audience, asked=dict.fromkeys(ENDPOINTS, ""), title="All",
                         description="All of it.", licence="CC0", caveats="None.")  # fmt: skip
    with zipfile.ZipFile(store.whole(made.sha256)) as archive:
        for name in archive.namelist():
            told = archive.read(name).decode(errors="replace")
            assert world.secrets_in(told, role) == [], name
        everything = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".ndjson"))
    shown = {
        row.uid for row in world.rows if hasattr(row, "uid") and type(row).__name__ == "Facility" and world.may_see(row, role)
    }
    assert shown and all(uid in everything for uid in shown)


@pytest.mark.parametrize("name", ["estimates", "facilities", "victims"])
def test_a_manifest_tells_an_outsider_nothing_of_what_staff_took(name: str, world: World, asker) -> None:
    answer = asker(Role.ANALYST).get(f"/api/v1/{name}/?format=csv")
    b"".join(answer.streaming_content)
    link = answer["Link"].partition(">")[0].removeprefix("<http://testserver")
    assert asker(Role.ANALYST).get(link).json()["audience"] == "internal"
    for role in ("anonymous", Role.RESEARCHER, Role.ADMINISTRATOR, Role.CUSTODIAN):
        never = asker(role).get("/api/v1/exports/EXP-00000-000000/")
        assert (asker(role).get(link).status_code, asker(role).get(link).content) == (404, never.content)
