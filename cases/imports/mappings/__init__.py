"""Mappings: how the columns of a file become the sheets that a person could have typed.

Those in files/ come with the program and are written like those that people save; the one in Python does what can't be
said so. A saved mapping may not take the name of one that comes with the program.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from cases.imports.mappings import casualties_daily
from cases.imports.mappings.ready import READY, ready_spec
from cases.imports.mappings.saved import saved_spec
from cases.imports.mappings.schema import checked
from cases.imports.mappings.spreading import spread_out
from cases.imports.outcome import Problem
from cases.imports.sheets import Asked, Sheet, digest_of, read_folder


def _ready(name: str, path: Path) -> list[Sheet]:
    return spread_out(path, ready_spec(name))


MAPPINGS: dict[str, Callable[[Path], list[Sheet]]] = {
    "casualties-daily": casualties_daily.sheets,
    **{name: partial(_ready, name) for name in READY},
}


def read(path: Path, mapping: str = "", asked: Asked | None = None) -> tuple[list[Sheet], str]:
    """The sheets of a file or folder: as its mapping says, which also says how to read it; without one, as `asked` says."""
    return read_mapped(path, mapping) if mapping else read_folder(path, asked)


def read_mapped(path: Path, mapping: str) -> tuple[list[Sheet], str]:
    """The sheets that a mapping makes of a file, and the SHA-256 of its bytes. Raises Problem where it can't."""
    said = what_it_says(mapping)
    if not path.is_file():
        raise Problem(f"{path}: there is no file here. The mapping “{mapping}” reads one file.")
    return sheets_of(path, said), digest_of([path])


def what_it_says(mapping: str) -> str | dict[str, Any]:
    """A mapping as `sheets_of` takes it, without the database: what a saved one says, or the name of one that comes with the
    program. Raises Problem where there is none of that name."""
    if mapping in MAPPINGS:
        return mapping
    spec = saved_spec(mapping)
    if spec is None:
        raise Problem(f"There is no mapping “{mapping}”. Mappings are {', '.join(MAPPINGS)}, and those that were saved here.")
    return spec


def sheets_of(path: Path, mapping: str | dict[str, Any]) -> list[Sheet]:
    """The sheets that a mapping makes of a file."""
    return MAPPINGS[mapping](path) if isinstance(mapping, str) else spread_out(path, checked(mapping))
