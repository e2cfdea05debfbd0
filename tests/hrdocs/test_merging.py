"""Two records for one thing become one, by two people, and can become two again as they were."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cases.chains import settle_drift
from cases.models import (
    Accused,
    Affiliation,
    CaseFacility,
    Facility,
    FacilityName,
    HandOn,
    Harm,
    IncidentLink,
    Statement,
    VictimName,
)
from hrdocs import changes, matching, merging, review
from hrdocs.access import Role, Sensitivity, State
from hrdocs.models import Comment, Grant, Match, Merge, Record, Redirect, User, on
from hrdocs.review import Refused
from sources.models import Capture, CustodyEvent, Party
from tests import factories
from tests.hrdocs import twins
from tests.hrdocs.twins import MERGEABLE, hang, make, merged, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


@pytest.fixture
def manager() -> User:
    return factories.make_user("manager")


def label(value: Any) -> str:
    return value._meta.label if hasattr(value, "_meta") else str(value)


def stored(record: Any) -> Any:
    return type(record)._base_manager.get(pk=record.pk)


# ── all that leads to a record ──


def test_six_kinds_are_merged():
    assert {kind._meta.model_name for kind in MERGEABLE} == {"party", "source", "place", "facility", "victim", "incident"}
    assert len(twins.every_link()) > 100  # each of them is made, moved and put back below


@pytest.mark.parametrize("kind", MERGEABLE, ids=label)
def test_whatever_hangs_on_the_one_hangs_on_the_other_and_comes_back_exactly(kind, analyst, manager, alone):
    kept, gone = make(kind, analyst), make(kind, analyst)
    rows = [(hang(analyst, model, column, gone), column) for _, model, column in links_of(kind)]
    matching.judge(kept, gone, "same", by=analyst, reason="One list names both.")
    before = snapshot()
    done = merging.merge(kept, gone, {}, by=manager, reason="One list names both.")
    assert {getattr(stored(row), column) for row, column in rows} == {kept.pk}
    assert not kind._base_manager.filter(pk=gone.pk).exists()
    assert snapshot() != before
    assert merging.undo(done, by=manager, reason="Two after all.") == []
    assert snapshot() == before
    assert {getattr(stored(row), column) for row, column in rows} == {gone.pk}


@pytest.mark.parametrize("kind", MERGEABLE, ids=label)
def test_what_both_have_is_not_there_twice_and_comes_back_exactly(kind, analyst, manager, alone):
    """Where the database refuses a second row, it is folded; where it does not, both stand."""
    kept, gone = make(kind, analyst), make(kind, analyst)
    rows = [(hang(analyst, model, column, gone), column) for _, model, column in links_of(kind)]
    pairs = [(row, twin) for row, column in rows if (twin := _copy_for(row, column, kept))]
    assert pairs
    matching.judge(kept, gone, "same", by=analyst, reason="One list names both.")
    before = snapshot()
    done = merging.merge(kept, gone, {}, by=manager, reason="One list names both.")
    folded = {(table, row["id"]) for table, row in done.before["log"]["folded"]}
    assert folded
    for row, twin in pairs:
        assert type(row)._base_manager.filter(pk=row.pk).exists() != ((type(row)._meta.label, row.pk) in folded)
        assert type(row)._base_manager.filter(pk=twin.pk).exists()
    assert merging.undo(done, by=manager, reason="Two after all.") == []
    assert snapshot() == before


def links_of(kind: type[Record]) -> list[tuple[Any, Any, str]]:
    return [link for link in twins.every_link() if link[0] is kind]


def _copy_for(row: Any, column: str, kept: Record) -> Any:
    """The same row once more, on the other record; None where it can't be, since it is one of its kind."""
    copy = type(row)._base_manager.get(pk=row.pk)
    if isinstance(copy, Record):
        return None
    copy.pk = copy.id = None
    setattr(copy, column, kept.pk)
    try:
        with transaction.atomic():
            copy.save(force_insert=True)
    except IntegrityError:
        return None
    return copy


