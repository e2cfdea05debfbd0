"""A folder for evidence, empty for each test; and a source with copies that some may see."""

from __future__ import annotations

from typing import Any

import pytest

from sources.evidence import keeping
from tests import factories
from tests.sources.evidence.files import KINDS, kept


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Any) -> Any:
    settings.EVIDENCE_ROOT = str(tmp_path / "evidence")
    return tmp_path / "evidence"


@pytest.fixture
def published(people: Any) -> Any:
    """A published source with a copy that is open to all, one that is not, and one for registered researchers."""
    analyst, reviewer = people["analyst"], people["reviewer"]
    source, page = factories.make_source(analyst), KINDS["text/html"]
    copies = {level: kept(source, analyst, page + level.encode(), "a.html") for level in ("public", "registered", "internal")}
    for level, copy in copies.items():
        keeping.assess(copy, graphic="no", personal="no", by=analyst)
        if level != "internal":
            keeping.open_to(copy, level, by=reviewer, reason="Read through.")
    factories.publish(source, by=reviewer)
    return source, copies
