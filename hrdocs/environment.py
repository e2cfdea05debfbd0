"""The environment that settings are read from: a secret may lie in a file instead, so that no list of processes shows it."""

from __future__ import annotations

import sys
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.fileaware_mapping import FileAwareMapping

TESTING = "pytest" in sys.modules
_SPANS = {"minute": 60, "hour": 3600, "day": 86_400}


class _WithoutLastLine(FileAwareMapping):
    def __getitem__(self, key: str) -> str:
        return str(super().__getitem__(key)).rstrip("\r\n")  # editors end a file with a line


class Env(environ.FileAwareEnv):
    """`env.str("SECRET_KEY")` is SECRET_KEY, or what stands in the file that SECRET_KEY_FILE names."""

    ENVIRON = _WithoutLastLine()

    def limit(self, name: str, default: str) -> tuple[int, int] | None:
        """“600/hour” as a number and a span in seconds; nothing said is no limit."""
        said = self.str(name, default=default)
        number, _, span = said.partition("/")
        if not said or TESTING:  # a test that wants a limit sets one
            return None
        if not number.isdigit() or span not in _SPANS:
            raise ImproperlyConfigured(f'"{said}" is no limit. Write it as 600/hour, 10/minute or 5000/day; empty for none.')
        return int(number), _SPANS[span]


def replica_of(primary: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    """How a server that follows the primary is spoken to: as the primary is, from a connection of each thread, which is not
    waited for long where the server is away. It is asked to refuse what is written even if it turns out to be a primary."""
    how = {name: value for name, value in primary["OPTIONS"].items() if name not in ("pool", "target_session_attrs")}
    how["options"] += " -c default_transaction_read_only=on"
    own = {"ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60, "TEST": {"MIRROR": "default"}}
    return {**primary, **named, **own, "ENGINE": primary["ENGINE"],
            "OPTIONS": {**how, "connect_timeout": 2, **named.get("OPTIONS", {})}}  # fmt: skip