# ── by whom ──


def test_one_asks_and_another_who_is_a_manager_merges(analyst, manager):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    with pytest.raises(Refused, match="Nobody has judged"):
        merging.merge(kept, gone, {}, by=manager, reason="x")
    matching.judge(kept, gone, "same", by=manager, reason="x")
    with pytest.raises(Refused, match="another manager"):
        merging.merge(kept, gone, {}, by=manager, reason="x")
    with pytest.raises(Refused, match="A manager merges"):
        merging.merge(kept, gone, {}, by=factories.make_user(Role.REVIEWER), reason="x")
    assert merging.merge(kept, gone, {}, by=factories.make_user("manager"), reason="x").asked_by == manager


def test_the_database_holds_the_four_eyes_and_the_request(analyst, manager):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    row = {**twins_on(kept), "gone_id": gone.pk, "gone_uid": gone.uid, "reason": "x"}
    with pytest.raises(IntegrityError, match="Nobody by that name asked"), transaction.atomic():
        Merge.objects.create(**row, asked_by=analyst, by=manager)
    matching.judge(kept, gone, "same", by=manager, reason="x")
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Merge.objects.create(**row, asked_by=manager, by=manager)
    with pytest.raises(IntegrityError, match="by_a_manager"), transaction.atomic():
        Merge.objects.create(**row, asked_by=manager, by=factories.make_user(Role.REVIEWER))


def twins_on(record: Record) -> dict[str, Any]:
    return {"content_type": on(record)["content_type"], "object_id": record.pk}


def test_a_merge_is_written_once_undone_once_and_can_only_be_emptied(analyst, manager):
    done = merged(factories.make_facility(analyst), factories.make_facility(analyst))
    for changed in ({"reason": "y"}, {"gone_uid": "FAC-AAAAA-AAAAAA"}, {"by": manager}):
        with pytest.raises(IntegrityError, match="stays as it was written"), transaction.atomic():
            Merge.objects.filter(pk=done.pk).update(**changed)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        Merge.objects.filter(pk=done.pk).delete()
    with pytest.raises(IntegrityError, match="A manager undoes"), transaction.atomic():
        Merge.objects.filter(pk=done.pk).update(undone_by=analyst, undone_reason="x")
    Merge.objects.filter(pk=done.pk).update(before={})
    with pytest.raises(Refused, match="erased"):
        merging.undo(done, by=manager, reason="x")


def test_nothing_goes_into_a_record_that_review_took_less_far(analyst, reviewer, manager):
    kept, gone = ({state: factories.make_facility(analyst) for state in State} for _ in range(2))
    for state in State:
        bring_to(kept[state], state, reviewer)
        bring_to(gone[state], state, reviewer)
    far = {State.DRAFT: 1, State.RETURNED: 1, State.APPROVED: 2, State.PUBLISHED: 3}
    for mine, theirs in itertools.product(State, State):
        matching.judge(kept[mine], gone[theirs], "same", by=analyst, reason="x")
        lawful = mine in far and theirs in far and far[theirs] <= far[mine]
        assert (matching.against(kept[mine], gone[theirs], manager) == []) == lawful, (mine, theirs)


def bring_to(record: Record, state: State, by: User) -> None:
    author = record.created_by
    steps = {
        State.DRAFT: [], State.IN_REVIEW: ["submit"], State.RETURNED: ["submit", "return"],
        State.APPROVED: ["submit", "approve"], State.PUBLISHED: ["submit", "approve", "publish"],
        State.RETRACTED: ["submit", "approve", "publish", "retract"],
    }[state]  # fmt: skip
    given = {"return": {"reason": "x"}, "publish": {"level": Sensitivity.PUBLIC}, "retract": {"reason": "x", "public_note": "x"}}
    for verb in steps:
        review.VERBS[verb](record, by=author if verb == "submit" else by, **given.get(verb, {}))


