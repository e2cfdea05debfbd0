"""The pages for readers, over the founding case and over records made for one test."""

from __future__ import annotations

import itertools
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import (
    Allegation,
    Case,
    Citation,
    Conclusion,
    ConclusionGround,
    Estimate,
    Facility,
    Incident,
    IncidentFacility,
    OfficialAct,
    Place,
    Response,
)
from cases.pages.reading import said_on
from cases.reconciliation import findings
from hrdocs import review
from hrdocs.access import Role, Sensitivity
from sources.models import Party, Source
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("founding_case")]

PAGES = {
    "facilities": Facility, "cases": Case, "parties": Party, "incidents": Incident, "sources": Source, "statements": Estimate,
    "places": Place,
}  # fmt: skip
INLINE = re.compile(r"<(?:style|script(?! src=\"/static/))\b|<[^>]*\s(?:style|on[a-z]+)\s*=|javascript:", re.IGNORECASE)


def saydnaya() -> Facility:
    return Facility.objects.get(name_en="Saydnaya Military Prison")


def address(name: str) -> str:
    model = PAGES[name]
    record = saydnaya() if model is Facility else model.objects.order_by("id").first()
    return f"/{name}/{record.uid}/"


def page(path: str, language: str = "en", status: int = 200, **given: Any) -> str:
    answer = Client(headers={"Accept-Language": language}).get(path, **given)
    assert answer.status_code == status, (path, answer.status_code)
    return unescape(answer.content.decode())


def words(html: str) -> str:
    """What a reader sees of a page, with single spaces."""
    return (
        " ".join(re.sub(r"<[^>]+>", " ", html).translate({0x2068: None, 0x2069: None}).split())
        .replace(" ”", "”")
        .replace("“ ", "“")
    )


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_answers_anybody_and_names_its_address_as_data(name, language):
    html = page(address(name), language)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in html
    data = re.search(r'<a href="(/api/v1/[^"]+)"', html)[1]
    assert Client().get(data).status_code == 200


@pytest.mark.parametrize("path", ["/", "/cases/", "/facilities/", "/sign-in/"])
def test_the_start_page_the_lists_and_the_door_answer_anybody(path):
    assert "</main>" in page(path) and 'dir="rtl"' in page(path, "ar")


def test_each_kind_of_statement_has_a_page():
    for model in (Estimate, Allegation, Response, Citation):
        for record in model.objects.order_by("id")[:12]:
            assert record.uid in page(f"/statements/{record.uid}/")


def test_facilities_incidents_parties_and_sources_of_the_founding_case_have_pages_in_arabic():
    for name in ("facilities", "incidents", "parties", "sources"):
        for record in PAGES[name].objects.order_by("id")[:12]:
            assert record.uid in page(f"/{name}/{record.uid}/", "ar"), record


@pytest.mark.parametrize("name", [*PAGES, "", "start"])
def test_no_page_has_style_or_script_in_it_and_its_policy_allows_none(name):
    path = address(name) if name in PAGES else "/facilities/" if name else "/"
    answer = Client().get(path)
    assert INLINE.findall(answer.content.decode()) == []
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]


def test_all_links_within_the_pages_lead_somewhere():
    linked = {link for name in PAGES for link in re.findall(r'href="(/[^"#?]*)"', page(address(name)))}
    assert len(linked) > 50
    by_kind: dict[str, list[str]] = {}
    for link in sorted(linked - {"/admin/"}):
        by_kind.setdefault(link[:20] if link.startswith("/api/") else link.split("/")[1], []).append(link)
    by_kind.pop("static")
    for link in (link for links in by_kind.values() for link in links[:5]):
        assert Client().get(link).status_code == 200, link


# ── the facility ──


def test_the_facility_page_shows_the_figures_side_by_side_with_who_says_so():
    html = page(f"/facilities/{saydnaya().uid}/")
    text = words(html)
    assert 'role="img"' in html and "Amnesty International" in text
    for expected in (
        "5,000–13,000",
        "as many as 13,000",
        "5,000–11,000",
        "as many as 50 a day",
        "at least 50 a day",
        "20–50 a week",
    ):
        assert expected in text, expected
    assert "One origin, for certain and at most." in text
    assert "No origin for certain; at most is open" in text
    assert "These figures cannot be added." in text


