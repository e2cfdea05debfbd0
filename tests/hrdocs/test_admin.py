"""The analysts' desk: its lists and forms, what it refuses, what it saves, and what it shows to whom."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from procrastinate.contrib.django import app

from cases.models import (
    Accused,
    Affiliation,
    Allegation,
    Case,
    Conclusion,
    Estimate,
    Facility,
    HandOn,
    Incident,
    IncidentFacility,
    OfficialAct,
    Operation,
    Upload,
    VictimName,
)
from hrdocs import matching, notices, releases, review
from hrdocs.access import Role, Sensitivity, State
from hrdocs.admin.records import RecordAdmin
from hrdocs.audit import acting_as, history_of
from hrdocs.joining import approve
from hrdocs.models import AccessRequest, DoorEvent, DoorEventKind, Grant, MadeFile, Team, User
from hrdocs.tokens import make
from sources.models import Informant
from tests import factories
from tests.hrdocs.forms import add_row, entries_of, fill, filled, page_of, prefix_with, signed_in

SITE = admin.site._registry
RECORDS = [model for model, its in SITE.items() if isinstance(its, RecordAdmin)]
ONLY_READ = {
    "hrdocs.DoorEvent",
    "hrdocs.MadeFile",
    "hrdocs.Match",
    "hrdocs.Notice",
    "hrdocs.ReviewDecision",
    "cases.Import",
    "hrdocs.Manifest",
    "hrdocs.Release",
    "cases.Statement",
    "hrdocs.ApiToken",
    "hrdocs.AccessRequest",
    "procrastinate.ProcrastinateJob",
}  # written at the door, by review, by the importer, as their own kind, on pages for readers
FOR_MANAGERS = {"hrdocs.Grant", "hrdocs.Invitation", "hrdocs.AccessRequest", "hrdocs.Manifest", "hrdocs.Release"}
FOR_ADMINISTRATORS = {"hrdocs.ApiToken", "hrdocs.DoorEvent", "hrdocs.MadeFile", "procrastinate.ProcrastinateJob"}
ACCOUNTS = {"hrdocs.User", "hrdocs.Team"}
RUN_BY_ADMINISTRATORS = {*ACCOUNTS, *FOR_ADMINISTRATORS, "hrdocs.Invitation", "hrdocs.AccessRequest"}


def named(model: type) -> str:
    return model._meta.label


def url(model: type, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def who_opens(model: type) -> Role:
    if named(model) in FOR_ADMINISTRATORS:
        return Role.ADMINISTRATOR
    return Role.MANAGER if named(model) in FOR_MANAGERS else Role.ANALYST


def text_of(answer: object) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.content.decode()))


def make_case(by: User, **given: object) -> Case:
    """The record with the smallest form: what holds of every form is tried on it."""
    return Case(**{"title_en": "Saydnaya", **given}).save_by(by)


@pytest.fixture
def people(request, people):
    """One account per role: where one of each kind is there, of those who entered it."""
    return request.getfixturevalue("one_of_each") if "one_of_each" in request.fixturenames else people


@pytest.fixture
def desk(people):
    """A client for each role."""

    def at(role: str) -> Client:
        client = Client()
        client.force_login(people[role])
        return client

    return at


@pytest.fixture(scope="module")
def one_of_each(founding_case, django_db_blocker, tmp_path_factory) -> Iterator[dict[str, User]]:
    """Kinds of which the founding case has none, entered once for all tests that open them; the accounts by role."""
    releases_go_to = override_settings(RELEASES_ROOT=str(tmp_path_factory.mktemp("releases")))
    with django_db_blocker.unblock(), transaction.atomic(), releases_go_to:
        people = {role.value: factories.make_user(role) for role in Role}
        _one_of_each(people["analyst"], people["manager"])
        yield people
        transaction.set_rollback(True)


def _one_of_each(analyst: User, manager: User) -> None:
    party, facility = factories.make_party(analyst), factories.make_facility(analyst)
    factories.make_harm(analyst)
    OfficialAct(title_en="A judgment").save_by(analyst)
    Operation(party=party, facility=facility).save_by(analyst)
    Affiliation(party=party, to_party=factories.make_party(analyst)).save_by(analyst)
    Conclusion(facility=facility, counted=factories.make_term(), measure="total", lower=1).save_by(analyst)
    Informant(pseudonym="Cedar").save_by(analyst)
    Team.objects.create(name="Detention")
    Grant.objects.create(user=analyst, uid=facility.uid, reason="x", until="2030-01-01", granted_by=manager)
    make(analyst, "notebook", [], 7)
    decided = AccessRequest.objects.create(full_name="Lina", email="l@example.org", affiliation="x", purpose="x", terms="x")
    approve(decided, by=manager)
    matching.judge(facility, factories.make_facility(analyst), "distinct", by=analyst, reason="x")
    notices.tell(party, notices.Kind.ASSIGNED, by=manager, to=[analyst])
    DoorEvent.objects.note(DoorEventKind.SIGNED_IN, account=analyst)
    b"".join(Client().get("/api/v1/facilities/?format=csv").streaming_content)
    app.configure_task("hrdocs.tasks.seal").defer(timestamp=0)
    Upload.objects.create(file_name="x.csv", size=0, dataset="x", by=analyst)
    MadeFile.objects.create(by=analyst, address="/api/v1/facilities/?format=csv", as_whom="x")
    releases.make(by=manager, audience=Sensitivity.PUBLIC, asked={"facilities": ""}, title="x", description="x", licence="x",
                  caveats="x")  # fmt: skip


@pytest.mark.parametrize("model", SITE, ids=named)
def test_each_list_form_and_page_opens_for_who_works_there(model, one_of_each, desk):
    client = desk(who_opens(model))
    assert client.get(url(model, "changelist")).status_code == 200
    assert client.get(url(model, "changelist") + "?q=Saydnaya").status_code == 200
    may_add = named(model) not in ONLY_READ | ACCOUNTS
    assert client.get(url(model, "add")).status_code == (200 if may_add else 403)
    some = model._default_manager.order_by("pk").first()
    assert some is not None, "there is none to open"
    assert client.get(url(model, "change", some.pk)).status_code == 200
    if model in RECORDS:
        assert client.get(url(model, "history", some.pk)).status_code == 200


@pytest.mark.parametrize("model", RECORDS, ids=named)
def test_each_kind_opens_closed_and_open(model, one_of_each, desk, people):
    """The form of a draft, and the same record once it is in review and its fields are closed."""
    client, some = desk(Role.ANALYST), model._default_manager.order_by("-pk").first()
    review.submit(some, by=people["analyst"]) if some.state == State.DRAFT and not some.blockers("submit") else None
    assert client.get(url(model, "change", some.pk)).status_code == 200


@pytest.mark.parametrize("model", SITE, ids=named)
def test_an_administrator_sees_accounts_and_nothing_else(model, one_of_each, desk):
    client, some = desk(Role.ADMINISTRATOR), model._default_manager.order_by("pk").first()
    expected = 200 if named(model) in RUN_BY_ADMINISTRATORS else 403
    assert client.get(url(model, "changelist")).status_code == expected
    assert client.get(url(model, "add")).status_code == (403 if named(model) in ONLY_READ else expected)
    assert client.get(url(model, "change", some.pk)).status_code in ((200,) if expected == 200 else (403, 302))


def test_an_administrators_index_names_no_content(one_of_each, desk):
    page = text_of(desk(Role.ADMINISTRATOR).get("/admin/"))
    assert "/admin/hrdocs/user/" in page
    assert not re.findall(r"/admin/(?:cases|sources)/\w+/", page)
    assert "Saydnaya" not in page


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.CUSTODIAN])
def test_who_does_not_work_on_records_does_not_come_in(role, desk):
    assert desk(role).get("/admin/").status_code == 302
    assert desk(role).get("/admin/cases/incident/").status_code == 302


def test_a_visitor_and_a_switched_off_account_do_not_come_in(people):
    assert Client().get("/admin/cases/incident/").status_code == 302
    client = Client()
    client.force_login(people["analyst"])
    User.objects.filter(pk=people["analyst"].pk).update(is_active=False)
    assert client.get("/admin/cases/incident/").status_code == 302


# ── lists ──


@pytest.mark.parametrize(
    ("model", "lookup"),
    [(Incident, "title_en__startswith=H"), (Incident, "created_by__username__startswith=d"), (Incident, "narrative_en__contains=x"),
     (Facility, "place__name_en=x"), (Estimate, "source__title__startswith=H"), (Estimate, "speaker_informant__pseudonym=x"),
     (User, "password__startswith=p"), (VictimName._meta.get_field("victim").related_model, "names__text=x"),
     (Incident, "team__members__username=x")],
)  # fmt: skip
def test_a_list_is_asked_by_its_own_filters_alone(model, lookup, one_of_each, desk):
    answer = desk(Role.ANALYST).get(f"{url(model, 'changelist')}?{lookup}")
    assert answer.status_code in (400, 302), "the list answered what it does not show"


@pytest.mark.parametrize(
    "query", ["state=draft", "sensitivity=internal", "extent=pattern", "q=صيدنايا", "o=2", "o=-2", "p=1", "q=%27%22%5C%25_"]
)
def test_a_list_takes_its_filters_search_and_order(query, one_of_each, desk):
    assert desk(Role.ANALYST).get(f"/admin/cases/incident/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["q=%00", "o=999", "o=abc", "p=999999", "p=abc", "state=nonsense", "_to_field=title_en", "e=1"])
def test_a_list_refuses_nonsense_without_falling_over(query, one_of_each, desk):
    assert desk(Role.ANALYST).get(f"/admin/cases/incident/?{query}").status_code in (200, 302, 400)


def test_a_list_finds_across_scripts(one_of_each, desk):
    page = text_of(desk(Role.ANALYST).get("/admin/cases/facility/?q=صيدنايا"))
    assert "Saydnaya Military Prison" in page


def test_a_list_finds_a_record_by_its_uid_and_by_how_it_begins(one_of_each, desk):
    facility = Facility.objects.filter(name_en="Saydnaya Military Prison").earliest("pk")
    for typed in (facility.uid, facility.uid.lower(), facility.uid.replace("-", " "), facility.uid[:7], facility.uid[:7].lower()):
        page = text_of(desk(Role.ANALYST).get(f"/admin/cases/facility/?q={typed}"))
        assert "Saydnaya Military Prison" in page, typed


def test_of_a_long_list_the_first_pages_are_there_and_it_says_so(one_of_each, desk, people, monkeypatch):
    asked = desk(Role.ANALYST)
    factories.make_facility(people["analyst"], name_en="Another")
    assert "can be leafed through" not in text_of(asked.get("/admin/cases/facility/"))
    monkeypatch.setattr("hrdocs.admin.first_of_many.MOST", 1)
    page = asked.get("/admin/cases/facility/")
    assert "There are more than 1; the first 1 can be leafed through" in text_of(page)
    assert page.context["cl"].result_count == 1


# ── entering ──


def test_a_new_incident_is_entered_with_its_estimate_and_its_allegation_in_one_form(db, desk, people):
    analyst = people["analyst"]
    source, accused = factories.make_source(analyst), factories.make_party(analyst)
    counted, act = factories.make_term(), factories.make_term("act", "executed_in_test")
    client = desk(Role.ANALYST)
    entries = entries_of(client.get("/admin/cases/incident/add/"))
    add_row(entries, prefix_with(entries, "value_text"), source=source.pk, value_text="as many as 50", upper="50",
            upper_wording="as_many_as", counted=counted.pk, measure="total", quotation="as many as 50 people", categories=[act.pk])  # fmt: skip
    add_row(entries, prefix_with(entries, "accused_party"), source=source.pk, accused_party=accused.pk,
            accused_wording="the regime", modes=["ordered", "carried_out"], quotation="ordered by the regime")  # fmt: skip
    answer = client.post(
        "/admin/cases/incident/add/", filled(entries, title_en="Hangings", date="2011-09/2015-12", violations=[act.pk])
    )
    assert answer.status_code == 302, re.findall(r"errorlist.{0,300}", text_of(answer))

    incident = Incident.objects.get(title_en="Hangings", created_by=analyst)
    assert (incident.state, incident.sensitivity, incident.edited_by) == (State.DRAFT, Sensitivity.INTERNAL, analyst)
    assert [term.code for term in incident.violations.all()] == ["executed_in_test"]
    estimate = Estimate.objects.get(about_incident=incident)
    assert (estimate.value_text, estimate.upper, estimate.lower, estimate.source, estimate.created_by) == (
        "as many as 50",
        50,
        None,
        source,
        analyst,
    )
    assert [term.code for term in estimate.categories.all()] == ["executed_in_test"]
    allegation = Allegation.objects.get(about_incident=incident)
    said = Accused.objects.get(allegation=allegation)
    assert (said.party, said.wording, said.modes) == (accused, "the regime", ["ordered", "carried_out"])
    for record in (incident, estimate, allegation, said):
        assert history_of(type(record), record.pk).last().pgh_context.metadata["user"] == analyst.pk


@pytest.mark.parametrize(
    ("given", "words"),
    [({"title_en": ""}, "required"), ({"date": "02/03/2012"}, "can be 2 March 2012 or 3 February 2012"), ({"date": "2015/2011"}, "ends before it starts"),
     ({"sensitivity": "public"}, "begins at internal or stricter"), ({"authority": 10**9}, "Select a valid choice")],
)  # fmt: skip
def test_a_form_says_at_the_field_what_is_wrong_and_saves_nothing(given, words, db, desk):
    before = OfficialAct.objects.count()
    answer = fill(desk(Role.ANALYST), url(OfficialAct, "add"), **{"title_en": "A judgment", **given})
    assert answer.status_code == 200
    assert words in text_of(answer)
    assert OfficialAct.objects.count() == before


def test_a_rule_of_the_database_is_said_in_its_own_words(db, desk):
    answer = fill(desk(Role.ANALYST), url(Incident, "add"), title_en="Hangings", utc_offset="3")
    assert answer.status_code == 200
    assert "Write the offset as +03:00" in text_of(answer)


def test_an_allegation_that_accuses_nobody_is_refused_at_its_field(db, desk, people):
    client = desk(Role.ANALYST)
    entries = entries_of(client.get("/admin/cases/incident/add/"))
    add_row(
        entries,
        prefix_with(entries, "accused_party"),
        source=factories.make_source(people["analyst"]).pk,
        quotation="they did it",
    )
    answer = client.post("/admin/cases/incident/add/", filled(entries, title_en="Hangings"))
    assert "Name the accused, or quote how the source describes them." in text_of(answer)
    assert not Incident.objects.filter(title_en="Hangings", created_by=people["analyst"]).exists()


@pytest.mark.parametrize(("was", "wanted"), [("internal", "public"), ("internal", "registered"), ("restricted", "internal")])
def test_a_level_is_not_widened_in_a_form_and_says_so_in_words(was, wanted, db, desk, people):
    """Only review opens a record; the form may not fall over the database's refusal."""
    case = make_case(people["analyst"], sensitivity=was)
    answer = fill(desk(Role.ANALYST), url(Case, "change", case.pk), sensitivity=wanted)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode() or "stricter" in text_of(answer)
    assert Case.objects.get(pk=case.pk).sensitivity == was


