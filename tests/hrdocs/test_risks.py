"""Notes of a risk: while somebody could be harmed by a record it is not published, by whoever and however."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from cases.models import Estimate
from hrdocs import erasing, matching, merging, review, risks, together
from hrdocs.access import Role, Sensitivity, State
from hrdocs.admin.queues import Queue, waits_in
from hrdocs.erasable import places_of
from hrdocs.models import Record, RiskNote, User, on
from hrdocs.models.risks import FUNCTION_SQL
from sources.consent import note as note_consent
from sources.models import Informant, Party
from tests import factories
from tests.hrdocs.forms import page_of, signed_in

pytestmark = pytest.mark.django_db
TODAY = dt.datetime.now(dt.UTC).date()
TOMORROW, YESTERDAY = TODAY + dt.timedelta(1), TODAY - dt.timedelta(1)
SETTLED = {"settled": True, "measures": ["day"], "checked_on": TODAY}
ENTERED = {"who": ["family"], "how": "The brother lives there.", "likelihood": "likely", "severity": "death"}

# What a note says, and whether it holds its record back.
NOTES = {
    "open": ({}, True),
    "open, its day is past": ({"embargo_until": YESTERDAY}, True),
    "settled": (SETTLED, False),
    "settled, its day lies ahead": ({**SETTLED, "embargo_until": TOMORROW}, True),
    "settled, its day is today": ({**SETTLED, "embargo_until": TODAY}, False),
    "settled, to be looked at again": ({**SETTLED, "next_review": YESTERDAY}, False),
}


def note(record: Record, by: User, **given: object) -> RiskNote:
    checked = {"checked_by": by} if given.get("checked_on") else {}
    return RiskNote.objects.create(**{**on(record), **ENTERED, **checked, **given}, by=by)


def approved(record: Record, reviewer: User) -> Record:
    review.submit(record, by=record.created_by)
    review.approve(record, by=reviewer)
    return record


@pytest.fixture
def party(analyst: User) -> Party:
    return factories.make_party(analyst, name_en="Branch 215")


def publish_by_sql(record: Record, by: User) -> None:
    """A decision and the move that it decides on, as one who owns no program but this prompt."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hrdocs_reviewdecision (content_type_id, object_id, verb, from_state, to_state, level, reason, public_note, "
            "by_id, by_role, version, contributors, decided_at) VALUES (%s, %s, 'publish', '', 'published', 'public', '', '', %s, "
            "'', 0, '{}', now())", [on(record)["content_type"].pk, record.pk, by.pk])  # fmt: skip
        table = record._meta.get_field("state").model._meta.db_table
        cursor.execute(f"UPDATE {table} SET state = 'published', sensitivity = 'public' WHERE id = %s", [record.pk])


# ── what is held ──


@pytest.mark.parametrize("said", NOTES)
@pytest.mark.parametrize("way", ["a verb", "all of a dossier", "raw SQL"])
def test_a_record_is_not_published_while_a_note_holds_it(way, said, party, analyst, reviewer):
    given, holds = NOTES[said]
    note(approved(party, reviewer), analyst, **given)
    refused = ""
    try:
        if way == "a verb":
            review.publish(party, by=reviewer, level=Sensitivity.PUBLIC)
        elif way == "raw SQL":
            publish_by_sql(party, reviewer)
        else:
            refused = " ".join(*together.move([(party, "publish", "")], by=reviewer, level=Sensitivity.PUBLIC).values() or [[]])
    except (review.Refused, IntegrityError) as error:
        refused = str(error)
    party.refresh_from_db()
    assert bool(refused) is holds
    assert party.state == (State.APPROVED if holds else State.PUBLISHED)
    if holds:
        assert ("ettle" in refused) if "open" in said else (str(TOMORROW) in refused)


@pytest.mark.parametrize("level", [Sensitivity.PUBLIC, Sensitivity.REGISTERED, Sensitivity.INTERNAL])
def test_no_level_is_narrow_enough_for_an_open_note(level, party, analyst, reviewer):
    note(approved(party, reviewer), analyst)
    with pytest.raises(review.Refused, match="open"):
        review.publish(party, by=reviewer, level=level)


def test_an_open_note_stops_no_other_move(party, analyst, reviewer):
    note(party, analyst)
    review.submit(party, by=analyst)
    review.return_(party, by=reviewer, reason="See the note.")
    review.submit(party, by=analyst)
    review.approve(party, by=reviewer)
    review.reopen(party, by=analyst)
    assert party.state == State.DRAFT


def test_a_note_on_what_is_published_closes_nothing_and_retracting_does(party, analyst, reviewer):
    factories.publish(party, by=reviewer)
    note(party, analyst)
    party.refresh_from_db()
    assert party.state == State.PUBLISHED
    review.retract(party, by=reviewer, reason="A risk.", public_note="Taken back.")
    assert party.state == State.RETRACTED


