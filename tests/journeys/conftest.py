"""A real browser before a real server, and eyes on it: what goes wrong unseen in a journey fails it in the end.

The server answers in threads of its own, so what a journey makes must be committed, and pytest-django empties every
table after it: also the founding case, which is loaded once per process for all tests that read it. So the
journeys run after all other tests of their process, and each makes what it needs. pytest-xdist keeps that order:
a process works through its share of the sorted list from the front.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.dispatch import Signal
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from hrdocs.models import User

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
WIDE = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds until a page has what is expected of it: a busy machine is slow, and not wrong
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: "live_server" in getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True)
def alone(transactional_db: None) -> Iterator[None]:
    """The first journey of a process may find what the tests before it have loaded; no other does. What a page asked last
    is still answered when its browser is gone, and the tables are emptied after that: together they could block each other."""
    if User.objects.exists():
        call_command("flush", interactive=False, verbosity=0)
    told: dict[Signal, list[object]] = {request_started: [], request_finished: []}

    def note(signal: Signal, sender: object, **_: object) -> None:
        told[signal].append(sender)

    for signal in told:
        signal.connect(note)
    yield
    patience = time.monotonic() + PATIENCE / 1000
    while len(told[request_started]) > len(told[request_finished]) and time.monotonic() < patience:
        time.sleep(0.02)
    for signal in told:
        signal.disconnect(note)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("There is no Chromium here. On Debian: apt install chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, which Django takes for asynchronous code of ours.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


SitDown = Callable[..., Page]


@pytest.fixture
def sit_down(browser: Browser, live_server: Any) -> Iterator[SitDown]:
    """Open a browser of its own for somebody, signed in already where an account is given."""
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_for(user: User | None = None, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url, **{"viewport": WIDE, "locale": "en", "reduced_motion": "reduce", **options}
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        _watch(page, live_server.url, troubles)
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert not troubles, "\n".join(troubles)


def _watch(page: Page, home: str, troubles: list[str]) -> None:
    """Note errors of scripts and of the console, where Chromium also tells what the content policy refused, and
    whatever a page asks of another host."""

    def asked(url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss") and urlsplit(url).netloc != urlsplit(home).netloc:
            troubles.append(f"{page.url} asks {url}")

    page.on("request", lambda request: asked(request.url))
    page.on("websocket", lambda socket: asked(socket.url))
    page.on("dialog", lambda dialog: (troubles.append(f"{page.url} asks back: {dialog.type} {dialog.message}"), dialog.accept()))
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on("console", lambda line: line.type == "error" and troubles.append(f"{page.url}: {line.text}"))