def test_a_chain_is_collapsed_to_its_origin_and_tells_what_changed_in_words():
    html = page(f"/facilities/{saydnaya().uid}/")
    chain = re.search(r'<details class="told-on">(.*?)</details>', html, re.DOTALL)[1]
    assert "Told on 5 times" in words(chain)
    assert "The upper bound fell from 13,000 to 11,000." in chain
    assert "material" in chain  # the gravity is a word, not a colour alone


def test_rates_beside_totals_are_marked_as_computed_by_us():
    text = words(page(f"/facilities/{saydnaya().uid}/"))
    assert text.index("Rates beside totals, computed by us") < text.index("20–50 a week × 226 weeks")


def test_accusations_stand_beside_their_denials():
    text = words(page(f"/facilities/{saydnaya().uid}/"))
    accused = text.index("Accused by Amnesty International of ordering: “mass hangings”")
    assert accused < text.index("Denial Ministry of Justice (Syria)") < text.index("Words of judgement")


def test_a_denial_of_a_source_as_a_whole_stands_under_that_source():
    text = words(page(f"/facilities/{saydnaya().uid}/"))
    assert re.search(r"Answered to a source as a whole: \[Special briefing.*?Denial Ministry of Foreign Affairs", text)


def test_where_no_figure_is_adopted_the_page_says_so():
    building = Facility.objects.get(name_en="White Building")
    assert "No figure is adopted. All stand as their sources give them." in words(page(f"/facilities/{building.uid}/"))


def test_the_founding_case_stands_behind_one_range_and_says_what_it_set_aside_and_why():
    text = words(page(f"/facilities/{saydnaya().uid}/"))
    adopted = text.index("Adopted figure: 5,000–13,000")
    assert "Reasonable suspicion" in text[adopted:] and "behind no number inside it" in text[adopted:]
    rests, aside = text.index("Rests on", adopted), text.index("Set aside", adopted)
    assert rests < text.index("Amnesty International", rests) < aside < text.index("5,000–11,000", aside)


def test_what_the_program_finds_is_said_in_arabic_on_an_arabic_page_with_names_in_arabic():
    text = words(page(f"/facilities/{saydnaya().uid}/", "ar"))
    assert "انخفض الحد الأعلى من 13,000 إلى 11,000." in text
    assert "«ما يصل إلى 50» (حد أعلى) صارت «ما لا يقل عن 50» (حد أدنى)." in text
    assert not re.search(r"\b(became|was rounded|for certain|would be|cannot be added)\b", text)


def test_what_stays_in_one_language_is_marked_as_english_on_an_arabic_page():
    html = page(f"/facilities/{saydnaya().uid}/", "ar")
    marked = re.findall(r'<[^>]*lang="en" dir="ltr"[^>]*>([^<]*)<', html)
    assert marked and not any(re.search("[\u0600-\u06ff]", text) for text in marked)


def test_a_figure_is_said_in_arabic_on_an_arabic_page():
    text = words(page(f"/facilities/{saydnaya().uid}/", "ar"))
    assert "ما يصل إلى 50 في اليوم" in text and "منظمة العفو الدولية" in text


# ── what we concluded ──


def test_an_adopted_figure_shows_why_and_what_was_set_aside_and_the_one_it_replaced(staff):
    by = staff[Role.ANALYST]
    facility = publish(factories.make_facility(by), staff)
    rests = publish(factories.make_estimate(by, about_facility=facility, source=publish(factories.make_source(by), staff)), staff)
    aside = publish(
        factories.make_estimate(by, about_facility=facility, source=rests.source, value_text="99,000", lower=99000, upper=None),
        staff,
    )
    given = {"kind": "figure", "facility": facility, "counted": rests.counted, "measure": "total"}

    def conclude(**more: Any) -> Conclusion:
        found = Conclusion(**given, **more).save_by(by)
        ConclusionGround.objects.create(conclusion=found, statement=rests)
        ConclusionGround.objects.create(conclusion=found, statement=aside, role="set_aside", reason="It names no origin.")
        return publish(found, staff)

    older = conclude(lower=5000, upper=11000, rationale_en="Read from copies.")
    conclude(lower=5000, best=9000, upper=13000, rationale_en="The report itself was read.", follows=older)
    text = words(page(f"/facilities/{facility.uid}/"))
    adopted = text.index("Adopted figure: 9,000 (5,000–13,000)")
    assert adopted < text.index("The report itself was read.") < text.index("It names no origin.") < text.index("Earlier figure")
    assert text.index("Earlier figure, since replaced: 5,000–11,000") < text.index("Read from copies.")


