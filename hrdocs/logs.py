"""What a log keeps: where something happened and of which kind, in which request, never the values that it happened with."""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from contextvars import ContextVar
from typing import Any

REQUEST: ContextVar[str] = ContextVar("request", default="")  # the number of the request that is being answered
_OURS = ("hrdocs", "sources", "cases")


class WithoutValues(logging.Formatter):
    """Writes tracebacks without the messages of exceptions: the database's own quote the whole row that it refused."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return " ".join(
            [super().formatMessage(record), *(f"{name}={said}" for name, said in getattr(record, "told", {}).items())]
        )

    def formatException(self, ei: Any) -> str:
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            told = getattr(getattr(error, "diag", None), "constraint_name", None)
            name = f"{type(error).__module__}.{type(error).__name__}" + (f" ({told})" if told else "")
            lines = [*(line.rstrip() for line in traceback.format_tb(error.__traceback__)), name, *lines]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


class AsJSON(WithoutValues):
    """One line of JSON for each thing that happened. Of texts only those are told that stand in the code."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": _said(record),
            "where": f"{record.module}:{record.lineno}",
        }
        if number := REQUEST.get():
            told["request"] = number
        if status := getattr(record, "status_code", None):  # of Django's notes on an answer
            told["status"] = status
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps({**told, **getattr(record, "told", {})}, ensure_ascii=False)


def _said(record: logging.LogRecord) -> str:
    """The event. A library may put whatever a visitor typed into its text: of those the template alone, and numbers in it."""
    action = getattr(record, "action", None)  # procrastinate names what it does so
    if isinstance(action, str):
        return action
    if not isinstance(record.msg, str) or not (record.args or record.name.split(".")[0] in _OURS):
        return ""
    try:
        return record.msg % tuple(each if isinstance(each, int | float) else "…" for each in record.args or ())
    except (TypeError, ValueError):
        return record.msg


def configured(level: str, *, for_people: bool) -> dict[str, Any]:
    """Everything to standard error: lines for people on a local run, JSON on a server."""
    kind = WithoutValues if for_people else AsJSON
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"without_values": {"()": f"hrdocs.logs.{kind.__name__}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "without_values"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django would mail a report of each error, with what was typed, to whoever stands in ADMINS.
        "loggers": {"django": {"handlers": ["stderr"], "propagate": False}},
    }
