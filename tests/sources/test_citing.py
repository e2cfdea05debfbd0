"""Sources as citations: dates, names and publishers where citation programs look for them, and no text that breaks a file."""

from __future__ import annotations

import json

import bibtexparser
import pytest
import rispy
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.choices import SourceKind
from sources.citing import bibtex, csl, ris
from tests import factories

# The item types of CSL 1.0.2.
CSL_TYPES = {
    "article",
    "article-journal",
    "article-magazine",
    "article-newspaper",
    "bill",
    "book",
    "broadcast",
    "chapter",
    "classic",
    "collection",
    "dataset",
    "document",
    "entry",
    "entry-dictionary",
    "entry-encyclopedia",
    "event",
    "figure",
    "graphic",
    "hearing",
    "interview",
    "legal_case",
    "legislation",
    "manuscript",
    "map",
    "motion_picture",
    "musical_score",
    "pamphlet",
    "paper-conference",
    "patent",
    "performance",
    "periodical",
    "personal_communication",
    "post",
    "post-weblog",
    "regulation",
    "report",
    "review",
    "review-book",
    "software",
    "song",
    "speech",
    "standard",
    "thesis",
    "treaty",
    "webpage",
}
DATES = [
    ("", {}, "", ""),
    ("2017", {"date-parts": [[2017]]}, "2017", "2017///"),
    ("2017-05", {"date-parts": [[2017, 5]]}, "2017-05", "2017/05//"),
    ("2017-02-07", {"date-parts": [[2017, 2, 7]]}, "2017-02-07", "2017/02/07/"),
    ("2011-09/2015-12", {"date-parts": [[2011, 9], [2015, 12]]}, "2011-09/2015-12", "///2011-09 to 2015-12"),
    ("2013~", {"date-parts": [[2013]], "circa": True}, "2013~", "2013///about"),
    ("2013-03?", {"date-parts": [[2013, 3]], "circa": True}, "2013-03~", "2013/03//about"),
    ("2013-21", {"date-parts": [[2013]], "season": 1}, "2013-21", "2013///"),
    ("2013-24/2014", {"literal": "2013-24/2014"}, "", "///2013-24/2014"),
    ("../2012", {"literal": "../2012"}, "", "///../2012"),
    ("201X", {"literal": "201X"}, "", "///201X"),
    ("[2012,2013]", {"literal": "[2012,2013]"}, "", "///[2012,2013]"),
]
HOSTILE = [
    "100% of {cells} & #1 _x_ ~ ^ $5 \\input{/etc/passwd}", "}}} @misc{evil, title={owned}}", "line\r\nER  - \r\nTY  - BOOK",
    "a\u2028TY  - BOOK\x85ER  - ", "Smith and Sons, Ltd and others", "سجن صيدنايا العسكري", "\\", "{", '"', "T2  - x", "%",
]  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


def row(**given: object) -> dict:
    empty = (
        "title",
        "title_en",
        "languages",
        "number",
        "published",
        "event",
        "accessed",
        "archived_url",
        "edition",
        "source_url",
    )
    return {"uid": "SRC-1", "url": "http://test/api/v1/sources/SRC-1/", "kind": "report", "read_as": "full_text", "publishers": [],
            "authors": [], "identifiers": [], **dict.fromkeys(empty, ""), **given}  # fmt: skip


def unescaped(text: str) -> str:
    """BibTeX's escapes turned back, the longest first."""
    for sign, escape in sorted(bibtex._SPECIALS.items(), key=lambda pair: -len(pair[1])):
        text = text.replace(escape, f"\ue000{ord(sign)}\ue001")
    for sign in bibtex._SPECIALS:
        text = text.replace(f"\ue000{ord(sign)}\ue001", sign)
    return text


@pytest.mark.parametrize(("edtf", "parts", "iso", "of_ris"), DATES)
def test_a_date_is_told_in_parts_or_as_it_is(edtf, parts, iso, of_ris):
    assert csl.date(edtf) == parts
    assert bibtex.day(parts) == iso
    assert ris._day(parts) == of_ris


@pytest.mark.parametrize("kind", SourceKind)
def test_every_kind_of_source_is_an_item_type_of_csl_and_an_entry_and_a_record(kind):
    item = csl.item(row(kind=kind.value, title="A"))
    assert item["type"] in CSL_TYPES
    assert item["type"] == kind.value or item["genre"] == kind.label
    assert len(bibtexparser.loads(bibtex.entry(item)).entries) == 1
    (record,) = rispy.loads(ris.record(item))
    assert record["type_of_reference"] in rispy.TYPE_OF_REFERENCE_MAPPING


def test_who_publishes_is_the_medium_of_an_article_and_the_publisher_of_a_report():
    by = [
        {"name": "AP", "role": "publishes"},
        {"name": "Federal News Radio", "role": "carries"},
        {"name": "X", "role": "republishes"},
    ]
    article = csl.item(row(kind="article-newspaper", publishers=by))
    assert article["container-title"] == "AP"
    assert "publisher" not in article
    assert article["note"] == "Carried by Federal News Radio. Republished by X."
    report = csl.item(row(publishers=by))
    assert (report["publisher"], report["container-title"]) == ("AP", "Federal News Radio")


