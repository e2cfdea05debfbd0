"""A note of each question to the database that took long: its words, without any value."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

from hrdocs.watching import metrics

log = logging.getLogger(__name__)

# Values go beside a statement; what stands in it between quotes all the same may be one.
_QUOTED = re.compile(r"\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'?", re.DOTALL)
LONGEST = 2000  # characters of a note


def noted(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Ask the database, and note it if that took longer than it should."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took = round((time.perf_counter() - began) * 1000)
        if took >= settings.SLOW_QUERY_MS:
            metrics.SLOW.inc()
            log.warning("Slow query", extra={"told": {"ms": took, "sql": without_values(sql)}})


def without_values(sql: Any) -> str:
    text = sql if isinstance(sql, str) else sql.as_string() if hasattr(sql, "as_string") else ""
    return " ".join(_QUOTED.sub("'…'", text).split())[:LONGEST]
