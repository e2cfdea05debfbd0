"""Consent: it caps what readers see, acts at once, ends at midnight, and nothing is seen that it does not reach."""

from __future__ import annotations

import datetime as dt
import itertools

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import consent
from cases.findings import findings_on
from cases.models import Estimate, HandOn, Statement
from hrdocs import review
from hrdocs.access import Role, Sensitivity
from hrdocs.models import Notice
from hrdocs.refusal import Refused
from sources import consent as given_consent
from sources.choices import ConsentKind, ConsentScope
from sources.models import ConsentEvent, Informant
from tests import factories
from tests.hrdocs.forms import page_of, signed_in

OUTSIDE = ("anonymous", Role.RESEARCHER, Role.ADMINISTRATOR, Role.CUSTODIAN)
INSIDE = (Role.ANALYST, Role.REVIEWER, Role.MANAGER)
TODAY = timezone.now().date()
YES = {"kind": "given", "scope": "public_anonymous", "how": "Asked in Arabic, by voice."}
NO = {"kind": "withdrawn", "scope": "none", "how": "She called."}


@pytest.fixture
def informant(analyst):
    return Informant(pseudonym="Basil", role="former guard").save_by(analyst)


@pytest.fixture
def said(analyst, informant):
    """What an informant told us, approved; what it hangs on is published."""
    source = factories.make_source(analyst, kind="interview", obtained="given")
    return factories.make_estimate(analyst, source=source, speaker_informant=informant, quotation="About fifty a day.")


def published(estimate, reviewer, level=Sensitivity.PUBLIC):
    factories.publish(estimate.source, estimate.about_facility, estimate, by=reviewer, level=level)
    return estimate


def seen_by(person, record):
    return type(record).objects.visible_to(person).filter(pk=record.pk).exists()


# ── what it does ──


@pytest.mark.parametrize("scope", ConsentScope)
@pytest.mark.parametrize("level", [Sensitivity.PUBLIC, Sensitivity.REGISTERED, Sensitivity.INTERNAL])
def test_publishing_needs_consent_that_reaches_so_far(scope, level, said, informant, analyst, reviewer):
    consent.note(informant, by=analyst, **{**YES, "scope": scope})
    if level == Sensitivity.INTERNAL or scope in (ConsentScope.PUBLIC_ANONYMOUS, ConsentScope.PUBLIC_NAMED):
        published(said, reviewer, level)
    else:
        with pytest.raises(review.Refused, match="has not agreed"):
            published(said, reviewer, level)


def test_unknown_consent_is_for_internal_use_alone(said, reviewer):
    with pytest.raises(review.Refused, match="has not agreed"):
        published(said, reviewer)


@pytest.mark.parametrize("link", ["speaker_informant", "attributed_informant"])
def test_it_counts_for_whoever_speaks_and_for_whom_it_is_attributed_to(link, analyst, reviewer, informant):
    source = factories.make_source(analyst, obtained="given")
    estimate = factories.make_estimate(analyst, source=source, **{link: informant}, quotation="x")
    with pytest.raises(review.Refused, match="has not agreed"):
        published(estimate, reviewer)


@pytest.mark.parametrize(
    ("source", "needs_none"),
    [({"obtained": "published", "url": "https://example.org/r"}, True), ({"obtained": "published", "archived_url": "https://example.org/r"}, True),
     ({"obtained": "published"}, False), ({"obtained": "given", "url": "https://example.org/r"}, False), ({"obtained": "leaked", "url": "https://example.org/r"}, False),
     ({"obtained": "published", "url": "https://example.org/r", "kind": "interview"}, False), ({"obtained": "published", "url": "https://example.org/r", "kind": "testimony"}, False)],
)  # fmt: skip
def test_what_anybody_can_read_elsewhere_stands_on_another_basis(source, needs_none, analyst, reviewer, informant):
    estimate = factories.make_estimate(
        analyst, source=factories.make_source(analyst, **source), speaker_informant=informant, quotation="x"
    )
    refused = any("has not agreed" in each for each in estimate.blockers("publish", Sensitivity.PUBLIC))
    assert refused != needs_none


