"""What a form was not made for: edited in the browser, sent twice, sent from elsewhere, or asked by other questions."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from cases.models import Estimate, Facility, FacilityName, Incident
from hrdocs.access import Role
from hrdocs.admin.formsets import MOST_NEW
from hrdocs.admin.records import RecordAdmin
from hrdocs.models import ApiToken, Part, Record, User
from sources.models import Party
from tests import factories
from tests.hrdocs.forms import add_row, complaints, entries_of, fill, filled, page_of, prefix_of, signed_in

pytestmark = pytest.mark.django_db
KINDS = [model for model, its in admin.site._registry.items() if isinstance(its, RecordAdmin)]
NEVER = 10**9


def url(model: type[Model], page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


def outline(answer: Any, *keys: int) -> tuple[Any, ...]:
    """What an answer tells, but for the keys that were asked for."""
    said = [str(message) for message in answer.wsgi_request._messages]
    text = " ".join([answer.get("Location", ""), *said])
    for key in keys:
        text = text.replace(str(key), "…")
    return answer.status_code, text


# ── asked by other questions ──


@pytest.mark.parametrize("model", KINDS, ids=lambda model: model.__name__)
def test_a_list_is_ordered_by_its_own_columns_and_by_what_the_record_hangs_on_alone(model: type[Model], analyst: User) -> None:
    """An order by a link that may lead to something hidden would tell how its name begins."""
    request = RequestFactory().get("/")
    request.user = analyst
    listed = admin.site._registry[model].get_changelist_instance(request)
    orders = {str(listed.get_ordering_field(name)).lstrip("-") for name in listed.list_display}
    kinds = (Record, Part)
    links = {
        field.name for field in model._meta.get_fields() if field.is_relation and issubclass(field.related_model or str, kinds)
    }
    assert not {name for name in orders if name.split("__")[0] in links - set(model.hangs_on)}


@pytest.mark.parametrize("page", ["changelist", "add"])
@pytest.mark.parametrize("model", [Facility, Incident, User], ids=lambda model: model.__name__)
@pytest.mark.parametrize("field", ["password", "created_by", "narrative_en", "nosuch", "team__name"])
def test_no_page_is_asked_by_a_column_of_its_own(field: str, model: type[Model], page: str, people: dict[str, Any]) -> None:
    her = signed_in(people[Role.ADMINISTRATOR if model is User else Role.ANALYST])
    for more in ("", "&_popup=1"):
        assert her.get(f"{url(model, page)}?_to_field={field}{more}").status_code == 400


def test_a_popup_shows_no_more_than_the_page_itself(analyst: User) -> None:
    hidden = factories.make_facility(factories.make_user(), sensitivity="restricted")
    her = signed_in(analyst)
    answers = [her.get(page_of(Facility(pk=key)) + "?_popup=1&_to_field=uid") for key in (hidden.pk, NEVER)]
    assert answers[0].status_code == answers[1].status_code
    assert hidden.uid not in answers[0].content.decode()


@pytest.mark.parametrize("action", ["compare_two", "delete_selected", "revoke_these", "withdraw_these", "nosuch", ""])
@pytest.mark.parametrize("across", ["0", "1"])
def test_an_action_takes_hidden_records_for_records_that_never_were(action: str, across: str, analyst: User) -> None:
    shown, hidden = factories.make_facility(analyst), factories.make_facility(factories.make_user(), sensitivity="restricted")
    told = []
    for key in (hidden.pk, NEVER):
        given = {"action": action, "_selected_action": [shown.pk, key], "select_across": across, "index": "0"}
        told.append(outline(signed_in(analyst).post(url(Facility, "changelist"), given), hidden.pk, NEVER))
    assert told[0] == told[1]
    assert Facility._base_manager.filter(pk__in=[shown.pk, hidden.pk]).count() == 2


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.MANAGER])
def test_nobody_revokes_tokens_by_an_action_that_she_is_not_offered(role: str, people: dict[str, Any]) -> None:
    from hrdocs.tokens import make

    token, _ = make(people[Role.RESEARCHER], "notebook", [], 7)
    answer = signed_in(people[role]).post(
        url(ApiToken, "changelist"), {"action": "revoke_these", "_selected_action": [token.pk], "index": "0"}
    )
    assert answer.status_code == 403
    assert ApiToken.objects.get(pk=token.pk).revoked_at is None


@pytest.mark.parametrize(("page", "more"), [("change", []), ("history", []), ("compare", []), ("twin", []), ("merge", ["other"]),
                                            ("move", ["retract"]), ("together", ["submit"]), ("propose", [])])  # fmt: skip
def test_who_runs_accounts_is_shown_no_page_of_a_record_not_even_of_a_public_one(
    page: str, more: list[str], people: dict[str, Any]
) -> None:
    shown, other = (factories.make_facility(people[Role.ANALYST], name_en=name) for name in ("Branch 215", "Branch 227"))
    factories.publish(shown, by=people[Role.REVIEWER])
    factories.publish(other, by=people[Role.REVIEWER])
    address = page_of(shown, page, *[other.pk if each == "other" else each for each in more])
    answer = signed_in(people[Role.ADMINISTRATOR]).get(address)
    assert answer.status_code in (302, 403)
    assert "Branch 2" not in answer.content.decode()


@pytest.mark.parametrize("role", [Role.ANALYST, Role.REVIEWER, Role.MANAGER])
def test_colleagues_are_not_told_one_anothers_address_or_password(role: str, people: dict[str, Any]) -> None:
    her = factories.make_user(Role.CUSTODIAN, username="hadil", email="hadil@example.org", password="a long pass phrase 1")
    page = signed_in(people[role]).get(f"/admin/hrdocs/user/{her.pk}/change/").content.decode()
    assert "hadil" in page
    assert "hadil@example.org" not in page and "argon2" not in page


# ── edited in the browser ──

HIDDEN_INPUTS = [
    {"id": "1"}, {"pk": "1"}, {"statement_ptr": "1"}, {"state": "published"}, {"sensitivity": "public"}, {"audience": "0"}, {"locks": ""},
    {"team": str(NEVER)}, {"created_by": "1"}, {"version": "77"}, {"uid": "FAC-00000-000000"},
]  # fmt: skip


@pytest.mark.parametrize("given", HIDDEN_INPUTS, ids=[str(given) for given in HIDDEN_INPUTS])
def test_a_new_record_is_hers_a_draft_and_internal_whatever_is_sent(given: dict[str, str], analyst: User) -> None:
    other = factories.make_facility(factories.make_user(), name_en="Branch 215")
    answer = fill(signed_in(analyst), url(Facility, "add"), name_en="Probe", **given)
    assert answer.status_code in (200, 302)
    made = Facility.objects.filter(name_en="Probe").first()
    assert (made is None) == (answer.status_code == 200)
    if made is not None:
        assert (made.state, made.sensitivity, made.version, made.created_by, made.audience) == (
            "draft",
            "internal",
            1,
            analyst,
            2,
        )
        assert made.pk != 1 and made.uid != given.get("uid")
    other.refresh_from_db()
    assert (other.name_en, other.version) == ("Branch 215", 1)


@pytest.mark.parametrize("hidden", [False, True])
def test_a_row_below_that_belongs_to_another_record_is_not_changed_by_its_key(hidden: bool, analyst: User) -> None:
    other = factories.make_facility(factories.make_user(), sensitivity="restricted" if hidden else "internal")
    row = FacilityName.objects.create(facility=other, text="Branch 215", kind="alias")
    mine, her = factories.make_facility(analyst), signed_in(analyst)
    page = her.get(page_of(mine))
    prefix, entries = prefix_of(page, FacilityName), entries_of(page)
    add_row(entries, prefix, id=row.pk, facility=mine.pk, text="Taken", kind="alias")
    entries[f"{prefix}-INITIAL_FORMS"] = ["1"]
    assert "Branch 215" not in her.post(page_of(mine), filled(entries), follow=True).content.decode()
    assert not mine.names.exists()
    row.refresh_from_db()
    assert (row.text, row.facility_id) == ("Branch 215", other.pk)


def test_a_key_of_some_row_and_a_key_of_none_are_answered_alike(analyst: User) -> None:
    other = factories.make_facility(factories.make_user(), sensitivity="restricted")
    row = FacilityName.objects.create(facility=other, text="Branch 215", kind="alias")
    mine, her = factories.make_facility(analyst), signed_in(analyst)
    page = her.get(page_of(mine))
    prefix, told = prefix_of(page, FacilityName), []
    for key in (row.pk, NEVER):
        entries = entries_of(page)
        add_row(entries, prefix, id=key, facility=mine.pk, text="Taken", kind="alias")
        entries[f"{prefix}-INITIAL_FORMS"] = ["1"]
        answer = her.post(page_of(mine), filled(entries))
        told.append((answer.status_code, complaints(answer).replace(str(key), "KEY")))
    assert told[0] == told[1]
    assert told[0][0] == 200 and told[0][1]


@pytest.mark.parametrize("model", KINDS, ids=lambda model: model.__name__)
def test_as_many_rows_as_a_form_announces_are_not_made(model: type[Model], analyst: User) -> None:
    request = RequestFactory().post(url(model, "add"))
    request.user = analyst
    for formset, _inline in admin.site._registry[model].get_formsets_with_inlines(request):
        sent = {"x-TOTAL_FORMS": "99999", "x-INITIAL_FORMS": "99999"}
        rows = formset(sent, prefix="x", queryset=formset.model._default_manager.none())
        assert rows.total_form_count() == MOST_NEW


def test_a_form_with_99999_rows_is_refused_and_says_so(analyst: User) -> None:
    mine, her = factories.make_facility(analyst), signed_in(analyst)
    page = her.get(page_of(mine))
    prefix = prefix_of(page, FacilityName)
    answer = her.post(page_of(mine), filled(entries_of(page), **{f"{prefix}-TOTAL_FORMS": "99999"}))
    assert "At most 200 rows" in complaints(answer)


def test_a_row_below_stays_with_its_record_whatever_parent_is_sent(analyst: User) -> None:
    mine, other = factories.make_facility(analyst), factories.make_facility(analyst)
    fill(signed_in(analyst), page_of(mine), FacilityName, {"text": "Sednaya", "kind": "alias", "facility": other.pk})
    assert not FacilityName.objects.filter(facility=other).exists()


@pytest.mark.parametrize("changed", [{"INITIAL_FORMS": "99999"}, {"TOTAL_FORMS": "x"}, {"TOTAL_FORMS": "-1"}], ids=str)
def test_a_forged_number_of_rows_makes_and_takes_away_none(changed: dict[str, str], analyst: User) -> None:
    mine, her = factories.make_facility(analyst), signed_in(analyst)
    kept = FacilityName.objects.create(facility=mine, text="Sednaya", kind="alias")
    page = her.get(page_of(mine))
    prefix = prefix_of(page, FacilityName)
    answer = her.post(page_of(mine), filled(entries_of(page), **{f"{prefix}-{k}": v for k, v in changed.items()}))
    assert answer.status_code in (200, 302)
    assert list(FacilityName.objects.filter(facility=mine)) == [kept]


def test_more_than_ten_megabytes_or_ten_thousand_entries_are_refused(analyst: User) -> None:
    mine, her = factories.make_facility(analyst), signed_in(analyst)
    her.raise_request_exception = False
    for sent in ({"name_en": "x" * (10 * 1024 * 1024 + 1)}, {f"names-{n}-text": "x" for n in range(10_001)}):
        assert her.post(page_of(mine), sent).status_code == 400
    mine.refresh_from_db()
    assert mine.version == 1


# ── sent twice ──


@pytest.mark.parametrize("model", [Party, Incident], ids=lambda model: model.__name__)
def test_a_new_page_that_is_sent_twice_makes_one_record(model: type[Model], analyst: User) -> None:
    her, name = signed_in(analyst), "name_en" if model is Party else "title_en"
    entries = filled(entries_of(her.get(url(model, "add"))), **{name: "Sent twice"})
    answers = [her.post(url(model, "add"), entries) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert model.objects.filter(**{name: "Sent twice"}).count() == 1
    assert "saved already" in her.get(answers[1]["Location"]).content.decode()
    fill(her, url(model, "add"), **{name: "Sent twice"})  # opened anew, it is another one
    assert model.objects.filter(**{name: "Sent twice"}).count() == 2


def test_a_page_that_was_refused_is_sent_again_and_the_page_of_another_is_not_hers(analyst: User, reviewer: User) -> None:
    her, address = signed_in(analyst), url(Incident, "add")
    entries = filled(entries_of(her.get(address)), title_en="")
    again = her.post(address, entries)
    assert "required" in complaints(again)
    assert her.post(address, filled(entries_of(again), title_en="Probe")).status_code == 302
    signed_in(reviewer).post(address, filled(entries, title_en="Probe"))
    assert Incident.objects.filter(title_en="Probe").count() == 2


def test_the_screen_for_a_source_that_is_sent_twice_saves_it_once(analyst: User) -> None:
    her, address = signed_in(analyst), reverse("admin:cases_statement_entering")
    facility, source = factories.make_facility(analyst), factories.make_source(analyst)
    entries = filled(entries_of(her.get(address)), source=source.pk, **{
        "b1-about_facility": facility.pk, "b1-value_text": "50", "b1-counted": factories.make_term().pk, "b1-measure": "total"})  # fmt: skip
    answers = [her.post(address, entries) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Estimate.objects.filter(source=source).count() == 1


# ── sent from elsewhere ──

TAKING = ["/admin/cases/facility/add/", "/admin/unsaved/", "/admin/cases/statement/entering/", "/account/tokens/",
          "/account/sessions/end/", "/custody/key/", "/custody/ask/", "/join/", "/sign-in/", "/sign-out/", "/i18n/setlang/"]  # fmt: skip


@pytest.mark.parametrize("how", ["none", "another session's", "another site"])
@pytest.mark.parametrize("address", TAKING)
def test_what_another_site_sends_is_refused(address: str, how: str, analyst: User) -> None:
    her, other = Client(enforce_csrf_checks=True), Client()
    her.force_login(analyst)
    her.get("/join/")
    other.get("/join/")
    token = {"none": "", "another session's": other.cookies["csrftoken"].value, "another site": her.cookies["csrftoken"].value}[
        how
    ]
    headers = {"Origin": "https://elsewhere.example"} if how == "another site" else {}
    answer = her.post(address, {"csrfmiddlewaretoken": token, "name": "x", "days": "7", "name_en": "x"}, headers=headers)
    assert answer.status_code == 403
    assert not ApiToken.objects.exists() and not Facility.objects.filter(created_by=analyst).exists()
    assert "_auth_user_id" in her.session
