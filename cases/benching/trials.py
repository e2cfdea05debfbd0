"""Published data sets come in whole, come in again without a change, and go out as they came in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rest_framework.test import APIRequestFactory, force_authenticate

from cases.imports.kinds import SHEETS, model_of
from cases.imports.outcome import Outcome
from cases.imports.write import import_records
from hrdocs.endpoints import views
from hrdocs.models import Record, User


@dataclass(frozen=True)
class File:
    """One file of a published data set: its mapping, where it lies, and of which release it is the whole."""

    mapping: str
    path: str
    release: str = ""


FILES = (
    File("prisons-england-wales", "prisons/prisons.csv"),
    File("killed-in-gaza", "gaza/killed-in-gaza-2024-04-13.csv", "2024-04-13"),
    File("killed-in-gaza", "gaza/killed-in-gaza-2024-09-21.csv", "2024-09-21"),
    File("casualties-daily", "gaza/casualties_daily.json"),
    File("west-bank-daily", "gaza/west_bank_daily.json"),
    File("lebanon-casualties-daily", "gaza/lebanon_casualties_daily.json"),
    File("ucdp-ged", "ucdp/ucdp_ged_syria_2016_2019.csv.gz"),
    File("ucdp-ged-short", "ucdp/ged_21_1_sample.csv.gz"),
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What came of one file, or of one list that was taken out."""

    what: str
    outcome: Outcome
    seconds: float
    again: bool = False  # it is here already, and nothing should change

    @property
    def line(self) -> str:
        counts = self.outcome.counts
        withdrawn = len(self.outcome.withdrawn) + self.outcome.left_out["withdrawn"]
        what = f"{self.what}, again" if self.again else self.what
        told = [what, *(f"{number:,}" for number in (self.outcome.read, *counts.values(), self.flags, withdrawn))]
        return f"| {' | '.join(told)} | {self.seconds:.0f} s | {self.outcome.read / self.seconds:,.0f}/s |"

    @property
    def flags(self) -> int:
        return len(self.outcome.flags) + self.outcome.left_out["flags"]

    @property
    def changes_nothing(self) -> bool:
        return self.outcome.counts["unchanged"] == self.outcome.read


HEADING = ("| | read | new | changed | unchanged | left as it was | refused | flags | withdrawn | | rows |\n"
           "|---|---|---|---|---|---|---|---|---|---|---|")  # fmt: skip


def brought(folder: Path, file: File, *, by: User) -> Told:
    """Bring a file in, all of it or nothing."""
    return _timed(file.path, folder / file.path, by=by, dataset=file.mapping, mapping=file.mapping, release=file.release)


def taken_out(folder: Path, *, by: User) -> Iterator[Told]:
    """Each list that holds something, as a file of ours and looked at as if it were to come in again."""
    for kind in SHEETS:
        model, name = model_of(kind), kind.replace("_", "-")
        if issubclass(model, Record) and name in views() and model._default_manager.exists():
            path = folder / f"{kind}.ndjson"
            request = APIRequestFactory().get(f"/api/v1/{name}/?format=ndjson", headers={"host": "localhost"})
            request.user = by  # which server is asked depends on it
            force_authenticate(request, by)
            with path.open("wb") as file:
                file.writelines(views()[name].as_view({"get": "list"})(request).streaming_content)
            yield replace(_timed(kind, path, by=by, dataset="taken-out", dry_run=True), again=True)


def _timed(what: str, path: Path, **given: object) -> Told:
    started = time.perf_counter()
    outcome = import_records(path, **given)  # type: ignore[arg-type]
    return Told(what, outcome, time.perf_counter() - started)