def test_withdrawing_closes_at_once_tells_the_analyst_and_leaves_a_finding(said, informant, reviewer, people):
    author = said.created_by
    consent.note(informant, by=people[Role.ANALYST], **YES)
    published(said, reviewer)
    later = factories.make_estimate(author, about_facility=said.about_facility, quotation="x")
    hop = HandOn.objects.create(later_id=later.pk, earlier_id=said.pk)
    factories.publish(later.source, later, by=reviewer)
    hop.refresh_from_db()
    assert all(seen_by(people[role], said) for role in Role) and seen_by(people["anonymous"], said)
    _event, closed = consent.note(informant, by=people[Role.ANALYST], **NO)
    said.refresh_from_db()
    assert [each.pk for each in closed] == [said.pk]
    assert (said.state, said.sensitivity) == ("published", "public")
    for role in OUTSIDE:
        assert not seen_by(people[role], said) and not seen_by(people[role], hop)
        assert seen_by(people[role], later)
    assert all(seen_by(people[role], said) for role in INSIDE)
    assert Client().get(f"/api/v1/estimates/{said.uid}/").status_code == 404
    assert Notice.objects.filter(kind="consent_closed", to=author).count() == 1
    assert "closed_by_consent" in {found.kind for found in findings_on(said.about_facility, people[Role.ANALYST])}
    consent.note(informant, by=people[Role.ANALYST], **YES)
    assert seen_by(people["anonymous"], said)


def test_consent_that_raw_sql_withdraws_closes_too(said, informant, reviewer, analyst, people):
    consent.note(informant, by=analyst, **YES)
    published(said, reviewer)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO sources_consentevent (kind, scope, how, at, until, until_precision, informant_id, taken_by_id, sensitivity, "
                       "audience, locks) VALUES ('withdrawn', 'none', '', now() + interval '1 second', '', '', %s, %s, 'public', 2, '{}')", [informant.pk, analyst.pk])  # fmt: skip
    assert not seen_by(people["anonymous"], said)


def test_a_source_that_turns_out_not_to_be_published_closes_what_stood_on_it(analyst, reviewer, informant, people):
    source = factories.make_source(analyst, url="https://example.org/r")
    estimate = published(factories.make_estimate(analyst, source=source, speaker_informant=informant, quotation="x"), reviewer)
    assert seen_by(people["anonymous"], estimate)
    with factories.past_the_guard():
        type(source).objects.filter(pk=source.pk).update(obtained="given")
    assert not seen_by(people["anonymous"], estimate)


