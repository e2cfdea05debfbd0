"""An import is reviewed as one batch, and undone as one batch while nobody has built on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from cases.imports import reviewing
from cases.imports.outcome import Outcome
from cases.imports.undoing import undo
from cases.models import Estimate, Facility, FacilityName, Import, ImportedChange, ImportedRow, Incident, Place, Statement
from hrdocs import matching, review, together
from hrdocs.access import Sensitivity, State
from hrdocs.audit import acting_as, history_of
from hrdocs.models import Comment, User, on
from hrdocs.refusal import Refused
from sources.models import Party, Source
from tests import factories
from tests.cases.brought import became, bring

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]

SHEETS = {
    "sources": "ref,title,kind,published\nS1,Human slaughterhouse,report,2017-02-07\n",
    "places": "ref,name_en\ntown,Saydnaya\n",
    "facilities": "ref,name_en,place,parent\nprison,Prison,town,\nred,Red building,town,prison\n",
    "facility_names": "facility,text\nprison,Sednaya\n",
    "incidents": "ref,title_en,place,violations,date\ni1,Hangings,town,killed; hanged,2011-09/2015-12\n",
    "estimates": "ref,source,about_facility,value_text,upper,counted\ne1,S1,prison,13000,13000,persons\n",
}
TABLES = (Source, Place, Facility, FacilityName, Incident, Statement, Estimate, ImportedRow, Incident.violations.through)


@pytest.fixture
def run(tmp_path: Path, analyst: User) -> Callable[..., Outcome]:
    factories.make_term()
    for code in ("killed", "hanged"):
        factories.make_term("act", code)
    return lambda by=analyst, **changed: bring(tmp_path, by, sheets={**SHEETS, **changed})


def content() -> dict[Any, list[Any]]:
    """All that the tables hold, but who edited when, which version it is, and the numbers of mere links."""
    unsaid = ("edited_by_id", "edited_at", "version", "last_import_id", "search", "words")
    found = {}
    for table in TABLES:
        kept = [
            f.attname for f in table._meta.concrete_fields if f.attname not in unsaid and (f.name != "id" or table in TABLES[:-1])
        ]
        found[table] = sorted(map(str, table.objects.values_list(*kept)))
    return found


def refused(made: Import, by: User) -> str:
    with pytest.raises(Refused) as refusal:
        undo(made, by=by, reason="Wrong file.")
    made.refresh_from_db()
    assert made.undone_at is None
    return str(refusal.value)


def test_an_import_is_undone_as_if_it_had_never_been_and_that_is_recorded(run: Any, analyst: User) -> None:
    before = content()
    run()
    made, facility = Import.objects.get(), became("facilities")["red"]
    undo(made, by=analyst, reason="The wrong file.")
    assert content() == before
    made.refresh_from_db()
    assert (made.undone_by, made.undone_reason) == (analyst, "The wrong file.") and made.undone_at
    told = history_of(Facility, facility.pk)
    assert [event.pgh_label for event in told] == ["insert", "delete"]
    assert told[1].pgh_context.metadata == {"user": analyst.pk, "reason": "Undoing the import of brought: The wrong file."}


def test_it_can_come_in_again_afterwards(run: Any, analyst: User) -> None:
    run()
    undo(Import.objects.get(), by=analyst, reason="Trial.")
    assert run().counts["new"] == 7


CHANGED = {
    "facilities": "ref,name_en,place,parent\nprison,Sednaya Prison,,\nred,Red building,town,\nwhite,White,town,prison\n",
    "incidents": "ref,title_en,place,violations,date\ni1,Hangings,,hanged,2012\n",
    "estimates": "ref,source,about_facility,value_text,upper,counted\ne1,S1,red,13000,13000.5,persons\n",
}


def test_what_it_changed_goes_back_to_what_it_held_and_what_stood_before_stays(run: Any, analyst: User) -> None:
    run()
    before = content()
    assert run(**CHANGED).account() == "8 read = 1 new + 4 changed + 3 unchanged + 0 flagged + 0 refused"
    assert content() != before
    undo(Import.objects.first(), by=analyst, reason="Too early.")
    assert content() == before
    assert became("incidents")["i1"].version == 3  # a change, and a change back: nothing is forgotten
    assert run().counts["unchanged"] == 7
    assert run(**CHANGED).counts["changed"] == 4


def test_the_later_import_is_undone_before_the_earlier(run: Any, analyst: User) -> None:
    run()
    run(**CHANGED)
    later, earlier = Import.objects.all()
    assert "A later import stands on it" in refused(earlier, analyst)
    undo(later, by=analyst, reason="Both.")
    undo(earlier, by=analyst, reason="Both.")
    assert Facility.objects.count() == 0
    assert "undone already" in str(pytest.raises(Refused, undo, earlier, by=analyst, reason="Again.").value)


def edited(by: User) -> None:
    facility = became("facilities")["prison"]
    facility.name_en = "Another name"
    with acting_as(by, "Another source."):
        facility.save_by(by)


def handed_in(by: User) -> None:
    review.submit(became("sources")["S1"], by=by)


def reopened(by: User) -> None:
    source = became("sources")["S1"]
    review.submit(source, by=by)
    review.reopen(source, by=by)


def led_to(by: User) -> None:
    Incident(title_en="A later one", place=became("places")["town"]).save_by(by)


def named(by: User) -> None:
    FacilityName.objects.create(facility=became("facilities")["red"], text="Al-Ahmar")


def told(by: User) -> None:
    factories.make_estimate(by, about_incident=became("incidents")["i1"])


def commented(by: User) -> None:
    Comment.objects.create(**on(became("incidents")["i1"]), text="Which year?", by=by)


def judged(by: User) -> None:
    twin = Incident(title_en="Hangings").save_by(by)
    matching.judge(became("incidents")["i1"], twin, "distinct", by=by, reason="Another year.")


@pytest.mark.parametrize(("build", "sheet", "ref", "words"), [
    (edited, "facilities", "prison", "was changed by"), (handed_in, "sources", "S1", "was handed in: it is In review now"),
    (reopened, "sources", "S1", "was changed by"), (led_to, "places", "town", "leads to"),
    (named, "facilities", "red", "leads to"), (told, "incidents", "i1", "leads to"),
    (commented, "incidents", "i1", "There is work on"), (judged, "incidents", "i1", "There is work on"),
])  # fmt: skip
def test_an_import_on_which_somebody_built_is_not_undone_and_what_stands_on_it_is_named(
    build: Callable[[User], None], sheet: str, ref: str, words: str, run: Any, analyst: User
) -> None:
    run()
    build(analyst)
    before, uid = content(), became(sheet)[ref].uid
    said = refused(Import.objects.get(), analyst)
    assert words in said and uid in said
    assert content() == before


def test_a_changed_record_that_was_edited_since_is_not_put_back(run: Any, analyst: User) -> None:
    run()
    run(**CHANGED)
    edited(analyst)
    assert became("facilities")["prison"].uid in refused(Import.objects.first(), analyst)


def test_who_imported_undoes_or_a_manager_and_says_why(run: Any, analyst: User) -> None:
    run()
    made = Import.objects.get()
    assert "or a manager" in refused(made, factories.make_user())
    with pytest.raises(Refused, match="Say why"):
        undo(made, by=analyst, reason=" ")
    undo(made, by=factories.make_user("manager"), reason="She left.")
    assert Facility.objects.count() == 0


def test_an_import_of_which_nobody_kept_what_it_made_is_not_undone(analyst: User) -> None:
    old = Import.objects.create(dataset="old", by=analyst)
    assert "one by one" in refused(old, analyst)


def test_every_kind_of_sheet_has_a_history_that_undoing_can_ask() -> None:
    from cases.imports.kinds import SHEETS as KINDS

    for label in KINDS.values():
        assert apps.get_model(f"{label}Event")


# ── one batch in review ──


def test_an_import_is_handed_in_approved_and_published_as_one_batch(run: Any, analyst: User, reviewer: User) -> None:
    run()
    made = Import.objects.get()
    for facility in Facility.objects.all():
        assert facility.state == State.DRAFT
    assert reviewing.move(made, "submit", by=analyst, reason="All of the sheet.") == (6, {})
    assert reviewing.move(made, "approve", by=analyst)[0] == 0  # nobody approves her own
    assert reviewing.move(made, "approve", by=reviewer) == (6, {})
    moved, in_the_way = reviewing.move(made, "publish", by=reviewer, level=Sensitivity.PUBLIC)
    assert moved == 0 and became("incidents")["i1"].uid in in_the_way  # which does not say how much of it is shown
    assert {each.state for each in (*Facility.objects.all(), *Incident.objects.all())} == {State.APPROVED}


def test_a_batch_that_is_too_large_for_one_step_is_moved_in_several(
    run: Any, analyst: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    monkeypatch.setattr(together, "MOST", 4)
    assert [reviewing.move(Import.objects.get(), "submit", by=analyst)[0] for _step in range(3)] == [4, 2, 0]


def test_nobody_moves_what_she_can_not_see(run: Any, analyst: User) -> None:
    run(places="ref,name_en,sensitivity\ntown,Saydnaya,restricted\n")
    colleague = factories.make_user("manager")
    assert became("places")["town"] not in reviewing.waiting(Import.objects.get(), "submit", colleague)
    assert Party.objects.count() == 0
    assert ImportedChange.objects.count() == 0
