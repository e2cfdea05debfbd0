"""Dates as people type them: one reading is taken, two are named, and nothing is guessed."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cases.models import Incident
from hrdocs import dates
from hrdocs.typed_dates import NotUnderstood, edtf_of
from tests.hrdocs.forms import complaints, fill

UNDERSTOOD = [
    ("early March 2012", "2012-03-01/2012-03-10"),
    ("mid-March 2012", "2012-03-11/2012-03-20"),
    ("late February 2012", "2012-02-21/2012-02-29"),
    ("late 2012", "2012-09/2012-12"),
    ("March 2012", "2012-03"),
    ("Mar. 2012", "2012-03"),
    ("03/2012", "2012-03"),
    ("2 March 2012", "2012-03-02"),
    ("March 2, 2012", "2012-03-02"),
    ("on the 2nd of March, 2012", "2012-03-02"),
    ("25/03/2012", "2012-03-25"),
    ("03/25/2012", "2012-03-25"),
    ("02/02/2012", "2012-02-02"),
    ("2012/03/02", "2012-03-02"),
    ("2011-2015", "2011/2015"),
    ("2011 – 2015", "2011/2015"),
    ("from September 2011 to December 2015", "2011-09/2015-12"),
    ("March to May 2012", "2012-03/2012-05"),
    ("2-5 March 2012", "2012-03-02/2012-03-05"),
    ("28 February – 2 March 2012", "2012-02-28/2012-03-02"),
    ("late March to early April 2012", "2012-03-21/2012-04-10"),
    ("2012-03-02 to 2012-04-05", "2012-03-02/2012-04-05"),
    ("between 2011 and 2015", "2011/2015"),
    ("spring 2012", "2012-21"),
    ("winter 2012-13", "2012-12/2013-02"),
    ("the 1990s", "199X"),
    ("about 2011", "2011~"),
    ("circa March 2011", "2011-03~"),
    ("possibly 2011", "2011?"),
    ("before May 2013", "../2013-04"),
    ("before January 2013", "../2012-12"),
    ("before 1 March 2012", "../2012-02-29"),
    ("until May 2013", "../2013-05"),
    ("after 31 December 2012", "2013-01-01/.."),
    ("since 2013", "2013/.."),
    ("آذار 2011", "2011-03"),
    ("مارس ٢٠١١", "2011-03"),
    ("١٥ آذار/مارس ٢٠١١", "2011-03-15"),
    ("كانون الثاني 2012", "2012-01"),
    ("تشرين الأول 2012", "2012-10"),
    ("في أوائل آذار 2012", "2012-03-01/2012-03-10"),
    ("ربيع 2012", "2012-21"),
    ("حوالي عام 2011", "2011~"),
    ("قبل أيار 2013", "../2013-04"),
    ("من آذار 2011 إلى أيار 2012", "2011-03/2012-05"),
    ("بين 2011 و2015", "2011/2015"),
    ("بين آذار وأيار 2011", "2011-03/2011-05"),
    ("2 مارس 2012م", "2012-03-02"),
]

REFUSED = [
    ("02/03/2012", "can be 2 March 2012 or 3 February 2012"),
    ("2.3.2012", "can be 2 March 2012 or 3 February 2012"),
    ("winter 2012", "the winter 2011-2012 or the winter 2012-2013"),
    ("2/3/12", "two digits"),
    ("2011-15", "two digits"),
    ("March", "has no year"),
    ("15 March", "has no year"),
    ("كانون 2012", "كانون الأول is December"),
    ("آذار/نيسان 2011", "is not a date"),
    ("31 February 2012", "no such day"),
    ("before spring 2012", "Write the month"),
    ("about 2011 to 2012", "is not a date"),
    ("end of 2012", "is not a date"),
    ("yesterday", "is not a date"),
    ("1433", "Hijri"),
    ("15 رجب 1433 هـ", "Hijri"),
    ("ربيع الأول 2012", "Hijri"),
    ("Ramadan 2012", "Hijri"),
]


@pytest.mark.parametrize(("typed", "edtf"), UNDERSTOOD)
def test_a_date_with_one_reading_is_understood(typed, edtf):
    assert edtf_of(typed) == edtf
    dates.parse(edtf)


@pytest.mark.parametrize(("typed", "why"), REFUSED)
def test_a_date_that_would_have_to_be_guessed_is_refused_and_says_why(typed, why):
    with pytest.raises(ValueError, match=why) as refused:
        edtf_of(typed)
    assert f"“{typed}”" in str(refused.value)


@given(st.text(alphabet="0123456789٠٢ /.-~marchlyإلىآذارو", max_size=30))
def test_whatever_is_typed_is_read_or_refused_in_words(typed):
    try:
        found = dates.from_typed(typed)
    except ValueError as refused:
        assert str(refused).endswith((".", ")"))  # noqa: PT017 - either is right
    else:
        dates.parse(found)


@pytest.mark.parametrize("edtf", ["2012", "2012-21", "2011-12", "../2011-05", "/2015", "201X", "2012-03~"])
def test_edtf_stays_as_it_was_typed(edtf):
    assert dates.from_typed(edtf) == edtf


def test_words_that_are_not_understood_are_told_apart_from_what_is_refused():
    with pytest.raises(NotUnderstood):
        edtf_of("soon")


@pytest.fixture
def desk(analyst):
    client = Client()
    client.force_login(analyst)
    return client


@pytest.mark.usefixtures("alone")
def test_a_form_keeps_edtf_of_what_was_typed_in_words(desk):
    fill(desk, "/admin/cases/incident/add/", title_en="Hangings", date="early March 2012", date_meaning="some_day")
    incident = Incident.objects.get()
    assert (incident.date, str(incident.date_earliest), str(incident.date_latest)) == (
        "2012-03-01/2012-03-10", "2012-03-01", "2012-03-10",
    )  # fmt: skip


def test_a_form_names_both_readings_of_an_ambiguous_date_and_keeps_what_was_typed(desk):
    answer = fill(desk, "/admin/cases/incident/add/", title_en="Hangings", date="02/03/2012")
    assert "can be 2 March 2012 or 3 February 2012" in complaints(answer)
    assert 'value="02/03/2012"' in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("early March 2012", {"words": "from 1 to 10 March 2012, stored as 2012-03-01/2012-03-10"}),
        ("2 March 2012", {"words": "2 March 2012, stored as 2012-03-02"}),
        ("about March 2012", {"words": "from 1 February to 30 April 2012, stored as 2012-03~"}),
        ("2011-2015", {"words": "from 1 January 2011 to 31 December 2015, stored as 2011/2015"}),
        ("before May 2013", {"words": "until 30 April 2013, stored as ../2013-04"}),
        ("2013/..", {"words": "since 1 January 2013, stored as 2013/.."}),
        ("XXXX", {"words": "not known when, stored as XXXX"}),
        ("", {}),
    ],
)
def test_the_desk_says_how_a_date_is_understood_before_it_is_saved(desk, typed, said):
    assert desk.get("/admin/understood/", {"text": typed}).json() == said


def test_the_desk_says_what_is_wrong_with_a_date(desk):
    assert "can be" in desk.get("/admin/understood/", {"text": "02/03/2012"}).json()["problem"]
    assert desk.post("/admin/understood/", {"text": "2012"}).status_code == 405


def test_only_who_works_here_is_told_how_a_date_is_understood(people):
    for role in ("anonymous", "researcher", "custodian"):
        client = Client()
        if role != "anonymous":
            client.force_login(people[role])
        assert client.get("/admin/understood/", {"text": "2012"}).status_code == 302


def test_in_arabic_the_stored_text_keeps_its_own_order(desk):
    desk.cookies["django_language"] = "ar"
    said = desk.get("/admin/understood/", {"text": "أوائل آذار 2012"}).json()["words"]
    assert said == "من 1 إلى 10 مارس 2012، يُحفظ هكذا: \u20662012-03-01/2012-03-10\u2069"
