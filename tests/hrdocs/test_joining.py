"""People come in: invited or approved, once, by a link that is kept nowhere; and nothing is told of who is here."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from hrdocs import terms
from hrdocs.access import Role
from hrdocs.audit import history_of
from hrdocs.joining import accept, approve, decline, invitation_of, invite, may_invite, withdraw
from hrdocs.keys import digest_of
from hrdocs.models import AccessRequest, Answer, Invitation, User
from tests import factories
from tests.hrdocs.forms import fill, signed_in

PASSWORD = "a long pass phrase 7"
ASKED = {
    "full_name": "Lina Haddad",
    "email": "lina@example.org",
    "affiliation": "A newsroom",
    "purpose": "To compare figures.",
    "agreed": "on",
}
CHOSEN = {"username": "lina", "full_name": "Lina Haddad", "password1": PASSWORD, "password2": PASSWORD, "agreed": "on"}
INVITERS = {Role.ADMINISTRATOR: list(Role), Role.MANAGER: [Role.RESEARCHER]}
REQUESTS, INVITATIONS = "/admin/hrdocs/accessrequest/", "/admin/hrdocs/invitation/"


def an_invitation(by: User, role: str = Role.RESEARCHER) -> tuple[Invitation, str]:
    invitation = Invitation(email="lina@example.org", role=role)
    return invitation, invite(invitation, by=by)


def a_request(**given: str) -> AccessRequest:
    return AccessRequest.objects.create(full_name="Lina Haddad", email="lina@example.org", affiliation="A newsroom",
                                        purpose="To compare figures.", terms=terms.version(), **given)  # fmt: skip


def link_on(page: object) -> str:
    """The path of the link that a page of the admin shows."""
    return re.search(r"/join/[\w-]{43}/", page.content.decode())[0]


# ── who invites whom ──


@pytest.mark.parametrize("invited", Role)
@pytest.mark.parametrize("role", Role)
def test_administrators_invite_any_role_managers_researchers_and_nobody_else_anybody(role, invited, people):
    assert may_invite(people[role]) == INVITERS.get(role, [])
    if invited in INVITERS.get(role, []):
        assert an_invitation(people[role], invited)[0].by_role == role
    else:
        with pytest.raises(ValidationError, match="nobody else invites"):
            an_invitation(people[role], invited)


@pytest.mark.parametrize("stated", [Role.ADMINISTRATOR, Role.MANAGER])
def test_the_database_reads_the_inviters_role_off_her_account(stated, people):
    with pytest.raises(IntegrityError, match="hrdocs_invitation_role"), transaction.atomic():
        Invitation.objects.create(email="a@example.org", role=Role.MANAGER, digest="x", by=people["manager"], by_role=stated)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER])
@pytest.mark.parametrize("address", [REQUESTS, INVITATIONS, f"{INVITATIONS}add/"])
def test_the_door_is_kept_by_managers_and_administrators(address, role, people):
    assert signed_in(people[role]).get(address).status_code == 403


@pytest.mark.parametrize("role", INVITERS)
def test_an_invitation_is_made_in_the_admin_and_its_link_shown_once(role, people):
    client = signed_in(people[role])
    form = client.get(f"{INVITATIONS}add/").content.decode()
    offered = {value for value in Role if f'<option value="{value}"' in form}
    assert offered == set(INVITERS[role])
    answer = fill(client, f"{INVITATIONS}add/", email="lina@example.org", role="researcher", note="Asked by telephone.")
    link = link_on(answer)
    assert "no-store" in answer["Cache-Control"]
    assert Client().get(link).status_code == 200
    invitation = Invitation.objects.get()
    for page in (INVITATIONS, f"{INVITATIONS}{invitation.pk}/change/"):
        shown = client.get(page).content.decode()
        assert "lina@example.org" in shown
        assert link not in shown and invitation.digest not in shown


def test_a_manager_who_forges_the_form_invites_no_reviewer(people):
    fill(signed_in(people["manager"]), f"{INVITATIONS}add/", email="lina@example.org", role="reviewer")
    assert not Invitation.objects.exists()


# ── accepting ──


@pytest.mark.parametrize("role", Role)
def test_an_accepted_invitation_is_an_account_of_its_role_with_the_accepted_terms(role, people):
    invitation, key = an_invitation(people["administrator"], role)
    answer = Client().post(f"/join/{key}/", {**CHOSEN, "role": "administrator", "email": "other@example.org"})
    assert answer.status_code == 200
    made = User.objects.get(username="lina")
    assert (made.role, made.email, made.full_name) == (role, "lina@example.org", "Lina Haddad")
    assert made.check_password(PASSWORD)
    invitation.refresh_from_db()
    assert (invitation.account, invitation.terms) == (made, terms.version())
    assert history_of(User, made.pk).first().pgh_context.metadata["user"] == people["administrator"].pk
    assert history_of(Invitation, invitation.pk).last().pgh_context.metadata["user"] == made.pk


@pytest.mark.parametrize("wrong", [
    {"password1": "short", "password2": "short"}, {"password2": "another pass phrase 7"}, {"agreed": ""}, {"username": ""},
    {"password1": "password1234", "password2": "password1234"}, {"full_name": ""}, {"username": "taken"},
    {"password1": "lina@example.org", "password2": "lina@example.org"},
])  # fmt: skip
def test_what_can_not_be_accepted_makes_no_account_and_leaves_the_link(wrong, people):
    factories.make_user(username="taken")
    before, (_, key) = User.objects.count(), an_invitation(people["manager"])
    assert 'role="alert"' in Client().post(f"/join/{key}/", {**CHOSEN, **wrong}).content.decode()
    assert User.objects.count() == before
    assert invitation_of(key) is not None


def test_links_that_are_unknown_used_withdrawn_or_over_are_answered_alike(people):
    manager = people["manager"]
    used, withdrawn, expired = (an_invitation(manager) for _ in range(3))
    Client().post(f"/join/{used[1]}/", CHOSEN)
    withdraw(withdrawn[0], by=manager)
    Invitation.objects.filter(pk=expired[0].pk).delete()
    Invitation.objects.create(email="x@example.org", digest=digest_of(expired[1]), by=manager, until=timezone.now())
    keys = [used[1], withdrawn[1], expired[1], "x" * 43, used[1][:-1], "é"]
    for ask in (
        lambda key: Client().get(f"/join/{key}/"),
        lambda key: Client().post(f"/join/{key}/", {**CHOSEN, "username": "two"}),
    ):
        said = {
            (answer.status_code, re.sub(r"/join/[^/]+/|value=\"\w{64}\"", "", answer.content.decode()))
            for answer in map(ask, keys)
        }
        assert len(said) == 1
        assert said.pop()[0] == 404
    assert not User.objects.filter(username="two").exists()


def test_a_link_opens_one_account_however_many_hold_it(people):
    invitation, _ = an_invitation(people["manager"])
    first = accept(invitation, User(username="one", full_name="One"), PASSWORD)
    assert first is not None
    assert accept(invitation, User(username="two", full_name="Two"), PASSWORD) is None
    withdraw(invitation, by=people["manager"])
    invitation.refresh_from_db()
    assert (invitation.account, invitation.withdrawn_at) == (first, None)


@pytest.mark.parametrize("left", [{"is_active": False}, {"role": Role.ANALYST}])
def test_a_link_ends_with_the_account_or_the_role_of_who_invited(left, people):
    _, key = an_invitation(people["manager"])
    User.objects.filter(pk=people["manager"].pk).update(**left)
    assert Client().get(f"/join/{key}/").status_code == 404


@pytest.mark.parametrize("change", [{"role": "manager"}, {"email": "else@example.org"}, {"digest": "0" * 64},
                                    {"until": timezone.now() + dt.timedelta(days=300)}])  # fmt: skip
def test_the_database_lets_no_invitation_open_more_than_at_first(change, people):
    invitation, _ = an_invitation(people["administrator"])
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(**change)


def test_a_link_is_kept_nowhere_and_its_hash_not_in_history(people):
    invitation, key = an_invitation(people["manager"])
    with connection.cursor() as cursor:
        for table in ("hrdocs_invitation", "hrdocs_invitationevent", "django_admin_log", "django_session"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            kept = cursor.fetchone()[0] or ""
            assert key not in kept
            assert (invitation.digest in kept) == (table == "hrdocs_invitation")


def test_an_invitation_is_withdrawn_in_the_list(people):
    invitation, key = an_invitation(people["administrator"])
    signed_in(people["manager"]).post(INVITATIONS, {"action": "withdraw_these", "_selected_action": [invitation.pk]})
    assert Client().get(f"/join/{key}/").status_code == 404
    assert history_of(Invitation, invitation.pk).last().pgh_context.metadata["user"] == people["manager"].pk


# ── asking ──


def test_a_request_comes_in_with_the_terms_that_were_accepted(db):
    assert Client().post("/join/", ASKED).status_code == 200
    asked = AccessRequest.objects.get()
    assert (asked.full_name, asked.answer, asked.terms) == ("Lina Haddad", Answer.WAITING, terms.version())


@pytest.mark.parametrize("missing", ASKED)
def test_a_request_says_all_that_is_asked(missing, db):
    assert 'role="alert"' in Client().post("/join/", {**ASKED, missing: ""}).content.decode()
    assert not AccessRequest.objects.exists()


def test_the_answer_is_the_same_whether_an_address_is_known(people):
    factories.make_user(email="known@example.org")
    an_invitation(people["manager"])
    addresses = ["known@example.org", "lina@example.org", "lina@example.org", "new@example.org"]
    answers = [Client().post("/join/", {**ASKED, "email": address}) for address in addresses]
    assert len({(answer.status_code, re.sub(r'value="\w{64}"', "", answer.content.decode())) for answer in answers}) == 1


def test_a_program_that_fills_in_every_field_is_thanked_and_forgotten(db):
    person, program = Client().post("/join/", ASKED), Client().post("/join/", {**ASKED, "website": "https://example.org"})
    assert re.sub(r'value="\w{64}"', "", program.content.decode()) == re.sub(r'value="\w{64}"', "", person.content.decode())
    assert AccessRequest.objects.count() == 1


def test_requests_from_one_place_are_limited_and_the_form_can_still_be_read(db, settings):
    settings.LIMITS = {"join": (2, 3600)}
    assert [Client().post("/join/", ASKED).status_code for _ in range(4)] == [200, 200, 429, 429]
    assert AccessRequest.objects.count() == 2
    assert Client().get("/join/").status_code == 200


@pytest.mark.parametrize("role", INVITERS)
def test_an_approval_makes_an_invitation_whose_link_is_shown_once(role, people):
    asked, client = a_request(), signed_in(people[role])
    assert "To compare figures." in client.get(f"{REQUESTS}{asked.pk}/change/").content.decode()
    link = link_on(client.post(f"{REQUESTS}{asked.pk}/decide/", {"approve": "", "reason": "Known to us."}))
    asked.refresh_from_db()
    assert (asked.answer, asked.decided_by, asked.reason) == (Answer.APPROVED, people[role], "Known to us.")
    assert (asked.invitation.email, asked.invitation.role) == (asked.email, Role.RESEARCHER)
    Client().post(link, CHOSEN)
    assert User.objects.get(username="lina").role == Role.RESEARCHER
    last = history_of(AccessRequest, asked.pk).last().pgh_context.metadata
    assert (last["user"], last["reason"]) == (people[role].pk, "Known to us.")


def test_a_refusal_has_a_reason(people):
    asked, client = a_request(), signed_in(people["manager"])
    address = f"{REQUESTS}{asked.pk}/decide/"
    answer = client.post(address, {"decline": "", "reason": " "}, follow=True)
    assert "Say why the request is declined." in answer.content.decode()
    asked.refresh_from_db()
    assert asked.answer == Answer.WAITING
    client.post(address, {"decline": "", "reason": "We could not find this newsroom."})
    asked.refresh_from_db()
    assert (asked.answer, asked.decided_by) == (Answer.DECLINED, people["manager"])
    assert not Invitation.objects.exists()


def test_a_request_is_decided_once(people):
    asked = a_request()
    decline(asked, by=people["manager"], reason="Unknown.")
    again = AccessRequest.objects.get()
    with pytest.raises(ValidationError, match="decided on already"):
        approve(again, by=people["administrator"])
    assert not Invitation.objects.exists()
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        AccessRequest.objects.update(answer=Answer.WAITING)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.RESEARCHER, Role.CUSTODIAN])
def test_nobody_else_decides(role, people):
    asked = a_request()
    answer = signed_in(people[role]).post(f"{REQUESTS}{asked.pk}/decide/", {"approve": ""})
    assert answer.status_code in (302, 403)
    asked.refresh_from_db()
    assert asked.answer == Answer.WAITING


def test_a_decision_is_made_by_post_alone(people):
    asked = a_request()
    assert signed_in(people["manager"]).get(f"{REQUESTS}{asked.pk}/decide/?approve=1").status_code == 404
    assert not Invitation.objects.exists()


def test_who_decides_is_told_of_accounts_with_the_same_address(people):
    asked = a_request()
    factories.make_user(username="lina-before", email="LINA@example.org")
    assert "lina-before" in signed_in(people["manager"]).get(f"{REQUESTS}{asked.pk}/change/").content.decode()


@pytest.mark.parametrize(("role", "told"), [(Role.MANAGER, True), (Role.ADMINISTRATOR, True), (Role.ANALYST, False)])
def test_the_menu_tells_how_many_wait(role, told, people):
    for _ in range(7):
        a_request()
    page = signed_in(people[role]).get("/admin/").content.decode()
    assert bool(re.search(r"min-w-\[18px\][^>]*>\s*7\s*<", page)) == told


# ── mail ──


def test_the_link_is_mailed_to_the_invited_alone_where_mail_is_sent(people, settings, django_capture_on_commit_callbacks):
    settings.NOTICES_BY_MAIL, settings.SITE_ADDRESS = True, "https://docs.example.org"
    with django_capture_on_commit_callbacks(execute=True):
        key = approve(a_request(), by=people["manager"])
    (letter,) = mail.outbox
    assert letter.to == ["lina@example.org"]
    assert f"https://docs.example.org/join/{key}/" in letter.body
    assert "To compare figures." not in letter.body


def test_a_refusal_is_mailed_without_its_reason(people, settings, django_capture_on_commit_callbacks):
    settings.NOTICES_BY_MAIL = True
    with django_capture_on_commit_callbacks(execute=True):
        decline(a_request(), by=people["manager"], reason="We could not find this newsroom.")
    assert "newsroom" not in mail.outbox[0].body


def test_nothing_is_mailed_where_no_mail_server_is_named(people, settings, django_capture_on_commit_callbacks):
    assert not settings.NOTICES_BY_MAIL
    with django_capture_on_commit_callbacks(execute=True):
        approve(a_request(), by=people["manager"])
    assert mail.outbox == []


# ── terms ──


def test_the_terms_are_the_operators_where_there_are_any_and_their_version_is_their_text(tmp_path, settings, db):
    ours = terms.version()
    file = tmp_path / "terms.txt"
    file.write_text("Be careful.\n\nكن حذرًا.\n", "utf-8")
    settings.TERMS_FILE = str(file)
    assert terms.paragraphs() == ["Be careful.", "كن حذرًا."]
    theirs = terms.version()
    file.write_text("Be very careful.", "utf-8")
    assert len({ours, theirs, terms.version()}) == 3
    assert "Be very careful." in Client().get("/join/").content.decode()


def test_the_version_of_our_terms_is_the_same_in_every_language(db):
    for language in ("en", "ar"):
        Client().post("/join/", ASKED, headers={"accept-language": language})
    assert len(set(AccessRequest.objects.values_list("terms", flat=True))) == 1
