"""Beside: a long piece of work says how far it is while it goes on, by a connection of its own.

What the work itself writes nobody sees before its end, and what only reads can write nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connections

SECONDS = 1  # between two words of how far it is


class Beside:
    """Is told again and again how far the work is, and hands that on with a cursor, once a second at most.

    What `say` raises ends the work.
    """

    def __init__(self, say: Callable[[Any, int], None]) -> None:
        self.say, self.said_at = say, 0.0

    def __enter__(self) -> Beside:
        self.connection = connections.create_connection("default")
        return self

    def __exit__(self, *error: Any) -> None:
        self.connection.close()

    def __call__(self, how_far: int) -> None:
        if time.monotonic() - self.said_at > SECONDS:
            with self.connection.cursor() as cursor:
                self.say(cursor, how_far)
            self.said_at = time.monotonic()
