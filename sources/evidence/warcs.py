"""What was asked of a web server and what it answered, as one WARC (ISO 28500): the form in which archives keep the web."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from io import BytesIO
from typing import IO

from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

from sources.evidence.web import Exchange

TOOL = f"warcio {version('warcio')}"
_OF_THE_WIRE = ("transfer-encoding", "connection")  # what was said of how the bytes came; they are kept as they were meant


def write(exchanges: Iterable[Exchange], target: IO[bytes]) -> None:
    """Write each request and its answer as records, compressed one by one."""
    writer = WARCWriter(target, gzip=True, warc_version="WARC/1.1")
    writer.write_record(writer.create_warcinfo_record("page.warc.gz", {"software": TOOL, "format": "WARC File Format 1.1"}))
    for each in exchanges:
        told = {"WARC-Date": datetime_to_iso_date(each.at, use_micros=True)}
        received = [(f"X-Archive-Orig-{name}" if name.lower() in _OF_THE_WIRE else name, value) for name, value in each.received]
        answer = StatusAndHeaders(f"{each.status} {each.reason}", received, protocol="HTTP/1.1")
        each.body.seek(0)
        response = writer.create_warc_record(
            each.url, "response", payload=each.body, length=each.size, http_headers=answer,
            warc_headers_dict={**told, "WARC-IP-Address": each.machine},
        )  # fmt: skip
        asked = StatusAndHeaders(f"GET {each.target} HTTP/1.1", each.sent, is_http_request=True)
        request = writer.create_warc_record(
            each.url, "request", payload=BytesIO(), length=0, http_headers=asked, warc_headers_dict=dict(told)
        )
        writer.write_request_response_pair(request, response)
        each.body.seek(0)
