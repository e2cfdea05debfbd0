"""Two editors of one record: the second sees both versions side by side, chooses, and nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from cases.models import Estimate, Facility, FacilityName, HandOn, Incident
from hrdocs import review
from hrdocs.access import Role, Sensitivity
from hrdocs.audit import acting_as
from hrdocs.models import ProposedChange, Unsaved, User
from tests import factories
from tests.hrdocs.forms import Entries, add_row, entries_of, filled, page_of, prefix_of, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def her(analyst: User) -> Client:
    return signed_in(analyst)


@pytest.fixture
def colleague(db: None) -> User:
    return factories.make_user(full_name="Rana Colleague")


def they_save(record: Any, by: User, reason: str = "The second edition says so.", **changed: Any) -> None:
    stored = type(record).objects.get(pk=record.pk)
    for name, value in changed.items():
        setattr(stored, name, value)
    with acting_as(by, reason):
        stored.save_by(by)


def opened(client: Client, record: Any, page: str = "change") -> tuple[Entries, HttpResponse]:
    answer = client.get(page_of(record, page))
    return entries_of(answer), answer


def sent(client: Client, record: Any, entries: Entries, page: str = "change", **changed: Any) -> HttpResponse:
    return client.post(page_of(record, page), filled(entries, **changed))


def choices(answer: HttpResponse) -> dict[str, str]:
    """Each difference on the page, by its field or by its row and field, with whose it is."""
    assert answer.status_code == 200 and "choices" in answer.context, answer.content.decode()[-3000:]
    return {named(each): each.whose for each in answer.context["choices"]}


def named(choice: Any) -> str:
    return choice.name.removeprefix("choose-").removeprefix("--")


def choose(client: Client, record: Any, page: HttpResponse, how: str = "save", **chosen: str) -> HttpResponse:
    """Press a button of the page, with what is chosen on it, and what is chosen here besides, by field ("row": of one row)."""
    names = {"row" if named(each).endswith("-") else named(each): each.name for each in page.context["choices"]}
    more = {names[field]: whose for field, whose in chosen.items()}
    return client.post(page_of(record), filled(entries_of(page), merge=how, **more))


# ── fields ──


def test_what_each_of_two_changed_alone_is_merged_and_preselected(her, analyst, colleague):
    incident = factories.make_incident(analyst, title_en="Before", date="2011")
    entries, _ = opened(her, incident)
    they_save(incident, colleague, title_en="By the colleague")
    page = sent(her, incident, entries, date="2012")
    assert choices(page) == {"title_en": "theirs", "date": "mine"}
    said = page.content.decode()
    for word in ("Rana Colleague", "The second edition says so.", "By the colleague", "2012", "2011"):
        assert word in said, word
    assert choose(her, incident, page).status_code == 302
    incident.refresh_from_db()
    assert (incident.title_en, incident.date, incident.version) == ("By the colleague", "2012", 3)
    assert not Unsaved.objects.exists(), "what was saved needs no keeping"


@pytest.mark.parametrize(("whose", "title"), [("theirs", "By the colleague"), ("mine", "By me")])
def test_what_both_changed_is_chosen_by_her(whose, title, her, analyst, colleague):
    incident = factories.make_incident(analyst, title_en="Before")
    entries, _ = opened(her, incident)
    they_save(incident, colleague, title_en="By the colleague")
    page = sent(her, incident, entries, title_en="By me")
    assert choices(page) == {"title_en": "both"}
    assert "checked" not in page.content.decode().split("hrdocs-conflict")[1]
    asked = choose(her, incident, page)
    assert asked.status_code == 200 and "Choose a value where both of you" in asked.content.decode()
    assert Incident.objects.get(pk=incident.pk).title_en == "By the colleague"
    assert choose(her, incident, asked, title_en=whose).status_code == 302
    assert Incident.objects.get(pk=incident.pk).title_en == title


def test_she_goes_back_to_the_form_with_both_put_together_and_writes_it_anew(her, analyst, colleague):
    incident = factories.make_incident(analyst, title_en="Before", date="2011")
    entries, _ = opened(her, incident)
    they_save(incident, colleague, title_en="By the colleague", date="2013")
    page = sent(her, incident, entries, title_en="By me", reason="Read again.")
    form = choose(her, incident, page, how="form")
    kept = entries_of(form)
    assert (kept["title_en"], kept["date"], kept["seen_version"], kept["reason"]) == (["By me"], ["2013"], ["2"], ["Read again."])
    assert "they saved: By the colleague" in form.content.decode()
    assert Incident.objects.get(pk=incident.pk).version == 2, "nothing is saved yet"
    assert sent(her, incident, kept, title_en="By both").status_code == 302
    incident.refresh_from_db()
    assert (incident.title_en, incident.date, incident.version) == ("By both", "2013", 3)


def test_long_texts_are_shown_by_the_words_that_differ(her, analyst, colleague):
    text = "Between 2011 and 2015 between five and thirteen thousand people were hanged there in secret at night by soldiers."
    facility = factories.make_facility(analyst, description_en=text)
    entries, _ = opened(her, facility)
    they_save(facility, colleague, description_en=text.replace("soldiers", "guards"))
    page = sent(her, facility, entries, description_en=text.replace("2015", "2016"))
    said = page.content.decode()
    assert "<del> 2015</del><ins> 2016</ins>" in said and "<ins> guards.</ins>" in said


def test_what_both_changed_to_the_same_is_no_question(her, analyst, colleague):
    incident = factories.make_incident(analyst, title_en="Before")
    entries, _ = opened(her, incident)
    they_save(incident, colleague, title_en="The same")
    assert sent(her, incident, entries, title_en="The same").status_code == 302
    assert Incident.objects.get(pk=incident.pk).title_en == "The same"


def test_a_third_save_while_she_chooses_is_shown_to_her_as_well(her, analyst, colleague):
    incident = factories.make_incident(analyst, title_en="Before", date="2011")
    entries, _ = opened(her, incident)
    they_save(incident, colleague, title_en="First")
    page = sent(her, incident, entries, date="2012")
    they_save(incident, colleague, reason="Once more.", title_en="Second")
    again = choose(her, incident, page)
    assert choices(again) == {"title_en": "theirs", "date": "mine"} and "Second" in again.content.decode()
    assert choose(her, incident, again).status_code == 302
    incident.refresh_from_db()
    assert (incident.title_en, incident.date, incident.version) == ("Second", "2012", 4)


def test_what_was_typed_is_offered_again_after_the_page_was_left(her, analyst, colleague):
    incident = factories.make_incident(analyst, title_en="Before")
    entries, _ = opened(her, incident)
    they_save(incident, colleague, title_en="By the colleague")
    sent(her, incident, entries, title_en="By me, at length")
    kept = Unsaved.objects.of(analyst).get()
    back = her.get(f"{page_of(incident)}?restore={kept.page}")
    assert entries_of(back)["title_en"] == ["By me, at length"]
    assert choices(sent(her, incident, entries_of(back))) == {"title_en": "both"}, "and still saves nothing unseen"


# ── links ──


def test_a_link_is_named_not_numbered(her, analyst, colleague):
    one, other, third = (
        factories.make_source(analyst, title=title) for title in ("First report", "Second report", "Third report")
    )
    estimate = factories.make_estimate(analyst, source=one)
    entries, _ = opened(her, estimate)
    they_save(estimate, colleague, source=other)
    page = sent(her, estimate, entries, source=third.pk)
    assert choices(page) == {"source": "both"}
    assert all(title in page.content.decode() for title in ("First report", "Second report", "Third report"))
    assert choose(her, estimate, page, source="mine").status_code == 302
    assert Estimate.objects.get(pk=estimate.pk).source == third


def test_both_tables_of_a_statement_are_compared(her, analyst, colleague):
    estimate = factories.make_estimate(analyst)
    entries, _ = opened(her, estimate)
    they_save(estimate, colleague, upper=14000)
    page = sent(her, estimate, entries, quotation="between 5,000 and 13,000")
    assert choices(page) == {"upper": "theirs", "quotation": "mine"}
    assert choose(her, estimate, page).status_code == 302
    estimate.refresh_from_db()
    assert (estimate.upper, estimate.quotation) == (14000, "between 5,000 and 13,000")


def test_many_to_many_links_are_compared_as_one_field(her, analyst, colleague):
    estimate = factories.make_estimate(analyst)
    death, torture = (factories.make_term("act", code, label_en=code) for code in ("death", "torture"))
    entries, _ = opened(her, estimate)
    with acting_as(colleague, "Read again."):
        estimate.save_by(colleague)
        estimate.categories.add(death)
    page = sent(her, estimate, entries, categories=[torture.pk], value_text="13,000 at most")
    assert choices(page) == {"categories": "both", "value_text": "mine"}
    assert str(death) in page.content.decode() and str(torture) in page.content.decode()
    assert choose(her, estimate, page, categories="mine").status_code == 302
    assert list(estimate.categories.all()) == [torture]


def test_links_that_only_they_changed_stay_theirs(her, analyst, colleague):
    estimate = factories.make_estimate(analyst)
    death = factories.make_term("act", "death")
    entries, _ = opened(her, estimate)
    with acting_as(colleague, "Read again."):
        estimate.save_by(colleague)
        estimate.categories.add(death)
    page = sent(her, estimate, entries, value_text="13,000 at most")
    assert choose(her, estimate, page).status_code == 302
    assert list(estimate.categories.all()) == [death]


# ── rows below ──


@pytest.fixture
def facility(analyst: User) -> Facility:
    facility = factories.make_facility(analyst)
    for text in ("Sednaya", "Saidnaya"):
        FacilityName.objects.create(facility=facility, text=text, kind="spelling")
    return facility


def they_change_rows(facility: Facility, by: User, name: str, **changed: Any) -> None:
    """What a colleague's form does with one name: change it, or take it away where nothing is named."""
    with acting_as(by, "Names checked."):
        Facility.objects.get(pk=facility.pk).save_by(by)
        names = facility.names.filter(text=name)
        names.update(**changed) if changed else names.delete()


