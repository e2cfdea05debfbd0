"""A time-stamping authority of a test's own, made by OpenSSL: a root, a certificate for stamps, and an address to ask."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIG = """
[tsa]
default_tsa = own
[own]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
"""
_STAMPS = "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"


def _openssl(folder: Path, *words: str, given: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *words], cwd=folder, input=given, capture_output=True, check=True).stdout


def certificates(folder: Path) -> Path:
    """Make them in a folder; the file of the root, which is to be trusted."""
    folder.mkdir()
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    _openssl(folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root", "-days", "3650",
             "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
    _openssl(folder, "req", "-new", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps")
    (folder / "stamps.ext").write_text(_STAMPS)
    _openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-out", "tsa.pem",
             "-days", "3650", "-extfile", "stamps.ext")  # fmt: skip
    (folder / "openssl.cnf").write_text(_CONFIG.format(folder=folder))
    (folder / "serial").write_text("01\n")
    return folder / "root.pem"


@contextmanager
def authority(folder: Path) -> Iterator[str]:
    """The address of the authority whose certificates lie in the folder. It stamps whatever it is sent."""

    class Stamps(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            """Say nothing."""

        def do_POST(self) -> None:
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            words = ("-config", "openssl.cnf", "-queryfile", "query", "-signer", "tsa.pem", "-inkey", "tsa.key")
            answer = _openssl(folder, "ts", "-reply", *words)
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stamps)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
