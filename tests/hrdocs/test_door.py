"""The door: who needs a second factor, who guesses too often, when a session ends, and what is written down of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from hrdocs.access import ONLY_READS, Role
from hrdocs.door import gate, helping
from hrdocs.models import DoorEvent, DoorEventKind, User
from hrdocs.urls import ENDPOINTS
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase 1"
NEEDING = [role for role in Role if role not in ONLY_READS]


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    """Passwords of these tests are hashed quickly; the last hashers are those of the program."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def as_on_a_server(settings: Any) -> None:
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[1:]


@pytest.fixture
def on_a_server(settings: Any) -> None:
    settings.SECOND_FACTOR = True


@pytest.fixture
def amal() -> User:
    return factories.make_user(username="amal", password=PASSWORD)


def sign_in(client: Client, name: str = "amal", password: str = PASSWORD, **given: Any) -> Any:
    return client.post("/sign-in/", {"login": name, "password": password}, **given)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def with_app(user: User) -> str:
    """Give an account an app, and return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def signed_in_with_code(user: User) -> Client:
    client, secret = Client(), with_app(user)
    sign_in(client, user.username)
    client.post("/sign-in/second-factor/", {"code": code_of(secret)})
    return client


# ── the second factor ──


def addresses(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Every address that the program answers, with something in place of what varies."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


def made_up(route: str) -> str:
    """An address of a route: numbers for numbers, a uid for anything else."""
    route = re.sub(r"<int:\w+>", "1", re.sub(r"<(?!int)(?:\w+:)?\w+>", "EST-00000-000000", route))
    route = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "1", route)
    return "/" + re.sub(r"[\^$\\?]", "", route)


ROUTES = sorted({made_up(route) for route in addresses(get_resolver().url_patterns)})


def test_there_are_addresses_to_try():
    assert len(ROUTES) > 250
    assert {"/", "/admin/", "/api/v1/estimates/", "/admin/cases/estimate/", "/account/"} <= set(ROUTES)


def test_whoever_needs_a_second_factor_reaches_nothing_without_one(on_a_server, amal):
    client = Client()
    client.force_login(amal)
    answered = {}
    for route in ROUTES:
        if not route.startswith(gate.OPEN_WITHOUT):
            for method in (client.get, client.post):
                answer = method(route)
                kept_out = (
                    answer.status_code == 403
                    if route.startswith("/api/")
                    else answer.get("Location") == "/account/second-factor/"
                )
                if not kept_out:
                    answered[route] = answer.status_code
    assert answered == {}


@pytest.mark.parametrize("name", ENDPOINTS)
def test_the_api_says_in_words_why_it_refuses(on_a_server, name):
    client = Client()
    client.force_login(factories.make_user())
    answer = client.get(f"/api/v1/{name}/?format=csv")
    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert "second factor" in answer.json()["title"]


@pytest.mark.parametrize("route", [route for route in ROUTES if route.startswith(gate.OPEN_WITHOUT)])
def test_what_is_open_without_a_second_factor_shows_no_record(on_a_server, route):
    """The way to set one up, and out; no address there takes a uid."""
    assert "EST-" not in route


@pytest.mark.parametrize("role", Role)
def test_a_role_that_only_reads_needs_no_second_factor_and_every_other_does(on_a_server, role):
    client = Client()
    client.force_login(factories.make_user(role))
    assert (client.get("/").status_code == 302) == (role in NEEDING)


def test_a_second_factor_that_was_not_used_in_this_session_is_none(on_a_server, amal):
    with_app(amal)
    client = Client()
    client.force_login(amal)
    assert client.get("/admin/")["Location"] == "/account/second-factor/"
    assert b"did not use it in this session" in client.get("/account/second-factor/").content


def test_a_password_alone_signs_nobody_in_who_has_a_second_factor(amal):
    secret, client = with_app(amal), Client()
    assert sign_in(client)["Location"] == "/sign-in/second-factor/"
    assert not is_in(client)
    client.post("/sign-in/second-factor/", {"code": code_of(secret)})
    assert is_in(client)


@pytest.mark.parametrize("door", ["/admin/login/", "/admin/login/?next=/admin/cases/"])
def test_the_desk_has_no_door_of_its_own(amal, door):
    client = Client()
    assert client.get(door)["Location"].startswith("/sign-in/")
    assert client.post(door, {"username": "amal", "password": PASSWORD}).status_code == 405
    assert not is_in(client)


def test_who_only_reads_is_sent_away_from_the_desk_and_not_round_in_circles():
    client = Client()
    client.force_login(factories.make_user(Role.RESEARCHER))
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_code_works_once(amal):
    secret = with_app(amal)
    code = code_of(secret)
    entered = []
    for _ in range(2):
        client = Client()
        sign_in(client)
        client.post("/sign-in/second-factor/", {"code": code})
        entered.append(is_in(client))
    assert entered == [True, False]


def test_a_recovery_code_works_once(amal):
    with_app(amal)
    code = RecoveryCodes.activate(amal).get_unused_codes()[0]
    entered = []
    for _ in range(2):
        client = Client()
        sign_in(client)
        client.post("/sign-in/second-factor/", {"code": code})
        entered.append(is_in(client))
    assert entered == [True, False]
    assert DoorEvent.objects.filter(kind=DoorEventKind.SIGNED_IN).get().step == "recovery_codes"


def test_after_the_key_was_changed_second_factors_are_encrypted_anew_and_open_without_the_earlier_key(amal, settings, capsys):
    secret = with_app(amal)
    codes = RecoveryCodes.activate(amal).get_unused_codes()
    earlier, settings.SECRET_KEY = settings.SECRET_KEY, "of today"
    with pytest.raises(CommandError, match=f"No key opens the second factors of: {amal.username}"):
        call_command("rotate_keys")
    settings.SECRET_KEY_FALLBACKS = [earlier]
    for anew in (2, 0):
        capsys.readouterr()
        call_command("rotate_keys")
        said = capsys.readouterr().out
        assert f"2 second factors have a secret; {anew} lay" in said and "take the earlier key out" in said
    settings.SECRET_KEY_FALLBACKS = []
    factors = {each.type: each.wrap() for each in Authenticator.objects.filter(user=amal)}
    assert decrypt(factors["totp"].instance.data["secret"]) == secret
    assert factors["recovery_codes"].get_unused_codes() == codes


def test_secrets_lie_encrypted_in_the_database(amal):
    secret = with_app(amal)
    codes = RecoveryCodes.activate(amal)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept and not any(code in kept for code in codes.get_unused_codes())


@pytest.mark.parametrize(
    "page", ["/account/second-factor/app/", "/account/second-factor/app/remove/", "/account/second-factor/passkeys/add/",
             "/account/second-factor/codes/new/", "/account/second-factor/codes/", "/account/password/"],
)  # fmt: skip
def test_a_change_that_matters_asks_once_more_who_it_is(amal, page):
    client = Client()
    client.force_login(amal)
    if page != "/account/second-factor/app/":
        with_app(amal)
        RecoveryCodes.activate(amal)
    assert client.get(page)["Location"].startswith("/account/confirm/")
    client.post("/account/confirm/", {"password": PASSWORD})
    assert client.get(page).status_code == 200


def test_nobody_makes_an_account_of_her_own_or_resets_a_password_by_mail():
    for name in ("account_signup", "account_reset_password", "account_email", "account_signup_by_passkey"):
        assert name not in str(get_resolver().reverse_dict.keys())
    assert [route for route in ROUTES if "signup" in route or "reset" in route] == []


# ── guesses ──


@pytest.fixture
def held(monkeypatch) -> list[dict[str, Any]]:
    """The guesses that were held against the accounts."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr("allauth.account.adapter.authenticate", lambda request, **given: found.append(given))
    return found


