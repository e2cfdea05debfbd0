"""Every address × every role × planted secrets. The addresses are those of the program itself: a new one fails here
until somebody writes down what it is asked with.

Roles that see the same take turns at pages of records, kind by kind; every role asks each page of at least one kind.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import models, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse
from django.utils import timezone

from cases.models import Estimate, Place, Statement
from hrdocs import joining, tokens
from hrdocs.access import Role
from hrdocs.models import (
    AccessRequest,
    Assignment,
    Comment,
    DoorEvent,
    DoorEventKind,
    Grant,
    Invitation,
    Match,
    Notice,
    ProposedChange,
    Record,
    ReviewDecision,
    RiskNote,
    SavedSearch,
    SetAside,
    Unsaved,
    on,
)
from hrdocs.urls import ENDPOINTS
from tests.house.canaries import HIDDEN, OPEN, ROLES, STAFF, World
from tests.house.questions import VIEWS

pytestmark = pytest.mark.django_db

# ── what each route is asked with ──

# What stands after a record in an address of the desk, by the name of the page. “other” is a second record, open to all.
OF_A_RECORD: dict[str, list[Any]] = {
    "": [], "change": [], "history": [], "delete": [], "compare": [], "propose": [], "together": ["submit"], "move": ["approve"],
    "restore": [1], "proposed": [1], "adopt": ["x"], "set_aside": [], "comment": [], "settle": [], "assign": [], "done": [],
    "twin": [], "merge": ["other"], "merged": [1], "erase": [], "consent": [], "identity": [], "decide": [], "door": ["unlock"],
    "in_short": [], "findings": [], "risk": [], "risk_again": [1], "errors": [], "progress": [], "withdraw": [], "again": [], "cancel": [],
    "copies": [], "copy": [1],
}  # fmt: skip
# Pages of a kind without a record, with what is asked of them.
OF_A_KIND = {"make": "", "changelist": "?q=canary", "add": "", "alike": "?name=canary", "entering": "", "entered": ""}
# Routes of no kind, with what is asked of them.
PLAIN = {
    **dict.fromkeys((
        "start", "lists", "explore", "explore-entries", "explore-table", "explore-map", "explore-points", "explore-timeline", "ground", "searches", "files", "sign-in", "sign-out", "set_language", "unsaved", "unsaved-discard", "schema", "docs", "api-root", "releases-list", "changes-list", "releases", "join", "tokens",
        "account", "account_login", "account_logout", "account_change_password", "account_reauthenticate", "end-sessions",
        "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_index",
        "mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes", "custody", "custody-key", "custody-paper", "custody-seal-anew", "custody-ask",
        "admin:index", "admin:login", "admin:logout", "admin:password_change",
        "admin:password_change_done", "admin:jsi18n",
    ), ""),
    "understood": "?text=canary", "admin:search": "?s=canary",
    "admin:autocomplete": "?app_label=cases&model_name=estimate&field_name=source&term=canary",
}  # fmt: skip
# Routes of no kind that name a row: with one that is there, where the secrets below plant one.
OF_A_ROW = {"revoke-token": 1, "change-search": 1, "change-file": 1, "download-file": 1, "mfa_remove_webauthn": 1, "accept": "x", "admin:app_list": "cases",
            "exports-detail": "EXP-00000-000000", "releases-detail": 1, "releases-download": 1, "release": 1, "custody-admit": 1, "custody-withdraw": 1, "custody-drill": 1, "custody-erase": 1, "custody-opening": 1}  # fmt: skip
PAGE_OF = {"party": "party", "statement": "estimate", "official-act": "officialact"}


class Never:
    """A record that never was."""

    pk, uid = 10**9, "XXX-00000-000000"


@dataclass(frozen=True)
class Route:
    """An address of the program: its pattern, its full name, and which page of which kind of row it is, if of any."""

    pattern: str
    name: str
    page: str
    model: type[models.Model] | None
    address: Callable[..., str]

    @property
    def on_the_desk(self) -> bool:
        return self.pattern.startswith("admin/")

    def rows(self, row: Any, other: Any) -> tuple[Any, ...]:
        """Of a row, and another of its kind, those that the address names."""
        if self.model is None:
            return ()
        return (row, other) if "other" in OF_A_RECORD.get(self.page, ()) else (row,)


def _patterns() -> Iterator[tuple[str, str]]:
    """(pattern, full name) of every address that the program answers."""

    def walk(patterns: Any, before: str, spaces: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        for each in patterns:
            if isinstance(each, URLResolver):
                space = (*spaces, each.namespace) if each.namespace else spaces
                yield from walk(each.url_patterns, before + str(each.pattern), space)
            else:
                yield before + str(each.pattern), ":".join([*spaces, each.name or ""])

    yield from sorted(set(walk(get_resolver().url_patterns, "", ())))


def _written_down(pattern: str, name: str) -> Route | None:
    """What a route is asked with; None where nobody wrote it down."""
    if name in PLAIN:
        return Route(pattern, name, name, None, lambda: reverse(name) + PLAIN[name])
    if name in OF_A_ROW:
        return Route(pattern, name, name, None, lambda: reverse(name, args=[OF_A_ROW[name]]))
    if pattern in ("favicon.ico", "admin/login/", "admin/logout/", "admin/password_change/"):
        return Route(pattern, pattern, pattern, None, lambda: f"/{pattern}")
    if pattern.endswith("(?P<url>.*)$"):  # whatever the desk does not have
        return Route(pattern, "admin:nothing", "nothing", None, lambda: "/admin/nosuch/")
    if name == "admin:view_on_site":
        return Route(pattern, name, name, Place, lambda row: reverse(name, args=[1, row.pk]))
    if name == "admin:auth_user_password_change":
        return Route(pattern, name, name, apps.get_model("hrdocs.User"), lambda row: reverse(name, args=[row.pk]))
    if name == "kept-copy":
        return Route(pattern, name, name, apps.get_model("sources.Source"), lambda row: reverse(name, args=[row.uid, "0" * 64]))
    if name.startswith("pages:"):
        kind = name.partition(":")[2]
        model = next(each for each in apps.get_models() if each._meta.model_name == PAGE_OF.get(kind, kind))
        return Route(pattern, name, "page", model, lambda row: reverse(name, args=[row.uid]))
    if name.startswith(("records-", "taken-", "entries-", "map-", "timeline-", "points-")):
        asked = "?format=csv" if name.startswith("taken-") else "?page_size=200"
        return Route(pattern, name, "records", None, lambda: reverse(name) + asked)
    kind, _, page = name.rpartition("-")
    if kind in ENDPOINTS:
        if page == "reported":
            return Route(pattern, name, page, None, lambda: reverse(name) + "?format=html")
        if page == "list":
            return Route(pattern, name, page, None, lambda: reverse(name) + "?page_size=200")
        model = VIEWS[kind].shape.model._meta.concrete_model
        form = "?format=html" if page == "report" else ""  # its text can be read as it is
        return Route(pattern, name, page, model, lambda row: reverse(name, args=[getattr(row, "uid", "act:canary_act")]) + form)
    return _of_the_desk(pattern, name)


def _of_the_desk(pattern: str, name: str) -> Route | None:
    """An address of the desk below a kind: admin/cases/estimate/<path:object_id>/history/ is “history” of estimates."""
    app, label = (pattern.split("/") + [""] * 3)[1:3]
    if app not in apps.app_configs or label not in apps.get_app_config(app).models:
        return None
    model, page = apps.get_model(app, label), name.removeprefix("admin:").removeprefix(f"{app}_{label}_")
    if page in OF_A_KIND:
        return Route(pattern, name, page, None, lambda: reverse(name) + OF_A_KIND[page])
    if page not in OF_A_RECORD:
        return None

    def address(row: Any, other: Any = None) -> str:
        if not page:
            return f"/admin/{app}/{label}/{row.pk}/"
        more = [other.pk if each == "other" else each for each in OF_A_RECORD[page]]
        return reverse(name, args=[row.pk, *more])

    return Route(pattern, name, page, model, address)


FOUND = [(pattern, name, _written_down(pattern, name)) for pattern, name in _patterns()]
ROUTES = [route for *_, route in FOUND if route is not None]
KINDS_WITH = Counter(route.page for route in ROUTES)


def test_it_is_written_down_what_each_route_is_asked_with() -> None:
    assert len(FOUND) > 600
    assert [name.strip(":") or pattern for pattern, name, route in FOUND if route is None] == []


def test_each_route_is_asked_by_an_address_that_leads_to_it() -> None:
    for route in ROUTES:
        address = route.address(*route.rows(Never, Never))
        assert resolve(address.partition("?")[0]).route.replace("^", "") == route.pattern.replace("^", "")


# ── secrets besides those of the records ──


@dataclass
class Secrets:
    """A world of records, with work on the hidden ones, and with what only some roles may read of people."""

    world: World
    private: dict[str, set[str]] = field(default_factory=dict)

    def of(self, *roles: str) -> str:
        """A new token that these roles alone may read."""
        token = f"private{len(self.private)}x"
        self.private[token] = set(roles)
        return token

    def on(self, record: Any) -> str:
        """A new token that only who sees the record may read."""
        token = f"canary{90_000 + sum(map(len, self.world.tokens.values())) % 10_000}x"
        assert token not in self.world.tokens
        return self.world.plant(record, {"work": token}) and token

    def told_to(self, role: str, text: str) -> list[str]:
        known = re.findall(r"private\d+x", text)
        return [*self.world.secrets_in(text, role), *(each for each in known if role not in self.private[each])]


@pytest.fixture(scope="module")
def secrets(world: World) -> Secrets:
    found = Secrets(world)
    for model in {type(row) for row in world.rows if isinstance(row, Record)}:
        hidden, shown = (
            next(row for row in world.rows if type(row) is model and _standing(row) == how) for how in (HIDDEN, OPEN)
        )
        _work_on(hidden, shown, found)
    _people(found)
    return found


def _standing(row: Any) -> tuple[str, str]:
    return row.state, row.sensitivity


def _work_on(hidden: Any, shown: Any, secrets: Secrets) -> None:
    people, by, it = secrets.world.people, secrets.world.author, on(hidden)
    Comment.objects.create(**it, by=by, text=secrets.on(hidden))
    RiskNote.objects.create(**it, by=by, who=["told"], how=secrets.on(hidden), done=secrets.on(hidden),
                            next_review=dt.date(2020, 1, 1))  # fmt: skip
    Assignment.objects.create(**it, by=by, to=by, task=secrets.on(hidden), until=dt.date(2020, 1, 1))
    SetAside.objects.create(**it, by=by, finding="x", reason=secrets.on(hidden))
    Match.objects.create(**it, by=by, other_id=shown.pk, verdict="same", reason=secrets.on(hidden))
    Match.objects.create(**on(shown), by=by, other_id=hidden.pk, verdict="same", reason=secrets.on(hidden))
    ProposedChange.objects.create(
        **it, proposed_by=by, version=hidden.version, reason=secrets.on(hidden))  # fmt: skip
    ReviewDecision.objects.create(
        **it,
        by=people[Role.MANAGER],
        verb="retract",
        to_state="retracted",
        reason=secrets.on(hidden),
        public_note=secrets.on(hidden),
    )
    for role in STAFF:
        Notice.objects.create(**it, to=people[role], by=by, kind="comment")


def _people(secrets: Secrets) -> None:
    """What is known of people: each account has a token, an event at the door and a half-written form of its own."""
    people = secrets.world.people
    administrator = Role.ADMINISTRATOR
    for role in Role:
        user, own = people[role], lambda role=role: secrets.of(role, administrator)
        type(user).objects.filter(pk=user.pk).update(email=f"{own()}@example.org")
        tokens.make(user, own(), [], 7)
        DoorEvent.objects.note(DoorEventKind.SIGNED_IN, account=user, device=own(), reason=own())
        SavedSearch.objects.create(user=user, name=secrets.of(role), kind="sources", question=f"q={secrets.of(role)}")
        Unsaved.objects.create(user=user, page=role, address="/admin/cases/case/add/", at=timezone.now(),
                               entries=[["title_en", secrets.of(role)]])  # fmt: skip
    inviting = (Role.MANAGER, administrator)
    joining.invite(Invitation(email=f"{secrets.of(*inviting)}@example.org", note=secrets.of(*inviting)), by=people[administrator])
    asked = {name: secrets.of(*inviting) for name in ("full_name", "affiliation", "purpose", "terms")}
    AccessRequest.objects.create(**(asked | {"terms": "x"}), email=f"{secrets.of(*inviting)}@example.org")
    shown = next(row for row in secrets.world.rows if isinstance(row, Record) and _standing(row) == OPEN)
    Grant.objects.create(user=people[Role.ANALYST], uid=shown.uid, until=dt.date(2020, 1, 1), granted_by=people[Role.MANAGER],
                         reason=secrets.of(Role.MANAGER))  # fmt: skip


# ── asking ──


class Asking:
    """Somebody of one role, who asks each time with the same cookies, and takes back what she may have changed."""

    def __init__(self, role: str, client: Client, secrets: Secrets) -> None:
        self.role, self.client, self.secrets = role, client, secrets
        self.cookies, self.faults, self.asked = client.cookies.copy(), [], 0
        client.raise_request_exception = False

    def ask(self, method: str, address: str) -> tuple[Any, str]:
        """The answer, and all of it as text: body, headers, cookies, and the messages that a cookie holds."""
        self.asked += 1
        self.client.cookies = self.cookies.copy()
        with transaction.atomic():
            answer = getattr(self.client, method)(address)
            body = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode(errors="replace")
            transaction.set_rollback(True)
        kept = answer.cookies.get("messages")
        said = CookieStorage(answer.wsgi_request)._decode(kept.value) if kept and kept.value else []
        text = "\n".join([body, str(dict(answer.headers)), answer.cookies.output(), *map(str, said or ())])
        if answer.status_code >= 500:
            self.faults.append((method, address, answer.status_code))
        # What stands in the address that she asked for is told back to her, and is no news.
        if told := self.secrets.told_to(self.role, text.replace(address, "")):
            self.faults.append((method, address, told[:3]))
        return answer, "\n".join([body, *map(str, said or ())])

    def compare(self, methods: tuple[str, ...], route: Route, hidden: Any, other: Any) -> None:
        """A hidden record answers like one that never was, in every byte but what was asked for."""
        for method in methods:
            outlines = []
            for row in (hidden, Never):
                address, key = route.address(*route.rows(row, other)), row.pk if route.on_the_desk else row.uid
                answer, text = self.ask(method, address)
                text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"', "", text)
                same = [re.sub(rf"\b{key}\b", "…", each) for each in (answer.headers.get("Location", ""), text)]
                outlines.append((answer.status_code, *same))
            if outlines[0] != outlines[1]:
                self.faults.append((method, address, "a hidden one is unlike one that never was", hidden))


def _rows(world: World, model: type[models.Model] | None, role: str) -> tuple[Any, Any, Any]:
    """A record of the kind that is hidden from the role, one that is linked to hidden ones and is not, and another.

    Of what is no record, the row that was made last.
    """
    if model is None or not issubclass(model, Record):
        return None, model and (model._base_manager.order_by("-pk").first() or Never), None
    mine = [row for row in world.rows if type(row) is (Estimate if model is Statement else model)]
    hidden = next((row for row in mine if not world.may_see(row, role) and _standing(row) == HIDDEN), None)
    shown = next((row for row in world.linked if row in mine and world.may_see(row, role)), None)
    return hidden, shown, next((row for row in mine if _standing(row) == OPEN), None)


OUTSIDE = tuple(role for role in ROLES if role not in STAFF)
ALIKE = (STAFF, (Role.RESEARCHER,), tuple(role for role in OUTSIDE if role != Role.RESEARCHER))


def _has_her_turn(role: str, route: Route, place: int) -> bool:
    """Those who see the same share the kinds among them. A page of few kinds is asked by all of them."""
    if route.page != "list" and KINDS_WITH[route.page] <= len(ROLES):
        return True
    group = next(each for each in ((STAFF, OUTSIDE) if route.on_the_desk else ALIKE) if role in each)
    return place % len(group) == group.index(role)


@pytest.mark.parametrize("role", ROLES)
def test_no_route_tells_a_secret_in_any_byte_header_or_cookie(role: str, secrets: Secrets, asker: Any) -> None:
    asking, places = Asking(role, asker(role), secrets), Counter[str]()
    for route in ROUTES:
        places[route.page] += 1
        if not _has_her_turn(role, route, places[route.page]):
            continue
        hidden, shown, other = _rows(secrets.world, route.model, role)
        # A page that is asked for many times is sent back, empty, a few times.
        methods = ("get", "post") if places[route.page] <= len(ROLES) else ("get",)
        if hidden is not None:
            asking.compare(methods, route, hidden, other)
        if shown is not None or route.model is None:
            for method in methods:
                asking.ask(method, route.address(*route.rows(shown, other)))
    assert asking.asked > 300
    assert not asking.faults, f"{len(asking.faults)} faults\n" + "\n".join(map(str, asking.faults[:40]))
