"""Releases of a data set: what came, what changed, and what its source withdrew, which stays here."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cases.imports.outcome import Outcome, Problem
from cases.imports.terms import terms_of
from cases.imports.undoing import undo
from cases.models import DataSet, Facility, Import, ImportedChange, ImportedRow, Incident, Victim
from hrdocs import releases, review
from hrdocs.access import Sensitivity
from hrdocs.models import Manifest, User
from hrdocs.releasing import store
from tests import factories
from tests.cases.brought import DATASET, became, bring

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]

FIRST = "ref,label_en\n1,Aya\n2,Basem\n3,Celine\n4,Dina\n"
SECOND = "ref,label_en\n1,Aya\n2,Bassem\n5,Elias\n"
THIRD = "ref,label_en\n1,Aya\n2,Bassem\n3,Celine\n5,Elias\n"


@pytest.fixture
def release(tmp_path: Path, analyst: User) -> Any:
    def release(name: str, text: str, **given: Any) -> Outcome:
        return bring(tmp_path, analyst, sheets={"victims": text}, release=name, **given)

    return release


def gone() -> dict[str, str]:
    """The rows that their source withdrew, and in which release."""
    rows = ImportedRow.objects.filter(dataset=DATASET).exclude(withdrawn_in=None)
    return dict(rows.values_list("key", "withdrawn_in__release"))


def test_the_next_release_tells_what_is_new_changed_and_withdrawn_and_deletes_nothing(release: Any) -> None:
    release("2031-01", FIRST)
    second = release("2031-02", SECOND)
    assert second.account() == "3 read = 1 new + 1 changed + 1 unchanged + 0 flagged + 0 refused"
    assert [(each.key, each.row, each.uid) for each in second.withdrawn] == [
        (key, row, became("victims")[key].uid) for key, row in (("3", 4), ("4", 5))]  # fmt: skip
    assert gone() == {"3": "2031-02", "4": "2031-02"} and Victim.objects.count() == 5
    assert Import.objects.first().counts["withdrawn"] == 2
    assert release("2031-02", SECOND).withdrawn == []  # a second time nothing more


def test_a_release_tells_and_notes_nothing_of_records_that_are_hidden_from_who_brings_it(
    release: Any, tmp_path: Path, analyst: User
) -> None:
    release("2031-01", FIRST)
    Victim.objects.filter(label_en__in=["Celine", "Dina"]).update(sensitivity=Sensitivity.RESTRICTED)
    colleague = factories.make_user()
    factories.make_team(analyst, colleague)
    outcome = bring(tmp_path, colleague, sheets={"victims": "ref,label_en\n9,Zeinab\n"}, release="2031-02")
    assert {each.key for each in outcome.withdrawn} == {"1", "2"} == set(gone())


@pytest.mark.parametrize(("who", "may"), [("analyst", False), ("reviewer", False), ("manager", True), ("of her team", True)])
def test_what_comes_next_of_a_data_set_brings_whoever_began_it_her_team_or_a_manager(
    who: str, may: bool, release: Any, tmp_path: Path, analyst: User
) -> None:
    release("2031-01", FIRST)
    other = factories.make_user("analyst" if who == "of her team" else who)
    if who == "of her team":
        factories.make_team(analyst, other)
    given = {"sheets": {"victims": "ref,label_en\n9,Zeinab\n"}, "release": "2031-02"}
    if may:
        assert len(bring(tmp_path, other, **given).withdrawn) == 4
        return
    for dry_run in (True, False):
        with pytest.raises(Problem, match=f"“{DATASET}” was begun by {analyst}. Give yours another name, or ask a manager"):
            bring(tmp_path, other, dry_run=dry_run, **given)
    assert gone() == {} and Victim.objects.count() == 4
    assert bring(tmp_path, other, dataset="another", **given).counts["new"] == 1


def test_of_a_data_set_of_which_nothing_stands_any_more_anybody_takes_the_name(
    release: Any, tmp_path: Path, analyst: User
) -> None:
    release("2031-01", FIRST)
    undo(Import.objects.get(), by=analyst, reason="The wrong name.")
    assert bring(tmp_path, factories.make_user(), sheets={"victims": FIRST}).counts["new"] == 4


def test_a_plan_tells_what_would_be_withdrawn_and_notes_nothing(release: Any) -> None:
    release("2031-01", FIRST)
    assert [each.key for each in release("2031-02", SECOND, dry_run=True).withdrawn] == ["3", "4"]
    assert gone() == {}


def test_what_the_earlier_release_said_is_kept_beside_what_the_later_one_says(release: Any) -> None:
    release("2031-01", FIRST)
    release("2031-02", SECOND)
    [change] = ImportedChange.objects.all()
    assert (change.raw["label_en"], change.said_in.release, change.run.release) == ("Basem", "2031-01", "2031-02")
    assert ImportedRow.objects.get(key="2").raw["label_en"] == "Bassem"


def test_a_row_that_comes_again_is_withdrawn_no_more_and_that_it_was_is_kept(release: Any) -> None:
    for name, text in (("2031-01", FIRST), ("2031-02", SECOND), ("2031-03", THIRD)):
        release(name, text)
    assert gone() == {"4": "2031-02"}
    change = ImportedChange.objects.get(key="3")
    assert (change.withdrawn_in.release, change.run.release, change.before) == ("2031-02", "2031-03", {})
    assert became("victims")["3"].version == 1


def test_undoing_a_release_leaves_withdrawn_what_was_withdrawn_before_it_and_no_more(release: Any, analyst: User) -> None:
    release("2031-01", FIRST)
    release("2031-02", SECOND)
    release("2031-03", THIRD)
    third, second, _first = Import.objects.filter(by=analyst)
    undo(third, by=analyst, reason="Not yet out.")
    assert gone() == {"3": "2031-02", "4": "2031-02"}
    undo(second, by=analyst, reason="Not yet out.")
    assert gone() == {} and set(became("victims")) == {"1", "2", "3", "4"}
    assert became("victims")["2"].label_en == "Basem"


def test_a_file_that_is_no_whole_release_withdraws_nothing(release: Any, tmp_path: Path, analyst: User) -> None:
    release("2031-01", FIRST)
    assert bring(tmp_path, analyst, sheets={"victims": SECOND}).withdrawn == []
    assert gone() == {}


def test_rows_that_are_flagged_or_refused_are_in_the_file_and_not_withdrawn(release: Any, analyst: User) -> None:
    release("2031-01", FIRST)
    review.submit(became("victims")["1"], by=analyst)
    told = release(
        "2031-02", FIRST.replace("Aya", "Aia").replace("4,Dina", "4," + "x" * 400).replace("2,Basem\n", ""), valid_rows=True
    )
    assert told.counts["flagged"] == 1 and told.counts["refused"] == 1
    assert gone() == {"2": "2031-02"}


def test_sheets_that_a_release_does_not_have_stay_as_they_are(release: Any, tmp_path: Path, analyst: User) -> None:
    bring(tmp_path, analyst, sheets={"victims": FIRST, "parties": "ref,name_en\np,A party\n"}, release="2031-01")
    release("2031-02", FIRST)
    assert gone() == {}


def test_a_data_set_is_known_from_its_first_import_on(release: Any) -> None:
    release("2031-01", FIRST)
    release("2031-02", SECOND)
    assert DataSet.objects.get(name=DATASET).licence == ""


def test_the_pages_of_a_record_say_that_its_source_withdrew_it(tmp_path: Path, analyst: User, reviewer: User) -> None:
    for name, text in (("2031-01", "ref,name_en\nprison,A prison\n"), ("2031-02", "ref,name_en\nother,Another\n")):
        bring(tmp_path, analyst, sheets={"facilities": text}, release=name)
    prison, client = became("facilities")["prison"], Client()
    factories.publish(prison, by=reviewer)
    words = "no longer has it in its release 2031-02"
    assert words not in client.get(f"/facilities/{prison.uid}/").content.decode()  # how we call our own lists is not told
    DataSet.objects.filter(name=DATASET).update(title="Prisons of the world", licence="ODbL")
    assert f"“Prisons of the world” {words}" in client.get(f"/facilities/{prison.uid}/").content.decode()
    client.force_login(analyst)
    assert words in client.get(reverse("admin:cases_facility_change", args=[prison.pk])).content.decode()


def test_a_record_leaves_with_the_releases_in_which_its_source_withdrew_it_for_who_works_here(
    release: Any, analyst: User, reviewer: User
) -> None:
    release("2031-01", FIRST)
    release("2031-02", SECOND)
    client, outside = Client(), Client()
    client.force_login(analyst)
    factories.publish(became("victims")["3"], by=reviewer)
    rows = {row["label_en"]: row for row in client.get("/api/v1/victims/").json()["results"]}
    mark = [{"data_set": DATASET, "release": "2031-02"}]
    assert {name: row["withdrawn_by_source"] for name, row in rows.items()} == {
        "Aya": [], "Bassem": [], "Celine": mark, "Dina": mark, "Elias": []}  # fmt: skip
    sheet = b"".join(client.get("/api/v1/victims/?format=csv").streaming_content).decode("utf-8-sig")
    told = {row["label_en"]: row["withdrawn_by_source"] for row in csv.DictReader(io.StringIO(sheet))}
    assert told["Dina"] == f"{DATASET} 2031-02" and told["Aya"] == ""
    [shown] = outside.get("/api/v1/victims/").json()["results"]
    assert shown["label_en"] == "Celine" and "withdrawn_by_source" not in shown


def test_licence_and_naming_are_printed_in_every_file_that_holds_rows_of_the_data_set(
    tmp_path: Path, analyst: User, reviewer: User, settings: Any
) -> None:
    bring(tmp_path, analyst, sheets={"facilities": "ref,name_en\nprison,A prison\n", "incidents": "ref,title_en\ni1,x\n"})
    DataSet.objects.filter(name=DATASET).update(title="Prisons of the world", licence="ODbL", attribution="© The Prison Project")
    line = "Prisons of the world: ODbL: © The Prison Project"
    factories.publish(became("facilities")["prison"], by=reviewer)
    other = factories.make_incident(analyst)
    factories.publish(other, by=reviewer)
    prisons, incidents = (terms_of(model.objects.visible_to(AnonymousUser())) for model in (Facility, Incident))
    assert (prisons, incidents) == ([line], [])  # the incident of the data set is a draft, and nobody outside is told of it
    answer = Client().get("/api/v1/facilities/?format=xlsx")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert line in {row[1].value for row in book["About"].iter_rows()}
    assert line in Manifest.objects.latest("taken_at").licences
    settings.RELEASES_ROOT = str(tmp_path / "releases")
    made = releases.make(by=factories.make_user("manager"), audience=Sensitivity.PUBLIC, asked={"facilities": ""}, title="x",
                         description="x", licence="CC-BY-4.0", caveats="x")  # fmt: skip
    with zipfile.ZipFile(store.place_of(made.sha256)) as archive:
        assert f"- {line}" in archive.read("README.md").decode()
