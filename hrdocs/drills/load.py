"""People at the program while a drill goes on: visitors who read at a steady pace, and an analyst who writes.

A visitor's seconds count from when she wanted to ask, not from when a thread was free: else a server that stands still
would look quick.
"""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from statistics import median, quantiles
from urllib.parse import urlencode

NO_ANSWER = 0
PATIENCE = 30  # seconds that somebody waits for an answer
BREATH = 0.1  # seconds between two remarks, unless somebody else is told


@dataclass(frozen=True)
class Answer:
    """One question: when it was to be asked (seconds of the monotonic clock), how it ended, how long that took."""

    at: float
    address: str
    status: int
    seconds: float


@dataclass
class Person:
    """A browser without a screen: it keeps cookies, and follows nothing."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str) -> tuple[int, str]:
        return self._ask("GET", address)

    def send(self, address: str, **fields: str) -> tuple[int, str]:
        body = urlencode({**fields, "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
        return self._ask("POST", address, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, verb: str, address: str, body: str | None = None, headers: dict[str, str] | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        said = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(verb, address, body, {"Cookie": said, **(headers or {})})
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return NO_ANSWER, ""
        finally:
            connection.close()


class Visitors:
    """Readers who ask one address after the other, so many in a second, until they are sent away."""

    def __init__(self, port: int, addresses: Iterator[str], each_second: float, hands: int = 16) -> None:
        self.answers: list[Answer] = []
        self._port, self._turns, self._pace = port, enumerate(addresses), each_second
        self._began, self._over, self._lock = time.monotonic(), threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._read, daemon=True) for _ in range(hands)]
        for thread in self._threads:
            thread.start()

    def _read(self) -> None:
        person = Person(self._port)
        while True:
            with self._lock:
                turn, address = next(self._turns)
            due = self._began + turn / self._pace
            if self._over.wait(max(0.0, due - time.monotonic())):
                return
            status, _page = person.get(address)
            self.answers.append(Answer(due, address, status, time.monotonic() - due))

    def leave(self) -> list[Answer]:
        self._over.set()
        for thread in self._threads:
            thread.join(PATIENCE)
        return sorted(self.answers, key=lambda answer: answer.at)


class Writer:
    """An analyst who remarks on a record, one sentence after the other, and notes which of them were acknowledged."""

    def __init__(self, port: int, password: str, record: str, breath: float = BREATH) -> None:
        self.breath = breath
        self.acknowledged: list[str] = []
        self.failed: list[Answer] = []
        self._person, self._record, self._over = Person(port), record, threading.Event()
        self._person.get("/sign-in/")
        self._person.send("/sign-in/", login="demo-analyst", password=password)
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def _write(self) -> None:
        for number in itertools.count():
            if self._over.is_set():
                return
            began, text = time.monotonic(), f"Remark {number} of the drill."
            status, _page = self._person.send(f"{self._record}comment/", field="", text=text)
            if status == 302:
                self.acknowledged.append(text)
            else:
                self.failed.append(Answer(began, "a remark", status, time.monotonic() - began))
            self._over.wait(self.breath)

    def leave(self) -> list[str]:
        self._over.set()
        self._thread.join(PATIENCE)
        return self.acknowledged


def in_words(answers: list[Answer]) -> str:
    """How many were asked, how they ended, and how long they took."""
    ends = Counter("no answer" if answer.status == NO_ANSWER else str(answer.status) for answer in answers)
    seconds = [answer.seconds for answer in answers if answer.status == 200] or [0.0]
    late = quantiles(seconds, n=100)[94] if len(seconds) > 1 else seconds[0]
    told = ", ".join(f"{number} × {end}" for end, number in sorted(ends.items()))
    return f"{len(answers)} questions: {told}; median {median(seconds) * 1000:.0f} ms, p95 {late * 1000:.0f} ms"


def how_long(answers: list[Answer]) -> str:
    """How long the good answers took: so many of a hundred at most so long."""
    seconds = [answer.seconds for answer in answers if answer.status == 200]
    if len(seconds) < 2:
        return "too few to tell"
    cuts = quantiles(seconds, n=1000)
    told = ", ".join(f"p{share:g} {cuts[round(share * 10) - 1] * 1000:.0f} ms" for share in (50, 90, 95, 99, 99.9))
    return f"{told}, the longest {max(seconds):.1f} s"


def without_service(answers: list[Answer]) -> float:
    """The longest time, in seconds, in which nobody's question was answered well."""
    good = sorted(answer.at + answer.seconds for answer in answers if answer.status == 200)
    return max((later - earlier for earlier, later in itertools.pairwise(good)), default=0.0)
