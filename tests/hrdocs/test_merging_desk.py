"""Merging on the desk: the queue, side by side, by whom, and what an old form leads to."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.models import Facility, FacilityName, Statement, VictimName
from hrdocs import duplicates, matching, merging
from hrdocs.access import Role, Sensitivity
from hrdocs.admin.beside import told
from hrdocs.admin.moves import in_words
from hrdocs.models import Grant, Match, Merge, User
from tests import factories
from tests.hrdocs.forms import page_of, signed_in
from tests.hrdocs.twins import MERGEABLE, make, merged

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
QUEUE = "/admin/hrdocs/match/"


def pairs_of(kind: type[Any], user: Any, **near: str) -> list[tuple[str, str]]:
    found = duplicates.pairs(kind, user, duplicates.Near(**near))
    return [(pair.one.uid, pair.other.uid) for pair in found]


def beside(one: Any, other: Any) -> str:
    return page_of(one, "merge", other.pk)


# ── what looks as if entered twice ──


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Sednaya", "صيدنايا", True),
        ("Sednaya prison", "Saydnaya prison", True),
        ("Ministry of Justice of Syria", "Ministry of Justice, Syria", True),
        ("Mezzeh airbase", "Tadmor prison", False),
        ("Branch 215", "Palmyra", False),
    ],
)
def test_names_that_sound_alike_in_any_script_are_a_pair(one, other, expected, analyst):
    records = [factories.make_facility(analyst, name_en=name, name_ar="") for name in (one, other)]
    assert pairs_of(Facility, analyst) == ([tuple(each.uid for each in records)] if expected else [])


@pytest.mark.parametrize("few", [0, 20])
def test_a_new_record_is_set_beside_all_that_sound_as_any_of_its_names(few, analyst, monkeypatch):
    monkeypatch.setattr(duplicates, "FEW_NEW", few)
    names = ("Sednaya prison", "Tadmor", "Mezzeh airbase", "al-Hamam", "X")
    made = [factories.make_facility(analyst, name_en=name, name_ar="") for name in names]
    new = factories.make_facility(analyst, name_en="Palmyra", name_ar="")
    for name in ("سجن صيدنايا", "Saydnaya prison", "Mezze airbase", "Y"):
        FacilityName.objects.create(facility=new, text=name)
    found = duplicates.beside(Facility, analyst, duplicates.Near(), [new.pk], 10)
    assert {pair.other for pair in found} == {made[0], made[2]} and {pair.one for pair in found} == {new}
    assert duplicates.beside(Facility, analyst, duplicates.Near(), [made[-1].pk], 10) == []


def test_of_very_many_the_newest_are_compared_and_each_finds_its_own_among_all(analyst, monkeypatch):
    old = factories.make_facility(analyst, name_en="Sednaya", name_ar="")
    other = factories.make_facility(analyst, name_en="Tadmor", name_ar="")
    new = factories.make_facility(analyst, name_en="صيدنايا", name_ar="")
    assert pairs_of(Facility, analyst) == [(old.uid, new.uid)]
    monkeypatch.setattr(duplicates, "NEWEST", 2)
    assert pairs_of(Facility, analyst) == []
    (found,) = duplicates.pairs(Facility, analyst, duplicates.Near(), of=new)
    assert {found.one, found.other} == {old, new}
    assert duplicates.pairs(Facility, analyst, duplicates.Near(), of=other) == []
    assert "the 2 that were changed last are compared" in signed_in(analyst).get(QUEUE).content.decode()


def test_further_names_make_a_pair_as_far_as_the_person_may_see_them(analyst, reviewer):
    one = factories.make_facility(analyst, name_en="The Red Building", name_ar="")
    other = factories.make_facility(analyst, name_en="Sednaya", name_ar="")
    FacilityName.objects.create(facility=one, text="Saydnaya", sensitivity=Sensitivity.RESTRICTED)
    assert pairs_of(Facility, analyst) == [(one.uid, other.uid)]
    assert pairs_of(Facility, reviewer) == []


def test_names_of_victims_make_pairs_of_victims(analyst):
    one, other = factories.make_victim(analyst), factories.make_victim(analyst)
    for victim, text in ((one, "Layla Haddad"), (other, "ليلى حداد")):
        VictimName.objects.create(victim=victim, text=text)
    assert pairs_of(type(one), analyst) == [(one.uid, other.uid)]


def test_incidents_of_one_place_and_time_and_sources_of_one_address_are_pairs(analyst):
    place = factories.make_place(analyst)
    one, other = (
        factories.make_incident(analyst, title_en=title, place=place, date=date)
        for title, date in (("Hangings", "2013-05"), ("Executions", "2013"))
    )
    factories.make_incident(analyst, title_en="Shelling", place=place, date="2016")
    assert pairs_of(type(one), analyst, place="place", date="date") == [(one.uid, other.uid)]
    copies = [factories.make_source(analyst, title=title, url="https://example.org/a") for title in ("Briefing", "Notes")]
    assert pairs_of(type(copies[0]), analyst, same="url") == [tuple(each.uid for each in copies)]


@pytest.mark.parametrize(("verdict", "shown"), [("distinct", False), ("same", False), ("undecided", True)])
def test_what_was_judged_is_not_asked_again(verdict, shown, analyst):
    one, other = factories.make_facility(analyst), factories.make_facility(analyst)
    matching.judge(other, one, verdict, by=analyst, reason="x")
    assert bool(pairs_of(Facility, analyst)) == shown
    assert bool(duplicates.asked_for(Facility, analyst)) == (verdict == "same")


def test_the_queue_shows_nothing_that_the_person_may_not_see(analyst, reviewer):
    one = factories.make_facility(analyst)
    other = factories.make_facility(analyst, name_en="Saydnaya Hidden", sensitivity=Sensitivity.RESTRICTED)
    matching.judge(one, other, "same", by=analyst, reason="A secret reason.")
    mine, theirs = (signed_in(user).get(QUEUE).content.decode() for user in (analyst, reviewer))
    judgement = f"{QUEUE}{Match.objects.get().pk}/change/"
    assert signed_in(analyst).get(judgement).status_code == 200
    assert signed_in(reviewer).get(judgement).status_code == 302
    assert "Saydnaya Hidden" in mine and "A secret reason." in mine
    assert "Saydnaya Hidden" not in theirs and "A secret reason." not in theirs


@pytest.mark.parametrize("role", Role)
def test_the_queue_is_for_those_who_work_on_records(role):
    answer = signed_in(factories.make_user(role)).get(QUEUE)
    assert (answer.status_code == 200) == (role in (Role.ANALYST, Role.REVIEWER, Role.MANAGER))


# ── side by side ──


@pytest.mark.parametrize("kind", MERGEABLE, ids=lambda kind: kind.__name__)
def test_an_analyst_asks_and_a_manager_merges_and_undoes(kind, analyst):
    kept, gone = make(kind, analyst), make(kind, analyst)
    asking, merging_ = signed_in(analyst), signed_in(factories.make_user("manager"))
    assert asking.get(page_of(kept, "twin")).status_code == 200
    assert 'name="merge"' not in asking.get(beside(kept, gone)).content.decode()
    assert asking.post(beside(kept, gone), {"same": "1", "reason": "One list names both."}).status_code == 302
    assert Match.objects.get().verdict == "same"
    page = merging_.get(beside(kept, gone)).content.decode()
    assert 'name="merge"' in page and "One list names both." in page
    answer = merging_.post(beside(kept, gone), {"merge": "1", "reason": "Indeed."})
    done = Merge.objects.get()
    assert answer["Location"] == page_of(kept, "merged", done.pk)
    assert merging_.get(answer["Location"]).status_code == 200
    assert answer["Location"] in merging_.get(page_of(kept)).content.decode()
    answer = merging_.post(answer["Location"], {"reason": "Two after all."})
    assert answer["Location"] == page_of(gone)
    assert kind.objects.count() == 2


def test_without_a_reason_nothing_is_judged_or_merged(analyst):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    assert signed_in(analyst).post(beside(kept, gone), {"same": "1", "reason": " "}).status_code == 200
    assert not Match.objects.exists()


def test_what_a_merge_would_do_is_found_out_by_trying_and_nothing_is_left_of_it(analyst):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst, name_en="Sednaya")
    factories.make_estimate(analyst, about_facility=gone)
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    page = signed_in(factories.make_user("manager")).get(beside(kept, gone)).content.decode()
    assert "Statements that move: 1" in page and "added, so that no spelling is lost: 1" in page
    assert Facility.objects.count() == 2 and not Merge.objects.exists()


def test_a_manager_is_told_how_many_restricted_parts_come_to_belong_to_another_record(analyst):
    manager = factories.make_user("manager")
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    FacilityName.objects.create(facility=gone, text="The Red Building", sensitivity=Sensitivity.RESTRICTED)
    Grant.objects.create(user=manager, uid=gone.uid, reason="x", until="2999-01-01", granted_by=manager)
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    page = signed_in(manager).get(beside(kept, gone)).content.decode()
    assert "open to whoever may open the one that stays: 1" in page


def test_the_chosen_values_are_taken(analyst):
    kept, gone = factories.make_facility(analyst, name_en="Saydnaya"), factories.make_facility(analyst, name_en="Sednaya")
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    entries = {"merge": "1", "reason": "x", "take-name_en": "gone"}
    signed_in(factories.make_user("manager")).post(beside(kept, gone), entries)
    assert Facility.objects.get().name_en == "Sednaya"


def test_what_stands_in_the_way_is_said_before_and_after_trying(analyst):
    gone = factories.make_facility(analyst)
    kept = factories.make_facility(analyst, parent=factories.make_facility(analyst, parent=gone))
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    manager = signed_in(factories.make_user("manager"))
    assert "lead back to the record itself" in manager.get(beside(kept, gone)).content.decode()
    answer = manager.post(beside(kept, gone), {"merge": "1", "reason": "x"})
    assert answer.status_code == 200 and "lead back to the record itself" in answer.content.decode()


def test_a_hidden_record_is_not_set_beside_another(analyst, reviewer):
    one, other = factories.make_facility(analyst), factories.make_facility(analyst, sensitivity=Sensitivity.RESTRICTED)
    for first, second in ((one, other), (other, one)):
        assert signed_in(reviewer).get(beside(first, second)).status_code == 302


def test_what_belongs_to_a_record_is_counted_as_far_as_the_person_sees_it(analyst, reviewer):
    one, other = factories.make_facility(analyst), factories.make_facility(analyst)
    FacilityName.objects.create(facility=other, text="Hidden alias", sensitivity=Sensitivity.RESTRICTED)
    assert "Hidden alias" in signed_in(analyst).get(beside(one, other)).content.decode()
    page = signed_in(reviewer).get(beside(one, other)).content.decode()
    assert "Hidden alias" not in page and "Facility names" not in page


def test_two_ticked_records_are_compared(analyst):
    records = [factories.make_facility(analyst) for _ in range(3)]
    client, address = signed_in(analyst), reverse("admin:cases_facility_changelist")
    for ticked, compared in ((records[:2], True), (records, False)):
        answer = client.post(address, {"action": "compare_two", "_selected_action": [each.pk for each in ticked]})
        assert (answer.get("Location", "") == beside(*records[:2])) == compared


def test_kinds_that_are_not_merged_have_no_such_pages(analyst):
    estimate = factories.make_estimate(analyst)
    client = signed_in(analyst)
    assert "compare_two" not in client.get(reverse("admin:cases_estimate_changelist")).content.decode()
    assert client.get(page_of(estimate, "twin")).status_code == 302


def test_the_first_page_of_a_manager_shows_what_colleagues_ask_to_merge(analyst, reviewer):
    manager = factories.make_user("manager")
    kept, gone, third = (factories.make_facility(analyst, name_en=name) for name in ("Sednaya", "Sidnaya", "Tadmor"))
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    matching.judge(kept, third, "same", by=manager, reason="x")
    page = signed_in(manager).get("/admin/").content.decode()
    assert beside(kept, gone) in page and beside(kept, third) not in page
    assert beside(kept, gone) not in signed_in(reviewer).get("/admin/").content.decode()


@pytest.mark.parametrize("link", ["about_facility", "speaker"])
def test_a_link_to_what_was_merged_a_moment_ago_is_refused_with_words(link, analyst):
    kept, gone = (make(MERGEABLE[0] if link == "speaker" else Facility, analyst) for _ in range(2))
    statement = factories.make_estimate(analyst)
    merged(kept, gone)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(**{f"{link}_id": gone.pk})
        merging._ask_all_constraints()
    assert "was merged or taken away" in in_words(error.value)


# ── afterwards ──


def test_the_form_of_the_old_record_leads_to_the_new_one(analyst, reviewer):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    old, address = gone.uid, page_of(gone)
    merged(kept, gone)
    answer = signed_in(reviewer).get(address, follow=True)
    assert answer.redirect_chain == [(page_of(kept), 302)]
    assert f"{old} was merged into this record." in answer.content.decode()


def test_the_form_of_a_hidden_old_record_leads_nowhere(analyst, reviewer):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    done = merged(kept, gone)
    Facility.objects.filter(pk=kept.pk).update(sensitivity=Sensitivity.RESTRICTED)
    client = signed_in(reviewer)
    for address in (page_of(gone), page_of(kept, "merged", done.pk)):
        assert client.get(address)["Location"] == reverse("admin:index")


def test_what_stayed_is_named_when_a_merge_is_undone(analyst):
    kept, gone = factories.make_facility(analyst, name_ar=""), factories.make_facility(analyst)
    done = merged(kept, gone)
    kept = Facility.objects.get(pk=kept.pk)
    kept.name_ar = "صيدنايا"
    kept.save_by(analyst)
    manager = signed_in(factories.make_user("manager"))
    answer = manager.post(page_of(kept, "merged", done.pk), {"reason": "x"}, follow=True)
    assert "left as it is" in answer.content.decode() and "name in Arabic" in answer.content.decode()


def test_a_reviewer_reads_what_was_merged_and_has_no_button(analyst, reviewer):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    done = merged(kept, gone)
    page = signed_in(reviewer).get(page_of(kept, "merged", done.pk)).content.decode()
    assert gone.uid in page and "Undo the merge" not in page
    assert signed_in(reviewer).post(page_of(kept, "merged", done.pk), {"reason": "x"}).status_code == 200
    assert Facility.objects.count() == 1


def test_a_merge_is_told_in_numbers(analyst):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    for facility in (kept, gone):
        FacilityName.objects.create(facility=facility, text="Sednaya")
    assert told(merged(kept, gone).before["log"]) == ["Facility names that both have, kept once: 1"]


def test_only_a_manager_is_offered_the_merge(analyst):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    for role in Role:
        user: User = factories.make_user(role)
        assert (matching.against(kept, gone, user) == []) == (role == Role.MANAGER)
