"""The daily casualty figures for Gaza that Tech for Palestine publishes: what each report said, and what was filled in.

The file (casualties_daily.json, public domain) has one object a day. Its plain columns are what a report of that day
said, as the data set hands it on; its `ext_` columns are the project's own, with gaps filled by extrapolation. Both
are kept, apart: where the two are equal, the project hands the reported number on; where they are not, it is its own.
A day without a report has no reporting source, so its plain columns are the data set's word too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cases.imports.outcome import Problem
from cases.imports.sheets import Row, Sheet

Cells = dict[str, str]
Numbered = tuple[int, Cells]  # the number of the day in the file, and the cells of a row

DATASET = "tfp-casualties-daily"
# Who reports, by the code in `report_source`; every other code is refused, never guessed.
REPORTS = {"mohtel": "gaza-moh-daily", "gmotel": "gaza-gmo-daily", "missing": DATASET}
DERIVED = "ext_"

# What each column counts. `killed_truce_new` and `killed_committee` are left out: the file does not say what they mean.
FIGURES: dict[str, Cells] = {
    "killed": {"categories": "killed", "measure": "new"},
    "killed_cum": {"categories": "killed", "measure": "cumulative"},
    "killed_children_cum": {"categories": "killed", "measure": "cumulative", "who_age": "child"},
    "killed_women_cum": {"categories": "killed", "measure": "cumulative", "who_sex": "female", "who_age": "adult"},
    "med_killed_cum": {"categories": "killed", "measure": "cumulative", "who_role": "medical personnel"},
    "press_killed_cum": {"categories": "killed", "measure": "cumulative", "who_role": "journalists"},
    "civdef_killed_cum": {"categories": "killed", "measure": "cumulative", "who_role": "civil defence personnel"},
    "aid_seeker_killed_cum": {"categories": "killed", "measure": "cumulative", "who_circumstance": "seeking aid"},
    "aid_seeker_injured_cum": {"categories": "injured", "measure": "cumulative", "who_circumstance": "seeking aid"},
    "injured": {"categories": "injured", "measure": "new"},
    "injured_cum": {"categories": "injured", "measure": "cumulative"},
    "killed_recovered": {"categories": "killed", "measure": "new", "counted": "bodies", "who_circumstance": "recovered"},
    "killed_succumbed": {"categories": "killed", "measure": "new", "who_circumstance": "died of earlier injuries"},
    "famine_cum": {"categories": "death_denial_food", "measure": "cumulative"},
    "child_famine_cum": {"categories": "death_denial_food", "measure": "cumulative", "who_age": "child"},
    "massacres_cum": {"categories": "mass_killing", "measure": "cumulative", "counted": "incidents"},
}
LEFT_OUT = ("killed_truce_new", "killed_committee")
ABOUT_A_REPORT = ("report_date", "report_source", "report_period")

PARTIES = [
    {"ref": "gaza-moh", "name_en": "Ministry of Health (Gaza)", "name_ar": "وزارة الصحة في غزة", "kind": "state_organ"},
    {"ref": "gaza-gmo", "name_en": "Government Media Office (Gaza)", "name_ar": "المكتب الإعلامي الحكومي في غزة",
     "kind": "state_organ"},
    {"ref": "tech-for-palestine", "name_en": "Tech for Palestine", "name_ar": "", "kind": "ngo"},
]  # fmt: skip
SOURCES = [
    {"ref": "gaza-moh-daily", "title": "[Daily reports of the Ministry of Health in Gaza on Telegram]", "kind": "post",
     "languages": "ar", "read_as": "as_quoted"},
    {"ref": "gaza-gmo-daily", "title": "[Daily reports of the Government Media Office in Gaza on Telegram]", "kind": "post",
     "languages": "ar", "read_as": "as_quoted"},
    {"ref": DATASET, "title": "Palestine Datasets: Daily Casualties, Gaza", "kind": "dataset", "languages": "en",
     "read_as": "full_text", "licence": "public-domain dedication",
     "own_note": "Columns that begin with ext_ are extrapolated by the project where no report gave the number."},
]  # fmt: skip
PUBLISHERS = [
    {"source": "gaza-moh-daily", "party": "gaza-moh", "role": "publishes"},
    {"source": "gaza-gmo-daily", "party": "gaza-gmo", "role": "publishes"},
    {"source": DATASET, "party": "tech-for-palestine", "role": "publishes"},
]
PLACES = [{"ref": "gaza-strip", "name_en": "Gaza Strip", "name_ar": "قطاع غزة", "level": "region", "country": "PS"}]

SAME_DAY = "The data set carries the reported number in its extrapolated column."
CARRIED = "No report gives the number for this day. It equals the last one reported, so it is taken to be carried forward."


def sheets(path: Path) -> list[Sheet]:
    """The file as sheets; rows are numbered by the day's place in it. Raises Problem where it is not that file."""
    days = _read(path)
    reported = [figure for day in days for figure in _figures(*day, derived=False)]
    derived = [figure for day in days for figure in _figures(*day, derived=True)]
    known = {row["ref"]: row for _, row in reported}
    derived = [(number, row) for number, row in derived if not _is_its_own(known.get(_plain(row["ref"])), row)]
    quoted = [(number, row) for number, row in reported if row["source"] != DATASET]
    return [
        _sheet("parties", enumerate(PARTIES, 1)),
        _sheet("sources", enumerate(SOURCES, 1)),
        _sheet("source_publishers", enumerate(PUBLISHERS, 1)),
        _sheet("places", enumerate(PLACES, 1)),
        _sheet("estimates", [*reported, *derived]),
        _sheet("quoted_in", [(number, {"statement": row["ref"], "source": DATASET, "locator": row["locator"]})
                             for number, row in quoted]),
        _sheet("hand_ons", _handed_on(known, derived)),
    ]  # fmt: skip


