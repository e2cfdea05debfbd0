"""Rows that look like records of ours: decided before they come in, remembered, found among any number."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from cases.imports import deciding, twins, undoing, uploading, working
from cases.models import Import, ImportedRow, RemarkSort, Step, TwinVerdict, Upload
from hrdocs.access import Role, Sensitivity
from hrdocs.models import Match, User
from hrdocs.refusal import Refused
from sources.models import Party, PartyName
from tests import factories
from tests.cases.brought import bring

pytestmark = pytest.mark.django_db
PARTIES = "ref,name_en\nb215,Military Intelligence Branch 215\nother,Relief Committee of Zabadani\n"
HERE = "Military Intelligence – Branch 215"


@pytest.fixture
def analyst() -> User:
    return factories.make_user(Role.ANALYST)


@pytest.fixture
def here(analyst: User) -> Party:
    return factories.make_party(analyst, name_en=HERE, name_ar="")


def looked_at(by: User, text: str = PARTIES, dataset: str = "brought") -> Upload:
    upload = uploading.take_in("parties.csv", [text.encode()], by=by, dataset=dataset)
    working.look_at(upload.pk)
    upload.refresh_from_db()
    return upload


def decided(upload: Upload, answer: str, by: User) -> Upload:
    """Answer all that is asked, and let the file be looked at anew."""
    asked = upload.remarks.filter(sort=RemarkSort.TWIN)
    assert deciding.decide(upload, {remark.pk: answer for remark in asked}, by=by) == len(asked) > 0
    working.look_at(upload.pk)
    upload.refresh_from_db()
    return upload


def come_in(upload: Upload, by: User) -> Import:
    uploading.order(upload, by=by)
    working.bring_in(upload.pk)
    upload.refresh_from_db()
    assert upload.step == Step.DONE, upload.trouble
    return upload.run


def test_a_row_that_is_a_record_here_makes_no_new_one_changes_nothing_and_is_linked_to(
    analyst: User, here: Party, tmp_path: Path
) -> None:
    upload = decided(looked_at(analyst), deciding.SAME, analyst)
    assert (upload.counts["all"]["new"], upload.counts["all"]["unchanged"]) == (1, 1)
    assert not upload.remarks.filter(sort=RemarkSort.TWIN).exists()
    come_in(upload, analyst)
    here.refresh_from_db()
    assert (Party.objects.count(), here.name_en, here.version) == (2, HERE, 1)
    names = "party,text,language\nb215,Branch 215,en\n"
    assert bring(tmp_path, analyst, sheets={"parties": PARTIES, "party_names": names}).counts["unchanged"] == 2
    assert PartyName.objects.get(text="Branch 215").party == here


def test_a_row_that_is_another_one_comes_in_and_nobody_is_asked_again(analyst: User, here: Party) -> None:
    run = come_in(decided(looked_at(analyst), deciding.OTHER, analyst), analyst)
    new = ImportedRow.objects.get(key="b215").target
    assert new != here
    assert Match.objects.get(object_id=new.pk, content_type=ContentType.objects.get_for_model(Party)).verdict == "distinct"
    undoing.undo(run, by=analyst, reason="A trial.")
    assert not Match.objects.exists() and list(Party.objects.all()) == [here]
    assert not looked_at(analyst).remarks.filter(sort=RemarkSort.TWIN).exists()


def test_undoing_an_import_leaves_the_record_that_a_row_was_said_to_be(analyst: User, here: Party) -> None:
    run = come_in(decided(looked_at(analyst), deciding.SAME, analyst), analyst)
    undoing.undo(run, by=analyst, reason="A trial.")
    assert list(Party.objects.all()) == [here]


def test_what_is_left_for_later_is_asked_again(analyst: User, here: Party) -> None:
    upload = looked_at(analyst)
    [asked] = upload.remarks.filter(sort=RemarkSort.TWIN)
    assert deciding.decide(upload, {asked.pk: deciding.LATER}, by=analyst) == 0
    assert not TwinVerdict.objects.exists()


def test_a_decision_can_be_taken_back(analyst: User, here: Party) -> None:
    upload = decided(looked_at(analyst), deciding.SAME, analyst)
    [verdict] = deciding.decided_of(upload, analyst)
    assert deciding.ask_again(upload, [verdict.pk], by=analyst) == 1
    working.look_at(upload.pk)
    assert upload.remarks.filter(sort=RemarkSort.TWIN).count() == 1


def test_a_row_is_one_record_at_most(analyst: User, here: Party) -> None:
    factories.make_party(analyst, name_en=f"{HERE} (Damascus)", name_ar="")
    upload = looked_at(analyst)
    answers = {remark.pk: deciding.SAME for remark in upload.remarks.filter(sort=RemarkSort.TWIN)}
    assert len(answers) == 2
    with pytest.raises(Refused, match="one record at most"):
        deciding.decide(upload, answers, by=analyst)
    assert not TwinVerdict.objects.exists()


def test_nobody_decides_on_another_ones_file_or_a_record_that_she_does_not_see(analyst: User, here: Party) -> None:
    upload = looked_at(analyst)
    [asked] = upload.remarks.filter(sort=RemarkSort.TWIN)
    with pytest.raises(Upload.DoesNotExist):
        deciding.decide(upload, {asked.pk: deciding.SAME}, by=factories.make_user(Role.MANAGER))
    Party.objects.filter(pk=here.pk).update(sensitivity=Sensitivity.SEALED)
    assert deciding.decide(upload, {asked.pk: deciding.SAME}, by=analyst) == 0


def test_nobody_changes_or_reads_what_was_decided_of_another_ones_data_set(analyst: User, here: Party) -> None:
    stranger = factories.make_user(Role.ANALYST)
    early = looked_at(stranger)  # before anything was decided, the name was free
    decided(looked_at(analyst), deciding.OTHER, analyst)
    [verdict], [asked] = TwinVerdict.objects.all(), early.remarks.filter(sort=RemarkSort.TWIN)
    for act in (lambda: deciding.decide(early, {asked.pk: deciding.SAME}, by=stranger),
                lambda: deciding.ask_again(early, [verdict.pk], by=stranger),
                lambda: looked_at(stranger)):  # fmt: skip
        with pytest.raises(Refused, match="was begun by"):
            act()
    assert not deciding.decided_of(early, stranger)
    working.look_at(early.pk)
    verdict.refresh_from_db()
    assert (verdict.same, verdict.by) == (False, analyst)


def test_a_decision_for_a_record_that_she_does_not_see_looks_as_if_there_were_none(analyst: User, here: Party) -> None:
    """The row is not refused, the answer not another, and the record's name and uid are nowhere."""
    colleague = factories.make_user(Role.ANALYST)
    factories.make_team(analyst, colleague)
    hidden = factories.make_party(colleague, name_en=f"{HERE} (Canary)", name_ar="")
    upload = looked_at(colleague)
    deciding.decide(upload, {upload.remarks.get(uid=hidden.uid).pk: deciding.SAME}, by=colleague)
    Party.objects.filter(pk=hidden.pk).update(sensitivity=Sensitivity.RESTRICTED)
    hers = looked_at(analyst)
    assert (hers.counts["all"]["new"], hers.counts["all"]["refused"]) == (2, 0)
    assert {remark.uid for remark in hers.remarks.filter(sort=RemarkSort.TWIN)} == {here.uid}
    assert "Canary" not in str(hers.remarks.values()) and not deciding.decided_of(hers, analyst)
    come_in(decided(hers, deciding.SAME, analyst), analyst)
    assert set(TwinVerdict.objects.values_list("object_id", "by")) == {(here.pk, analyst.pk)}


@pytest.mark.parametrize(("close", "told"), [(2_000, 1), (0, 1)])
def test_twins_are_found_among_few_rows_and_among_many(
    analyst: User, here: Party, monkeypatch: pytest.MonkeyPatch, close: int, told: int
) -> None:
    monkeypatch.setattr(twins, "CLOSE", close)
    assert [(each.row, each.uid) for each in looked_at(analyst).remarks.filter(sort=RemarkSort.TWIN)] == [(2, here.uid)] * told


def test_the_page_asks_of_each_pair_keeps_the_answers_and_looks_again(
    analyst: User, here: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, upload = Client(), looked_at(analyst)
    client.force_login(analyst)
    address = reverse("admin:cases_upload_change", args=[upload.pk])
    [asked] = upload.remarks.filter(sort=RemarkSort.TWIN)
    assert f'name="twin-{asked.pk}" value="same"' in client.get(address).content.decode()
    client.post(address, {f"twin-{asked.pk}": "same", "decide": "1"})
    working.look_at(upload.pk)
    shown = client.get(address).content.decode()
    assert "the same as" in shown and here.uid in shown and "twin-" not in shown
