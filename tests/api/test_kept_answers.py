"""What nobody in particular was answered is given to the next, while it would be the same; never to anybody else, and never late."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace

import pgtrigger
import pytest
from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases import consent
from cases.models import Facility
from hrdocs import erasing, kept_pages, review, stamps
from hrdocs.access import Role, Sensitivity
from hrdocs.erasable import places_of
from hrdocs.kept_answers import Answer, KeptAnswers
from hrdocs.models import Scope, Term
from hrdocs.tokens import make
from sources.models import ConsentEvent, Informant
from tests import factories

pytestmark = pytest.mark.django_db
NAME, TOLD = "Branch 215", "About fifty a day."


@pytest.fixture(autouse=True)
def kept(settings, monkeypatch):
    settings.KEPT_MB = 2
    monkeypatch.setattr(stamps, "_answers", KeptAnswers(0.5))
    monkeypatch.setattr(kept_pages, "_pages", KeptAnswers(0.5))


@pytest.fixture
def world(analyst, reviewer):
    """A facility, and what an informant told of it; all of it open to everybody."""
    people = {role: factories.make_user(role) for role in (Role.MANAGER, Role.RESEARCHER)}
    term = factories.make_term("facility_kind", "prison", label_en="House of arrest")
    facility = factories.make_facility(analyst, name_en=NAME, kind=term)
    informant = Informant(pseudonym="Basil").save_by(analyst)
    consent.note(informant, by=analyst, kind="given", scope="public_anonymous", how="Asked.", until=str(timezone.now().date()))
    source = factories.make_source(analyst, kind="interview", obtained="given")
    said = factories.make_estimate(analyst, source=source, about_facility=facility, speaker_informant=informant, quotation=TOLD)
    factories.publish(source, facility, said, by=reviewer)
    return SimpleNamespace(facility=facility, said=said, informant=informant, analyst=analyst, reviewer=reviewer, term=term,
                           manager=people[Role.MANAGER], researcher=people[Role.RESEARCHER])  # fmt: skip


def addresses(world) -> list[str]:
    of_facility, of_said = (f"{world.facility.uid}/", f"{world.said.uid}/")
    return ["/api/v1/facilities/", f"/api/v1/facilities/{of_facility}", "/api/v1/estimates/?facets=categories&count=exact",
            f"/api/v1/estimates/{of_said}", "/facilities/", f"/facilities/{of_facility}", "/estimates/", f"/statements/{of_said}",
            "/explore/?q=Branch", "/facilities/map/", "/"]  # fmt: skip


def asked(address: str, client: Client | None = None, **headers: str) -> tuple[int, str, dict[str, str]]:
    answer = (client or Client()).get(address, headers=headers)
    text = (b"".join(answer) if answer.streaming else answer.content).decode()
    told = {name: value for name, value in answer.headers.items() if name not in ("X-Request-Id", "Content-Length")}
    return answer.status_code, text, told


def costs(address: str, client: Client | None = None) -> int:
    """How many questions about records were put to the database."""
    with CaptureQueriesContext(connection) as queries:
        asked(address, client)
    return sum(bool(re.search("cases_facility|cases_statement|hrdocs_term", each["sql"])) for each in queries)


def test_the_same_question_is_answered_with_the_same_bytes_and_asks_for_no_record(world):
    for address in addresses(world):
        first = asked(address)
        assert first[0] == 200, (address, first[1][:300])
        assert asked(address) == first, address
        # another process of the tests may begin a transaction in between, and then it is asked again
        assert 0 in (costs(address) for _ in range(10)), address


def test_no_visitor_is_given_a_cookie_and_she_can_choose_a_language(world):
    client = Client(enforce_csrf_checks=True)
    assert not client.get("/facilities/").cookies
    assert client.post("/i18n/setlang/", {"language": "ar", "next": "/facilities/"}).status_code == 302
    assert 'lang="ar"' in asked("/facilities/", client)[1] and 'lang="en"' in asked("/facilities/")[1]
    client.force_login(world.researcher)
    token = re.findall('name="csrfmiddlewaretoken" value="(.+?)"', asked("/facilities/", client)[1])[-1]
    assert client.post("/i18n/setlang/", {"language": "en"}).status_code == 403
    assert client.post("/i18n/setlang/", {"language": "en", "csrfmiddlewaretoken": token}).status_code == 302


# What somebody does, and what must not be told any more by the next answer to anybody.


def edited(world):
    with factories.past_the_guard():
        Facility.objects.filter(pk=world.facility.pk).update(name_en="Branch 227", search="")
    return NAME


def retracted(world):
    review.retract(world.said, by=world.reviewer, reason="Withdrawn.", public_note="It was withdrawn.")
    return TOLD


def closed(world):
    with factories.past_the_guard():
        Facility.objects.filter(pk=world.facility.pk).update(sensitivity=Sensitivity.REGISTERED)
    return NAME


def consent_withdrawn(world):
    consent.note(world.informant, by=world.analyst, kind="withdrawn", scope="none", how="She called.")
    return TOLD


def consent_ran_out(world):
    yesterday = timezone.now().date() - dt.timedelta(days=1)
    with pgtrigger.ignore("sources.ConsentEvent:stays_as_it_is"):
        ConsentEvent.objects.update(until=str(yesterday), until_earliest=yesterday, until_latest=yesterday)
    consent.HonoursMidnight.day = yesterday
    return TOLD


def erased(world):
    keys = [place.key for place in places_of(world.said) if place.field == "quotation"]
    asked_for = erasing.ask(world.said, keys, by=world.manager, ground="request", reason="Asked for.")
    erasing.erase(asked_for, by=factories.make_user(Role.MANAGER))
    return TOLD


def called_otherwise(world):
    Term.objects.filter(pk=world.term.pk).update(label_en="Jail")
    return world.term.label_en


@pytest.mark.parametrize(
    "act", [edited, retracted, closed, consent_withdrawn, consent_ran_out, erased, called_otherwise], ids=lambda act: act.__name__
)
def test_whatever_changes_shows_in_the_next_answer_and_nothing_older_is_in_memory(act, world, monkeypatch):
    monkeypatch.setattr(consent.HonoursMidnight, "day", timezone.now().date())
    before = {address: asked(address)[1] for address in (*addresses(world), "/facilities/?kind=prison")}
    gone = act(world)
    told_it = [address for address, text in before.items() if gone in text]
    assert len(told_it) >= 2, told_it
    for address in told_it:
        assert gone not in asked(address)[1], address
    memory = b"".join(each.body for store in (stamps._answers, kept_pages._pages) for each in store.held.values())
    assert memory and gone.encode() not in memory


def test_what_opens_when_its_day_has_come_is_in_the_next_answer(world):
    before = asked("/facilities/")[1], asked("/api/v1/facilities/?count=exact")[1]
    factories.publish(factories.make_facility(world.analyst, name_en="Branch 227"), by=world.reviewer)
    for old, address in zip(before, ("/facilities/", "/api/v1/facilities/?count=exact"), strict=True):
        assert "Branch 227" not in old and "Branch 227" in asked(address)[1]


def test_whoever_is_known_is_answered_from_the_rows_and_leaves_nothing_for_others(world):
    hidden = factories.make_facility(world.analyst, name_en="Branch 300")
    factories.publish(hidden, by=world.reviewer, level=Sensitivity.REGISTERED)
    _token, key = make(world.researcher, name="t", scopes=list(Scope), days=7)
    known = [Client(headers={"Authorization": f"Bearer {key}"}), Client(), Client()]
    known[1].force_login(world.researcher)
    known[2].force_login(world.analyst)
    for address in ("/api/v1/facilities/", "/facilities/"):
        for client in known:
            if client is known[0] and address == "/facilities/":
                continue
            assert "Branch 300" in asked(address, client)[1]
            assert costs(address, client) and costs(address, client)
        assert not stamps._answers.held and not kept_pages._pages.held
        assert "Branch 300" not in asked(address)[1]
        assert "Branch 300" in asked(address, known[1])[1], "she is not given what nobody was given either"
        stamps._answers.held.clear()
        kept_pages._pages.held.clear()


@pytest.mark.parametrize("cookie", ["sessionid", "messages", "anything"])
def test_a_browser_with_a_cookie_of_ours_or_of_anybody_is_shown_a_page_of_its_own(cookie, world):
    client = Client()
    client.cookies[cookie] = "x"
    assert asked("/facilities/", client)[0] == 200 and not kept_pages._pages.held


def shown(view: Callable[[object], HttpResponse | StreamingHttpResponse]) -> None:
    request = RequestFactory().get("/somewhere/")
    request.user = SimpleNamespace(is_authenticated=False)
    answer = kept_pages.shown(request, lambda: view(request))
    _whole = b"".join(answer) if answer.streaming else answer.content


def test_no_token_of_a_form_and_no_cookie_refusal_or_file_is_ever_kept(db):
    def with_cookie(request: object) -> HttpResponse:
        answer = HttpResponse("x")
        answer.set_cookie("a", "b")
        return answer

    for view in (
        lambda request: HttpResponse(get_token(request)), lambda request: StreamingHttpResponse(iter([get_token(request)])),
        lambda request: StreamingHttpResponse(get_token(request) for _ in range(2)), with_cookie,
        lambda request: HttpResponse("x", status=404), lambda request: HttpResponse("x", content_type="text/csv"),
        lambda request: HttpResponse("x", headers={"Content-Disposition": "attachment"}),
        lambda request: StreamingHttpResponse(b"x" * 2**19 for _ in range(3)),
    ):  # fmt: skip
        shown(view)
        assert not kept_pages._pages.held
    shown(lambda request: HttpResponse("x"))
    assert len(kept_pages._pages.held) == 1


def test_a_page_is_shown_again_for_a_minute_and_no_longer(db, monkeypatch):
    made: list[str] = []
    clock = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    for passed in (0, 59, 2, 1):
        clock[0] += passed
        shown(lambda request: HttpResponse(made.append("x") or "x"))
    assert len(made) == 2


def test_what_is_kept_is_bounded_and_what_was_begun_before_a_change_is_not_kept():
    store = KeptAnswers(50 / 2**20)  # 100 bytes
    answer = Answer(b"x" * 40, {})
    assert store.get(b"a", "one") is None
    for key in (b"a", b"b"):
        store.keep(key, "one", answer)
    assert store.get(b"a", "one") == answer  # asked for last
    store.keep(b"c", "one", answer)
    assert (sorted(store.held), store.size) == ([b"a", b"c"], 80)
    store.keep(b"d", "one", Answer(b"x" * 101, {}))
    assert store.get(b"a", "two") is None and (store.size, store.held) == (0, {})
    store.keep(b"a", "one", answer)
    assert not store.held
