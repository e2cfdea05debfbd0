"""A file that would wear out whoever reads it is refused in a process of its own, with words that can be acted on."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from cases.imports.outcome import Problem
from cases.imports.reading import Asked
from cases.imports.reading.limited import read_within_limits


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


@pytest.mark.parametrize("content", [b"ref,title_en\ni1,x\n", b"", b"%PDF-1.7", b"PK\x03\x04 broken"])
def test_any_other_file_passes_and_is_judged_by_who_reads_it(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv"
    path.write_bytes(content)
    read_within_limits(path, Asked())
