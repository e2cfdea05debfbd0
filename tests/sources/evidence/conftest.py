"""A folder for evidence, empty for each test."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def shelf(settings: Any, tmp_path: Any) -> Any:
    settings.EVIDENCE_ROOT = str(tmp_path / "evidence")
    return tmp_path / "evidence"
