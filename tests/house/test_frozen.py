"""What is frozen tells no secret either: releases of everything, and manifests, for each audience, over planted secrets."""

from __future__ import annotations

import zipfile

import pytest

from hrdocs import releases
from hrdocs.access import Role, Sensitivity
from hrdocs.releasing import store
from hrdocs.urls import ENDPOINTS
from tests.house.canaries import World

pytestmark = pytest.mark.django_db


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