def guess(username: str, password: str) -> None:
    """What the form of signing in does, without the page around it."""
    request = RequestFactory().post("/sign-in/")
    with contextlib.suppress(ValidationError):
        get_adapter(request).authenticate(request, username=username, password=password)


def test_of_a_thousand_guesses_no_more_than_five_are_held_against_a_password(amal, held):
    for number in range(1000):
        guess("amal", f"guess {number}")
    assert len(held) == 5


def test_of_two_hundred_names_from_one_address_no_more_than_ten_are_tried(held):
    for number in range(200):
        guess(f"name{number}", PASSWORD)
    assert len(held) == 10


def test_while_locked_out_the_right_password_is_a_guess_too(amal):
    client = Client()
    for _ in range(5):
        sign_in(client, password="wrong")
    sign_in(client)
    assert not is_in(client)


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_looked_at_one_after_another(held):
    def guess(number: int) -> None:
        sign_in(Client())
        connection.close()

    with ThreadPoolExecutor(8) as hands:
        list(hands.map(guess, range(24)))
    assert len(held) == 5


@pytest.mark.parametrize("tries", [1, 5, 6])
def test_an_unknown_name_is_answered_like_a_wrong_password(amal, tries):
    answers = []
    for name, address in (("amal", "192.0.2.1"), ("zeinab", "192.0.2.2")):
        client = Client(REMOTE_ADDR=address)
        for _ in range(tries):
            answer = sign_in(client, name, "a wrong pass phrase")
        answers.append((answer.status_code, answer.content.decode().split("<main")[1].replace(name, "NAME")))
    (status, one), (other_status, other) = answers
    assert status == other_status == 200
    assert alike(one) == alike(other)


