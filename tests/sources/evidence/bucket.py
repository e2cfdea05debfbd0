"""As much of a store that speaks S3 as the program asks of one: put, get, head, delete, and a listing by folders."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

Held = dict[str, bytes]


@contextmanager
def bucket_of_its_own() -> Iterator[tuple[str, Held]]:
    """The address of a store, and what lies in its one bucket."""
    held: Held = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Store", (_Store,), {"held": held}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", held
    finally:
        server.shutdown()
        server.server_close()


class _Store(BaseHTTPRequestHandler):
    held: Held
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    @property
    def key(self) -> str:
        return unquote(urlsplit(self.path).path).partition("/")[2].partition("/")[2]

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if "chunked" in self.headers.get("Content-Encoding", ""):
            size, _, rest = content.partition(b"\r\n")
            content = rest[: int(size.partition(b";")[0], 16)]
        self.held[self.key] = content
        self._answer(200, ETag=f'"{hashlib.md5(content).hexdigest()}"')  # noqa: S324 - what S3 calls an ETag

    def do_HEAD(self) -> None:
        found = self.held.get(self.key)
        if found is None:
            return self._answer(404)
        self.send_response(200)
        self.send_header("Content-Length", str(len(found)))
        self.send_header("ETag", f'"{hashlib.md5(found).hexdigest()}"')  # noqa: S324
        self.send_header("Last-Modified", "Sat, 28 Nov 2026 00:00:00 GMT")
        return self.end_headers()

    def do_GET(self) -> None:
        if not self.key:
            return self._listed(parse_qs(urlsplit(self.path).query))
        found = self.held.get(self.key)
        missing = b"<Error><Code>NoSuchKey</Code></Error>"
        return self._answer(404, missing) if found is None else self._answer(200, found, ETag='"x"')

    def _listed(self, asked: dict[str, list[str]]) -> None:
        prefix = asked.get("prefix", [""])[0]
        below = sorted(key[len(prefix) :] for key in self.held if key.startswith(prefix))
        files = "".join(
            f"<Contents><Key>{escape(prefix + name)}</Key><Size>1</Size></Contents>" for name in below if "/" not in name
        )
        folders = "".join(
            f"<CommonPrefixes><Prefix>{escape(prefix + name)}/</Prefix></CommonPrefixes>"
            for name in sorted({name.partition("/")[0] for name in below if "/" in name})
        )
        head = "<ListBucketResult><IsTruncated>false</IsTruncated>"
        self._answer(200, f"{head}<Prefix>{prefix}</Prefix>{files}{folders}</ListBucketResult>".encode())

    def do_DELETE(self) -> None:
        self.held.pop(self.key, None)
        self._answer(204)
