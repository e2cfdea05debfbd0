"""What `bench --quick` guards: a ratio far beyond what it was fails, and so does one that nobody measures any more."""

from __future__ import annotations

from cases.benching.exports import of_the_first, until
from cases.benching.making import MADE
from cases.benching.results import Line
from cases.management.commands.bench import GUARDS, far_off

AT_LEAST = "how many times as fast ours is"


def _lines(**other: float) -> list[Line]:
    measured = {what: other.get(what, guard) for what, guard in GUARDS.items()}
    return [Line("", what, value, "×", at_least=4 if what == AT_LEAST else None) for what, value in measured.items()]


def test_what_is_beyond_its_guard_or_was_not_measured_is_named():
    assert far_off(_lines()) == []
    assert far_off(_lines(**{AT_LEAST: 1.0})) == [AT_LEAST]
    slower = next(what for what in GUARDS if what != AT_LEAST)
    assert far_off(_lines(**{slower: GUARDS[slower] * 2})) == [slower]
    assert far_off(_lines()[1:]) == [AT_LEAST]


def test_of_a_million_the_first_hundred_thousand_are_those_of_a_tenth_of_the_time():
    first, last = MADE
    assert of_the_first(100_000, 1_000_000) == first + (last - first) / 10
    assert of_the_first(100_000, 10_000) == last


def test_some_of_a_million_are_asked_for_as_anybody_may_ask(db, client):
    """Else the bench of a million ends at its files, half an hour after it began."""
    for name in ("incidents", "estimates"):
        assert client.get(f"/api/v1/{name}/", until(of_the_first(100_000, 1_000_000))).status_code == 200
