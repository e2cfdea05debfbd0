"""Mappings that come with the program, written as people write theirs: one JSON file each, in files/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cases.imports.mappings.schema import checked

FILES = Path(__file__).parent / "files"
READY = tuple(sorted(path.stem for path in FILES.glob("*.json")))


def ready_spec(name: str) -> dict[str, Any]:
    """The mapping of this name."""
    return checked(json.loads((FILES / f"{name}.json").read_text(encoding="utf-8")))