def names_of(facility: Facility) -> list[str]:
    return sorted(facility.names.values_list("text", flat=True))


def row_of(entries: Entries, prefix: str, text: str) -> str:
    return next(name for name, value in entries.items() if name.startswith(prefix) and value == [text]).removesuffix("-text")


def test_rows_that_each_of_two_changed_are_merged(her, facility, colleague):
    entries, answer = opened(her, facility)
    prefix = prefix_of(answer, FacilityName)
    they_change_rows(facility, colleague, "Sednaya", text="Sednaya prison")
    page = sent(her, facility, entries, **{f"{row_of(entries, prefix, 'Saidnaya')}-text": "Saydnaya"})
    assert sorted(choices(page).values()) == ["mine", "theirs"]
    assert choose(her, facility, page).status_code == 302
    assert names_of(facility) == ["Saydnaya", "Sednaya prison"]


def test_a_row_that_they_added_stays_and_hers_is_added_too(her, facility, colleague):
    entries, answer = opened(her, facility)
    prefix = prefix_of(answer, FacilityName)
    with acting_as(colleague, "One more."):
        Facility.objects.get(pk=facility.pk).save_by(colleague)
        FacilityName.objects.create(facility=facility, text="Theirs", kind="spelling")
    add_row(entries, prefix, text="Mine", kind="spelling", sensitivity="public")
    page = sent(her, facility, entries)
    assert sorted(choices(page).values()) == ["mine", "theirs"]
    assert choose(her, facility, page).status_code == 302
    assert names_of(facility) == ["Mine", "Saidnaya", "Sednaya", "Theirs"]


