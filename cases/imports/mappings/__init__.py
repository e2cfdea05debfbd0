"""Mappings that come with the program: a published data set in, the same sheets out that a person could have typed."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from cases.imports.mappings import casualties_daily
from cases.imports.outcome import Problem
from cases.imports.sheets import Sheet

MAPPINGS: dict[str, Callable[[Path], list[Sheet]]] = {"casualties-daily": casualties_daily.sheets}


def read_mapped(path: Path, mapping: str) -> tuple[list[Sheet], str]:
    """The sheets that a mapping makes of a file, and the SHA-256 of its bytes. Raises Problem where it can't."""
    if mapping not in MAPPINGS:
        raise Problem(f"There is no mapping “{mapping}”. Mappings are {', '.join(MAPPINGS)}.")
    if not path.is_file():
        raise Problem(f"{path}: there is no file here. The mapping “{mapping}” reads one file.")
    return MAPPINGS[mapping](path), hashlib.sha256(path.read_bytes()).hexdigest()
