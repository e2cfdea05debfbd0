"""JSON as the API answers it: numbers as numbers, and parts that the database built passed on unparsed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer


def plain(value: Any) -> Any:
    """What orjson does not know: a Decimal is an integer where it is whole, and lazy text is text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=plain, option=orjson.OPT_NON_STR_KEYS)


class ProblemRenderer(JSONRenderer):
    """How errors are answered, whatever format was asked for (RFC 9457)."""

    media_type = "application/problem+json"