def test_a_level_is_made_stricter_in_a_form_at_once(db, desk, people):
    case = make_case(people["analyst"])
    assert fill(desk(Role.ANALYST), url(Case, "change", case.pk), sensitivity="restricted").status_code == 302
    assert Case.objects.get(pk=case.pk).sensitivity == "restricted"


def test_a_change_counts_names_its_editor_and_keeps_the_reason(db, desk, people):
    case = make_case(factories.make_user(), title_en="Before")
    assert fill(desk(Role.ANALYST), url(Case, "change", case.pk), title_en="After", reason="Page 17.").status_code == 302
    case.refresh_from_db()
    assert (case.title_en, case.version, case.edited_by) == ("After", 2, people["analyst"])
    assert history_of(Case, case.pk).last().pgh_context.metadata["reason"] == "Page 17."


def test_a_form_sent_unchanged_changes_nothing(db, desk, people):
    case = make_case(factories.make_user(), question_en="Who ordered it?")
    before = history_of(Case, case.pk).count()
    assert fill(desk(Role.ANALYST), url(Case, "change", case.pk)).status_code == 302
    case.refresh_from_db()
    assert (case.version, history_of(Case, case.pk).count()) == (1, before)


@pytest.mark.parametrize("model", [model for model in RECORDS if named(model) not in ONLY_READ], ids=named)
def test_a_form_of_each_kind_can_be_sent_back_as_it_stands(model, one_of_each, desk, people):
    """What the form shows is what the record holds: sent back, it is accepted and nothing changes."""
    some = model._default_manager.filter(created_by=people["analyst"], state=State.DRAFT).first()
    if some is None:
        makers = {"Case": lambda by: model(title_en="x").save_by(by), "Source": factories.make_source, "Place": factories.make_place,
                  "Incident": factories.make_incident, "Estimate": factories.make_estimate, "Allegation": factories.make_allegation,
                  "Response": factories.make_response, "Citation": factories.make_citation, "Characterisation": factories.make_characterisation}  # fmt: skip
        some = makers[model.__name__](people["analyst"])
    before = model._default_manager.filter(pk=some.pk).values().get()
    answer = fill(desk(Role.REVIEWER), url(model, "change", some.pk))
    assert answer.status_code == 302, re.findall(r"errorlist.{0,300}", text_of(answer))
    assert model._default_manager.filter(pk=some.pk).values().get() == before