# ── the party ──


def test_the_page_of_russia_reads_as_accused_of_backing_with_the_clarification_in_the_same_view():
    russia = Party.objects.get(name_en="Russian Federation")
    html = page(f"/parties/{russia.uid}/")
    text = words(html)
    accused = text.index("Accused by U.S. Department of State (Stuart Jones) of backing: “the atrocities”")
    article = re.search(r'<article class="allegation">(.*?)</article>', html, re.DOTALL)[1]
    assert "no – asked whether Russia or Iran had any involvement in the crematorium" in words(article)
    assert "Support or acquiescence is alleged, not perpetration" in words(article)
    assert accused < text.index("Clarification")
    assert "perpetrator of" not in text.lower()
    assert text.lower().count("perpetrator") == text.count("makes anybody a perpetrator") + text.count(
        "makes nobody a perpetrator"
    )


def test_alternatives_stay_alternatives():
    russia = Party.objects.get(name_en="Russian Federation")
    text = words(page(f"/parties/{russia.uid}/"))
    assert "of aiding or abetting, or acquiescing or passively looking away" in text
    assert "One or the other is alleged" in text


# ── the statement ──


def test_the_page_of_a_statement_shows_its_words_and_by_which_hands_it_came():
    copy = Estimate.objects.filter(upper=11000, source__publishers__party__name_en="Business Standard").get()
    text = words(page(f"/statements/{copy.uid}/"))
    assert "citing an Amnesty International report" in text
    assert text.index("Origin") < text.index("5,000–13,000", text.index("Origin")) < text.index("The upper bound fell")


def test_the_page_of_an_answer_leads_to_what_it_answers():
    denial = Response.objects.get(wording__contains="totally untrue")
    text = words(page(f"/statements/{denial.uid}/"))
    assert "It answers: Allegation mass hangings" in text and text.index("Ministry of Justice (Syria)") < text.index(
        "totally untrue"
    )


# ── what is hidden ──


@pytest.fixture
def staff(db):
    return {name: factories.make_user(name) for name in (Role.ANALYST, Role.REVIEWER)}


def publish(record: Any, staff: dict[str, Any], level: str = Sensitivity.PUBLIC) -> Any:
    factories.publish(record, by=staff[Role.REVIEWER], author=staff[Role.ANALYST], level=level)
    return record


@pytest.mark.parametrize("name", PAGES)
def test_a_hidden_record_is_answered_exactly_like_one_that_does_not_exist(name, staff):
    make = {
        "facilities": factories.make_facility, "parties": factories.make_party, "incidents": factories.make_incident,
        "sources": factories.make_source, "statements": factories.make_estimate, "places": factories.make_place,
        "cases": lambda by: Case(title_en="A case").save_by(by),
    }[name]  # fmt: skip
    record = make(staff[Role.ANALYST])
    hidden, client = f"/{name}/{record.uid}/", Client()
    missing = "/".join(["", name, record.uid[:3] + "-00000-000000", ""])
    answers = [client.get(path) for path in (hidden, missing)]
    plain = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404] and plain[0] == plain[1]
    client.force_login(staff[Role.ANALYST])
    html = client.get(hidden)
    assert html.status_code == 200 and "Only those who work on the records see this page." in html.content.decode()


def test_a_hidden_figure_is_on_no_page_of_what_it_is_about(staff):
    facility = publish(factories.make_facility(staff[Role.ANALYST]), staff)
    factories.make_estimate(staff[Role.ANALYST], about_facility=facility, value_text="4,321", lower=4321, upper=None)
    assert "4,321" not in page(f"/facilities/{facility.uid}/")
    assert "No figures are entered." in page(f"/facilities/{facility.uid}/")


def test_a_retracted_record_leaves_its_public_note_and_nothing_else(staff):
    facility = publish(factories.make_facility(staff[Role.ANALYST], name_en="A name that was wrong"), staff)
    review.retract(facility, by=staff[Role.REVIEWER], reason="an inner reason", public_note="Two prisons were taken for one.")
    html = page(f"/facilities/{facility.uid}/", status=410)
    assert "Two prisons were taken for one." in html
    assert "A name that was wrong" not in html and "an inner reason" not in html


