"""What is kept to spare work and may be lost: by each process for itself (KEPT_MB), and by all together in the database, or in a
Redis that the operator names (CACHE_URL)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac

from hrdocs.environment import TESTING, Env

SCHEMES = ("redis://", "rediss://", "unix://")
SECONDS = 0.5  # that Redis is waited for; nobody's page waits longer than that for a count


def configured(env: Env) -> dict[str, Any]:
    """The settings by their names, read from the environment. What comes and goes with a transaction stays in the database."""
    url = "" if TESTING else env.str("CACHE_URL", default="")  # a test that wants Redis starts one
    if url and not url.startswith(SCHEMES):
        raise ImproperlyConfigured("CACHE_URL is no address of a Redis. Write it as redis://host:6379/0; empty for the database.")
    here = {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "hrdocs_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
    return {
        "KEPT_MB": 0 if TESTING else env.int("KEPT_MB", default=40),  # of answers to visitors; a test that keeps some says so
        "CACHE_URL": url,
        "CACHES": {"default": in_redis(url) if url else here, "with_the_records": here},
    }


def in_redis(url: str) -> dict[str, Any]:
    """A cache of Django's in Redis, whose keys tell nobody who reads them there what they are of."""
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_FUNCTION": "hrdocs.shared_cache.unreadable",
        "OPTIONS": {"socket_timeout": SECONDS, "socket_connect_timeout": SECONDS},
    }


def unreadable(key: str, prefix: str, version: int) -> str:
    """The key under which something lies in Redis: hashed with the server's key, since a library's own names an account."""
    return f"hrdocs:{salted_hmac('hrdocs.shared_cache', f'{prefix} {version} {key}', algorithm='sha256').hexdigest()}"
