"""Typesetting in a process of its own, which can't take more memory or time than it is given.

    python -m cases.reports.typesetting < what.json > report.pdf

It knows nothing of Django or the database: it reads what is to be set, and writes bytes.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from hrdocs.refusal import Refused

MEMORY = 2 * 1024**3  # bytes of address space; 500 pages take about 0.8 of 1024**3, 1,000 about 1.7
SECONDS = 120
TOO_LARGE = "The report has more pages than can be set as PDF. Ask for a report on less, or take it as docx or html."


class Failed(Refused):
    """A report could not be set; the words are the typesetter's own."""


def typeset(what: dict[str, Any], *, memory: int = MEMORY, seconds: int = SECONDS) -> bytes:
    """The bytes of a document: a template, its inputs, folders of fonts, a moment, and a format."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cases.reports.typesetting", str(memory)],
            input=json.dumps(what).encode(), capture_output=True, cwd=Path(__file__).parents[2], timeout=seconds, check=False,
            env={"PATH": "", "RAYON_NUM_THREADS": "2"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Failed(f"The report took longer than {seconds} seconds. Ask for a report on less.") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()[-2000:]
        raise Failed(said if said and "memory allocation" not in said else TOO_LARGE)
    return done.stdout


def _set(what: dict[str, Any]) -> bytes:
    import typst  # only the child has it in its memory

    given = {
        "input": what["template"], "root": str(Path(what["template"]).parent), "font_paths": what["fonts"],
        "ignore_system_fonts": True, "sys_inputs": what["inputs"], "timestamp": what["moment"], "format": what["format"],
    }  # fmt: skip
    if what["format"] != "pdf":
        return typst.compile(**given, ppi=what["ppi"])
    try:
        return typst.compile(**given, pdf_standards=["a-3a"])
    except typst.TypstError as error:
        # Archives ask that every sign has its form in a font. A report with a script that no font here has is still one.
        if "could not be displayed with" not in str(error):
            raise
        return typst.compile(**given)


if __name__ == "__main__":
    import typst  # noqa: F401  before the limit, which is for what is set and not for the program that sets it

    resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
    try:
        sys.stdout.buffer.write(_set(json.load(sys.stdin)))
    except BaseException as error:  # typst's own panics are no Exception
        sys.exit(str(error))
