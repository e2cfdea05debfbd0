"""A file that would wear out whoever reads it is refused in a process of its own, with words that can be acted on."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from cases.imports.outcome import Problem
from cases.imports.reading import Asked, read
from cases.imports.reading.limited import read_within_limits
from tests.cases.test_reading import ods, ods_row


def test_a_file_that_takes_too_much_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "incidents.json"
    path.write_bytes(b"[" + b",".join([b'{"ref": 1}'] * 1_500_000) + b"]")
    with pytest.raises(Problem, match="more than 250 MB of memory"):
        read_within_limits(path, Asked(), memory=250 * 2**20)


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv.gz"
    path.write_bytes(gzip.compress(b"ref,title_en\n" + b"i,x\n" * 1_500_000, 1))
    with pytest.raises(Problem, match="more than 1 seconds"):
        read_within_limits(path, Asked(), seconds=1)


BROKEN_DAY = '[{"report_date": "2031-01-01", "report_source": "mohtel", "killed": 1, "report_period": "a day"}]'


def test_a_file_that_breaks_whoever_reads_it_is_refused_also_where_only_its_mapping_breaks_on_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    many = ods_row("Canary", more=' table:number-rows-repeated="many"')
    book = ods(tmp_path, f'<table:table table:name="facilities">{ods_row("ref")}{many}</table:table>')
    days = tmp_path / "days.json"
    days.write_text(BROKEN_DAY)
    for path, mapping in ((book, ""), (days, "casualties-daily")):
        with pytest.raises(Problem, match="reading it broke off. Save it anew"):
            read_within_limits(path, Asked(), mapping)
    assert "ValueError at" in caplog.text and "TypeError at" in caplog.text
    assert "Canary" not in caplog.text and "a day" not in caplog.text


@pytest.mark.parametrize("within", ["openpyxl.load_workbook", "cases.imports.reading.ods.iterparse"])
def test_that_memory_is_short_is_no_word_of_the_readers_about_a_file(
    within: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(*asked: Any, **more: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(within, short)
    path = tmp_path / "a.xlsx"
    xlsxwriter.Workbook(path).close()
    with pytest.raises(MemoryError):
        read(path if "openpyxl" in within else ods(tmp_path, ""))


@pytest.mark.parametrize("content", [b"ref,title_en\ni1,x\n", b"", b"%PDF-1.7", b"PK\x03\x04 broken"])
def test_any_other_file_passes_and_is_judged_by_who_reads_it(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv"
    path.write_bytes(content)
    read_within_limits(path, Asked())