def test_what_is_noted_of_consent_is_never_changed(informant, analyst):
    consent.note(informant, by=analyst, **YES)
    for sql in (
        "UPDATE sources_consentevent SET scope = 'public_named'",
        "UPDATE sources_consentevent SET at = now()",
        "DELETE FROM sources_consentevent",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


@pytest.mark.parametrize(
    ("given", "said"), [({"how": " "}, "Say how consent"), ({"at": timezone.now() + dt.timedelta(days=1)}, "not before")]
)
def test_noting_consent_asks_for_how_and_for_no_future_day(given, said, informant, analyst):
    with pytest.raises(Refused, match=said):
        consent.note(informant, by=analyst, **{**YES, **given})


@pytest.mark.parametrize("role", Role)
def test_consent_is_noted_by_who_works_here(role, informant, people):
    if role in INSIDE:
        assert consent.note(informant, by=people[role], **YES)
    else:
        with pytest.raises(Refused):
            consent.note(informant, by=people[role], **YES)


# ── midnight ──


def run_out(informant):
    """As if the last day of her consent had been yesterday: what the rows say, without anybody having looked since."""
    yesterday = TODAY - dt.timedelta(days=1)
    with pgtrigger.ignore("sources.ConsentEvent:stays_as_it_is"):
        ConsentEvent.objects.filter(informant=informant).update(
            until=yesterday.isoformat(), until_earliest=yesterday, until_latest=yesterday
        )


@pytest.mark.parametrize(("days", "reaches"), [(-1, False), (0, True), (1, True), (None, True)])
def test_consent_holds_on_its_last_day_and_no_longer(days, reaches, said, informant, analyst):
    until = "" if days is None else (TODAY + dt.timedelta(days=days)).isoformat()
    consent.note(informant, by=analyst, **{**YES, "until": until})
    assert any("has not agreed" in each for each in said.blockers("publish", Sensitivity.PUBLIC)) != reaches


@pytest.mark.parametrize("by_command", [True, False])
def test_at_midnight_it_ends_for_the_first_request_of_the_day_and_by_the_command(
    by_command, said, informant, analyst, reviewer, people, monkeypatch, capsys
):
    consent.note(informant, by=analyst, **{**YES, "until": TODAY.isoformat()})
    published(said, reviewer)
    address = f"/api/v1/estimates/{said.uid}/"
    assert Client().get(address).status_code == 200
    run_out(informant)
    assert seen_by(people["anonymous"], said)  # nobody has looked yet
    if by_command:
        call_command("apply_consent")
        assert said.uid in capsys.readouterr().out
    else:
        monkeypatch.setattr(consent.HonoursMidnight, "day", TODAY - dt.timedelta(days=1))  # a day has passed
    assert Client().get(address).status_code == 404
    assert Notice.objects.filter(kind="consent_closed", to=analyst).count() == 1
    assert consent.close_what_ran_out() == []


def test_a_public_site_answers_nobody_until_what_ran_out_is_closed(said, informant, analyst, reviewer, monkeypatch, settings):
    consent.note(informant, by=analyst, **{**YES, "until": TODAY.isoformat()})
    published(said, reviewer)
    run_out(informant)
    settings.PUBLIC_SITE = True
    monkeypatch.setattr(consent.HonoursMidnight, "day", TODAY - dt.timedelta(days=1))
    answer = Client().get("/api/v1/cases/")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "60"
    consent.close_what_ran_out()  # by the worker
    assert Client().get("/api/v1/cases/").status_code == 200
    assert Client().get(f"/api/v1/estimates/{said.uid}/").status_code == 404


def test_consents_that_end_soon_are_told(informant, analyst, people):
    for days in (5, 29, 31):
        other = Informant(pseudonym=f"Nour {days}").save_by(analyst)
        consent.note(other, by=analyst, **{**YES, "until": (TODAY + dt.timedelta(days=days)).isoformat()})
    consent.note(informant, by=analyst, **{**YES, "until": TODAY.isoformat()})
    consent.note(informant, by=analyst, **YES)  # said anew
    assert [each.informant.pseudonym for each in given_consent.running_out(analyst)] == ["Nour 5", "Nour 29"]
    assert not given_consent.running_out(people[Role.RESEARCHER]).exists()
    assert "Nour 29" in signed_in(analyst).get("/admin/").content.decode()


# ── nothing is seen that consent does not reach ──

KINDS = st.sampled_from(ConsentKind.values)
SCOPES = st.sampled_from(ConsentScope.values)
ENDS = st.sampled_from([None, -400, -1, 0, 1, 400])
EVENTS = st.lists(
    st.tuples(KINDS, SCOPES, st.sampled_from(["everything", "statement", "source", "another"]), ENDS, st.integers(0, 5)),
    max_size=6,
)
CASES = st.lists(
    st.tuples(EVENTS, st.sampled_from(["public", "registered", "internal", "restricted"])), min_size=120, max_size=140
)


def allowed(events):
    """The rule of docs/methodology.md once more, by hand."""

    def reach(event):
        kind, scope, _of, end, _at = event
        return kind != "withdrawn" and scope in ("public_anonymous", "public_named") and (end is None or end >= 0)

    ordered = [event for _, event in sorted(enumerate(events), key=lambda each: (each[1][4], each[0]))]
    own = [event for event in ordered if event[2] in ("statement", "source")]
    whole = [event for event in ordered if event[2] == "everything"]
    if not own:
        return bool(whole) and reach(whole[-1])
    if whole and ordered.index(whole[-1]) > ordered.index(own[-1]):
        last = max(number for number, event in enumerate(ordered) if event is own[-1])
        later = [event for event in ordered[last + 1 :] if event[2] == "everything"]
        return reach(own[-1]) and all(reach(event) for event in later[-1:])
    return reach(own[-1])


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.large_base_example, HealthCheck.data_too_large],
)
@given(cases=CASES)
def test_whatever_was_said_readers_see_no_more_than_consent_reaches(cases, db, django_db_blocker):
    with transaction.atomic():
        _hold(cases)
        transaction.set_rollback(True)


