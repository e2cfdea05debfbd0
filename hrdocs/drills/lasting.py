"""The soak: the program under a steady mixed load for a long time. No error, and memory stays flat."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil

from hrdocs.drills.load import Writer, how_long, in_words
from hrdocs.drills.servers import Server
from hrdocs.drills.site import Site, quarters, served
from hrdocs.refusal import Refused

Say = Callable[[str], object]
GROWTH = 1.15  # of memory, from the first quarter of the time to the last
WRITES_EVERY = 1.0  # seconds: an analyst who is at work
NEWS_EVERY = 60.0  # seconds: then nothing that was answered before is given again

# A term stands in any answer, so this is news to every reader, and changes nothing.
_NEWS = "UPDATE hrdocs_term SET code = code WHERE id = (SELECT min(id) FROM hrdocs_term)"
_SIZE = (
    "SELECT (SELECT count(*) FROM cases_statement), (SELECT count(*) FROM cases_incident), (SELECT count(*) FROM sources_source)"
)


def run(folder: Path, say: Say, minutes: float, rate: float) -> None:
    with served(folder) as (site, server):
        statements, incidents, sources = server.ask(_SIZE)[0]
        say(f"The founding case: {statements} statements, {incidents} incidents, {sources} sources")
        before = _spent(site, server)
        visitors = site.all_kinds_of_visitors(rate)
        facility = server.ask("SELECT min(id) FROM cases_facility")[0][0]
        writer = site.writer(f"/admin/cases/facility/{facility}/", breath=WRITES_EVERY)
        held, busy = _until(time.monotonic() + minutes * 60, site, server)
        answers = visitors.leave()
        each = [1000 * (now - then) / len(answers) for now, then in zip(_spent(site, server), before, strict=True)]
        _account_of(writer, say)
    first, last = quarters(held)
    say(f"{minutes:g} minutes at {rate:g} questions a second, of which {len(answers) / minutes / 60:.1f} could be asked, "
        f"on {psutil.cpu_count()} processors that were busy for {busy:.0f} % of the time: {in_words(answers)}")  # fmt: skip
    web, database, people = each
    say(f"For each question {sum(each):.0f} ms of processor: the web {web:.0f}, the database {database:.0f}, those who ask "
        f"{people:.0f}; so {rate:g} a second want {rate * sum(each) / 1000:.2f} processors")  # fmt: skip
    say(f"Answer times: {how_long(answers)}")
    say(f"Memory of the web: {first / 2**20:.0f} MB in the first quarter, {last / 2**20:.0f} MB in the last")
    if wrong := [answer for answer in answers if answer.status != 200]:
        raise Refused(f"{len(wrong)} questions failed, the first was {wrong[0].address} with {wrong[0].status or 'no answer'}.")
    if last > first * GROWTH:
        raise Refused("Memory grows.")


def _until(ends: float, site: Site, server: Server) -> tuple[list[int], float]:
    """Give readers news now and then; what the web held meanwhile, and how busy the processors were."""
    held, news = [], time.monotonic() + NEWS_EVERY
    psutil.cpu_percent()
    while (left := ends - time.monotonic()) > 0:
        time.sleep(min(5.0, left))
        held.append(site.memory())
        if time.monotonic() > news:
            server.ask(_NEWS)
            news += NEWS_EVERY
    return held, psutil.cpu_percent()


def _spent(site: Site, server: Server) -> tuple[float, float, float]:
    """Seconds of processor: of the web, of the database, of the people who ask."""
    return site.spent(), server.spent(), time.process_time()


def _account_of(writer: Writer, say: Say) -> None:
    told = writer.leave()
    say(f"Meanwhile an analyst wrote {len(told)} remarks; {len(writer.failed)} were refused")
    if writer.failed:
        raise Refused(f"{len(writer.failed)} remarks of the analyst were refused, the first with {writer.failed[0].status}.")