def test_who_wrote_the_one_does_not_put_it_into_a_published_other(analyst, reviewer):
    author = factories.make_user("manager")
    kept, gone = factories.make_facility(analyst), factories.make_facility(author)
    factories.publish(kept, by=reviewer)
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    assert "You entered or last edited" in matching.against(kept, gone, author)[0]


def test_a_change_that_waits_is_decided_on_first(analyst, reviewer, manager):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    factories.publish(kept, by=reviewer)
    before = changes.snapshot(kept, analyst)
    after = {key: {**row, "name_en": "Red Building"} for key, row in before.items()}
    changes.propose(kept, before, after, by=analyst, reason="x")
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    assert "waits" in matching.against(kept, gone, manager)[0]


# ── what may be seen ──


def test_a_merge_opens_nothing_the_stricter_level_holds(analyst):
    kept = factories.make_facility(analyst)
    gone = factories.make_facility(analyst, sensitivity=Sensitivity.RESTRICTED)
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    manager = factories.make_user("manager")
    assert matching.against(kept, gone, manager) == ["There are no such two records."]
    Grant.objects.create(user=manager, uid=gone.uid, reason="x", until="2999-01-01", granted_by=manager)
    done = merging.merge(kept, gone, {}, by=manager, reason="x")
    assert stored(kept).sensitivity == Sensitivity.RESTRICTED
    assert not Facility.objects.visible_to(factories.make_user()).filter(pk=kept.pk).exists()
    with pytest.raises(Refused, match="is not there"):  # the grant named the other; she sees neither now
        merging.undo(done, by=manager, reason="x")


def test_drafts_at_internal_do_not_close_what_is_published_and_open_nothing(analyst, reviewer, people):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst, name_en="Sednaya prison")
    factories.publish(kept, by=reviewer)
    estimate = factories.make_estimate(analyst, about_facility=gone)
    merged(kept, gone)
    for record in (Facility.objects.filter(pk=kept.pk), Statement.objects.filter(pk=estimate.pk)):
        assert record.visible_to(people["anonymous"]).exists() == (record.model is Facility)


def test_who_may_not_see_all_that_would_move_merges_nothing(analyst, manager):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    FacilityName.objects.create(facility=gone, text="The Red Building", sensitivity=Sensitivity.RESTRICTED)
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    assert "that you may not see" in matching.against(kept, gone, manager)[0]
    Grant.objects.create(user=manager, uid=gone.uid, reason="x", until="2999-01-01", granted_by=manager)
    assert matching.against(kept, gone, manager) == []


def test_a_grant_to_the_old_record_opens_nothing_of_the_new_one(analyst, manager):
    kept = factories.make_facility(analyst, sensitivity=Sensitivity.RESTRICTED)
    gone = factories.make_facility(analyst, sensitivity=Sensitivity.RESTRICTED)
    guest = factories.make_user()
    for user, uid in ((guest, gone.uid), (manager, gone.uid), (manager, kept.uid)):
        Grant.objects.create(user=user, uid=uid, reason="x", until="2999-01-01", granted_by=manager)
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    done = merging.merge(kept, gone, {}, by=manager, reason="x")
    assert not Facility.objects.visible_to(guest).exists()
    merging.undo(done, by=manager, reason="x")
    assert list(Facility.objects.visible_to(guest)) == [gone]


# ── fields, names and notes ──


def test_of_each_field_that_differs_one_value_stays_and_notes_stay_both(analyst):
    kept = factories.make_party(analyst, note_en="Not the ministry of 1919.", kind="unknown")
    gone = factories.make_party(analyst, note_en="In Damascus, Nasr street.", kind="state_organ", ended="2024-12-08")
    merged(kept, gone, {"kind": "gone"})
    kept = stored(kept)
    assert (kept.kind, kept.ended) == ("state_organ", "2024-12-08")
    assert kept.note_en == "Not the ministry of 1919.\n\nIn Damascus, Nasr street."


