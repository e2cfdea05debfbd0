"""Figures of the replicas that serve readers: whether each answers, and how far it is behind the primary."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.db import DEFAULT_DB_ALIAS, Error, connections
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

WRITTEN = "SELECT pg_current_wal_lsn()::text"
# By the clock alone a replica of a primary to which nobody writes would look old; by what it received, one that is cut off new.
BEHIND = """
SELECT behind, CASE WHEN behind = 0 THEN 0 ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END
FROM (SELECT greatest(0, pg_wal_lsn_diff('{written}', pg_last_wal_replay_lsn())) AS behind) AS told WHERE pg_is_in_recovery()
"""


class OfTheReplicas(Collector):
    """Asked when the figures are, each replica for two seconds at most, whether or not readers leave it alone just now."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        replicas = [alias for alias in connections if alias != DEFAULT_DB_ALIAS]
        if not replicas:
            return
        reachable = GaugeMetricFamily("hrdocs_replica_reachable", "Whether the replica answers.", labels=["replica"])
        bytes_ = GaugeMetricFamily("hrdocs_replica_behind_bytes", "What was written and it does not show.", labels=["replica"])
        seconds = GaugeMetricFamily("hrdocs_replica_behind_seconds", "Since the last commit that it shows, where it is behind.",
                                    labels=["replica"])  # fmt: skip
        written = _asked(DEFAULT_DB_ALIAS, WRITTEN)
        for alias in replicas:
            told = _asked(alias, BEHIND.format(written=written[0][0]) if written else "SELECT WHERE false")
            reachable.add_metric([alias], told is not None)
            for figure, value in zip((bytes_, seconds), told[0] if told else (), strict=False):
                if value is not None:  # one that follows nobody, or has shown nothing yet, is not behind by a number
                    figure.add_metric([alias], float(value))
        yield from (reachable, bytes_, seconds)


def _asked(alias: str, question: str) -> list[tuple[Any, ...]] | None:
    """What a server answers; None where it does not."""
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall()
    except Error:
        with suppress(Error):
            connections[alias].close()  # what is broken is begun anew when it is asked next
        return None
