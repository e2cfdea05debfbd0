"""What a file is, by its first bytes and never by its name: people rename files, and others disguise them. Pure.

The list is short on purpose. What is not in it is kept as it is, as bytes of no known kind; a program is refused.
"""

from __future__ import annotations

import re
import zlib

UNKNOWN = "application/octet-stream"
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",
             b"\xca\xfe\xba\xbe")  # fmt: skip
_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"WARC/", "application/warc"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # Office of 1997 to 2003, and mails of Outlook
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_IN_A_ZIP = (
    (b"word/", f"{_OFFICE}wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}presentationml.presentation"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_FTYP = (
    (b"heic", "image/heic"),
    (b"mif1", "image/heic"),
    (b"avif", "image/avif"),
    (b"M4A", "audio/mp4"),
    (b"qt", "video/quicktime"),
)
_PAGE = re.compile(rb"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_SVG = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_MAIL = re.compile(rb"(From|Received|Return-Path|Delivered-To|MIME-Version|Message-ID|Date|Subject):", re.IGNORECASE)

# The endings by which files are given out: of a web page none that opens by itself.
ENDINGS = {
    "application/pdf": ".pdf", "application/warc": ".warc", "application/warc+gzip": ".warc.gz", "text/html": ".html.txt",
    "image/svg+xml": ".svg.txt", "application/xml": ".xml", "text/plain": ".txt", "image/png": ".png", "image/jpeg": ".jpg",
    "image/gif": ".gif", "image/tiff": ".tif", "image/webp": ".webp", "image/heic": ".heic", "image/avif": ".avif",
    "video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm", "video/x-msvideo": ".avi", "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a", "audio/wav": ".wav", "audio/flac": ".flac", "application/ogg": ".ogg", "application/rtf": ".rtf",
    "application/zip": ".zip", "application/gzip": ".gz", "message/rfc822": ".eml", "multipart/related": ".mhtml",
    **{kind: ending for (_, kind), ending in zip(_IN_A_ZIP, (".docx", ".xlsx", ".pptx"), strict=True)},
}  # fmt: skip


def is_a_program(head: bytes) -> bool:
    """Whether a computer would run it: no evidence of ours, and a danger to whoever opens it."""
    return head.startswith(_PROGRAMS)


def media_type_of(head: bytes) -> str:
    """The media type of a file that begins like this."""
    known = next((kind for begins, kind in _BEGINNINGS if head.startswith(begins)), "")
    return known or _container(head) or _text(head) or UNKNOWN


def _container(head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        if head[30:38] == b"mimetype" and (said := re.match(rb"application/[\w.+-]{1,80}", head[38:120])):
            return said[0].partition(b"PK")[0].decode()
        parts = _IN_A_ZIP if b"[Content_Types].xml" in head else ()
        return next((kind for name, kind in parts if name in head), "application/zip")
    if head.startswith(b"\x1f\x8b"):
        return "application/warc+gzip" if _unpacked(head).startswith(b"WARC/") else "application/gzip"
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], "")
    if head[4:8] == b"ftyp":
        return next((kind for brand, kind in _FTYP if head[8:12].startswith(brand)), "video/mp4")
    return ""


def _unpacked(head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, 64)
    except zlib.error:
        return b""


def _text(head: bytes) -> str:
    text = _as_utf8(head)
    if text is None:
        return ""
    start = text.lstrip()
    if _PAGE.match(text[:4096]):
        return "text/html"
    if start.startswith((b"<?xml", b"<svg", b"<!")):
        if _PAGE.search(text[:4096]):
            return "text/html"
        return "image/svg+xml" if _SVG.search(text[:4096]) else "application/xml"
    if _MAIL.match(start):
        return "multipart/related" if b"multipart/related" in head[:8192].lower() else "message/rfc822"
    return "text/plain"


def _as_utf8(head: bytes) -> bytes | None:
    """The beginning of a text, whatever its encoding; None where it is none."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="ignore").encode()
    head = head.removeprefix(b"\xef\xbb\xbf")
    return None if b"\0" in head or _mostly_not_printed(head) else head


def _mostly_not_printed(head: bytes) -> bool:
    return len(re.findall(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]", head)) * 100 > len(head)
