"""Search: words of texts in two languages, names in any script, phrases, what is left out, and the best first."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from cases.models import FacilityName, Place
from hrdocs import paging
from hrdocs.folding import skeletons, spellings
from hrdocs.models import User
from hrdocs.words import Part, Typed, understood
from tests import factories
from tests.api.asking import as_user, csv_rows, file_of, filtered_uids, get, rows, uids

pytestmark = pytest.mark.django_db
NOBODY = AnonymousUser()


@pytest.fixture
def inside(client: Client, analyst: User) -> Client:
    return as_user(client, analyst)


def typed(*alternatives: tuple[str, ...], without: tuple[str, ...] = ()) -> Typed:
    return Typed(tuple(tuple(map(Part, parts)) for parts in alternatives), tuple(map(Part, without)))


@pytest.mark.parametrize(("text", "meant"), [
    ("mass hangings", typed(("mass", "hangings"))), ('"mass hangings" prison', typed(("mass hangings", "prison"))),
    ("prison -Saydnaya", typed(("prison",), without=("saydnaya",))), ('-"red building" prison', typed(("prison",), without=("red building",))),
    ("prison or hospital", typed(("prison",), ("hospital",))), ("or prison", typed(("or", "prison"))), ("al-Khatib", typed(("al khatib",))),
    ("«سجن صيدنايا» -تدمر", typed(("سجن صيدنايا",), without=("تدمر",))), ('"open', typed(("open",))), ("--- -", typed()), ('""', typed()),
    ("-only", typed(without=("only",))), ("prison or", typed(("prison",))), ("x:* & | !y <->", typed(("x", "y"))), ("10,000", typed(("10 000",))),
])  # fmt: skip
def test_what_is_typed_is_understood_as_people_search(text: str, meant: Typed) -> None:
    assert understood(text) == meant


TEXTS = {
    "en": "Guards took prisoners to the gallows at night; some had been hanged twice, others were shot.",
    "ar": "قال معتقلان سابقان إنّ الحرّاس نقلوا السجناء إلى المشنقة ليلاً، وأُعدم بعضهم شنقًا.",
    "other": "The market was shelled from a helicopter. No prisoner was there.",
}
FOUND = [
    ("gallows", {"en"}), ("prisoner", {"en", "other"}), ("hanging", {"en"}), ("Hang night", {"en"}), ("shelling", {"other"}), ("gallow", {"en"}),
    ('"hanged twice"', {"en"}), ('"twice hanged"', set()), ("prisoners -market", {"en"}), ("prisoners -gallows", {"other"}),
    ("gallows or helicopter", {"en", "other"}), ("gallows helicopter", set()), ("المشنقة", {"ar"}), ("مشنقه", {"ar"}), ("الحراس", {"ar"}),
    ("سجناء", {"ar"}), ("معتقلان", {"ar"}), ("السجناء -المشنقة", set()), ("المشنقة or gallows", {"en", "ar"}), ("nonesuch", set()), ("the", set()), ("allow", set()),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "found"), FOUND, ids=[f[0] for f in FOUND])
@pytest.mark.parametrize("path", ["incidents", "estimates", "facilities", "cases", "sources"])
def test_words_of_texts_are_found_by_their_stems_in_both_languages(
    path: str, asked: str, found: set[str], inside: Client, analyst: User, alone: None
) -> None:
    made = {name: with_text(path, analyst, text, arabic=name == "ar") for name, text in TEXTS.items()}
    assert {name for name, uid in made.items() if uid in uids(inside, path, q=asked)} == found


@pytest.mark.parametrize(
    ("typed", "number"),
    [("Tal al-Hamam", 2), ("Hamam Tal", 1), ("al-Ham", 3), ("l al-Ham", 2), ("تل الحمام", 2), ("Hamam al", 0), ("Tal Tal", 0),
     ("Hamra Hamam", 0), ("Hamah Hamra", 1), ("am ta", 1)],
)  # fmt: skip
def test_words_of_a_name_are_found_where_they_stand_together_in_their_order(
    typed: str, number: int, inside: Client, analyst: User, alone: None
) -> None:
    made = [
        factories.make_place(analyst, name_en=name) for name in ("Tal al-Hamam", "Tall Al Hammam", "Hamah al-Hamra", "Hamam Tal")
    ]
    sought = [*spellings(typed), *(f" {bones} " for bones in skeletons(typed) if len(bones) >= 3)]
    holding = {place.uid for place in Place.objects.all() if any(text in place.search for text in sought)}
    assert uids(inside, "places", q=typed) == holding <= {place.uid for place in made}
    assert len(holding) == number


@pytest.mark.parametrize("kept", ["Седнайя", "Сајднаја", "סידנאיה", "Σεντνάγια"])
@pytest.mark.parametrize("typed", ["Sednaya", "صيدنايا", "Седнайя", "סידנאיה"])
def test_a_name_in_letters_of_a_third_script_is_found_and_finds(
    kept: str, typed: str, inside: Client, analyst: User, alone: None
) -> None:
    facility = factories.make_facility(analyst, name_en="A prison", name_ar="")
    FacilityName.objects.create(facility=facility, text=kept)
    place = factories.make_place(analyst, name_en=kept)
    factories.make_place(analyst, name_en="Тадмор")
    assert uids(inside, "facilities", q=typed) == {facility.uid}
    assert uids(inside, "places", q=typed) == {place.uid}


def with_text(path: str, by: User, text: str, *, arabic: bool = False) -> str:
    """A record of a list whose longest text is this one."""
    language = "ar" if arabic else "en"
    if path == "incidents":
        return factories.make_incident(by, title_en="An event", **{f"narrative_{language}": text}).uid
    if path == "facilities":
        return factories.make_facility(by, name_en="A place", name_ar="", **{f"description_{language}": text}).uid
    if path == "cases":
        from cases.models import Case

        return Case(title_en="A question", **{f"question_{language}": text}).save_by(by).uid
    if path == "sources":
        return factories.make_source(by, title="A text", method=text).uid
    source = factories.make_source(by, title="A text")
    about = factories.make_facility(by, name_en="A place", name_ar="")
    return factories.make_estimate(by, source=source, about_facility=about, quotation=text, quotation_language=language).uid


def test_a_word_is_left_out_wherever_it_stands(inside: Client, analyst: User, alone: None) -> None:
    plain = factories.make_facility(analyst, name_en="Military Hospital", name_ar="")
    named = factories.make_facility(analyst, name_en="Military Hospital", name_ar="")
    named.names.create(text="مشفى تشرين")
    assert uids(inside, "facilities", q="hospital -تشرين") == {plain.uid}
    assert uids(inside, "facilities", q="hospital -Tishrin") == {plain.uid}
    assert uids(inside, "facilities", q="-hospital") == set()
    assert uids(inside, "facilities", q='"Military Hospital"') == {plain.uid, named.uid}


# ── the best first ──


def test_the_best_comes_first_and_titles_count_more_than_texts(inside: Client, analyst: User, alone: None) -> None:
    said = factories.make_incident(analyst, title_en="A night", narrative_en="People say that a massacre was seen from the hill.")
    often = factories.make_incident(
        analyst, title_en="A day", narrative_en="Massacre upon massacre; the massacre of the massacres."
    )
    named = factories.make_incident(analyst, title_en="Massacre")
    found = [row["uid"] for row in rows(inside, "incidents", q="massacre", ordering="relevance")]
    assert found == [named.uid, often.uid, said.uid]
    assert [
        row["uid"] for row in csv_rows(file_of(inside, "incidents", q="massacre", ordering="relevance", format="csv"))
    ] == found


@pytest.mark.parametrize("typed_as", ["صيدنايا", "Sednaya", "Saydnaya", "Седнайя", "סידנאיה", "Σεντνάγια"])
def test_the_nearest_name_comes_first_in_any_script(typed_as: str, inside: Client, analyst: User, alone: None) -> None:
    long = factories.make_facility(analyst, name_en="Hospital on the road that leads to Saydnaya", name_ar="")
    near = factories.make_facility(analyst, name_en="Saydnaya", name_ar="")
    other = factories.make_facility(analyst, name_en="Red building", name_ar="")
    other.names.create(text="Saydnaya Prison")
    found = [row["uid"] for row in rows(inside, "facilities", q=typed_as, ordering="relevance")]
    assert found[0] == near.uid and set(found) == {near.uid, other.uid, long.uid}


def test_pages_by_relevance_follow_one_another_and_tell_each_row_once(inside: Client, analyst: User, alone: None) -> None:
    for number in range(23):
        factories.make_incident(analyst, title_en=f"Raid {'raid ' * (number % 4)}{number}")
    whole = [row["uid"] for row in rows(inside, "incidents", q="raid", ordering="relevance")]
    page = get(inside, "incidents", q="raid", ordering="relevance", page_size=5)
    assert page["ranked"] == "all"
    found, last = [row["uid"] for row in page["results"]], page
    while last["next"]:
        last = inside.get(last["next"]).json()
        found += [row["uid"] for row in last["results"]]
    assert found == whole and len(set(whole)) == 23
    back = inside.get(last["previous"]).json()
    assert [row["uid"] for row in back["results"]] == whole[-8:-3]


def test_only_the_newest_are_ranked_and_the_answer_says_so(inside: Client, analyst: User, alone: None, monkeypatch: Any) -> None:
    made = [factories.make_incident(analyst, title_en=f"Raid {number}").uid for number in range(7)]
    monkeypatch.setattr(paging, "RANKED", 4)
    page = get(inside, "incidents", q="raid", ordering="relevance", page_size=3, count="exact")
    assert page["ranked"] == "newest" and page["count"] == 7
    rest = inside.get(page["next"]).json()
    assert {row["uid"] for row in page["results"] + rest["results"]} == set(made[3:]) and rest["next"] is None
    assert len(csv_rows(file_of(inside, "incidents", q="raid", ordering="relevance", format="csv"))) == 7


@pytest.mark.parametrize(("path", "params"), [
    ("incidents", {}), ("incidents", {"q": ""}), ("operations", {"q": "x"}), ("vocabularies", {"q": "x"}), ("incidents", {"q": "x", "ordering": "-relevance"}),
])  # fmt: skip
def test_relevance_needs_something_to_be_relevant_to(path: str, params: dict[str, str], client: Client) -> None:
    assert "relevance where q" in str(get(client, path, expect=400, **{"ordering": "relevance", **params})["errors"]["ordering"])


def test_a_hidden_name_moves_nothing_in_the_order(analyst: User, reviewer: User, client: Client, alone: None) -> None:
    one, other = (
        factories.make_facility(analyst, name_en=name, name_ar="") for name in ("Branch Harasta one", "Branch Harasta two")
    )
    factories.publish(one, other, by=reviewer)
    before = client.get("/api/v1/facilities/?q=Harasta&ordering=relevance&fields=uid").content
    with factories.past_the_guard():
        other.names.create(text="Harasta", sensitivity="internal")
    assert client.get("/api/v1/facilities/?q=Harasta&ordering=relevance&fields=uid").content == before
    assert filtered_uids("facilities", NOBODY, q="Harasta") == {one.uid, other.uid}


@pytest.mark.parametrize("asked", [" or ".join(["prison"] * 500), "prison " + "-hospital " * 400])
def test_a_search_that_asks_too_much_is_refused(asked: str, client: Client) -> None:
    assert "too much at once" in get(client, "incidents", expect=400, q=asked)["errors"]["q"][0]
    get(client, "incidents", q="prison " * 400)  # many words of one question are one question
