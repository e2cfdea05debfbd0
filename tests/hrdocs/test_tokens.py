"""Tokens: what each opens, that all bad ones look alike, that they are kept hashed and leave their traces."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.models import Case
from hrdocs.access import Role, Sensitivity
from hrdocs.audit import history_of
from hrdocs.keys import digest_of, new_key
from hrdocs.models import ApiToken, Scope, User
from hrdocs.tokens import OPENS_NOTHING, PREFIX, make, revoke
from tests import factories
from tests.hrdocs.forms import signed_in
from tests.hrdocs.test_access import put

PUBLIC, REGISTERED, INTERNAL, RESTRICTED, SEALED = Sensitivity
SCOPES = [[], [Scope.REGISTERED], [Scope.EXPORT], [Scope.REGISTERED, Scope.EXPORT]]
# The rule, by hand: the levels that a token of each role opens where it has the scope for registered reading.
OPENED = {
    **{role: {PUBLIC, REGISTERED} for role in (Role.RESEARCHER, Role.ANALYST, Role.REVIEWER, Role.MANAGER)},
    **{role: {PUBLIC} for role in (Role.ADMINISTRATOR, Role.CUSTODIAN)},
}
LISTS = ("cases", "facilities", "estimates")


def bearing(key: str, kind: str = "Bearer") -> Client:
    """A program that brings a token, and no cookie."""
    return Client(headers={"Authorization": f"{kind} {key}"})


def key_for(user: User, *scopes: str, days: int = 90) -> str:
    return make(user, "notebook", list(scopes), days)[1]


@pytest.fixture
def levels(db) -> dict[str, dict[str, str]]:
    """A published case, facility and estimate of each level, by list and uid, entered by the owner of no token."""
    author, found = factories.make_user(), {name: {} for name in LISTS}
    source, place = factories.make_source(author), factories.make_facility(author)
    for record in (source, place):
        put(record, "published", PUBLIC)
    for level in Sensitivity:
        for name, record in (
            ("cases", Case(title_en="Saydnaya").save_by(author)),
            ("facilities", factories.make_facility(author)),
            ("estimates", factories.make_estimate(author, source=source, about_facility=place)),
        ):
            put(record, "published", level)
            found[name][record.uid] = level
    return found


@pytest.mark.parametrize("scopes", SCOPES, ids="+".join)
@pytest.mark.parametrize("role", Role)
def test_a_token_opens_what_its_owner_and_its_scopes_allow_and_never_what_is_internal(role, scopes, people, levels):
    client = bearing(key_for(people[role], *scopes))
    opened = OPENED[role] if Scope.REGISTERED in scopes else {PUBLIC}
    for name, uids in levels.items():
        page = client.get(f"/api/v1/{name}/?page_size=200").json()["results"]
        assert {uids[row["uid"]] for row in page if row["uid"] in uids} == opened
        assert not any("created_by" in row for row in page)
        for uid, level in uids.items():
            assert client.get(f"/api/v1/{name}/{uid}/").status_code == (200 if level in opened else 404)


@pytest.mark.parametrize("role", [Role.RESEARCHER, Role.MANAGER])
@pytest.mark.parametrize("form", ["csv", "geojson"])
@pytest.mark.parametrize("scopes", SCOPES, ids="+".join)
def test_whole_lists_leave_where_the_scope_says_so(scopes, form, role, people, levels):
    client = bearing(key_for(people[role], *scopes))
    answers = [
        client.get(f"/api/v1/facilities/?format={form}"),
        client.get("/api/v1/facilities/", headers={"accept": {"csv": "text/csv", "geojson": "application/geo+json"}[form]}),
    ]
    for answer in answers:
        if Scope.EXPORT not in scopes:
            assert (answer.status_code, answer.json()["title"]) == (403, OPENS_NOTHING)
            continue
        file = b"".join(answer.streaming_content).decode()
        found = {level for uid, level in levels["facilities"].items() if uid in file}
        assert found == ({PUBLIC, REGISTERED} if Scope.REGISTERED in scopes else {PUBLIC})


@pytest.mark.parametrize("below", ["comparison", "findings"])
def test_what_is_computed_for_a_token_is_what_a_researcher_gets(below, people, levels):
    uid = next(uid for uid, level in levels["facilities"].items() if level == REGISTERED)
    answer = bearing(key_for(people["manager"], Scope.REGISTERED)).get(f"/api/v1/facilities/{uid}/{below}/")
    assert answer.json() == signed_in(people["researcher"]).get(f"/api/v1/facilities/{uid}/{below}/").json()
    assert "set_aside" not in answer.json()


# ── bad tokens ──


def bad_keys(people: dict[str, User]) -> dict[str, str]:
    """A token of each kind that opens nothing."""
    owner = people["researcher"]
    revoked, expired, closed = make(owner, "a", [], 7), make(owner, "b", [], 7), make(people["analyst"], "c", [], 7)
    revoke(revoked[0], by=owner)
    ApiToken.objects.filter(pk=expired[0].pk).delete()
    long_ago = timezone.now() - dt.timedelta(days=8)
    ApiToken.objects.create(
        user=owner, name="b", digest=digest_of(expired[1]), made_at=long_ago, until=long_ago + dt.timedelta(days=7)
    )
    User.objects.filter(pk=people["analyst"].pk).update(is_active=False)
    good = key_for(owner)
    return {
        "unknown": PREFIX + "x" * 43, "revoked": revoked[1], "expired": expired[1], "switched off": closed[1],
        "cut short": good[:-1], "in capitals": good.upper(), "its hash": digest_of(good), "empty": "", "not ASCII": "hrd_é",
        "two": f"{good} {good}",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["Bearer", "Token", "bearer"])
@pytest.mark.parametrize("address", ["cases/", "cases/?format=csv", "cases/CAS-00000-000000/", "schema/", "nowhere/"])
def test_all_tokens_that_open_nothing_are_answered_alike(address, kind, people):
    answers = {name: bearing(key, kind).get(f"/api/v1/{address}") for name, key in bad_keys(people).items()}
    said = {
        (each.status_code, each.content, tuple(sorted(each.headers.items() - {("X-Request-Id", each["X-Request-Id"])})))
        for each in answers.values()
    }
    assert len(said) == 1
    ((status, _, _),) = said
    some = answers["unknown"]
    assert (status, some.json()["title"], some["WWW-Authenticate"]) == (401, OPENS_NOTHING, 'Bearer realm="hrdocs"')
    assert some["Content-Type"] == "application/problem+json"


def test_a_token_of_another_scope_says_the_same_words(people):
    refused = bearing(key_for(people["researcher"])).get("/api/v1/cases/?format=csv")
    unknown = bearing("hrd_nobody").get("/api/v1/cases/?format=csv")
    assert (refused.status_code, unknown.status_code) == (403, 401)
    assert refused.json()["title"] == unknown.json()["title"]


@pytest.mark.parametrize("name", ["token", "access_token", "api_key", "Authorization", "key"])
def test_a_token_in_an_address_opens_nothing(name, people, levels):
    key = key_for(people["researcher"], Scope.REGISTERED)
    hidden = next(uid for uid, level in levels["cases"].items() if level == REGISTERED)
    answer = Client().get(f"/api/v1/cases/{hidden}/", {name: key})
    assert answer.status_code in (400, 404)
    assert key not in answer.content.decode()
    assert ApiToken.objects.get().first_used is None


def test_a_token_opens_no_page_and_no_desk(people):
    key = key_for(people["manager"], Scope.REGISTERED)
    for address in ("/admin/", "/account/tokens/"):
        assert bearing(key).get(address).status_code == 302


def test_a_token_needs_no_cookie_and_wins_over_one(people, levels):
    """A program with the cookie of an analyst and a token of hers reads what the token opens."""
    client = signed_in(people["analyst"])
    answer = client.get("/api/v1/cases/", headers={"Authorization": f"Token {key_for(people['analyst'])}"})
    assert {levels["cases"].get(row["uid"]) for row in answer.json()["results"]} & set(Sensitivity) == {PUBLIC}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_token_changes_nothing_and_is_asked_for_no_form_token(method, people):
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {key_for(people['manager'], *Scope)}"})
    assert getattr(client, method)("/api/v1/cases/").status_code == 405


def test_an_answer_to_a_token_is_kept_by_no_proxy(people):
    answer = bearing(key_for(people["researcher"])).get("/api/v1/cases/")
    assert "Authorization" in answer["Vary"]
    assert "no-store" in answer["Cache-Control"]
    assert "Authorization" in Client().get("/api/v1/cases/")["Vary"]


# ── what is kept ──


def test_the_text_of_a_token_is_kept_nowhere(people):
    token, key = make(people["researcher"], "notebook", [Scope.EXPORT], 90)
    bearing(key).get("/api/v1/cases/")
    with connection.cursor() as cursor:
        for table in ("hrdocs_apitoken", "hrdocs_apitokenevent", "pghistory_context", "hrdocs_tally"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            kept = cursor.fetchone()[0] or ""
            assert key[len(token.start) :] not in kept
            assert (token.digest in kept) == (table == "hrdocs_apitoken")


def test_making_first_use_and_revoking_are_history_and_later_use_is_a_day(people):
    owner = people["researcher"]
    token, key = make(owner, "notebook", [], 90)
    bearing(key).get("/api/v1/cases/nonsense/")  # the answer is 404; the use is kept all the same
    ApiToken.objects.filter(pk=token.pk).update(last_used=timezone.now().date() - dt.timedelta(days=2))
    for _ in range(3):
        bearing(key).get("/api/v1/cases/")
    revoke(token, by=people["administrator"])
    revoke(token, by=owner)
    told = [
        (event.pgh_context.metadata["user"], event.pgh_context.metadata["reason"]) for event in history_of(ApiToken, token.pk)
    ]
    assert told == [
        (owner.pk, "A token was made."),
        (owner.pk, "The token was used for the first time."),
        (people["administrator"].pk, "The token was revoked."),
    ]
    token.refresh_from_db()
    assert token.first_used == token.last_used == timezone.now().date()
    assert token.revoked_by == people["administrator"]


def test_a_use_costs_one_query_more_than_none(people):
    def cost(client: Client) -> int:
        client.get("/api/v1/cases/")  # the first use of a day is noted
        with CaptureQueriesContext(connection) as queries:
            client.get("/api/v1/cases/")
        return len(queries)

    assert cost(bearing(key_for(people["researcher"]))) == cost(Client()) + 1


@pytest.mark.parametrize("change", [{"scopes": ["registered"]}, {"until": timezone.now() + dt.timedelta(days=300)},
                                    {"digest": "0" * 64}, {"revoked_at": None, "revoked_by": None}])  # fmt: skip
def test_the_database_opens_no_token_further_and_none_again(change, people):
    token, _ = make(people["researcher"], "notebook", [], 7)
    revoke(token, by=people["researcher"])
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(**change)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_token_ends_within_a_year(days, people):
    with pytest.raises(ValidationError, match="within a year"):
        make(people["researcher"], "notebook", [], days)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.create(user=people["researcher"], name="x", digest="x", made_at=now, until=now + dt.timedelta(days=days))


# ── the page of one's own tokens ──

PAGE = "/account/tokens/"


def test_a_visitor_is_sent_to_sign_in(db):
    assert Client().get(PAGE)["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("role", Role)
def test_everybody_makes_a_token_on_her_own_page_and_sees_it_once(role, people):
    client = signed_in(people[role])
    page = client.post(PAGE, {"name": "notebook", "scopes": ["export"], "days": "30"})
    key = page.content.decode().split('id="key" value="')[1].split('"')[0]
    assert "no-store" in page["Cache-Control"]
    assert bearing(key).get("/api/v1/cases/").status_code == 200
    assert key not in client.get(PAGE).content.decode()
    token = people[role].tokens.get()
    assert (token.name, token.scopes, (token.until - token.made_at).days) == ("notebook", ["export"], 30)


@pytest.mark.parametrize("role", Role)
def test_a_scope_is_offered_to_whom_it_opens_something(role, people):
    page = signed_in(people[role]).get(PAGE).content.decode()
    assert ('value="registered"' in page) == (REGISTERED in OPENED[role])
    answer = signed_in(people[role]).post(PAGE, {"name": "notebook", "scopes": ["registered"], "days": "7"})
    assert people[role].tokens.exists() == (REGISTERED in OPENED[role]), answer.content


@pytest.mark.parametrize("given", [{"days": "366"}, {"days": "x"}, {"scopes": ["write"]}, {"name": ""}, {"name": "x" * 101}])
def test_a_token_that_makes_no_sense_is_not_made(given, people):
    signed_in(people["researcher"]).post(PAGE, {"name": "notebook", "days": "30", **given})
    assert not ApiToken.objects.exists()


def test_one_revokes_her_own_token_at_once_and_no_other(people):
    token, key = make(people["researcher"], "notebook", [], 30)
    address = f"{PAGE}{token.pk}/revoke/"
    assert signed_in(people["analyst"]).post(address).status_code == 404
    assert signed_in(people["researcher"]).get(address).status_code == 405
    assert bearing(key).get("/api/v1/cases/").status_code == 200
    signed_in(people["researcher"]).post(address)
    assert bearing(key).get("/api/v1/cases/").status_code == 401


def test_a_name_of_a_token_is_shown_as_text(people):
    page = signed_in(people["researcher"]).post(PAGE, {"name": "<script>alert(1)</script>", "days": "30"})
    assert "<script>alert" not in page.content.decode()


# ── the administrators' list ──

LIST = "/admin/hrdocs/apitoken/"


def test_administrators_see_all_tokens_and_revoke_them(people):
    token, key = make(people["researcher"], "notebook", [], 30)
    client = signed_in(people["administrator"])
    for address in (LIST, f"{LIST}{token.pk}/change/"):
        page = client.get(address).content.decode()
        assert "notebook" in page and token.start in page
        assert token.digest not in page and key not in page
    client.post(LIST, {"action": "revoke_these", "_selected_action": [token.pk]})
    assert bearing(key).get("/api/v1/cases/").status_code == 401
    token.refresh_from_db()
    assert token.revoked_by == people["administrator"]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.MANAGER])
def test_nobody_else_sees_or_revokes_tokens_in_the_admin(role, people):
    token, _ = make(people["researcher"], "notebook", [], 30)
    client = signed_in(people[role])
    assert client.get(LIST).status_code == 403
    assert client.post(LIST, {"action": "revoke_these", "_selected_action": [token.pk]}).status_code == 403
    token.refresh_from_db()
    assert token.revoked_at is None


def test_the_text_of_a_token_is_256_random_bits_behind_a_prefix():
    made = {new_key(PREFIX) for _ in range(200)}
    assert len(made) == 200
    assert {len(key) for key in made} == {len(PREFIX) + 43}
