"""Nothing hidden leaks: every endpoint, filter, search and page, for every role, over planted secrets. Of files: test_taken.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from cases.models import Case, Estimate, Facility, Incident, Statement
from hrdocs.access import Role, Sensitivity
from hrdocs.admin.records import RecordAdmin
from hrdocs.filtersets import UidFilter
from hrdocs.linked import LinkedFilter
from hrdocs.models import Name, Record
from hrdocs.searching import SearchFilter
from hrdocs.shapes import Reader
from hrdocs.urls import ENDPOINTS
from sources.models import Party, Source
from tests.house import canaries
from tests.house.canaries import GUARDED, GUARDED_EVERYWHERE, HIDDEN, HIDDEN_OUTSIDE, OPEN, ROLES, TOKEN, World, kinds_of

pytestmark = pytest.mark.django_db
VIEWS = {name: import_string(view) for name, view in ENDPOINTS.items() if name != "vocabularies"}  # terms are open to all
UNLIKE = ("anonymous", Role.RESEARCHER, Role.ANALYST)  # one role of each clearance, where asking all would tell no more


def model_of(name: str) -> type[models.Model]:
    return VIEWS[name].shape.model


def pages(client: Client, name: str, **params: Any) -> Iterator[bytes]:
    """The bytes of every page of a list."""
    address, given = f"/api/v1/{name}/", {"page_size": 200, **params}
    while address:
        answer = client.get(address, given)
        assert answer.status_code == 200, (address, given, answer.content[:300])
        yield answer.content
        address, given = answer.json()["next"], {}


def rows_of(client: Client, name: str, **params: Any) -> dict[str, dict[str, Any]]:
    return {row["uid"]: row for page in pages(client, name, **params) for row in json.loads(page)["results"]}


def asked(world: World, role: str, name: str, **params: str) -> set[str] | None:
    """The uids that a list's filters leave, without the cost of its columns; None where it takes no such parameter."""
    view, data = VIEWS[name], QueryDict(mutable=True)
    data.update(params)
    visible = view.shape.model._default_manager.visible_to(world.people[role])
    filterset = view.filterset_class(data, visible, reader=Reader(world.people[role]))
    return set(filterset.rows().values_list("uid", flat=True)) if set(params) <= set(filterset.filters) else None


def planted(uids: Any, world: World) -> set[str]:
    """Those of some uids that are of this world: the founding case may be in the database too."""
    return set(uids) & world.tokens.keys()


def hidden_bonds(world: World, role: str) -> list[canaries.Bond]:
    return [
        bond
        for bond in world.bonds
        if not world.may_see(bond.by, role) and all(world.may_see(end, role) for end in (bond.one, bond.other))
    ]


def hidden_ones(world: World, role: str, kind: type[models.Model]) -> list[Any]:
    """Records of a kind that the role may not see, one of each state and level that hides it."""
    found: dict[Any, Any] = {}
    for row in world.rows:
        if type(row) in kinds_of(kind) and not world.may_see(row, role):
            found.setdefault((row.state, row.sensitivity), row)
    return list(found.values())


# ── the world itself ──


def test_the_world_holds_every_kind_at_every_level_and_secrets_for_everybody(world):
    for kind in canaries.KINDS:
        standings = {(row.state, row.sensitivity) for row in world.rows if type(row) is kind}
        assert {OPEN, HIDDEN_OUTSIDE, HIDDEN} <= standings
        assert {level for _, level in standings} == set(Sensitivity)
    for part in canaries.PARTS:
        assert {row.sensitivity for row in world.rows if type(row) is part} >= {"public", "internal", "restricted"}, part
    for role in ROLES:
        known = sum(world.may_know(token, role) for token in world.tokens)
        assert 1000 < known < len(world.tokens) - 1000
        assert hidden_bonds(world, role)


def test_the_guarded_columns_are_those_that_were_decided():
    """Whoever opens a guarded column, or adds one, changes the list in canaries.py with open eyes."""
    for view in VIEWS.values():
        model = view.shape.model._meta.concrete_model
        guarded = {column.name for column in view.shape.columns if column.guard != Sensitivity.PUBLIC}
        plain = {
            name for name in guarded if not name.endswith(("_earliest", "_latest", "_precision")) or name.startswith("time_")
        }
        assert plain == GUARDED.get(model, set()) | GUARDED_EVERYWHERE, model
        assert {column.guard for column in view.shape.columns} <= {Sensitivity.PUBLIC, Sensitivity.INTERNAL}