def test_a_change_of_a_part_is_a_change_of_its_record(db, desk, people):
    incident, facility = factories.make_incident(factories.make_user()), factories.make_facility(people["analyst"])
    client = desk(Role.ANALYST)
    entries = entries_of(client.get(url(Incident, "change", incident.pk)))
    prefix = next(name for name in entries if name.endswith("-__prefix__-facility")).split("-__prefix__")[0]
    add_row(entries, prefix, facility=facility.pk, role="site")
    assert client.post(url(Incident, "change", incident.pk), filled(entries)).status_code == 302
    incident.refresh_from_db()
    assert (incident.version, incident.edited_by) == (2, people["analyst"])
    assert IncidentFacility.objects.get(incident=incident).facility == facility


def test_a_part_is_taken_away_in_the_form_of_its_record_and_stays_in_history(db, desk, people):
    incident = factories.make_incident(people["analyst"])
    link = IncidentFacility.objects.create(incident=incident, facility=factories.make_facility(people["analyst"]))
    client = desk(Role.ANALYST)
    entries = entries_of(client.get(url(Incident, "change", incident.pk)))
    row = next(name for name, value in entries.items() if name.endswith("-id") and value == [str(link.pk)]).removesuffix("-id")
    assert client.post(url(Incident, "change", incident.pk), filled(entries, **{f"{row}-DELETE": "on"})).status_code == 302
    assert not IncidentFacility.objects.filter(pk=link.pk).exists()
    assert [event.pgh_label for event in history_of(IncidentFacility, link.pk)] == ["insert", "delete"]


