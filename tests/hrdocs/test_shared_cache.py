"""Counts and the cache in a Redis, where the operator names one: exact for all processes, unreadable there, and never the only hold."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import redis
from django.core.cache import CacheHandler
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client

from hrdocs import limits, shared_cache, tallying
from hrdocs.environment import Env
from hrdocs.left_alone import LeftAlone
from hrdocs.models import Tally

pytestmark = pytest.mark.skipif(
    not shutil.which("redis-server"), reason="There is no redis-server. On Debian: apt install redis-server"
)
LIST = "/api/v1/cases/"


class Server:
    """A Redis of a test's own, on a socket in a folder."""

    def __init__(self, folder: Path) -> None:
        self.socket, self.process = folder / "redis", None
        self.url = f"unix://{self.socket}"
        self.start()

    def start(self) -> None:
        words = ["--port", "0", "--unixsocket", str(self.socket), "--save", "", "--appendonly", "no", "--loglevel", "warning"]
        self.process = subprocess.Popen(["redis-server", *words], stdout=subprocess.DEVNULL)
        for _ in range(200):
            with suppress(redis.RedisError):
                if tallying.server(self.url).ping():
                    return
            time.sleep(0.05)
        raise AssertionError("redis-server does not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture
def server(running, settings, monkeypatch) -> Server:
    monkeypatch.setattr(tallying, "_left_alone", LeftAlone())
    settings.CACHE_URL, settings.LIMITS = running.url, {"anonymous": (2, 86_400)}
    tallying.server(running.url).flushall()
    return running


def statuses(times: int) -> list[int]:
    return [Client(REMOTE_ADDR="192.0.2.77").get(LIST).status_code for _ in range(times)]


def test_requests_are_counted_in_redis_and_nothing_there_or_in_the_database_says_who_asked(server, db):
    assert statuses(4) == [200, 200, 429, 429]
    assert not Tally.objects.exists()
    there = tallying.server(server.url)
    (key,) = there.keys()
    assert re.fullmatch(rb"hrdocs:[0-9a-f]{64}", key) and there.get(key) == b"4" and 0 < there.ttl(key) <= 86_400


def test_of_many_at_once_each_is_counted_once(server):
    until, counted = limits.dt.datetime(2099, 1, 1, tzinfo=limits.dt.UTC), list[int]()
    threads = [
        threading.Thread(target=lambda: counted.extend(tallying.count_one("k", until) for _ in range(25))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == list(range(1, 101))


def test_a_redis_that_dies_lets_nobody_through_uncounted_and_keeps_nobody_out(server, db, monkeypatch, caplog):
    assert statuses(1) == [200] and tallying.answers()
    server.kill()
    try:
        began = time.monotonic()
        assert statuses(4) == [200, 200, 429, 429], "counted anew, in the database"
        assert time.monotonic() - began < 10 and Tally.objects.get().number == 4
        assert not tallying.answers()
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
        assert Client().get("/health/ready").status_code == 503 and "The Redis of CACHE_URL does not answer" in caplog.text
        told = [record.message for record in caplog.records if "Redis failed" in record.message]
        assert len(told) == 1 and "192.0.2" not in caplog.text
    finally:
        server.start()
    monkeypatch.setattr(tallying, "_left_alone", LeftAlone())  # it was left alone long enough
    assert Client().get("/health/ready").status_code == 200
    assert statuses(3) == [200, 200, 429] and Tally.objects.get().number == 4


def test_a_code_that_was_used_is_known_to_all_processes_under_a_key_that_names_nobody(server):
    here, elsewhere = (CacheHandler({"default": shared_cache.in_redis(server.url)})["default"] for _ in range(2))
    used = "allauth.mfa.totp.used?user=7&code=123456"
    assert here.add(used, "y", timeout=90) and not elsewhere.add(used, "y", timeout=90)
    assert all(re.fullmatch(rb"hrdocs:[0-9a-f]{64}", key) for key in tallying.server(server.url).scan_iter())


def test_the_address_decides_where_the_cache_lies_and_what_belongs_to_records_stays_with_them(monkeypatch):
    monkeypatch.setattr(shared_cache, "TESTING", False)
    for url, backend in (("", "DatabaseCache"), ("redis://cache:6379/0", "RedisCache"), ("rediss://x:y@cache/1", "RedisCache")):
        monkeypatch.setenv("CACHE_URL", url)
        found = shared_cache.configured(Env())
        assert found["CACHES"]["default"]["BACKEND"].endswith(backend) and found["CACHE_URL"] == url
        assert found["CACHES"]["with_the_records"]["BACKEND"].endswith("DatabaseCache")
    monkeypatch.setenv("CACHE_URL", "memcached://cache")
    with pytest.raises(ImproperlyConfigured, match="Write it as redis://"):
        shared_cache.configured(Env())