# ── lists ──


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", VIEWS)
def test_a_list_holds_exactly_what_the_role_may_see_and_no_secret_in_any_byte(name, role, world, asker):
    client, expected = asker(role), world.visible(model_of(name), role)
    seen: dict[str, dict[str, Any]] = {}
    for page in pages(client, name):
        assert world.secrets_in(page.decode(), role) == []
        seen |= {row["uid"]: row for row in json.loads(page)["results"]}
    assert planted(seen, world) == expected
    told = [
        (bond.what, one.uid)
        for bond in hidden_bonds(world, role)
        for one, other in ((bond.one, bond.other), (bond.other, bond.one))
        if one.uid in seen and other.uid in json.dumps(seen[one.uid])
    ]
    assert told == [], "a hidden link is told"


# ── single records ──


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", VIEWS)
def test_a_hidden_record_answers_in_every_byte_like_one_that_never_was(name, role, world, asker):
    client, kind = asker(role), model_of(name)._meta.concrete_model
    hidden = hidden_ones(world, role, kind)
    assert hidden
    forms = ("", "?format=csv", "?format=geojson") if role == "anonymous" else ("",)
    never = {form: client.get(f"/api/v1/{name}/{kind.uid_prefix}-00000-000000/{form}") for form in forms}
    for record in hidden[: 3 if role in UNLIKE else 1]:
        for form in forms if record is hidden[0] else ("",):
            answer = client.get(f"/api/v1/{name}/{record.uid}/{form}")
            for each in (answer, never[form]):
                each.headers.pop("X-Request-Id", None)  # random, for each request anew
            assert (answer.status_code, answer.content, dict(answer.headers)) == (
                404,
                never[form].content,
                dict(never[form].headers),
            )


@pytest.mark.parametrize("role", UNLIKE)
@pytest.mark.parametrize("name", VIEWS)
def test_a_single_record_tells_no_more_than_the_list_does(name, role, world, asker):
    listed = rows_of(asker(role), name)
    chosen = [record.uid for record in world.linked if record.uid in listed][:2] or sorted(planted(listed, world))[:1]
    for uid in chosen:
        answer = asker(role).get(f"/api/v1/{name}/{uid}/")
        assert world.secrets_in(answer.content.decode(), role) == []
        assert answer.json() == listed[uid]


def extra_pages(world: World, role: str) -> Iterator[tuple[str, str]]:
    """(address, uid) of what a visible record has besides its own page."""
    chains = {row for link in world.rows if type(link).__name__ == "HandOn" for row in (link.later, link.earlier)}
    for row in chains:
        if type(row) is Estimate and world.may_see(row, role):
            yield f"/api/v1/estimates/{row.uid}/chain/", row.uid
    counted = {getattr(row, "about_facility", None) for row in chains}
    bonded = {end for bond in world.bonds for end in (bond.one, bond.other)}
    for row in counted | bonded:
        if type(row) is Facility and world.may_see(row, role):
            yield f"/api/v1/facilities/{row.uid}/comparison/", row.uid


@pytest.mark.parametrize("role", UNLIKE)
def test_chains_and_comparisons_tell_of_nothing_hidden(role, world, asker):
    asked = 0
    for address, uid in extra_pages(world, role):
        answer = asker(role).get(address)
        assert answer.status_code == 200
        assert world.secrets_in(answer.content.decode(), role) == [], address
        told = [bond.what for bond in hidden_bonds(world, role) for one, other in ((bond.one, bond.other), (bond.other, bond.one))
                if one.uid == uid and other.uid in answer.content.decode()]  # fmt: skip
        assert told == [], address
        asked += 1
    assert asked > 10