def test_a_hand_on_is_entered_in_the_form_of_the_later_statement(db, desk, people):
    earlier, later = factories.make_estimate(people["analyst"]), factories.make_estimate(people["analyst"])
    client = desk(Role.ANALYST)
    entries = entries_of(client.get(url(Estimate, "change", later.pk)))
    add_row(entries, prefix_with(entries, "earlier"), earlier=earlier.pk, how="cites", note="It names it.")
    assert client.post(url(Estimate, "change", later.pk), filled(entries)).status_code == 302
    assert HandOn.objects.get(later=later.statement_ptr).earlier == earlier.statement_ptr


def test_a_hand_on_that_closes_a_loop_is_refused_in_words(db, desk, people):
    one, other = factories.make_estimate(people["analyst"]), factories.make_estimate(people["analyst"])
    factories.make_hand_on(one, other)
    client = desk(Role.ANALYST)
    entries = entries_of(client.get(url(Estimate, "change", other.pk)))
    add_row(entries, prefix_with(entries, "earlier"), earlier=one.pk, how="cites")
    answer = client.post(url(Estimate, "change", other.pk), filled(entries))
    assert answer.status_code == 200
    assert "loop" in text_of(answer)


# ── two editors ──


def test_a_stale_form_is_refused_in_words_and_nothing_is_lost(db, desk, people):
    case = make_case(people["analyst"], title_en="Before")
    client, colleague = desk(Role.ANALYST), factories.make_user(full_name="Rana Colleague")
    opened = entries_of(client.get(url(Case, "change", case.pk)))
    theirs = Case.objects.get(pk=case.pk)
    theirs.title_en = "What the colleague wrote"
    with acting_as(colleague, "Checked."):
        theirs.save_by(colleague)
    answer = client.post(url(Case, "change", case.pk), filled(opened, title_en="What I wrote", question_en="My long narrative."))
    assert answer.status_code == 200
    said = text_of(answer)
    assert "Rana Colleague" in said and "What the colleague wrote" in said
    assert "nothing is saved yet" in said
    kept = entries_of(answer)  # the page holds the whole form
    assert (kept["title_en"], kept["question_en"]) == (["What I wrote"], ["My long narrative."])
    case.refresh_from_db()
    assert (case.title_en, case.version, case.question_en) == ("What the colleague wrote", 2, "")


