"""Servers beside the database, which may fail: one that did is asked nothing for a while, so that nobody waits for it again."""

from __future__ import annotations

import time

SECONDS = 10


class LeftAlone:
    """Those of this process that failed just now, by name; by the clock that never goes back."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def __contains__(self, name: str) -> bool:
        return self._until.get(name, 0) > time.monotonic()

    def add(self, name: str) -> None:
        self._until[name] = time.monotonic() + SECONDS

    def clear(self) -> None:
        self._until.clear()
