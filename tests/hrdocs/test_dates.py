"""Dates as sources give them: kept as written, with the first and the last day that they can mean."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from cases.models import Incident
from hrdocs import dates
from hrdocs.filtersets import EdtfFormField
from tests import factories

# EDTF text, first day, last day, precision. None: open or unknown.
MEANINGS = [
    ("2012", "2012-01-01", "2012-12-31", "year"),
    ("2012-XX", "2012-01-01", "2012-12-31", "year"),
    ("2012-XX-XX", "2012-01-01", "2012-12-31", "year"),
    ("2012-02", "2012-02-01", "2012-02-29", "month"),
    ("2011-02", "2011-02-01", "2011-02-28", "month"),
    ("2012-03-XX", "2012-03-01", "2012-03-31", "month"),
    ("2012-03-15", "2012-03-15", "2012-03-15", "day"),
    ("2012-02-29", "2012-02-29", "2012-02-29", "day"),
    ("2012-21", "2012-03-01", "2012-05-31", "season"),
    ("201X", "2010-01-01", "2019-12-31", "decade"),
    ("2012?", "2012-01-01", "2012-12-31", "year"),
    ("2012-03?", "2012-03-01", "2012-03-31", "month"),
    ("2012-03-15?", "2012-03-15", "2012-03-15", "day"),
    ("2012~", "2011-01-01", "2013-12-31", "year"),
    ("2012-03~", "2012-02-01", "2012-04-30", "month"),
    ("2012-03%", "2012-02-01", "2012-04-30", "month"),
    ("2012-03-15~", "2012-03-14", "2012-03-16", "day"),
    ("201X~", "2000-01-01", "2029-12-31", "decade"),
    ("2011-09/2015-12", "2011-09-01", "2015-12-31", "interval"),
    ("2011/2015", "2011-01-01", "2015-12-31", "interval"),
    ("2011-03-15/2015-12-31", "2011-03-15", "2015-12-31", "interval"),
    ("2011-09~/2015", "2011-08-01", "2015-12-31", "interval"),
    ("2012-03-15/2012-03-15", "2012-03-15", "2012-03-15", "interval"),
    ("../2011-05", None, "2011-05-31", "interval"),
    ("/2015", None, "2015-12-31", "interval"),
    ("2011-09/..", "2011-09-01", None, "interval"),
    ("2011-09/", "2011-09-01", None, "interval"),
    ("[2012,2013]", "2012-01-01", "2013-12-31", "interval"),
    ("{2012-03-15,2012-03-17}", "2012-03-15", "2012-03-17", "interval"),
    ("[2012-03-15..2012-03-17]", "2012-03-15", "2012-03-17", "interval"),
    ("XXXX", None, None, "unknown"),
    # Level 2: what is uncertain is said of one part of the date. It stays as precise as it is.
    ("2012?-03", "2012-03-01", "2012-03-31", "month"),
    ("2012?-03-15", "2012-03-15", "2012-03-15", "day"),
    ("2012-03?-15", "2012-03-15", "2012-03-15", "day"),
    ("2012-03-?15", "2012-03-15", "2012-03-15", "day"),
    ("?2012-03-15", "2012-03-15", "2012-03-15", "day"),
]
REFUSED = [
    "", " ", "-", "..", "/", "../..", "../", "/..", "//", "2011/2012/2013", "yesterday", "March 2012", "2012-3", "2012-13", "2012-00",
    "2012-03-32", "2012-03-00", "2011-02-29", "2011-02-30", "0000-00-00", "10000-01-01", "Y10000", "12-03-2012", "15/03/2012",
    "2012/03/15", "2012-W10", "2012-366", "2012-Q1", "2012-03-15T10:00", "2012-03-15T10:00:00Z", "open", "unknown", "2012/open",
    "2012S2", "1950S2", "2012/2011", "2012-03-15/2012-03-14", "2012-05/2012-03", "1432", "1432-05", "1432/1433", "1699", "156X",
    "9999~", "-2012", "+2012", "2012-03-15 ", " 2012", "2012\n", "\x00", "2012\x00", "٢٠١٢", "2012" * 20, "X" * 60, "/" * 60, "[" * 60,
    "[2012,2013", "2012~~~", "<script>", "'; --",
]  # fmt: skip
WIDTHS = {
    "day": (1, 1), "month": (28, 31), "season": (80, 190), "year": (330, 366), "decade": (3652, 3653), "century": (36524, 36525),
}  # fmt: skip


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), MEANINGS)
def test_a_date_has_the_bounds_and_the_precision_that_it_can_mean(text, earliest, latest, precision):
    assert dates.parse(text) == dates.Span(day(earliest), day(latest), precision)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_date_is_refused_in_words(text):
    with pytest.raises(ValueError, match="Write|Gregorian") as refused:
        dates.parse(text)
    assert type(refused.value) is ValueError
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("text", ["1432", "1432-05", "1432/1433", "156X"])
def test_a_hijri_year_is_refused_and_never_misread(text):
    with pytest.raises(ValueError, match="Hijri"):
        dates.parse(text)


def test_a_reversed_span_is_answered_with_the_right_way_round():
    with pytest.raises(ValueError, match="2011/2015"):
        dates.parse("2015/2011")


@effort(max_examples=60, deadline=None)
@given(st.text(max_size=20) | st.text("0123456789-/.~?%X[]{},YS ", max_size=20))
def test_any_text_is_understood_or_refused_in_words(text):
    try:
        span = dates.parse(text)
    except ValueError as refused:
        assert str(refused).endswith(".")
    else:
        assert span.precision in dates.PRECISIONS


@given(st.dates(dt.date(1700, 1, 1), dt.date(2199, 12, 31)), st.sampled_from(["%Y", "%Y-%m", "%Y-%m-%d", "%Y-XX", "%Y-%m-XX"]))
def test_a_precision_says_how_many_days_a_date_can_mean(date, form):
    span = dates.parse(date.strftime(form))
    fewest, most = WIDTHS[span.precision]
    assert fewest <= (span.latest - span.earliest).days + 1 <= most
    assert span.earliest <= date <= span.latest


MARKS = st.sampled_from(["", "", "", "?", "~", "%"])
WRITTEN = st.builds(
    lambda marks, parts: "-".join(f"{marks[2 * i]}{part}{marks[2 * i + 1]}" for i, part in enumerate(parts)),
    st.lists(MARKS, min_size=6, max_size=6),
    st.tuples(st.sampled_from(["2012", "201X", "20XX", "2XXX"]))
    | st.tuples(st.sampled_from(["2012", "201X"]), st.sampled_from(["03", "21", "XX", "1X"]))
    | st.tuples(st.just("2012"), st.sampled_from(["03", "XX"]), st.sampled_from(["15", "XX", "1X"])),
)


@given(WRITTEN)
def test_no_date_claims_a_precision_that_its_bounds_do_not_have(text):
    """No month becomes a day, and no day a decade."""
    try:
        span = dates.parse(text)
    except ValueError:
        return
    most = WIDTHS.get(span.precision, (0, 10**6))[1]
    margin = 2 * most if set("~%") & set(text) else 0  # "about March" reaches one month to either side
    assert span.precision in ("interval", "unknown") or (span.latest - span.earliest).days + 1 <= most + margin


@pytest.mark.parametrize(("text", "earliest", "latest", "precision"), MEANINGS)
def test_the_database_keeps_the_text_as_written_and_its_bounds_beside_it(db, text, earliest, latest, precision):
    pk = factories.make_incident(factories.make_user(), date=text).pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT date, date_earliest, date_latest, date_precision FROM cases_incident WHERE id = %s", [pk])
        assert cursor.fetchone() == (text, day(earliest), day(latest), precision)


def test_the_bounds_follow_when_the_date_changes_and_go_when_it_is_emptied(db):
    analyst = factories.make_user()
    incident = factories.make_incident(analyst, date="2012-03")
    incident.date = "2011/2015"
    incident.save_by(analyst)
    incident.refresh_from_db()
    assert (incident.date_earliest, incident.date_latest) == (dt.date(2011, 1, 1), dt.date(2015, 12, 31))
    incident.date = ""
    incident.save_by(analyst)
    incident.refresh_from_db()
    assert (incident.date_earliest, incident.date_latest, incident.date_precision) == (None, None, "")


def test_many_rows_made_at_once_have_their_bounds_too(db):
    analyst = factories.make_user()
    made = Incident.objects.bulk_create([Incident(title_en="x", date="2012-03", created_by=analyst, edited_by=analyst)])
    assert Incident.objects.get(pk=made[0].pk).date_latest == dt.date(2012, 3, 31)


def test_a_form_understands_arabic_digits_and_spaces_around_a_date(db):
    incident = Incident(title_en="x", date=" ٢٠١٢-٠٣ ")
    incident.clean_fields(exclude=["created_by", "edited_by"])
    assert incident.date == "2012-03"


@pytest.mark.parametrize("text", ["2012-13", "March 2012", "1432"])
def test_a_form_says_at_the_field_what_is_wrong_with_a_date(db, text):
    with pytest.raises(ValidationError) as refused:
        Incident(title_en="x", date=text).clean_fields(exclude=["created_by", "edited_by"])
    assert set(refused.value.message_dict) == {"date"}


def test_the_database_refuses_bounds_that_end_before_they_start(db):
    pk = factories.make_incident(factories.make_user(), date="2012").pk
    with pytest.raises(IntegrityError, match="date_order"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE cases_incident SET date_latest = '1999-01-01' WHERE id = %s", [pk])


# ── filters ──

STORED = [text for text, *_ in MEANINGS if "?" not in text] + [""]
ASKED = [
    "2013",
    "2012-03",
    "2012-03-15",
    "2012-03~",
    "2011/2015",
    "../2011-05",
    "/2010",
    "2015-06/..",
    "201X",
    "1999",
    "2012-03-16/2012-03-31",
]


def overlap(row: dates.Span, asked: dates.Span) -> bool:
    first, last = dt.date.min, dt.date.max
    return (row.earliest or first) <= (asked.latest or last) and (asked.earliest or first) <= (row.latest or last)


def inside(row: dates.Span, asked: dates.Span) -> bool:
    starts = asked.earliest is None or (row.earliest is not None and row.earliest >= asked.earliest)
    ends = asked.latest is None or (row.latest is not None and row.latest <= asked.latest)
    return starts and ends


@pytest.fixture(scope="module")
def spans():
    return {text: dates.parse(text) for text in STORED if text not in ("", "XXXX")}


@pytest.fixture
def stored(db):
    analyst = factories.make_user()
    return {factories.make_incident(analyst, title_en=text or "–", date=text).pk: text for text in STORED}


def test_a_filter_finds_each_date_that_can_share_a_day_and_no_other(stored, spans):
    for asked in ASKED:
        span = dates.parse(asked)
        found = Incident.objects.filter(dates.overlapping("date", span), pk__in=stored).values_list("date", flat=True)
        assert sorted(found) == sorted(text for text, row in spans.items() if overlap(row, span)), asked


def test_a_filter_for_what_lies_within_finds_only_dates_wholly_inside(stored, spans):
    for asked in ASKED:
        span = dates.parse(asked)
        found = Incident.objects.filter(dates.within("date", span), pk__in=stored).values_list("date", flat=True)
        assert sorted(found) == sorted(text for text, row in spans.items() if inside(row, span)), asked


@pytest.mark.parametrize(
    ("asked", "row", "found"),
    [
        ("2013", "2011/2015", True),
        ("2013", "2011-09/2015-12", True),
        ("2013", "../2011-05", False),
        ("2011-05-31", "../2011-05", True),
        ("1950", "../2011-05", True),
        ("2013", "/2015", True),
        ("2016", "/2015", False),
        ("2030", "2011-09/..", True),
        ("2012-02", "2012-03~", True),
        ("2012-01", "2012-03~", False),
        ("2012-03-31", "2012-03", True),
        ("2012-04-01", "2012-03", False),
        ("2013", "XXXX", False),
        ("2013", "", False),
        ("../2012", "2012-12-31", True),
        ("../2012", "2013-01-01", False),
    ],
)
def test_a_filter_reaches_as_far_as_an_open_end_can(db, asked, row, found):
    pk = factories.make_incident(factories.make_user(), date=row).pk
    assert Incident.objects.filter(dates.overlapping("date", dates.parse(asked)), pk=pk).exists() is found


def test_a_filter_says_what_to_write_where_a_date_is_not_understood():
    with pytest.raises(ValidationError, match="is not a date. Write"):
        EdtfFormField().clean("March")
    assert EdtfFormField(required=False).clean("") is None


@pytest.mark.parametrize("text", ["2012", "2012-02", "2012-02-29", "2012-12", "1999-12-31", "2000-02", "1900-02"])
def test_a_date_in_digits_alone_is_read_as_the_grammar_reads_it(text):
    assert dates._plain(text) == dates._bounds(text)


@pytest.mark.parametrize("text", ["2012-21", "2012~", "201X", "2012-1", "٢٠١٢", "2012-13"])
def test_what_is_more_than_digits_is_left_to_the_grammar(text):
    assert dates._plain(text) is None
