"""A file of a stranger is first read through in a process of its own, which may take so much memory and time and no more.

It is read there as it will be read afterwards, by its mapping where it has one. What it needs there it needs wherever it is
read, so a file that passed can't wear out the worker that reads it, nor break it.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.utils.translation import gettext as _

from cases.imports.outcome import Problem
from cases.imports.reading import Asked, read
from cases.imports.tables import Sheet

MEMORY = 2 * 1024**3
SECONDS = 600  # of a processor
OUT_OF_MEMORY, BROKE_OFF = 4, 5
OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL)
Mapping = str | dict[str, Any]
logger = logging.getLogger(__name__)


def read_within_limits(path: Path, asked: Asked, mapping: Mapping = "", *, memory: int = MEMORY, seconds: int = SECONDS) -> None:
    """Raise Problem where reading all rows of a file takes more, or breaks off. What the readers themselves say against it,
    they say again when it is read."""
    told = json.dumps({"path": str(path), "asked": asdict(asked), "mapping": mapping, "memory": memory, "seconds": seconds})
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-m", __name__], cwd=root, input=told, capture_output=True, text=True, check=False)
    if done.returncode == OUT_OF_MEMORY:
        raise Problem(
            _("The file takes more than %d MB of memory to read. Part it, or save its sheets as CSV.") % (memory // 2**20)
        )
    if done.returncode in OUT_OF_TIME:
        raise Problem(_("The file takes more than %d seconds to read. Part it, or save its sheets as CSV.") % seconds)
    if done.returncode:
        logger.warning("Reading a file broke off (%d): %s", done.returncode, done.stderr.strip()[-500:])
        raise Problem(_("The file can't be read: reading it broke off. Save it anew from the program that made it."))


def _read_through(path: str, asked: dict[str, Any], mapping: Mapping, memory: int, seconds: int) -> int:
    """Read all rows. What is not a Problem is no word of the readers: the file broke them."""
    if mapping:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hrdocs.settings")
        django.setup()  # kinds of record are asked for their keys; without a mapping it would cost seconds for nothing
    else:
        settings.configure(USE_I18N=False)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        for sheet in _sheets(Path(path), Asked(**asked), mapping):
            for _row in sheet.rows:
                pass
    except MemoryError:
        return OUT_OF_MEMORY
    except Problem:
        return 0
    except Exception as error:  # noqa: BLE001  told to the operator without a word of what the file holds
        at = traceback.extract_tb(error.__traceback__)[-1]
        print(f"{type(error).__name__} at {at.filename}:{at.lineno}", file=sys.stderr)
        return BROKE_OFF
    return 0


def _sheets(path: Path, asked: Asked, mapping: Mapping) -> Iterable[Sheet]:
    if not mapping:
        return read(path, asked)
    from cases.imports.mappings import sheets_of  # it asks for models, which stand once Django is set up

    return sheets_of(path, mapping)


if __name__ == "__main__":
    sys.exit(_read_through(**json.load(sys.stdin)))
