"""Mappings that come with the program, written as people write theirs: one JSON file each, in files/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_noop

from cases.imports.mappings.schema import checked

ODD = (  # what the files say of odd values, for the catalogue: gettext reads no JSON
    gettext_noop("a name that could not be romanised; only the Arabic one comes in."),
    gettext_noop("an unusual age; kept as the list has it."),
    gettext_noop("no source is given for the day."),
    gettext_noop("the list's sign for an age that is not given; left empty here, kept in the citation."),
    gettext_noop("the source breaks low ≤ best ≤ high; kept as it says."),
)
FILES = Path(__file__).parent / "files"
READY = tuple(sorted(path.stem for path in FILES.glob("*.json")))


def ready_spec(name: str) -> dict[str, Any]:
    """The mapping of this name."""
    return checked(json.loads((FILES / f"{name}.json").read_text(encoding="utf-8")))