def test_the_note_of_a_retracted_record_is_not_shown_to_who_never_could_see_the_record(staff):
    facility = publish(factories.make_facility(staff[Role.ANALYST]), staff, Sensitivity.REGISTERED)
    review.retract(facility, by=staff[Role.REVIEWER], reason="wrong", public_note="Two prisons were taken for one.")
    assert "Two prisons" not in page(f"/facilities/{facility.uid}/", status=404)
    source = publish(factories.make_source(staff[Role.ANALYST]), staff, Sensitivity.REGISTERED)
    about = publish(factories.make_facility(staff[Role.ANALYST]), staff)
    said = factories.make_estimate(staff[Role.ANALYST], source=source, about_facility=about, read_as="as_quoted")
    publish(said, staff, Sensitivity.REGISTERED)
    review.retract(said, by=staff[Role.REVIEWER], reason="wrong", public_note="Misread.")
    page(f"/statements/{said.uid}/", status=404)


# ── costs ──


def test_a_page_costs_as_many_queries_for_many_figures_as_for_few(staff):
    facility = publish(factories.make_facility(staff[Role.ANALYST]), staff)
    source = publish(factories.make_source(staff[Role.ANALYST]), staff)

    def more(number: int) -> None:
        for place in range(number):
            said = factories.make_estimate(
                staff[Role.ANALYST], source=source, about_facility=facility, read_as="as_quoted", lower=place, upper=9999
            )
            publish(said, staff)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(f"/facilities/{facility.uid}/", "ar")
        return len(queries)

    more(2)
    cost()
    few = cost()
    more(8)
    assert cost() == few


@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_the_founding_case_costs_more_than_sixty_queries(name):
    with CaptureQueriesContext(connection) as queries:
        page(address(name), "ar")
    asked = [
        each for each in queries.captured_queries if not each["sql"].startswith("SET LOCAL ROLE")
    ]  # says as whom, asks nothing
    assert len(asked) <= 60, len(queries)


def test_an_address_in_another_spelling_finds_the_record_and_nonsense_finds_nothing():
    assert page(f"/facilities/{saydnaya().uid.lower()}/")
    for nonsense in ("x", "FAC-", "%00", "EST-7K3M9-QXD4TH", "a" * 300):
        page(f"/facilities/{nonsense}/", status=404)
        page(f"/statements/{nonsense}/", status=404)


def test_a_place_names_what_lies_in_it_but_not_a_facility_whose_place_is_kept_back(staff):
    country = publish(factories.make_place(staff[Role.ANALYST], name_en="Northland", level="country"), staff)
    for name, shown in (("Open prison", "exact"), ("Hidden prison", "country")):
        publish(factories.make_facility(staff[Role.ANALYST], name_en=name, place=country, place_shown=shown), staff)
    html = page(f"/places/{country.uid}/")
    assert "Open prison" in html and "Hidden prison" not in html


def test_a_long_running_count_is_shown_by_what_reaches_furthest_and_says_how_many_more_there_are(staff):
    analyst = staff[Role.ANALYST]
    place = publish(factories.make_place(analyst), staff)
    counted, source = factories.make_term(), publish(factories.make_source(analyst), staff)
    for day in range(1, 31):
        for month in ("01", "03"):
            factories.make_estimate(analyst, about_place=place, source=source, counted=counted, lower=None, upper=None, best=day,
                                    measure="cumulative", as_of=f"2024-{month}-{day:02}", value_text=f"{day}")  # fmt: skip
    client = Client()
    client.force_login(analyst)
    html = words(unescape(client.get(f"/places/{place.uid}/").content.decode()))
    assert "20 more of this group are in the data" in html
    assert "30 March 2024" in html and " 5 January 2024" not in html


def test_a_victim_is_shown_under_the_public_label_with_what_was_done_and_no_name(staff):
    analyst = staff[Role.ANALYST]
    victim = publish(factories.make_victim(analyst, label_en="a teacher from Homs", occupation="teacher of physics"), staff)
    factories.make_term("act", "tortured", label_en="Tortured")
    html = page(f"/victims/{victim.uid}/")
    assert "a teacher from Homs" in html and "physics" not in html


