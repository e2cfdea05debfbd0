"""Reports on filtered lists: the same question on the page, over the API and by the command, and nothing beyond it."""

from __future__ import annotations

import functools
import html
import re
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from cases.reports import listing, pdf
from cases.reports.formats import FORMATS
from cases.reports.listing import Listing, TooMuch
from cases.reports.typesetting import typeset
from hrdocs.access import Role
from hrdocs.endpoints import views
from hrdocs.making_files import asking
from hrdocs.refusal import Refused
from tests import factories
from tests.cases.test_reports import NOBODY, checksum, in_words, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("founding_case")]

LISTS = [name for name, view in views().items() if hasattr(view, "report_on_list")]


def asked(name: str, query: str = "") -> Listing:
    return Listing(name, QueryDict(query), NOBODY)


@pytest.mark.parametrize("name", LISTS)
def test_a_report_on_a_list_holds_each_of_its_records_and_what_is_said_on_them(name):
    rows = Client().get(f"/api/v1/{name}/?q=Saydnaya&page_size=200").json()["results"]
    report = in_words(told(asked(name, "q=Saydnaya")))
    assert (
        f"{len(rows)} record{'s are' if len(rows) > 1 else ' is'} found." in report if rows else "Nothing is found so." in report
    )
    assert all(row["uid"] in report for row in rows)
    for expected in ("Methodology and standard of proof", "Limitations", "What may be withheld", "Asked for q=Saydnaya"):
        assert expected in report, expected


def test_it_says_how_many_there_are_of_each_kind_and_year_and_sets_their_figures_side_by_side():
    report = in_words(told(asked("estimates", "q=Saydnaya&measure=total")))
    for expected in ("How many of each", "Year 2011 : ", "5,000–13,000", "Independent origins", "Our grading", "Bibliography",
                     "By which hands the figures came"):  # fmt: skip
        assert expected in report, expected
    assert "as many as 50 a day" not in report.partition("By which hands")[0]  # a rate; the chain of a total may tell of none


@pytest.mark.parametrize("language", ["en", "ar"])
def test_page_api_and_command_give_the_same_report(language, tmp_path):
    page = Client().get("/incidents/?q=Saydnaya&ordering=-edited_at&page_size=2", headers={"accept-language": language})
    text = page.content.decode()
    address, both = (html.unescape(each) for each in re.findall(r'href="([^"]*/report/[^"]*format=html[^"]*)"', text))
    assert both == address.replace(f"lang={language}", "lang=en,ar")
    assert "500" in text and "csv" in text
    answer = Client().get(address)
    over_the_api = b"".join(answer.streaming_content).decode()
    manifest = Client().get(re.search("<(.*)>", answer["Link"])[1]).json()
    rows = Client().get("/api/v1/incidents/?q=Saydnaya&page_size=200").json()["results"]
    assert (manifest["state"], manifest["kind"], manifest["rows"]) == ("complete", "incidents", len(rows))
    out = tmp_path / "report.html"
    call_command("report", "incidents/?q=Saydnaya", format="html", lang=language, output=str(out))
    sums = {re.findall(r"\b[0-9a-f]{64}\b", each)[-1] for each in (over_the_api, out.read_text())}
    assert sums == {checksum(told(asked("incidents", "q=Saydnaya"), language))}


@pytest.mark.parametrize("wrong", ["colour=red", "fields=uid", "lang=fr", "format=csv", "as_of=2020-01-01", "date=yesterday"])
def test_a_report_refuses_what_the_list_refuses_and_what_is_of_columns(wrong):
    answer = Client().get(f"/api/v1/incidents/report/?{wrong}")
    assert answer.status_code == (404 if wrong.startswith("format") else 400)
    assert wrong.startswith("format") or list(answer.json()["errors"]) == [wrong.partition("=")[0]]


@pytest.mark.parametrize(
    ("most", "words"), [((1, 3000), "1 records at most"), ((500, 1), "More than 1 statements")], ids=["records", "statements"]
)
def test_more_than_a_report_holds_is_refused_with_how_much_it_holds_and_what_holds_all(most, words, monkeypatch, tmp_path):
    for name in ("AT_ONCE", "IN_BACKGROUND"):
        monkeypatch.setattr(listing, name, replace(getattr(listing, name), records=most[0], said=most[1]))
    address = reverse("facilities-reported") + "?format=html"
    answer = Client().get(address)
    assert answer.status_code == 400
    (told_,) = answer.json()["errors"]["format"]
    assert words in told_ and "csv, which holds all" in told_ and "/account/files/" in told_
    with pytest.raises(Refused, match=f"{words}.*csv, which holds all"):
        asking.answer(address, NOBODY)
    with pytest.raises(CommandError, match="csv, which holds all"):
        call_command("report", "facilities/", output=str(tmp_path / "never.pdf"))
    with pytest.raises(TooMuch):
        told(Listing("facilities", QueryDict(""), NOBODY, listing.AT_ONCE))


def test_made_in_the_background_a_report_holds_more_and_what_can_not_be_set_says_what_to_do(monkeypatch):
    monkeypatch.setattr(listing, "AT_ONCE", replace(listing.AT_ONCE, records=1))
    address = reverse("facilities-reported") + "?format=pdf"
    assert Client().get(address).status_code == 400
    reader = factories.make_user(Role.RESEARCHER)
    assert b"".join(asking.answer(address, reader).pieces).startswith(b"%PDF")
    monkeypatch.setattr(pdf, "typeset", functools.partial(typeset, memory=64 * 1024**2))
    with pytest.raises(Refused, match="take it as docx or html"):
        b"".join(asking.answer(address, reader).pieces)


def test_the_command_names_what_it_does_not_understand(tmp_path):
    for subject, words in (
        ("incidents/?colour=red", "colour: This list takes no such parameter"),
        ("nonsense", "Reports on lists: "),
    ):
        with pytest.raises(CommandError, match=re.escape(words)):
            call_command("report", subject, output=str(tmp_path / "never.pdf"))


@pytest.mark.parametrize("form", FORMATS)
def test_a_list_of_nothing_is_a_report_too(form):
    assert FORMATS[form].write(told(asked("incidents", "q=xqzvnothing")))


def test_a_list_tells_nothing_of_a_record_that_its_reader_may_not_see():
    analyst = factories.make_user()
    hidden = factories.make_incident(analyst, title_en="Canary xqzv")
    factories.make_estimate(analyst, about_incident=hidden, value_text="4,711 xqzv", best=4711)
    mine = in_words(told(Listing("incidents", QueryDict(""), analyst), user=analyst))
    theirs = told(asked("incidents"))
    assert "xqzv" in mine and hidden.uid in mine
    assert "xqzv" not in in_words(theirs) and hidden.uid not in in_words(theirs)
    assert theirs == told(asked("incidents"))