def alike(text: str) -> str:
    """Without what differs from one answer to the next whoever is named: the token, and the minute, which may turn between two."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"|\d\d:\d\d \(UTC\)', "", text)


def test_an_unknown_name_costs_as_many_hashes_as_a_known_one(as_on_a_server, amal, monkeypatch):
    hashed = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *given: hashed.append(1) or encode(*given))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *given: hashed.append(1) or verify(*given))
    counts = []
    for name in ("amal", "nobody"):
        hashed.clear()
        sign_in(Client(), name, "a wrong pass phrase")
        counts.append(len(hashed))
    assert counts == [1, 1]


def test_a_lock_out_says_until_when_and_ends_then(amal):
    client = Client()
    for _ in range(6):
        answer = sign_in(client, password="wrong")
    until = DoorEvent.objects.filter(kind="failed").latest("at").at + dt.timedelta(minutes=15)
    assert f"Try again after {until.astimezone(dt.UTC):%H:%M} (UTC)" in answer.content.decode()
    DoorEvent.objects.update(at=timezone.now() - dt.timedelta(minutes=16))
    sign_in(client)
    assert is_in(client)


def test_a_lock_out_from_one_address_leaves_the_person_her_own(amal):
    for _ in range(6):
        sign_in(Client(REMOTE_ADDR="192.0.2.1"), password="wrong")
    client = Client(REMOTE_ADDR="192.0.2.2")
    sign_in(client)
    assert is_in(client)


def test_one_right_password_does_not_open_an_address_for_guesses_at_others(amal):
    factories.make_user(username="victim", password=PASSWORD)
    for number in range(9):
        sign_in(Client(), f"name{number}", "wrong")
    sign_in(Client())
    sign_in(Client(), "victim", "wrong")
    client = Client()
    sign_in(client, "victim")
    assert not is_in(client)


def test_codes_are_counted_by_account_whatever_the_address(amal):
    secret = with_app(amal)
    for number in range(6):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        sign_in(client)
        client.post("/sign-in/second-factor/", {"code": "000000"})
    client.post("/sign-in/second-factor/", {"code": code_of(secret)})
    assert not is_in(client)
    assert DoorEvent.objects.filter(kind="failed", step="totp").count() == 5


@pytest.mark.parametrize("forwarded", ["203.0.113.9", "10.0.0.1, 203.0.113.9"])
@pytest.mark.parametrize("proxies", [0, 1])
def test_the_address_behind_a_proxy_is_what_the_proxy_saw_and_no_word_of_the_browser(amal, settings, forwarded, proxies):
    settings.BEHIND_PROXY = bool(proxies)
    sign_in(Client(), password="wrong", HTTP_X_FORWARDED_FOR=forwarded)
    assert DoorEvent.objects.get().address == ("203.0.113.9" if proxies else "127.0.0.1")


def test_what_is_typed_as_a_name_is_not_kept(amal):
    sign_in(Client(), "my pass phrase typed in the wrong box", "x")
    (event,) = DoorEvent.objects.all()
    assert event.account is None
    assert "phrase" not in str([getattr(event, field.name) for field in DoorEvent._meta.fields])


def test_events_are_kept_for_three_months(amal):
    DoorEvent.objects.create(kind="failed", at=timezone.now() - dt.timedelta(days=91))
    sign_in(Client())
    assert DoorEvent.objects.get().kind == "signed_in"


# ── sessions ──


@pytest.fixture
def later(monkeypatch):
    """Let some minutes pass."""
    now = time.time()

    def pass_(minutes: int) -> None:
        monkeypatch.setattr(gate.time, "time", lambda: now + minutes * 60)

    return pass_


@pytest.mark.parametrize(("role", "minutes", "stays"), [
    ("analyst", 29, True), ("analyst", 31, False), ("administrator", 31, False), ("custodian", 31, False),
    ("researcher", 31, True), ("researcher", 12 * 60 + 1, False),
])  # fmt: skip
def test_a_session_that_is_left_alone_ends(later, role, minutes, stays):
    client = Client()
    client.force_login(factories.make_user(role))
    client.get("/")
    later(minutes)
    client.get("/")
    assert is_in(client) == stays


def test_a_busy_session_ends_after_twelve_hours(later, amal):
    client = Client()
    client.force_login(amal)
    for minutes in range(0, 12 * 60, 20):
        later(minutes)
        client.get("/")
        assert is_in(client)
    later(12 * 60)
    client.get("/")
    assert not is_in(client)
    assert b"Your session has ended" in client.get("/sign-in/").content


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"role": "reviewer"}, {"role": "administrator"}, {"password": "!"}], ids=str
)
def test_a_change_of_the_account_ends_its_sessions_at_the_next_request(amal, change):
    client = Client()
    client.force_login(amal)
    assert client.get("/admin/").status_code == 200
    User.objects.filter(pk=amal.pk).update(**change)
    assert client.get("/admin/").status_code == 302
    assert client.get("/account/")["Location"].startswith("/sign-in/")


def test_a_session_gets_a_key_of_its_own_at_sign_in(amal):
    secret, client = with_app(amal), Client()
    sign_in(client)
    before = client.session.session_key
    client.post("/sign-in/second-factor/", {"code": code_of(secret)})
    assert is_in(client) and client.session.session_key != before


def test_what_is_shown_to_somebody_signed_in_is_kept_nowhere(amal):
    client = Client()
    assert "no-store" not in client.get("/").get("Cache-Control", "")
    client.force_login(amal)
    for page in ("/", "/admin/", "/api/v1/estimates/", "/account/", "/api/v1/estimates/?format=csv"):
        assert "no-store" in client.get(page)["Cache-Control"]


def test_a_person_sees_her_sessions_and_ends_each_or_all_others(amal):
    mine, others = Client(HTTP_USER_AGENT="Here"), [Client(HTTP_USER_AGENT=f"There {number}") for number in range(3)]
    for client in (mine, *others):
        sign_in(client)
    page = mine.get("/account/").content.decode()
    assert all(f"There {number}" in page for number in range(3))
    first = UserSession.objects.get(user_agent="There 0")
    mine.post("/account/sessions/end/", {"session": first.pk})
    assert [is_in(client) for client in (mine, *others)] == [True, False, True, True]
    mine.post("/account/sessions/end/", {"others": "1"})
    assert [is_in(client) for client in (mine, *others)] == [True, False, False, False]


def test_nobody_ends_a_session_of_somebody_else(amal):
    sign_in(client := Client())
    stranger = Client()
    stranger.force_login(factories.make_user())
    assert stranger.post("/account/sessions/end/", {"session": UserSession.objects.get().pk}).status_code == 404
    assert is_in(client)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(as_on_a_server, amal):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    here.post("/account/confirm/", {"password": PASSWORD})
    new = "another long phrase 2"
    here.post("/account/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    amal.refresh_from_db()
    assert amal.password.startswith("argon2$")
    assert DoorEvent.objects.filter(kind=DoorEventKind.PASSWORD_CHANGED, account=amal).exists()


# ── what an administrator does ──


@pytest.fixture
def admin_(people) -> User:
    return people["administrator"]


def test_lost_second_factors_are_taken_away_with_who_and_why(on_a_server, amal, admin_):
    client = signed_in_with_code(amal)
    assert client.get("/admin/").status_code == 200
    helping.reset_second_factors(amal, by=admin_, reason="She lost her telephone; I know her voice.")
    assert client.get("/account/")["Location"].startswith("/sign-in/")
    sign_in(client := Client())
    page = client.get("/account/second-factor/").content.decode()
    assert "I know her voice" in page and str(admin_) in page
    events = apps.get_model("hrdocs", "SecondFactorEvent").objects.filter(pgh_label="delete")
    assert {(event.pgh_context.metadata["user"], event.pgh_context.metadata["reason"]) for event in events} == {
        (admin_.pk, "She lost her telephone; I know her voice.")
    }


def test_history_of_second_factors_holds_no_secret(amal):
    client = signed_in_with_code(amal)
    assert is_in(client)
    events = apps.get_model("hrdocs", "SecondFactorEvent")
    assert {field.name for field in events._meta.fields} & {"data", "last_used_at"} == set()
    assert [event.pgh_label for event in events.objects.all()] == ["insert"], "its use is no change"


@pytest.mark.parametrize("verb", helping.VERBS.values(), ids=lambda verb: verb.__name__)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_help(people, amal, role, verb):
    with pytest.raises(ValidationError):
        verb(amal, by=people[role], reason="x")


@pytest.mark.parametrize("verb", helping.VERBS.values(), ids=lambda verb: verb.__name__)
def test_help_says_why(amal, admin_, verb):
    with pytest.raises(ValidationError):
        verb(amal, by=admin_, reason=" ")


def test_an_administrator_does_not_take_away_her_own(admin_):
    with pytest.raises(ValidationError):
        helping.reset_second_factors(admin_, by=admin_, reason="x")


def test_an_administrator_helps_at_the_desk_and_it_is_told(amal, admin_):
    for _ in range(6):
        sign_in(Client(), password="wrong")
    desk, hers = Client(), Client(REMOTE_ADDR="192.0.2.2")
    desk.force_login(admin_)
    sign_in(hers)
    for verb in helping.VERBS:
        answer = desk.post(f"/admin/hrdocs/user/{amal.pk}/door/{verb}/", {"reason": f"Because of {verb}"})
        assert answer.status_code == 302
    assert not is_in(hers)
    sign_in(again := Client())
    assert is_in(again)
    page = again.get("/account/").content.decode()
    assert all(f"Because of {verb}" in page for verb in helping.VERBS)
    assert "Because of unlock" in desk.get(f"/admin/hrdocs/user/{amal.pk}/change/").content.decode()
    assert "Locked out for a while" in desk.get("/admin/hrdocs/doorevent/").content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_sees_what_happened_at_the_door(people, amal, role):
    client = Client()
    client.force_login(people[role])
    for page in ("/admin/hrdocs/doorevent/", f"/admin/hrdocs/user/{amal.pk}/door/unlock/"):
        answer = client.get(page, follow=True)
        assert answer.status_code == 403


@pytest.mark.parametrize("page", ["mfa/authenticator", "account/emailaddress", "usersessions/usersession"])
def test_the_librarys_tables_are_on_nobodys_desk(people, page):
    for role in ("manager", "administrator"):
        client = Client()
        client.force_login(people[role])
        assert client.get(f"/admin/{page}/").status_code == 404


def test_a_lock_out_is_lifted_from_the_command_line(amal, capsys):
    for _ in range(6):
        sign_in(client := Client(), password="wrong")
    call_command("unlock", "amal")
    sign_in(client)
    assert is_in(client)


# ── the demonstration ──


def test_a_demonstration_says_that_it_asks_for_no_second_factor(people):
    assert b"asks nobody for a second factor" in Client().get("/sign-in/").content
    client = Client()
    client.force_login(people["analyst"])
    assert b"Demonstration: no second factor" in client.get("/admin/").content


def test_a_server_says_no_such_thing(on_a_server):
    assert b"asks nobody for a second factor" not in Client().get("/sign-in/").content