def test_the_name_that_is_no_longer_shown_is_found_as_another_name(analyst):
    kept = factories.make_facility(analyst, name_en="Saydnaya", name_ar="")
    gone = factories.make_facility(analyst, name_en="Sednaya", name_ar="صيدنايا")
    FacilityName.objects.create(facility=gone, text="Sajdnaja")
    merged(kept, gone, {"name_en": "gone"})
    assert (stored(kept).name_en, stored(kept).name_ar) == ("Sednaya", "صيدنايا")
    assert set(FacilityName.objects.values_list("text", flat=True)) == {"Saydnaya", "Sajdnaja"}


def test_an_unknown_choice_is_refused_by_name(analyst):
    kept, gone = factories.make_party(analyst, kind="ngo"), factories.make_party(analyst, kind="media")
    with pytest.raises(Refused, match="can't be “both”"):
        merged(kept, gone, {"kind": "both"})


def test_the_note_of_a_row_that_both_have_is_not_lost(analyst):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    row = hang(analyst, CaseFacility, "facility_id", gone)
    CaseFacility.objects.filter(pk=row.pk).update(note="Named in the question.")
    CaseFacility.objects.create(case=row.case, facility=kept, note="Most figures are about it.", sensitivity="internal")
    before = snapshot()["cases_casefacility"]
    done = merged(kept, gone)
    assert CaseFacility.objects.get().note == "Most figures are about it.\n\nNamed in the question."
    merging.undo(done, by=done.by, reason="x")
    assert snapshot()["cases_casefacility"] == before


def test_what_rests_on_a_folded_row_rests_on_its_twin(analyst):
    kept, gone = factories.make_source(analyst), factories.make_source(analyst)
    first, second = (hang(analyst, Capture, "source_id", each) for each in (kept, gone))
    CustodyEvent.objects.create(capture=second, kind="collected", by=analyst)
    statement = factories.make_estimate(analyst, source=gone, capture=second)
    before = snapshot()
    done = merged(kept, gone)
    assert stored(statement).capture_id == first.pk and CustodyEvent.objects.get().capture_id == first.pk
    merging.undo(done, by=done.by, reason="x")
    after = snapshot()
    assert {table for table in before if before[table] != after[table]} <= {"hrdocs_match", "hrdocs_user"}


# ── links that would lead to the record itself ──


def test_a_part_of_the_other_becomes_no_part_of_itself(analyst):
    gone = factories.make_facility(analyst, name_en="Sednaya")
    kept = factories.make_facility(analyst, parent=gone)
    done = merged(kept, gone)
    assert stored(kept).parent_id is None
    merging.undo(done, by=done.by, reason="x")
    assert stored(kept).parent_id == gone.pk


def test_a_loop_is_refused_with_words_and_nothing_is_done(analyst):
    gone = factories.make_facility(analyst)
    between = factories.make_facility(analyst, parent=gone)
    kept = factories.make_facility(analyst, parent=between)
    with pytest.raises(Refused, match="lead back to the record itself"):
        merged(kept, gone)
    assert stored(between).parent_id == gone.pk


def test_two_that_are_tied_to_one_another_are_untied_first(analyst):
    kept, gone = factories.make_party(analyst), factories.make_party(analyst)
    tie = Affiliation(party=kept, to_party=gone).save_by(analyst)
    with pytest.raises(Refused, match=f"{tie.uid}: A party can't be tied to itself"):
        merged(kept, gone)


def test_a_link_between_the_two_goes_and_comes_back(analyst):
    kept, gone = factories.make_incident(analyst), factories.make_incident(analyst)
    link = IncidentLink.objects.create(incident=kept, other=gone)
    done = merged(kept, gone)
    assert not IncidentLink.objects.exists()
    merging.undo(done, by=done.by, reason="x")
    assert stored(link).other_id == gone.pk


def test_a_link_between_the_two_on_which_something_rests_is_looked_at_first(analyst):
    kept, gone = factories.make_incident(analyst), factories.make_incident(analyst)
    link = IncidentLink.objects.create(incident=kept, other=gone)
    factories.make_citation(analyst, about_incident_link=link)
    with pytest.raises(Refused, match="something rests on it"):
        merged(kept, gone)