@pytest.mark.parametrize("role", UNLIKE)
def test_reports_tell_of_nothing_hidden(role, world, asker):
    asked = 0
    for kind, name in ((Case, "cases"), (Facility, "facilities"), (Incident, "incidents"), (Party, "perpetrators")):
        shown = [row for row in world.linked if type(row) is kind and world.may_see(row, role)]
        for row in shown[:3]:
            answer = asker(role).get(f"/api/v1/{name}/{row.uid}/report/?format=html")
            if answer.status_code == 404 and kind is Party:  # nobody accuses it, as far as she sees
                continue
            assert answer.status_code == 200
            report = b"".join(answer.streaming_content).decode()
            assert "</html>" in report
            assert world.secrets_in(report, role) == [], (name, row.uid)
            asked += 1
    assert asked > 3


@pytest.mark.parametrize("role", UNLIKE)
@pytest.mark.parametrize(("kind", "address"), [(Estimate, "estimates/{}/chain"), (Facility, "facilities/{}/comparison")])
def test_a_hidden_record_has_no_chain_and_no_comparison(kind, address, role, world, asker):
    for record in hidden_ones(world, role, kind):
        assert asker(role).get(f"/api/v1/{address.format(record.uid)}/").status_code == 404


# ── search and filters ──


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", [name for name in VIEWS if "q" in VIEWS[name].filterset_class.base_filters])
def test_a_search_finds_nothing_by_a_text_that_the_role_may_not_see(name, role, world):
    found = asked(world, role, name, q="canary")
    assert planted(found, world) <= world.visible(model_of(name), role)
    search: Any = VIEWS[name].filterset_class.base_filters["q"]
    assert isinstance(search, SearchFilter | LinkedFilter)
    kind = model_of(name)._meta.concrete_model
    for token in list(_hidden_texts(world, role, kind))[: 6 if role in UNLIKE else 2]:
        assert asked(world, role, name, q=token) == set(), [at.field for at in world.tokens[token]]


def _hidden_texts(world: World, role: str, kind: type[models.Model]) -> Iterator[str]:
    """Texts hidden from the role, those first that stand at a record which is itself not hidden."""
    mine = [(token, at) for token, places in world.tokens.items() for at in places if at.field != "uid"]
    for token, at in mine:
        named = isinstance(at.row, Name) and any(type(getattr(at.row, path)) is kind for path in at.row.hangs_on)
        if named and not world.may_know(token, role):
            yield token
    for token, at in mine:
        if (
            type(at.row) is kind
            and not world.may_know(token, role)
            and at.field in ("title_en", "name_en", "quotation", "label_en", "title", "narrative_en")
        ):
            yield token


def uid_filters(name: str) -> dict[str, type[models.Model]]:
    found = {}
    for key, given in VIEWS[name].filterset_class.base_filters.items():
        asked = next(given.asked(), given) if isinstance(given, LinkedFilter) else given  # what it hands its value to
        if isinstance(asked, UidFilter):
            found[key] = asked.to
    return found


@pytest.mark.parametrize("role", UNLIKE)
@pytest.mark.parametrize("name", [name for name in VIEWS if uid_filters(name)])
def test_a_filter_by_a_hidden_record_finds_as_little_as_one_by_a_record_that_never_was(name, role, world):
    kind = model_of(name)._meta.concrete_model
    for key, target in uid_filters(name).items():
        concrete = Estimate if target is Statement else target._meta.concrete_model
        linked = [getattr(record, key, None) for record in world.linked if type(record) is kind]
        hidden = [end for end in linked if isinstance(end, Record) and not world.may_see(end, role)] + hidden_ones(
            world, role, concrete
        )[:1]
        for record in hidden[:1]:
            assert not asked(world, role, name, **{key: record.uid}), (key, record)


@pytest.mark.parametrize("role", UNLIKE)
@pytest.mark.parametrize("name", [name for name in VIEWS if uid_filters(name)])
def test_a_filter_by_what_all_may_see_does_not_tell_a_hidden_link_to_it(name, role, world):
    kind = model_of(name)._meta.concrete_model
    for bond in hidden_bonds(world, role):
        for one, other in ((bond.one, bond.other), (bond.other, bond.one)):
            if type(one) is not kind:
                continue
            for key, target in uid_filters(name).items():
                concrete = target._meta.concrete_model
                if type(other) is concrete or (concrete is Statement and isinstance(other, Statement)):
                    found = asked(world, role, name, **{key: other.uid}) or set()
                    assert one.uid not in found, f"{name}?{key}= tells a hidden {bond.what}"