def test_a_row_that_they_took_away_is_gone_unless_she_wrote_in_it(her, facility, colleague):
    entries, answer = opened(her, facility)
    they_change_rows(facility, colleague, "Sednaya")
    page = sent(her, facility, entries, description_en="Mine.")
    assert choose(her, facility, page).status_code == 302
    assert names_of(facility) == ["Saidnaya"]
    facility.refresh_from_db()
    assert facility.description_en == "Mine."


@pytest.mark.parametrize(("whose", "names"), [("theirs", ["Saidnaya"]), ("mine", ["Saidnaya", "Sednaya, as I read it"])])
def test_a_row_that_they_took_away_while_she_wrote_in_it_is_hers_to_decide(whose, names, her, facility, colleague):
    entries, answer = opened(her, facility)
    start = row_of(entries, prefix_of(answer, FacilityName), "Sednaya")
    they_change_rows(facility, colleague, "Sednaya")
    page = sent(her, facility, entries, **{f"{start}-text": "Sednaya, as I read it"})
    assert list(choices(page).values()) == ["both"]
    assert choose(her, facility, page, row=whose).status_code == 302
    assert names_of(facility) == names


@pytest.mark.parametrize(("whose", "names"), [("theirs", ["Saidnaya", "Sednaya prison"]), ("mine", ["Saidnaya"])])
def test_a_row_that_she_takes_away_while_they_wrote_in_it_is_hers_to_decide(whose, names, her, facility, colleague):
    entries, answer = opened(her, facility)
    start = row_of(entries, prefix_of(answer, FacilityName), "Sednaya")
    they_change_rows(facility, colleague, "Sednaya", text="Sednaya prison")
    page = sent(her, facility, entries, **{f"{start}-DELETE": "on"})
    assert list(choices(page).values()) == ["both"]
    assert choose(her, facility, page, row=whose).status_code == 302
    assert names_of(facility) == names


