"""The lists as pages: they find, refuse and count what the API does, and lead to its files."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from hrdocs import manifests
from hrdocs.lists.cells import said
from hrdocs.models import Manifest
from hrdocs.urls import ENDPOINTS
from tests import factories
from tests.api.asking import get

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(founding_case) -> Client:
    return Client()


def page(client: Client, address: str, expect: int = 200, **given: str) -> str:
    answer = client.get(address, given)
    assert answer.status_code == expect, answer.content[:400]
    return answer.content.decode()


def links(text: str, rel: str = "") -> list[str]:
    return [html.unescape(found) for found in re.findall(rf'<a (?=[^>]*{rel})[^>]*href="([^"]*)"', text)]


def uids(text: str) -> list[str]:
    """The records that the rows of a table lead to, in their order."""
    body = text.partition("<tbody>")[2].partition("</tbody>")[0]
    firsts = (re.search(r'<td[^>]*><a href="([^"]*)"', row) for row in body.split("<tr>")[1:])
    return [found[1].rstrip("/").rpartition("/")[2] for found in firsts if found]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ENDPOINTS)
def test_every_list_has_a_page_in_both_languages_with_the_rows_of_the_api(name, language, reader):
    answer = reader.get(f"/{name}/", headers={"accept-language": language})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'lang="{language}"' in text
    assert uids(text) == [row["uid"] for row in get(reader, name)["results"]]
    assert "results" in reader.get(links(text)[-1]).json()  # the address of the same in the API


@pytest.mark.parametrize("asked", [
    "measure=rate", "categories=killed&period=2013", "q=Saydnaya", "any=measure%3Drate|lower__gte%3D5000&not=drift%3Dbound",
    "ordering=-edited_at", "could_exceed=100", "lower__gte=5000&page_size=3", "fields=value_text,lower,source.title", "q=hanging&ordering=relevance",
    "sources=kind%3Dreport", "lang=ar", "facets=bases&count=exact",
])  # fmt: skip
def test_a_page_takes_the_query_string_of_the_api_and_finds_the_same(asked, reader):
    rows = reader.get("/api/v1/estimates/?" + asked.replace("fields=", "fields=uid,")).json()["results"]
    assert rows
    assert uids(page(reader, f"/estimates/?{asked}")) == [row["uid"] for row in rows]


@pytest.mark.parametrize("asked", ["measure=wrong", "colour=red", "period=yesterday", "source=nothing", "lang=fr", "cursor=x",
                                   "measure=rate&measure=total", "facets=uid", "created_by=1"])  # fmt: skip
def test_a_page_refuses_what_the_api_refuses_in_the_same_words(asked, reader):
    refused = reader.get(f"/api/v1/estimates/?{asked}")
    assert refused.status_code == 400
    text = html.unescape(page(reader, f"/estimates/?{asked}", 400))
    for name, words in refused.json()["errors"].items():
        assert name in text
        assert all(sentence in text for sentence in words)


def test_empty_fields_of_the_form_leave_the_address(reader):
    answer = reader.get("/estimates/?q=&measure=rate&period=")
    assert (answer.status_code, answer["Location"]) == (302, "/estimates/?measure=rate")


def test_an_address_that_asks_for_a_format_leads_to_the_file(reader):
    answer = reader.get("/estimates/?measure=rate&format=csv")
    assert (answer.status_code, answer["Location"]) == (302, "/api/v1/estimates/?measure=rate&format=csv")


@pytest.mark.parametrize("name", ["sources", "incidents", "estimates"])
def test_every_way_out_gives_a_file_with_the_same_filters(name, reader):
    text = page(reader, f"/{name}/?updated_since=2020-01-01&page_size=2&facets=year")
    files = [link for link in links(text) if f"/{name}/file/" in link]
    assert len(files) >= 5
    for link in files:
        assert "updated_since=2020-01-01" in link
        (begin,) = re.findall(r'class="begin" href="([^"]*)"', reader.get(link, follow=True).content.decode())
        answer = reader.get(html.unescape(begin))
        assert answer.status_code == 200, link
        assert b"".join(answer.streaming_content)


def test_a_file_that_was_begun_is_found_again_on_its_page_with_how_it_ended(reader):
    address = reader.get("/sources/file/?format=csv&kind=report")["Location"]
    (begin,) = re.findall(r'class="begin" href="([^"]*)"', page(reader, address))
    begin = html.unescape(begin)
    answer = reader.get(begin)
    manifest = answer["Link"].partition(">")[0].removeprefix("<http://testserver")
    b"".join(answer.streaming_content)
    told = reader.get(manifest).json()
    text = html.unescape(page(reader, address))
    assert told["sha256"] in text and told["cite_as"] in text and "Sent to its end" in text
    assert "manifest=" not in told["asked"] and reader.get(told["asked"]).status_code == 200
    again = reader.get(begin)  # one manifest is of one file
    assert (again.status_code, list(again.json()["errors"])) == (400, ["manifest"])


@pytest.mark.parametrize(("state", "words"), [("running", "Being sent"), ("broken", "Broke off")])
def test_the_page_of_a_file_says_how_far_it_is_and_whether_it_broke(state, words, reader):
    promise = manifests.promised()
    told = {"kind": "sources", "form": "csv", "address": "/api/v1/sources/?format=csv", "audience": 0, "columns": ["uid"]}
    manifest = Manifest.objects.create(uid=manifests.uid_of(promise), state=state, bytes=4711, **told)
    text = page(reader, "/sources/file/", format="csv", manifest=promise)
    assert words in text and "4711" in text and 'class="begin"' not in text
    assert (f'data-look="{manifest.path}"' in text) == (state == "running")


@pytest.mark.parametrize("asked", ["manifest=EXP-00000-000000", "manifest=EXP-00000-000000:forged", "manifest="])
def test_nobody_chooses_the_uid_of_a_manifest(asked, reader):
    assert list(reader.get(f"/api/v1/sources/?format=csv&{asked}").json()["errors"]) == ["manifest"]


def test_a_format_that_a_list_has_not_has_no_page(reader):
    assert [reader.get(f"/{name}/file/?format={form}").status_code for name, form in (
        ("estimates", "ris"), ("estimates", "json"), ("estimates", "x"), ("sources", "ris"))] == [404, 404, 404, 302]  # fmt: skip


def test_the_pages_of_a_list_are_turned_by_cursor_and_end(reader):
    total, found, address = get(reader, "estimates", count="exact")["count"], [], "/estimates/?page_size=7"
    while address:
        text = page(reader, address)
        found += uids(text)
        following = links(text, 'rel="next"')
        address = f"/estimates/{following[0]}" if following else ""
    assert len(found) == len(set(found)) == total


def test_each_value_of_a_facet_narrows_the_list_and_can_be_left_again(reader):
    first = page(reader, "/estimates/")
    (later,) = links(first, "data-later")
    assert "measure=rate" not in "".join(links(first))  # nothing is counted before the list is there to be read
    text = page(reader, f"/estimates/{later}")
    assert links(text, "data-later") == []
    (link,) = [link for link in links(text) if link.endswith("measure=rate")]
    narrowed = page(reader, f"/estimates/{link}&each=1")
    assert len(uids(narrowed)) == get(reader, "estimates", measure="rate", count="exact")["count"]
    (back,) = re.findall(r'href="([^"]*)"[^>]* aria-current="true"', narrowed)
    assert len(uids(page(reader, f"/estimates/{html.unescape(back)}"))) == len(uids(text))


def test_what_is_hidden_is_on_no_page_and_in_no_count(reader):
    hidden = factories.make_source(factories.make_user(), title="Hidden title")
    text = page(reader, "/sources/?title=Hidden title")
    assert hidden.uid not in text and uids(text) == []
    assert page(reader, f"/estimates/?source={hidden.uid}").count("<td") == 0


def test_all_lists_stand_on_one_page(reader):
    text = page(reader, reverse("lists"))
    assert all(f'href="/{name}/"' in text for name in ENDPOINTS)


@pytest.mark.parametrize(("value", "words"), [
    (None, ""), ("", ""), (0, "0"), (5.5, "5.5"), (True, "yes"), (["a", "b"], "a; b"), ({"uid": "PTY-1", "name": "AFP"}, "AFP"),
    ([{"uid": "PTY-1", "name": "AFP"}, {"uid": "PTY-2", "name": None}], "AFP; PTY-2"), ({"uid": "SRC-1", "title": "T"}, "T"),
])  # fmt: skip
def test_a_value_has_its_words(value: Any, words: str):
    assert said(value) == words
