"""Asking a web server for one page, without being led anywhere else: to this machine, its network, or another protocol.

Every address is resolved once and connected to as it was looked at, so that a name can't mean another machine a moment later;
each redirect is looked at anew. How long it may take and how much may come is limited, whatever the server does.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import ipaddress
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.utils import timezone
from django.utils.translation import gettext as _

SECONDS, REDIRECTS, PIECE = 60, 5, 65_536
PORTS = {"http": 80, "https": 443}
# What browsers send. A name of ours would tell a server who keeps a copy of its page.
HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Language": "en,ar;q=0.8,*;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
}
_LED_ON = (301, 302, 303, 307, 308)
# Addresses of IPv6 that are a way to one of IPv4, which may be anybody's.
_WAYS_TO_OTHERS = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


class NotFetched(Exception):
    """There is no page to keep; the message says why, to whoever asked for it."""


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    url: str
    machine: str
    at: dt.datetime
    target: str
    sent: list[tuple[str, str]]
    status: int
    reason: str
    received: list[tuple[str, str]]
    body: IO[bytes]
    size: int

    def header(self, name: str) -> str:
        return next((value for key, value in self.received if key.lower() == name), "")


@contextlib.contextmanager
def fetched(url: str, *, largest: int, seconds: float = SECONDS) -> Iterator[list[Exchange]]:
    """What was asked and answered until there was a page: the last is the page, those before led to it. Else NotFetched."""
    with contextlib.ExitStack() as stack:
        found: list[Exchange] = []
        until = timezone.now() + dt.timedelta(seconds=seconds)
        while not found or found[-1].status in _LED_ON and found[-1].header("location"):
            if len(found) > REDIRECTS:
                raise NotFetched(_("It led on from one address to the next, more than %d times.") % REDIRECTS)
            address = urljoin(found[-1].url, found[-1].header("location")) if found else url
            left = (until - timezone.now()).total_seconds()
            found.append(_asked(looked_at(address), stack, largest, left))
        if not 200 <= found[-1].status < 300:
            raise NotFetched(_("The server answered %(status)d %(reason)s.") % {"status": found[-1].status,
                                                                              "reason": found[-1].reason})  # fmt: skip
        yield found


def looked_at(url: str) -> SplitResult:
    """An address that may be asked for, in parts. Raises NotFetched for every other."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        raise NotFetched(_("That is no address of a web page.")) from None
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.password is not None:
        raise NotFetched(
            _("Only addresses that begin with https:// or http:// are fetched, without a name and password in them.")
        )
    if port not in (None, PORTS[parts.scheme]):
        raise NotFetched(_("Only the usual ports of web servers are asked, 443 and 80."))
    return parts._replace(netloc=f"[{host}]" if ":" in host else host)


def machines_of(host: str, port: int) -> list[str]:
    """The network addresses of a host. Raises NotFetched where one of them is not the open internet's."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        raise NotFetched(_("No machine is known under that name.")) from None
    if not all(map(is_public, found)):
        raise NotFetched(_("That address leads into a closed network, which is never asked."))
    return sorted(found, key=lambda machine: ":" in machine)


def is_public(machine: str) -> bool:
    """Whether a network address is one of the open internet."""
    address = ipaddress.ip_address(machine.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if any(address in net for net in _WAYS_TO_OTHERS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _asked(parts: SplitResult, stack: contextlib.ExitStack, largest: int, seconds: float) -> Exchange:
    """Ask for one address, and take in what is answered."""
    host, port = str(parts.hostname), PORTS[parts.scheme]
    late = NotFetched(_("The server took too long. Try again later."))
    if seconds <= 0:
        raise late
    machine = machines_of(host, port)[0]
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{quote(parts.query, safe=_QUERY)}" if parts.query else "")
    sent = {"Host": parts.netloc, **HEADERS}
    over = threading.Event()
    try:
        connection = _connected(host, port, machine, parts.scheme == "https", min(seconds, 15))
        stack.callback(connection.close)
        alarm = threading.Timer(seconds, _hang_up, [connection.sock, over])  # also of a server that answers a byte at a time
        alarm.start()
        stack.callback(alarm.cancel)
        connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
        for name, value in sent.items():
            connection.putheader(name, value)
        connection.endheaders()
        at = timezone.now()
        answer = connection.getresponse()
        body, size = _taken_in(answer, largest)
        stack.callback(body.close)
        alarm.cancel()
    except (OSError, http.client.HTTPException, ValueError) as error:
        if over.is_set() or isinstance(error, TimeoutError):
            raise late from None
        raise NotFetched(_("The server could not be asked, or broke off (%s).") % type(error).__name__) from None
    if over.is_set():  # what came until then looks whole where no length was told
        raise late
    url = f"{parts.scheme}://{parts.netloc}{target}"
    return Exchange(url, machine, at, target, list(sent.items()), answer.status, answer.reason, answer.getheaders(), body, size)


_QUERY = "/%:@!$&'()*+,;=?~-._"


def _connected(host: str, port: int, machine: str, closed: bool, seconds: float) -> http.client.HTTPConnection:
    """A connection to exactly this machine, which for TLS must prove that it is the host."""
    plain = socket.create_connection((machine, port), timeout=seconds)
    connection = http.client.HTTPConnection(host, port)
    connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host) if closed else plain
    return connection


def _hang_up(connected: Any, over: threading.Event) -> None:
    over.set()
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _taken_in(answer: http.client.HTTPResponse, largest: int) -> tuple[IO[bytes], int]:
    """The body in a temporary file, and its size."""
    body, size = tempfile.SpooledTemporaryFile(max_size=8 * 2**20), 0  # noqa: SIM115 - the caller closes it
    while piece := answer.read(PIECE):
        size += len(piece)
        if size > largest:
            body.close()
            raise NotFetched(_("The page is larger than %d MB.") % (largest // 2**20))
        body.write(piece)
    body.seek(0)
    return body, size
