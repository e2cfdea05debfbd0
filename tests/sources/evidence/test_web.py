"""Pages of the web: where nobody is led to, what is taken in, and what is kept of it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from warcio.archiveiterator import ArchiveIterator

from hrdocs.refusal import Refused
from sources.evidence import fetching, store, web
from sources.models import Capture, CustodyEvent, PageFetch
from tests import factories
from tests.sources.evidence.files import on_the_shelf

PAGE = b"<!doctype html><title>Killed</title><p>" + b"50 " * 1000


class _Web(BaseHTTPRequestHandler):
    """A server that answers well, leads astray, never ends, and answers a byte at a time."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path, _, to = self.path.partition("?")
        if path == "/page":
            self._told(200, [("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")])
            self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE))
        elif path == "/on":
            self._told(302, [("Location", to or "/on"), ("Content-Length", "0")])
        elif path == "/endless":
            self._told(200, [])
            while True:
                self.wfile.write(bytes(65536))
        elif path == "/slow":
            self._told(200, [])
            for _each in range(200):
                self.wfile.write(b"x")
                self.server.wait.wait(0.05)  # type: ignore[attr-defined]
        else:
            self._told(404, [("Content-Length", "4")])
            self.wfile.write(b"gone")

    def _told(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.close_connection = True
        self.send_response(status)
        for name, value in [*headers, ("Connection", "close")]:
            self.send_header(name, value)
        self.end_headers()


@pytest.fixture
def site(monkeypatch) -> Iterator[str]:
    """The address of the server, which for this test is one of the open internet."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    server.handle_error = lambda *given: None  # it is hung up on
    server.wait = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    known = web.is_public
    monkeypatch.setattr(web, "is_public", lambda machine: machine == "127.0.0.1" or known(machine))
    monkeypatch.setitem(web.PORTS, "http", server.server_port)
    yield f"http://news.example:{server.server_port}"
    server.wait.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def names(monkeypatch) -> dict[str, str]:
    """Names of machines, in place of those that the internet knows."""
    known = {"news.example": "127.0.0.1", "inside.example": "10.1.2.3"}
    asked = socket.getaddrinfo

    def found(host: str, port: Any, *more: Any, **given: Any) -> Any:
        return asked(known.get(host, host), port, *more, **given)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return known


@pytest.mark.parametrize("url", [
    "http://127.0.0.1/", "http://[::1]/", "http://0x7f.1/", "http://2130706433/", "http://0/", "http://169.254.169.254/latest/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://192.168.1.1/", "http://100.64.0.1/", "http://[::ffff:10.0.0.1]/",
    "http://[fe80::1]/", "http://[fd00::1]/", "http://[64:ff9b::a00:1]/", "http://[2002:a00:1::]/", "http://224.0.0.1/",
    "http://255.255.255.255/", "http://localhost/", "http://inside.example/",
    "file:///etc/passwd", "gopher://example.org/", "ftp://example.org/", "//example.org/", "javascript:alert(1)", "",
    "https://user@example.org/", "https://user:word@example.org/", "http://example.org:22/", "http://example.org:99999/",
    "http://exa mple.org/", "http://a..b/", "http:///x", "http://xn--/", "http://[1.2.3/",
])  # fmt: skip
def test_nobody_is_asked_who_is_not_on_the_open_web(url, names, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *given, **more: pytest.fail("a connection was made"))
    with pytest.raises(web.NotFetched), web.fetched(url, largest=10):
        pytest.fail("something was fetched")


def test_a_page_is_taken_in_by_the_machine_that_was_looked_at(site, names):
    def moves(host: str, port: Any, *more: Any, _asked: Any = socket.getaddrinfo, **given: Any) -> Any:
        found = _asked(host, port, *more, **given)
        names["news.example"] = "10.0.0.1"  # a name that means another machine the next time it is asked for
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", moves)
        with web.fetched(f"{site}/page", largest=10**6) as (page,):
            assert page.body.read() == PAGE and page.machine == "127.0.0.1"
        with pytest.raises(web.NotFetched, match="closed network"), web.fetched(f"{site}/page", largest=10**6):
            pytest.fail("the name was believed")


@pytest.mark.parametrize(("path", "told"), [
    ("/on", "led on"), ("/on?http://inside.example/", "closed network"), ("/on?http://169.254.169.254/", "closed network|usual ports"),
    ("/on?file:///etc/passwd", "https://"), ("/endless", "larger than"), ("/slow", "took too long"), ("/none", "404"),
])  # fmt: skip
def test_a_server_that_leads_astray_or_never_ends_is_left(site, names, monkeypatch, path, told):
    with pytest.raises(web.NotFetched, match=told), web.fetched(site + path, largest=2**20, seconds=1):
        pytest.fail("something was fetched")


# ── kept ──


@pytest.fixture
def asked(db, settings, analyst) -> Any:
    settings.FETCH_PAGES = True
    source = factories.make_source(analyst)
    return lambda address: fetching.ask(source, address, by=analyst)


def test_a_fetched_page_is_kept_as_a_warc_with_all_that_was_said_and_as_the_page_alone(site, names, asked, analyst):
    page = asked(f"{site}/on?/page")
    for _ in range(2):  # a job that is taken up again does nothing more
        fetching.fetch(page.pk)
    page.refresh_from_db()
    assert page.ended_at and page.trouble == ""
    warc, alone = Capture.objects.filter(source=page.source).order_by("pk")
    assert (warc.media_type, alone.media_type, alone.size) == ("application/warc+gzip", "text/html", len(PAGE))
    assert warc.taken_by == analyst and warc.taken_from.endswith("/page") and warc.tool.startswith("warcio ")
    assert warc.sensitivity == "internal" and CustodyEvent.objects.filter(capture=warc).get().reason == "Fetched from 127.0.0.1"
    with store.opened(warc.sha256) as file:
        found = [
            (each.rec_type, each.http_headers, each.content_stream().read()) for each in ArchiveIterator(file, check_digests=True)
        ]
    kinds = [kind for kind, *_ in found]
    assert kinds == ["warcinfo", "response", "request", "response", "request"]
    assert found[1][1].get_statuscode() == "302" and found[3][2] == PAGE and b"hrdocs" not in str(found).encode()


def test_what_can_not_be_fetched_leaves_a_word_and_no_file(site, names, asked):
    page = asked(f"{site}/none")
    fetching.fetch(page.pk)
    page.refresh_from_db()
    assert page.ended_at and page.trouble == "The server answered 404 Not Found." and on_the_shelf() == []


def test_pages_are_fetched_where_the_operator_says_so_and_by_a_worker(client, analyst, settings, db):
    assert django_settings.FETCH_PAGES is False
    source = factories.make_source(analyst, url="https://example.org/a")
    with pytest.raises(Refused, match="switched off"):
        fetching.ask(source, "https://example.org/", by=analyst)
    client.force_login(analyst)
    desk = reverse("admin:sources_source_copies", args=[source.pk])
    assert "Fetch it" not in client.get(desk).content.decode()
    settings.FETCH_PAGES = True
    assert "https://example.org/a" in client.get(desk).content.decode()
    assert "begin with https://" in client.post(desk, {"address": "file:///etc/passwd"}).content.decode()
    assert "is being fetched" in client.post(desk, {"address": "https://example.org/a"}, follow=True).content.decode()
    assert PageFetch.objects.get().address == "https://example.org/a"
    with pytest.raises(Refused):
        fetching.ask(source, "https://example.org/", by=factories.make_user("researcher"))