def test_a_filter_by_a_hidden_record_answers_in_every_byte_like_one_by_a_record_that_never_was(world, asker):
    for name, key, kind in (
        ("estimates", "source", Source),
        ("sources", "publisher", Party),
        ("incidents", "facility", Facility),
    ):
        record = hidden_ones(world, "anonymous", kind)[0]
        answer, never = (
            asker("anonymous").get(f"/api/v1/{name}/", {key: uid}) for uid in (record.uid, f"{kind.uid_prefix}-00000-000000")
        )
        assert (answer.status_code, answer.content) == (never.status_code, never.content)


@pytest.mark.parametrize("role", ("anonymous", Role.RESEARCHER))
@pytest.mark.parametrize("name", VIEWS)
def test_a_guarded_column_is_no_filter_and_is_refused_like_one_that_never_was(name, role, world, asker):
    guarded = {column.name for column in VIEWS[name].shape.columns if column.guard != Sensitivity.PUBLIC}
    asked = [key for key in VIEWS[name].filterset_class.base_filters if key.split("__")[0] in guarded]
    for key in asked:
        answer, never = (asker(role).get(f"/api/v1/{name}/", {given: "1"}) for given in (key, "nevercolumn"))
        assert (answer.status_code, answer.json()["errors"][key]) == (never.status_code, never.json()["errors"]["nevercolumn"])


@pytest.mark.parametrize("role", ["anonymous"])
def test_an_order_is_by_what_everybody_sees_alone(role, world, asker):
    for name in VIEWS:
        for key in ("version", "created_by", "sensitivity", "state", "created_at", "search", "id", "pk", "date_earliest"):
            assert asker(role).get(f"/api/v1/{name}/?ordering={key}").status_code == 400


# ── what is written out by hand, because it must never break ──


def test_a_public_statement_on_a_source_that_is_not_is_invisible(world, asker):
    statements = [
        row
        for row in world.rows
        if isinstance(row, Statement)
        and (row.state, row.sensitivity) == OPEN
        and (row.source.state, row.source.sensitivity) != OPEN
    ]
    assert len(statements) >= 10
    for row in statements:
        name = next(name for name in VIEWS if model_of(name) is type(row))
        assert asker("anonymous").get(f"/api/v1/{name}/{row.uid}/").status_code == 404


def _row(asker: Any, role: str, name: str, uid: str) -> dict[str, Any]:
    return asker(role).get(f"/api/v1/{name}/{uid}/").json()


def test_an_allegation_leaves_out_the_accused_who_is_hidden(world, asker):
    accused = [row for row in world.rows if type(row).__name__ == "Accused"]
    for row in accused:
        if world.may_see(row.allegation, "anonymous"):
            told = _row(asker, "anonymous", "allegations", row.allegation.uid)["accused"]
            assert (row.party.uid in [each["uid"] for each in told]) == world.may_see(row, "anonymous")


def test_a_response_leaves_out_the_party_spoken_for_that_is_hidden(world, asker):
    responses = [row for row in world.linked if type(row).__name__ == "Response"]
    assert responses
    for row in responses:
        told = _row(asker, "anonymous", "responses", row.uid)
        assert told["spoken_for"] is told["speaker"] is told["own_number"] is told["evidence_source"] is None


def test_a_statement_leaves_out_the_one_that_it_hands_on_where_that_is_hidden(world, asker):
    for row in [row for row in world.rows if type(row).__name__ == "HandOn"]:
        for end, other, column in ((row.later, row.earlier, "passes_on"), (row.earlier, row.later, "passed_on_by")):
            if world.may_see(end, "anonymous"):
                told = [each["uid"] for each in _row(asker, "anonymous", "estimates", end.uid)[column]]
                assert (other.uid in told) == world.may_see(row, "anonymous")


def test_names_are_shown_by_their_own_level(world, asker):
    for row in [row for row in world.rows if type(row).__name__ == "VictimName"]:
        for role in ROLES:
            if world.may_see(row.victim, role):
                told = [each["text"] for each in _row(asker, role, "victims", row.victim.uid)["names"]]
                assert (row.text in told) == world.may_see(row, role), role


# ── the analysts' desk ──


DESK = [model for model, its in admin.site._registry.items() if isinstance(its, RecordAdmin)]


