"""Small files of every kind, made here, and what is done with them in many tests."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from sources.evidence import keeping
from sources.models import Capture, Source

SCRIPT = b"<script>document.title='canary'</script>"


def zipped(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return held.getvalue()


KINDS = {
    "application/pdf": b"%PDF-1.7\n%\xe2\xe3\n",
    "text/html": b"\n<!-- saved -->\n<!DOCTYPE html><html><body>" + SCRIPT + b"</body></html>",
    "image/svg+xml": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "image/png": b"\x89PNG\r\n\x1a\n" + bytes(32),
    "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(32),
    "application/warc": b"WARC/1.1\r\nWARC-Type: warcinfo\r\n\r\n",
    "application/warc+gzip": gzip.compress(b"WARC/1.1\r\nWARC-Type: warcinfo\r\n\r\n"),
    "application/zip": zipped(**{"a.txt": b"word/"}),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": zipped(
        **{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}
    ),
    "application/vnd.oasis.opendocument.text": zipped(mimetype=b"application/vnd.oasis.opendocument.text", content=b"<x/>"),
    "video/mp4": b"\0\0\0\x18ftypmp42" + bytes(32),
    "message/rfc822": b"From: a@example.org\r\nSubject: x\r\n\r\nText",
    "multipart/related": b"From: <Saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\r\n",
    "text/plain": "قيل إنهم خمسون\n".encode(),
    "application/octet-stream": bytes(range(256)) * 4,
}


def file(content: bytes = KINDS["application/pdf"], name: str = "report.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def kept(source: Source, by: Any, content: bytes = KINDS["application/pdf"], name: str = "report.pdf", **told: Any) -> Capture:
    return keeping.keep(source, file(content, name), by=by, **told)


def on_the_shelf() -> list[Path]:
    """Every file in the folder of evidence, also one that is half written."""
    return sorted(path for path in Path(settings.EVIDENCE_ROOT).rglob("*") if path.is_file())