def test_a_stale_form_sent_again_is_refused_again(db, desk, people):
    case = make_case(people["analyst"], title_en="Before")
    client = desk(Role.ANALYST)
    opened = entries_of(client.get(url(Case, "change", case.pk)))
    Case.objects.get(pk=case.pk).save_by(factories.make_user())
    first = client.post(url(Case, "change", case.pk), filled(opened, title_en="Mine"))
    again = client.post(url(Case, "change", case.pk), filled(entries_of(first)))
    assert again.status_code == 200
    assert Case.objects.get(pk=case.pk).title_en == "Before"


@pytest.mark.parametrize("version", ["", "0", "-1", "99", "abc"])
def test_a_form_with_a_forged_version_saves_nothing(version, db, desk, people):
    case = make_case(people["analyst"], title_en="Before")
    answer = fill(desk(Role.ANALYST), url(Case, "change", case.pk), title_en="After", seen_version=version)
    assert answer.status_code == 200
    assert Case.objects.get(pk=case.pk).title_en == "Before"


@pytest.mark.parametrize(
    "forged",
    [{"state": "published"}, {"uid": "INC-00000-000000"}, {"version": "99"}, {"created_by": "1"}, {"standing": "established"}],
)
def test_fields_that_the_form_does_not_have_are_not_written(forged, db, desk, people):
    facility = factories.make_facility(people["analyst"], name_en="Before")
    before = Facility.objects.filter(pk=facility.pk).values("state", "uid", "created_by", "standing").get()
    assert fill(desk(Role.ANALYST), url(Facility, "change", facility.pk), name_en="After", **forged).status_code == 302
    assert Facility.objects.filter(pk=facility.pk).values("state", "uid", "created_by", "standing").get() == before
    assert Facility.objects.get(pk=facility.pk).version == 2


def test_the_fields_of_a_published_record_are_closed(db, desk, people):
    case = make_case(people["analyst"], title_en="Before")
    factories.publish(case, by=people["reviewer"])
    for role in (Role.ANALYST, Role.REVIEWER, Role.MANAGER):
        client = desk(role)
        assert "title_en" not in entries_of(client.get(url(Case, "change", case.pk)))
        fill(client, url(Case, "change", case.pk), title_en="After", question_en="After")
    case.refresh_from_db()
    assert (case.title_en, case.question_en, case.version) == ("Before", "", 1)


def test_a_link_to_what_the_editor_may_not_see_survives_her_edit(db, desk, people):
    """She is not shown the restricted place; saving the title may not take it away."""
    author = factories.make_user()
    place = factories.make_place(author, sensitivity="restricted")
    incident = factories.make_incident(author, place=place, title_en="Before")
    fill(desk(Role.ANALYST), url(Incident, "change", incident.pk), title_en="After")
    incident.refresh_from_db()
    assert incident.place == place


def test_a_link_to_what_the_editor_may_not_see_looks_like_none_and_gives_way_to_hers(db, desk, people):
    author = factories.make_user()
    incident = factories.make_incident(author, place=factories.make_place(author, sensitivity="restricted"))
    other = factories.make_place(author)
    client, address = desk(Role.ANALYST), url(Incident, "change", incident.pk)
    assert entries_of(client.get(address))["place"] == [""]
    fill(client, address, place=other.pk)
    incident.refresh_from_db()
    assert incident.place == other


