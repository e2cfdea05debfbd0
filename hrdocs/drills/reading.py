"""What readers see while a replica serves them, falls behind, and dies: nothing older than the primary has, and no error."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from hrdocs.drills.breaking import AFTER, People
from hrdocs.drills.load import Person
from hrdocs.drills.processes import wait_for
from hrdocs.drills.servers import Server, address, address_of_a_replica
from hrdocs.drills.site import Site, open_site
from hrdocs.refusal import Refused

Say = Callable[[str], object]
WRITTEN, BEHIND = 30, "2s"
_RECORDS = """
SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)::bigint FROM pg_stat_user_tables
WHERE relname IN ('cases_estimate', 'cases_facility', 'cases_incident', 'sources_source')
"""


def replica(folder: Path, say: Say, rate: float) -> None:
    """A replica serves readers; it is made to lag, killed, and started again, under load."""
    primary, copy = Server(folder / "first"), Server(folder / "second")
    try:
        primary.make()
        with open_site(folder, address(primary), REPLICA_URLS=address_of_a_replica(copy)) as site:
            copy.copy_of(primary, waited_for=False)
            wait_for(lambda: _read_there(site, copy), "The replica serves readers", 30)
            people, lag = People(site, primary, rate), _Lag(primary)
            _say_shares(say, primary, copy)
            _written_and_read(site, primary, say, "while the replica follows")
            say(f"The replica was at most {lag.most():.3f} s behind")
            copy.ask(f"ALTER SYSTEM SET recovery_min_apply_delay = '{BEHIND}'", database="postgres")
            copy.ask("SELECT pg_reload_conf()")
            _written_and_read(site, primary, say, f"while the replica is {BEHIND} behind")
            copy.ask("ALTER SYSTEM RESET recovery_min_apply_delay", database="postgres")
            copy.ask("SELECT pg_reload_conf()")
            copy.kill()
            say("The replica was killed with -9 under load")
            time.sleep(AFTER)
            copy.start()
            wait_for(lambda: _read_there(site, copy), "The replica serves readers again", 60)
            say("It was started again, and serves")
            people.account(primary, say)
    finally:
        copy.kill()
        primary.kill()


def _read_there(site: Site, copy: Server) -> bool:
    """Whether somebody who asks is served by the replica."""
    before = copy.ask(_RECORDS)[0][0]
    Person(site.port).get("/api/v1/estimates/")
    time.sleep(1.5)  # a server tells its figures a moment later
    return bool(copy.ask(_RECORDS)[0][0] > before)


def _say_shares(say: Say, primary: Server, copy: Server) -> None:
    before = [server.ask(_RECORDS)[0][0] for server in (primary, copy)]
    time.sleep(AFTER)
    first, second = (server.ask(_RECORDS)[0][0] - had for server, had in zip((primary, copy), before, strict=True))
    say(f"Readers' records were read {second} times at the replica, {first} times at the primary, within {AFTER} s")


def _written_and_read(site: Site, primary: Server, say: Say, when: str) -> None:
    """Change what everybody is shown, and ask for it at once."""
    reader, late, began = Person(site.port), 0, time.monotonic()
    for number in range(WRITTEN):
        label = f"Written {when}, {number}"
        primary.ask(f"UPDATE hrdocs_term SET label_en = '{label}' WHERE vocabulary = 'act' AND code = 'killed'")
        status, page = reader.get("/api/v1/vocabularies/?code=killed")
        late += status != 200 or label not in page
    say(f"{WRITTEN} changes were each asked for at once, {when}, in {time.monotonic() - began:.0f} s: {late} did not show")
    if late:
        raise Refused(f"{late} of {WRITTEN} answers were older than what the primary had acknowledged.")


class _Lag:
    """How far the replica is behind, looked at while it follows."""

    def __init__(self, primary: Server) -> None:
        self._primary, self._found, self._over = primary, [0.0], threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        while not self._over.wait(0.5):
            for (seconds,) in self._primary.ask("SELECT extract(epoch FROM replay_lag)::float FROM pg_stat_replication"):
                self._found.append(seconds or 0.0)

    def most(self) -> float:
        self._over.set()
        self._thread.join()
        return max(self._found)
