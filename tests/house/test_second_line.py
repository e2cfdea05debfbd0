"""Nothing hidden leaks when one of the two lines is gone: readers from outside, over planted secrets."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.utils.module_loading import import_string

from hrdocs import access, fetching, shapes
from hrdocs.access import Role, Sensitivity
from hrdocs.relations import line_of, relations
from hrdocs.urls import ENDPOINTS
from tests.house.test_pages_leak import AT_MOST, PAGES
from tests.house.test_pages_leak import planted as pages_of

pytestmark = pytest.mark.django_db
VIEWS = [name for name in ENDPOINTS if name != "vocabularies"]
READERS = {"anonymous": Sensitivity.PUBLIC, Role.RESEARCHER: Sensitivity.REGISTERED}


@pytest.fixture
def no_first_line(monkeypatch):
    """`visible_to` lets every row pass, and no column has a guard.

    Columns that tell who works here stay out: there is nobody in the readers' relations, and no row would be left.
    """
    colleagues = {"created_by", "edited_by", "rated_by", "lead"}
    fetching.statement_of.cache_clear()
    monkeypatch.setattr(access.VisibleQuerySet, "visible_to", lambda self, user: self.filter(audience__gte=0))
    monkeypatch.setattr(shapes.Shape, "seen_by", lambda self, _: tuple(c for c in self.columns if c.name not in colleagues))
    yield
    fetching.statement_of.cache_clear()


@pytest.mark.parametrize("role", READERS)
def test_no_relation_of_a_reader_holds_a_secret(role, world):
    line = line_of(READERS[role])
    for name, _ in relations(READERS[role]):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {line}.{name}")
            told = "\n".join(map(str, cursor.fetchall()))
        assert world.secrets_in(told, role) == [], name


@pytest.mark.parametrize("role", READERS)
def test_the_relations_hold_all_that_the_reader_may_see(role, world):
    line = line_of(READERS[role])
    told = ""
    for name, _ in relations(READERS[role]):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {line}.{name}")
            told += "\n".join(map(str, cursor.fetchall()))
    shown = {uid for view in VIEWS for uid in world.visible(import_string(ENDPOINTS[view]).shape.model, role)}
    assert shown and all(uid in told for uid in shown)


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("name", VIEWS)
def test_without_the_first_line_no_list_and_no_file_holds_a_secret(name, role, world, asker, no_first_line):
    answer = asker(role).get(f"/api/v1/{name}/?page_size=200")
    assert answer.status_code == 200
    assert world.secrets_in(answer.content.decode(), role) == []
    assert {row["uid"] for row in answer.json()["results"]} & world.tokens.keys()
    for form in ("csv", "geojson"):
        sheet = b"".join(asker(role).get(f"/api/v1/{name}/?format={form}").streaming_content).decode("utf-8-sig")
        assert world.secrets_in(sheet, role) == []


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("name", VIEWS)
def test_without_the_first_line_a_hidden_record_is_not_there(name, role, world, asker, no_first_line):
    kind = import_string(ENDPOINTS[name]).shape.model._meta.concrete_model
    hidden = [row for row in world.rows if type(row) is kind and not world.may_see(row, role)][:3]
    for row in hidden:
        for more in ("", "chain/", "comparison/", "findings/"):
            assert asker(role).get(f"/api/v1/{name}/{row.uid}/{more}").status_code == 404, more


@pytest.mark.parametrize("role", ["anonymous"])
@pytest.mark.parametrize("name", PAGES)
def test_without_the_first_line_no_page_holds_a_secret(name, role, world, asker, no_first_line):
    for row in pages_of(world, PAGES[name])[: AT_MOST // 2]:
        answer = asker(role).get(f"/{name}/{row.uid}/")
        assert answer.status_code == (200 if world.may_see(row, role) else 404)
        said = answer.content.decode().replace(row.uid, "")  # what was asked for is repeated, found or not
        assert world.secrets_in(said, role) == []


def told(asker: Any, role: str, world: Any) -> dict[str, bytes]:
    """Every list, and one page of each kind, as this reader is given it."""
    lists = {f"/api/v1/{name}/?page_size=200": asker(role) for name in ENDPOINTS}
    pages = {f"/{name}/{row.uid}/": asker(role) for name, kind in PAGES.items() for row in pages_of(world, kind)[:4]}
    found = {address: client.get(address) for address, client in (lists | pages).items()}
    return {address: answer.content for address, answer in found.items()}


@pytest.mark.parametrize("role", READERS)
def test_the_second_line_changes_no_answer(role, world, asker, monkeypatch):
    with_it = told(asker, role, world)
    monkeypatch.setattr("hrdocs.readers.is_staff_reader", lambda user: True)
    without = told(asker, role, world)
    assert [address for address in with_it if _plain(with_it[address]) != _plain(without[address])] == []


def _plain(content: bytes) -> bytes:
    """Without what is new in every answer: the signed places in lists, and the form's secret."""
    return re.sub(rb"cursor=[^\"&]+|csrfmiddlewaretoken[^>]+", b"", content)
