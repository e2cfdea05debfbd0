"""Of what is hidden from whoever imports, an import tells nothing, and nothing of it is lost by what she brings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cases.imports.outcome import Outcome
from cases.imports.standing import hidden
from cases.imports.undoing import undo
from cases.models import Estimate, Facility, FacilityName, Import, Incident, PlaceName
from hrdocs import matching
from hrdocs.access import Sensitivity
from hrdocs.audit import acting_as
from hrdocs.models import Record, User
from hrdocs.refusal import Refused
from sources.models import Party
from tests import factories
from tests.cases.brought import became, bring

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]

CANARY = "Canary"
SHEETS = {
    "parties": "ref,name_en\np,A counting office\nq,Another office\n",
    "sources": "ref,title,kind\ns,Report,report\n",
    "places": "ref,name_en\ntown,Saydnaya\n",
    "incidents": "ref,title_en,place\ni,Hangings,\n",
    "estimates": "ref,source,about_incident,value_text,counted,done_by\ne,s,i,50,persons,p\n",
}


def hide(*rows: Any) -> None:
    for row in rows:  # a restricted part is open to whoever entered its record
        level = Sensitivity.RESTRICTED if isinstance(row, Record) else Sensitivity.SEALED
        type(row).objects.filter(pk=row.pk).update(sensitivity=level)


def silent_on(told: Any, *hidden: Any) -> bool:
    """Whether nothing that was told holds a name, a uid or a key of what is hidden."""
    said = str(told)
    return CANARY not in said and not any(getattr(row, "uid", CANARY) in said for row in hidden)


@pytest.fixture
def colleague(analyst: User) -> User:
    colleague = factories.make_user()
    factories.make_team(analyst, colleague)
    return colleague


@pytest.fixture
def linked(tmp_path: Path, analyst: User, colleague: User) -> tuple[Any, Any]:
    """A place and a party that only a colleague sees; what was imported leads to them now."""
    factories.make_term()
    bring(tmp_path, analyst, sheets=SHEETS)
    place, party = factories.make_place(colleague, name_en=CANARY), factories.make_party(colleague, name_en=CANARY)
    incident, estimate = became("incidents")["i"], became("estimates")["e"]
    with acting_as(colleague, "What was learned since."):
        incident.place = place
        incident.save_by(colleague)
        estimate.done_by.add(party)
    hide(place, party)
    return place, party


def held() -> tuple[Any, set[Any]]:
    return Incident.objects.get().place, set(Estimate.objects.get().done_by.all())


def again(folder: Path, by: User, given: dict[str, Any] | None = None, **changed: str) -> Outcome:
    return bring(folder, by, sheets={**SHEETS, **changed}, **(given or {}))


def test_what_is_left_empty_over_a_hidden_link_is_unchanged(tmp_path: Path, analyst: User, linked: Any) -> None:
    before = held()
    told = again(tmp_path, analyst)
    assert told.counts["unchanged"] == told.read == 6 and told.differences == [] and silent_on(told, *linked)
    assert held() == before


def test_a_plan_names_no_hidden_link_and_a_row_that_changes_another_column_keeps_it(
    tmp_path: Path, analyst: User, linked: Any
) -> None:
    place, party = linked
    changed = {"incidents": SHEETS["incidents"].replace("Hangings", "Executions"),
               "estimates": SHEETS["estimates"].replace(",p\n", ",q\n")}  # fmt: skip
    told = again(tmp_path, analyst, **changed)
    p, q = (became("parties")[ref] for ref in "pq")
    assert {(each.column, each.old, each.new) for each in told.differences} == {
        ("title_en", "Hangings", "Executions"), ("done_by", p.uid, q.uid)}  # fmt: skip
    assert silent_on(told, *linked)
    assert held() == (place, {party, q})
    undo(Import.objects.first(), by=analyst, reason="A trial.")
    assert held() == (place, {party, p})


def test_what_she_writes_takes_the_place_of_a_link_that_looked_like_none(tmp_path: Path, analyst: User, linked: Any) -> None:
    told = again(tmp_path, analyst, incidents="ref,title_en,place\ni,Hangings,town\n")
    [difference] = told.differences
    assert (difference.old, difference.new) == ("", became("places")["town"].uid) and silent_on(told, *linked)
    assert held()[0] == became("places")["town"]


def test_whoever_sees_a_link_is_told_of_it_and_takes_it_out(tmp_path: Path, colleague: User, linked: Any) -> None:
    place, party = linked
    told = again(tmp_path, colleague)
    assert {each.old for each in told.differences if each.column == "place"} == {place.uid}
    assert held() == (None, {Party.objects.get(name_en="A counting office")})


# ── undoing ──


def led_to(by: User) -> list[Any]:
    return [Incident(title_en=CANARY, place=became("places")["town"]).save_by(by)]


def named(by: User) -> list[Any]:
    return [PlaceName.objects.create(place=became("places")["town"], text=CANARY)]


def told(by: User) -> list[Any]:
    return [factories.make_estimate(by, about_incident=became("incidents")["i"], value_text=CANARY)]


def listed(by: User) -> list[Any]:
    estimate = factories.make_estimate(by, value_text=CANARY)
    estimate.done_by.add(became("parties")["p"])
    return [estimate]


def judged(by: User) -> list[Any]:
    twin = factories.make_incident(by, title_en=CANARY)
    matching.judge(became("incidents")["i"], twin, "distinct", by=by, reason=f"{CANARY}: another year.")
    return [twin]


def kept_closer(by: User) -> list[Any]:
    incident = became("incidents")["i"]
    Incident.objects.filter(pk=incident.pk).update(title_en=CANARY, created_by=by)
    return [incident]


@pytest.mark.parametrize("build", [led_to, named, told, listed, judged, kept_closer])
def test_whatever_hidden_stands_on_an_import_it_is_not_undone_and_the_answer_is_the_same_to_the_letter(
    build: Callable[[User], list[Any]], tmp_path: Path, analyst: User, colleague: User
) -> None:
    factories.make_term()
    bring(tmp_path, analyst, sheets=SHEETS)
    found = build(colleague)
    hide(*found)
    assert not any(type(each)._default_manager.visible_to(analyst).filter(pk=each.pk).exists() for each in found)
    with pytest.raises(Refused) as refused:
        undo(Import.objects.get(), by=analyst, reason="The wrong file.")
    assert refused.value.args == (hidden(),) and silent_on(refused.value, *found)
    assert Import.objects.get().undone_at is None and Incident.objects.filter(pk=became("incidents")["i"].pk).exists()


def test_a_part_that_somebody_took_out_after_the_import_stands_in_the_way(tmp_path: Path, analyst: User) -> None:
    bring(tmp_path, analyst, sheets={"facilities": "ref,name_en\nf,Prison\n", "facility_names": "facility,text\nf,Sednaya\n"})
    with acting_as(analyst, "It was another one's."):
        FacilityName.objects.get().delete()
    with pytest.raises(Refused, match="was taken out after the import"):
        undo(Import.objects.get(), by=analyst, reason="The wrong file.")
    assert Facility.objects.exists()