def test_names_stay_whole_and_stand_by_their_roles():
    people = [{"name": "منظمة العفو الدولية", "literal": "", "role": "author"},
              {"name": None, "literal": "Jones, Stuart, of State and Defence", "role": "speaker"},
              {"name": "An Editor", "literal": "", "role": "editor"}]  # fmt: skip
    item = csl.item(row(authors=people))
    names = ["منظمة العفو الدولية", "Jones, Stuart, of State and Defence"]
    assert [each["literal"] for each in item["author"]] == names
    assert item["editor"] == [{"literal": "An Editor"}]
    (entry,) = bibtexparser.loads(bibtex.entry(item)).entries
    assert entry["author"] == " and ".join(f"{{{name}}}" for name in names)
    (record,) = rispy.loads(ris.record(item))
    assert record["authors"] == names


def test_addresses_numbers_and_languages_are_where_programs_look():
    item = csl.item(
        row(title="T", title_en="In English", languages="ar en", number="MDE 24/5415/2017", source_url="https://a.test/x_1?q={a b}",
            archived_url="https://archive.test/1", accessed="2026-01-02", read_as="as_quoted", edition="2",
            identifiers=[{"scheme": "DOI", "value": "10.1/x_y"}, {"scheme": "wikidata", "value": "Q1"}])
    )  # fmt: skip
    assert (item["DOI"], item["language"], item["URL"]) == ("10.1/x_y", "ar", "https://a.test/x_1?q=%7Ba%20b%7D")
    assert item["archive_location"] == "https://archive.test/1"
    assert item["note"] == (
        "Title in English: In English. Archived at https://archive.test/1. How far we read it: Only as quoted elsewhere."
    )
    (entry,) = bibtexparser.loads(bibtex.entry(item)).entries
    assert (entry["url"], entry["urldate"], entry["langid"]) == (item["URL"], "2026-01-02", "ar")
    (record,) = rispy.loads(ris.record(item))
    assert (record["urls"], record["doi"], record["language"]) == ([item["URL"]], "10.1/x_y", "ar")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_its_field(text):
    stays_in_its_field(text)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_any_text_stays_in_its_field(text):
    stays_in_its_field(text)


def stays_in_its_field(text: str) -> None:
    name = {"name": text, "literal": "", "role": "author"}
    items = [
        csl.item(row(title=text, published="2017", authors=[name], source_url=text)),
        csl.item(row(uid="SRC-2", title="next")),
    ]
    first, second = bibtexparser.loads("".join(map(bibtex.entry, items))).entries
    assert (first["ID"], second["ID"]) == ("SRC-1", "SRC-2")
    assert first.keys() <= {"ENTRYTYPE", "ID", "title", "author", "date", "year", "url"}
    assert unescaped(first.get("title", "")).removeprefix("{").removesuffix("}") == csl.one_line(text)
    parsed = rispy.loads("".join(map(ris.record, items)))
    assert [record["id"] for record in parsed] == ["SRC-1", "SRC-2"]
    assert parsed[0].get("title", "") == csl.one_line(text)


# ── from the list ──


def file_of(form: str, address: str = "/api/v1/sources/", client: Client | None = None) -> str:
    answer = (client or Client()).get(f"{address}?format={form}")
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


@pytest.mark.django_db
def test_every_source_of_the_list_is_cited_once_in_each_format(founding_case):
    uids = [row["uid"] for row in Client().get("/api/v1/sources/?page_size=200").json()["results"]]
    items = json.loads(file_of("csl-json"))
    assert [item["id"] for item in items] == uids
    assert [entry["ID"] for entry in bibtexparser.loads(file_of("bibtex")).entries] == uids
    records = rispy.loads(file_of("ris"))
    assert [record["id"] for record in records] == uids
    assert [record["title"] for record in records] == [item["title"] for item in items]
    (report,) = [item for item in items if item.get("number") == "MDE 24/5415/2017"]
    assert report["publisher"] == "Amnesty International"
    assert report["issued"] == {"date-parts": [[2017, 2, 7]]}
    (alone,) = json.loads(file_of("csl-json", f"/api/v1/sources/{report['id']}/"))
    assert alone == report


def test_a_citation_tells_only_what_its_reader_may_see(analyst, reviewer):
    source = factories.make_source(analyst, title="Open")
    hidden = factories.make_party(analyst, name_en="HIDDENAGENCY")
    source.publishers.create(party=hidden)
    source.authors.create(party=hidden, literal="HIDDENWRITER")
    factories.publish(source, by=reviewer)
    browser = Client()
    browser.force_login(analyst)
    for form in ("csl-json", "bibtex", "ris"):
        assert "HIDDEN" not in file_of(form, f"/api/v1/sources/{source.uid}/")
        assert "HIDDENAGENCY" in file_of(form, f"/api/v1/sources/{source.uid}/", browser)


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), [
    ("/api/v1/estimates/?format=bibtex", 404), ("/api/v1/sources/?format=bibtexx", 404),
    ("/api/v1/sources/?format=ris&fields=uid", 400), ("/api/v1/sources/?format=csl-json&expand=edition_of", 400),
])  # fmt: skip
def test_a_list_that_has_no_such_format_or_columns_says_so(address, status):
    assert Client().get(address).status_code == status


@pytest.mark.django_db
def test_a_program_may_ask_by_the_media_type(founding_case):
    answer = Client().get("/api/v1/sources/", headers={"accept": "application/x-bibtex"})
    assert answer["Content-Disposition"] == 'attachment; filename="hrdocs-sources.bib"'
    assert b"".join(answer.streaming_content).startswith(b"@")
