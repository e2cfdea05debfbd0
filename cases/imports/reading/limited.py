"""A file of a stranger is first read through in a process of its own, which may take so much memory and time and no more.

What it needs there it needs wherever it is read, so a file that passed can't wear out the worker that reads it afterwards.
"""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from dataclasses import astuple, fields
from pathlib import Path

from django.utils.translation import gettext as _

from cases.imports.outcome import Problem
from cases.imports.reading import Asked, read

MEMORY = 2 * 1024**3
SECONDS = 600  # of a processor
OUT_OF_MEMORY = 4
OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)


def read_within_limits(path: Path, asked: Asked, *, memory: int = MEMORY, seconds: int = SECONDS) -> None:
    """Raise Problem where reading all rows of a file takes more. Whatever else is wrong with it, is said when it is read."""
    command = [sys.executable, "-m", __name__, str(path), str(memory), str(seconds), *map(str, astuple(asked))]
    root = Path(__file__).resolve().parents[3]
    code = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode
    if code == OUT_OF_MEMORY:
        raise Problem(
            _("The file takes more than %d MB of memory to read. Part it, or save its sheets as CSV.") % (memory // 2**20)
        )
    if code in OUT_OF_TIME:
        raise Problem(_("The file takes more than %d seconds to read. Part it, or save its sheets as CSV.") % seconds)
    if code:
        raise Problem(_("The file can't be read: reading it broke off. Save it anew from the program that made it."))


def _read_through(path: str, memory: str, seconds: str, *said: str) -> int:
    asked = Asked(**{each.name: type(each.default)(text) for each, text in zip(fields(Asked), said, strict=True)})
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for sheet in read(Path(path), asked):
            for _row in sheet.rows:
                pass
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception:  # noqa: BLE001  the one who reads it next says it, in words for people
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(_read_through(*sys.argv[1:]))