def desk(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


@pytest.mark.parametrize("model", DESK, ids=lambda model: model.__name__)
def test_no_list_of_the_desk_shows_an_analyst_what_is_hidden_from_her(model, world, asker):
    client = asker(Role.ANALYST)
    for query in ("", "?q=canary", "?p=2", "?all="):
        page = client.get(desk(model, "changelist") + query)
        assert page.status_code in (200, 302)
        assert world.secrets_in(page.content.decode(), Role.ANALYST) == []


@pytest.mark.parametrize("page", ["change", "history"])
@pytest.mark.parametrize("model", DESK, ids=lambda model: model.__name__)
def test_no_page_of_a_record_shows_an_analyst_what_it_is_linked_to_and_hidden_from_her(model, page, world, asker):
    """Closed, since it is published: the page that shows its links as text."""
    client, kind = asker(Role.ANALYST), (Estimate if model is Statement else model)
    records = [row for row in world.linked if type(row) is kind and world.may_see(row, Role.ANALYST)]
    ends = [end for row in world.rows if not isinstance(row, Record) and not world.may_see(row, Role.ANALYST)
            for end in (getattr(row, path) for path in row.hangs_on) if type(end) is kind and world.may_see(end, Role.ANALYST)]  # fmt: skip
    for record in [*records, *ends[:3]]:
        answer = client.get(desk(model, page, record.pk))
        assert answer.status_code == 200
        assert world.secrets_in(answer.content.decode(), Role.ANALYST) == []


@pytest.mark.parametrize("model", DESK, ids=lambda model: model.__name__)
def test_no_open_form_shows_an_analyst_what_it_is_linked_to_and_hidden_from_her(model, world, asker):
    kind = Estimate if model is Statement else model
    from django.db import transaction

    record = [row for row in world.linked if type(row) is kind][-1]
    table = record._meta.get_field("state").model
    import pgtrigger

    with transaction.atomic(), pgtrigger.ignore(f"{table._meta.label}:moves_by_decision"):
        table._base_manager.filter(pk=record.pk).update(state="draft", sensitivity="internal")
    answer = asker(Role.ANALYST).get(desk(model, "change", record.pk))
    assert answer.status_code == 200
    assert world.secrets_in(answer.content.decode(), Role.ANALYST) == []


@pytest.mark.parametrize("model", DESK, ids=lambda model: model.__name__)
def test_a_hidden_text_finds_nothing_on_the_desk(model, world, asker):
    client, kind = asker(Role.ANALYST), (Estimate if model is Statement else model)
    for token in list(_hidden_texts(world, Role.ANALYST, kind))[:4]:
        page = client.get(desk(model, "changelist"), {"q": token}).content.decode()
        found = {uid for uid in TOKEN.findall(page) if uid in world.tokens and uid != token}
        assert found == set()


def test_decisions_on_hidden_records_are_not_shown_on_the_desk(world, asker):
    """A reason may say who the witness is; and that a sealed record was decided on is itself a secret."""
    from hrdocs import review

    record = world.make(Facility, (canaries.State.DRAFT, Sensitivity.RESTRICTED))
    decision = review.submit(record, by=world.author, reason="canary99999x is the brother")
    client = asker(Role.ANALYST)
    for address in ("/admin/hrdocs/reviewdecision/", f"/admin/hrdocs/reviewdecision/{decision.pk}/change/"):
        page = client.get(address).content.decode()
        assert "canary99999x" not in page
        assert record.uid not in page


def test_the_start_of_the_desk_and_its_search_show_nothing_hidden(world, asker):
    for address in ("/admin/", "/admin/?s=canary", "/admin/search/?s=canary"):
        answer = asker(Role.ANALYST).get(address)
        assert answer.status_code in (200, 404)
        assert world.secrets_in(answer.content.decode(), Role.ANALYST) == []


@pytest.mark.parametrize("role", ["anonymous", Role.RESEARCHER, Role.ADMINISTRATOR, Role.CUSTODIAN])
def test_who_does_not_work_on_records_finds_no_secret_on_the_desk(role, world, asker):
    for model in DESK:
        answer = asker(role).get(desk(model, "changelist"))
        assert answer.status_code in (302, 403)
        assert TOKEN.findall(answer.content.decode()) == []