def test_an_official_act_says_which_authority_did_what_and_that_it_is_no_verdict_of_ours(staff):
    court = publish(factories.make_party(staff[Role.ANALYST], name_en="Higher Regional Court"), staff)
    act = OfficialAct(title_en="Judgment of 13 January 2022", kind="judgment", authority=court, date="2022-01-13")
    publish(act.save_by(staff[Role.ANALYST]), staff)
    html = words(page(f"/official-acts/{act.uid}/"))
    assert "Higher Regional Court" in html and "13 January 2022" in html and "says nothing of whether it was right" in html


def test_an_answer_told_on_shows_its_chain_like_a_figure(staff):
    analyst = staff[Role.ANALYST]
    incident = publish(factories.make_incident(analyst), staff)
    said, told = (
        factories.make_response(analyst, about_incident=incident, source=publish(factories.make_source(analyst), staff),
                                answer=answer, wording=words_used)
        for answer, words_used in (("denial", "totally untrue"), ("no_comment", "would not comment"))
    )  # fmt: skip
    factories.make_hand_on(told, said)
    publish(said, staff), publish(told, staff)
    for statement in (said, told):
        text = words(page(f"/statements/{statement.uid}/"))
        assert "totally untrue" in text and "would not comment" in text
        assert "What it says changed from denial to no comment." in text
    client = Client()
    client.force_login(analyst)
    form = client.get(f"/admin/cases/response/{told.pk}/change/").content.decode()
    assert "What it says changed from denial to no comment." in form


def test_the_order_of_incidents_on_a_page_tells_no_day_of_which_only_the_month_is_shown(staff):
    author = staff[Role.ANALYST]
    place = factories.make_place(author)
    facility = factories.make_facility(author, place=place, place_shown="exact")
    days = ("2014-03-29", "2014-03-02", "2014-03-15")
    incidents = [
        factories.make_incident(author, title_en=f"Said no. {n}", date=day, date_shown="month", place=place, place_shown="exact")
        for n, day in enumerate(days)
    ]
    for incident in incidents:
        IncidentFacility.objects.create(incident=incident, facility=facility)
    publish(place, staff)
    publish(facility, staff)
    for incident in incidents:
        publish(incident, staff)
    for address in (f"/places/{place.uid}/", f"/facilities/{facility.uid}/"):
        told = page(address)
        # In the list; then by a line of time, where a bar and its text both say it, and by its table.
        found = [number for number, _ in itertools.groupby(re.findall(r"Said no\. (\d)", told))]
        assert found and found == ["0", "1", "2"] * (len(found) // 3)


@pytest.mark.parametrize(("name", "listed"), [
    ("facilities", {"allegations", "estimates", "incidents"}), ("parties", set()), ("sources", {"estimates"}), ("cases", set()),
    ("incidents", set()), ("places", set()),
])  # fmt: skip
def test_of_much_a_page_tells_the_first_and_leads_to_a_list_that_holds_all_of_it(name, listed, monkeypatch):
    whole = page(address(name))
    assert "These are the first" not in whole
    for module in ("bounds", "case", "perpetrator", "place", "source"):
        monkeypatch.setattr(f"cases.pages.{module}.TOLD", 1)
    monkeypatch.setattr("cases.pages.bounds.COMPARED", 1)
    text = page(address(name))
    assert text.count('<article class="allegation">') <= 1
    leads = {link.partition("/?")[0].strip("/"): link for link in re.findall(r'class="soft more">[^<]*<a href="([^"]+)"', text)}
    leads |= {link.partition("/?")[0].strip("/"): link for link in re.findall(r'<a href="(/[a-z]+/\?source=[^"]+)"', text)}
    assert listed <= leads.keys()
    for link in leads.values():
        assert Client().get(f"/api/v1{link}&count=exact").json()["count"] > 1, link


def test_of_many_figures_a_page_tells_the_first_groups_and_compares_all(monkeypatch):
    facility, reader = saydnaya(), AnonymousUser()
    whole = said_on(facility, reader, whole=False)
    monkeypatch.setattr("cases.pages.bounds.TOLD", 1)
    first = said_on(facility, reader, whole=False)
    assert first.groups == whole.groups[:1] != whole.groups
    assert len(first.groups[0].figures) > 1
    assert first.figures.keys() < whole.figures.keys()
    assert "estimates" in first.more and "estimates" not in whole.more
    assert findings(first.matter) == findings(whole.matter)