def test_what_a_trigger_refuses_is_said_in_its_words(analyst):
    kept, gone = factories.make_party(analyst, placeholder=True), factories.make_party(analyst)
    Accused.objects.create(allegation=factories.make_allegation(analyst), party=gone)
    with pytest.raises(Refused, match="A placeholder can not be accused"):
        merged(kept, gone)
    source, other = factories.make_source(analyst), factories.make_source(analyst)
    later, earlier = factories.make_estimate(analyst, source=source), factories.make_estimate(analyst, source=other)
    factories.make_hand_on(later, earlier)
    with pytest.raises(Refused, match="same part of the same text"):
        merged(source, other)


# ── and back ──


def test_what_was_changed_since_stays_and_is_named(analyst):
    kept, gone = factories.make_facility(analyst, name_ar=""), factories.make_facility(analyst, name_en="Sednaya")
    moved, corrected = (factories.make_estimate(analyst, about_facility=gone) for _ in range(2))
    done = merged(kept, gone)
    elsewhere = factories.make_facility(analyst, name_en="Tadmor")
    Statement.objects.filter(pk=corrected.pk).update(about_facility=elsewhere)
    later = factories.make_estimate(analyst, about_facility=kept)
    kept = stored(kept)
    kept.name_ar = "صيدنايا"
    kept.save_by(analyst)
    stayed = merging.undo(done, by=done.by, reason="x")
    assert stayed == [corrected.uid, f"{kept.uid}, “name in Arabic”"]
    assert stored(kept).name_ar == "صيدنايا" and stored(gone).name_en == "Sednaya"
    about = {row.pk: row.about_facility_id for row in Statement.objects.all()}
    assert about == {moved.pk: gone.pk, corrected.pk: elsewhere.pk, later.pk: kept.pk}


def test_merges_are_undone_the_last_one_first(analyst, manager):
    first, second, third = (factories.make_facility(analyst, name_en=name) for name in ("A prison", "B prison", "C prison"))
    estimate = factories.make_estimate(analyst, about_facility=first)
    before = snapshot()["cases_facility"]
    one, two = merged(second, first), merged(third, second)
    assert Redirect.objects.filter(object_id=third.pk).count() == 2
    with pytest.raises(Refused, match="undo that first"):
        merging.undo(one, by=manager, reason="x")
    merging.undo(two, by=manager, reason="x")
    merging.undo(one, by=manager, reason="x")
    with pytest.raises(Refused, match="undone already"):
        merging.undo(one, by=manager, reason="x")
    assert stored(estimate).about_facility_id == first.pk and snapshot()["cases_facility"] == before
    assert not Redirect.objects.exists()


def test_a_published_record_comes_back_published(analyst, reviewer, people):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    factories.publish(kept, gone, by=reviewer)
    done = merged(kept, gone)
    merging.undo(done, by=done.by, reason="x")
    assert stored(gone).state == State.PUBLISHED
    assert Facility.objects.visible_to(people["anonymous"]).count() == 2


def test_only_a_manager_undoes_and_says_why(analyst):
    done = merged(factories.make_facility(analyst), factories.make_facility(analyst))
    with pytest.raises(Refused, match="A manager undoes"):
        merging.undo(done, by=analyst, reason="x")
    with pytest.raises(Refused, match="Say why"):
        merging.undo(done, by=done.by, reason=" ")


def test_what_was_taken_away_since_is_not_opened_by_undoing(analyst, reviewer, people):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    factories.publish(kept, gone, by=reviewer)
    done = merged(kept, gone)
    review.retract(stored(kept), by=reviewer, reason="x", public_note="x")
    with pytest.raises(Refused, match="taken .* back since"):
        merging.undo(done, by=done.by, reason="x")


def test_a_level_that_was_raised_since_holds_for_both(analyst, reviewer, people):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    factories.publish(kept, gone, by=reviewer)
    done = merged(kept, gone)
    now = stored(kept)
    now.sensitivity = Sensitivity.INTERNAL
    now.save_by(analyst)
    merging.undo(done, by=done.by, reason="x")
    assert not Facility.objects.visible_to(people["anonymous"]).exists()
    assert stored(gone).sensitivity == stored(kept).sensitivity == Sensitivity.INTERNAL