def test_one_of_many_links_to_what_the_editor_may_not_see_survives_her_edit(db, desk, people):
    author = factories.make_user()
    hidden, shown, added = (factories.make_party(author, sensitivity=level) for level in ("restricted", "internal", "internal"))
    estimate = factories.make_estimate(author, source=factories.make_source(author), value_text="before")
    estimate.done_by.set([hidden, shown])
    answer = fill(desk(Role.ANALYST), url(Estimate, "change", estimate.pk), value_text="after", done_by=[shown.pk, added.pk])
    assert answer.status_code == 302
    assert set(Estimate.objects.get(pk=estimate.pk).done_by.all()) == {hidden, shown, added}


def test_a_page_opens_on_which_an_allegation_is_told_already(db, desk, people):
    """The commonest page of all: an incident with somebody accused."""
    allegation = factories.make_allegation(
        people["analyst"], about_facility=None, about_incident=factories.make_incident(people["analyst"])
    )
    Accused.objects.create(
        allegation=allegation, party=factories.make_party(people["analyst"]), wording="the regime", modes=["ordered"]
    )
    page = desk(Role.ANALYST).get(url(Incident, "change", allegation.about_incident.pk))
    assert page.status_code == 200
    assert "the regime" in text_of(page)
    assert "Ministry of Justice" in text_of(page)


# ── links found by typing ──


def found_by_typing(client: Client, model: type, field: str, term: str) -> list[str]:
    answer = client.get(
        "/admin/autocomplete/",
        {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field, "term": term},
    )
    assert answer.status_code == 200, answer.content[:200]
    return [each["text"] for each in answer.json()["results"]]


def test_typing_finds_only_what_the_person_may_see(db, desk, people):
    author = factories.make_user()
    factories.make_place(author, name_en="Findable Hill")
    factories.make_place(author, name_en="Findable Secret", sensitivity="restricted")
    factories.make_place(author, name_en="Findable Sealed", sensitivity="sealed")
    assert found_by_typing(desk(Role.ANALYST), Incident, "place", "Findable") == ["Findable Hill"]
    assert found_by_typing(desk(Role.ANALYST), Incident, "place", "Secret") == []
    client = Client()
    client.force_login(author)
    assert sorted(found_by_typing(client, Incident, "place", "Findable")) == ["Findable Hill", "Findable Secret"]


@pytest.mark.parametrize("page", ["list", "typing"])
def test_a_hidden_name_does_not_find_its_victim(page, db, desk, people):
    """Whoever searches for a name that she may not see learns not even that somebody bears it."""
    victim = factories.make_victim(factories.make_user(), label_en="a teacher from Homs")
    VictimName.objects.create(victim=victim, text="Zeinab Alkhatib", sensitivity="restricted")
    VictimName.objects.create(victim=victim, text="Umm Yusuf", sensitivity="internal")
    client = desk(Role.ANALYST)

    def found(term: str) -> bool:
        if page == "typing":
            return bool(found_by_typing(client, Allegation, "victims", term))
        return victim.uid in text_of(client.get("/admin/cases/victim/", {"q": term}))

    assert found("Umm Yusuf")
    assert not found("Zeinab")


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.ADMINISTRATOR, Role.CUSTODIAN])
def test_typing_finds_nothing_for_who_does_not_work_on_records(role, db, desk):
    factories.make_place(factories.make_user(), name_en="Findable Hill")
    answer = desk(role).get(
        "/admin/autocomplete/", {"app_label": "cases", "model_name": "incident", "field_name": "place", "term": "Findable"}
    )
    assert answer.status_code in (302, 403)


def test_a_hidden_record_can_not_be_linked_by_its_number(db, desk, people):
    secret = factories.make_place(factories.make_user(), sensitivity="restricted")
    client = desk(Role.ANALYST)
    hidden = fill(client, "/admin/cases/incident/add/", title_en="Probe", place=secret.pk)
    nonexistent = fill(client, "/admin/cases/incident/add/", title_en="Probe", place=10**9)
    assert hidden.status_code == nonexistent.status_code == 200
    said = [
        re.findall(r'class="errorlist.*?</ul>|text-red-\d+.*?</div>', answer.content.decode(), re.S)
        for answer in (hidden, nonexistent)
    ]
    assert said[0] == said[1]
    assert not Incident.objects.filter(title_en="Probe").exists()


def test_an_allegation_can_not_accuse_a_hidden_party_by_its_number(db, desk, people):
    secret = factories.make_party(factories.make_user(), sensitivity="restricted")
    client = desk(Role.ANALYST)
    entries = entries_of(client.get("/admin/cases/incident/add/"))
    add_row(entries, prefix_with(entries, "accused_party"), source=factories.make_source(people["analyst"]).pk,
            accused_party=secret.pk, quotation="they did it")  # fmt: skip
    client.post("/admin/cases/incident/add/", filled(entries, title_en="Probe"))
    assert not Accused.objects.filter(party=secret).exists()


