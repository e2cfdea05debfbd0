"""Published data sets by the mappings that come with the program. The rows here are made up; the real files are tried where
they are, and every row of them is accounted for."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from cases.imports.mappings import read_mapped
from cases.imports.mappings.cells import flagged
from cases.imports.mappings.ready import ODD, READY, ready_spec
from cases.imports.mappings.splitters import ged_articles
from cases.imports.outcome import Outcome
from cases.imports.reading import read
from cases.imports.reading.content import opened
from cases.imports.tables import Sheet
from cases.imports.write import import_records
from cases.models import (
    Allegation,
    Citation,
    Estimate,
    Facility,
    Harm,
    Incident,
    Operation,
    Victim,
    VictimName,
)
from hrdocs.folding import search_key, skeleton
from hrdocs.models import User
from sources.models import Party, Source

PRISONS = (
    "prison_id,name_latest,names_earlier,active_at_first_load,types,categories,operators,name_welsh\n"
    "XAI,Northgate (HMP & YOI),Northgate (HMP) | NORTHGATE (HMP & YOI),true,HMP;YOI,B,Serco,Carchar y Gogledd\n"
    "XBI,Oldmoor (HMP),,false,,,PSP,\n"
)
APRIL = "id,name,en_name,age,sex\nP1,علي حسن,Ali Hasan,3,m\nP2,منى سعيد,Muna Saeed,-1,f\nطفل رضيع66,طفل رضيع,?,0,m\n"
SEPTEMBER = (
    "id,name,en_name,age,birth_year,sex,source\nP1,على حسن,Ali Hassan,4,2020,m,h\nP9,هدى عمر,Huda Omar,102,1922,f,c\n"
    "طفل رضيع66,طفل رضيع,?,0,2024,m,h\n"
)
GED = (
    "id,year,month,day,country,type_of_violence,conflict_name,side_a,side_b,latitude,longitude,low_death,best_death,high_death\n"
    "1,2017,7,31,Syria,State-based violence,Syria: Government,Government of Syria,IS,33.513365,36.291575,6,6,6\n"
    "2,1989,1,3,Syria,One-sided violence,IS - Civilians,IS,Civilians,36.201241,37.161173,136,136,135\n"
    "3,1989,1,3,Syria,Non-state violence,A - B,A,B,0,0,0,0,12\n"
)
GED_FULL_HEADER = (
    "id,year,active_year,type_of_violence,conflict_new_id,conflict_name,dyad_new_id,dyad_name,side_a_new_id,side_a,side_b_new_id,gwnob,"
    "side_b,number_of_sources,source_article,source_office,source_date,source_headline,source_original,where_prec,where_coordinates,"
    "adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,date_prec,date_start,date_end,"
    "deaths_a,deaths_b,deaths_civilians,deaths_unknown,low,best,high"
)
ARTICLES = '"SOHR,2016-03-05,135, including civilians, were killed";"Airwars,2016-30-05,A strike &amp; its dead"'


def ged_full(tmp_path: Path) -> Path:
    row = dict.fromkeys(GED_FULL_HEADER.split(","), "1") | {
        "id": "77", "dyad_name": "X - IS", "side_a": "X", "side_b": "IS", "source_article": ARTICLES, "where_coordinates": "Aleppo town",
        "latitude": "36.201241", "longitude": "37.161173", "country": "Syria", "event_clarity": "2", "date_prec": "2",
        "date_start": "2016-03-04", "date_end": "2016-03-06", "deaths_a": "0", "deaths_b": "2", "deaths_civilians": "3",
        "deaths_unknown": "0", "low": "5", "best": "5", "high": "4", "source_original": "SOHR", "number_of_sources": "2",
    }  # fmt: skip
    path = tmp_path / "ged.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    return path


@pytest.fixture
def analyst(alone: None, analyst: User) -> User:
    call_command("load_vocabularies", verbosity=0)
    return analyst


def bring(path: Path, mapping: str, by: User) -> Outcome:
    outcome = import_records(path, by=by, mapping=mapping, dataset=mapping)
    assert not outcome.errors, outcome.errors[:3]
    return outcome


def text(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def unchanged(outcome: Outcome) -> bool:
    return outcome.read == outcome.counts["unchanged"]


def test_prisons_come_in_with_their_earlier_and_welsh_names_and_operators(tmp_path: Path, analyst: User) -> None:
    path = text(tmp_path, "prisons.csv", PRISONS)
    bring(path, "prisons-england-wales", analyst)
    prison = Facility.objects.get(name_en="Northgate (HMP & YOI)")
    assert set(prison.names.values_list("text", "language", "kind")) == {
        ("Northgate (HMP)", "en", "alias"), ("NORTHGATE (HMP & YOI)", "en", "alias"), ("Carchar y Gogledd", "cy", "official"),
    }  # fmt: skip
    assert prison.identifiers.get().value == "XAI"
    assert set(Operation.objects.values_list("facility__name_en", "party__name_en")) == {
        ("Northgate (HMP & YOI)", "Serco"), ("Oldmoor (HMP)", "His Majesty's Prison and Probation Service"),
    }  # fmt: skip
    assert unchanged(bring(path, "prisons-england-wales", analyst))


def test_a_second_release_of_the_dead_adds_spellings_and_keeps_what_the_first_one_said(tmp_path: Path, analyst: User) -> None:
    first = bring(text(tmp_path, "killed-2031-04.csv", APRIL), "killed-in-gaza", analyst)
    assert [(flag.row, flag.column) for flag in first.flags] == [(3, "age"), (4, "en_name")]
    bring(text(tmp_path, "killed-2031-09.csv", SEPTEMBER), "killed-in-gaza", analyst)
    ali = Victim.objects.get(identifiers__value="P1")
    assert (ali.sex, ali.age, ali.born) == ("male", "4", "2020")
    assert set(ali.names.values_list("text", flat=True)) == {"علي حسن", "على حسن", "Ali Hasan", "Ali Hassan"}
    [harm] = Harm.objects.filter(victim=ali)
    assert harm.act.code == "killed"
    said = dict(Citation.objects.filter(about_harm=harm).values_list("source__edition", "quotation"))
    assert "age 3" in said["killed-2031-04"] and "age 4" in said["killed-2031-09"]
    assert Victim.objects.get(identifiers__value="P2").age == ""  # -1 is the list's sign for "not given"
    assert Victim.objects.count() == 4
    assert not Victim.objects.exclude(label_en="").exists()  # a label is never the name


@pytest.mark.parametrize("typed", ["على حسن", "علي حسن", "Ali Hassan", "ALI HASAN"])
def test_the_dead_are_found_by_any_spelling_in_either_script(typed: str, tmp_path: Path, analyst: User) -> None:
    bring(text(tmp_path, "killed-2031-04.csv", APRIL), "killed-in-gaza", analyst)
    found = VictimName.objects.filter(search__contains=f"| {skeleton(typed)} ").values_list(
        "victim__identifiers__value", flat=True
    )
    assert set(found) == {"P1"}, search_key(typed)


def test_events_keep_their_figures_as_the_source_gives_them_and_disorder_is_flagged(tmp_path: Path, analyst: User) -> None:
    path = text(tmp_path, "ged.csv", GED)
    outcome = bring(path, "ucdp-ged-short", analyst)
    figures = dict(Estimate.objects.values_list("about_incident__identifiers__value", "value_text"))
    assert figures == {"1": "6/6/6", "2": "136/136/135", "3": "0/0/12"}
    assert [(flag.row, flag.column) for flag in outcome.flags] == [(4, "latitude"), (3, "low_death")]
    zero = Estimate.objects.get(value_text="0/0/12")
    assert (zero.lower, zero.best, zero.upper) == (0, 0, 12)
    incident = Incident.objects.get(identifiers__value="2")
    assert (incident.date, incident.place.parent.name_en) == ("1989-01-03", "Syria")
    assert not incident.parties_present.exists()  # one-sided violence is an accusation by UCDP, nobody fought
    [accused] = Allegation.objects.get(about_incident=incident).accused.all()
    assert accused.party.name_en == "IS"
    assert set(Incident.objects.get(identifiers__value="1").parties_present.values_list("party__name_en", "role")) == {
        ("Government of Syria", "fought"), ("IS", "fought"),
    }  # fmt: skip
    assert "no precision" in Source.objects.get(kind="dataset").own_note
    assert unchanged(bring(path, "ucdp-ged-short", analyst))


def test_events_with_all_columns_keep_precision_actors_and_each_of_their_sources(tmp_path: Path, analyst: User) -> None:
    path = ged_full(tmp_path)
    bring(path, "ucdp-ged", analyst)
    incident = Incident.objects.get()
    assert (incident.extent, incident.date, incident.date_meaning) == ("aggregate", "2016-03-04/2016-03-06", "some_day")
    assert (incident.place.precision, incident.place.name_en) == ("settlement", "Aleppo town")
    told = Estimate.objects.get(value_text="5/5/4")
    assert (told.lower, told.best, told.upper, told.attributed_wording) == (5, 5, 4, "SOHR")
    parts = {each.who_wording: (each.best, each.who_party and each.who_party.name_en, each.who_status)
             for each in Estimate.objects.exclude(pk=told.pk)}  # fmt: skip
    assert parts == {
        "side_a": (0, "X", ""),
        "side_b": (2, "IS", ""),
        "civilians": (3, None, "civilian"),
        "unknown": (0, None, "unknown"),
    }
    articles = Citation.objects.filter(about_incident=incident)
    assert set(articles.values_list("source__title", "source__published", "source__publishers__party__name_en")) == {
        ("135, including civilians, were killed", "2016-03-05", "SOHR"), ("A strike & its dead [2016-30-05]", "", "Airwars"),
    }  # fmt: skip
    assert all(each.quoted_in.get().source.kind == "dataset" for each in articles)
    assert unchanged(bring(path, "ucdp-ged", analyst))


@pytest.mark.parametrize(
    ("cell", "articles"),
    [
        (ARTICLES, [("SOHR", "2016-03-05"), ("Airwars", "")]),
        ('"SOHR,2016-03-05,“quoted” \n words"', [("SOHR", "2016-03-05")]),
        ("no shape at all", [("", "")]),
        ('"SOHR,2919-02-06,a year too far"', [("SOHR", "")]),
        ('"SOHR,2016-03-05,x";and a rest', [("SOHR", "2016-03-05"), ("", "")]),
        ("", []),
    ],
)
def test_the_articles_of_an_event_are_told_apart_and_nothing_is_dropped(cell: str, articles: list[tuple[str, str]]) -> None:
    found = ged_articles(cell)
    assert [(each["office"], each["date"]) for each in found] == articles
    assert len({each["article"] for each in found}) == len(found)


def test_figures_of_the_west_bank_are_those_of_a_report_or_carried_forward_by_the_project(tmp_path: Path, analyst: User) -> None:
    days = ('[{"report_date": "2031-03-01", "verified": {"killed": 2, "killed_cum": 9}, "killed_cum": 8, "settler_attacks_cum": 3, "flash_source": "un"},'
            ' {"report_date": "2031-03-02", "killed_cum": 8, "flash_source": "fill"}]')  # fmt: skip
    path = text(tmp_path, "west_bank_daily.json", days)
    bring(path, "west-bank-daily", analyst)
    told = {
        (str(each.as_of or each.period), each.source.title.split()[0], each.counted.code, int(each.best)): each
        for each in Estimate.objects.all()
    }
    assert set(told) == {
        ("2031-03-01", "[Flash", "persons", 8), ("2031-03-01", "[Flash", "attacks", 3), ("2031-03-01", "[Database", "persons", 9),
        ("2031-03-01", "[Database", "persons", 2), ("2031-03-02", "Palestine", "persons", 8),
    }  # fmt: skip
    assert told["2031-03-02", "Palestine", "persons", 8].certainty == "estimate"
    assert unchanged(bring(path, "west-bank-daily", analyst))


def test_figures_of_lebanon_tell_the_report_of_a_phase_from_the_sum_over_all(tmp_path: Path, analyst: User) -> None:
    day = ('[{"report_date": "2031-03-07", "report_source": "moph_lb", "report_period": 168, "phase": 2, "killed": 5, "killed_cum": 90,'
           ' "injured_cum": 7, "killed_cum_reported": 40, "injured_cum_reported": 6}]')  # fmt: skip
    path = text(tmp_path, "lebanon_casualties_daily.json", day)
    bring(path, "lebanon-casualties-daily", analyst)
    told = set(
        Estimate.objects.filter(categories__code="killed").values_list("best", "measure", "includes", "period", "source__kind")
    )
    assert told == {(40, "cumulative", "Phase 2 alone.", "", "report"), (90, "cumulative", "All phases.", "", "dataset"),
                    (5, "new", "", "2031-03-01/2031-03-07", "dataset")}  # fmt: skip
    assert unchanged(bring(path, "lebanon-casualties-daily", analyst))


ACLED_HEADER = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,actor2,assoc_actor_2,"
    "inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,longitude,geo_precision,source,"
    "source_scale,notes,fatalities,tags,timestamp"
)


def acled(tmp_path: Path) -> Path:
    shared = {"year": "2031", "country": "Syria", "location": "Busra", "latitude": "32.5", "longitude": "36.5", "geo_precision": "1",
              "source": "SOHR; A paper", "disorder_type": "Political violence"}  # fmt: skip
    rows = [
        {"event_id_cnty": "SYR1", "event_date": "15 March 2031", "time_precision": "1", "event_type": "Battles", "actor1": "X", "inter1": "1",
         "actor2": "Y", "assoc_actor_2": "Z; W", "inter2": "2", "notes": "They fought.", "fatalities": "0"},
        {"event_id_cnty": "SYR2", "event_date": "01 April 2031", "time_precision": "3", "event_type": "Violence against civilians", "actor1": "X",
         "inter1": "1", "actor2": "Civilians (Syria)", "inter2": "7", "civilian_targeting": "Civilian targeting", "notes": "Three died.",
         "fatalities": "3"},
    ]  # fmt: skip
    path = tmp_path / "acled.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ACLED_HEADER.split(","), restval="")
        writer.writeheader()
        writer.writerows({**shared, **row} for row in rows)
    return path


def test_events_of_acled_come_in_as_exact_as_they_are_and_targeting_of_civilians_as_an_accusation(
    tmp_path: Path, analyst: User
) -> None:
    path = acled(tmp_path)
    bring(path, "acled", analyst)
    battle, targeting = (Incident.objects.get(identifiers__value=value) for value in ("SYR1", "SYR2"))
    assert (battle.date, targeting.date, targeting.date_wording) == ("2031-03-15", "2031", "01 April 2031, time_precision 3")
    present = set(battle.parties_present.values_list("party__name_en", "role"))
    assert present == {("X", "fought"), ("Y", "fought"), ("Z", "present"), ("W", "present")}
    assert set(targeting.parties_present.values_list("party__name_en", flat=True)) == {"X"}  # civilians are no party
    [accused] = Allegation.objects.get(about_incident=targeting).accused.all()
    assert accused.party.name_en == "X"
    assert set(Estimate.objects.values_list("value_text", "attributed_wording")) == {
        ("0", "SOHR; A paper"),
        ("3", "SOHR; A paper"),
    }
    assert Citation.objects.count() == 4
    assert unchanged(bring(path, "acled", analyst))


def test_entities_of_followthemoney_become_records_and_those_that_do_not_are_told(tmp_path: Path, analyst: User) -> None:
    lines = (
        '{"id": "p1", "schema": "Person", "properties": {"name": ["Jane Roe"], "alias": ["Jen Roe"], "notes": ["A witness."]}}\n'
        '{"id": "o1", "schema": "PublicBody", "properties": {"name": ["Ministry of X"], "wikidataId": ["Q1"]}}\n'
        '{"id": "m1", "schema": "Membership", "properties": {"member": ["p1"], "organization": ["o1"], "startDate": ["2030"]}}\n'
        '{"id": "d1", "schema": "Document", "properties": {"title": ["A report"], "publishedAt": ["2031-01-02"]}}\n'
        '{"id": "e1", "schema": "Event", "properties": {"name": ["A raid"], "date": ["2031-01"]}}\n'
        '{"id": "v1", "schema": "Vessel", "properties": {"name": ["Boat"]}}\n'
    )
    path = text(tmp_path, "case.ftm.json", lines)
    bring(path, "ftm", analyst)
    assert set(Party.objects.filter(identifiers__value="Q1").values_list("name_en", "kind")) == {("Ministry of X", "state_organ")}
    person = Party.objects.get(name_en="Jane Roe")
    assert set(person.names.values_list("text", flat=True)) == {"Jane Roe", "Jen Roe"}
    assert person.affiliations.get().to_party.name_en == "Ministry of X"
    assert Source.objects.get(title="A report").published == "2031-01-02"
    assert Incident.objects.get(title_en="A raid").date == "2031-01"
    notes = [note for sheet in read_mapped(path, "ftm")[0] for note in sheet.notes]
    assert "1 rows fit no rule of the mapping, and do not come in: 6." in notes
    assert unchanged(bring(path, "ftm", analyst))


# ── the real files ──


def real(name: str) -> Path:
    folder = os.environ.get("HRDOCS_TRIAL_DATA", "")
    path = Path(folder) / name
    if not folder or not path.exists():
        pytest.skip(f"HRDOCS_TRIAL_DATA names no folder with {name}")
    return path


def rows_of(mapping: str, path: Path) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in read_mapped(path, mapping)[0]}


def count(sheet: Sheet) -> tuple[int, int]:
    """Rows, and rows with a flag."""
    counted = Counter(bool(row.flags) for row in sheet.rows)
    return counted.total(), counted[True]


@pytest.mark.parametrize(
    ("mapping", "name", "sheet", "counts"),
    [
        ("prisons-england-wales", "prisons/prisons.csv", "facilities", (173, 0)),
        ("killed-in-gaza", "gaza/killed-in-gaza-2024-04-13.csv", "victims", (14_140, 1_011)),
        ("killed-in-gaza", "gaza/killed-in-gaza-2024-09-21.csv", "victims", (28_185, 1)),
        ("ucdp-ged", "ucdp/ucdp_ged_syria_2016_2019.csv.gz", "incidents", (16_566, 0)),
    ],
)  # fmt: skip
def test_every_row_of_a_published_file_becomes_a_record(mapping: str, name: str, sheet: str, counts: tuple[int, int]) -> None:
    assert count(rows_of(mapping, real(name))[sheet]) == counts


def test_every_disordered_range_of_the_syria_file_is_flagged() -> None:
    sheets = rows_of("ucdp-ged", real("ucdp/ucdp_ged_syria_2016_2019.csv.gz"))
    assert count(sheets["estimates"])[1] == 101
    rows = [row.cells for row in read(real("ucdp/ucdp_ged_syria_2016_2019.csv.gz"))[0].rows]
    assert all(len(ged_articles(row["source_article"])) == int(row["number_of_sources"]) for row in rows)


@pytest.mark.parametrize(
    ("mapping", "name", "lines"),
    [("prisons-england-wales", "prisons/prisons.csv", 40), ("killed-in-gaza", "gaza/killed-in-gaza-2024-09-21.csv", 30),
     ("ucdp-ged-short", "ucdp/ged_21_1_sample.csv.gz", 30), ("ucdp-ged", "ucdp/ucdp_ged_syria_2016_2019.csv.gz", 12)],
)  # fmt: skip
def test_the_first_rows_of_a_published_file_come_in_and_come_in_again_unchanged(
    mapping: str, name: str, lines: int, tmp_path: Path, analyst: User
) -> None:
    path = real(name)
    with (
        io.TextIOWrapper(opened(path), encoding="utf-8", newline="") as file,
        (tmp_path / "part.csv").open("w", encoding="utf-8", newline="") as part,
    ):
        csv.writer(part).writerows(row for _, row in zip(range(lines + 1), csv.reader(file), strict=False))
    assert bring(tmp_path / "part.csv", mapping, analyst).counts["refused"] == 0
    assert unchanged(bring(tmp_path / "part.csv", mapping, analyst))


def test_what_a_ready_mapping_says_of_odd_values_is_told_in_arabic_too() -> None:
    specs = [ready_spec(name) for name in READY]
    said = {flag["words"] for spec in specs for rule in spec["rows"] for flag in rule.get("flags", []) if "words" in flag}
    assert said == set(ODD)
    with translation.override("ar"):
        [flag] = flagged([{"rise": ["low", "high"], "words": ODD[-1]}], {"low": "5", "high": "4"})
    assert flag.words.startswith("5/4: ") and ODD[-1] not in flag.words
