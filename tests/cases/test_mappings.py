"""Published data sets, read by the mappings that come with the program. The days here are made up."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from cases.figures import matter_of
from cases.imports.mappings import read_mapped
from cases.imports.outcome import Outcome, Problem
from cases.imports.write import import_records
from cases.matter import FindingKind
from cases.models import Estimate, HandOn, Place
from cases.reconciliation import findings
from hrdocs.models import User


@pytest.fixture
def vocabularies(db: None) -> None:
    call_command("load_vocabularies", verbosity=0)


DAYS = [
    {"report_date": "2031-03-01", "report_source": "mohtel", "report_period": 24, "killed": 7, "killed_cum": 107,
     "ext_killed": 7, "ext_killed_cum": 107},
    {"report_date": "2031-03-02", "report_source": "missing", "report_period": 0, "ext_killed": 3, "ext_killed_cum": 107},
    {"report_date": "2031-03-04", "report_source": "gmotel", "report_period": 48, "killed": 12, "killed_cum": 131,
     "killed_children_cum": 0, "ext_killed": 12, "ext_killed_cum": 131},
    {"report_date": "2031-03-05", "report_source": "mohtel", "report_period": 24, "killed": 5, "killed_cum": 131,
     "ext_killed_cum": 136},
]  # fmt: skip


def read(tmp_path: Path, days: Any = DAYS) -> dict[str, list[dict[str, str]]]:
    path = tmp_path / "casualties_daily.json"
    path.write_text(json.dumps(days))
    sheets, _ = read_mapped(path, "casualties-daily")
    return {sheet.name: [row.cells for row in sheet.rows] for sheet in sheets}


def test_what_a_report_said_and_what_was_filled_in_are_statements_of_two_sources(tmp_path: Path) -> None:
    told = {row["ref"]: row for row in read(tmp_path)["estimates"]}
    reported, filled = told["2031-03-01 killed_cum"], told["2031-03-01 ext_killed_cum"]
    assert (reported["source"], reported["read_as"]) == ("gaza-moh-daily", "as_quoted")
    assert (filled["source"], filled["certainty"]) == ("tfp-casualties-daily", "estimate")


def test_an_extrapolated_number_hands_on_the_report_of_its_day_or_by_our_inference_the_last_one(tmp_path: Path) -> None:
    hops = {row["later"]: (row["earlier"], row["stated"]) for row in read(tmp_path)["hand_ons"]}
    assert hops["2031-03-01 ext_killed"] == ("2031-03-01 killed", "yes")
    assert hops["2031-03-02 ext_killed_cum"] == ("2031-03-01 killed_cum", "no")
    assert "2031-03-02 ext_killed" not in hops  # three dead of a day without a report are nobody's but the project's
    assert "2031-03-05 ext_killed_cum" not in hops


def test_a_daily_number_covers_the_hours_since_the_report_before(tmp_path: Path) -> None:
    told = {row["ref"]: row for row in read(tmp_path)["estimates"]}
    assert told["2031-03-04 killed"]["period"] == "2031-03-03/2031-03-04"
    assert told["2031-03-05 killed"]["period"] == "2031-03-05"
    assert told["2031-03-04 killed_cum"]["as_of"] == "2031-03-04"


def test_zero_is_a_number_and_an_absent_column_is_none(tmp_path: Path) -> None:
    children = [row["best"] for row in read(tmp_path)["estimates"] if row["ref"].endswith("killed_children_cum")]
    assert children == ["0"]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([{**DAYS[0], "wounded_cats": 3}], "day 1: nothing is known of “wounded_cats”"),
        ([DAYS[0], {**DAYS[1], "report_source": "rumour"}], "day 2, report_source: “rumour” is not one of"),
        ([{"report_date": "31/02/2031"}], "not the daily figures"),
        ({"report_date": "2031-03-01"}, "not the daily figures"),
    ],
)
def test_what_the_mapping_does_not_know_is_refused_by_day_and_name(days: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=words):
        read(tmp_path, days)


def test_an_unknown_mapping_is_answered_with_those_that_there_are(db: None, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Mappings are casualties-daily"):
        read_mapped(tmp_path, "casualties")


@pytest.mark.usefixtures("vocabularies")
def test_the_figures_come_in_twice_as_the_same_and_the_step_that_is_wrong_is_found(tmp_path: Path, analyst: User) -> None:
    path = tmp_path / "casualties_daily.json"
    path.write_text(json.dumps(DAYS))

    def bring() -> Outcome:
        return import_records(path, by=analyst, mapping="casualties-daily")

    assert bring().errors == []
    again = bring()
    assert again.counts["unchanged"] == again.read
    came = Estimate.objects.filter(about_place__name_en="Gaza Strip")
    assert came.count() == 14
    assert HandOn.objects.filter(stated=False, later__in=came).count() == 1
    assert _steps(analyst) == {"107 − 107 = 0, not 3", "131 − 107 = 24, not 12"}  # both within the extrapolated columns
    path.write_text(json.dumps([*DAYS, {**DAYS[3], "report_date": "2031-03-06", "killed_cum": 138}]))
    bring()
    assert "138 − 131 = 7, not 5" in _steps(analyst)


def _steps(user: User) -> set[str]:
    matter = matter_of(Place.objects.get(name_en="Gaza Strip"), user)
    return {found.arithmetic for found in findings(matter) if found.kind is FindingKind.STEP}


@pytest.mark.usefixtures("vocabularies")
def test_the_published_file_is_read_to_its_last_day(analyst: User, tmp_path: Path) -> None:
    folder = os.environ.get("HRDOCS_TRIAL_DATA", "")
    path = Path(folder) / "gaza" / "casualties_daily.json"
    if not folder or not path.exists():
        pytest.skip("HRDOCS_TRIAL_DATA names no folder with gaza/casualties_daily.json")
    sheets, _ = read_mapped(path, "casualties-daily")
    rows = {sheet.name: sheet.rows for sheet in sheets}
    days = json.loads(path.read_text())
    given = sum(len(day.keys() - {"report_date", "report_source", "report_period"}) for day in days)
    left_out = sum(name in day for day in days for name in ("killed_truce_new", "killed_committee"))
    repeated = sum(
        day["report_source"] == "missing" and day[name] == day.get(f"ext_{name}")
        for day in days
        for name in day
        if "ext_" not in name
    )
    assert len(rows["estimates"]) == given - left_out - repeated
    first = tmp_path / "casualties_daily.json"
    first.write_text(json.dumps(days[:20]))
    assert import_records(first, by=analyst, mapping="casualties-daily").errors == []
    came = Estimate.objects.filter(about_place__name_en="Gaza Strip")
    assert set(came.values_list("source__kind", flat=True)) == {"post", "dataset"}