# ── review and history ──


def test_a_record_goes_from_draft_to_the_public_by_its_buttons(db, desk, people):
    case = make_case(people["analyst"], title_en="Hangings")
    page, api = url(Case, "change", case.pk), f"/api/v1/cases/{case.uid}/"
    assert Client().get(api).status_code == 404
    for role, verb, given in [(Role.ANALYST, "submit", {"reason": "Ready."}), (Role.REVIEWER, "approve", {"reason": "Checked."}),
                              (Role.REVIEWER, "publish", {"level": "public"})]:  # fmt: skip
        client = desk(role)
        assert f"move/{verb}/" in client.get(page).content.decode()
        answer = client.post(url(Case, "move", case.pk, verb), {"reason": "", **given})
        assert (answer.status_code, answer["Location"]) == (302, page)
    case.refresh_from_db()
    assert (case.state, case.sensitivity) == (State.PUBLISHED, Sensitivity.PUBLIC)
    assert Client().get(api).json()["title_en"] == "Hangings"
    assert [decision.verb for decision in review.decisions_on(case)] == ["publish", "approve", "submit"]


def test_who_wrote_a_record_is_offered_no_approval_and_told_why_when_she_tries(db, desk, people):
    case = make_case(people["reviewer"])
    review.submit(case, by=people["analyst"])
    client = desk(Role.REVIEWER)
    assert "move/approve/" not in client.get(url(Case, "change", case.pk)).content.decode()
    answer = client.post(url(Case, "move", case.pk, "approve"), {"reason": ""})
    assert answer.status_code == 200
    assert "somebody else has to decide" in text_of(answer)
    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW


@pytest.mark.parametrize(("verb", "given", "missing"), [("return", {"reason": ""}, "reason"), ("publish", {}, "level")])
def test_a_move_asks_for_what_it_needs(verb, given, missing, db, desk, people):
    case = make_case(people["analyst"])
    review.submit(case, by=people["analyst"])
    if verb == "publish":
        review.approve(case, by=people["reviewer"])
    before = case.state
    answer = desk(Role.REVIEWER).post(url(Case, "move", case.pk, verb), given)
    assert answer.status_code == 200
    assert "required" in text_of(answer)
    assert Case.objects.get(pk=case.pk).state == before


def test_what_stands_in_the_way_of_publishing_is_said_on_the_page(db, desk, people):
    estimate = factories.make_estimate(people["analyst"])
    review.submit(estimate, by=people["analyst"])
    review.approve(estimate, by=people["reviewer"])
    answer = desk(Role.REVIEWER).post(url(Estimate, "move", estimate.pk, "publish"), {"level": "public"})
    assert estimate.source.uid in text_of(answer)
    assert Estimate.objects.get(pk=estimate.pk).state == State.APPROVED


@pytest.mark.parametrize("verb", ["nonsense", "delete", "_move", "possible"])
def test_there_are_no_other_moves(verb, db, desk, people):
    case = make_case(people["analyst"])
    answer = desk(Role.MANAGER).post(url(Case, "move", case.pk, verb), {"reason": "x"})
    assert answer.status_code in (302, 404)
    assert Case.objects.get(pk=case.pk).state == State.DRAFT


def test_a_move_is_made_by_post_alone(db, desk, people):
    case = make_case(people["analyst"])
    assert desk(Role.ANALYST).get(url(Case, "move", case.pk, "submit")).status_code == 200
    assert Case.objects.get(pk=case.pk).state == State.DRAFT


def test_a_post_without_its_token_changes_nothing(db, people):
    case = make_case(people["analyst"], title_en="Before")
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["analyst"])
    for address in (url(Case, "change", case.pk), url(Case, "move", case.pk, "submit"), "/admin/cases/case/add/"):
        assert client.post(address, {"title_en": "After", "reason": "x"}).status_code == 403
    case.refresh_from_db()
    assert (case.title_en, case.state) == ("Before", State.DRAFT)


@pytest.mark.parametrize("page", ["change", "history", "move"])
def test_a_hidden_record_answers_like_one_that_does_not_exist(page, db, desk, people):
    secret = make_case(factories.make_user(), title_en="Secret", sensitivity="restricted")
    client = desk(Role.ANALYST)
    more = ["submit"] if page == "move" else []
    hidden, nonexistent = (client.get(url(Case, page, pk, *more)) for pk in (secret.pk, 10**9))
    assert hidden.status_code == nonexistent.status_code
    assert hidden.get("Location") == nonexistent.get("Location")
    assert "Secret" not in text_of(client.get("/admin/"))
    assert "Secret" not in text_of(client.get("/admin/cases/case/"))