def _hold(cases):
    author = factories.make_user()
    source = factories.make_source(author, kind="interview", obtained="given", title="Told")
    facility = factories.make_facility(author)
    readers = {role: factories.make_user(role) for role in Role}
    factories.publish(source, facility, by=readers[Role.REVIEWER])
    informants = Informant.objects.bulk_create(
        [Informant(pseudonym=f"P{author.pk}-{number}", created_by=author, edited_by=author) for number in range(len(cases))])  # fmt: skip
    with pgtrigger.ignore("cases.Statement:begins_closed"):
        statements = Statement.objects.bulk_create([
            Statement(kind="estimate", source=source, about_facility=facility, created_by=author, edited_by=author, state="published", sensitivity=level,
                      speaker_informant=informant if number % 2 else None, attributed_informant=None if number % 2 else informant)
            for number, (informant, (_events, level)) in enumerate(zip(informants, cases, strict=True))
        ])  # fmt: skip
    types = {
        name: given_consent.ContentType.objects.get_for_model(model)
        for name, model in (("statement", Statement), ("source", type(source)))
    }
    start, events = timezone.now() - dt.timedelta(days=30), []
    for informant, statement, (told, _level) in zip(informants, statements, cases, strict=True):
        items = {"everything": {}, "another": {"content_type": types["statement"], "object_id": 0},
                 "statement": {"content_type": types["statement"], "object_id": statement.pk}, "source": {"content_type": types["source"], "object_id": source.pk}}  # fmt: skip
        for kind, scope, of, end, at in told:
            until = "" if end is None else (TODAY + dt.timedelta(days=end)).isoformat()
            events.append(
                ConsentEvent(
                    informant=informant,
                    kind=kind,
                    scope=scope,
                    until=until,
                    taken_by=author,
                    at=start + dt.timedelta(days=at),
                    **items[of],
                )
            )
    ConsentEvent.objects.bulk_create(events)
    seen = {role: set(Statement.objects.visible_to(reader).values_list("pk", flat=True)) for role, reader in readers.items()}
    for statement, (told, level) in zip(statements, cases, strict=True):
        reaches = allowed(told)
        for role, keys in seen.items():
            cleared = {"public": True, "registered": role in (Role.RESEARCHER, *INSIDE), "internal": role in INSIDE}.get(
                level, False
            )
            expected = cleared and (reaches or role in INSIDE)
            assert (statement.pk in keys) == expected, (told, level, role)


# ── what is shown of an informant ──


@pytest.mark.parametrize("role", OUTSIDE)
def test_readers_outside_learn_nothing_of_the_informant(role, analyst, reviewer, people):
    basil = Informant(pseudonym="CANARY-Basil", role="CANARY-guard").save_by(analyst)
    other = Informant(pseudonym="CANARY-Nour", role="CANARY-cook").save_by(analyst)
    consent.note(basil, by=analyst, **YES)
    consent.note(other, by=analyst, **YES)
    source = factories.make_source(analyst, obtained="given")
    estimate = published(factories.make_estimate(analyst, source=source, speaker_informant=basil, attributed_informant=other,
                                                 speaker_wording="a person who was there", quotation="x"), reviewer)  # fmt: skip
    browser = Client() if role == "anonymous" else signed_in(people[role])
    for address in (
        f"/api/v1/estimates/{estimate.uid}/",
        f"/statements/{estimate.uid}/",
        "/api/v1/estimates/?format=csv",
        f"/api/v1/statements/{estimate.uid}/",
    ):
        answer = browser.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert b"CANARY" not in body and basil.uid.encode() not in body
    assert b"a person who was there" in browser.get(f"/api/v1/estimates/{estimate.uid}/").content


# ── the desk ──


def test_the_page_of_consent_adds_to_what_was_said_and_names_what_it_closed(said, informant, reviewer, analyst):
    browser, address = signed_in(analyst), page_of(informant, "consent")
    day = TODAY.isoformat()
    browser.post(address, {**YES, "item": "", "on": day, "until": ""})
    published(said, reviewer)
    page = browser.get(address).content.decode()
    assert "Public, without name" in page and said.uid in page
    closed = browser.post(
        address,
        {"kind": "withdrawn", "scope": "", "item": f"statement:{said.pk}", "how": "She called.", "on": day, "until": ""},
        follow=True,
    )
    assert f"Closed to readers: {said.uid}" in closed.content.decode()
    assert "closed to readers" in browser.get(address).content.decode()
    event = ConsentEvent.objects.order_by("pk").last()
    assert (event.item, event.scope, event.taken_by) == (Statement.objects.get(pk=said.pk), "none", analyst)
    refused = browser.post(address, {**YES, "how": "", "on": day})
    assert refused.status_code == 200 and ConsentEvent.objects.count() == 2


def test_an_estimate_that_consent_closes_is_hidden_as_its_own_kind_as_well(said, informant, analyst, reviewer, people):
    consent.note(informant, by=analyst, **YES)
    published(said, reviewer)
    consent.note(informant, by=analyst, **NO)
    for model, role in itertools.product((Estimate, Statement), OUTSIDE):
        assert not model.objects.visible_to(people[role]).filter(pk=said.pk).exists()
