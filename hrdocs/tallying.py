"""Where requests are counted: in Redis where there is one, else in the database, and there too while Redis is away.

So a Redis that fails lets nobody through uncounted, and keeps nobody out. Counts of a span that had begun there begin anew.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging

import redis
from django.conf import settings

from hrdocs.left_alone import LeftAlone
from hrdocs.models import Tally
from hrdocs.shared_cache import SECONDS, unreadable

log = logging.getLogger(__name__)

_left_alone = LeftAlone()


@functools.lru_cache(maxsize=1)
def server(url: str) -> redis.Redis:
    """The Redis that the operator named; its connections are kept, and shared by the threads of a process."""
    return redis.Redis.from_url(url, socket_timeout=SECONDS, socket_connect_timeout=SECONDS)


def count_one(key: str, until: dt.datetime) -> int:
    """Count a request under this key, and answer how many there were. Two at once are two."""
    url = settings.CACHE_URL
    if url and url not in _left_alone:
        try:
            return _counted_at(server(url), key, until)
        except redis.RedisError as error:  # others of this process do not wait for it too; and each time it is said once
            _left_alone.add(url)
            log.warning("Redis failed; requests are counted in the database", extra={"told": {"by": type(error).__name__}})
    return Tally.objects.count_one(key, until)


def answers() -> bool:
    """Whether the Redis that is named answers just now; also where none is."""
    try:
        return not settings.CACHE_URL or bool(server(settings.CACHE_URL).ping())
    except redis.RedisError:
        return False


def _counted_at(server: redis.Redis, key: str, until: dt.datetime) -> int:
    lies_under = unreadable(key, "tally", 1)
    with server.pipeline() as both:
        counted, _kept = both.incr(lies_under).expireat(lies_under, until).execute()
    return int(counted)