def test_history_shows_who_when_why_before_and_after(db, desk, people):
    incident = factories.make_incident(people["analyst"], title_en="Before", date="2012")
    editor = people["reviewer"]
    editor.full_name = "Rana Colleague"
    editor.save()
    fill(
        desk(Role.REVIEWER), url(Incident, "change", incident.pk), title_en="After", extent="pattern", reason="Page 17 has it so."
    )
    page = text_of(desk(Role.ANALYST).get(url(Incident, "history", incident.pk)))
    newest = page[page.index("Page 17 has it so.") - 200 :]
    assert "Rana Colleague" in newest
    assert re.search(r"<del>Before</del>.{0,80}<ins>After</ins>", newest)
    assert re.search(r"<ins>[^<]*[Pp]attern", newest)
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", newest)


def test_history_tells_moves_of_review_too(db, desk, people):
    case = make_case(people["analyst"])
    review.submit(case, by=people["analyst"], reason="Ready for review.")
    assert "Ready for review." in text_of(desk(Role.REVIEWER).get(url(Case, "history", case.pk)))


# ── accounts ──


def test_an_administrator_makes_an_account_and_its_password_is_in_no_page_and_no_history(db, desk, people):
    client = desk(Role.ADMINISTRATOR)
    answer = fill(client, "/admin/hrdocs/user/add/", username="newcomer", full_name="New Comer", role="analyst",
                  password1="a long pass phrase 3", password2="a long pass phrase 3")  # fmt: skip
    assert answer.status_code == 302, re.findall(r"errorlist.{0,300}", text_of(answer))
    made = User.objects.get(username="newcomer")
    assert made.check_password("a long pass phrase 3")
    assert history_of(User, made.pk).last().pgh_context.metadata["user"] == people["administrator"].pk
    for page in (f"/admin/hrdocs/user/{made.pk}/change/", "/admin/hrdocs/user/"):
        assert made.password not in client.get(page).content.decode()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.MANAGER])
def test_nobody_else_makes_or_changes_accounts(role, db, desk, people):
    client = desk(role)
    assert client.get("/admin/hrdocs/user/add/").status_code == 403
    assert client.post(f"/admin/hrdocs/user/{people[role].pk}/change/", {"role": "administrator"}).status_code == 403
    assert client.get(f"/admin/hrdocs/user/{people['analyst'].pk}/password/").status_code == 403
    assert User.objects.get(pk=people[role].pk).role == role


def test_a_manager_gives_a_grant_and_an_analyst_does_not(db, desk, people):
    secret = factories.make_incident(factories.make_user(), sensitivity="restricted")
    assert desk(Role.ANALYST).get("/admin/hrdocs/grant/add/").status_code == 403

    answer = fill(desk(Role.MANAGER), "/admin/hrdocs/grant/add/", user=people["analyst"].pk, uid=secret.uid, reason="Needs it.", until="2099-12-31", granted_by=people["manager"].pk)  # fmt: skip
    assert answer.status_code == 302, re.findall(r"errorlist.{0,300}", text_of(answer))
    assert desk(Role.ANALYST).get(url(Incident, "change", secret.pk)).status_code == 200


def test_nobody_gives_a_grant_in_another_name(db, desk, people):
    secret = factories.make_incident(factories.make_user(), sensitivity="restricted")

    fill(desk(Role.MANAGER), "/admin/hrdocs/grant/add/", user=people["analyst"].pk, uid=secret.uid, reason="Needs it.", until="2099-12-31", granted_by=people["reviewer"].pk)  # fmt: skip
    assert not Grant.objects.filter(uid=secret.uid, granted_by=people["reviewer"]).exists()


@pytest.mark.parametrize(
    ("model", "lookup"),
    [("user", "last_login__gte=2020-01-01"), ("user", "email__startswith=a"), ("user", "password__startswith=a"), ("user", "date_joined__gte=2020-01-01"),
     ("team", "note__contains=a"), ("grant", "reason__contains=a"), ("reviewdecision", "public_note__contains=a"), ("notice", "by__email__contains=a")],
)  # fmt: skip
def test_accounts_grants_and_decisions_too_are_asked_by_the_filters_beside_their_lists_alone(model, lookup, db, desk):
    answer = desk(Role.MANAGER).get(f"/admin/hrdocs/{model}/?{lookup}")
    assert answer.status_code in (400, 302), "the list answered what it does not show"


@pytest.mark.parametrize("state", [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.PUBLISHED])
def test_where_nothing_can_be_saved_stands_what_can_be_done(state, analyst, reviewer):
    party = factories.make_party(analyst)
    for verb, given in (
        ("submit", {"by": analyst}),
        ("approve", {"by": reviewer}),
        ("publish", {"by": reviewer, "level": Sensitivity.PUBLIC}),
    ):
        if party.state != state:
            review.VERBS[verb](party, **given)
    text = signed_in(analyst).get(page_of(party, "change")).content.decode()
    assert ('name="_save"' in text) is ('id="id_reason"' in text) is (state == State.DRAFT)
    foot = text.split('id="submit-row"')[1].split('id="talk"')[0]
    assert (page_of(party, "propose") in foot) is (state in (State.APPROVED, State.PUBLISHED))
    assert (page_of(party, "move", "reopen") in foot) is ("reopen" in review.possible(party, analyst))