# ── work on the two ──


def test_talk_goes_along_and_decisions_stay_with_what_was_decided_on(analyst, reviewer):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    factories.publish(kept, gone, by=reviewer)
    hang(analyst, Comment, "object_id", gone)
    merged(kept, gone)
    assert Comment.objects.get().object_id == kept.pk
    assert len(review.decisions_on(kept)) == 3 and len(review.decisions_on(gone)) == 3


def test_a_judgement_is_one_whoever_is_named_first_and_can_be_changed(analyst, reviewer):
    one, other = factories.make_facility(analyst), factories.make_facility(analyst)
    matching.judge(one, other, "same", by=analyst, reason="x")
    matching.judge(other, one, "distinct", by=reviewer, reason="Another town.")
    assert Match.objects.get().verdict == "distinct" and matching.judged(one, other).by == reviewer


def test_names_of_victims_keep_their_level(analyst):
    kept, gone = factories.make_victim(analyst), factories.make_victim(analyst)
    name = VictimName.objects.create(victim=gone, text="Nobody")
    merged(kept, gone)
    assert stored(name).sensitivity == Sensitivity.INTERNAL


def test_two_of_different_kinds_or_one_twice_are_never_merged(analyst):
    party, facility = factories.make_party(analyst), factories.make_facility(analyst)
    case = twins._CASE(analyst)
    for one, other in ((party, facility), (party, party), (case, case)):
        with pytest.raises(Refused, match="of one kind"):
            matching.judge(one, other, "same", by=analyst, reason="x")
    assert Party.objects.count() == 1


@pytest.mark.parametrize("step", ["merged", "undone"])
def test_what_a_hop_was_found_to_change_is_worked_out_anew(step, analyst):
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    sources = factories.make_source(analyst), factories.make_source(analyst)
    ends = [factories.make_estimate(analyst, about_facility=f, source=s) for f, s in zip((kept, gone), sources, strict=True)]
    hop = factories.make_hand_on(*ends)
    settle_drift()
    assert HandOn.objects.get().drift is not None
    done = merged(kept, gone)
    if step == "undone":
        settle_drift()
        assert "place" not in stored(hop).drift
        merging.undo(done, by=done.by, reason="x")
    assert stored(hop).drift is None


# ── two at once ──


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("link", ["about_facility", "held_at"])
def test_who_links_to_a_record_while_it_is_merged_leaves_no_orphan(link, analyst, manager):
    """A link that comes in time moves along; one that comes too late is refused by the database."""
    kept, gone = factories.make_facility(analyst), factories.make_facility(analyst)
    matching.judge(kept, gone, "same", by=analyst, reason="x")
    source, act = factories.make_source(analyst), factories.make_term("act", "killed")
    victim, counted = factories.make_victim(analyst), factories.make_term()
    given = {"source": source, "counted": counted} if link == "about_facility" else {"victim": victim, "act": act}
    maker = factories.make_estimate if link == "about_facility" else factories.make_harm
    merged_, outcome = threading.Event(), []

    def enter() -> None:
        try:
            with transaction.atomic():
                maker(analyst, **{link: gone}, **given)
                merged_.wait(1)
        except IntegrityError:
            outcome.append("refused")
        finally:
            connection.close()

    def enter_late() -> None:
        merged_.set()
        enter()

    early = threading.Thread(target=enter)
    early.start()
    time.sleep(0.3)
    late = threading.Thread(target=enter_late)
    with transaction.atomic():
        merging.merge(kept, gone, {}, by=manager, reason="x")
        late.start()
        time.sleep(0.5)
    for thread in (early, late):
        thread.join(20)
    table = Statement if link == "about_facility" else Harm
    assert set(table.objects.values_list(f"{link}_id", flat=True)) <= {kept.pk}
    assert "refused" in outcome
