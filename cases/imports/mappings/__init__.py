"""Mappings: how the columns of a file become the sheets that a person could have typed.

Those in files/ come with the program and are written like those that people save; the one in Python does what can't be
said so. A saved mapping may not take the name of one that comes with the program.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

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
    spec = None if mapping in MAPPINGS else saved_spec(mapping)
    if mapping not in MAPPINGS and spec is None:
        raise Problem(f"There is no mapping “{mapping}”. Mappings are {', '.join(MAPPINGS)}, and those that were saved here.")
    if not path.is_file():
        raise Problem(f"{path}: there is no file here. The mapping “{mapping}” reads one file.")
    sheets = spread_out(path, checked(spec)) if spec is not None else MAPPINGS[mapping](path)
    return sheets, digest_of([path])