def test_no_day_is_promised_to_what_is_published_already(party, analyst, reviewer):
    factories.publish(party, by=reviewer)
    with pytest.raises(IntegrityError, match=f"{party.uid} is published already"):
        note(party, analyst, embargo_until=TOMORROW)


@pytest.mark.parametrize("link", ["speaker_informant", "attributed_informant", "speaker_victim"])
@pytest.mark.parametrize("way", ["a verb", "raw SQL"])
def test_a_risk_to_who_told_it_holds_back_what_she_told(way, link, analyst, reviewer):
    who = factories.make_victim(analyst) if link == "speaker_victim" else Informant(pseudonym="Cedar").save_by(analyst)
    estimate: Estimate = factories.make_estimate(analyst, **{link: who})
    factories.publish(estimate.source, estimate.about_facility, by=reviewer)
    if isinstance(who, Informant):
        note_consent(who, by=analyst, kind="given", scope="public_named", how="By telephone, in Arabic.")
    approved(estimate, reviewer)
    held = note(who, analyst)
    with pytest.raises((review.Refused, IntegrityError), match="ho told it") as said:
        if way == "a verb":
            review.publish(estimate, by=reviewer, level=Sensitivity.PUBLIC)
        else:
            publish_by_sql(estimate.statement_ptr, reviewer)
    assert who.uid not in str(said.value)  # who told it may be closed to the one who reads this
    RiskNote.objects.filter(pk=held.pk).update(**SETTLED, checked_by=analyst)
    review.publish(estimate, by=reviewer, level=Sensitivity.PUBLIC)
    assert estimate.state == State.PUBLISHED


# ── what the database holds of a note ──


@pytest.mark.parametrize("given", [
    {"settled": True}, {"settled": True, "measures": ["day"]}, {"settled": True, "checked_on": TODAY},
    {"who": []}, {"checked_on": TODAY, "checked_by": None}, {"checked_on": None, "checked_by": ...},
])  # fmt: skip
def test_a_note_is_settled_only_with_what_was_done_and_a_check_by_somebody(given, party, analyst):
    given = {name: analyst if value is ... else value for name, value in given.items()}
    with pytest.raises(IntegrityError, match="hrdocs_risknote_"):
        note(party, analyst, **given)


def test_a_note_is_never_deleted_and_its_history_is_kept(party, analyst):
    held = note(party, analyst)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        RiskNote.objects.all().delete()
    RiskNote.objects.filter(pk=held.pk).update(how="Otherwise.")
    events = RiskNote.pgh_event_models["insert"].objects.order_by("pk")
    assert [event.how for event in events] == [ENTERED["how"], "Otherwise."]


# ── merging, erasing ──


def merged(gone: Record, kept: Record, analyst: User):
    matching.judge(gone, kept, "same", by=analyst, reason="One branch.")
    return merging.merge(kept, gone, {}, by=factories.make_user(Role.MANAGER), reason="One branch.")


def test_a_note_goes_along_with_a_merge_and_back(party, analyst):
    kept, held = factories.make_party(analyst), note(party, analyst)
    done = merged(party, kept, analyst)
    held.refresh_from_db()
    assert held.object_id == kept.pk and risks.holding([kept])
    merging.undo(done, by=factories.make_user(Role.MANAGER), reason="They are two.")
    held.refresh_from_db()
    assert held.object_id == party.pk and not risks.holding([kept])


def test_what_is_held_back_does_not_get_out_by_a_merge_into_what_is_published(party, analyst, reviewer):
    kept = factories.make_party(analyst)
    factories.publish(kept, by=reviewer)
    held = note(party, analyst)
    with pytest.raises(review.Refused, match="a risk holds"):
        merged(party, kept, analyst)
    with pytest.raises(IntegrityError, match="Settle the note first"), transaction.atomic():
        RiskNote.objects.filter(pk=held.pk).update(object_id=kept.pk)


def test_the_words_of_a_note_are_erased_with_the_person(analyst):
    informant = Informant(pseudonym="Cedar", role="guard of the canary wing").save_by(analyst)
    held = note(informant, analyst, how="Only one man guarded that wing.", done="He left.")
    held.how = "A guard of the canary wing, the only one."
    held.save()
    places = [place.key for place in places_of(informant)]
    assert {f"hrdocs.risknote:{held.pk}:{name}" for name in ("how", "done")} <= set(places)
    asking, agreeing = (factories.make_user(Role.MANAGER) for _ in range(2))
    asked = erasing.ask(informant, places, by=asking, ground="request", reason="At her wish.")
    erasing.erase(asked, by=agreeing)
    held.refresh_from_db()
    told = [held.how, held.done, *RiskNote.pgh_event_models["insert"].objects.values_list("how", flat=True)]
    assert not any(words in text for text in told for words in ("wing", "guard", "He left"))
    assert (held.who, held.severity) == (["family"], "death")


