"""One search over all lists finds what each of them finds, and every look of a list takes its query string."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from hrdocs.lists.looks import looks_of
from tests import factories
from tests.api.asking import get
from tests.house.questions import VIEWS

pytestmark = pytest.mark.django_db
# The list of entries is the table's rows in other words: two of them tell enough.
LOOKS = [
    (name, look.name) for name, view in VIEWS.items() for look in looks_of(view.shape)
    if look.name in ("map", "timeline") or (look.name, name) in {("entries", "incidents"), ("entries", "sources")}
]  # fmt: skip


@pytest.fixture
def reader(founding_case) -> Client:
    return Client()


def page(client: Client, address: str, expect: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == expect
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


def found(text: str) -> dict[str, str]:
    """How many rows of each list, as the search tells them."""
    return dict(re.findall(r'<h2 id="g-([a-z-]+)">[^<]*<span class="soft">([\d,]+)</span>', text))


@pytest.mark.parametrize("typed", ["Saydnaya", "صيدنايا", "Sajdnaja"])
def test_any_script_finds_any_other_in_all_lists_with_the_counts_of_the_api(typed, reader):
    told = found(page(reader, f"/explore/?q={typed}"))
    assert {"cases", "facilities", "incidents", "sources", "estimates"} <= told.keys()
    for name, number in told.items():
        assert int(number) == get(reader, name, q=typed, count="exact")["count"], name


def test_what_is_found_is_counted_by_country_and_publisher_and_can_be_narrowed(reader):
    text = page(reader, "/explore/?q=Saydnaya")
    (narrowed,) = [html.unescape(link) for link in re.findall(r'href="(\?[^"]*)"', text) if "country=SY" in link]
    told = found(page(reader, f"/explore/{narrowed}"))
    assert told and all(
        int(number) == get(reader, name, q="Saydnaya", country="SY", count="exact")["count"] for name, number in told.items()
    )


def test_what_is_found_is_counted_by_year_and_each_list_is_asked_by_its_own_date(reader):
    asked = page(reader, "/explore/?q=Saydnaya")
    links = [html.unescape(link) for link in re.findall(r'href="(\?[^"]*)"', asked) if "year=2017" in link]
    text = page(reader, f"/explore/{links[0]}")
    told = found(text)
    dates = {"sources": "published", "estimates": "period", "allegations": "period", "figures": "period"}
    assert told and all(
        int(number) == get(reader, name, q="Saydnaya", count="exact", **{dates.get(name, "date"): "2017"})["count"]
        for name, number in told.items()
    )
    assert "Facilities" in text.partition("Left out")[2]


def test_every_look_of_the_search_asks_the_same_and_leads_to_the_others(reader):
    asked = "?q=Saydnaya&country=SY"
    for look in ("", "entries/", "table/", "map/", "timeline/"):
        links = set(map(html.unescape, re.findall(r'href="(/explore/[^"]*)"', page(reader, f"/explore/{look}{asked}"))))
        assert {f"/explore/{each}{asked}" for each in ("", "table/", "map/", "timeline/")} <= links
        assert "No list takes such a filter" in page(reader, f"/explore/{look}?colour=red", 400)
    assert reader.get("/explore/points/?colour=red").status_code == 400


DRAWN = r'<a href="(/[a-z]+/[A-Z]{3}-[^/"]+/)"><title'


def test_the_line_of_time_of_everything_holds_what_each_list_has_with_a_date(reader):
    text = page(reader, "/explore/timeline/?q=Saydnaya")
    drawn = set(re.findall(DRAWN, text))
    assert "estimate: \u206820–50 a week\u2069" in text  # what is between keeps its order on an Arabic page
    for name in ("incidents", "sources"):
        own = set(re.findall(DRAWN, page(reader, f"/{name}/timeline/?q=Saydnaya")))
        assert own and own <= drawn


def test_the_map_of_everything_counts_what_the_map_of_each_list_counts(reader):
    names = [name for name, view in VIEWS.items() if view.shape.point and name != "statements"]
    each = {name: reader.get(f"/{name}/points/?q=Saydnaya").json()["here"] for name in names}
    whole = reader.get("/explore/points/?q=Saydnaya").json()
    assert whole["here"] == sum(each.values()) > max(each.values())
    assert sum(cell["number"] for cell in whole["cells"]) == whole["here"]


def test_of_what_is_found_too_often_the_picture_leads_to_the_picture_of_the_list(reader, monkeypatch):
    monkeypatch.setattr("hrdocs.paging.COUNTED", 1)
    text = html.unescape(page(reader, "/explore/timeline/?q=Saydnaya"))
    assert "drawn by themselves" in text and 'href="/estimates/timeline/?q=Saydnaya"' in text


def test_a_filter_that_some_lists_do_not_know_leaves_them_out_and_says_so(reader):
    text = page(reader, "/explore/?measure=rate")
    assert set(found(text)) == {"estimates", "figures"} & set(found(text)) | {"estimates"}
    assert "Left out" in text and "Incidents" in text.partition("Left out")[2]


def test_a_filter_that_no_list_knows_is_refused(reader):
    assert "No list takes such a filter" in page(reader, "/explore/?colour=red", 400)


def test_the_frame_of_the_search_is_sent_before_any_list_is_asked(reader, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        pieces = reader.get("/explore/?q=Saydnaya").streaming_content
        assert b'role="search"' in next(iter(pieces))


def test_what_is_hidden_is_found_by_nobody_outside(reader):
    factories.make_source(factories.make_user(), title="Hidden title")
    assert found(page(reader, "/explore/?q=Hidden title")) == {}


@pytest.mark.parametrize(("name", "look"), LOOKS)
def test_every_look_of_a_list_takes_the_query_string_of_the_list_and_tells_its_count(name, look, reader):
    text = page(reader, f"/{name}/{look}/?updated_since=2020-01-01")
    number = get(reader, name, updated_since="2020-01-01", count="exact")["count"]
    assert f"Found: {number}<" in text
    assert f"/api/v1/{name}/?updated_since=2020-01-01" in html.unescape(text)
    assert "colour" in page(reader, f"/{name}/{look}/?colour=red", 400)


def test_the_line_of_time_holds_all_that_has_a_date_and_leads_to_it(reader):
    text = page(reader, "/sources/timeline/")
    dated = [row for row in get(reader, "sources", page_size=200)["results"] if row["published_earliest"]]
    drawn = re.findall(r'<a href="/sources/(SRC-[^/]+)/"><title', text)
    assert set(drawn) == {row["uid"] for row in dated}
    days = {row["uid"]: row["published_earliest"] for row in dated}
    first = list(dict.fromkeys(drawn))
    assert [days[uid] for uid in first] == sorted(days.values())


def test_every_page_says_how_to_cite_it_with_the_address_of_the_same_as_data(reader):
    (facility,) = [row for row in get(reader, "facilities")["results"] if row["name_en"] == "Saydnaya Military Prison"]
    for address, data in (
        (f"/facilities/{facility['uid']}/", f"/api/v1/facilities/{facility['uid']}/"),
        ("/facilities/map/?q=Saydnaya", "/api/v1/facilities/?q=Saydnaya"),
    ):
        cited = html.unescape(page(reader, address)).partition('class="cite"')[2].partition("</details>")[0]
        assert f"http://testserver{address}" in cited and f"http://testserver{data}" in cited and "Version" in cited
