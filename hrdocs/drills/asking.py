"""What people ask in a soak: many questions, a few of them often and most seldom, of every kind that readers ask.

What was answered before is kept by the program while the data stand, so a soak that asked the same few pages would flatter it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, urlsplit

from hrdocs.drills.load import Person
from hrdocs.refusal import Refused

WORDS = (
    "Saydnaya",
    "صيدنايا",
    "Sednaya",
    "Damascus",
    "hanged",
    "military police",
    "torture",
    "Red Building",
    "Tishreen",
    "death",
)
YEARS = range(2011, 2021)
WITH_PAGES = ("facilities", "incidents", "cases", "sources", "parties", "places")
LISTS = (*WITH_PAGES, "estimates", "allegations")
FILES = ("estimates/?format=csv", "sources/?format=bibtex", "incidents/?format=ndjson", "facilities/?format=geojson")

# Of a hundred questions, so many are of this kind.
SHARES = {
    "start": 5, "list": 12, "filtered list": 20, "record": 22, "search of all": 6, "map or line of time": 6,
    "API list": 15, "API record": 10, "file": 4,
}  # fmt: skip


def questions(port: int, seed: int = 1) -> Iterator[str]:
    """Addresses without end: of each kind its share, of a kind the first ones often and the last ones seldom."""
    dice, of_kind = random.Random(seed), addresses(port)
    among = {kind: [1 / place for place, _ in enumerate(found, start=1)] for kind, found in of_kind.items()}
    while True:
        (kind,) = dice.choices(list(SHARES), list(SHARES.values()))
        yield dice.choices(of_kind[kind], among[kind])[0]


def addresses(port: int) -> dict[str, list[str]]:
    """The addresses of each kind, with the records that anybody finds in the lists."""
    searched = [quote_plus(word) for word in WORDS]
    return {
        "start": ["/", "/lists/"],
        "list": [f"/{name}/" for name in LISTS],
        "filtered list": [
            *(f"/estimates/?q={word}" for word in searched), *(f"/incidents/?date={year}" for year in YEARS),
            "/facilities/?country=SY", "/estimates/?categories=death&measure=total",
        ],
        "record": [f"/{name}/{row['uid']}/" for name in WITH_PAGES for row in _rows(port, name)],
        "search of all": [f"/explore/?q={word}" for word in searched],
        "map or line of time": [
            "/incidents/map/", "/facilities/map/", "/incidents/timeline/", *(f"/incidents/map/?date={year}" for year in YEARS),
        ],
        "API list": [
            *(f"/api/v1/{name}/" for name in LISTS), *(f"/api/v1/incidents/?date={year}" for year in YEARS),
            *(f"/api/v1/estimates/?q={word}&count=exact&facets=categories" for word in searched),
        ],
        "API record": [urlsplit(row["url"]).path for name in LISTS for row in _rows(port, name)],
        "file": [f"/api/v1/{name}" for name in FILES],
    }  # fmt: skip


def _rows(port: int, name: str) -> list[dict[str, Any]]:
    """Where the records of a list stand that anybody finds."""
    status, told = Person(port).get(f"/api/v1/{name}/?page_size=100&fields=uid,url")
    if status != 200:
        raise Refused(f"The list of {name} can't be read: {status or 'no answer'}. Look at the log of the web.")
    return json.loads(told)["results"]