# ── the desk ──


@pytest.mark.parametrize("role", [*Role, "nobody"])
def test_notes_are_written_by_who_works_on_records_alone(role, party):
    client = signed_in(factories.make_user(role)) if role != "nobody" else type(signed_in(party.created_by))()
    client.post(page_of(party, "risk"), ENTERED)
    assert RiskNote.objects.exists() is (role in (Role.ANALYST, Role.REVIEWER, Role.MANAGER))


def test_nobody_notes_or_reads_a_risk_of_a_record_that_she_may_not_see(analyst, reviewer):
    hidden = factories.make_party(analyst, sensitivity=Sensitivity.RESTRICTED)
    held = note(hidden, analyst)
    for page in (page_of(hidden, "risk"), page_of(hidden, "risk_again", held.pk)):
        assert signed_in(reviewer).post(page, {**ENTERED, "how": "Mine."}).status_code == 302
    assert RiskNote.objects.get().how == ENTERED["how"]
    elsewhere = factories.make_party(analyst)  # the page of another record is no way to the note
    signed_in(reviewer).post(page_of(elsewhere, "risk_again", held.pk), {**ENTERED, "how": "Mine."})
    assert RiskNote.objects.get().how == ENTERED["how"]


def test_who_checks_signs_for_it_herself(party, analyst, reviewer):
    signed_in(analyst).post(page_of(party, "risk"), ENTERED)
    held = RiskNote.objects.get()
    assert (held.by, held.checked_by, held.settled) == (analyst, None, False)
    page = page_of(party, "risk_again", held.pk)
    answer = signed_in(reviewer).post(page, {**ENTERED, "measures": ["name"], "settled": "on"})
    assert answer.status_code == 200 and "check whether somebody can" in answer.content.decode()
    signed_in(reviewer).post(page, {**ENTERED, "measures": ["name"], "settled": "on", "checked": "on"})
    held.refresh_from_db()
    assert (held.by, held.checked_by, held.checked_on, held.settled) == (analyst, reviewer, TODAY, True)


def test_the_page_of_publishing_shows_the_notes_and_what_is_missing(party, analyst, reviewer):
    note(approved(party, reviewer), analyst)
    html = signed_in(reviewer).get(page_of(party, "move", "publish")).content.decode()
    assert ENTERED["how"] in html and "Nobody has tried yet" in html and "what was done about it" in html
    assert "A note of a risk is open" in html
    assert ENTERED["how"] not in signed_in(analyst).get(page_of(party, "move", "reopen")).content.decode()


def test_people_are_always_asked_for_and_others_by_a_link(party, analyst):
    for record in (factories.make_victim(analyst), Informant(pseudonym="Cedar").save_by(analyst)):
        assert "No risk was noted" in signed_in(analyst).get(page_of(record, "change")).content.decode()
    html = signed_in(analyst).get(page_of(party, "change")).content.decode()
    assert "No risk was noted" not in html and page_of(party, "risk") in html


def test_a_dossier_leaves_out_what_is_held_back_and_says_why(party, analyst, reviewer):
    note(approved(party, reviewer), analyst)
    html = signed_in(reviewer).get(page_of(party, "together", "publish")).content.decode()
    assert "A note of a risk is open" in html and 'value="publish" checked' not in html


@pytest.mark.parametrize(("given", "published", "stands"), [
    ({"next_review": YESTERDAY}, False, True), ({**SETTLED, "next_review": YESTERDAY}, False, True),
    ({"next_review": TODAY}, False, False), ({}, False, False), ({}, True, True), (SETTLED, True, False),
])  # fmt: skip
def test_what_is_to_be_looked_at_again_stands_in_the_queue(given, published, stands, party, analyst, reviewer):
    if published:
        factories.publish(party, by=reviewer)
    note(party, analyst, **given)

    def held(user: User) -> bool:
        return Party.objects.visible_to(user).filter(waits_in(Queue.RISK, Party, user)).exists()

    assert held(analyst) is stands and held(factories.make_user(Role.MANAGER)) is stands
    assert not held(reviewer)
    assert ("Risks to look at again" in signed_in(analyst).get(reverse("admin:index")).content.decode()) is stands


def test_the_function_of_the_database_is_the_one_that_stands_in_the_code():
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'hrdocs_refuse_at_risk'")
        assert cursor.fetchone()[0].strip() in FUNCTION_SQL