def _read(path: Path) -> list[tuple[int, dict[str, Any]]]:
    try:
        days = json.loads(path.read_text(encoding="utf-8"))
        numbered = [(number, day) for number, day in enumerate(days, 1) if date.fromisoformat(day["report_date"])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Problem(f"{path.name}: not the daily figures: a JSON list, one object a day, each with “report_date”.") from None
    known = {*ABOUT_A_REPORT, *LEFT_OUT, *FIGURES, *(DERIVED + name for name in FIGURES)}
    for number, day in numbered:
        if unknown := day.keys() - known:
            raise Problem(f"{path.name} day {number}: nothing is known of “{min(unknown)}”. Its meaning must be entered first.")
        if day.get("report_source") not in REPORTS:
            raise Problem(f"{path.name} day {number}, report_source: “{day.get('report_source')}” is not one of "
                          f"{', '.join(REPORTS)}.")  # fmt: skip
    return numbered


def _figures(number: int, day: dict[str, Any], *, derived: bool) -> Iterator[Numbered]:
    for column, counts in FIGURES.items():
        name = DERIVED + column if derived else column
        if name in day:
            yield number, _estimate(day, name, counts, derived=derived)


def _estimate(day: dict[str, Any], name: str, counts: Cells, *, derived: bool) -> Cells:
    source = DATASET if derived else REPORTS[day["report_source"]]
    own, when = source == DATASET, day["report_date"]
    return {
        "ref": f"{when} {name}", "source": source, "about_place": "gaza-strip", "about_known": "stated",
        "read_as": "full_text" if own else "as_quoted",
        "quotation": f'"{name}": {day[name]}' if own else "", "quotation_language": "en" if own else "",
        "locator_kind": "fragment", "locator": f"report_date {when}", "value_text": str(day[name]), "best": str(day[name]),
        "certainty": "estimate" if derived else "",
        "evidence": "" if own else f"daily count of {source}",
        "counted": "persons", "who_age": "", "who_sex": "", "who_role": "", "who_circumstance": "", **counts,
        **(_days(day) if counts["measure"] == "new" else {"as_of": when, "period": ""}),
    }  # fmt: skip


def _days(day: dict[str, Any]) -> Cells:
    """The days that a daily number covers: the hours since the report before it, ending with its own day."""
    last, hours = date.fromisoformat(day["report_date"]), day.get("report_period") or 24
    first = last - timedelta(days=max(round(hours / 24), 1) - 1)
    return {"as_of": "", "period": str(last) if first == last else f"{first}/{last}"}


def _handed_on(known: dict[str, Cells], derived: list[Numbered]) -> Iterator[Numbered]:
    """Where an extrapolated number comes from: the report of its day, or the last one before that gave the same."""
    last: dict[str, Cells] = {}  # by column, the last number that a report gave
    by_day: dict[str, list[Cells]] = {}
    for row in known.values():
        by_day.setdefault(row["ref"].split()[0], []).append(row)
    for number, row in sorted(derived, key=lambda each: each[0]):
        day, column = _plain(row["ref"]).split()
        for each in by_day.pop(day, []):
            if each["source"] != DATASET:
                last[each["ref"].split()[1]] = each
        origin = last.get(column)
        if origin and origin["best"] == row["best"] and (row["as_of"] or origin["ref"].startswith(day)):
            same_day = origin["ref"].startswith(day)
            yield number, {"later": row["ref"], "earlier": origin["ref"], "how": "republishes",
                           "stated": "yes" if same_day else "no", "note": SAME_DAY if same_day else CARRIED}  # fmt: skip


def _is_its_own(plain: Cells | None, row: Cells) -> bool:
    """Whether the data set only repeats, in its extrapolated column, what it says itself of a day without a report."""
    return plain is not None and plain["source"] == DATASET and plain["best"] == row["best"]


def _plain(ref: str) -> str:
    return ref.replace(DERIVED, "", 1)


def _sheet(name: str, rows: Any) -> Sheet:
    sheet = Sheet(name, name, [])
    for number, cells in rows:
        sheet.header = sheet.header or list(cells)
        sheet.rows.append(Row(number, cells))
    return sheet
