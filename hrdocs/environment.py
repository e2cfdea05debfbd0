"""The environment that settings are read from: a secret may lie in a file instead, so that no list of processes shows it."""

from __future__ import annotations

import environ
from environ.fileaware_mapping import FileAwareMapping


class _WithoutLastLine(FileAwareMapping):
    def __getitem__(self, key: str) -> str:
        return str(super().__getitem__(key)).rstrip("\r\n")  # editors end a file with a line


class Env(environ.FileAwareEnv):
    """`env.str("SECRET_KEY")` is SECRET_KEY, or what stands in the file that SECRET_KEY_FILE names."""

    ENVIRON = _WithoutLastLine()
