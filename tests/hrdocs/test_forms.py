"""The forms: what the database refuses, the form says in words beforehand, and nothing of it is saved."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import (
    Accused,
    Allegation,
    Citation,
    Conclusion,
    ConclusionGround,
    Estimate,
    Facility,
    FacilityName,
    HandOn,
    Incident,
    IncidentLink,
    Place,
)
from hrdocs import review
from hrdocs.audit import acting_as
from hrdocs.models import User
from sources.models import Party, Relay, Source
from tests import factories
from tests.hrdocs.forms import add_row, complaints, entries_of, fill, filled, prefix_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, analyst: User) -> Client:
    """A client at which the analyst sits; errors of ours become pages, as they would for her."""
    client.force_login(analyst)
    client.raise_request_exception = False
    return client


def page(record: Any) -> str:
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])


def empty(model: type[Any]) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")


# ── hand-ons ──


def test_a_loop_of_hand_ons_is_refused_by_the_form_in_words(desk: Client, analyst: User) -> None:
    one, other = factories.make_estimate(analyst), factories.make_estimate(analyst)
    factories.make_hand_on(other, one)
    answer = fill(desk, page(one), HandOn, {"earlier": other.pk, "how": "cites"})
    assert "behind itself" in complaints(answer)
    assert HandOn.objects.filter(later=one.pk).count() == 0


def test_a_hand_on_to_another_kind_is_refused_by_the_form_in_words(desk: Client, analyst: User) -> None:
    one, other = factories.make_estimate(analyst), factories.make_allegation(analyst)
    answer = fill(desk, page(one), HandOn, {"earlier": other.pk, "how": "cites"})
    assert "one kind" in complaints(answer)


def test_a_hand_on_within_one_part_of_a_text_is_refused_by_the_form_in_words(desk: Client, analyst: User) -> None:
    source = factories.make_source(analyst)
    one, other = factories.make_estimate(analyst, source=source), factories.make_estimate(analyst, source=source)
    answer = fill(desk, page(one), HandOn, {"earlier": other.pk, "how": "cites"})
    assert "same part of one source" in complaints(answer)


def test_a_hand_on_is_entered_on_the_page_of_the_later_statement(desk: Client, analyst: User) -> None:
    one, other = factories.make_estimate(analyst), factories.make_estimate(analyst)
    answer = fill(desk, page(one), HandOn, {"earlier": other.pk, "how": "cites", "stated": "on"})
    assert answer.status_code == 302, complaints(answer)
    assert HandOn.objects.get(later=one.pk).earlier_id == other.pk
    one.refresh_from_db()
    assert one.version == 2, "a hop is content of the later statement"


def test_the_ends_of_a_hand_on_stay_whatever_the_form_sends(desk: Client, analyst: User) -> None:
    one, earlier, other = (factories.make_estimate(analyst) for _ in range(3))
    hop = factories.make_hand_on(one, earlier)
    answer = fill(desk, page(one), **{"passes_on-0-earlier": other.pk, "passes_on-0-note": "Page 3 says so."})
    assert answer.status_code == 302, complaints(answer)
    hop.refresh_from_db()
    assert (hop.earlier_id, hop.note) == (earlier.pk, "Page 3 says so.")


def test_a_statement_that_would_move_to_where_the_one_it_hands_on_stands_is_refused_in_words(desk: Client, analyst: User) -> None:
    one, other = factories.make_estimate(analyst), factories.make_estimate(analyst)
    factories.make_hand_on(one, other)
    answer = fill(desk, page(one), source=other.source.pk, value_text="typed meanwhile")
    assert "same part of the same text" in complaints(answer)
    assert b"typed meanwhile" in answer.content, "what was typed is still there"
    one.refresh_from_db()
    assert (one.source_id == other.source_id, one.value_text, one.version) == (False, "5,000–13,000", 1)


# ── accusations ──


def test_a_placeholder_is_refused_as_accused_in_words(desk: Client, analyst: User) -> None:
    allegation, nobody = factories.make_allegation(analyst), factories.make_party(analyst, placeholder=True)
    answer = fill(desk, page(allegation), Accused, {"party": nobody.pk, "modes": ["ordered"], "modes_joined": "together"})
    assert "placeholder" in complaints(answer).lower()
    assert not allegation.accused.exists()


def test_a_placeholder_is_refused_as_accused_on_the_page_of_the_incident_too(desk: Client, analyst: User) -> None:
    incident, nobody = factories.make_incident(analyst), factories.make_party(analyst, placeholder=True)
    source = factories.make_source(analyst)
    row = {"source": source.pk, "read_as": "not_read", "accused_party": nobody.pk, "modes": ["ordered"]}
    answer = fill(desk, page(incident), Allegation, row)
    assert "placeholder" in complaints(answer).lower()
    assert not Allegation.objects.filter(about_incident=incident).exists()


def test_a_party_that_stands_accused_is_refused_as_a_placeholder_in_words(desk: Client, analyst: User) -> None:
    party = factories.make_party(analyst)
    Accused.objects.create(allegation=factories.make_allegation(analyst), party=party)
    assert "stands accused" in complaints(fill(desk, page(party), placeholder="on"))
    party.refresh_from_db()
    assert not party.placeholder


def test_an_allegation_without_an_accused_is_refused_on_the_page_of_the_incident(desk: Client, analyst: User) -> None:
    incident = factories.make_incident(analyst)
    row = {"source": factories.make_source(analyst).pk, "read_as": "not_read", "modes": ["ordered"]}
    answer = fill(desk, page(incident), Allegation, row)
    assert "Name the accused, or quote how the source describes them" in complaints(answer)


def test_a_party_that_is_hidden_from_the_analyst_can_not_be_accused_by_guessing_its_key(desk: Client, analyst: User) -> None:
    manager = factories.make_user("manager")
    hidden, incident = factories.make_party(manager, sensitivity="restricted"), factories.make_incident(analyst)
    row = {"source": factories.make_source(analyst).pk, "read_as": "not_read", "modes": ["ordered"]}
    said = [complaints(fill(desk, page(incident), Allegation, row | {"accused_party": pk})) for pk in (hidden.pk, 99999999)]
    assert said[0] == said[1] and not Accused.objects.filter(party=hidden).exists()


# ── one page, one bad field ──

REFUSED: list[tuple[type[Any], dict[str, Any], str]] = [
    (Incident, {"title_en": ""}, "required"),
    (Incident, {"title_en": "x", "date": "31/02/2023"}, "is not a date"),
    (Incident, {"title_en": "x", "date": "2011-02-30"}, "is not a date"),
    (Incident, {"title_en": "x", "date": "2015/2011"}, "ends before it starts"),
    (Incident, {"title_en": "x", "date": "1432"}, "Hijri"),
    (Incident, {"title_en": "x", "date": "0000"}, "0000"),
    (Incident, {"title_en": "x", "utc_offset": "+3"}, "+03:00"),
    (Incident, {"title_en": "x" * 301}, "300"),
    (Incident, {"title_en": "a\x00b"}, "Null characters"),
    (Incident, {"title_en": "x", "sensitivity": "public"}, "begins at internal"),
    (Incident, {"title_en": "x", "sensitivity": "registered"}, "begins at internal"),
    (Incident, {"title_en": "x", "sensitivity": "nosuch"}, "valid choice"),
    (Incident, {"title_en": "x", "violations": ["99999999"]}, "valid"),
    (Place, {"name_en": "x", "latitude": "91", "longitude": "36", "precision": "exact"}, "Latitude runs from"),
    (Place, {"name_en": "x", "latitude": "33"}, "A point has a latitude"),
    (Place, {"name_en": "x", "radius_m": "-5"}, "0"),
    (Party, {"name_en": "x", "began": "2020", "ended": "not a date"}, "is not a date"),
    (Source, {"title": "x", "reliability": "B"}, "Say who graded"),
    (Source, {"title": "x", "published": "soon"}, "is not a date"),
    (Conclusion, {"kind": "figure", "lower": "5", "upper": "3", "measure": "total"}, "in order"),
    (Conclusion, {"kind": "figure", "lower": "1e999", "measure": "total"}, "Enter a number"),
]  # fmt: skip


@pytest.mark.parametrize("model", dict.fromkeys(model for model, *_ in REFUSED))
def test_a_form_says_in_words_what_is_wrong_and_saves_nothing(model: type[Any], desk: Client, analyst: User) -> None:
    """It is opened once, and sent with each of the wrong entries."""
    entries, needed = entries_of(desk.get(empty(model))), {}
    if model is Conclusion:
        needed = {"facility": factories.make_facility(analyst).pk, "counted": factories.make_term().pk}
    before = model.objects.count()
    for given, words in [(given, words) for of, given, words in REFUSED if of is model]:
        said = complaints(desk.post(empty(model), filled(entries, **needed, **given)))
        assert words in said or words == "Enter a number" and said, (given, said)
        assert model.objects.count() == before, given


FIGURE = {"value_text": "x", "measure": "total", "read_as": "not_read", "about_known": "stated"}
BAD_FIGURES: list[tuple[dict[str, Any], str]] = [
    ({"lower": "-5"}, "can't be negative"), ({"upper": "NaN"}, "Enter a number"), ({"best": "13,000"}, "Enter a number"),
    ({"best": "1000000000001"}, "less than or equal to"), ({"lower_wording": "at_least"}, "A wording belongs to a value"),
    ({"measure": "rate", "upper": "50"}, "A rate needs its unit"), ({"interval_level": "95"}, "between 0 and 1"),
    ({"value_text": ""}, "required"), ({"source": ""}, "required"), ({"counted": ""}, "required"), ({"about_facility": ""}, "exactly one thing"),
    ({"period": "2015/2011"}, "ends before it starts"), ({"credibility": "2"}, "Say who graded"), ({"currency": "usd"}, "three capital letters"),
    ({"named_count": "-1"}, "0"), ({"named_count": "99999999999"}, "2147483647"), ({"source": "99999999"}, "valid choice"),
]  # fmt: skip


def test_the_form_of_a_figure_says_in_words_what_is_wrong(desk: Client, analyst: User) -> None:
    entries = entries_of(desk.get(empty(Estimate)))
    right = {**FIGURE, "source": factories.make_source(analyst).pk, "about_facility": factories.make_facility(analyst).pk,
             "counted": factories.make_term().pk}  # fmt: skip
    for bad, words in BAD_FIGURES:
        said = complaints(desk.post(empty(Estimate), filled(entries, **right | bad)))
        assert words in said, (bad, said)
        assert not Estimate.objects.filter(created_by=analyst).exists(), bad


def test_a_figure_whose_source_breaks_the_order_passes_the_form_as_it_is(desk: Client, analyst: User) -> None:
    given = {**FIGURE, "source": factories.make_source(analyst).pk, "about_facility": factories.make_facility(analyst).pk,
             "counted": factories.make_term().pk, "lower": "13000", "upper": "5000"}  # fmt: skip
    answer = fill(desk, empty(Estimate), **given)
    assert answer.status_code == 302, complaints(answer)
    assert Estimate.objects.get(created_by=analyst).out_of_order


# ── rows below ──


BAD_ROWS: list[tuple[type[Any], dict[str, Any], str]] = [
    (FacilityName, {"text": "", "kind": "alias", "language": "ar"}, "required"),
    (FacilityName, {"text": "Sednaya", "kind": "alias", "valid_from": "soon"}, "is not a date"),
    (FacilityName, {"text": "x" * 301, "kind": "alias"}, "300"),
    (Estimate, {"value_text": "50", "lower": "-1", "measure": "total", "read_as": "not_read"}, "can't be negative"),
    (Estimate, {"value_text": "50", "measure": "rate", "read_as": "not_read"}, "A rate needs its unit"),
    (Citation, {"stance": "contradicts", "value": "", "read_as": "not_read"}, "what the other value is"),
]  # fmt: skip


def test_a_row_below_says_in_words_what_is_wrong_and_nothing_of_the_page_is_saved(desk: Client, analyst: User) -> None:
    facility = factories.make_facility(analyst)
    of_a_source = {"source": factories.make_source(analyst).pk, "counted": factories.make_term().pk}
    opened = desk.get(page(facility))
    for model, row, words in BAD_ROWS:
        entries = entries_of(opened)
        add_row(entries, prefix_of(opened, model), **(row if model is FacilityName else of_a_source | row))
        said = complaints(desk.post(page(facility), filled(entries, name_en="Changed")))
        assert words in said, (row, said)
        facility.refresh_from_db()
        assert (facility.name_en, facility.version) == ("Saydnaya Military Prison", 1), row


def test_the_same_name_twice_is_refused_in_words(desk: Client, analyst: User) -> None:
    facility = factories.make_facility(analyst)
    facility.names.create(text="Sednaya", kind="alias")
    answer = fill(desk, page(facility), FacilityName, {"text": "Sednaya", "kind": "alias", "language": "ar"})
    assert "already" in complaints(answer)
    assert facility.names.count() == 1


def test_the_same_name_in_two_unicode_forms_is_refused_in_words(desk: Client, analyst: User) -> None:
    facility = factories.make_facility(analyst)
    answers = [
        fill(desk, page(facility), FacilityName, {"text": text, "kind": "alias"}) for text in ("Se\u0301dnaya", "S\u00e9dnaya")
    ]
    assert answers[0].status_code == 302, complaints(answers[0])
    said = complaints(answers[1])
    assert "already" in said or "duplicate" in said
    assert [name.text for name in facility.names.all()] == ["S\u00e9dnaya"]


@pytest.mark.parametrize(("make", "link"), [
    (factories.make_facility, "parent"), (factories.make_place, "parent"), (factories.make_victim, "part_of"), (factories.make_source, "edition_of"),
])  # fmt: skip
def test_a_record_that_would_stand_in_itself_through_three_steps_is_refused_in_words(
    make: Any, link: str, desk: Client, analyst: User
) -> None:
    outer = make(analyst)
    middle = make(analyst, **{link: outer})
    inner = make(analyst, **{link: middle})
    assert "lead back to the record itself" in complaints(fill(desk, page(outer), **{link: inner.pk}))
    outer.refresh_from_db()
    assert getattr(outer, link) is None


def test_an_incident_linked_to_itself_is_refused_in_words(desk: Client, analyst: User) -> None:
    incident = factories.make_incident(analyst)
    answer = fill(desk, page(incident), IncidentLink, {"kind": "part_of", "other": incident.pk})
    assert "can't be linked to itself" in complaints(answer)


@pytest.mark.parametrize(("row", "words"), [
    ({}, ""), ({"unnamed": "agencies", "how": "cites"}, ""), ({"how": "quotes"}, "one thing that it draws on"),
    ({"unnamed": "agencies", "party": True, "how": "cites"}, "one thing that it draws on"), ({"draws_on": "self", "how": "cites"}, "can't draw on itself"),
])  # fmt: skip
def test_a_relay_names_one_thing_that_the_source_draws_on(row: dict[str, Any], words: str, desk: Client, analyst: User) -> None:
    source = factories.make_source(analyst)
    row = {k: {True: factories.make_party(analyst).pk, "self": source.pk}.get(v, v) for k, v in row.items()}
    answer = fill(desk, page(source), Relay if row else None, row)
    if words:
        assert words in complaints(answer)
    else:
        assert answer.status_code == 302, complaints(answer)


def test_a_statement_is_set_aside_with_a_reason_only(desk: Client, analyst: User) -> None:
    conclusion = Conclusion(kind="standing", standing="disputed", facility=factories.make_facility(analyst)).save_by(analyst)
    estimate = factories.make_estimate(analyst)
    answer = fill(desk, page(conclusion), ConclusionGround, {"statement": estimate.pk, "role": "set_aside", "reason": ""})
    assert "Say why the statement was set aside" in complaints(answer)


# ── what cannot be sent at all ──


def test_who_saves_what_a_colleague_changed_in_between_is_told_and_nothing_is_saved(desk: Client, analyst: User) -> None:
    incident = factories.make_incident(analyst, title_en="Before")
    url = page(incident)
    stale = desk.get(url)
    colleague = factories.make_user(full_name="Basma the colleague")
    incident.title_en = "By the colleague"
    with acting_as(colleague, "Checked."):
        incident.save_by(colleague)
    answer = desk.post(url, filled(entries_of(stale), title_en="By me"))
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "Basma the colleague" in said and "By the colleague" in said and "nothing is saved yet" in said
    assert b"By me" in answer.content, "what was typed is still there"
    incident.refresh_from_db()
    assert (incident.title_en, incident.version) == ("By the colleague", 2)


def test_hidden_fields_that_are_sent_along_change_nothing(desk: Client, analyst: User) -> None:
    other = factories.make_user()
    facility = factories.make_facility(analyst)
    hidden = {"state": "published", "uid": "FAC-00000-000000", "version": 77, "created_by": other.pk, "edited_by": other.pk,
              "standing": "established", "id": 99}  # fmt: skip
    answer = fill(desk, page(facility), **hidden, name_en="Sednaya")
    assert answer.status_code == 302, complaints(answer)
    again = Facility.objects.get(pk=facility.pk)
    assert (again.state, again.uid, again.version, again.created_by, again.standing) == (
        "draft",
        facility.uid,
        2,
        analyst,
        "alleged",
    )
    assert again.edited_by == analyst


@pytest.mark.parametrize("state", ["in_review", "approved", "published"])
def test_what_is_in_review_or_published_is_not_changed_by_sending_its_old_form(state: str, desk: Client, analyst: User) -> None:
    incident, reviewer = factories.make_incident(analyst, title_en="Reviewed"), factories.make_user("reviewer")
    url = page(incident)
    data = filled(entries_of(desk.get(url)), title_en="Changed behind the reviewer's back")
    review.submit(incident, by=analyst)
    if state != "in_review":
        review.approve(incident, by=reviewer)
    if state == "published":
        review.publish(incident, by=reviewer, level="public")
    assert desk.post(url, data).status_code < 500
    again = Incident.objects.get(pk=incident.pk)
    assert (again.title_en, again.state, again.version) == ("Reviewed", state, 1)


def test_a_statement_can_not_be_added_below_a_published_incident_without_being_a_draft_of_its_own(
    desk: Client, analyst: User
) -> None:
    incident, reviewer = factories.make_incident(analyst), factories.make_user("reviewer")
    factories.publish(incident, by=reviewer)
    row = {"source": factories.make_source(analyst).pk, "value_text": "50", "best": "50", "counted": factories.make_term().pk, "measure": "total",
           "read_as": "not_read"}  # fmt: skip
    answer = fill(desk, page(incident), Estimate, row)
    assert answer.status_code == 302, complaints(answer)
    estimate = Estimate.objects.get(about_incident=incident)
    assert (estimate.state, estimate.sensitivity, estimate.created_by) == ("draft", "internal", analyst)


@pytest.mark.parametrize("size", [1_000_000, 5_000_000])
def test_a_narrative_of_megabytes_is_kept_or_refused_in_words(size: int, desk: Client, analyst: User) -> None:
    answer = fill(desk, empty(Incident), title_en="Long", narrative_en="x" * size)
    assert answer.status_code in (200, 302, 400)
    if answer.status_code == 302:
        assert len(Incident.objects.get(title_en="Long").narrative_en) == size


@pytest.mark.parametrize("text", ["\u202egnirts", "a\u200bb", "e" + "\u0301" * 1000, "Ａｌｅｐｐｏ"])
def test_names_with_controls_and_piled_marks_break_no_page(text: str, desk: Client, analyst: User) -> None:
    facility = factories.make_facility(analyst, name_en=text[:300])
    assert desk.get(page(facility)).status_code == 200
    assert desk.get(reverse("admin:cases_facility_changelist"), {"q": text[:300]}).status_code == 200


def test_markup_in_a_name_is_shown_as_text_and_runs_nowhere(desk: Client, analyst: User) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    facility = factories.make_facility(analyst, name_en=evil, description_en=evil)
    facility.names.create(text=evil, kind="alias")
    for url in (page(facility), reverse("admin:cases_facility_changelist"), page(facility).replace("change", "history")):
        answer = desk.get(url)
        assert answer.status_code == 200
        assert b"<script>alert(1)" not in answer.content and b"<img src=x" not in answer.content


def test_what_a_cited_record_hangs_on_is_never_deleted(desk: Client, analyst: User) -> None:
    estimate = factories.make_estimate(analyst)
    for record in (estimate, estimate.source, estimate.about_facility):
        url = page(record).replace("/change/", "/delete/")
        assert desk.post(url, {"post": "yes"}).status_code in (403, 404, 302)
        assert type(record).objects.filter(pk=record.pk).exists()
    answer = desk.post(
        reverse("admin:cases_estimate_changelist"),
        {"action": "delete_selected", "_selected_action": [estimate.pk], "post": "yes"},
    )
    assert answer.status_code < 500 and Estimate.objects.filter(pk=estimate.pk).exists()


def test_a_form_from_another_site_is_refused(analyst: User) -> None:
    desk = Client(enforce_csrf_checks=True)
    desk.force_login(analyst)
    assert desk.post(empty(Incident), {"title_en": "Forged"}).status_code == 403
    assert not Incident.objects.filter(title_en="Forged").exists()


# ── the search box ──


@pytest.mark.parametrize("typed", ["صيدنايا", "Sednaya", "Saidnaya", "SAYDNAYA", "saydnaya military", "Sajdnaja"])
def test_the_search_box_of_the_list_finds_any_spelling(typed: str, desk: Client, analyst: User) -> None:
    facility = factories.make_facility(analyst, name_en="Saydnaya Military Prison", name_ar="")
    other = factories.make_facility(analyst, name_en="Tadmor Prison", name_ar="سجن تدمر")
    answer = desk.get(reverse("admin:cases_facility_changelist"), {"q": typed})
    found = list(answer.context["cl"].queryset)
    assert facility in found and other not in found


@pytest.mark.parametrize("query", ["q=%00", "q=" + "a" * 10000, "o=99", "p=99999999", "p=abc", "state__exact=x", "created_by__password__startswith=p",
                                   "narrative_en__contains=x", "q=%25", "e=1", "_facets=True", "all=", "state__in=draft,published", "id__in=a,b"])  # fmt: skip
def test_no_question_to_a_list_breaks_it(query: str, desk: Client, analyst: User) -> None:
    factories.make_incident(analyst)
    assert desk.get(reverse("admin:cases_incident_changelist") + f"?{query}").status_code < 500


@pytest.mark.parametrize("object_id", ["99999999", "abc", "-1", "1e5", "99999999999999999999999", "%00", "x" * 1000])
def test_a_page_that_is_not_there_leads_back_to_where_one_can_go_on(object_id: str, desk: Client) -> None:
    for name in ("change", "history", "move/submit"):
        answer = desk.get(f"/admin/cases/incident/{object_id}/{name}/")
        assert answer.status_code in (302, 404), (name, answer.status_code)