def test_rows_with_fields_that_can_not_be_changed_stay(her, analyst, colleague):
    one, earlier = factories.make_estimate(analyst), factories.make_estimate(analyst)
    hop = factories.make_hand_on(one, earlier)
    entries, _ = opened(her, one)
    they_save(one, colleague, upper=14000)
    page = sent(her, one, entries, quotation="as many as 13,000")
    assert choices(page) == {"upper": "theirs", "quotation": "mine"}
    assert choose(her, one, page).status_code == 302
    assert HandOn.objects.get(later=one.pk) == hop


def test_what_she_may_not_see_is_not_told_and_stays(her, facility, colleague):
    manager = factories.make_user(Role.MANAGER)
    entries, _ = opened(her, facility)
    with acting_as(manager, "Told in confidence."):
        Facility.objects.get(pk=facility.pk).save_by(manager)
        source = factories.make_source(manager, title="Hidden from her", sensitivity=Sensitivity.RESTRICTED)
        factories.make_estimate(manager, source=source, about_facility=facility)
    page = sent(her, facility, entries, description_en="Mine.")
    assert "Hidden from her" not in page.content.decode()


# ── the state moved in between ──


def published(record: Any, reviewer: User) -> None:
    factories.publish(record, by=reviewer)


def test_what_she_typed_while_it_was_published_becomes_a_proposal_with_one_button(her, facility, reviewer):
    entries, _ = opened(her, facility)
    published(Facility.objects.get(pk=facility.pk), reviewer)
    page = sent(her, facility, entries, description_en="Holds 20,000.")
    said = page.content.decode()
    assert "Holds 20,000." in said and "Propose it as a change" in said and str(reviewer) in said
    assert Facility.objects.get(pk=facility.pk).description_en == ""
    answer = her.post(page_of(facility, "propose"), filled(entries_of(page), reason="The report says so."))
    assert answer.status_code == 302
    change = ProposedChange.objects.get()
    assert list(change.after.values()) == [{"description_en": "Holds 20,000."}] and change.reason == "The report says so."
    assert not Unsaved.objects.exists()


