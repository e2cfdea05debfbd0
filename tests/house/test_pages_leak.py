"""Nothing hidden is on a page: every page of every kind of record, for every role, over planted secrets."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import Case, Estimate, Facility, Incident, OfficialAct, Place, Statement, Victim
from hrdocs.access import Role
from hrdocs.models import Record
from hrdocs.urls import ENDPOINTS
from sources.models import Party, Source
from tests.house.canaries import ROLES, kinds_of

pytestmark = pytest.mark.django_db

PAGES: dict[str, type[Record]] = {
    "facilities": Facility, "cases": Case, "parties": Party, "incidents": Incident, "sources": Source, "statements": Estimate,
    "places": Place, "victims": Victim, "official-acts": OfficialAct,
}  # fmt: skip
AT_MOST = 25  # of each kind and role; those that are linked to hidden ones come first


def planted(world: Any, kind: type[Record]) -> list[Record]:
    found = [row for row in world.rows if (isinstance(row, Statement) if kind is Estimate else type(row) in kinds_of(kind))]
    tied = {id(end) for bond in world.bonds for end in (bond.one, bond.other)} | {id(row) for row in world.linked}
    return sorted(found, key=lambda row: id(row) not in tied)


@pytest.mark.parametrize("role", ["anonymous", Role.RESEARCHER, Role.ANALYST])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_a_visible_record_shows_anything_hidden(name, role, world, asker):
    shown = [row for row in planted(world, PAGES[name]) if world.may_see(row, role)][:AT_MOST]
    assert shown
    for row in shown:
        answer = asker(role).get(f"/{name}/{row.uid}/", headers={"Accept-Language": "ar"})
        assert answer.status_code == 200, row
        assert row.uid in answer.content.decode()
        assert world.secrets_in(answer.content.decode(), role) == []


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_a_hidden_record_is_shown(name, role, world, asker):
    kinds: dict[Any, Record] = {}
    for row in planted(world, PAGES[name]):
        if not world.may_see(row, role):
            kinds.setdefault((type(row), row.state, row.sensitivity), row)
    for row in kinds.values():
        assert asker(role).get(f"/{name}/{row.uid}/").status_code == 404, row


@pytest.mark.parametrize("role", ["anonymous", Role.RESEARCHER, Role.ANALYST])
@pytest.mark.parametrize("name", ENDPOINTS)
def test_no_list_shows_anything_hidden(name, role, world, asker):
    answer = asker(role).get(f"/{name}/?page_size=200&each=1")
    assert answer.status_code == 200
    assert world.secrets_in(answer.content.decode(), role) == []
