"""Answers that were given to nobody in particular, kept in memory as long as the data stand as they stood.

An answer to somebody without an account depends on what was asked and on the stamp of the data alone (`hrdocs/stamps.py`); so
the same question under the same stamp has the same bytes. With any other stamp all that is kept is let go at once: what was
closed or erased is in no memory after the next question (decision 0051).
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from django.conf import settings

LARGEST = 2**20  # bytes of one answer


@dataclass(frozen=True)
class Answer:
    """The bytes of an answer, the headers that its view gave it, and until when it may be given again, by the clock that never
    goes back."""

    body: bytes
    headers: dict[str, str]
    until: float = math.inf


class KeptAnswers:
    """The answers of one stamp, those that were asked for last."""

    def __init__(self, share: float) -> None:
        self.share, self.stamp, self.size = share, "", 0  # its share of what a process keeps, and the bytes that it holds
        self.held, self.lock = OrderedDict[bytes, Answer](), threading.Lock()

    @property
    def most(self) -> int:
        return round(self.share * settings.KEPT_MB * 2**20)

    def get(self, key: bytes, stamp: str) -> Answer | None:
        """What was answered to this question; from now on everything that is kept is of this stamp."""
        with self.lock:
            if stamp != self.stamp:
                self.held.clear()
                self.stamp, self.size = stamp, 0
            if (found := self.held.get(key)) is None:
                return None
            if found.until < time.monotonic():
                self._let_go(key)
                return None
            self.held.move_to_end(key)
            return found

    def keep(self, key: bytes, stamp: str, answer: Answer) -> None:
        """Keep it, unless somebody has seen other data since it was begun."""
        most = self.most
        with self.lock:
            if stamp != self.stamp or key in self.held or len(answer.body) > min(LARGEST, most):
                return
            self.held[key] = answer
            self.size += len(answer.body)
            while self.size > most:
                self._let_go(next(iter(self.held)))

    def _let_go(self, key: bytes) -> None:
        self.size -= len(self.held.pop(key).body)
