"""The soak: the program under a steady mixed load for a long time. No error, and memory stays flat."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from hrdocs.drills.load import in_words
from hrdocs.drills.site import quarters, served
from hrdocs.refusal import Refused

GROWTH = 1.15  # of memory, from the first quarter of the time to the last


def run(folder: Path, say: Callable[[str], object], minutes: float, rate: float) -> None:
    with served(folder) as (site, _server):
        visitors, held = site.visitors(rate), []
        ends = time.monotonic() + minutes * 60
        while time.monotonic() < ends:
            time.sleep(min(5.0, minutes * 60 / 8))
            held.append(site.memory())
        answers = visitors.leave()
    first, last = quarters(held)
    say(f"{minutes:g} minutes at {rate:g} questions a second, of which {len(answers) / minutes / 60:.1f} could be asked: "
        f"{in_words(answers)}")  # fmt: skip
    say(f"Memory of the web: {first / 2**20:.0f} MB in the first quarter, {last / 2**20:.0f} MB in the last")
    if wrong := [answer for answer in answers if answer.status != 200]:
        raise Refused(f"{len(wrong)} questions failed, the first was {wrong[0].address} with {wrong[0].status or 'no answer'}.")
    if last > first * GROWTH:
        raise Refused("Memory grows.")