def test_what_she_typed_while_it_was_handed_in_is_kept_until_it_is_open_again(her, analyst, facility):
    entries, _ = opened(her, facility)
    review.submit(Facility.objects.get(pk=facility.pk), by=analyst)
    said = sent(her, facility, entries, description_en="Holds 20,000.").content.decode()
    assert "Nothing was saved" in said and "Holds 20,000." in said and "Propose it as a change" not in said
    review.reopen(Facility.objects.get(pk=facility.pk), by=analyst)
    kept = Unsaved.objects.of(analyst).get()
    assert kept.page in her.get(page_of(facility)).content.decode()
    back = entries_of(her.get(f"{page_of(facility)}?restore={kept.page}"))
    assert sent(her, facility, back).status_code == 302
    assert Facility.objects.get(pk=facility.pk).description_en == "Holds 20,000."


def test_what_she_typed_while_it_was_taken_away_is_shown_to_her(her, analyst):
    incident = factories.make_incident(analyst, title_en="Before")
    entries, _ = opened(her, incident)
    Incident.objects.filter(pk=incident.pk).delete()
    page = sent(her, incident, entries, title_en="By me, at length")
    assert page.status_code == 404 and "By me, at length" in page.content.decode()
    assert Unsaved.objects.of(analyst).count() == 1


def test_a_proposal_from_a_stale_form_shows_both_versions_too(her, facility, reviewer, colleague):
    published(Facility.objects.get(pk=facility.pk), reviewer)
    entries, _ = opened(her, facility, "propose")
    theirs, _ = opened(signed_in(colleague), facility, "propose")
    signed_in(colleague).post(page_of(facility, "propose"), filled(theirs, name_en="Sednaya Prison", reason="Its own spelling."))
    signed_in(reviewer).post(page_of(facility, "proposed", ProposedChange.objects.get().pk), {"apply": "", "reason": ""})
    page = sent(her, facility, entries, "propose", description_en="Holds 20,000.", reason="The report says so.")
    assert choices(page) == {"name_en": "theirs", "description_en": "mine"}
    answer = her.post(page_of(facility, "propose"), filled(entries_of(page), merge="save"))
    assert answer.status_code == 302
    change = ProposedChange.objects.get(status="waiting")
    assert (list(change.after.values()), change.version) == ([{"description_en": "Holds 20,000."}], 2)


# ── decisions are on a version ──


def test_who_approves_what_changed_after_she_opened_it_is_refused_in_words(analyst, reviewer, colleague):
    incident = factories.make_incident(analyst)
    review.submit(incident, by=analyst)
    client = signed_in(reviewer)
    link = next(address for verb, _, address in client.get(page_of(incident)).context["moves"] if verb == "approve")
    review.reopen(incident, by=analyst)
    they_save(incident, colleague, title_en="Something else")
    review.submit(Incident.objects.get(pk=incident.pk), by=analyst)
    answer = client.post(link, entries_of(client.get(link)))
    assert "Rana Colleague changed it" in answer.content.decode()
    assert Incident.objects.get(pk=incident.pk).state == "in_review"


def test_a_dossier_is_decided_on_as_it_was_listed(analyst, reviewer, colleague):
    incident = factories.make_incident(analyst)
    review.submit(incident, by=analyst)
    client = signed_in(reviewer)
    entries = entries_of(client.get(page_of(incident, "together", "decide")))
    review.reopen(incident, by=analyst)
    they_save(incident, colleague, title_en="Something else")
    review.submit(Incident.objects.get(pk=incident.pk), by=analyst)
    answer = client.post(page_of(incident, "together", "decide"), {**entries, "rest": "approve"})
    assert "Rana Colleague changed it" in answer.content.decode()
    assert Incident.objects.get(pk=incident.pk).state == "in_review"
